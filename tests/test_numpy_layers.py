"""The NumPy layers against their formulas, central differences, and MXNet where it has the same layer.

Feared of dropout: keep and drop swapped, no rescaling or one in the wrong place, one mask for all rows, an input that
is changed in place, NaN at rate 1, float64 made of float32, random numbers used up in prediction; a backward pass with
a fresh mask, without the rescaling, or one that reads the mask off the output, where an input of 0 looks like a dropped
one.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mxnet import autograd, nd


def slope(f, X, direction, step=1e-6):
    """Give the central difference of `f` along a direction."""
    return (f(X + step * direction) - f(X - step * direction)) / (2 * step)


# dropout_forward


def test_dropout_by_hand():
    X = np.array([[3.0, -1.0, 0.0, 4.0]])
    np.random.seed(3)
    u = np.random.random(X.shape)  # 0.55, 0.71, 0.29, 0.51
    np.random.seed(3)
    out, mask = d2l.dropout_forward(X, 0.4, "train")
    assert (u < 0.6).tolist() == [[True, False, True, True]]
    np.testing.assert_allclose(out, [[5, 0, 0, 4 / 0.6]])
    np.testing.assert_allclose(mask, [[1 / 0.6, 0, 1 / 0.6, 1 / 0.6]])


@pytest.mark.parametrize("drop_prob", [0.1, 0.2, 0.5, 0.75, 0.9])
def test_dropout_keeps_the_right_fraction_and_the_mean(drop_prob):
    n = 200000
    out, _ = d2l.dropout_forward(np.ones((400, 500)), drop_prob, "train")
    sd = np.sqrt(n * drop_prob * (1 - drop_prob))
    assert abs((out == 0).sum() - n * drop_prob) < 5 * sd
    assert abs(out.mean() - 1) < 5 * np.sqrt(drop_prob / (1 - drop_prob) / n)
    assert abs(out.var() / (drop_prob / (1 - drop_prob)) - 1) < 0.05


def test_dropout_draws_a_mask_for_every_row_and_call():
    X = np.ones((50, 100))
    (first, _), (second, _) = (d2l.dropout_forward(X, 0.5, "train") for _ in range(2))
    assert len({row.tobytes() for row in first}) == 50
    assert (first != second).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("drop_prob", [0, 0.3, 1, np.float64(0.3), np.float32(0.5)])
def test_dropout_keeps_shape_dtype_and_input(dtype, drop_prob):
    X = np.random.normal(size=(3, 2, 4)).astype(dtype)
    before = X.copy()
    out, mask = d2l.dropout_forward(X, drop_prob, "train")
    assert (out.shape, out.dtype, mask.shape, mask.dtype) == (X.shape, X.dtype, X.shape, X.dtype)
    assert d2l.dropout_backward(np.ones_like(X), mask).dtype == X.dtype
    np.testing.assert_array_equal(X, before)


def test_dropout_at_the_ends():
    X = np.random.normal(size=(5, 6))
    np.testing.assert_array_equal(d2l.dropout_forward(X, 0, "train")[0], X)
    out, mask = d2l.dropout_forward(X, 1, "train")
    assert not out.any()
    assert not mask.any()


def test_prediction_is_the_input_and_draws_nothing():
    X = np.random.normal(size=(5, 6))
    np.random.seed(7)
    out, cache = d2l.dropout_forward(X, 0.5, "predict")
    drawn = np.random.random()
    np.random.seed(7)
    assert drawn == np.random.random()
    assert out is X
    assert cache is None
    assert d2l.dropout_backward(X, cache) is X


@given(seed=st.integers(0, 10**6), drop_prob=st.floats(0, 0.99), rows=st.integers(1, 4), columns=st.integers(1, 5))
def test_dropout_values_are_0_or_rescaled(seed, drop_prob, rows, columns):
    d2l.seed_everything(seed)
    X = np.random.normal(size=(rows, columns))
    out, mask = d2l.dropout_forward(X, drop_prob, "train")
    assert (np.isclose(out, 0, atol=0) | np.isclose(out, X / (1 - drop_prob))).all()
    np.testing.assert_array_equal(out == 0, mask == 0)


# dropout_backward


@pytest.mark.parametrize("drop_prob", [0, 0.2, 0.5, 0.9])
def test_dropout_gradient_with_a_frozen_mask(drop_prob):
    X, weights, direction = np.random.normal(size=(3, 4, 5))
    X[0] = 0  # inputs of 0 tell nothing of the mask

    def f(X):
        np.random.seed(11)
        return (d2l.dropout_forward(X, drop_prob, "train")[0] * weights).sum()

    np.random.seed(11)
    _, cache = d2l.dropout_forward(X, drop_prob, "train")
    gradient = d2l.dropout_backward(weights, cache)
    assert (gradient * direction).sum() == pytest.approx(slope(f, X, direction), rel=1e-6, abs=1e-8)
    entries = (slope(f, X, row) for row in np.eye(X.size).reshape((-1, *X.shape)))
    np.testing.assert_allclose(gradient.ravel(), list(entries), atol=1e-7)


def test_dropout_gradient_is_that_of_autograd():
    X, weights = np.random.normal(size=(2, 4, 6))
    _, cache = d2l.dropout_forward(X, 0.5, "train")
    x, mask, w = (nd.array(value, dtype="float64") for value in (X, cache, weights))
    x.attach_grad()
    with autograd.record():
        total = (x * mask * w).sum()
    total.backward()
    np.testing.assert_allclose(d2l.dropout_backward(weights, cache), x.grad.asnumpy(), rtol=1e-12)


# What is refused

X = np.ones((2, 3))
FLOATS = "a NumPy array of floats of 32 or 64 bits"


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((nd.ones(3), 0.5, "train"), TypeError, f"X must be {FLOATS}, got NDArray; convert it with .asnumpy()"),
        (([1.0], 0.5, "train"), TypeError, f"X must be {FLOATS}, got list"),
        ((np.ones(3, int), 0.5, "train"), TypeError, f"X must be {FLOATS}, got dtype int64"),
        ((np.ones(3, "float16"), 0.5, "train"), TypeError, f"X must be {FLOATS}, got dtype float16"),
        (
            (np.ones((0, 3)), 0.5, "train"),
            ValueError,
            f"X must be {FLOATS} with at least one entry, got shape (0, 3)",
        ),
        ((X, 1.5, "train"), ValueError, "drop_prob must be in [0, 1] (the chance of zeroing), got 1.5"),
        ((X, -0.1, "predict"), ValueError, "drop_prob must be in [0, 1] (the chance of zeroing), got -0.1"),
        ((X, float("nan"), "train"), ValueError, "drop_prob must be in [0, 1] (the chance of zeroing), got nan"),
        ((X, "0.5", "train"), TypeError, "drop_prob must be in [0, 1] (the chance of zeroing), got '0.5' (str)"),
        ((X, 0.5, "test"), ValueError, 'mode must be "train" or "predict", got \'test\''),
        ((X, 0.5, True), ValueError, 'mode must be "train" or "predict", got True'),
    ],
)
def test_dropout_forward_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.dropout_forward(*arguments)
    assert str(refused.value) == f"dropout_forward: {sentence}"


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((nd.ones(3), None), TypeError, f"d_out must be {FLOATS}, got NDArray; convert it with .asnumpy()"),
        ((X, 0.5), TypeError, f"cache must be {FLOATS}, got float"),
        (
            (X, np.ones((3, 2))),
            ValueError,
            "d_out and cache must have the same shape, got (2, 3) and (3, 2); is the cache that of another layer?",
        ),
        (
            (X, np.ones((2, 3), "float32")),
            TypeError,
            "d_out and cache must have the same dtype, got float64 and float32",
        ),
    ],
)
def test_dropout_backward_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.dropout_backward(*arguments)
    assert str(refused.value) == f"dropout_backward: {sentence}"
