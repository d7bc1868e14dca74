"""First weights and depth: fully connected nets from six ways to draw the first weights, trained alike.

4,000 images, scaled to mean 0 and standard deviation 1, hidden layers of 64 units, three epochs of SGD. `block` says
what the hidden layers are: "plain" (dense, activation), "batch norm" (dense, batch normalization, activation) or
"residual" (a plain layer, then blocks of two, whose input is added to what they give). Loss and accuracy on the
training images and on 5,000 others; a loss that is not a number counts as infinite.
"""

import itertools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init
from mxnet.gluon import nn

INITIALIZERS = {
    "N(0, 0.01)": init.Normal(0.01),
    "U(-0.07, 0.07)": init.Uniform(0.07),
    "Xavier": init.Xavier(),
    "He": init.MSRAPrelu("in", slope=0),
    "orthogonal": None,  # its scale depends on the activation
    "LSUV": None,  # measures it
}
PLAIN = [("plain", *setting) for setting in itertools.product(INITIALIZERS, (3, 10, 50), ("tanh", "relu"))]
OTHERS = list(itertools.product(("batch norm", "residual"), ("N(0, 0.01)", "He"), (10, 50), ("relu",)))
GRID = [
    {"block": block, "scheme": scheme, "depth": depth, "activation": activation, "seed": seed}
    for block, scheme, depth, activation in PLAIN + OTHERS
    for seed in range(0, 50, 10)
]
WIDTH, NUM_IMAGES, NUM_EPOCHS, LR = 64, 4000, 3, 0.02


class Residual(nn.HybridBlock):
    """Two layers whose input is added to what they give."""

    def __init__(self, activation):
        """Make the layers."""
        super().__init__()
        self.branch = nn.HybridSequential()
        self.branch.add(nn.Dense(WIDTH, activation=activation), nn.Dense(WIDTH))

    def hybrid_forward(self, F, x):
        """Add."""
        return x + self.branch(x)


def network(block, scheme, depth, activation, X):
    """Give a network with its first weights; `X` is what LSUV measures."""
    net = nn.HybridSequential()
    if block == "residual":
        net.add(nn.Dense(WIDTH, activation=activation), *(Residual(activation) for _ in range(depth // 2)))
    else:
        for _ in range(depth):
            net.add(nn.Dense(WIDTH))
            if block == "batch norm":
                net.add(nn.BatchNorm())
            net.add(nn.Activation(activation))
    net.add(nn.Dense(10))
    if scheme == "LSUV":
        d2l.lsuv(net, X)
    else:
        scale = 2**0.5 if activation == "relu" else 1
        net.initialize(INITIALIZERS[scheme] or init.Orthogonal(scale=scale))
    net.hybridize()
    return net


def run(block, scheme, depth, activation, seed):
    """Train and measure."""
    train, valid = (((X.reshape((len(X), -1)) - 0.286) / 0.353, y) for X, y in fashion_mnist.split(NUM_IMAGES, seed))
    net = network(block, scheme, depth, activation, train[0][:256])
    fashion_mnist.train(net, *train, num_epochs=NUM_EPOCHS, batch_size=100, lr=LR, settle=False)
    return fashion_mnist.measured(net, train, valid)
