"""Sweeps. Feared: a point left out, twice or in the wrong order; finished rows lost when a call fails, a worker is
killed or the reader stops; a table that is taken for that of another function; a resumed run that computes again; a
progress bar that stands still.
"""

import contextlib
import os
import re
import signal
import time
import types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import d2l_utils as d2l
from d2l_utils import sweeps

import pytest

GRID = {"lr": [0.1, 0.5], "seed": [0, 1, 2]}


def product(lr, seed):
    return {"loss": lr * seed / 3, "curve": [lr, seed / 7]}


def killed_at_1(lr, seed, marker):
    if seed == 1 and not os.path.exists(marker):
        open(marker, "w").close()
        time.sleep(0.5)  # the other points are finished and kept
        os.kill(os.getpid(), signal.SIGKILL)
    return {"loss": lr * seed}


def fails_at_1(lr, seed):
    if seed == 1:
        raise ZeroDivisionError("no steps")
    return {"loss": lr}


def without_seconds(rows):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


EXPECTED = [{"lr": lr, "seed": seed} | product(lr, seed) for lr in (0.1, 0.5) for seed in (0, 1, 2)]


def test_all_points_in_order_here_and_in_threads_and_as_a_list_of_points():
    def slow_first(lr, seed):
        time.sleep(0.2 * (seed == 0))
        return product(lr, seed)

    assert without_seconds(d2l.sweep(product, GRID)) == EXPECTED
    with ThreadPoolExecutor(3) as executor:
        assert without_seconds(d2l.sweep(slow_first, GRID, executor)) == EXPECTED
    points = ({"lr": row["lr"], "seed": row["seed"]} for row in EXPECTED[::-1])
    assert without_seconds(d2l.sweep(product, points)) == EXPECTED[::-1]


def test_a_table_is_resumed_and_gives_the_same_rows(tmp_path):
    path, called = tmp_path / "sweep.csv", []

    def counted(lr, seed):
        called.append((lr, seed))
        return product(lr, seed)

    d2l.sweep(counted, {"lr": [0.5], "seed": [2, 0]}, path=path)
    rows = d2l.sweep(counted, GRID, path=path)
    assert without_seconds(rows) == EXPECTED
    assert d2l.read_table(path) == rows
    assert sorted(called) == sorted((row["lr"], row["seed"]) for row in EXPECTED)  # each once
    smaller = d2l.sweep(counted, {"lr": [0.1], "seed": [1]}, path=path)
    assert smaller == rows[1:2]
    assert d2l.read_table(path) == rows  # a smaller grid removes nothing


def test_a_progress_bar_counts_the_calls_that_are_made_also_those_that_fail(tmp_path, monkeypatch):
    bars = []

    def bar_of(total, unit):
        bars.append({"total": total, "updates": 0})
        bar = types.SimpleNamespace(update=lambda: bars[-1].update(updates=bars[-1]["updates"] + 1))
        return contextlib.nullcontext(bar)

    monkeypatch.setattr(sweeps, "progress_bar", bar_of)
    path = tmp_path / "sweep.csv"
    with pytest.raises(RuntimeError):
        d2l.sweep(fails_at_1, GRID, path=path)
    d2l.sweep(lambda lr, seed: {"loss": lr}, GRID, path=path)
    assert bars == [{"total": 6, "updates": 6}, {"total": 2, "updates": 2}]


def test_what_succeeded_is_kept_when_calls_fail(tmp_path):
    path = tmp_path / "sweep.csv"
    sentence = (
        "sweep: 2 of 6 points failed, first {'lr': 0.1, 'seed': 1}: ZeroDivisionError: no steps; the others are kept"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(sentence)}$") as caught:
        d2l.sweep(fails_at_1, GRID, path=path)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert [row["seed"] for row in d2l.read_table(path)] == [0, 2, 0, 2]


def test_a_killed_worker_loses_nothing_that_was_finished(tmp_path):
    path, marker = tmp_path / "sweep.csv", str(tmp_path / "killed")
    grid = {"lr": [0.5], "seed": [0, 2, 1], "marker": [marker]}
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor,
        pytest.raises(RuntimeError, match=r"1 of 3 points failed.*BrokenProcessPool"),
    ):
        d2l.sweep(killed_at_1, grid, executor, path)
    assert [row["seed"] for row in d2l.read_table(path)] == [0, 2]
    rows = d2l.sweep(killed_at_1, grid, path=path)
    assert [(row["seed"], row["loss"]) for row in rows] == [(0, 0), (2, 1), (1, 0.5)]


def test_an_interrupt_keeps_what_was_finished(tmp_path):
    path = tmp_path / "sweep.csv"

    def stopped(lr, seed):
        if seed == 2:
            raise KeyboardInterrupt
        return product(lr, seed)

    with pytest.raises(KeyboardInterrupt):
        d2l.sweep(stopped, GRID, path=path)
    assert without_seconds(d2l.read_table(path)) == EXPECTED[:2]


def test_a_table_that_cannot_be_written_is_known_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        d2l.sweep(lambda lr, seed: pytest.fail("worked in vain"), GRID, path=tmp_path / "file" / "sweep.csv")


def test_the_table_of_another_function_is_refused(tmp_path):
    path = tmp_path / "sweep.csv"
    d2l.sweep(product, {"lr": [0.1], "seed": [0]}, path=path)
    sentence = (
        f"sweep: all rows must have the columns lr, seed, loss, curve, seconds, got lr, seed, acc, seconds; if fn has "
        f"changed, remove {path} and start again"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        d2l.sweep(lambda lr, seed: {"acc": 1}, GRID, path=path)
    with pytest.raises(ValueError, match=r"must begin with the columns rate, got lr, seed, loss"):
        d2l.sweep(lambda rate: {"acc": 1}, {"rate": [0]}, path=path)
    assert len(d2l.read_table(path)) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((3, GRID), "sweep: fn must be callable, got int"),
        ((product, 3), "sweep: grid must be a dict of lists or a list of dicts, got int"),
        ((product, {}), "sweep: grid must have at least one point with a name, got {}"),
        ((product, {"lr": []}), "sweep: grid must have at least one point with a name, got {'lr': []}"),
        ((product, {"lr": 0.1}), "sweep: grid['lr'] must be a list of values, got 0.1"),
        ((product, {"lr": [1, 1], "seed": [0]}), "sweep: grid must have no point twice"),
        ((product, [{"lr": 1}, {"seed": 1}]), "sweep: grid must have points of the same names, got {'lr': 1} and "
                                              "{'seed': 1}"),
        ((product, GRID, 4), "sweep: executor must be an Executor or None, got int"),
        ((product, GRID, None, 4), "sweep: path must be a path or None, got int"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_in_one_sentence(arguments, sentence):
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(sentence)}$"):
        d2l.sweep(*arguments)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (0.5, "what fn gives must be a dict {name: value}, got float"),
        ({"lr": 1}, "what fn gives must have names of its own, got lr"),
    ],
)
def test_a_function_that_gives_anything_else_is_named(result, sentence):
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        d2l.sweep(lambda lr, seed: result, GRID)
