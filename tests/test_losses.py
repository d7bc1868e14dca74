"""Losses against values worked by hand, against Gluon, and their gradients against central differences."""

import math

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import nd
from mxnet.gluon import loss as gloss


def test_squared_loss_by_hand():
    loss = d2l.squared_loss(nd.array([[1], [2], [5]]), nd.array([1, 4, 2]))
    assert loss.asnumpy().tolist() == [[0], [2], [4.5]]  # a missing half or a (3, 3) broadcast fails


def test_squared_loss_names_both_shapes():
    sentence = r"^squared_loss: y_hat and y must have the same number of entries, got \(3, 1\) and \(2,\)$"
    with pytest.raises(ValueError, match=sentence):
        d2l.squared_loss(nd.ones((3, 1)), nd.ones(2))


def test_cross_entropy_of_a_uniform_guess_is_log_of_the_classes():
    loss = d2l.softmax_cross_entropy(nd.zeros((4, 10)), nd.array([0, 3, 7, 9]))
    np.testing.assert_allclose(loss.asnumpy(), math.log(10), rtol=1e-5)


def test_cross_entropy_equals_gluon_and_does_not_overflow():
    logits, y = nd.random.normal(0, 300, shape=(50, 7)), nd.array(np.arange(50) % 7)
    ours = d2l.softmax_cross_entropy(logits, y).asnumpy()
    assert np.isfinite(ours).all()
    np.testing.assert_allclose(ours, gloss.SoftmaxCrossEntropyLoss()(logits, y).asnumpy(), rtol=1e-5, atol=1e-5)


def test_gradients():
    y = nd.array([0, 2], dtype="float64")
    assert d2l.gradcheck(lambda X: d2l.softmax_cross_entropy(X, y).sum(), nd.random.normal(shape=(2, 3))) < 1e-6
    assert d2l.gradcheck(lambda X: d2l.squared_loss(X, y).sum(), nd.random.normal(shape=(2, 1))) < 1e-6


def test_cross_entropy_rejects_one_hot_labels():
    with pytest.raises(ValueError, match=r"got \(2, 3\) and \(2, 3\); y holds class numbers, not one-hot rows$"):
        d2l.softmax_cross_entropy(nd.ones((2, 3)), nd.ones((2, 3)))
