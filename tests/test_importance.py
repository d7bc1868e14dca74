"""Importance weights against densities that are known, and the effective sample size by hand.

Feared of the weights: p and q swapped; the sizes of the samples left out or inverted; the cut before them; a constant
feature or one of huge scale that breaks the arithmetic; steps of Newton that run away where the two separate; weights
that become 0 or infinite. Of the size: the scale of the weights matters; squares that overflow.
"""

import d2l_utils as d2l
from d2l_utils.importance import _logistic_regression, _standardized

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import nd


def counted(old, new, **options):
    """Weights of inputs 0 and 1, where they are met so often."""
    columns = [nd.array(np.repeat([0.0, 1.0], counts)).reshape((-1, 1)) for counts in (old, new)]
    weights = d2l.importance_weights(*columns, wd=1e-6, **options).asnumpy()
    assert len(weights) == sum(old)
    return weights[[0, -1]]


@pytest.mark.parametrize(
    ("old", "new"), [((50, 50), (50, 50)), ((90, 10), (10, 90)), ((300, 100), (20, 80)), ((10, 30), (300, 100))]
)
def test_two_inputs_get_the_ratio_of_their_frequencies(old, new):
    ratios = np.array(new) / sum(new) / (np.array(old) / sum(old))
    np.testing.assert_allclose(counted(old, new), ratios, rtol=2e-3)


def test_the_cut_comes_last():
    np.testing.assert_allclose(counted((300, 100), (20, 80), largest=2), [0.8 / 3, 2], rtol=2e-3)
    assert counted((300, 100), (20, 80), largest=0.1).max() == np.float32(0.1)


def test_normal_distributions_have_a_linear_log_ratio():
    rng = np.random.RandomState(0)
    x, x_new = rng.normal(0, 1, 8000), rng.normal(1, 1, 4000)
    weights = d2l.importance_weights(nd.array(x.reshape(-1, 1)), nd.array(x_new.reshape(-1, 1)), wd=1e-6)
    assert abs(np.log(weights.asnumpy()) - (x - 0.5)).max() < 0.3, "at the far ends"
    assert abs(weights.asnumpy() / np.exp(x - 0.5) - 1).mean() < 0.06
    assert abs(weights.mean().asscalar() - 1) < 0.05


def test_same_distribution_leaves_nearly_all():
    rng = np.random.RandomState(0)
    X, X_new = (nd.array(rng.normal(size=(2000, 2, 2))) for _ in range(2))
    assert d2l.effective_sample_size(d2l.importance_weights(X, X_new)) > 0.97 * 2000


def test_it_is_the_minimum():
    """The gradient of the documented loss vanishes, by differences."""
    rng = np.random.RandomState(0)
    X = _standardized(rng.normal(size=(60, 3)) * [1, 100, 1e-3] + [0, 5, 0])
    z = (rng.random_sample(60) < 0.3).astype(float)

    def objective(theta):
        scores = X @ theta
        return (np.logaddexp(0, scores) - z * scores).mean() + 0.05 * (theta[:-1] ** 2).sum() / 2

    theta = _logistic_regression(X, z, 0.05)
    for direction in np.eye(4):
        slope = (objective(theta + 1e-5 * direction) - objective(theta - 1e-5 * direction)) / 2e-5
        assert abs(slope) < 1e-8


def test_steps_that_jump_over_the_minimum_are_made_shorter():
    """Full steps run away here."""
    X = _standardized(np.repeat([[1.0], [6.0], [0.0]], [1, 1000, 1000], axis=0))
    z = np.repeat([1.0, 1.0, 0.0], [1, 1000, 1000])
    theta = _logistic_regression(X, z, 1e-6)
    probs = 1 / (1 + np.exp(-X @ theta))
    assert abs(X.T @ (probs - z) / len(z) + [1e-6 * theta[0], 0]).max() < 1e-9


def test_scale_and_constant_columns_do_not_matter():
    rng = np.random.RandomState(1)
    x, x_new = rng.normal(0, 1, 200), rng.normal(1, 1, 100)

    def columns(x, *factors):
        return nd.array(np.stack([7 + 0 * x] + [factor * x for factor in factors], axis=1), dtype="float64")

    plain = d2l.importance_weights(columns(x, 1), columns(x_new, 1)).asnumpy()
    scaled = d2l.importance_weights(columns(x, 1e200), columns(x_new, 1e200)).asnumpy()
    np.testing.assert_allclose(plain, scaled, rtol=1e-4)


def test_separated_samples_give_finite_weights_above_0():
    X, X_new = nd.array([[-1.0], [-2.0], [-3.0]]), nd.array([[1.0], [2.0], [9.0]])
    weights = d2l.importance_weights(X, X_new, wd=1e-6).asnumpy()
    assert (weights > 0).all()
    assert weights.max() < 0.1
    assert weights[0] > weights[1] > weights[2]


def test_inputs_stay_and_the_result_is_float32():
    X, X_new = nd.array([[0.0], [1.0], [2.0]]), nd.array([[1.0], [2.0]], dtype="float64")
    weights = d2l.importance_weights(X, X_new)
    assert weights.dtype == np.float32
    assert weights.shape == (3,)
    assert X.asnumpy().ravel().tolist() == [0, 1, 2]


GOOD = {"X_train": nd.ones((3, 2)), "X_test": nd.ones((4, 2))}


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"X_train": np.ones((3, 2))}, TypeError, "X_train must be an NDArray of floats of 32 or 64 bits, got ndarray"),
        (
            {"X_test": nd.ones((4, 3))},
            ValueError,
            "X_train and X_test must have the same features, got shapes (3, 2) and (4, 3)",
        ),
        ({"X_test": nd.array([[1, np.inf]])}, ValueError, "X_test must be finite, got inf among its entries"),
        ({"X_train": nd.array([[1, np.nan]])}, ValueError, "X_train must be finite, got nan among its entries"),
        ({"wd": 0}, ValueError, "wd must be in [1e-6, 1e6], got 0"),
        ({"wd": "1"}, TypeError, "wd must be in [1e-6, 1e6], got '1' (str)"),
        ({"largest": 0}, ValueError, "largest must be in [1e-30, 1e30] or None, got 0"),
        ({"largest": np.inf}, ValueError, "largest must be in [1e-30, 1e30] or None, got inf"),
    ],
)
def test_importance_weights_refuses(change, error, sentence):
    with pytest.raises(error) as refused:
        d2l.importance_weights(**{**GOOD, **change})
    assert str(refused.value) == f"importance_weights: {sentence}"


@pytest.mark.parametrize(
    ("weights", "size"),
    [([1, 1, 1], 3), ([5], 1), ([0, 0, 2], 1), ([3, 1], 1.6), ([0.5] * 80 + [3] * 20, 50), ([1e-30, 1e-30], 2)],
)
def test_sizes_by_hand(weights, size):
    assert d2l.effective_sample_size(nd.array(weights)) == pytest.approx(size, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_sizes_whose_squares_no_float_holds(scale):
    assert d2l.effective_sample_size(nd.array([3 * scale, scale], dtype="float64")) == pytest.approx(1.6)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 100, width=32), min_size=1, max_size=9), st.sampled_from([1e-25, 1e-3, 1, 1e30]))
def test_the_size_has_its_bounds_and_no_scale(values, scale):
    values = [*values, 1.0]
    size = d2l.effective_sample_size(nd.array(values, dtype="float64"))
    assert 1 <= size <= len(values) + 1e-9
    assert d2l.effective_sample_size(nd.array(values, dtype="float64") * scale) == pytest.approx(size, rel=1e-5)


def test_it_is_the_variance_of_a_weighted_mean():
    weights = np.array([3.0, 1.0, 1.0, 0.5])
    draws = np.random.RandomState(0).normal(size=(100000, 4)) @ weights / weights.sum()
    assert 1 / draws.var() == pytest.approx(d2l.effective_sample_size(nd.array(weights)), rel=0.03)


@pytest.mark.parametrize(
    ("weights", "error", "sentence"),
    [
        ([1, 2], TypeError, "weights must be an NDArray of floats of 32 or 64 bits, got list"),
        (nd.ones((2, 2)), ValueError, "weights must have shape (n,), got (2, 2)"),
        (nd.zeros(3), ValueError, "weights must be finite, >= 0 and not all 0, got only zeros"),
        (nd.array([1, -1]), ValueError, "weights must be finite, >= 0 and not all 0, got -1 among them"),
        (nd.array([1, np.inf]), ValueError, "weights must be finite, >= 0 and not all 0, got inf among them"),
    ],
)
def test_effective_sample_size_refuses(weights, error, sentence):
    with pytest.raises(error) as refused:
        d2l.effective_sample_size(weights)
    assert str(refused.value) == f"effective_sample_size: {sentence}"
