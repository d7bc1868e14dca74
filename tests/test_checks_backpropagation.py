"""The checks of backpropagation: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes gradients without the penalty, with a penalty on the biases, or of a sum in place of the
mean; an order that is right on a chain and wrong where a short way stands beside a long one; a quotient whose slopes
are not summed over the row; a slope by differences. It rejects a right answer that is written differently.
"""

from collections import Counter

from d2l_utils.checks import _backpropagation_gradients as gradients
from d2l_utils.checks import _backpropagation_order as order
from d2l_utils.checks import backpropagation as checks

import numpy as np
import pytest
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"paper_d_z": [2, 0], "paper_d_W2": [1.7, 0.3], "paper_d_W1": [4.1, -0.1, 1.9, 0.1]}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "paper_d_z": np.array([2.0, 0.0])}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("paper_d_z", [2, 3], "The second unit has z < 0: there the slope of ReLU is 0."),
        ("paper_d_z", [3, 0], "Multiply d_h by the SLOPE of ReLU, which is 1, not by h."),
        ("paper_d_z", [0, 3], "It is the unit with z < 0 that is switched off."),
        ("paper_d_z", [7, 7], "It is d_y_hat * W2, where z > 0, else 0."),
        ("paper_d_z", 2, "paper_d_z must be a list of 2 numbers."),
        ("paper_d_W2", [1.5, 0], "The penalty adds lambda times the weight."),
        ("paper_d_W2", [1.6, 0.15], "The half in the penalty cancels the 2 of its slope."),
        ("paper_d_W2", [1.7, 0], "The penalty pulls at a weight whose unit is switched off, too."),
        ("paper_d_W1", [4, 0, 2, 0], "The penalty adds lambda times the weight."),
        (
            "paper_d_W1",
            [4.1, 1.9, -0.1, 0.1],
            "Write row by row: first the weights from x1 to both units, then those from x2.",
        ),
        (
            "paper_d_W1",
            [4.1, 5.9, 1.9, 3.1],
            "The second unit is switched off: no slope of the loss comes through it.",
        ),
        ("paper_d_W1", [0, 0, 0, 0], "Row i is x_i * d_z + lambda * W1[i]."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the gradients of a network
def example_by_example(X, Y, W1, b1, W2, b2, lambd):
    totals = [0 * W1, 0 * b1, 0 * W2, 0 * b2]
    for x, y in zip(X, Y, strict=True):
        h = np.clip(x @ W1 + b1, 0, None)
        d_y_hat = (h @ W2 + b2 - y) / len(X)
        d_z = np.where(h > 0, W2 @ d_y_hat, 0)
        for total, grad in zip(totals, (np.outer(x, d_z), d_z, np.outer(h, d_y_hat), d_y_hat), strict=True):
            total += grad
    return [totals[0] + lambd * W1, totals[1], totals[2] + lambd * W2, totals[3]]


@pytest.mark.parametrize("answer", [gradients.network, example_by_example])
def test_right_gradients_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def with_mistake(mistake):
    return lambda *arguments: gradients.network(*arguments, wrong=(mistake,))


def in_place(X, Y, W1, b1, W2, b2, lambd):
    result = gradients.network(X, Y, W1, b1, W2, b2, lambd)
    W1 -= result[0]
    return result


@pytest.mark.parametrize("mistake", ["penalty", "half", "biases", "sum", "twice", "mean", "slope", "tanh"])
def test_each_mistake_in_the_gradients_gets_its_hint(capsys, mistake):
    assert hint(verdict(capsys, checks.exercise_2, with_mistake(mistake))) == gradients._MISTAKES[mistake]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda *a: [-grad for grad in gradients.network(*a)], gradients.GRADIENTS),
        (lambda *a: gradients.network(*a)[:3], gradients.FOUR),
        (lambda *a: [grad.T for grad in gradients.network(*a)], gradients.SHAPE),
        (lambda *a: [np.atleast_2d(grad) for grad in gradients.network(*a)], gradients.SHAPE),
        (in_place, gradients.CHANGED),
    ],
)
def test_wrong_gradients_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: an order
def by_stack(parents, end):
    result, done, stack = [], set(), [(end, False)]
    while stack:
        name, ready = stack.pop()
        if ready:
            result.append(name)
        elif name not in done:
            done.add(name)
            stack += [(name, True), *((parent, False) for parent in parents[name])]
    return result


def by_counting_uses(parents, end):
    needed = order._ancestors(parents, end)
    uses = Counter(parent for name in needed for parent in parents[name])
    ready, result = [end], []
    while ready:
        name = ready.pop()
        result.append(name)
        for parent in parents[name]:
            uses[parent] -= 1
            if uses[parent] == 0:
                ready.append(parent)
    return tuple(reversed(result))


@pytest.mark.parametrize("answer", [by_stack, by_counting_uses])
def test_right_orders_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def recursive(parents, end):
    result = []

    def visit(name):
        if name not in result:
            for parent in parents[name]:
                visit(parent)
            result.append(name)

    visit(end)
    return result


def by_distance(parents, end):
    result = [end]
    for name in result:
        result += [parent for parent in dict.fromkeys(parents[name]) if parent not in result]
    return result[::-1]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda parents, end: by_stack(parents, end)[::-1], order.REVERSED),
        (by_distance, order.TOO_EARLY),
        (recursive, order.TOO_DEEP),
        (lambda parents, end: by_stack(parents, end)[:-1], order.MISSING),
        (lambda parents, end: [name for name in by_stack(parents, end) if parents[name]] or ["a"], order.MISSING),
        (lambda parents, end: list(parents), order.UNRELATED),
        (lambda parents, end: [*by_stack(parents, end), end], order.TWICE),
        (lambda parents, end: {name: 1 for name in by_stack(parents, end)}, order.A_LIST),
    ],
)
def test_wrong_orders_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: a quotient
def quotient(a, b, d):
    return d / b, (-d * a / b**2).sum(axis=1, keepdims=True)


def quotient_by_result(a, b, d):
    c = a / b
    return [d / b, -np.einsum("ij,ij->i", d, c)[:, None] / b]


@pytest.mark.parametrize("answer", [quotient, quotient_by_result])
def test_right_quotients_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda a, b, d: (d / b, -d * a / b**2), gradients.NOT_SUMMED),
        (lambda a, b, d: (d / b, (-d * a / b**2).mean(axis=1, keepdims=True)), gradients.NOT_SUMMED),
        (lambda a, b, d: (d / b, (d * a / b**2).sum(axis=1, keepdims=True)), gradients.SIGN),
        (lambda a, b, d: (d / b, (-d * a / b).sum(axis=1, keepdims=True)), gradients.NOT_SQUARED),
        (lambda a, b, d: (0 * a + 1 / b, (-a / b**2).sum(axis=1, keepdims=True)), gradients.NO_HEAD),
        (lambda a, b, d: (d * b, quotient(a, b, d)[1]), gradients.QUOTIENT),
        (lambda a, b, d: d / b, gradients.TWO),
    ],
)
def test_wrong_quotients_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["acf", "FCA"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(("answer", "letter"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e")])
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: forward
def by_gradients(X, Y, W1, b1, W2, b2, V1, u1, V2, u2):
    H = np.tanh(X @ W1 + b1)
    d_y_hat = (H @ W2 + b2 - Y) / len(X)
    d_z = d_y_hat @ W2.T * (1 - H**2)
    pairs = (X.T @ d_z, V1), (d_z.sum(axis=0), u1), (H.T @ d_y_hat, V2), (d_y_hat.sum(axis=0), u2)
    return sum((grad * v).sum() for grad, v in pairs)


@pytest.mark.parametrize("answer", [gradients.moving, by_gradients])
def test_right_slopes_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def by_differences(X, Y, W1, b1, W2, b2, V1, u1, V2, u2):
    def loss(e):
        H = np.tanh(X @ (W1 + e * V1) + b1 + e * u1)
        return ((H @ (W2 + e * V2) + b2 + e * u2 - Y) ** 2).sum() / (2 * len(X))

    return (loss(1e-6) - loss(-1e-6)) / 2e-6


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (by_differences, gradients.DIFFERENCES),
        (lambda *a: gradients.moving(*a, wrong=("bias",)), gradients.NO_BIAS),
        (lambda *a: gradients.moving(*a, wrong=("activation",)), gradients.NO_ACTIVATION),
        (lambda *a: gradients.moving(*a, wrong=("first",)), gradients.PRODUCT),
        (lambda *a: gradients.moving(*a, wrong=("second",)), gradients.PRODUCT),
        (lambda *a: 2 * gradients.moving(*a), gradients.ALONG),
        (lambda *a: a[0][:, :1] * np.ones((1, 3)), gradients.ONE),
    ],
)
def test_wrong_slopes_get_their_hint(capsys, answer, sentence):
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
