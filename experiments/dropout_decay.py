"""Dropout together with weight decay on all 60,000 images, as the book trains (chapter 13)."""

from functools import partial

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import gluon

SETTINGS = [
    {"drop_probs": drop_probs, "wd": wd, "limit": limit}
    for drop_probs, wd, limit in (
        ([0, 0], 0, 0),
        ([0, 0], 0.01, 0),
        ([0.2, 0.5], 0, 0),
        ([0.2, 0.5], 0.01, 0),
        ([0.2, 0.5], 0.0001, 0),
        ([0.2, 0.5], 0, 3),
    )
]
GRID = [setting | {"seed": seed} for setting in SETTINGS for seed in range(0, 50, 10)]


def fit(*, drop_probs, wd, limit, seed):
    """Train 784-256-256-10 for three epochs as the book does, lr 0.5 throughout; keep 5,000 images to validate on."""
    train, valid = fashion_mnist.split(55000, seed)
    net = fashion_mnist.book_mlp(drop_probs)
    trainer_class = partial(d2l.MaxNormTrainer, limit=limit) if limit else gluon.Trainer
    options = {"lr": 0.5, "wd": wd, "trainer_class": trainer_class, "settle": False}
    fashion_mnist.train(net, *train, num_epochs=3, batch_size=256, **options)
    return net, train, valid


def run(**point):
    """Train once; give accuracies, losses, and the Euclidean norm of each layer's weights."""
    net, train, valid = fit(**point)
    weights = [param.data() for param in net.collect_params(".*weight").values()]
    return fashion_mnist.measured(net, train, valid) | {"norms": [float(w.norm().asscalar()) for w in weights]}
