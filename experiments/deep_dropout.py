"""Small networks on 500 images: one or three hidden layers, batch normalization, three rates.

One hidden layer of 500 units at rates 0 and 0.75 is the experiment of Stanford's course CS231n, here on Fashion-MNIST.
Dropout stands after the activation. Accuracy on the 500 images and accuracy and loss on 5,000 others, with dropout off,
every sixth epoch; the test images stay closed.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as shared

from mxnet import autograd, gluon, init
from mxnet.gluon import nn

GRID = [
    {"depth": depth, "batch_norm": batch_norm, "drop_prob": drop_prob, "seed": seed}
    for depth, batch_norm in ((1, 0), (3, 0), (3, 1))
    for drop_prob in (0, 0.5, 0.75)
    for seed in range(0, 50, 10)
]
NUM_EPOCHS, EVERY = 120, 6
WIDTHS = {1: 500, 3: 256}


def network(depth, batch_norm, drop_prob):
    """Give a network whose hidden layers are: dense, batch normalization if wanted, ReLU, dropout."""
    net = nn.HybridSequential()
    for _ in range(depth):
        net.add(nn.Dense(WIDTHS[depth]))
        if batch_norm:
            net.add(nn.BatchNorm())
        net.add(nn.Activation("relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def run(depth, batch_norm, drop_prob, seed):
    """Train with Adam in batches of 100 and give three curves over the epochs."""
    (X, y), valid = shared.split(500, seed)
    net = network(depth, batch_norm, drop_prob)
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 5e-4})
    train_iter = d2l.BatchLoader(X, y, 100, shuffle=True)
    curves = {"train_acc": [], "valid_acc": [], "valid_loss": []}
    for epoch in range(1, NUM_EPOCHS + 1):
        for X_batch, y_batch in train_iter:
            with autograd.record():
                batch_loss = shared.LOSS(net(X_batch), y_batch)
            batch_loss.backward()
            trainer.step(len(X_batch))
        if epoch % EVERY == 0:
            measured = shared.measure(net, X, y)[0], *shared.measure(net, *valid)
            for curve, value in zip(curves.values(), measured, strict=True):
                curve.append(value)
    return curves
