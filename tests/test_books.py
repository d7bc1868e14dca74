"""A reader of the books changes one import: our helpers against d2lzh's own, number by number.

The loaders are compared in test_data.py. Known differences: the last short batch (test_training.py), and d2lzh's
plots, which fail on IPython 8 and newer until its `use_svg_display` is replaced.
"""

import inspect

import d2l_utils as d2l

import d2lzh
import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, gluon, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

KNOWN = """data_iter linreg squared_loss sgd evaluate_accuracy load_data_fashion_mnist get_fashion_mnist_labels
show_fashion_mnist train_ch3 semilogy use_svg_display set_figsize grad_clipping try_gpu try_all_gpus show_images plt"""


@pytest.fixture
def drawing(monkeypatch):
    monkeypatch.setattr(d2lzh.utils, "use_svg_display", lambda: None)
    monkeypatch.setattr(d2lzh.utils.plt, "show", lambda: None)
    yield
    d2l.plt.close("all")


def batches():
    return [(nd.random.normal(shape=(8, 4)), nd.array(np.arange(8) % 3)) for _ in range(5)]


def params_with_grads():
    params = [nd.random.normal(shape=(3, 2)), nd.random.normal(shape=2)]
    for param in params:
        param.attach_grad()
        param.grad[:] = nd.random.normal(0, 5, shape=param.shape)
    return params


@pytest.mark.parametrize("name", KNOWN.split())
def test_every_name_takes_the_same_arguments_in_the_same_order(name):
    ours, theirs = getattr(d2l, name), getattr(d2lzh, name)
    if name != "plt":
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_linreg_and_squared_loss():
    X, w, b, y = (nd.random.normal(shape=shape) for shape in ((5, 3), (3, 1), (1,), (5,)))
    ours, theirs = d2l.linreg(X, w, b), d2lzh.linreg(X, w, b)
    assert (ours == theirs).min() == 1
    assert (d2l.squared_loss(ours, y) == d2lzh.squared_loss(theirs, y)).min() == 1


@pytest.mark.parametrize("name", ["sgd", "grad_clipping"])
def test_updates_in_place(name):
    results = []
    for module in (d2l, d2lzh):
        d2l.seed_everything(1)
        params = params_with_grads()
        module.sgd(params, 0.1, 4) if name == "sgd" else module.grad_clipping(params, 0.5, mx.cpu())
        results.append([array.asnumpy() for param in params for array in (param, param.grad)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_evaluate_accuracy():
    data, net = batches(), lambda X: X[:, :3]
    assert d2l.evaluate_accuracy(data, net) == pytest.approx(d2lzh.evaluate_accuracy(data, net))


@pytest.mark.parametrize("kind", ["scratch", "gluon"])
def test_train_ch3_prints_the_same_lines(kind, capsys):
    data, loss = batches(), gloss.SoftmaxCrossEntropyLoss()
    for module in (d2lzh, d2l):
        d2l.seed_everything(2)
        if kind == "scratch":
            W, b = params = [nd.random.normal(shape=(4, 3)), nd.zeros(3)]
            for param in params:
                param.attach_grad()
            net = lambda X, W=W, b=b: nd.dot(d2l.dropout(X, 0.2) if autograd.is_training() else X, W) + b
            result = module.train_ch3(net, data, data, loss, 3, 8, params, 0.5)
        else:
            net = nn.Sequential()
            net.add(nn.Dropout(0.2), nn.Dense(3))
            net.initialize()
            trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
            result = module.train_ch3(net, data, data, loss, 3, 8, None, None, trainer)
    lines = capsys.readouterr().out.strip()
    assert lines.count("\n") == 2
    assert repr(result) == lines


def test_semilogy_draws_the_same_curves(drawing):
    arguments = ([1, 2, 3], [1, 10, 100], "epochs", "loss", [1, 2, 3], [2, 20, 200], ["train", "test"])
    ours = d2l.semilogy(*arguments)
    d2l.plt.figure()
    d2lzh.semilogy(*arguments)
    theirs = d2l.plt.gca()
    for attribute in ("get_xlabel", "get_ylabel", "get_yscale"):
        assert getattr(ours, attribute)() == getattr(theirs, attribute)()
    for one, other in zip(ours.lines, theirs.lines, strict=True):
        assert (one.get_xydata() == other.get_xydata()).all()


def test_images_are_the_same(drawing):
    images = nd.random.uniform(shape=(6, 28, 28))
    pairs = zip(d2l.show_images(images, 2, 3).flat, d2lzh.show_images(images, 2, 3).flat, strict=True)
    for ours, theirs in pairs:
        assert (ours.images[0].get_array() == theirs.images[0].get_array()).all()
    labels = d2lzh.get_fashion_mnist_labels(range(6))
    ours = d2l.show_fashion_mnist(images, labels)
    d2lzh.show_fashion_mnist(images, labels)
    for one, other in zip(ours, d2l.plt.gcf().axes, strict=True):
        assert one.get_title() == other.get_title()
        assert (one.images[0].get_array() == other.images[0].get_array()).all()


def test_set_figsize(drawing):
    for module in (d2l, d2lzh):
        module.set_figsize((5, 4))
        assert d2l.plt.rcParams["figure.figsize"] == [5, 4]


def test_devices():
    assert d2l.try_gpu() == d2lzh.try_gpu()
    assert d2l.try_all_gpus() == d2lzh.try_all_gpus()
