"""The checks of correcting shift: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes weights without the sizes of the samples, or cut before them; a joint table, rows in place
of columns; outputs that were multiplied by q alone; a lender who sees those who got no loan. It rejects a right answer
that is written differently.
"""

from d2l_utils.checks import _correcting_shift_tables as tables
from d2l_utils.checks import _correcting_shift_weights as weights
from d2l_utils.checks import correcting_shift as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"weight": 6, "num_left": 50, "share_0": 0.4}


@pytest.mark.parametrize("answers", [ANSWERS, {"weight": 3 * np.e ** np.log(2), "num_left": 50.0, "share_0": 2 / 5}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("weight", 2, "The odds compare the two samples: the training sample is three times as large."),
        ("weight", 2 / 3, "The other way round: times training inputs over test inputs."),
        ("weight", 3 * np.log(2), "The score is the logarithm of the odds."),
        ("weight", 1, "Bayes' rule: (number of training inputs / number of test inputs) * e to the score."),
        ("num_left", 100, "That is the sum of the weights: square it, and divide by the sum of the squares."),
        ("num_left", 0.5, "The sum of the weights is squared, too."),
        ("num_left", 0.02, "The square of the sum stands above, the sum of the squares below."),
        ("num_left", 60, "The square of the sum, divided by the sum of the squares."),
        ("share_0", 0.5, "That is the share of the answers, mistakes included."),
        ("share_0", 0.55, "That is C times the answers; C times the shares must give the answers."),
        ("share_0", 0.6, "That is the share of class 1."),
        ("share_0", [0.4, 0.6], "share_0 must be a number."),
        ("share_0", 0.8, "Solve 0.8 q + 0.3 (1 - q) = 0.5."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: weights
def by_logarithms(scores, num_train, num_test, largest):
    return nd.exp(nd.minimum(scores + float(np.log(num_train / num_test)), float(np.log(largest))))


@pytest.mark.parametrize("answer", [lambda h, n, m, c: nd.clip(n / m * h.exp(), 0, c), by_logarithms])
def test_right_weights_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def changed(h, n, m, c):
    h[:] = nd.minimum(n / m * h.exp(), c)
    return h


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda h, n, m, c: n / m * h.exp(), weights.NOT_CUT),
        (lambda h, n, m, c: nd.minimum(h.exp(), c), weights.NO_SIZES),
        (lambda h, n, m, c: nd.minimum(m / n * h.exp(), c), weights.INVERTED),
        (lambda h, n, m, c: n / m * nd.minimum(h.exp(), c), weights.CUT_FIRST),
        (lambda h, n, m, c: nd.minimum(n / m * h, c), weights.NO_EXP),
        (lambda h, n, m, c: nd.minimum(n / m * h.sigmoid(), c), weights.PROBS),
        (lambda h, n, m, c: h.exp() / h.exp().mean(), weights.SCALED),
        (lambda h, n, m, c: 7 * nd.ones_like(h), weights.WEIGHT),
        (lambda h, n, m, c: h.exp().sum(), weights.ONE_EACH),
        (changed, weights.INPUT_CHANGED),
    ],
)
def test_wrong_weights_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the conditional confusion matrix
def counted(divide):
    def confusion(answers, y, num_classes):
        counts = np.array([[((answers == i) & (y == j)).sum() for j in range(num_classes)] for i in range(num_classes)])
        with np.errstate(all="ignore"):
            return np.nan_to_num(divide(counts))

    return confusion


def by_one_hot(answers, y, num_classes):
    rows = np.eye(num_classes)
    return np.stack([rows[answers[y == j]].mean(axis=0) for j in range(num_classes)], axis=1).tolist()


@pytest.mark.parametrize("answer", [counted(lambda c: c / c.sum(axis=0)), by_one_hot])
def test_right_confusions_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


@pytest.mark.parametrize(
    ("divide", "sentence"),
    [
        (lambda c: c / c.sum(), tables.JOINT),
        (lambda c: 1.0 * c, tables.COUNTS),
        (lambda c: c / c.sum(axis=1, keepdims=True), tables.ROWS),
        (lambda c: c.T / c.T.sum(axis=0), tables.ROWS),
        (lambda c: (c / c.sum(axis=0)).T, tables.TRANSPOSED),
        (lambda c: 7.0 + c, tables.CONFUSION),
        (lambda c: c[0], tables.A_TABLE),
    ],
)
def test_wrong_confusions_get_their_hint(capsys, divide, sentence):
    assert hint(verdict(capsys, checks.exercise_3, counted(divide))) == sentence


# Exercise 4: corrected outputs
def by_softmax(probs, p, q):
    return nd.softmax((probs + 1e-12).log() + ((q + 1e-12) / p).log().reshape((1, -1)))


@pytest.mark.parametrize("answer", [lambda P, p, q: nd.array(tables.scaled((P * q / p).asnumpy())), by_softmax])
def test_right_outputs_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def rows_scaled(P):
    return P / P.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda P, p, q: P * (q / p), tables.NOT_SCALED),
        (lambda P, p, q: rows_scaled(P * (p / q)), tables.UPSIDE_DOWN),
        (lambda P, p, q: rows_scaled(P * q), tables.ONLY_Q),
        (lambda P, p, q: P * (q / p) / (P * (q / p)).sum(axis=0), tables.BY_COLUMN),
        (lambda P, p, q: P, tables.PROBS),
        (lambda P, p, q: q, tables.SHAPE),
    ],
)
def test_wrong_outputs_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["bdf", "F, D, B"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("abdf", "a"), ("df", "b"), ("bcdf", "c"), ("bf", "d"), ("bdef", "e"), ("bd", "f")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: the lender
def with_lists(repays, explores, repaid, loans):
    seen = [True] * repaid + [False] * (loans - repaid)
    for pays, explore in zip(repays, explores, strict=True):
        if explore or 2 * sum(seen) >= len(seen):
            seen.append(bool(pays))
    return np.mean(seen)


@pytest.mark.parametrize("answer", [weights.lend, with_lists])
def test_right_lenders_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    "mistake", [weights.REFUSED_COUNT, weights.NO_EXPLORING, weights.ALL_SEEN, weights.STRICT, weights.FIRST_ONLY]
)
def test_each_mistake_of_a_lender_gets_its_hint(capsys, mistake):
    answer = verdict(capsys, checks.exercise_6, lambda *a: weights.lend(*a, wrong=mistake))
    assert hint(answer) == mistake


@pytest.mark.parametrize(
    ("answer", "sentence"), [(lambda *a: 0.6, weights.ESTIMATE), (lambda *a: [0.5, 0.5], weights.ONE_NUMBER)]
)
def test_other_lenders_get_a_hint(capsys, answer, sentence):
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
