"""What the experiments share: a split of Fashion-MNIST, the network of the chapters, training, measuring."""

import functools
import math

import d2l_utils as d2l

import numpy as np
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

LOSS = gluon.loss.SoftmaxCrossEntropyLoss()
NUM_VALID = 5000
_arrays = functools.cache(d2l.fashion_mnist_arrays)  # a run of two seconds should not read the images again


def split(num_train, seed):
    """Seed everything and draw `num_train` images to learn from and others to validate on, as chapter 10 does.

    Gives (X, y), (X_valid, y_valid). From more than 55,000 images on, fewer than 5,000 are left to validate on; from
    all 60,000 none is left, and None stands for the second pair.
    """
    images, labels, _, _ = _arrays()
    d2l.seed_everything(seed)
    order = nd.array(np.random.permutation(len(images)))
    parts = order[:num_train], order[num_train : num_train + NUM_VALID]
    return [(images.take(part), labels.take(part)) if part.size else None for part in parts]


def test_set():
    """Give the test images and labels."""
    return _arrays()[2:]


def mlp(drop_prob, width=256, depth=2):
    """Give a network of `depth` hidden layers, each with ReLU and dropout, from He's normal distribution."""
    net = nn.HybridSequential()
    for _ in range(depth):
        net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(init.MSRAPrelu("in", slope=0))
    net.hybridize()
    return net


def book_mlp(drop_probs):
    """Give the 784-256-256-10 network as the book begins it: weights from N(0, 0.01), a rate for each hidden layer."""
    net = nn.HybridSequential()
    for drop_prob in drop_probs:
        net.add(nn.Dense(256, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(init.Normal(sigma=0.01))
    net.hybridize()
    return net


def cross_entropy(net, X, y):
    """Give the loss of each example."""
    return LOSS(net(X), y)


def r_drop(net, X, y, alpha):
    """Give the loss of R-Drop for each example, from one pass over the doubled batch."""
    logits1, logits2 = nd.split(net(nd.concat(X, X, dim=0)), 2, axis=0)
    return d2l.r_drop_loss(logits1, logits2, y, alpha=alpha)


def train(
    net, X, y, *, num_epochs, batch_size, lr, optimizer="sgd", loss=cross_entropy, after_epoch=None,
    trainer_class=gluon.Trainer, settle=True, **options,
):  # fmt: skip
    """Train, the last quarter of the epochs with a tenth of `lr`; `options` are those of MXNet's optimizer.

    A step goes along the gradient of `loss(net, X, y)`. Calls `after_epoch(epoch)` after each. As in chapter 10, the
    small steps at the end let the weights settle; there are none if `settle` is false.
    """
    trainer = trainer_class(net.collect_params(), optimizer, {"learning_rate": lr, **options})
    train_iter = d2l.BatchLoader(X, y, batch_size, shuffle=True)
    for epoch in range(1, num_epochs + 1):
        trainer.set_learning_rate(lr / 10 if settle and epoch > 0.75 * num_epochs else lr)
        for X_batch, y_batch in train_iter:
            with autograd.record():
                batch_loss = loss(net, X_batch, y_batch)
            batch_loss.backward()
            trainer.step(len(X_batch))
        if after_epoch is not None:
            after_epoch(epoch)


def measure(net, X, y, batch_size=2500):
    """Give (accuracy, mean loss) in predict mode, a part of the images at a time."""
    right, loss_sum = 0, 0
    for start in range(0, len(X), batch_size):
        scores, labels = net(X[start : start + batch_size]), y[start : start + batch_size]
        right += d2l.accuracy(scores, labels) * len(labels)
        loss_sum += float(LOSS(scores, labels).sum().asscalar())
    return right / len(X), loss_sum / len(X)


def measured(net, train, valid):
    """Give accuracy and mean loss on the (images, labels) to train and to validate on, as columns of a table."""
    names = "train_acc", "train_loss", "valid_acc", "valid_loss"
    return {name: number(value) for name, value in zip(names, measure(net, *train) + measure(net, *valid), strict=True)}


def number(value):
    """Give a float that equals itself: what is not a number, as after steps too large, becomes infinite."""
    return float("inf") if math.isnan(value) else float(value)
