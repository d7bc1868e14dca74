"""The checks of weight decay: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a step that thresholds by l1 in place of lr * l1, a decay without the learning rate, a
subgradient in place of the threshold, a threshold before the step; ridge regression whose lambda belongs to a sum, or
which needs a matrix of inputs by inputs; a largest lambda for labels that were not centred, or for pulls of one sign; a
threshold of entries or of columns in place of rows, one that gives nan for a row of zeros. It rejects a right answer
that is written differently.
"""

from d2l_utils.checks import _results
from d2l_utils.checks import _weight_decay_exact as exact
from d2l_utils.checks import _weight_decay_steps as steps
from d2l_utils.checks import weight_decay as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {
    "penalties": [50, 14],
    "new_w": [4.4, -7.2],
    "thresholded": [0, 0, -5],
    "bound": 0.2,
    "best_lambda": 0.64,
}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "new_w": nd.array([4.4, -7.2]), "bound": 2 / 10}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("penalties", [100, 14], "The L2 penalty has a half."),
        ("penalties", [10, 14], "The L2 penalty is half the SQUARE of the length."),
        ("penalties", [50, -2], "The L1 penalty adds up absolute values: signs do not cancel."),
        ("penalties", [50, 7], "The L1 penalty has no half."),
        ("penalties", [14, 50], "The L2 penalty comes first."),
        ("penalties", 50, "penalties must be a list of 2 numbers."),
        ("new_w", [2, -4], "The decay is multiplied by the learning rate: the factor is 1 - lr * lambda."),
        ("new_w", [5.6, -8.8], "The weights must get smaller: the factor is 1 - lr * lambda."),
        ("new_w", [4.5, -7.2], "The gradient does not decay: only w is multiplied by 1 - lr * lambda."),
        (
            "new_w",
            [3.8, -6.4],
            "The half in the penalty cancels the 2 of the derivative: the factor is 1 - lr * lambda.",
        ),
        ("new_w", [5, -8], "This is the step without decay."),
        ("new_w", [5.4, -7.2], "This is the decay alone: the step against the gradient is missing."),
        ("thresholded", [0, 0, -7], "What is above the threshold is moved too, by t towards 0."),
        ("thresholded", [-0.5, 0, -5], "It stops at 0: nothing jumps over it."),
        ("thresholded", [0, 0, 5], "The sign is kept."),
        ("thresholded", [1, 2, 3], "Each number moves by t towards 0 and stops there."),
        ("bound", 2 / 7, "The penalty adds lambda to the curvature of every direction."),
        ("bound", 0.1, "At 1 / (lambda + K) that direction is done in one step; the bound is twice that."),
        ("bound", 0.5, "The penalty makes the loss steeper: lambda is added to K."),
        ("best_lambda", 16, "Divide by the number of examples too: the loss is a mean."),
        ("best_lambda", 0.32, "tau is squared as well."),
        ("best_lambda", 1 / 0.64, "It is the other way up: more noise asks for more decay."),
        ("best_lambda", float("nan"), "It is sigma**2 / (n * tau**2)."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: a step with both penalties
def soft(v, t):
    return nd.sign(v) * nd.maximum(nd.abs(v) - t, 0)


def elastic(w, grad, lr, l1, l2):
    return soft((1 - lr * l2) * w - lr * grad, lr * l1)


def elastic_by_relu(w, grad, lr, l1, l2):
    v = w - lr * (grad + l2 * w)
    return nd.relu(v - lr * l1) - nd.relu(-v - lr * l1)


def elastic_by_where(w, grad, lr, l1, l2):
    v = w - lr * grad - lr * l2 * w
    return nd.where(nd.abs(v) > lr * l1, v - lr * l1 * nd.sign(v), nd.zeros_like(v))


@pytest.mark.parametrize("answer", [elastic, elastic_by_relu, elastic_by_where])
def test_right_steps_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def in_place(w, grad, lr, l1, l2):
    w[:] = elastic(w, grad, lr, l1, l2)
    return w


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda w, g, lr, l1, l2: soft((1 - lr * l2) * w - lr * g, l1), steps.WHOLE_L1),
        (lambda w, g, lr, l1, l2: w - lr * (g + l2 * w + l1 * nd.sign(w)), steps.SUBGRADIENT),
        (lambda w, g, lr, l1, l2: soft(w - lr * g, lr * l1), steps.NO_L2),
        (lambda w, g, lr, l1, l2: (1 - lr * l2) * w - lr * g, steps.NO_L1),
        (lambda w, g, lr, l1, l2: soft((1 - l2) * w - lr * g, lr * l1), steps.DECAY_WITHOUT_LR),
        (lambda w, g, lr, l1, l2: soft((1 - 2 * lr * l2) * w - lr * g, lr * l1), steps.TWICE),
        (lambda w, g, lr, l1, l2: soft((1 + lr * l2) * w - lr * g, lr * l1), steps.GROWS),
        (lambda w, g, lr, l1, l2: soft((1 - lr * l2) * w + lr * g, lr * l1), steps.UPHILL),
        (lambda w, g, lr, l1, l2: (1 - lr * l2) * soft(w, lr * l1) - lr * g, steps.TOO_EARLY),
        (lambda w, g, lr, l1, l2: nd.abs(elastic(w, g, lr, l1, l2)), steps.NO_SIGN),
        (
            lambda w, g, lr, l1, l2: ((1 - lr * l2) * w - lr * g) * (nd.abs((1 - lr * l2) * w - lr * g) > lr * l1),
            steps.HARD,
        ),
        (lambda w, g, lr, l1, l2: elastic(w, g, lr, l1, l2) * 0.9, steps.ELASTIC),
        (lambda w, g, lr, l1, l2: elastic(w, g, lr, l1, l2).asnumpy(), _results.NOT_AN_NDARRAY),
        (lambda w, g, lr, l1, l2: elastic(w, g, lr, l1, l2).astype("float32"), _results.OTHER_DTYPE),
        (lambda w, g, lr, l1, l2: elastic(w, g, lr, l1, l2).reshape((-1, 1)), steps.SHAPE),
        (in_place, _results.INPUT_CHANGED),
    ],
)
def test_wrong_steps_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: ridge regression through the examples
def dual(X, y, lambd):
    return X.T @ np.linalg.solve(X @ X.T + len(y) * lambd * np.eye(len(y)), y)


def dual_divided(X, y, lambd):
    n = len(y)
    return X.T @ (np.linalg.inv(X @ X.T / n + lambd * np.eye(n)) @ y) / n


def by_singular_values(X, y, lambd):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return Vt.T @ (s / (s**2 + len(y) * lambd) * (U.T @ y))


@pytest.mark.parametrize("answer", [dual, dual_divided, by_singular_values])
def test_right_ridges_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def direct(X, y, lambd):
    return np.linalg.solve(X.T @ X / len(y) + lambd * np.eye(X.shape[1]), X.T @ y / len(y))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda X, y, lambd: dual(X, y, lambd / len(y)), exact.NO_N),
        (lambda X, y, lambd: len(y) * dual(X, y, lambd), exact.ONLY_MATRIX_DIVIDED),
        (lambda X, y, lambd: dual(X, y, lambd / len(y) ** 2), exact.LAMBDA_DIVIDED),
        (lambda X, y, lambd: dual(X, y, 2 * lambd), exact.TWICE),
        (lambda X, y, lambd: np.linalg.pinv(X) @ y, exact.NO_PENALTY),
        (lambda X, y, lambd: np.linalg.solve(X @ X.T + len(y) * lambd * np.eye(len(y)), y), exact.EXAMPLES),
        (lambda X, y, lambd: dual(X, y, lambd).reshape((-1, 1)), exact.ONE_COLUMN),
        (lambda X, y, lambd: -dual(X, y, lambd), exact.RIDGE),
        (direct, exact.TOO_LARGE),
    ],
)
def test_wrong_ridges_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: the lambda of no weights
def largest(X, y):
    return abs(X.T @ (y - y.mean())).max() / len(y)


def largest_by_centred_inputs(X, y):
    return np.linalg.norm((X - X.mean(axis=0)).T @ y / len(y), np.inf)


def largest_by_loop(X, y):
    return max(abs(np.cov(column, y, bias=True)[0, 1]) for column in X.T)


@pytest.mark.parametrize("answer", [largest, largest_by_centred_inputs, largest_by_loop])
def test_right_lambdas_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda X, y: abs(X.T @ y).max() / len(y), exact.NOT_CENTRED),
        (lambda X, y: largest(X, y) * len(y), exact.NOT_DIVIDED),
        (lambda X, y: (X.T @ (y - y.mean())).max() / len(y), exact.NO_ABS),
        (lambda X, y: abs(X.T @ (y - y.mean())).mean() / len(y), exact.NOT_LARGEST),
        (lambda X, y: np.linalg.norm(X.T @ (y - y.mean())) / len(y), exact.LENGTH),
        (lambda X, y: 2 * largest(X, y), exact.HALF),
        (lambda X, y: largest(X, y) + 1, exact.LAMBDA),
        (lambda X, y: X, exact.ONE_NUMBER),
    ],
)
def test_wrong_lambdas_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["acf", "fca"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(("answer", "letter"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e")])
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: whole rows
def group(W, t):
    lengths = (W**2).sum(axis=1, keepdims=True).sqrt()
    return W * nd.maximum(1 - t / nd.maximum(lengths, 1e-30), 0)


def group_by_norm(W, t):
    lengths = nd.norm(W, axis=1, keepdims=True)
    shorter = W * (lengths - t) / (lengths + (lengths == 0))
    return nd.where((lengths > t).broadcast_like(W), shorter, nd.zeros_like(W))


def group_row_by_row(W, t):
    rows = [row * max(0, 1 - t / row.norm().asscalar()) if row.norm().asscalar() else row for row in W]
    return nd.stack(*rows)


@pytest.mark.parametrize("answer", [group, group_by_norm, group_row_by_row])
def test_right_thresholds_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def lengths(W, axis=1):
    return (W**2).sum(axis=axis, keepdims=True).sqrt()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (soft, steps.ENTRIES),
        (lambda W, t: W * nd.maximum(1 - t / lengths(W, axis=0), 0), steps.COLUMNS),
        (lambda W, t: W * (1 - t / lengths(W)), steps.JUMPS),
        (lambda W, t: W * (lengths(W) > t), steps.ROWS_HARD),
        (lambda W, t: W * nd.maximum(1 - t / lengths(W) ** 2, 0), steps.SQUARED),
        (lambda W, t: W * nd.maximum(lengths(W) - t, 0), steps.WITHOUT_LENGTH),
        (lambda W, t: W * nd.maximum(1 - t / nd.maximum((W**2).sum().sqrt(), 1e-30), 0), steps.WHOLE),
        (lambda W, t: nd.relu(1 - t / lengths(W)) * W / (lengths(W) / lengths(W)), steps.NOT_A_NUMBER),
        (lambda W, t: 0.5 * group(W, t), steps.ROWS),
        (lambda W, t: group(W, t).asnumpy(), _results.NOT_AN_NDARRAY),
    ],
)
def test_wrong_thresholds_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence
