"""Dropout early in training, always and never: a small network on many images, which it cannot fit.

One hidden layer of 32 units on 10,000 images for 12 epochs. `when` says in which epochs dropout is on: "early" is the
first four. Loss on the training images with dropout off is the question; 5,000 other images
beside it. No test image is opened.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import autograd, gluon, init
from mxnet.gluon import nn

GRID = [{"when": when, "seed": seed} for when in ("never", "early", "always") for seed in range(0, 50, 10)]
NUM_EPOCHS, NUM_EARLY, DROP_PROB = 12, 4, 0.1
IS_ON = {
    "never": lambda epoch: False,
    "early": lambda epoch: epoch <= NUM_EARLY,
    "always": lambda epoch: True,
}


def run(when, seed):
    """Train and measure; with dropout off a pass is recorded in predict mode."""
    train, valid = fashion_mnist.split(10000, seed)
    net = nn.HybridSequential()
    net.add(nn.Dense(32, activation="relu"), nn.Dropout(DROP_PROB), nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    for epoch in range(1, NUM_EPOCHS + 1):
        trainer.set_learning_rate(0.1 if epoch <= 0.75 * NUM_EPOCHS else 0.01)
        for X, y in d2l.BatchLoader(*train, 100, shuffle=True):
            with autograd.record(train_mode=IS_ON[when](epoch)):
                batch_loss = fashion_mnist.LOSS(net(X), y)
            batch_loss.backward(train_mode=IS_ON[when](epoch))
            trainer.step(len(X))
    return fashion_mnist.measured(net, train, valid)
