"""The book's way, with its package d2lzh and its loaders: python -m bench.book {gluon,scratch} NUM_EPOCHS.

Nothing of the course is imported here, for its settings of MXNet would help.
"""

import itertools
import sys

import d2lzh
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import data as gdata
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

from bench.work import BATCH_SIZE, DROP_PROBS, LAYERS, LR, SIGMA, arrays, time_epochs


class FashionMNIST(gdata.vision.FashionMNIST):
    """MXNet's own class, but for where the bytes come from: it takes Apache's packing of the files alone."""

    def _get_data(self):
        images, labels = arrays("train" if self._train else "test")
        self._data, self._label = nd.array(images[..., None], dtype="uint8"), labels.astype("int32")


def gluon_net():
    """Give the network and what updates it, as keyword arguments of train_ch3."""
    net = nn.Sequential()
    for width, drop_prob in zip(LAYERS[1:-1], DROP_PROBS, strict=True):
        net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(LAYERS[-1]))
    net.initialize(init.Normal(SIGMA))
    return net, {"trainer": gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR})}


def scratch_net():
    """Give the network and what updates it, as keyword arguments of train_ch3."""
    params = []
    for shape in itertools.pairwise(LAYERS):
        params += [nd.random.normal(scale=SIGMA, shape=shape), nd.zeros(shape[1])]
    for param in params:
        param.attach_grad()

    def net(X):
        H = X.reshape((-1, LAYERS[0]))
        for W, b, drop_prob in zip(params[:-2:2], params[1:-2:2], DROP_PROBS, strict=True):
            H = (nd.dot(H, W) + b).relu()
            if autograd.is_training():
                H = dropout(H, drop_prob)
        return nd.dot(H, params[-2]) + params[-1]

    return net, {"params": params, "lr": LR}


def dropout(X, drop_prob):
    """Drop with a mask from uniform numbers."""
    mask = nd.random.uniform(0, 1, X.shape) < 1 - drop_prob
    return mask * X / (1 - drop_prob)


if __name__ == "__main__":
    to_tensor = gdata.vision.transforms.ToTensor()
    loaders = [
        gdata.DataLoader(FashionMNIST(train=train).transform_first(to_tensor), BATCH_SIZE, shuffle=train, num_workers=4)
        for train in (True, False)
    ]
    net, update = {"gluon": gluon_net, "scratch": scratch_net}[sys.argv[1]]()
    loss = gloss.SoftmaxCrossEntropyLoss()
    time_epochs(lambda: d2lzh.train_ch3(net, *loaders, loss, 1, BATCH_SIZE, **update), int(sys.argv[2]))
