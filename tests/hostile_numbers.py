"""What `test_hostile_inputs.py` tries: random streams, data, layers, losses and updates, each beside NumPy."""

import random

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import tiny_data
from hostile import LIMITS, arrays, case, floats, same, wide
from hypothesis import strategies as st
from mxnet import autograd, nd
from mxnet.gluon import nn

# Numbers and data


@case("seed_everything", good={"seed": st.integers(0, 2**32 - 1)})
def _(result, seed):
    expected = np.random.RandomState(int(seed)).rand(), random.Random(int(seed)).random()
    assert (np.random.rand(), random.random()) == expected
    drawn = nd.random.uniform(shape=3).asnumpy()
    mx.random.seed(int(seed))
    np.testing.assert_array_equal(drawn, nd.random.uniform(shape=3).asnumpy())


def same_rows(batches, features, labels, batch_size, in_order):
    assert all(len(X) == len(y) <= batch_size for X, y in batches)
    for array, part in ((features, 0), (labels, 1)):
        rows = np.concatenate([batch[part].asnumpy() for batch in batches])
        assert rows.dtype == array.dtype
        if not in_order:
            rows, array = np.sort(rows, axis=0), nd.array(np.sort(array.asnumpy(), axis=0), dtype=array.dtype)
        np.testing.assert_array_equal(rows, array.asnumpy())


EXAMPLES = {"features": arrays(shapes=[(4, 3), (4,), (4, 1, 2, 2)]), "labels": arrays(shapes=[(4,), (4, 1)])}


@case("BatchLoader", good={**EXAMPLES, "batch_size": st.integers(1, 5), "shuffle": st.booleans()})
def _(result, features, labels, batch_size, shuffle):
    batches = list(result)
    assert len(result) == len(batches)
    same_rows(batches, features, labels, batch_size, in_order=not shuffle)


@case("data_iter", good={**EXAMPLES, "batch_size": st.integers(1, 5)})
def _(result, batch_size, features, labels):
    same_rows(list(result), features, labels, batch_size, in_order=False)


@case("k_fold", good={"n": st.integers(10, 40), "k": st.integers(2, 10)})
def _(result, n, k):
    assert len(result) == k
    assert sorted(np.concatenate([valid_part for _, valid_part in result])) == list(range(n))
    assert all(sorted([*train_part, *valid_part]) == list(range(n)) for train_part, valid_part in result)


@case("get_fashion_mnist_labels", good={"labels": st.lists(st.integers(0, 9))})
def _(result, labels):
    values = wide(labels) if isinstance(labels, nd.NDArray) else labels
    assert result == [d2l.data._CLASSES[int(value)] for value in values]


@case("fashion_mnist_arrays", good={"root": st.none()}, helpers=("fetch",), times=40)
def _(result, root):
    for array, expected in zip(result, tiny_data.ARRAYS.values(), strict=True):
        scale = 255 if expected.ndim == 3 else 1
        np.testing.assert_allclose(array.asnumpy().reshape(expected.shape), expected / scale, rtol=1e-6)


SIZES = st.sampled_from([None, 1, 7, 28, (3, 40), [3, 4], (1,), (0, 3), (2**40, 2), (2.0, 3), (True, 2)])


@case(
    "load_data_fashion_mnist",
    good={"batch_size": st.sampled_from([1, 16, 10**6]), "resize": st.none(), "root": st.none()},
    strange={"resize": SIZES},
    helpers=("fetch",),
    times=60,
)
def _(result, batch_size, resize, root):
    width, height = resize if isinstance(resize, tuple) else (resize or 28, resize or 28)
    for batches, n in zip(result, (50, 20), strict=True):
        X, y = next(iter(batches))
        assert (X.shape, y.shape) == ((min(batch_size, n), 1, height, width), (min(batch_size, n),))
        assert 0 <= X.min().asscalar() <= X.max().asscalar() <= 1 + 1e-6


@case(
    "synthetic_data",
    good={
        "w": st.one_of(floats((3,), (3, 1), dtypes=["float32", "float64", "int32"]), st.just([2, -3.4])),
        "b": st.floats(-5, 5),
        "num_examples": st.integers(1, 50),
    },
)
def _(result, w, b, num_examples):
    X, y = result
    w = wide(w) if isinstance(w, nd.NDArray) else np.array(w, dtype="float64")
    assert (X.shape, y.shape) == ((num_examples, len(w)), (num_examples, *w.shape[1:]))
    noise = wide(y) - wide(X) @ w - float(b)
    assert np.abs(noise).max() < 0.06 + 1e-5 * (np.abs(wide(X)) @ np.abs(w) + abs(float(b))).max()


# Layers, losses, updates

MATRICES = {
    "X": floats((4, 3), (2, 3), (3,), (2, 4, 3)),
    "w": floats((3, 2), (3, 1), (3,)),
    "b": floats((1,), (2,), (1, 2), (1, 1)),
}


@case("linreg", good=MATRICES, strange={"X": arrays(), "w": arrays(), "b": floats((4,), (4, 1), (4, 2), (1, 4, 1))})
def _(result, X, w, b):
    product = np.tensordot(wide(X), wide(w), 1)
    expected = np.atleast_1d(product) + wide(b)
    assert expected.shape == (product.shape or (1,)), "a bias must not make the output larger"
    same(result, expected, X.dtype, rtol=1e-4)


@case(
    "dropout",
    good={"X": floats((4, 3), (1,), dtypes=["float16", "float32", "float64"]), "drop_prob": st.floats(0, 1)},
    strange={"X": arrays(dtypes=["float16", "float32", "float64"]), "drop_prob": st.floats(0.99, 1)},
)
def _(result, X, drop_prob):
    assert (result.shape, result.dtype, result.context) == (X.shape, X.dtype, X.context)
    keep_prob = 1 - float(drop_prob)
    with np.errstate(all="ignore"):
        kept = np.ones(X.shape) * wide(X) / keep_prob if keep_prob else np.zeros(X.shape)
        kept = kept.astype(X.dtype).astype("float64")
        dropped = 0 * wide(X) if keep_prob else kept  # NaN for an infinite X, as in the formula
    values, limit = wide(result), LIMITS[np.dtype(X.dtype).name]
    is_kept = np.isclose(values, kept, rtol=limit, equal_nan=True)
    assert (is_kept | np.isclose(values, dropped, rtol=0, atol=0, equal_nan=True)).all(), (values, kept)
    if keep_prob in (0, 1):
        assert is_kept.all()


def numpy_arrays(**options):
    """Draw a NumPy array of floats, read-only so that a change in place is an error."""
    drawn = arrays(shapes=[(4, 3), (1,), (3,)], dtypes=["float32", "float64"], **options)
    return drawn.map(lambda array: frozen(array.asnumpy()))


def frozen(array):
    array.setflags(write=False)
    return array


def quiet(name):
    """Give a function that says nothing of infinities, as MXNet's."""

    def call(**arguments):
        with np.errstate(all="ignore"):
            return getattr(d2l, name)(**arguments)

    return call


@case(
    "dropout_forward",
    call=quiet("dropout_forward"),
    good={"X": numpy_arrays(), "drop_prob": st.floats(0, 1), "mode": st.sampled_from(["train", "predict"])},
    strange={"drop_prob": st.floats(0.99, 1), "mode": st.sampled_from(["test", "TRAIN", "", True])},
)
def _(result, X, drop_prob, mode):
    out, mask = result
    if mode == "predict":
        assert out is X
        assert mask is None
        return
    assert out.dtype == mask.dtype == X.dtype
    keep_prob = 1 - float(drop_prob)
    largest = np.float64(1) / keep_prob if keep_prob else 0.0
    assert np.isin(mask, np.array([0, largest]).astype(X.dtype)).all()
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(out, X * mask)
    if keep_prob in (0, 1):
        assert (mask == keep_prob).all()


@case(
    "dropout_backward",
    call=quiet("dropout_backward"),
    good={"d_out": numpy_arrays(), "cache": st.none()},
    strange={"cache": numpy_arrays()},
)
def _(result, d_out, cache):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(result, d_out if cache is None else d_out * cache)
    assert result.dtype == d_out.dtype
    assert result.shape == d_out.shape


FLOATS = {"dtypes": ["float16", "float32", "float64"]}


@case(
    "squared_loss",
    good={"y_hat": floats((4, 1), (4,)), "y": floats((4,), (4, 1), (2, 2))},
    strange={"y_hat": arrays(**FLOATS), "y": arrays(**FLOATS)},
)
def _(result, y_hat, y):
    with np.errstate(all="ignore"):
        squares = (y_hat.asnumpy() - y.asnumpy().reshape(y_hat.shape)) ** 2 / 2
    same(result, squares.astype("float64"), y_hat.dtype)


@case(
    "softmax_cross_entropy",
    good={"logits": floats((4, 3), **FLOATS), "y": st.just([0, 2, 1, 1]).map(nd.array)},
    strange={"logits": arrays(shapes=[(4, 3), (3, 4), (4, 1)], **FLOATS), "y": arrays(shapes=[(4,), (3,)])},
)
def _(result, logits, y):
    scores, labels = wide(logits), wide(y)
    assert set(labels) <= set(range(scores.shape[1]))
    with np.errstate(all="ignore"):
        shifted = scores - scores.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    same(result, -log_probs[range(len(labels)), labels.astype(int)], logits.dtype, rtol=1e-2)


@case(
    "r_drop_loss",
    good={
        "logits1": floats((4, 3)),
        "logits2": floats((4, 3)),
        "y": st.just([0, 2, 1, 1]).map(nd.array),
        "alpha": st.floats(0, 9),
        "mask": st.one_of(st.none(), st.just([1, 0, 1, 1]).map(nd.array)),
    },
    strange={
        "logits1": arrays(shapes=[(4, 3), (4, 1), (4, 1, 3)], dtypes=["float32", "float64"]),
        "logits2": arrays(shapes=[(4, 3), (4, 1)], dtypes=["float32", "float64"]),
        "y": arrays(shapes=[(4,), (4, 1)]),
        "mask": arrays(shapes=[(4,), (4, 1)], dtypes=["float32", "float64"], fills=[0, 1]),
    },
)
def _(result, logits1, logits2, y, alpha, mask):
    real = np.ones(len(y), bool) if mask is None else wide(mask) == 1
    with np.errstate(all="ignore"):
        log_p, log_q = (log_softmax(np.where(real[..., None], wide(part), 0)) for part in (logits1, logits2))
        classes = np.where(real, wide(y), 0).astype(int)[..., None]
        cross_entropy = -(np.take_along_axis(log_p, classes, -1) + np.take_along_axis(log_q, classes, -1)) / 2
        divergence = ((np.exp(log_p) - np.exp(log_q)) * (log_p - log_q)).sum(axis=-1, keepdims=True) / 2
        losses = (cross_entropy + float(alpha) * divergence) * real[..., None]
    if np.abs(losses).max() < 1e6:
        same(result, losses.reshape((len(real), -1)).sum(axis=1), logits1.dtype, rtol=1e-3)


def log_softmax(scores):
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


WEIGHTS = floats((4,), (4, 3), (2, 3, 4), dtypes=("float32", "float64"))


@case("l2_penalty", good={"w": WEIGHTS}, strange={"w": arrays(dtypes=["float32", "float64"])})
def _(result, w):
    with np.errstate(all="ignore"):
        same(result, np.array([(wide(w) ** 2).sum() / 2]), w.dtype)


@case("l1_penalty", good={"w": WEIGHTS}, strange={"w": arrays(dtypes=["float32", "float64"])})
def _(result, w):
    same(result, np.array([np.abs(wide(w)).sum()]), w.dtype)


PARAMS = st.lists(floats((3, 4), (4,), with_grad=True, **FLOATS), max_size=2)
STRANGE_PARAMS = st.lists(st.one_of(arrays(with_grad=True, **FLOATS), arrays()), max_size=2)


def copies(params):
    is_list = isinstance(params, list | tuple)
    return [(wide(param), wide(param.grad)) for param in params] if is_list and all(map(has_grad, params)) else None


def has_grad(param):
    return type(param) is nd.NDArray and param.size > 0 and param.grad is not None


def step(params, lr, batch_size):
    before = copies(params)
    d2l.sgd(params, lr, batch_size)
    return before


@case(
    "sgd",
    call=step,
    good={"params": PARAMS, "lr": st.floats(0.01, 1), "batch_size": st.integers(1, 99)},
    strange={"params": STRANGE_PARAMS},
)
def _(before, params, lr, batch_size):
    for param, (value, grad) in zip(params, before, strict=True):
        if float(lr) < 1e30:  # a rate beyond float32 is infinite
            with np.errstate(all="ignore"):
                moved = float(np.dtype(param.dtype).type(lr)) * grad / float(batch_size)
            assert param.shape == value.shape
            if np.isfinite(value).all() and np.abs(moved).max() < 6e4:
                same(param, value - moved)


def clip(params, theta, ctx=None):
    before = copies(params)
    d2l.grad_clipping(params, theta, ctx)
    return before


@case(
    "grad_clipping",
    call=clip,
    good={"params": PARAMS, "theta": st.one_of(st.none(), st.floats(0.01, 9)), "ctx": st.none()},
    strange={"params": STRANGE_PARAMS},
)
def _(before, params, theta, ctx):
    if before and theta is not None:
        norm = np.sqrt(sum((grad**2).sum() for _, grad in before))
        assert np.isfinite(norm)
        factor = min(1, float(theta) / norm) if norm else 1
        for param, (_, grad) in zip(params, before, strict=True):
            same(param.grad, grad * factor)


def shortened(params, limit, axis=None):
    before = [wide(param) for param in params] if isinstance(params, list | tuple) else None
    d2l.max_norm(params, limit, axis)
    return before


WIDE_FLOATS = {"dtypes": ["float32", "float64"]}


@case(
    "max_norm",
    call=shortened,
    good={
        "params": st.lists(floats((3, 4), (4, 2, 2), **WIDE_FLOATS), max_size=2),
        "limit": st.floats(0.01, 9),
        "axis": st.sampled_from([None, 0, 1]),
    },
    strange={"params": st.lists(arrays(), max_size=2)},
)
def _(before, params, limit, axis):
    for param, value in zip(params, before, strict=True):
        axes = tuple(range(1, value.ndim)) if axis is None else int(axis)
        norms = np.sqrt((value**2).sum(axis=axes, keepdims=True))
        assert np.isfinite(norms).all()
        same(param, np.where(norms > float(limit), value * float(limit) / np.where(norms > 0, norms, 1), value))


def constrained(limit):
    net = nn.Dense(3, in_units=4)
    net.initialize()
    trainer = d2l.MaxNormTrainer(net.collect_params(), "sgd", {"learning_rate": 1}, limit=limit)
    with autograd.record():
        loss = net(nd.ones((2, 4))).sum()
    loss.backward()
    trainer.step(2)
    return net.weight.data()


@case("MaxNormTrainer", call=constrained, good={"limit": st.floats(0.01, 9)})
def _(weight, limit):
    lengths = np.linalg.norm(wide(weight), axis=1)
    assert (lengths <= float(limit) * (1 + 1e-5)).all()
