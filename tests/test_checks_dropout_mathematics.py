"""The checks of dropout as a random variable: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a distribution of the number kept, of single masks, or one that is 0 or an error for 2,000
units; an average with equal votes, without one of the masks, over drawn masks, or of one scaled pass; a ridge penalty
that is not measured from the data, is divided wrongly or shared by all inputs; a mean of a ReLU without the noise, or
nan where nothing is random. It rejects a right answer that is written differently.
"""

import itertools
import math

from d2l_utils.checks import _dropout_mathematics_chances as masks
from d2l_utils.checks import _dropout_mathematics_moments as moments
from d2l_utils.checks import _dropout_mathematics_numbers as numbers
from d2l_utils.checks import dropout_mathematics as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {
    "number_dropped": [12, 3],
    "all_dropped": 0.125,
    "vanilla": [6, 4.5],
    "inverted": [8, 6],
    "lambda_j": 6,
    "new_lr": 0.2,
}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "vanilla": np.array([6, 4.5]), "all_dropped": 1 / 8}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("number_dropped", [12, 9], "The second number is the variance: the standard deviation is its square root."),
        ("number_dropped", [36, 3], "36 is the mean number KEPT."),
        ("number_dropped", [12, 12**0.5], "The variance is n p (1 - p): the factor 1 - p is missing."),
        ("number_dropped", [3, 12], "The mean comes first."),
        ("number_dropped", [1, 1], "The number dropped is binomial: mean n p, variance n p (1 - p)."),
        ("number_dropped", 12, "number_dropped must be a list of 2 numbers."),
        ("all_dropped", 0.875, "This is the chance that at least one is kept."),
        ("all_dropped", 0.5, "All three coins must fall on drop."),
        ("all_dropped", 1.5, "A chance is at most 1: three coins multiply, they do not add up."),
        ("vanilla", [8, 6], "This is the inverted form."),
        ("vanilla", [6, 6], "The vanilla form keeps its activation in training, so prediction has to shrink it."),
        ("vanilla", [6, 1.5], "Prediction multiplies by the chance to be KEPT."),
        ("vanilla", [4.5, 6], "The vanilla form shrinks in prediction, not in training."),
        ("inverted", [6, 4.5], "This is the vanilla form."),
        ("inverted", [24, 6], "Divide by the chance to be KEPT."),
        ("inverted", [8, 4.5], "The inverted form has done its scaling in training."),
        ("inverted", [8, 8], "Prediction drops nothing, so nothing has to be made up for."),
        ("lambda_j", 3, "Multiply by the mean square of the input too."),
        ("lambda_j", 1.5, "The factor is p / (1 - p), not p."),
        ("lambda_j", 0.375, "The factor is p / (1 - p): the inverted form divides by (1 - p)**2."),
        ("lambda_j", 2 / 3, "It is the other way up: the more is dropped, the higher the price."),
        ("lambda_j", 12, "The input's size is given as a mean SQUARE already."),
        ("new_lr", 0.4, "The factor is q squared: the weight is q times smaller, and so is its gradient."),
        ("new_lr", 3.2, "It is the other way round: the inverted form needs the smaller rate."),
        ("new_lr", 0.8, "The rate changes: the vanilla weight is w / q."),
        ("new_lr", float("nan"), "Put w = q u into the vanilla step."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


def test_an_open_question_is_not_attempted(capsys):
    assert verdict(capsys, checks.exercise_1, *{**ANSWERS, "new_lr": ...}.values()) == "Exercise 1: not attempted yet"


# Exercise 2: the binomial distribution
def by_convolution(n, drop_prob):
    chances = np.ones(1)
    for _ in range(n):
        chances = np.convolve(chances, [1 - drop_prob, drop_prob])
    return chances


def by_logarithms(n, drop_prob):
    if drop_prob in (0, 1):
        return np.eye(n + 1)[int(n * drop_prob)]
    log = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)]
    k = np.arange(n + 1)
    return np.exp(np.array(log) + k * math.log(drop_prob) + (n - k) * math.log(1 - drop_prob))


def by_squaring(n, drop_prob):
    if n == 0:
        return np.ones(1)
    half = by_squaring(n // 2, drop_prob)
    return np.convolve(np.convolve(half, half), [1 - drop_prob, drop_prob] if n % 2 else [1.0])


@pytest.mark.parametrize("answer", [by_convolution, by_logarithms, by_squaring])
def test_right_distributions_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def by_formula(n, drop_prob):
    return np.array([math.comb(n, k) * drop_prob**k * (1 - drop_prob) ** (n - k) for k in range(n + 1)])


def by_recursion(n, drop_prob):
    if drop_prob == 1:
        return np.eye(n + 1)[n]
    chances = [(1 - drop_prob) ** n]
    for k in range(n):
        chances.append(chances[-1] * (n - k) / (k + 1) * drop_prob / (1 - drop_prob))
    return np.array(chances)


def by_logarithms_of_zero(n, drop_prob):
    with np.errstate(all="ignore"):
        k, log = np.arange(n + 1), [math.log(math.comb(n, k)) for k in range(n + 1)]
        return np.exp(log + k * np.log(drop_prob) + (n - k) * np.log(1 - np.float64(drop_prob)))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n, drop_prob: by_convolution(n, 1 - drop_prob), masks.SWAPPED),
        (lambda n, drop_prob: by_convolution(n, drop_prob)[::-1], masks.SWAPPED),
        (
            lambda n, drop_prob: drop_prob ** np.arange(n + 1) * (1 - drop_prob) ** np.arange(n, -1.0, -1),
            masks.ONE_MASK,
        ),
        (lambda n, drop_prob: by_convolution(n, drop_prob)[1:], masks.SHAPE),
        (lambda n, drop_prob: {}, masks.SHAPE),
        (lambda n, drop_prob: by_convolution(n, drop_prob) * 0.9, masks.BINOMIAL),
        (by_logarithms_of_zero, numbers.NOT_A_NUMBER),
        (by_formula, masks.OVERFLOW),
        (by_recursion, masks.UNDERFLOW),
    ],
)
def test_wrong_distributions_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the vote of all thinned networks
def average(f, n, drop_prob, chance=None, skip=()):
    chance = chance or (lambda kept: (1 - drop_prob) ** kept * drop_prob ** (n - kept))
    rows = [np.array(mask) for mask in itertools.product([1, 0], repeat=n) if sum(mask) not in skip]
    return sum(chance(int(row.sum())) * f(row) for row in rows)


def average_unit_by_unit(f, n, drop_prob):
    if n == 0:
        return f(np.zeros(0, int))
    dropped, kept = (
        average_unit_by_unit(lambda mask, bit=bit: f(np.append(mask, bit)), n - 1, drop_prob) for bit in (0, 1)
    )
    return drop_prob * dropped + (1 - drop_prob) * kept


def average_at_once(f, n, drop_prob):
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    chances = np.where(bits == 1, 1 - drop_prob, drop_prob).prod(axis=1)
    return np.tensordot(chances, np.array([f(row) for row in bits]), axes=1)


@pytest.mark.parametrize("answer", [average, average_unit_by_unit, average_at_once])
def test_right_averages_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def sampled(f, n, drop_prob):
    return np.mean([f(np.random.random(n) < 1 - drop_prob) for _ in range(1000)], axis=0)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda f, n, drop_prob: average(f, n, 0.5), masks.EQUAL_VOTES),
        (lambda f, n, drop_prob: average(f, n, drop_prob, chance=lambda kept: 1), masks.EQUAL_VOTES),
        (lambda f, n, drop_prob: average(f, n, 1 - drop_prob), masks.KEEP_DROP),
        (lambda f, n, drop_prob: f(np.full(n, 1 - drop_prob)), masks.SHORT_CUT),
        (lambda f, n, drop_prob: average(f, n, drop_prob, skip=[0]), masks.NO_EMPTY),
        (lambda f, n, drop_prob: average(f, n, drop_prob, skip=[n]), masks.NO_FULL),
        (sampled, masks.SAMPLED),
        (lambda f, n, drop_prob: np.full(7, average(f, n, drop_prob)[0] if n == 5 else 1.0), masks.OF_WHAT),
        (lambda f, n, drop_prob: average(f, n, drop_prob) + 1, masks.AVERAGE),
    ],
)
def test_wrong_averages_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: ridge regression by dropout
def ridge(X, y, drop_probs, ratio=lambda p: p / (1 - p), size=lambda X: (X**2).mean(axis=0)):
    n = len(X)
    return np.linalg.solve(X.T @ X / n + np.diag(ratio(drop_probs) * size(X)), X.T @ y / n)


def ridge_of_sums(X, y, drop_probs):
    G = X.T @ X
    return np.linalg.inv(G + np.diag(np.diag(G) * (1 / (1 - drop_probs) - 1))) @ X.T @ y


def ridge_by_more_examples(X, y, drop_probs):
    rows = np.diag(np.sqrt(drop_probs / (1 - drop_probs) * (X**2).sum(axis=0)))
    return np.linalg.lstsq(np.vstack([X, rows]), np.append(y, np.zeros(len(rows))), rcond=None)[0]


@pytest.mark.parametrize("answer", [ridge, ridge_of_sums, ridge_by_more_examples])
def test_right_ridges_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda X, y, p: ridge(X, y, 0 * p), moments.NO_PENALTY),
        (lambda X, y, p: ridge(X, y, p, size=lambda X: 1), moments.NO_SIZE),
        (lambda X, y, p: ridge(X, y, p, ratio=lambda p: p), moments.NO_RATIO),
        (lambda X, y, p: ridge(X, y, p, ratio=lambda p: p * (1 - p)), moments.VANILLA),
        (lambda X, y, p: ridge(X, y, p, size=lambda X: (X**2).sum(axis=0)), moments.NO_MEAN),
        (lambda X, y, p: ridge(X, y, p, size=lambda X: (X**2).mean(axis=0) / len(X)), moments.NO_MEAN),
        (lambda X, y, p: ridge(X, y, np.full(len(p), p.mean())), moments.ONE_RATE),
        (lambda X, y, p: ridge(X, y, p).reshape((-1, 1)), moments.WEIGHTS),
        (lambda X, y, p: -ridge(X, y, p), moments.RIDGE),
    ],
)
def test_wrong_ridges_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["ade", "eda"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("de", "a"), ("abde", "b"), ("acde", "c"), ("ae", "d"), ("ad", "e"), ("adef", "f")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: two moments
def relu_mean(H, W, drop_prob, ratio=lambda p: p / (1 - p), root=np.sqrt, first=1, second=1):
    m, s = H @ W, root(ratio(drop_prob) * H**2 @ W**2)
    t = np.clip(m / np.maximum(s, 1e-300), -40, 40)
    above = (1 + np.vectorize(math.erf)(t / math.sqrt(2))) / 2
    return m * (above if first else 1) + second * s * np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)


def relu_mean_by_nd(H, W, drop_prob):
    H, W = nd.array(H, dtype="float64"), nd.array(W, dtype="float64")
    m, s = nd.dot(H, W), (drop_prob / (1 - drop_prob) * nd.dot(H**2, W**2) + 1e-24).sqrt()
    return m * (1 + nd.erf(m / s / 2**0.5)) / 2 + s * nd.exp(-((m / s) ** 2) / 2) / (2 * math.pi) ** 0.5


def relu_mean_by_sum(H, W, drop_prob):
    m, s = H @ W, np.sqrt(drop_prob / (1 - drop_prob) * H**2 @ W**2)
    t = np.linspace(-8, 8, 200001)
    density = np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi) * (t[1] - t[0])
    mean = np.vectorize(lambda a, b: (np.maximum(a + b * t, 0) * density).sum())
    return mean(m, s)


@pytest.mark.parametrize("answer", [relu_mean, relu_mean_by_nd, relu_mean_by_sum])
def test_right_means_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def divides_by_zero(H, W, drop_prob):
    with np.errstate(all="ignore"):
        m, s = H @ W, np.sqrt(drop_prob / (1 - drop_prob) * H**2 @ W**2)
        above = (1 + np.vectorize(math.erf)(m / s / math.sqrt(2))) / 2
        return m * above + s * np.exp(-((m / s) ** 2) / 2) / math.sqrt(2 * math.pi)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda H, W, p: np.maximum(H @ W, 0), moments.SHORT_CUT),
        (lambda H, W, p: relu_mean(H, W, p, root=lambda v: v), moments.VARIANCE),
        (lambda H, W, p: relu_mean(H, W, p, ratio=lambda p: p), moments.NO_RATIO),
        (lambda H, W, p: relu_mean(H, W, p, ratio=lambda p: p * (1 - p)), moments.VANILLA),
        (lambda H, W, p: relu_mean(H, W, p, second=0), moments.NO_SECOND),
        (lambda H, W, p: relu_mean(H, W, p, first=0), moments.NO_FIRST),
        (divides_by_zero, numbers.NOT_A_NUMBER),
        (lambda H, W, p: relu_mean(H, W, p).sum(axis=1), moments.HIDDEN),
        (lambda H, W, p: 2 * relu_mean(H, W, p), moments.MOMENTS),
    ],
)
def test_wrong_means_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence
