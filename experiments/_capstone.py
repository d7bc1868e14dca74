"""What the capstone's two experiments share: folds with all classes, moved images, training, an average of networks."""

import functools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

import numpy as np
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

NUM_FOLDS, BATCH_SIZE = 5, 100
VIEWS = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]  # (dx, dy), for prediction
LOSS = gluon.loss.SoftmaxCrossEntropyLoss(sparse_label=False)
# Chapter 6's network, first weights and plain SGD; the number of epochs and the rate were chosen by validation.
BASELINE = {
    "width": 256, "num_epochs": 60, "lr": 0.1, "momentum": 0, "sigma": 0.01, "decay": False,
    "size": 0, "smoothing": 0, "wd": 0, "drop_prob": 0, "num_nets": 1, "num_views": 1,
}  # fmt: skip
_data = functools.cache(d2l.capstone.data)


def split(fold):
    """Give (X, y), (X_valid, y_valid) with `fold` of five for validation; each fold has 20 images of each class."""
    X, y = _data()
    of_class = [np.flatnonzero(y.asnumpy() == label) for label in range(10)]
    valid_part = np.sort(np.concatenate([places[fold::NUM_FOLDS] for places in of_class]))
    train_part = np.setdiff1d(np.arange(len(y)), valid_part)
    return [(X.take(nd.array(part)), y.take(nd.array(part))) for part in (train_part, valid_part)]


def all_images():
    """Give the 1,000 images and their labels."""
    return _data()


def warp(X, size):
    """Move each image at random by up to `size` of its half width, and stretch and shear it by as much."""
    theta = nd.array([1, 0, 0, 0, 1, 0]) + nd.random.uniform(-size, size, shape=(len(X), 6))
    grid = nd.GridGenerator(theta, transform_type="affine", target_shape=X.shape[2:])
    return nd.BilinearSampler(X, grid)  # (batch, 1, 28, 28)


def network(*, width, drop_prob, sigma):
    """Give a network with one hidden layer; `sigma` 0 stands for He's first weights."""
    net = nn.HybridSequential()
    net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob), nn.Dense(10))
    net.initialize(init.Normal(sigma) if sigma else init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def train(X, y, *, num_epochs, lr, momentum, decay, size, smoothing, wd, **of_network):
    """Train a new network; with `decay` the learning rate falls to 0 along a line."""
    net = network(**of_network)
    options = {"learning_rate": lr, "momentum": momentum, "wd": wd}
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)
    train_iter = d2l.BatchLoader(X, y, BATCH_SIZE, shuffle=True)
    for epoch in range(num_epochs):
        trainer.set_learning_rate(lr * (1 - epoch / num_epochs) if decay else lr)
        for X_batch, y_batch in train_iter:
            targets = nd.one_hot(y_batch, 10) * (1 - smoothing) + smoothing / 10
            X_batch = warp(X_batch, size) if size else X_batch
            with autograd.record():
                loss = LOSS(net(X_batch), targets)
            loss.backward()
            trainer.step(len(y_batch))
    return net


def train_several(X, y, *, num_nets, num_views, **options):
    """Train networks one after the other, which differ in their first weights, batches and moves."""
    return [train(X, y, **options) for _ in range(num_nets)]


def shifted(X, dx, dy):
    """Move all images by whole pixels, to the right and down; zeros come in."""
    height, width = X.shape[2:]
    wide = nd.pad(X, mode="constant", pad_width=(0, 0, 0, 0, 1, 1, 1, 1), constant_value=0)
    return wide[:, :, 1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]


def probabilities(nets, X, num_views=1):
    """Average what several networks say to one or five views: the image itself, and moved by a pixel."""
    views = [shifted(X, dx, dy) if dx or dy else X for dx, dy in VIEWS[:num_views]]
    return sum(nd.softmax(net(view)) for net in nets for view in views) / (len(nets) * len(views))


def measure(nets, X, y, *, num_views=1, batch_size=2500):
    """Give (accuracy, mean loss) of the average of networks, a part of the images at a time."""
    starts = range(0, len(X), batch_size)
    probs = nd.concat(*(probabilities(nets, X[start : start + batch_size], num_views) for start in starts), dim=0)
    loss = -nd.log(nd.pick(probs, y) + 1e-10).mean().asscalar()
    return d2l.accuracy(probs, y), fashion_mnist.number(loss)
