"""Dropout and its relatives in LeNet, trained on 500 images: no test image is opened.

`kind` is what stands behind both convolutions, at rate 0.2, or in the dense layers, at rate 0.5; "none" has neither.
All other things are equal. Accuracy and loss are those on the 500 images and on 1,000 others.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init
from mxnet.gluon import nn

IN_CONVOLUTIONS = {
    "elementwise": lambda: nn.Dropout(0.2),
    "channels": lambda: nn.Dropout(0.2, axes=(2, 3)),
    "blocks": lambda: d2l.DropBlock(0.2, block_size=3),
    "Gaussian": lambda: d2l.GaussianDropout(0.2),
}
KINDS = ["none", *IN_CONVOLUTIONS, "dense dropout", "DropConnect"]
GRID = [{"kind": kind, "seed": seed} for kind in KINDS for seed in range(0, 50, 10)]


def lenet(kind):
    """Give LeNet with ReLU and max-pooling, and one relative of dropout in it."""
    noise = IN_CONVOLUTIONS.get(kind, lambda: nn.Dropout(0))
    net = nn.HybridSequential()
    for channels in (6, 16):
        net.add(nn.Conv2D(channels, kernel_size=5, activation="relu"), nn.MaxPool2D(2, 2), noise())
    for units in (120, 84):
        drop_prob = 0.5 if kind == "DropConnect" else 0
        net.add(d2l.DropConnectDense(units, drop_prob, activation="relu"))
        net.add(nn.Dropout(0.5 if kind == "dense dropout" else 0))
    net.add(nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def run(kind, seed):
    """Train for 25 epochs in batches of 50, and measure."""
    train, (X_valid, y_valid) = fashion_mnist.split(500, seed)
    net = lenet(kind)
    fashion_mnist.train(net, *train, num_epochs=25, batch_size=50, lr=0.02, momentum=0.9)
    return fashion_mnist.measured(net, train, (X_valid[:1000], y_valid[:1000]))
