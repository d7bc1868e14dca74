"""Units that begin equal: a network of one hidden layer whose 64 tanh units all begin with the weights of the first.

784-64-10, 1,000 images, 40 epochs in batches of 50, with and without dropout of 0.5, four learning rates. Beside it the
same network with random weights. `apart` is how far the units are from each other, every fourth epoch: the root of the
mean squared distance of a unit's weights from the mean unit, by the root of their mean squared length; 0 if all are
equal, at most 1. Accuracy on 2,000 other images; the test images stay closed.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

import numpy as np
from mxnet import init
from mxnet.gluon import nn

GRID = {
    "start": ["equal", "random"],
    "drop_prob": [0, 0.5],
    "lr": [0.01, 0.03, 0.1, 0.3],
    "seed": list(range(0, 50, 10)),
}
NUM_UNITS, NUM_EPOCHS, EVERY = 64, 40, 4


def network(start, drop_prob):
    """Give the network; "equal" copies the first unit's weights, those that lead in and those that lead out."""
    net = nn.HybridSequential()
    net.add(nn.Dense(NUM_UNITS, activation="tanh", in_units=784), nn.Dropout(drop_prob))
    net.add(nn.Dense(10, in_units=NUM_UNITS))
    net.initialize(init.Xavier())
    if start == "equal":
        leading_in, leading_out = net[0].weight.data(), net[2].weight.data()
        net[0].weight.set_data(leading_in[:1].broadcast_to(leading_in.shape))
        # Equal units do not cancel: their sum is as large as that of random ones if each counts for less.
        net[2].weight.set_data(leading_out[:, :1].broadcast_to(leading_out.shape) / NUM_UNITS**0.5)
    net.hybridize()
    return net


def apart(net):
    """Give how far the units of the hidden layer are from each other, between 0 and 1."""
    W = net[0].weight.data().asnumpy().astype("float64")
    return float(np.sqrt(((W - W.mean(axis=0)) ** 2).sum() / (W**2).sum()))


def run(start, drop_prob, lr, seed):
    """Train and give the distances of the units, how many are different to the last bit, and accuracies."""
    (X, y), (X_valid, y_valid) = fashion_mnist.split(1000, seed)
    net, distances = network(start, drop_prob), []

    def record(epoch):
        if epoch % EVERY == 0:
            distances.append(apart(net))

    fashion_mnist.train(net, X, y, num_epochs=NUM_EPOCHS, batch_size=50, lr=lr, settle=False, after_epoch=record)
    num_different = len(np.unique(net[0].weight.data().asnumpy(), axis=0))
    measured = fashion_mnist.measured(net, (X, y), (X_valid[:2000], y_valid[:2000]))
    return {"apart": distances, "num_different": num_different} | measured
