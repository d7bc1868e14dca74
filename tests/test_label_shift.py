"""The conditional confusion matrix counted by hand, and shares of classes that are known.

Feared of the matrix: joint shares; rows that sum to 1; truth and answer swapped; a class without examples that gives
NaN. Of the shares: C transposed; the ratio q/p in place of q; negative shares; a singular matrix that gives numbers.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import nd


def one_hot(answers, num_classes=3):
    return nd.one_hot(nd.array(answers), num_classes)


def test_columns_by_hand():
    y_hat, y = one_hot([0, 0, 1, 2, 1, 0, 2, 2]), nd.array([0, 0, 0, 0, 1, 1, 2, 2])
    expected = [[0.5, 0.5, 0], [0.25, 0.5, 0], [0.25, 0, 1]]
    np.testing.assert_allclose(d2l.conditional_confusion(y_hat, y), expected)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=30))
def test_each_column_sums_to_1_and_repeating_a_class_changes_nothing(pairs):
    answers, y = map(np.array, zip(*pairs, (0, 0), (1, 1), (0, 2), strict=True))
    C = d2l.conditional_confusion(one_hot(answers), nd.array(y))
    np.testing.assert_allclose(C.sum(axis=0), 1)
    more = np.concatenate([np.arange(len(y)), np.flatnonzero(y == 1)])
    np.testing.assert_allclose(d2l.conditional_confusion(one_hot(answers[more]), nd.array(y[more])), C)


def test_it_is_the_table_of_chapter_04_divided():
    rng = np.random.RandomState(0)
    answers, y = rng.randint(0, 3, 50), rng.randint(0, 3, 50)
    table = nd.dot(one_hot(y), one_hot(answers), transpose_a=True).asnumpy()  # (truth, answer)
    C = d2l.conditional_confusion(one_hot(answers), nd.array(y, dtype="int32"))
    np.testing.assert_allclose(C, (table / table.sum(axis=1, keepdims=True)).T, rtol=1e-6)


@pytest.mark.parametrize(
    ("y_hat", "y", "error", "sentence"),
    [
        ([[1]], nd.array([0]), TypeError, "y_hat must be an NDArray of floats, got list"),
        (one_hot([0, 1]), nd.array([0, 1]), ValueError, "y must hold examples of all 3 classes, got none of class 2"),
        (one_hot([0, 1]), nd.array([0, 3]), ValueError, "y must hold whole numbers in [0, 2], got 3 among them"),
        (one_hot([0, 1]), nd.array([0, 0.5]), ValueError, "y must hold whole numbers in [0, 2], got 0.5 among them"),
        (nd.array([[np.nan, 1]]), nd.array([0]), ValueError, "y_hat must have no NaN, got 1 of them"),
        (
            one_hot([0, 1]),
            nd.array([0]),
            ValueError,
            "y_hat must have shape (batch, num_classes) and y shape (batch,), got (2, 3) and (1,); y holds class "
            "numbers, not one-hot rows",
        ),
    ],
)
def test_conditional_confusion_refuses(y_hat, y, error, sentence):
    with pytest.raises(error) as refused:
        d2l.conditional_confusion(y_hat, y)
    assert str(refused.value) == f"conditional_confusion: {sentence}"


C = np.array([[0.9, 0.2, 0.1], [0.1, 0.6, 0.1], [0.0, 0.2, 0.8]])


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_shares_that_made_the_answers_come_back(parts):
    q = np.array(parts) / sum(parts)
    np.testing.assert_allclose(d2l.target_label_distribution(C, C @ q), q, atol=1e-9)
    np.testing.assert_allclose(d2l.target_label_distribution(C.astype("float32"), C @ q), q, atol=1e-5)


def test_no_share_is_negative():
    q = d2l.target_label_distribution(C, np.array([0.0, 0.9, 0.1]))
    assert np.linalg.solve(C, [0, 0.9, 0.1]).min() < 0
    assert q.min() == 0
    assert q.sum() == pytest.approx(1)


def test_from_a_classifier_and_its_answers_alone():
    rng = np.random.RandomState(0)

    def answers(y):
        return np.array([rng.choice(3, p=C[:, label]) for label in y])

    y, y_new = rng.choice(3, 4000, p=[0.8, 0.1, 0.1]), rng.choice(3, 4000, p=[0.1, 0.3, 0.6])
    estimated = d2l.conditional_confusion(one_hot(answers(y)), nd.array(y))
    mu = np.bincount(answers(y_new), minlength=3) / 4000
    assert abs(d2l.target_label_distribution(estimated, mu) - [0.1, 0.3, 0.6]).max() < 0.05
    assert abs(mu - [0.1, 0.3, 0.6]).max() > 0.05, "the answers alone would not do"


MU = np.array([0.5, 0.3, 0.2])
ROUNDED = np.array([[0.7, 0.1, 0.4], [0.1, 0.6, 0.35], [0.2, 0.3, 0.25]])  # the last column is the mean of the others
BLIND = np.array([[1.0, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]])
TOO_LARGE = "the classifier tells some classes hardly apart: merge them, or train it longer"


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            {"confusion": C * [0.8, 0.1, 0.1]},
            ValueError,
            "the columns of confusion must each sum to 1, got 0.1; this is a joint table, whose entries sum to 1; "
            "divide each column by its sum",
        ),
        (
            {"confusion": C.T.copy()},
            ValueError,
            "the columns of confusion must each sum to 1, got 1.2; are rows and columns swapped?",
        ),
        (
            {"confusion": BLIND},
            ValueError,
            f"confusion must have a condition number of at most 100, got inf; {TOO_LARGE}",
        ),
        (
            {"confusion": ROUNDED},
            ValueError,
            f"confusion must have a condition number of at most 100, got inf; {TOO_LARGE}",
        ),
        (
            {"largest_condition": 1.5},
            ValueError,
            f"confusion must have a condition number of at most 1.5, got 2.08; {TOO_LARGE}",
        ),
        (
            {"confusion": nd.array(C)},
            TypeError,
            "confusion must be a NumPy array of floats of 32 or 64 bits, got NDArray; convert it with .asnumpy()",
        ),
        ({"mu": [0.5, 0.3, 0.2]}, TypeError, "mu must be a NumPy array of floats of 32 or 64 bits, got list"),
        ({"mu": np.array([0.5, 0.3, 0.3])}, ValueError, "mu must sum to 1, got 1.1"),
        ({"mu": np.array([1.5, -0.3, -0.2])}, ValueError, "mu must hold shares in [0, 1], got 1.5 among them"),
        ({"mu": np.array([0.5, np.nan, 0.5])}, ValueError, "mu must hold shares in [0, 1], got nan among them"),
        (
            {"mu": np.array([0.5, 0.5])},
            ValueError,
            "confusion must have shape (num_classes, num_classes) and mu shape (num_classes,), got (3, 3) and (2,)",
        ),
        ({"largest_condition": 0.5}, ValueError, "largest_condition must be in [1, 1e12], got 0.5"),
    ],
)
def test_target_label_distribution_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.target_label_distribution(**{"confusion": C, "mu": MU, **arguments})
    assert str(refused.value) == f"target_label_distribution: {sentence}"
