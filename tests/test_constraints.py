"""Max-norm against values worked by hand and against NumPy.

Feared: the norm of the whole matrix, of columns for rows or squared; short weights stretched to the limit, or changed
in their last bit; a zero row that becomes NaN; biases shortened; a trainer that shortens before the step; infinite
weights that become zeros without a word.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn


def projected(W, limit, axis):
    norms = np.sqrt((W**2).sum(axis=axis, keepdims=True))
    return np.where(norms > limit, W * limit / np.where(norms > 0, norms, 1), W)


def test_by_hand():
    W = nd.array([[3, 4], [0.3, 0.4], [0, 0], [-6, 8]])
    d2l.max_norm([W], 5)
    np.testing.assert_array_equal(W.asnumpy(), nd.array([[3, 4], [0.3, 0.4], [0, 0], [-3, 4]]).asnumpy())


def test_the_axis_says_where_the_inputs_are():
    W = nd.array([[3, 0], [4, 1]])
    d2l.max_norm([W], 1, axis=0)
    np.testing.assert_allclose(W.asnumpy(), [[0.6, 0], [0.8, 1]], rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "axis", "axes"), [((3, 4), 1, 1), ((4, 2, 3, 3), None, (1, 2, 3)), ((2, 3, 4), 2, 2)]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_agrees_with_numpy(shape, axis, axes, dtype):
    W = nd.random.normal(shape=shape).astype(dtype)
    before = W.asnumpy().astype("float64")
    assert d2l.max_norm([W], 1.5, axis) is None
    assert W.dtype == np.dtype(dtype).type
    np.testing.assert_allclose(W.asnumpy(), projected(before, 1.5, axes), rtol=1e-5)


@given(seed=st.integers(0, 999), limit=st.floats(0.01, 10))
def test_nothing_is_longer_and_what_was_short_keeps_its_bits(seed, limit):
    values = np.random.RandomState(seed).normal(size=(6, 3)).astype("float32")
    W = nd.array(values)
    d2l.max_norm([W], limit)
    before, after = (np.linalg.norm(array.astype("float64"), axis=1) for array in (values, W.asnumpy()))
    assert (after <= limit * (1 + 1e-6)).all()
    short = before < limit * (1 - 1e-6)
    np.testing.assert_array_equal(W.asnumpy()[short], values[short])
    assert (after[before > limit] > limit * (1 - 1e-6)).all(), "shortened to the limit, not below it"
    once = W.asnumpy()
    d2l.max_norm([W], limit)
    np.testing.assert_allclose(W.asnumpy(), once, rtol=1e-6)


def net_and_batch():
    d2l.seed_everything(1)
    net = nn.HybridSequential()
    net.add(nn.Dense(5, activation="relu"), nn.Dense(3))
    net.initialize()
    X = nd.random.normal(shape=(8, 4))
    net(X)  # makes the parameters
    return net, X


def one_step(net, X, trainer):
    with autograd.record():
        loss = (net(X) ** 2).sum()
    loss.backward()
    trainer.step(len(X))


def test_the_trainer_steps_and_then_shortens():
    free, X = net_and_batch()
    one_step(free, X, gluon.Trainer(free.collect_params(), "sgd", {"learning_rate": 1}))
    net, X = net_and_batch()
    one_step(net, X, d2l.MaxNormTrainer(net.collect_params(), "sgd", {"learning_rate": 1}, limit=0.05))
    for ours, theirs in zip(
        net.collect_params(".*weight").values(), free.collect_params(".*weight").values(), strict=True
    ):
        expected = projected(theirs.data().asnumpy().astype("float64"), 0.05, 1)
        np.testing.assert_allclose(ours.data().asnumpy(), expected, rtol=1e-5)
        assert np.linalg.norm(ours.data().asnumpy(), axis=1).max() == pytest.approx(0.05)


def test_biases_stay_free():
    net, X = net_and_batch()
    for param in net.collect_params(".*bias").values():
        param.set_data(param.data() + 7)
    one_step(net, X, d2l.MaxNormTrainer(net.collect_params(), "sgd", {"learning_rate": 1e-6}, limit=0.05))
    assert all((param.data() > 6).asnumpy().all() for param in net.collect_params(".*bias").values())


def test_frozen_weights_stay():
    net, X = net_and_batch()
    frozen = net[0].weight
    frozen.grad_req = "null"
    before = frozen.data().asnumpy()
    one_step(net, X, d2l.MaxNormTrainer(net.collect_params(), "sgd", {"learning_rate": 0.1}, limit=0.01))
    np.testing.assert_array_equal(frozen.data().asnumpy(), before)


def test_a_limit_that_is_never_reached_changes_no_bit():
    nets = []
    for make in (gluon.Trainer, lambda *arguments: d2l.MaxNormTrainer(*arguments, limit=100)):
        net, X = net_and_batch()
        trainer = make(net.collect_params(), "adam", {"learning_rate": 0.1})
        for _ in range(5):
            one_step(net, X, trainer)
        nets.append(net)
    for first, second in zip(*(net.collect_params().values() for net in nets), strict=True):
        np.testing.assert_array_equal(first.data().asnumpy(), second.data().asnumpy())


LIMIT = "limit must be > 0 and in the range of float32, got"


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (([nd.ones((2, 2))], 0), ValueError, f"{LIMIT} 0"),
        (([nd.ones((2, 2))], -1.5), ValueError, f"{LIMIT} -1.5"),
        (([nd.ones((2, 2))], float("nan")), ValueError, f"{LIMIT} nan"),
        (([nd.ones((2, 2))], 1e300), ValueError, f"{LIMIT} 1e+300"),
        (([nd.ones((2, 2))], 1e-300), ValueError, f"{LIMIT} 1e-300"),
        (([nd.ones((2, 2))], "3"), TypeError, f"{LIMIT} '3' (str)"),
        ((nd.ones((2, 2)), 3), TypeError, "params must be a list of NDArrays, got NDArray"),
        (([nd.ones(2)], 3), ValueError, "params[0] must have two axes or more, got shape (2,); is it a bias?"),
        (([nd.ones((2, 2))], 3, 2), ValueError, "axis must be an axis of params[0], of shape (2, 2), got 2"),
        (([nd.ones((2, 2))], 3, -1), ValueError, "axis must be an integer >= 0, got -1"),
        (([nd.ones((2, 2))], 3, 1.0), TypeError, "axis must be an integer >= 0, got 1.0 (float)"),
        (
            ([nd.ones((2, 2), dtype="float16")], 3),
            TypeError,
            "params[0] must be an NDArray of floats of 32 or 64 bits, got dtype float16; "
            "convert it with params[0].astype('float32')",
        ),
    ],
)  # fmt: skip
def test_max_norm_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.max_norm(*arguments)
    assert str(refused.value) == f"max_norm: {sentence}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_lengths_that_are_not_finite_are_refused(value):
    W = nd.array([[1, 1], [value, 1]])
    with pytest.raises(FloatingPointError) as refused:
        d2l.max_norm([W], 3)
    total = "nan" if np.isnan(value) else "inf"
    sentence = f"the lengths of all weights must be finite, got a sum of {total}; the learning rate may be too large"
    assert str(refused.value) == f"max_norm: {sentence}"


def test_the_trainer_refuses_a_limit():
    net, _ = net_and_batch()
    with pytest.raises(ValueError, match=f"^MaxNormTrainer: {LIMIT} 0$"):
        d2l.MaxNormTrainer(net.collect_params(), "sgd", limit=0)
