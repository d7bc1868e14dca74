"""Sigmoid against ReLU at five depths: does a network learn at all?

Hidden layers of 64 units, weights from a normal distribution of variance 1/n for sigmoid and 2/n for ReLU, where n is
the number of inputs; SGD in batches of 50, 30 epochs, three learning rates, 1,000 images. Accuracy and loss on them and
on 2,000 others; the test images stay closed.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init
from mxnet.gluon import nn

GRID = {
    "activation": ["sigmoid", "relu"],
    "depth": [1, 2, 4, 8, 16],
    "lr": [0.03, 0.2, 1.0],
    "seed": list(range(0, 50, 10)),
}
VARIANCES = {"sigmoid": 1, "relu": 2}


def network(activation, depth):
    """Give a network of `depth` hidden layers."""
    net = nn.HybridSequential()
    for _ in range(depth):
        net.add(nn.Dense(64, activation=activation))
    net.add(nn.Dense(10))
    net.initialize(init.Xavier("gaussian", "in", VARIANCES[activation]))
    net.hybridize()
    return net


def run(activation, depth, lr, seed):
    """Train and measure."""
    train, (X_valid, y_valid) = fashion_mnist.split(1000, seed)
    net = network(activation, depth)
    fashion_mnist.train(net, *train, num_epochs=30, batch_size=50, lr=lr, settle=False)
    return fashion_mnist.measured(net, train, (X_valid[:2000], y_valid[:2000]))
