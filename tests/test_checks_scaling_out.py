"""The checks of scaling out: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a resumed sweep that only counts rows, shares that lose the remainder or are uneven, a
server that forgets a worker or divides twice, a number of workers from a formula that leaves out the one server's link
or the case without a server. It rejects a right answer that is written differently.
"""

import math

from d2l_utils.checks import _scaling_out_steps as steps
from d2l_utils.checks import _scaling_out_sweeps as sweeps
from d2l_utils.checks import scaling_out as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"sweep_time": 66, "megabytes": 16, "learners": 140}


def test_right_predictions_pass(capsys):
    assert verdict(capsys, checks.exercise_1, *ANSWERS.values()) == "Exercise 1: passed"
    assert verdict(capsys, checks.exercise_1, ..., ..., ...) == "Exercise 1: not attempted yet"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("sweep_time", 36, "There are 4 workers: the other cores have nothing to do."),
        ("sweep_time", 60, "And the start?"),
        ("sweep_time", 240 / 4 + 6 / 4, "Each worker has to start: this time is not divided."),
        ("megabytes", 4, "This is what one worker sends and fetches; there are four."),
        ("megabytes", 8, "Gradients come in AND parameters go out."),
        ("megabytes", 128, "Bytes, not bits."),
        ("learners", 160, "And the system?"),
        ("learners", 7, "What is left beside the system, divided by what one learner needs."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: what is pending
def by_items(points, rows):
    return [point for point in points if not any(point.items() <= row.items() for row in rows)]


def by_keys(points, rows):
    done = {tuple(sorted((name, row[name]) for name in points[0])) for row in rows}
    return (point for point in points if tuple(sorted(point.items())) not in done)


@pytest.mark.parametrize("answer", [by_items, by_keys])
def test_right_lists_of_points_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def removing(points, rows):
    for row in rows:
        points.remove({"lr": row["lr"], "seed": row["seed"]})
    return points


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda points, rows: points[len(rows) :], sweeps.COUNTED),
        (lambda points, rows: [point for point in points if point not in rows], sweeps.EXTRA),
        (lambda points, rows: by_items(points, rows)[::-1], sweeps.ORDER),
        (lambda points, rows: by_items(points, rows[:1]), sweeps.DONE),
        (lambda points, rows: by_items(points, rows)[1:], sweeps.LOST),
        (lambda points, rows: [point["lr"] for point in points], sweeps.LIST),
        (lambda points, rows: [{"lr": point["lr"]} for point in points], sweeps.LIST),
        (lambda points, rows: 4 - len(rows), sweeps.LIST),
        (removing, sweeps.CHANGED),
    ],
)
def test_each_mistake_in_the_points_gets_its_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: shares
def first_get_more(num_rows, num_workers):
    pairs, start = [], 0
    for k in range(num_workers):
        end = start + num_rows // num_workers + (k < num_rows % num_workers)
        pairs.append((start, end))
        start = end
    return pairs


def by_rounding(num_rows, num_workers):
    cuts = np.arange(num_workers + 1) * num_rows // num_workers
    return np.stack([cuts[:-1], cuts[1:]], axis=1)


@pytest.mark.parametrize("answer", [first_get_more, by_rounding])
def test_right_shares_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def ceiling(num_rows, num_workers):
    size = math.ceil(num_rows / num_workers)
    return [(min(k * size, num_rows), min((k + 1) * size, num_rows)) for k in range(num_workers)]


def without_remainder(n, k):
    return [(j * (n // k), (j + 1) * (n // k)) for j in range(k)]


def all_to_the_last(n, k):
    return [*without_remainder(n, k)[:-1], ((k - 1) * (n // k), n)]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (without_remainder, sweeps.REMAINDER),
        (all_to_the_last, sweeps.UNEVEN),
        (ceiling, sweeps.UNEVEN),
        (lambda n, k: [pair for pair in first_get_more(n, k) if pair[0] < pair[1]], sweeps.NUMBER),
        (lambda n, k: [(0, n)] * k, sweeps.GAP),
        (lambda n, k: [(start + 1, end) for start, end in first_get_more(n, k)], sweeps.GAP),
        (lambda n, k: [end - start for start, end in first_get_more(n, k)], sweeps.PAIRS),
        (lambda n, k: n // k, sweeps.PAIRS),
    ],
)
def test_each_mistake_in_the_shares_gets_its_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: the server's step
def step(w, pushed, lr, batch_size, wrong=""):
    total = pushed[-1] if wrong == "last" else nd.stack(*pushed).sum(axis=0)
    total = -total if wrong == "uphill" else total
    total = total / len(pushed) if wrong in ("mean", "workers") else total
    new = w - lr * total / (1 if wrong in ("sum", "workers") else batch_size)
    if wrong == "in place":
        w[:] = new
    return new.asnumpy() if wrong == "numpy" else new


def one_after_another(w, pushed, lr, batch_size):
    for gradient in pushed:
        w = w - lr / batch_size * gradient
    return w


@pytest.mark.parametrize("answer", [step, one_after_another])
def test_right_steps_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("last", steps.LAST_ONLY),
        ("uphill", steps.UPHILL),
        ("mean", steps.MEAN_OF_WORKERS),
        ("sum", steps.NOT_DIVIDED),
        ("workers", steps.NOT_DIVIDED),
        ("in place", steps.CHANGED),
        ("numpy", steps.KIND),
    ],
)
def test_each_mistake_in_a_step_gets_its_hint(capsys, wrong, sentence):
    report = verdict(capsys, checks.exercise_4, lambda *arguments: step(*arguments, wrong=wrong))
    assert hint(report) == sentence


# Exercise 5: explain
def test_statements(capsys):
    assert verdict(capsys, checks.exercise_5, "fda") == "Exercise 5: passed"
    assert hint(verdict(capsys, checks.exercise_5, "adef")) == checks.STATEMENTS["e"][1]
    assert hint(verdict(capsys, checks.exercise_5, "af")) == checks.STATEMENTS["d"][1]


# Exercise 6: how many workers
def by_root(compute, num_parameters, bytes_per_second, most):
    """Compare the two numbers beside the root of the formula with one worker."""
    root = math.sqrt(compute * bytes_per_second / (8 * num_parameters))
    near = {min(max(n, 1), most) for n in (math.floor(root), math.ceil(root))} | {1}
    return nd.array([min(sorted(near), key=lambda n: steps.step_seconds(compute, num_parameters, bytes_per_second, n))])


@pytest.mark.parametrize("answer", [steps.best, by_root])
def test_right_numbers_of_workers_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda *setting: steps.best(*setting, steps._with_server), steps.NO_SERVER),
        (lambda *setting: steps.best(*setting, steps._own_link), steps.ONE_LINK),
        (lambda *setting: steps.best(*setting, steps._one_way), steps.ONE_WAY),
        (lambda *setting: steps.best(*setting[:3], 99), steps.TOO_MANY),
        (lambda *setting: steps.best(*setting) + (setting[0] == 0.05), steps.ONE_WAY),
        (lambda *setting: steps.best(*setting) + 2 * (setting[0] == 0.05), steps.COMPUTE),
        (lambda compute, *_: compute / 0.002, steps.COMPUTE),
        (lambda *setting: 1.5, steps.WHOLE),
        (lambda *setting: 0, steps.WHOLE),
        (lambda *setting: [1, 2], steps.WHOLE),
    ],
)
def test_wrong_numbers_of_workers_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence
