"""Chapter 10, sections 3 and 4: the book's network on all 60,000 images, with dropout and without, five seeds.

`last_step` says by what the last, shorter batch of an epoch is divided: its own size, or the book's 256.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import gluon

BATCH_SIZE = 256
SETTINGS = [(0, 0, "own size"), (0.2, 0.5, "own size"), (0.2, 0.5, "256 always")]
GRID = [
    {"drop_prob1": drop_prob1, "drop_prob2": drop_prob2, "last_step": last_step, "seed": seed}
    for drop_prob1, drop_prob2, last_step in SETTINGS
    for seed in range(5)
]


class BookTrainer(gluon.Trainer):
    """Divides every gradient by 256, whatever the size of the batch."""

    def step(self, batch_size):
        """Take a step as the book does."""
        super().step(BATCH_SIZE)


def run(drop_prob1, drop_prob2, last_step, seed):
    """Train for ten epochs at lr 0.5; `train_acc` is measured at the end, with dropout off."""
    train_images, train_labels, test_images, test_labels = d2l.fashion_mnist_arrays()
    d2l.seed_everything(seed)
    net = fashion_mnist.book_mlp([drop_prob1, drop_prob2])
    trainer_class = BookTrainer if last_step == "256 always" else gluon.Trainer
    trainer = trainer_class(net.collect_params(), "sgd", {"learning_rate": 0.5})
    train_iter = d2l.BatchLoader(train_images, train_labels, BATCH_SIZE, shuffle=True)
    test_iter = d2l.BatchLoader(test_images, test_labels, BATCH_SIZE, shuffle=False)
    history = d2l.train_ch3(net, train_iter, test_iter, fashion_mnist.LOSS, 10, BATCH_SIZE, trainer=trainer)
    return {"train_acc": d2l.evaluate_accuracy(train_iter, net), "test_acc": history.test_acc}
