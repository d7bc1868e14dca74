"""Train two small nets, from scratch and with Gluon, and print the SHA-256 of their weights: one run, one process.

The nets are those of the dropout chapters, wide enough for several threads and for every set of instructions to be
used where they are allowed.
"""

import hashlib
from itertools import pairwise

import d2l_utils as d2l

from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

SIZES, BATCH_SIZE, NUM_EPOCHS = (784, 256, 256, 10), 128, 3


def make_data():
    """Draw 400 examples; the last batch is short."""
    d2l.seed_everything(1)
    X = nd.random.normal(shape=(400, SIZES[0]))
    return d2l.BatchLoader(X, nd.dot(X, nd.random.normal(shape=(SIZES[0], SIZES[-1]))).argmax(axis=1), BATCH_SIZE, True)


def scratch():
    """Train with our own functions; returns the parameters."""
    batches = make_data()
    params = []
    for inputs, outputs in pairwise(SIZES):
        params += [nd.random.normal(scale=0.05, shape=(inputs, outputs)), nd.zeros(outputs)]
    for param in params:
        param.attach_grad()

    def net(X):
        W1, b1, W2, b2, W3, b3 = params
        H1 = d2l.dropout(nd.relu(nd.dot(X, W1) + b1), 0.2)
        H2 = d2l.dropout(nd.tanh(nd.dot(H1, W2) + b2), 0.5)
        return nd.dot(H2, W3) + b3

    d2l.train_ch3(net, batches, batches, d2l.softmax_cross_entropy, NUM_EPOCHS, BATCH_SIZE, params, lr=0.1)
    return params


def built_in():
    """Train with Gluon; returns the parameters."""
    batches = make_data()
    net = nn.HybridSequential()
    for width, activation, drop_prob in zip(SIZES[1:3], ("relu", "tanh"), (0.2, 0.5), strict=True):
        net.add(nn.Dense(width, activation=activation), nn.Dropout(drop_prob))
    net.add(nn.Dense(SIZES[-1]))
    net.initialize(init.Xavier())
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01, "wd": 0.001})
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(NUM_EPOCHS):
        for X, y in batches:
            with autograd.record():
                batch_loss = loss(net(X), y)
            batch_loss.backward()
            trainer.step(len(X))
    return [param.data() for param in net.collect_params().values()]


def digest(params):
    """Hash what the parameters hold, bit by bit."""
    return hashlib.sha256(b"".join(param.asnumpy().tobytes() for param in params)).hexdigest()[:16]


if __name__ == "__main__":
    print(digest(scratch()), digest(built_in()))
