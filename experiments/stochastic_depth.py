"""Stochastic depth in a residual network of dense layers (chapter 15), trained on 500 images; no test image.

The rate grows evenly from block to block, up to `drop_prob` in the last one. What falls is the whole branch of an
example ("layers"), or single entries of it ("entries"). Accuracy and loss are those on the 500 images and on 5,000
others.
"""

import math

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init
from mxnet.gluon import nn

DEPTH, WIDTH = 12, 64
SETTINGS = [("nothing", 0), ("layers", 0.2), ("layers", 0.5), ("entries", 0.5)]
GRID = [{"falls": falls, "drop_prob": rate, "seed": seed} for falls, rate in SETTINGS for seed in range(0, 50, 10)]


class Residual(nn.HybridSequential):
    """X + f(X), where f falls or its entries do."""

    def __init__(self, falls, drop_prob):
        """Make the branch: ReLU, a dense layer, dropout."""
        super().__init__()
        body = nn.Dense(WIDTH, weight_initializer=init.Normal(math.sqrt(2 / WIDTH / DEPTH)))  # DEPTH of them add up
        self.add(nn.Activation("relu"), body, nn.Dropout(drop_prob, axes=(1,) if falls == "layers" else ()))

    def hybrid_forward(self, F, X):
        """Add what the branch gives."""
        return X + super().hybrid_forward(F, X)


def network(falls, drop_prob):
    """Give a dense layer, DEPTH residual blocks and a dense layer."""
    net = nn.HybridSequential()
    net.add(nn.Dense(WIDTH))
    for block in range(1, DEPTH + 1):
        net.add(Residual(falls, drop_prob * block / DEPTH))
    net.add(nn.Activation("relu"), nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def run(falls, drop_prob, seed):
    """Train for 80 epochs in batches of 100, and measure."""
    train, valid = fashion_mnist.split(500, seed)
    net = network(falls, drop_prob)
    fashion_mnist.train(net, *train, num_epochs=80, batch_size=100, lr=0.02, momentum=0.9)
    return fashion_mnist.measured(net, train, valid)
