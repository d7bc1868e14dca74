"""Dropout rate x number of images x seed: the grid on which chapter 24 lets several processes work.

1,200 steps on batches of 50, whatever the number of images, so that every run takes the same time. Accuracy and loss on
the images learned from and on 5,000 others, with dropout off. No test image is opened.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

GRID = {"num_train": [100, 300, 1000, 3000], "drop_prob": [0, 0.2, 0.5], "seed": list(range(0, 50, 10))}
BATCH_SIZE, NUM_STEPS = 50, 1200


def run(num_train, drop_prob, seed, num_steps=NUM_STEPS):
    """Train on `num_train` images and measure."""
    train, valid = fashion_mnist.split(num_train, seed)
    net = fashion_mnist.mlp(drop_prob)
    num_epochs = num_steps * BATCH_SIZE // num_train
    fashion_mnist.train(net, *train, num_epochs=num_epochs, batch_size=BATCH_SIZE, lr=0.03)
    return fashion_mnist.measured(net, train, valid)
