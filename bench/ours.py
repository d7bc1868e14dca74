"""The course's way, as the chapters have it: python -m bench.ours {gluon,scratch} NUM_EPOCHS."""

import itertools
import sys

import d2l_utils as d2l

from mxnet import autograd, gluon, init, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

from bench.work import BATCH_SIZE, DROP_PROBS, LAYERS, LR, NUM_TRAIN, SIGMA, time_epochs


def gluon_epoch(layers=LAYERS, num_train=NUM_TRAIN):
    """Give a function that trains a Gluon network for one epoch."""
    net = nn.HybridSequential()
    drop_probs = DROP_PROBS + (DROP_PROBS[-1],) * len(layers)
    for width, drop_prob in zip(layers[1:-1], drop_probs, strict=False):
        net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(layers[-1]))
    net.initialize(init.Normal(SIGMA))
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR})
    return _epoch(net, num_train, trainer=trainer)


def scratch_epoch():
    """Give a function that trains the network from scratch for one epoch."""
    params = []
    for shape in itertools.pairwise(LAYERS):
        params += [nd.random.normal(0, SIGMA, shape), nd.zeros(shape[1])]
    for param in params:
        param.attach_grad()

    def net(X):
        H = X.reshape((-1, LAYERS[0]))
        for W, b, drop_prob in zip(params[:-2:2], params[1:-2:2], DROP_PROBS, strict=True):
            H = nd.relu(d2l.linreg(H, W, b))
            if autograd.is_training():
                H = d2l.dropout(H, drop_prob)
        return d2l.linreg(H, *params[-2:])

    return _epoch(net, NUM_TRAIN, params=params, lr=LR)


def _epoch(net, num_train, **update):
    images, labels, test_images, test_labels = d2l.fashion_mnist_arrays()
    train_iter = d2l.BatchLoader(images[:num_train], labels[:num_train], BATCH_SIZE, shuffle=True)
    test_iter = d2l.BatchLoader(test_images, test_labels, BATCH_SIZE, shuffle=False)
    loss = gloss.SoftmaxCrossEntropyLoss()
    return lambda: d2l.train_ch3(net, train_iter, test_iter, loss, 1, BATCH_SIZE, **update)


if __name__ == "__main__":
    d2l.seed_everything(1)
    time_epochs({"gluon": gluon_epoch, "scratch": scratch_epoch}[sys.argv[1]](), int(sys.argv[2]))
