"""Monte Carlo dropout and calibration, against closed forms.

Feared: dropout off; one mask for all passes; scores averaged in place of probabilities; a variance in place of a
standard deviation; parameters, gradients or the running statistics changed; bins that lose confidence 1 or count an
edge twice; gaps of either sign that cancel over the bins; the confidence of another class than the answer's.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mxnet import autograd, nd
from mxnet.gluon import nn


class Switch(nn.HybridBlock):
    """Two scores, of which dropout leaves the first with chance 1 / 2."""

    def hybrid_forward(self, F, X):
        return F.concat(F.Dropout(X, p=0.5), F.zeros_like(X), dim=1)


def test_mean_and_spread_by_hand():
    mean, sd = d2l.mc_predict(Switch(), nd.full((1, 1), np.log(3) / 2), num_samples=20000)
    # half of the passes have the scores (log 3, 0) and so 3/4, the others (0, 0) and so 1/2
    np.testing.assert_allclose(mean.asnumpy(), [[0.625, 0.375]], atol=0.005)
    np.testing.assert_allclose(sd.asnumpy(), [[0.125, 0.125]], atol=0.002)


def test_two_passes_have_one_below_their_sum_of_squares():
    for _ in range(20):
        _, sd = d2l.mc_predict(Switch(), nd.full((1, 1), np.log(3) / 2), num_samples=2)
        assert min(abs(sd[0, 0].asscalar() - value) for value in (0, 0.25 / np.sqrt(2))) < 1e-6


def network():
    net = nn.HybridSequential()
    net.add(nn.Dense(8, activation="relu", in_units=4), nn.Dropout(0.5), nn.Dense(3, in_units=8))
    net.initialize()
    net.hybridize()
    return net


def test_parameters_gradients_and_mode_are_left_alone():
    net, X = network(), nd.random.normal(shape=(6, 4))
    with autograd.record():
        loss = net(X).sum()
    loss.backward()
    params = net.collect_params().values()
    before = [(p.data().asnumpy(), p.grad().asnumpy()) for p in params]
    scores = net(X).asnumpy()
    with autograd.record():
        d2l.mc_predict(net, X, 3)
        assert autograd.is_recording()
    assert not autograd.is_training()
    for p, (data, grad) in zip(params, before, strict=True):
        np.testing.assert_array_equal(p.data().asnumpy(), data)
        np.testing.assert_array_equal(p.grad().asnumpy(), grad)
    np.testing.assert_array_equal(net(X).asnumpy(), scores)


def test_rows_are_distributions_and_the_seed_decides():
    net, X = network(), nd.random.normal(shape=(6, 4))
    results = []
    for _ in range(2):
        d2l.seed_everything(3)
        results.append(d2l.mc_predict(net, X, 5))
    (mean, sd), again = results
    assert mean.shape == sd.shape == (6, 3)
    np.testing.assert_allclose(mean.sum(axis=1).asnumpy(), 1, rtol=1e-5)
    assert sd.min().asscalar() > 0
    np.testing.assert_array_equal(mean.asnumpy(), again[0].asnumpy())


def test_without_dropout_there_is_no_spread():
    net = nn.Dense(3)
    net.initialize()
    X = nd.random.normal(shape=(6, 4))
    mean, sd = d2l.mc_predict(net, X, 4)
    np.testing.assert_allclose(mean.asnumpy(), nd.softmax(net(X)).asnumpy(), rtol=1e-6)
    assert sd.max().asscalar() < 1e-6


def with_batch_norm():
    net = nn.HybridSequential(prefix="net_")
    with net.name_scope():
        net.add(nn.Dense(3), nn.BatchNorm())
    net.initialize()
    return net


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((lambda X: X, nd.ones((1, 2)), 3), TypeError, "net must be a Block of Gluon, got function"),
        ((nn.Dropout(0), np.ones((1, 2)), 3), TypeError, "X must be an NDArray, got ndarray"),
        ((nn.Dropout(0), nd.ones((1, 2)), 1), ValueError, "num_samples must be an integer >= 2, got 1"),
        (
            (nn.Dropout(0), nd.ones(3), 2),
            ValueError,
            "net must give scores of shape (batch, num_classes), got (3,)",
        ),
        (
            (with_batch_norm(), nd.ones((2, 2)), 2),
            ValueError,
            "net must have no batch normalization, whose train mode mixes the images of a batch; got net_batchnorm0",
        ),
    ],
)
def test_mc_predict_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.mc_predict(*arguments)
    assert str(refused.value) == f"mc_predict: {sentence}"


@pytest.mark.parametrize(
    ("probs", "y", "num_bins", "expected"),
    [
        ([[1, 0], [0, 1]], [0, 1], 10, 0),  # sure and right
        ([[1, 0], [0, 1]], [1, 0], 10, 1),  # sure and wrong
        ([[0.75, 0.25]] * 4, [0, 0, 0, 1], 10, 0),  # three of four right
        ([[0.9, 0.1], [0.6, 0.4]], [1, 0], 1, 0.25),  # one bin: (0 + 1) / 2 against 0.75
        ([[0.9, 0.1], [0.6, 0.4]], [1, 0], 10, 0.65),  # two bins: the gaps do not cancel
        ([[0.5, 0.5], [0.75, 0.25]], [0, 1], 4, 0.625),  # 0.5 is in the second bin, 0.75 in the third
        ([[0.625, 0.375], [0.75, 0.25]], [0, 1], 4, 0.1875),  # both in the third: 1 / 2 against 0.6875
    ],
)
def test_calibration_by_hand(probs, y, num_bins, expected):
    error = d2l.expected_calibration_error(nd.array(probs), nd.array(y), num_bins)
    assert isinstance(error, float)
    assert error == pytest.approx(expected, abs=1e-6)


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 99))
def test_calibration_against_a_loop(n, num_bins, seed):
    random = np.random.RandomState(seed)
    probs = random.dirichlet([0.5] * 4, size=n).astype("float32")
    y = random.randint(4, size=n)
    total = 0
    for i in range(num_bins):
        rows = [k for k in range(n) if i < float(probs[k].max()) * num_bins <= i + 1]
        if rows:
            gap = np.mean([probs[k].argmax() == y[k] for k in rows]) - np.mean([probs[k].max() for k in rows])
            total += len(rows) / n * abs(gap)
    result = d2l.expected_calibration_error(nd.array(probs), nd.array(y), num_bins)
    assert result == pytest.approx(total, abs=1e-6)
    assert 0 <= result <= 1


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            (nd.ones((2, 3)), nd.zeros(3)),
            ValueError,
            "probs must have shape (batch, num_classes) and y (batch,), got (2, 3) and (3,)",
        ),
        (
            (nd.array([[3, 0]]), nd.zeros(1)),
            ValueError,
            "probs must hold probabilities, got 3 among them; is a softmax missing?",
        ),
        ((nd.ones((1, 2)), [0]), TypeError, "y must be an NDArray, got list"),
        ((nd.ones((1, 2)), nd.zeros(1), 0), ValueError, "num_bins must be an integer >= 1, got 0"),
    ],
)
def test_calibration_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.expected_calibration_error(*arguments)
    assert str(refused.value) == f"expected_calibration_error: {sentence}"
