"""linreg and dropout: closed forms, the value set, binomial bounds, properties, gradients, whole error sentences."""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import autograd, nd
from mxnet.gluon import nn

N = 100_000


def test_linreg_by_hand():
    X, w, b = nd.array([[1, 2], [3, 4]]), nd.array([[10], [100]]), nd.array([5])
    assert d2l.linreg(X, w, b).asnumpy().tolist() == [[215], [435]]


def test_linreg_says_which_shapes_do_not_fit():
    sentence = r"^linreg: X must have as many columns as w has rows, got X \(2, 3\) and w \(2, 1\); is X missing"
    with pytest.raises(ValueError, match=sentence):
        d2l.linreg(nd.ones((2, 3)), nd.ones((2, 1)), nd.zeros(1))
    with pytest.raises(TypeError, match=r"^linreg: w must be an NDArray of floats of 32 or 64 bits, got ndarray$"):
        d2l.linreg(nd.ones((2, 3)), np.ones((3, 1)), nd.zeros(1))


@pytest.mark.parametrize("drop_prob", [0.1, 0.2, 0.5, 0.8, 0.9])
def test_kept_count_is_binomial(drop_prob):
    """Five sd wide; keep and drop swapped lies hundreds of sd away at every rate but 0.5, where the two are one."""
    kept = (d2l.dropout(nd.ones(N), drop_prob) != 0).sum().asscalar()
    sd = (N * drop_prob * (1 - drop_prob)) ** 0.5
    assert abs(kept - N * (1 - drop_prob)) < 5 * sd
    if drop_prob != 0.5:
        assert abs(N * (1 - drop_prob) - N * drop_prob) > 10 * sd


@pytest.mark.parametrize("drop_prob", [0.1, 0.5, 0.9])
def test_values_are_zero_or_rescaled(drop_prob):
    X = nd.random.uniform(1, 2, shape=N)
    out = d2l.dropout(X, drop_prob).asnumpy()
    expected = X.asnumpy() / np.float32(1 - drop_prob)
    kept = out != 0
    assert 0 < kept.sum() < N
    np.testing.assert_allclose(out[kept], expected[kept], rtol=1e-6)


def test_entries_are_dropped_one_by_one():
    """Catches one mask for all rows, for all columns, and the same mask on every call."""
    first, second = (d2l.dropout(nd.ones((300, 300)), 0.5).asnumpy() for _ in range(2))
    assert not (first == first[0]).all(axis=0).any()
    assert not (first == first[:, :1]).all(axis=1).any()
    agree, sd = (first == second).sum(), (90_000 * 0.25) ** 0.5
    assert abs(agree - 45_000) < 5 * sd


def test_edges():
    X = nd.random.normal(shape=(5, 7))
    assert (d2l.dropout(X, 0) == X).min().asscalar() == 1
    assert d2l.dropout(X, 1).asnumpy().tolist() == np.zeros((5, 7)).tolist()


def test_same_seed_gives_the_mask_of_the_gluon_layer():
    X = nd.random.uniform(1, 2, shape=(20, 30))
    d2l.seed_everything(3)
    ours = d2l.dropout(X, 0.3)
    d2l.seed_everything(3)
    with autograd.train_mode():
        theirs = nn.Dropout(0.3)(X)
    np.testing.assert_allclose(ours.asnumpy(), theirs.asnumpy(), rtol=1e-6)


def test_backward_uses_the_mask_of_forward():
    X = nd.random.uniform(1, 2, shape=1000)
    X.attach_grad()
    with autograd.record():
        out = d2l.dropout(X, 0.5)
        total = (3 * out).sum()
    total.backward()
    np.testing.assert_allclose(X.grad.asnumpy(), np.where(out.asnumpy() != 0, 6, 0))


@settings(max_examples=40, deadline=None)
@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    drop_prob=st.floats(0, 1),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_shape_dtype_and_input_are_kept(shape, drop_prob, dtype):
    X = nd.random.uniform(1, 2, shape=shape).astype(dtype)
    before = X.asnumpy().copy()
    out = d2l.dropout(X, drop_prob)
    assert (out.shape, out.dtype, out.context) == (X.shape, X.dtype, X.context)
    assert (X.asnumpy() == before).all()


@pytest.mark.parametrize("drop_prob", [-0.1, 1.5, float("nan")])
def test_dropout_names_the_allowed_rates(drop_prob):
    sentence = rf"^dropout: drop_prob must be in \[0, 1\] \(the chance of zeroing\), got {drop_prob}$"
    with pytest.raises(ValueError, match=sentence):
        d2l.dropout(nd.ones(3), drop_prob)


def test_dropout_rejects_other_types():
    with pytest.raises(TypeError, match=r"drop_prob must be in \[0, 1\] .*, got '0.5' \(str\)$"):
        d2l.dropout(nd.ones(3), "0.5")
    with pytest.raises(TypeError, match=r"got True \(bool\)$"):
        d2l.dropout(nd.ones(3), True)
    with pytest.raises(TypeError, match=r"^dropout: X must be an NDArray of floats, got ndarray$"):
        d2l.dropout(np.ones(3), 0.5)
    with pytest.raises(TypeError, match=r"got dtype int32; convert it with X.astype\('float32'\)$"):
        d2l.dropout(nd.ones(3, dtype="int32"), 0.5)
