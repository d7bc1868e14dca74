"""What `test_hostile_inputs.py` tries: the layers and the network on NumPy arrays."""

import d2l_utils as d2l

import numpy as np
from hostile import case
from hypothesis import strategies as st


@st.composite
def matrices(draw, *shapes, fills=(), dtypes=("float64",)):
    """Draw a NumPy array that cannot be written to, so that a change in place is an error."""
    shape, dtype, seed = (draw(st.sampled_from(choice)) for choice in (shapes, dtypes, range(99)))
    array = np.random.RandomState(seed).normal(size=shape).astype(dtype)
    fill = draw(st.sampled_from([None, *fills]))
    if fill is not None:
        with np.errstate(over="ignore"):  # what is too large for float16 becomes inf
            array.flat[::2] = fill
    array.setflags(write=False)
    return array


def strange():
    """Draw floats and integers of many shapes, with entries that are no numbers or too large for a square."""
    fills = [0, -1, 1e30, float("nan"), float("inf")]
    shapes = (4, 3), (3, 4), (4,), (3,), (4, 1), (1, 4), (0, 3), (2, 2, 3), ()
    return matrices(*shapes, fills=fills, dtypes=("float32", "float64", "float16")) | matrices(
        (4, 3), (4,), dtypes=("int64", "bool", "complex128")
    )


def quiet(function):
    """Give a function that says nothing of infinities."""

    def call(**arguments):
        with np.errstate(all="ignore"):
            return function(**arguments)

    return call


def equal(result, *expected):
    """Assert that one array or each of several is the expected one, NaN included."""
    parts = result if len(expected) > 1 else (result,)
    for part, right in zip(parts, expected, strict=True):
        assert part.shape == right.shape
        np.testing.assert_allclose(part, right, rtol=1e-4, atol=1e-6)


AFFINE = {"X": matrices((4, 3)), "W": matrices((3, 2), (3, 1)), "b": matrices((2,), (1,))}


@case("affine_forward", call=quiet(d2l.affine_forward), good=AFFINE, strange=dict.fromkeys(AFFINE, strange()))
def _(result, X, W, b):
    with np.errstate(all="ignore"):
        equal(result[0], np.stack([(row[:, None] * W).sum(axis=0) + b for row in X]))
    assert result[1][0] is X
    assert result[1][1] is W


CACHES = st.tuples(matrices((4, 3)), matrices((3, 2)))
STRANGE_CACHES = st.tuples(strange(), strange()) | st.tuples(strange(), strange(), strange())


@case(
    "affine_backward",
    call=quiet(d2l.affine_backward),
    good={"d_out": matrices((4, 2)), "cache": CACHES},
    strange={"d_out": strange(), "cache": STRANGE_CACHES},
)
def _(result, d_out, cache):
    X, W = cache
    with np.errstate(all="ignore"):
        equal(result, d_out @ W.T, X.T @ d_out, d_out.sum(axis=0))


@case("relu_forward", good={"X": matrices((4, 3), (3,), (2, 3, 4))}, strange={"X": strange()})
def _(result, X):
    equal(result[0], np.where(np.isnan(X), np.nan, X * (X > 0)) if np.isfinite(X).all() else np.maximum(X, 0))
    assert result[0].dtype == X.dtype
    np.testing.assert_array_equal(result[1], X > 0)


@case(
    "relu_backward",
    good={"d_out": matrices((4, 3)), "cache": matrices((4, 3)).map(lambda array: array > 0)},
    strange={"d_out": strange(), "cache": strange()},
)
def _(result, d_out, cache):
    assert result.dtype == d_out.dtype
    np.testing.assert_array_equal(result[cache], d_out[cache])
    assert (result[~cache] == 0).all()


UNITS = matrices((3,))


@case(
    "batchnorm_forward",
    call=quiet(d2l.batchnorm_forward),
    good={
        "X": matrices((4, 3), (1, 3)),
        "gamma": UNITS,
        "beta": UNITS,
        "statistics": st.none()
        | st.tuples(UNITS, UNITS.map(np.abs))
        | st.lists(UNITS.map(np.abs), min_size=2, max_size=2),
    },
    strange={"X": strange(), "gamma": strange(), "beta": strange(), "statistics": st.tuples(strange(), strange())},
)
def _(result, X, gamma, beta, statistics):
    with np.errstate(all="ignore"):
        mean, var = (X.mean(axis=0), X.var(axis=0)) if statistics is None else statistics
        equal(result[0], gamma * (X - mean) / np.sqrt(var + 1e-5) + beta)
    assert (result[1] is None) == (statistics is not None)


@case(
    "batchnorm_backward",
    call=quiet(d2l.batchnorm_backward),
    good={"d_out": matrices((4, 3)), "cache": st.tuples(matrices((4, 3)), UNITS, UNITS.map(lambda sd: 1 + abs(sd)))},
    strange={"d_out": strange(), "cache": STRANGE_CACHES},
)
def _(result, d_out, cache):
    X_hat, gamma, sd = cache
    with np.errstate(all="ignore"):
        g = gamma * d_out
        d_X = (g - g.mean(axis=0) - X_hat * (g * X_hat).mean(axis=0)) / sd
        if np.isfinite(d_X).all() and abs(d_X).max() < 1e6:
            equal(result, d_X, (d_out * X_hat).sum(axis=0), d_out.sum(axis=0))


LABELS = st.sampled_from([np.array([0, 2, 1, 1]), np.array([2, 2, 0, 0], "uint8")])


@case(
    "softmax_loss",
    call=quiet(d2l.softmax_loss),
    good={"scores": matrices((4, 3)), "y": LABELS},
    strange={"scores": strange(), "y": strange() | st.sampled_from([np.array([0, 1, 2, 3]), np.array([-1, 0, 0, 0])])},
)
def _(result, scores, y):
    loss, d_scores = result
    assert d_scores.shape == scores.shape
    if np.isfinite(scores).all() and abs(scores).max() < 100:
        probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(loss, -np.log(probs[range(len(y)), y]).mean(), rtol=1e-4)
        equal(d_scores, (probs - np.eye(scores.shape[1])[y]) / len(y))


@case(
    "FullyConnectedNet",
    good={
        "sizes": st.lists(st.integers(1, 5), min_size=2, max_size=4),
        "drop_prob": st.floats(0, 1),
        "batch_norm": st.booleans(),
        "dtype": st.sampled_from(["float32", "float64"]),
    },
    strange={"sizes": st.lists(st.integers(-1, 5) | st.floats(1, 2), max_size=4)},
)
def _(result, sizes, drop_prob, batch_norm, dtype):
    X = np.ones((6, sizes[0]), dtype)
    with np.errstate(all="ignore"):
        loss, grads = result.loss(X, np.zeros(6, "int64"))
    assert set(grads) == set(result.params)
    assert {grad.dtype.name for grad in grads.values()} == {dtype}
    assert result.predict(X).shape == (6, sizes[-1])
    assert np.isfinite(loss) or drop_prob > 1 - 1e-6
