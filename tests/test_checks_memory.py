"""The checks of memory: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a formula without the outputs or the mask, a root that is rounded, a first pass that is
recorded and saves nothing, a second way back that begins at 1, means of parts of different sizes. It rejects a right
answer that is written differently.
"""

import contextlib

from d2l_utils.checks import _memory_counts as counts
from d2l_utils.checks import _memory_passes as passes
from d2l_utils.checks import memory as checks

import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"count_parameters": 6280, "count_momentum": 6280, "count_intermediates": 6400}


def test_right_predictions_pass(capsys):
    assert verdict(capsys, checks.exercise_1, *ANSWERS.values()) == "Exercise 1: passed"
    assert verdict(capsys, checks.exercise_1, ..., ..., ...) == "Exercise 1: not attempted yet"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("count_parameters", 6200, "Each unit has a bias too."),
        ("count_parameters", 25120, "Count numbers, not bytes."),
        ("count_momentum", 0, "Momentum is a memory of earlier gradients: it has to be kept."),
        ("count_momentum", 12560, "Adam keeps two numbers for each parameter, momentum one."),
        ("count_intermediates", 64 * 80, "Of a layer with tanh MXNet keeps both sides."),
        ("count_intermediates", 64 * 150, "The array before ReLU is read by nobody."),
        ("count_intermediates", 64 * 90, "The outputs are kept too: the loss reads them."),
        ("count_intermediates", 100, "This is for one row: the batch has 64."),
        ("count_intermediates", [1, 2], "count_intermediates must be a number."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the formula
def layer_by_layer(batch_size, widths, num_outputs, activation, dropout):
    total = num_outputs
    for width in widths:
        total += width + (width if activation == "tanh" else 0)
        if dropout:
            total += width + width
    return nd.array([total * batch_size * 4])


@pytest.mark.parametrize("answer", [counts.num_bytes, layer_by_layer])
def test_right_formulas_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


@pytest.mark.parametrize("wrong", [*counts._MISTAKES, "instead"])
def test_each_mistake_in_the_formula_gets_its_hint(capsys, wrong):
    report = verdict(capsys, checks.exercise_2, lambda *setting: counts.num_bytes(*setting, wrong=wrong))
    assert hint(report) == counts._MISTAKES.get(wrong, counts.NO_MASK)


@pytest.mark.parametrize(("answer", "sentence"), [("x", counts.NUMBER), ([1, 2], counts.NUMBER), (7, counts.BYTES)])
def test_other_formulas_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, lambda *setting: answer)) == sentence


# Exercise 3: the number of segments
def by_loop(num_layers):
    best, fewest = 1, num_layers + 1
    for k in range(2, num_layers + 1):
        longest = (num_layers + k - 1) // k
        if k + longest < fewest:
            best, fewest = k, k + longest
    return float(best)


@pytest.mark.parametrize("answer", [counts.best, by_loop])
def test_right_cuts_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n: round(n**0.5), counts.LARGER),  # of 3 layers, one segment is as good as two
        (lambda n: max(range(1, n + 1), key=lambda k: (-counts.arrays(n, k), k)), counts.LARGER),
        (lambda n: min(range(1, n + 1), key=lambda k: k + n // k), counts.LARGER),
        (lambda n: 1 if n == 3 else min(range(1, n + 1), key=lambda k: k + n // k), counts.FLOOR),
        (lambda n: counts.best(n) + (n == 100), counts.ROOT),
        (lambda n: n if n > 3 else 1, counts.CUT),
        (lambda n: n**0.5, counts.WHOLE),
        (lambda n: 0, counts.WHOLE),
        (lambda n: [n, 1], counts.WHOLE),
    ],
)
def test_wrong_cuts_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: two segments
def in_two(first, second, X, wrong=""):
    with autograd.record() if wrong == "recorded" else contextlib.nullcontext():
        between = first(X)
    start = between.detach()
    start.attach_grad()
    with autograd.record():
        out = second(start)
        loss = out.sum() if wrong == "sum" else out.mean()
    loss.backward()
    X = X.detach()
    X.attach_grad()
    with autograd.record():
        end = first(X)
    if wrong != "lost":
        end.backward(None if wrong == "head" else start.grad)
    if wrong == "often":
        first(X)
    return start.grad if wrong == "slope" else X.grad


def with_grad(first, second, X):
    """Take autograd.grad for the slopes between; gradients of parameters still need backward."""
    between = first(X)
    between.attach_grad()
    with autograd.record():
        loss = second(between).mean()
    loss.backward()
    X.attach_grad()
    with autograd.record():
        again = first(X)
    autograd.backward([again], [between.grad])
    return X.grad


@pytest.mark.parametrize("answer", [in_two, with_grad])
def test_right_passes_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def plain(first, second, X):
    X.attach_grad()
    with autograd.record():
        loss = second(first(X)).mean()
    loss.backward()
    return X.grad


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("recorded", passes.RECORDED),
        ("sum", passes.NOT_MEAN),
        ("lost", passes.LOST),
        ("head", passes.NO_HEAD),
        ("often", passes.TOO_OFTEN),
        ("slope", passes.SLOPE),
    ],
)
def test_each_mistake_in_a_pass_gets_its_hint(capsys, wrong, sentence):
    report = verdict(capsys, checks.exercise_4, lambda *arguments: in_two(*arguments, wrong=wrong))
    assert hint(report) == sentence


def test_the_plain_pass_saves_nothing(capsys):
    assert hint(verdict(capsys, checks.exercise_4, plain)) == passes.RECORDED


# Exercise 5: explain
def test_statements(capsys):
    assert verdict(capsys, checks.exercise_5, "fdb") == "Exercise 5: passed"
    assert hint(verdict(capsys, checks.exercise_5, "bdef")) == checks.STATEMENTS["e"][1]
    assert hint(verdict(capsys, checks.exercise_5, "bf")) == checks.STATEMENTS["d"][1]


# Exercise 6: a batch in parts
def in_parts(net, loss_of, X, y, num_parts, wrong=""):
    params = list(net.collect_params().values())
    totals = [0] * len(params)
    num_rows = len(X)
    cuts = [0, num_rows] if wrong == "at once" else [num_rows * k // num_parts for k in range(num_parts + 1)]
    for k in range(len(cuts) - 1):
        part = slice(cuts[k], cuts[k + 1])
        divide = {"sums": 1, "means": (cuts[k + 1] - cuts[k]) * num_parts, "own": cuts[k + 1] - cuts[k]}
        with autograd.record():
            loss = loss_of(net(X[part]), y[part]).sum() / divide.get(wrong, num_rows)
        loss.backward()
        keep = 0 if wrong == "last" else 1
        totals = [keep * total + param.grad() for total, param in zip(totals, params, strict=True)]
    return totals[::-1] if wrong == "order" else totals


def with_add(net, loss_of, X, y, num_parts):
    net.collect_params().setattr("grad_req", "add")
    net.collect_params().zero_grad()
    rows = -(-len(X) // num_parts)
    for start in range(0, len(X), rows):
        with autograd.record():
            losses = loss_of(net(X[start : start + rows]), y[start : start + rows]) / len(X)
        losses.backward()
    return tuple(param.grad() for param in net.collect_params().values())


@pytest.mark.parametrize("answer", [in_parts, with_add])
def test_right_sums_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("at once", passes.AT_ONCE),
        ("sums", passes.SUMS),
        ("own", passes.SUMS),
        ("means", passes.MEANS),
        ("last", passes.ONE_PART),
        ("order", passes.LIST),
    ],
)
def test_each_mistake_in_the_sums_gets_its_hint(capsys, wrong, sentence):
    report = verdict(capsys, checks.exercise_6, lambda *arguments: in_parts(*arguments, wrong=wrong))
    assert hint(report) == sentence
