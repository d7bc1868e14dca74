"""The checks of dropout in practice: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a step with the old velocity, with an averaged gradient or without momentum; the rate with
the lowest mean where a smaller one is as good; the projection of the least squares solution for the best weights within
a limit, or a lambda that belongs to a sum. It rejects a right answer that is written differently.
"""

from d2l_utils.checks import _dropout_in_practice_parts as parts
from d2l_utils.checks import _results
from d2l_utils.checks import dropout_in_practice as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"effective_lr": 0.3, "shortened": [3, -4], "new_w": [1.38, 1.98], "num_units": 500}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "shortened": nd.array([3, -4]), "num_units": 300 / 0.6}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("effective_lr", 0.03, "A gradient acts in every later step too, each time with the factor m."),
        ("effective_lr", 0.0333, "Divide by 1 - momentum, not by momentum."),
        ("effective_lr", 0.003, "Momentum makes the steps larger: divide by 1 - momentum."),
        ("effective_lr", 7, "It is lr / (1 - momentum)."),
        ("shortened", [5, 5], "It is the LENGTH of the vector that has a limit, not each entry."),
        ("shortened", [0.6, -0.8], "This has length 1; the limit is 5."),
        ("shortened", [3, 4], "The direction stays, and with it the signs."),
        ("shortened", 5, "shortened must be a list of 2 numbers."),
        ("new_w", [1.68, 1.98], "Inverted dropout divides what is kept by q, and so its gradient too."),
        ("new_w", [1.38, 2], "The weights of a dropped unit decay like all others."),
        ("new_w", [1.36, 1.96], "The 1 / q belongs to the gradient of the loss only, not to the decay."),
        ("new_w", [0, 0], "Kept: w - lr * (g / q + lambda * w). Dropped: the same with g = 0."),
        ("num_units", 180, "So many of 300 are kept. How many must there be for 300 to be kept?"),
        ("num_units", 750, "Divide by the share that is KEPT, 1 - drop_prob."),
        ("num_units", 1, "n units keep n * (1 - drop_prob) on average."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_1, *(ANSWERS | {name: answer}).values())) == sentence


# Exercise 2: a step with momentum
def momentum_step(w, v, grad, lr, momentum):
    v = momentum * v - lr * grad
    return w + v, v


def with_numpy_order(w, v, grad, lr, momentum):
    new_v = nd.add_n(v * momentum, grad * -lr)
    return [new_v + w, new_v]


def in_place(w, v, grad, lr, momentum):
    v[:] = momentum * v - lr * grad
    w[:] = w + v
    return w.copy(), v.copy()


@pytest.mark.parametrize("answer", [momentum_step, with_numpy_order])
def test_right_steps_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


WRONG_STEPS = {
    "old velocity": (lambda w, v, g, lr, m: (w + v, m * v - lr * g), parts.OLD_VELOCITY),
    "no momentum": (lambda w, v, g, lr, m: (w - lr * g, -lr * g), parts.WITHOUT_VELOCITY),
    "uphill": (lambda w, v, g, lr, m: momentum_step(w, v, -g, lr, m), parts.UPHILL),
    "average": (lambda w, v, g, lr, m: momentum_step(w, v, (1 - m) * g, lr, m), parts.AVERAGED),
    "no lr": (lambda w, v, g, lr, m: momentum_step(w, v, g, 1, m), parts.WITHOUT_LR),
    "swapped": (lambda *a: momentum_step(*a)[::-1], parts.SWAPPED),
    "weights alone": (lambda *a: momentum_step(*a)[0], parts.NO_PAIR),
    "in place": (in_place, _results.INPUT_CHANGED),
    "something else": (lambda w, v, g, lr, m: (w * 3, v * 3 + 1), parts.STEP),
    "NumPy": (lambda *a: tuple(out.asnumpy() for out in momentum_step(*a)), _results.NOT_AN_NDARRAY),
}


@pytest.mark.parametrize("name", WRONG_STEPS)
def test_wrong_steps_get_their_hint(capsys, name):
    wrong, sentence = WRONG_STEPS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


# Exercise 3: a choice with errors
def smallest_good_rate(rates, valid_loss, divide=True, pick=0):
    means = valid_loss.mean(axis=1)
    best = means.argmin()
    error = valid_loss[best].std(ddof=1) / (valid_loss.shape[1] ** 0.5 if divide else 1)
    return [rate for rate, mean in zip(rates, means, strict=True) if mean <= means[best] + error][pick]


def with_argmax(rates, valid_loss):
    means = valid_loss.mean(axis=1)
    row = valid_loss[means.argmin()]
    error = (((row - row.mean()) ** 2).sum() / (len(row) - 1) / len(row)) ** 0.5
    return rates[(means <= means.min() + error).argmax()]


@pytest.mark.parametrize("answer", [smallest_good_rate, with_argmax])
def test_right_choices_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_CHOICES = {
    "the lowest": (lambda r, v: r[v.mean(axis=1).argmin()], parts.LOWEST),
    "within the sd": (lambda r, v: smallest_good_rate(r, v, divide=False), parts.SD),
    "always the first": (lambda r, v: r[0], parts.CHOICE),
    "all of them": (lambda r, v: r, parts.ONE_RATE),
}


@pytest.mark.parametrize("name", WRONG_CHOICES)
def test_wrong_choices_get_their_hint(capsys, name):
    wrong, sentence = WRONG_CHOICES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


def test_the_largest_within_the_error_is_named(capsys):
    report = verdict(capsys, checks.exercise_3, lambda r, v: smallest_good_rate(r, v, pick=-1))
    assert hint(report) in (parts.LARGEST, parts.LOWEST)


# Exercise 4: explain
def test_right_statements_pass(capsys):
    assert verdict(capsys, checks.exercise_4, "fca") == "Exercise 4: passed"


@pytest.mark.parametrize(("letters", "wrong"), [("cf", "a"), ("abcf", "b"), ("acdf", "d"), ("acef", "e"), ("ac", "f")])
def test_wrong_statements_get_their_reason(capsys, letters, wrong):
    assert hint(verdict(capsys, checks.exercise_4, letters)) == checks.STATEMENTS[wrong][1]


# Exercise 5: a limit is a penalty
def ridge(X, y, lambd):
    n, p = X.shape
    return np.linalg.solve(X.T @ X / n + lambd * np.eye(p), X.T @ y / n)


def ridge_for_limit(X, y, limit):
    w = ridge(X, y, 0)
    if np.linalg.norm(w) <= limit:
        return w, 0
    low, high = 0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        if np.linalg.norm(ridge(X, y, middle)) > limit:
            low = middle
        else:
            high = middle
    return ridge(X, y, high), high


def by_projected_steps(X, y, limit):
    n = len(y)
    w, lr = np.zeros(X.shape[1]), n / np.linalg.norm(X, 2) ** 2
    for _ in range(2000):
        w = w - lr * X.T @ (X @ w - y) / n
        w = w * min(1, limit / np.linalg.norm(w))
    grad = X.T @ (X @ w - y) / n
    return w, -(grad @ w) / (w @ w) if np.linalg.norm(w) > limit * (1 - 1e-9) else 0


@pytest.mark.parametrize("answer", [ridge_for_limit, by_projected_steps])
def test_right_limits_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


def projection(X, y, limit):
    w = ridge(X, y, 0)
    return w * min(1, limit / np.linalg.norm(w)), ridge_for_limit(X, y, limit)[1]


WRONG_LIMITS = {
    # With one input the projection is right: the mistake shows with more of them.
    "projection": (projection, parts.PROJECTED),
    "least squares": (lambda X, y, limit: (ridge(X, y, 0), 0), parts.TOO_LONG),
    "lambda of a sum": (
        lambda X, y, limit: (ridge_for_limit(X, y, limit)[0], len(y) * ridge_for_limit(X, y, limit)[1]),
        parts.NO_N,
    ),
    "always at the limit": (
        lambda X, y, limit: (limit * ridge(X, y, 0) / np.linalg.norm(ridge(X, y, 0)), ridge_for_limit(X, y, limit)[1]),
        parts.INSIDE,
    ),
    "too short": (lambda X, y, limit: ridge_for_limit(X, y, limit / 2), parts.RIDGE),
    "one result": (lambda X, y, limit: ridge_for_limit(X, y, limit)[0], parts.TWO_RESULTS),
}


@pytest.mark.parametrize("name", WRONG_LIMITS)
def test_wrong_limits_get_their_hint(capsys, name):
    wrong, sentence = WRONG_LIMITS[name]
    assert hint(verdict(capsys, checks.exercise_5, wrong)) == sentence


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_starters_are_not_attempted(capsys, number):
    check = getattr(checks, f"exercise_{number}")
    answers = [...] * {1: 4}.get(number, 1)
    assert verdict(capsys, check, *answers) == f"Exercise {number}: not attempted yet"
