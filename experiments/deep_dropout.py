"""Small networks on 500 images: one or three hidden layers, batch normalization, three rates.

One hidden layer of 500 units at rates 0 and 0.75 is the experiment of Stanford's course CS231n, here on Fashion-MNIST.
Dropout stands after the activation. Accuracy on the 500 images and accuracy and loss on 5,000 others, with dropout off,
every sixth epoch; the test images stay closed.
"""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import init
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
    (X, y), valid = fashion_mnist.split(500, seed)
    net = network(depth, batch_norm, drop_prob)
    curves = {"train_acc": [], "valid_acc": [], "valid_loss": []}

    def record(epoch):
        if epoch % EVERY == 0:
            measured = fashion_mnist.measure(net, X, y)[0], *fashion_mnist.measure(net, *valid)
            for curve, value in zip(curves.values(), measured, strict=True):
                curve.append(value)

    options = {"lr": 5e-4, "optimizer": "adam", "settle": False, "after_epoch": record}
    fashion_mnist.train(net, X, y, num_epochs=NUM_EPOCHS, batch_size=100, **options)
    return curves
