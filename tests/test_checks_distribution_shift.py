"""The checks of distribution shift: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes the other end of a distribution, or exactly so many hits; recalls from joint frequencies; a
kind of shift told by what moved in place of what stayed; a one-sided count. It rejects a right answer that is written
differently, or rounded differently.
"""

import itertools
import math
import random

from d2l_utils.checks import _distribution_shift_numbers as numbers
from d2l_utils.checks import distribution_shift as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"accuracy_before": 0.82, "accuracy_after": 0.58, "p_value_of_8": 56 / 1024}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "accuracy_after": np.float32(0.58), "p_value_of_8": 0.0547}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("accuracy_before", 0.7, "That is the mean of the recalls: weight them by the shares."),
        ("accuracy_before", 0.5, "The sum of share times recall over the classes."),
        ("accuracy_after", 0.7, "That is the mean of the recalls."),
        ("accuracy_after", 0.82, "The shares have changed; the recalls have not."),
        ("accuracy_after", "x", "accuracy_after must be a number."),
        (
            "p_value_of_8",
            45 / 1024,
            "That is the chance of exactly 8: 9 and 10 hits are more evidence still, and count.",
        ),
        ("p_value_of_8", 0.8, "That is the accuracy: what is the chance that a coin does so well?"),
        (
            "p_value_of_8",
            968 / 1024,
            "That is the chance of fewer hits than 8: the p-value is that of as many or more.",
        ),
        ("p_value_of_8", 11 / 1024, "That is the chance of 9 or 10: 8 of 10 counts too."),
        (
            "p_value_of_8",
            0.3,
            "45 ways to be right 8 times, 10 to be right 9 times, one to be right 10 times, of 2 to the power 10.",
        ),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the tail
def tail(hits, n, chance, first=0):
    return sum(math.comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(hits + first, n + 1))


def tail_from_below(hits, n, chance):
    """Start from no hit, and go from each probability to the next."""
    probability, below = (1 - chance) ** n, 0.0
    for k in range(hits):
        below += probability
        probability *= (n - k) / (k + 1) * chance / (1 - chance)
    return nd.array([1 - below], dtype="float64")


def tail_by_rows(hits, n, chance):
    """Fold the distribution, trial by trial."""
    distribution = np.ones(1)
    for _ in range(n):
        distribution = np.convolve(distribution, [1 - chance, chance])
    return distribution[hits:].sum()


@pytest.mark.parametrize("answer", [tail, tail_from_below, tail_by_rows])
def test_right_tails_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def by_normal(hits, n, chance):
    return 0.5 * math.erfc((hits - n * chance) / (2 * n * chance * (1 - chance)) ** 0.5)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda hits, n, chance: tail(hits, n, chance, first=1), numbers.STRICT),
        (lambda hits, n, chance: tail(hits, n, 0.5), numbers.FAIR),
        (lambda hits, n, chance: tail(hits, n, 1 - chance), numbers.SWAPPED),
        (lambda hits, n, chance: numbers.term(n, hits, chance), numbers.ONE_TERM),
        (lambda hits, n, chance: tail(0, n, chance) - tail(hits, n, chance, first=1), numbers.LOWER),
        (lambda hits, n, chance: tail(hits, n, chance) * 2, numbers.TAIL),
        (lambda hits, n, chance: hits / n + 1, numbers.A_CHANCE),
        (by_normal, numbers.TAIL),
        (lambda hits, n, chance: [1, 2], numbers.A_NUMBER),
        (lambda hits, n, chance: float("nan"), numbers.A_NUMBER),
    ],
)
def test_wrong_tails_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the accuracy foretold
def by_recalls(confusion, shares):
    return float(np.diag(confusion / confusion.sum(axis=1, keepdims=True)) @ shares)


def by_weights(confusion, shares):
    """Weight each image by its class's new share over its old one."""
    old = confusion.sum(axis=1) / confusion.sum()
    weighted = confusion * (shares / old)[:, None]
    return nd.array([weighted.trace() / weighted.sum()], dtype="float64")


@pytest.mark.parametrize("answer", [by_recalls, by_weights])
def test_right_accuracies_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda c, s: (np.diag(c / c.sum()) * s).sum(), numbers.JOINT),
        (lambda c, s: (np.diag(c) * s).sum(), numbers.JOINT),
        (lambda c, s: (np.diag(c / c.sum(axis=0)) * s).sum(), numbers.COLUMNS),
        (lambda c, s: c.trace() / c.sum(), numbers.OLD),
        (lambda c, s: np.diag(c / c.sum(axis=1, keepdims=True)).mean(), numbers.EQUAL),
        (lambda c, s: 0.123, numbers.RECALLS),
        (lambda c, s: np.diag(c), numbers.A_NUMBER),
    ],
)
def test_wrong_accuracies_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: which shift
def equal(a, b):
    return np.allclose(a, b)


def by_conditionals(p, q):
    if equal(p, q):
        return "none"
    if equal(p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)):
        return "covariate"
    if equal(p / p.sum(0), q / q.sum(0)):
        return "label"
    return "concept" if equal(p.sum(1), q.sum(1)) else "mixed"


def by_ratios(p, q):
    """Read the kind off q / p: constant along rows, along columns, or 1."""
    ratio = q / p
    if abs(ratio - 1).max() < 1e-6:
        return "none"
    if np.ptp(ratio, axis=1).max() < 1e-6:
        return "covariate"
    if np.ptp(ratio, axis=0).max() < 1e-6:
        return "label"
    return "concept" if abs((q - p).sum(axis=1)).max() < 1e-6 else "mixed"


@pytest.mark.parametrize("answer", [by_conditionals, by_ratios])
def test_right_names_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def exactly(p, q):
    return "none" if (p == q).all() else "mixed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (exactly, numbers.ROUNDING),
        (lambda p, q: "none", numbers.KIND_HINTS["covariate"]),
        (lambda p, q: {"covariate": "label"}.get(by_conditionals(p, q), "none"), numbers.KIND_HINTS["covariate"]),
        (lambda p, q: by_conditionals(p, q).replace("label", "covariate"), numbers.KIND_HINTS["label"]),
        (lambda p, q: by_conditionals(p, q).replace("concept", "mixed"), numbers.KIND_HINTS["concept"]),
        (lambda p, q: by_conditionals(p, q).replace("mixed", "concept"), numbers.KIND_HINTS["mixed"]),
        (lambda p, q: by_conditionals(p.T, q.T), numbers.KIND_HINTS["covariate"]),
        (lambda p, q: "prior", numbers.A_KIND),
        (lambda p, q: 3, numbers.A_KIND),
    ],
)
def test_wrong_names_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


@pytest.mark.parametrize("seed", range(5))
def test_the_tables_are_what_their_names_say(seed):
    for kind, p, q in numbers.tables(seed, (3, 4)):
        assert abs(p.sum() - 1) < 1e-9
        assert abs(q.sum() - 1) < 1e-9
        assert min(p.min(), q.min()) > 0
        assert by_ratios(p, q) == kind


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["acf", "F, C, A"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e"), ("ac", "f")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: permutations
def by_combinations(first, second, counts=lambda difference, real: abs(difference) >= abs(real) - 1e-9):
    pooled, n = [*first, *second], len(first)
    real = np.mean(first) - np.mean(second)
    differences = []
    for places in itertools.combinations(range(len(pooled)), n):
        others = [pooled[i] for i in range(len(pooled)) if i not in places]
        differences.append(np.mean([pooled[i] for i in places]) - np.mean(others))
    return np.mean([counts(difference, real) for difference in differences])


def by_all_orders(first, second):
    pooled, n = np.array([*first, *second], dtype="float64"), len(first)
    real = abs(np.mean(first) - np.mean(second))
    orders = itertools.permutations(range(len(pooled)))
    return np.mean([abs(pooled[list(o[:n])].mean() - pooled[list(o[n:])].mean()) > real - 1e-9 for o in orders])


@pytest.mark.parametrize("answer", [by_combinations, by_all_orders])
def test_right_permutations_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def by_chance(first, second):
    pooled, rng = [*first, *second], random.Random(0)
    real, n, hits = abs(np.mean(first) - np.mean(second)), len(first), 0
    for _ in range(99):
        rng.shuffle(pooled)
        hits += abs(np.mean(pooled[:n]) - np.mean(pooled[n:])) >= real - 1e-9
    return (1 + hits) / 100


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda a, b: by_combinations(a, b, lambda d, real: d >= real - 1e-9), numbers.ONE_SIDED),
        (lambda a, b: by_combinations(a, b, lambda d, real: d <= real + 1e-9), numbers.ONE_SIDED),
        (lambda a, b: by_combinations(a, b, lambda d, real: abs(d) > abs(real) + 1e-9), numbers.ABOVE),
        (lambda a, b: by_combinations(a, b) - 1 / math.comb(len(a) + len(b), len(a)), numbers.ABOVE),
        (by_chance, numbers.SHARE),
        (lambda a, b: abs(np.mean(a) - np.mean(b)), numbers.SHARE),
        (lambda a, b: ["x"], numbers.A_NUMBER),
        (lambda a, b: [a, b], numbers.A_NUMBER),
    ],
)
def test_wrong_permutations_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        (checks.exercise_1, (..., ..., ...)),
        (checks.exercise_2, (lambda *a: ...,)),
        (checks.exercise_3, (lambda *a: ...,)),
        (checks.exercise_4, (lambda *a: ...,)),
        (checks.exercise_5, (...,)),
        (checks.exercise_6, (lambda *a: ...,)),
    ],
)
def test_a_starter_is_not_attempted(capsys, check, answers):
    assert verdict(capsys, check, *answers) == f"Exercise {check.number}: not attempted yet"
