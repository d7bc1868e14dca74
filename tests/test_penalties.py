"""Penalties against values worked by hand, against NumPy, and their gradients against central differences.

Feared: a missing half, or one too many in the L1 penalty; absolute values left out, so that weights of both signs
cancel; a mean in place of a sum; integers, which would be halved and rounded.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, nd

PENALTIES = {"l1_penalty": lambda w: np.abs(w).sum(), "l2_penalty": lambda w: (w**2).sum() / 2}


def test_by_hand():
    w = nd.array([[3, -4], [0, 1]])
    assert d2l.l2_penalty(w).asscalar() == 13
    assert d2l.l1_penalty(w).asscalar() == 8


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("shape", [(1,), (7,), (3, 1), (20, 10), (2, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_agrees_with_numpy(name, shape, dtype):
    w = nd.random.normal(shape=shape).astype(dtype)
    penalty = getattr(d2l, name)(w)
    assert (penalty.shape, penalty.dtype) == ((1,), np.dtype(dtype).type)
    np.testing.assert_allclose(penalty.asscalar(), PENALTIES[name](w.asnumpy().astype("float64")), rtol=1e-5)


@pytest.mark.parametrize("name", PENALTIES)
def test_zero_weights_cost_nothing(name):
    assert getattr(d2l, name)(nd.zeros((3, 2))).asscalar() == 0


@pytest.mark.parametrize("name", PENALTIES)
def test_gradients(name):
    w = nd.array([[0.5, -2], [3, -0.25]])  # away from the kink of the L1 penalty
    assert d2l.gradcheck(getattr(d2l, name), w) < 1e-6


def test_gradient_of_l1_at_zero_is_zero():
    w = nd.array([0, 2, -3])
    w.attach_grad()
    with autograd.record():
        penalty = d2l.l1_penalty(w)
    penalty.backward()
    assert w.grad.asnumpy().tolist() == [0, 1, -1]


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize(
    ("w", "error", "sentence"),
    [
        ([1.0], TypeError, "w must be an NDArray of floats of 32 or 64 bits, got list"),
        (np.ones(2), TypeError, "w must be an NDArray of floats of 32 or 64 bits, got ndarray"),
        (
            nd.array([1], dtype="int32"),
            TypeError,
            "w must be an NDArray of floats of 32 or 64 bits, got dtype int32; convert it with w.astype('float32')",
        ),
        (
            nd.array([300], dtype="float16"),
            TypeError,
            "w must be an NDArray of floats of 32 or 64 bits, got dtype float16; convert it with w.astype('float32')",
        ),
        (
            nd.array([]),
            ValueError,
            "w must be an NDArray of floats of 32 or 64 bits with at least one entry, got shape (0,)",
        ),
    ],
)
def test_refuses(name, w, error, sentence):
    with pytest.raises(error) as refused:
        getattr(d2l, name)(w)
    assert str(refused.value) == f"{name}: {sentence}"
