"""The advice that goes with dropout, one setting after the other (chapter 13): 1,000 images, 60 epochs.

`drop_probs` are the rates behind input, first and second hidden layer; `limit` is that of max-norm, 0 for none.
"""

from functools import partial

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import gluon, init
from mxnet.gluon import nn

BASE = {"drop_probs": [0, 0, 0], "width": 128, "lr": 0.2, "momentum": 0, "limit": 0, "wd": 0}
DROPPED = [0, 0.5, 0.5]


def _settings():
    """List what differs from BASE; some settings belong to two questions and come up twice."""
    yield from ({"drop_probs": [first, rate, rate]} for first in (0, 0.2) for rate in (0, 0.2, 0.5, 0.8))
    yield from ({"drop_probs": drop_probs} for drop_probs in ([0, 0.5, 0], [0, 0, 0.5]))
    for drop_probs in ([0, 0, 0], DROPPED):
        both = {"drop_probs": drop_probs}
        yield from (both | {"width": width} for width in (32, 128, 512))
        yield from (both | {"lr": lr, "momentum": m} for lr in (0.002, 0.02, 0.2) for m in (0, 0.9, 0.99))
        yield both | {"wd": 0.01}
    for lr, limit in ((0.06, 0), (0.06, 3), (0.06, 4), (0.06, 5), (0.2, 3), (0.2, 4), (0.2, 5)):
        yield {"drop_probs": DROPPED, "lr": lr, "momentum": 0.9, "limit": limit}


SETTINGS = list({str(setting): setting for setting in (BASE | change for change in _settings())}.values())
GRID = [setting | {"seed": seed} for setting in SETTINGS for seed in range(0, 50, 10)]


def build(drop_probs, width):
    """Give a network of two hidden layers with dropout behind the input and behind each of them."""
    net = nn.HybridSequential()
    net.add(nn.Dropout(drop_probs[0]))
    for drop_prob in drop_probs[1:]:
        net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def fit(*, drop_probs, width, lr, momentum, limit, wd, seed):
    """Train once; give the network and what it is measured on: ((X, y), (X_valid, y_valid))."""
    train, valid = fashion_mnist.split(1000, seed)
    net = build(drop_probs, width)
    trainer_class = partial(d2l.MaxNormTrainer, limit=limit) if limit else gluon.Trainer
    options = {"lr": lr, "momentum": momentum, "wd": wd, "trainer_class": trainer_class}
    fashion_mnist.train(net, *train, num_epochs=60, batch_size=100, **options)
    return net, train, valid


def longest(net):
    """Give the length of the longest vector of incoming weights, over all units of all layers."""
    weights = [param.data() for param in net.collect_params(".*weight").values()]
    return max(fashion_mnist.number(w.norm(axis=1).max().asscalar()) for w in weights)


def run(**point):
    """Train once; give accuracies, losses, and the longest incoming weights; the loss of a diverged run is infinite."""
    net, train, valid = fit(**point)
    return fashion_mnist.measured(net, train, valid) | {"longest": longest(net)}
