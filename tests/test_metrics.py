"""Accuracy, of a batch and of a data set: short last batches, predict mode, swapped arguments."""

import d2l_utils as d2l

import mxnet as mx
import pytest
from mxnet import autograd, nd
from mxnet.gluon import nn


def identity(X):
    return X


def test_accuracy_by_hand():
    scores = nd.array([[1, 0, 0], [0, 3, 2], [0, 0, 1], [5, 6, 1]])
    assert d2l.accuracy(scores, nd.array([0, 1, 0, 1])) == 0.75
    assert d2l.accuracy(scores, nd.array([0, 1, 0, 1], dtype="int32")) == 0.75


def test_accuracy_wants_class_numbers():
    with pytest.raises(ValueError, match=r"got \(2, 3\) and \(2, 3\); y holds class numbers, not one-hot rows$"):
        d2l.accuracy(nd.ones((2, 3)), nd.ones((2, 3)))


def test_evaluate_accuracy_weighs_examples_not_batches():
    right, wrong = nd.array([[1, 0]]), nd.array([[0, 1]])
    batches = [(nd.concat(*[right] * 9, dim=0), nd.zeros(9)), (wrong, nd.zeros(1))]
    assert d2l.evaluate_accuracy(batches, identity) == pytest.approx(0.9)  # the mean of batch means would be 0.5


def test_evaluate_accuracy_is_in_predict_mode_even_inside_record():
    modes = []
    net = lambda X: (modes.append(autograd.is_training()), X)[1]
    with autograd.record():
        d2l.evaluate_accuracy([(nd.ones((2, 3)), nd.zeros(2))], net)
    assert modes == [False]


def test_evaluate_accuracy_on_given_contexts():
    batches = [(nd.array([[1, 0], [0, 1], [0, 1]]), nd.zeros(3))]
    for ctx in (None, mx.cpu(0), [mx.cpu(0), mx.cpu(1)]):
        assert d2l.evaluate_accuracy(batches, identity, ctx) == pytest.approx(1 / 3)


def test_swapped_arguments_are_told():
    net, batches = nn.Sequential(), [(nd.ones((2, 3)), nd.zeros(2))]
    with pytest.raises(TypeError, match=r"got Sequential and list; the order is evaluate_accuracy\(data_iter, net\)$"):
        d2l.evaluate_accuracy(net, batches)
    with pytest.raises(TypeError, match=r"got function and list; the order is evaluate_accuracy\(data_iter, net\)$"):
        d2l.evaluate_accuracy(identity, batches)


def test_an_empty_data_set_is_told():
    with pytest.raises(ValueError, match=r"^evaluate_accuracy: data_iter must hold at least one example, got none"):
        d2l.evaluate_accuracy([], identity)
