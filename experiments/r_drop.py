"""R-Drop on 500 images, beside plain dropout that computes as much: no test image is opened.

`passes` is how often a step looks at each image of its batch. Plain dropout with one pass and twice the epochs looks at
as many images as R-Drop, and so does `alpha` 0 with two passes, the mean loss of two masks.
"""

import functools
import itertools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import autograd

SEEDS = range(0, 50, 10)
BATCH_SIZE = 50


def points(num_train, drop_prob, lr, alphas, *, one_pass):
    """List settings under every seed: one pass for each of these numbers of epochs, two passes with each alpha."""
    arms = [(1, 0, num_epochs) for num_epochs in one_pass] + [(2, alpha, 120) for alpha in alphas]
    names = "num_train", "drop_prob", "lr", "passes", "alpha", "num_epochs", "seed"
    return [
        dict(zip(names, (num_train, drop_prob, lr, *arm, seed), strict=True))
        for arm, seed in itertools.product(arms, SEEDS)
    ]


GRID = [
    *points(500, 0.5, 0.03, [0, 0.3, 1], one_pass=[120, 240]),
    *points(500, 0.5, 0.15, [0, 0.3, 1, 3], one_pass=[120, 240]),
]


def run(num_train, drop_prob, lr, passes, alpha, num_epochs, seed):
    """Train once; give what validation says, and how far two passes with dropout on are apart."""
    net, train, valid = trained(num_train, drop_prob, lr, passes, alpha, num_epochs, seed)
    train_acc, train_loss = fashion_mnist.measure(net, *train)
    valid_acc, valid_loss = fashion_mnist.measure(net, *valid)
    agreement, divergence = two_passes(net, valid[0])
    return {
        "train_acc": train_acc,
        "train_loss": train_loss,
        "valid_acc": valid_acc,
        "valid_loss": valid_loss,
        "agreement": agreement,
        "divergence": divergence,
    }


def trained(num_train, drop_prob, lr, passes, alpha, num_epochs, seed):
    """Give a trained network, its training images and its validation images."""
    train, valid = fashion_mnist.split(num_train, seed)
    net = fashion_mnist.mlp(drop_prob)
    loss = fashion_mnist.cross_entropy if passes == 1 else functools.partial(fashion_mnist.r_drop, alpha=alpha)
    fashion_mnist.train(net, *train, num_epochs=num_epochs, batch_size=BATCH_SIZE, lr=lr, loss=loss)
    return net, train, valid


def two_passes(net, X):
    """Give the fraction of images on which two passes with dropout on agree, and the mean of (KL + KL) / 2."""
    with autograd.train_mode():
        logits1, logits2 = net(X), net(X)
    agreement = float((logits1.argmax(axis=1) == logits2.argmax(axis=1)).mean().asscalar())
    y = logits1.argmax(axis=1)
    difference = d2l.r_drop_loss(logits1, logits2, y, alpha=1) - d2l.r_drop_loss(logits1, logits2, y, alpha=0)
    return agreement, float(difference.mean().asscalar())
