"""sgd and grad_clipping: steps worked by hand, scaling, what they refuse."""

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, gluon, nd


def param_with_grad(value, grad):
    param = nd.array(value)
    param.attach_grad()
    param.grad[:] = nd.array(grad)
    return param


def test_sgd_by_hand_and_in_place():
    param = param_with_grad([1, 2], [4, -8])
    same = param
    d2l.sgd([param], 0.5, 4)
    assert same.asnumpy().tolist() == [0.5, 3]  # 1 - 0.5 * 4 / 4; a step up or one not divided by 4 fails
    assert same.grad.asnumpy().tolist() == [4, -8]


def test_sgd_needs_a_gradient():
    with pytest.raises(
        ValueError, match=r"^sgd: params\[0\] must have a gradient, got None; call attach_grad\(\) on it"
    ):
        d2l.sgd([nd.ones(2)], 0.1, 1)


@pytest.mark.parametrize(("lr", "batch_size", "sentence"), [
    (0, 1, r"^sgd: lr must be > 0, got 0$"),
    (-1.0, 1, r"^sgd: lr must be > 0, got -1.0$"),
    (float("nan"), 1, r"^sgd: lr must be > 0, got nan$"),
    (0.1, 0, r"^sgd: batch_size must be an integer >= 1, got 0$"),
])  # fmt: skip
def test_sgd_names_the_allowed_values(lr, batch_size, sentence):
    with pytest.raises(ValueError, match=sentence):
        d2l.sgd([param_with_grad([1], [1])], lr, batch_size)


def test_clipping_scales_the_joint_norm():
    params = [param_with_grad([0, 0], [3, 0]), param_with_grad([0], [4])]
    d2l.grad_clipping(params, 1)  # the joint norm is 5: clipping each by itself would give 1 and 1
    np.testing.assert_allclose(params[0].grad.asnumpy(), [0.6, 0], rtol=1e-6)
    np.testing.assert_allclose(params[1].grad.asnumpy(), [0.8], rtol=1e-6)


def test_clipping_is_that_of_gluon():
    d2l.seed_everything(1)
    values = [nd.random.normal(shape=shape).asnumpy() for shape in ((3, 4), (5,), (2, 1))]
    params = [param_with_grad(value, value) for value in values]
    theirs = [nd.array(value) for value in values]
    d2l.grad_clipping(params, 0.5)
    gluon.utils.clip_global_norm(theirs, 0.5)
    for param, grad in zip(params, theirs, strict=True):
        np.testing.assert_allclose(param.grad.asnumpy(), grad.asnumpy(), rtol=1e-6)


@pytest.mark.parametrize("theta", [5, 100, None])
def test_short_gradients_stay(theta):
    params = [param_with_grad([0, 0], [3, 4])]
    d2l.grad_clipping(params, theta)
    assert params[0].grad.asnumpy().tolist() == [3, 4]


def test_clipping_refuses_a_norm_of_zero():
    with pytest.raises(ValueError, match=r"^grad_clipping: theta must be > 0 or None, got 0$"):
        d2l.grad_clipping([param_with_grad([1], [1])], 0)


def test_sgd_does_not_enter_the_recorded_graph():
    w = param_with_grad([1.0], [1.0])
    with autograd.record():
        loss = (w * w).sum()
    loss.backward()
    d2l.sgd([w], 0.1, 1)
    np.testing.assert_allclose(w.asnumpy(), [0.8], rtol=1e-6)
