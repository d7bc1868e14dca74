"""What `test_hostile_inputs.py` tries: weights of examples, and shares of classes."""

import numpy as np
from hostile import arrays, case, floats, wide
from hypothesis import strategies as st
from mxnet import nd

WIDE_FLOATS = {"dtypes": ["float32", "float64"]}


@case(
    "importance_weights",
    good={
        "X_train": floats((4, 3), (7, 3), **WIDE_FLOATS),
        "X_test": floats((4, 3), (2, 3), **WIDE_FLOATS),
        "wd": st.floats(1e-6, 10),
        "largest": st.none() | st.floats(0.1, 100),
    },
    strange={"X_train": arrays(**WIDE_FLOATS), "X_test": arrays(**WIDE_FLOATS), "wd": st.floats(1e-7, 1e7)},
)
def _(result, X_train, X_test, wd, largest):
    assert np.isfinite(wide(X_train)).all()
    assert np.isfinite(wide(X_test)).all()
    assert X_train.shape[1:] == X_test.shape[1:]
    assert (result.shape, result.dtype, result.context) == (X_train.shape[:1], np.float32, X_train.context)
    weights = wide(result)
    assert (weights > 0).all()
    assert np.isfinite(weights).all()
    if largest is not None:
        assert weights.max() <= float(largest) * (1 + 1e-6)


@case(
    "effective_sample_size",
    good={"weights": arrays([(1,), (4,)], ["float32", "float64"], [0, 1, 1e30]).map(nd.abs)},
    strange={"weights": arrays(**WIDE_FLOATS)},
)
def _(result, weights):
    w = wide(weights) / wide(weights).max()
    assert (w >= 0).all()
    np.testing.assert_allclose(result, w.sum() ** 2 / (w**2).sum(), rtol=1e-6)
    assert 1 <= result <= len(w) * (1 + 1e-9)


@case(
    "conditional_confusion",
    good={"y_hat": floats((4, 3), dtypes=["float16", "float32"]), "y": st.just([0, 2, 1, 1]).map(nd.array)},
    strange={"y_hat": arrays(shapes=[(4, 3), (4, 1), (3, 4)]), "y": arrays(shapes=[(4,), (3,)])},
)
def _(result, y_hat, y):
    scores, labels = wide(y_hat), wide(y)
    for label in range(scores.shape[1]):
        answers = scores[labels == label].argmax(axis=1)
        expected = [(answers == answer).mean() for answer in range(scores.shape[1])]
        np.testing.assert_allclose(result[:, label], expected)


SURE = np.array([[0.9, 0.2], [0.1, 0.8]])
TABLES = [SURE, SURE.astype("float32"), np.eye(2), SURE * [0.3, 0.7], np.ones((2, 2)) / 2, SURE[:1], SURE * np.nan]
SHARES = [np.array([0.4, 0.6]), np.array([0.0, 1.0]), np.array([1, 0]), np.array([0.4, 0.4]), np.array([-1.0, 2.0])]


@case(
    "target_label_distribution",
    good={
        "confusion": st.sampled_from(TABLES[:3]),
        "mu": st.sampled_from(SHARES[:2]),
        "largest_condition": st.floats(3, 1e6),
    },
    strange={
        "confusion": st.sampled_from(TABLES),
        "mu": st.sampled_from(SHARES),
        "largest_condition": st.floats(0.5, 3),
    },
)
def _(result, confusion, mu, largest_condition):
    np.testing.assert_allclose(confusion.sum(axis=0), 1, rtol=1e-6)
    q = np.linalg.solve(confusion.astype("float64"), mu.astype("float64")).clip(0)
    np.testing.assert_allclose(result, q / q.sum(), atol=1e-9)
    assert np.linalg.cond(confusion.astype("float64")) <= largest_condition
