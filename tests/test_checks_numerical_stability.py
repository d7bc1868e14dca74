"""The checks of numerical stability: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a norm that overflows or vanishes where the norm itself fits; gradients that were divided
in float16; a `nan` that is taken for finite; units whose bias or outgoing weights stay behind; a list of logarithms
the wrong way round. It rejects a right answer that is written differently.
"""

import math

from d2l_utils.checks import _numerical_stability_depth as depth
from d2l_utils.checks import _numerical_stability_gradients as gradients
from d2l_utils.checks import numerical_stability as checks

import numpy as np
import pytest
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {
    "by_norm": [3, 0, 0, 4],
    "by_value": [5, 0, 0, 5],
    "my_step": 2,
    "sigmoid_layers": 10,
    "half_sums": [2048, 2050],
}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "by_norm": np.array([3.0, 0, 0, 4]), "my_step": 2.0}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("by_norm", [5, 0, 0, 5], "This is clipping by value: the norm keeps 6 : 8 as it is."),
        ("by_norm", [6, 0, 0, 8], "The limit is for ALL gradients together, and their joint norm is 10."),
        ("by_norm", [1, 2, 3, 4], "The joint norm is the root of 36 + 64; multiply all by the limit over it."),
        ("by_norm", [3, 4], "by_norm must be a list of 4 numbers."),
        ("by_value", [3, 0, 0, 4], "This is clipping by norm: by value each entry is cut by itself."),
        ("by_value", [5, 5, 5, 5], "What is inside the limits stays: 0 is."),
        ("my_step", 0.2, "The trainer divides by the batch size BEFORE it clips."),
        ("my_step", 3, "6 is above the limit of 4."),
        ("my_step", 4, "The learning rate is 0.5."),
        ("my_step", 77, "Divide by the batch size, clip, multiply by the learning rate."),
        ("sigmoid_layers", 9, "0.25 to the power of 9 is 0.0000038: not yet below a millionth."),
        ("sigmoid_layers", 20, "Each layer takes a factor of 4, not of 2."),
        ("half_sums", [2050, 2050], "From 2048 on float16 has even numbers only: 2048 + 1 is rounded."),
        ("half_sums", [2048, 2048], "1 + 1 is 2, and 2048 + 2 fits."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: a norm
def by_largest(grads):
    largest = max(abs(grad).max() for grad in grads)
    return largest and largest * math.sqrt(sum(((grad / largest) ** 2).sum() for grad in grads))


def by_hypot(grads):
    return math.hypot(*np.concatenate([grad.ravel() for grad in grads]))


def by_power_of_two(grads):
    exponent = max(np.frexp(grad)[1][grad != 0].max(initial=-2000) for grad in grads)
    return np.ldexp(np.sqrt(sum((np.ldexp(grad, -exponent) ** 2).sum() for grad in grads)), exponent)


@pytest.mark.parametrize("answer", [by_largest, by_hypot, by_power_of_two])
def test_right_norms_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def plain(grads):
    return np.sqrt(sum((grad**2).sum() for grad in grads))


def without_overflow(grads):
    return plain([grad / 1e100 for grad in grads]) * 1e100


def without_zeros(grads):
    largest = max(abs(grad).max() for grad in grads)
    return largest * np.sqrt(sum(((grad / largest) ** 2).sum() for grad in grads))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (plain, gradients.OVERFLOW),
        (lambda grads: np.sqrt(np.square(np.concatenate([g.ravel() for g in grads])).sum()), gradients.OVERFLOW),
        (without_overflow, gradients.UNDERFLOW),
        (without_zeros, gradients.ZERO),
        (lambda grads: sum(by_hypot([grad]) for grad in grads), gradients.SEPARATE),
        (lambda grads: max(by_hypot([grad]) for grad in grads), gradients.SEPARATE),
        (lambda grads: max(abs(grad).max() for grad in grads), gradients.LARGEST_ONLY),
        (lambda grads: by_hypot(grads) ** 2, gradients.SQUARE),
        (lambda grads: [by_hypot([grad]) for grad in grads] * 2, gradients.ONE_NUMBER),
        (lambda grads: 2 * by_hypot(grads), gradients.NORM),
    ],
)
def test_wrong_norms_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: a scale that adjusts itself
def finite(grads):
    return all(np.isfinite(grad).all() for grad in grads)


def turn(grads, scale):
    return ([grad.astype("float32") / scale for grad in grads], scale) if finite(grads) else (None, scale / 2)


def turn_by_sum(grads, scale):
    total = sum(np.abs(grad.astype("float64")).sum() for grad in grads)
    if not total < math.inf:
        return [None, 0.5 * scale]
    return [tuple((grad.astype("float64") / scale).astype("float32") for grad in grads), scale]


@pytest.mark.parametrize("answer", [turn, turn_by_sum])
def test_right_turns_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def where_finite(divided):
    """Make a wrong answer that differs from the right one only where all entries are finite."""
    return lambda grads, scale: ([divided(g, scale) for g in grads], scale) if finite(grads) else turn(grads, scale)


def always_divided(grads, scale):
    return [grad.astype("float32") / scale for grad in grads], scale


def only_the_first(grads, scale):
    return turn(grads, scale) if not finite(grads[:1]) else always_divided(grads, scale)


def blind_to_nan(grads, scale):
    return (None, scale / 2) if any(np.isinf(one).any() for one in grads) else always_divided(grads, scale)


def in_place(grads, scale):
    result = turn(grads, scale)
    grads[0][:] = 0
    return result


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (where_finite(lambda grad, scale: (grad / np.float16(scale)).astype("float32")), gradients.EARLY),
        (where_finite(lambda grad, scale: grad / np.float16(scale)), gradients.FLOAT32),
        (where_finite(lambda grad, scale: grad.astype("float32")), gradients.NOT_DIVIDED),
        (where_finite(lambda grad, scale: grad.astype("float32") * np.float32(scale)), gradients.MULTIPLIED),
        (where_finite(lambda grad, scale: -grad.astype("float32") / np.float32(scale)), gradients.UNSCALED),
        (always_divided, gradients.SKIP),
        (lambda grads, scale: turn(grads, scale) if finite(grads) else (None, scale), gradients.HALVE),
        (only_the_first, gradients.ALL),
        (blind_to_nan, gradients.NAN),
        (lambda grads, scale: (None, scale / 2), gradients.KEEP),
        (lambda grads, scale: (turn(grads, scale)[0], 2 * scale), gradients.KEEP),
        (lambda grads, scale: turn(grads, scale)[0] or [], gradients.PAIR),
        (in_place, gradients.CHANGED),
    ],
)
def test_wrong_turns_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: units in a new order
def by_index(W1, b1, W2, order):
    return W1[:, order], b1[order], W2[order]


def by_matrix(W1, b1, W2, order):
    P = np.eye(len(order))[order]
    return [W1 @ P.T, P @ b1, P @ W2]


@pytest.mark.parametrize("answer", [by_index, by_matrix])
def test_right_orders_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def sorted_in_place(W1, b1, W2, order):
    W1[:] = W1[:, order]
    return W1, b1[order], W2[order]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda W1, b1, W2, order: (W1, b1, W2), depth.NOTHING),
        (lambda W1, b1, W2, order: (W1[:, order], b1, W2[order]), depth.BIAS),
        (lambda W1, b1, W2, order: (W1[:, order], b1[order], W2), depth.ROWS),
        (lambda W1, b1, W2, order: by_index(W1, b1, W2, np.argsort(order)), depth.INVERSE),
        (lambda W1, b1, W2, order: (W1[:, order], b1[order], W2[np.argsort(order)]), depth.ROWS),
        (lambda W1, b1, W2, order: (W1, b1[order], W2[order]), depth.COLUMNS),
        (lambda W1, b1, W2, order: (W1[:, order], -b1[order], W2[order]), depth.ORDER),
        (lambda W1, b1, W2, order: by_index(W1, b1, W2, order)[:2], depth.THREE),
        (sorted_in_place, depth.CHANGED),
    ],
)
def test_wrong_orders_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
def test_the_true_statements_pass(capsys):
    assert verdict(capsys, checks.exercise_5, "e, c, a") == "Exercise 5: passed"


@pytest.mark.parametrize("letter", list("abcdef"))
def test_a_wrong_choice_gets_its_reason(capsys, letter):
    letters = "ace".replace(letter, "") if letter in "ace" else "ace" + letter
    assert hint(verdict(capsys, checks.exercise_5, letters)) == checks.STATEMENTS[letter][1]


# Exercise 6: logarithms of gradients
def by_powers_of_two(matrices, d):
    """Keep the numbers and their powers of two apart."""
    exponent, logs = 0, []
    for W in [*reversed(matrices), None]:
        norm = math.hypot(*d)
        logs.insert(0, math.log10(norm) + exponent * math.log10(2) if norm else -math.inf)
        if W is not None:
            shift = int(np.frexp(d)[1].max())
            d, exponent = W.T @ np.ldexp(d, -shift), exponent + shift
    return np.array(logs)


@pytest.mark.parametrize("answer", [depth.logs_of_gradients, by_powers_of_two])
def test_right_logarithms_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def direct(matrices, d):
    norms = [np.linalg.norm(d)]
    for W in reversed(matrices):
        d = W.T @ d
        norms.append(np.linalg.norm(d))
    return np.log10(norms)[::-1]


def no_start(matrices, d):
    right = depth.logs_of_gradients(matrices, d)
    return [log - right[-1] if right[-1] > -math.inf else log for log in right]


def not_transposed(matrices, d):
    return depth.logs_of_gradients([W.T if W.shape[0] == W.shape[1] else W for W in matrices], d)


def fails_at_zero(matrices, d):
    right = depth.logs_of_gradients(matrices, d)
    return [math.log10(10.0**log) if log == -math.inf else log for log in right]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (direct, depth.OVERFLOW),
        (lambda matrices, d: depth.logs_of_gradients(matrices, d)[::-1], depth.REVERSED),
        (lambda matrices, d: np.array(depth.logs_of_gradients(matrices, d)) * math.log(10), depth.NATURAL),
        (no_start, depth.NO_START),
        (not_transposed, depth.TRANSPOSE),
        (fails_at_zero, depth.AT_ZERO),
        (lambda matrices, d: depth.logs_of_gradients(matrices, d)[:-1], depth.A_LIST),
        (lambda matrices, d: np.array(depth.logs_of_gradients(matrices, d)) + 1, depth.LOGS),
    ],
)
def test_wrong_logarithms_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence


@pytest.mark.parametrize("number", range(1, 7))
def test_unanswered_starters_are_not_attempted(capsys, number):
    check = getattr(checks, f"exercise_{number}")
    count = {1: 5}.get(number, 1)
    assert verdict(capsys, check, *[...] * count) == f"Exercise {number}: not attempted yet"
