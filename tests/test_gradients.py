"""gradcheck accepts right gradients and rejects wrong ones, as small as 0.05 % of one entry."""

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import nd


def cube(x):
    return (x**3).sum()


def test_right_gradients_pass():
    x, y = nd.array([[1, 2], [-3, 0.5]]), nd.array([1, -1])
    assert d2l.gradcheck(cube, x) < 1e-6
    assert d2l.gradcheck(lambda x, y: (nd.tanh(nd.dot(x, y)) * y).sum(), x, y) < 1e-6
    assert d2l.gradcheck(cube, x, grads=[3 * x**2]) < 1e-6


@pytest.mark.parametrize("sabotage", [
    lambda g: 0 * g,
    lambda g: -g,
    lambda g: 1.0005 * g,
    lambda g: g + nd.array([0, 0, 0.006]),  # 0.05 % of the last entry, 12
    lambda g: g * np.nan,
], ids=["zero", "sign", "0.05 %", "one entry", "nan"])  # fmt: skip
def test_wrong_gradients_fail(sabotage):
    x = nd.array([1, -1.5, 2])
    with pytest.raises(AssertionError, match=r"^gradcheck: along a random direction the gradient gives the slope "):
        d2l.gradcheck(cube, x, grads=[sabotage(3 * x**2)])


def test_a_fresh_mask_in_each_call_fails():
    with pytest.raises(AssertionError, match="central differences give"):
        d2l.gradcheck(lambda x: d2l.dropout(x, 0.5).sum(), nd.ones(10))


def test_what_it_refuses():
    x = nd.ones(3)
    with pytest.raises(TypeError, match=r"^gradcheck: f must return an NDArray of one entry .*, got shape \(3,\)$"):
        d2l.gradcheck(lambda x: x, x)
    with pytest.raises(ValueError, match=r"^gradcheck: grads must hold one array per input, got 2 for 1$"):
        d2l.gradcheck(cube, x, grads=[x, x])
    with pytest.raises(ValueError, match=r"^gradcheck: inputs\[0\] and grads\[0\] must have the same shape"):
        d2l.gradcheck(cube, x, grads=[nd.ones((3, 1))])
    with pytest.raises(ValueError, match=r"^gradcheck: inputs must be one or more NDArrays, got none$"):
        d2l.gradcheck(cube)


def test_the_inputs_of_the_caller_are_left_alone():
    x = nd.array([1, 2])
    d2l.gradcheck(cube, x)
    assert x.grad is None
    assert x.dtype == np.float32
