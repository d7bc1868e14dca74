"""Sweeps on dask.distributed: a real scheduler and three worker processes on this machine, of which some are killed.

Feared: an executor that `sweep` refuses; rows that are lost, or twice in the table, when a worker dies; a sweep that
waits for the dead; a point that kills every worker it meets and takes the others' results with it for good.
"""

import functools
import os
import signal
import threading
import time
from pathlib import Path

import d2l_utils as d2l

import distributed
import pytest

pytestmark = pytest.mark.whole

GRID = {"lr": [0.1, 0.5], "seed": list(range(6))}
EXPECTED = [(lr, seed, lr * seed / 3) for lr in (0.1, 0.5) for seed in range(6)]


def slow_product(lr, seed, marks):
    """Leave a mark that tells which process works at which point, then work."""
    Path(marks, f"{lr} {seed} {os.getpid()}").touch()
    time.sleep(0.3)
    return {"loss": lr * seed / 3}


def deadly_at_3(lr, seed, table=None):
    """Kill the worker at one point: at once, or where `table` is given when all other points are in it."""
    if (lr, seed) == (0.5, 3):
        while table is not None and Path(table).read_text().count("\n") < len(EXPECTED):  # the others and the header
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
    return {"loss": lr * seed / 3}


@pytest.fixture
def cluster():
    """Give a client of a scheduler and three worker processes of one thread each."""
    options = {"n_workers": 3, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(**options) as workers, distributed.Client(workers) as client:
        yield client


def losses(rows):
    return [(row["lr"], row["seed"], row["loss"]) for row in rows]


def test_a_worker_killed_at_its_work_loses_nothing(cluster, tmp_path):
    marks, path = tmp_path / "marks", tmp_path / "sweep.csv"
    marks.mkdir()
    killed = []

    def kill_the_first():
        while not (begun := list(marks.iterdir())):
            time.sleep(0.01)
        lr, seed, victim = begun[0].name.split()
        os.kill(int(victim), signal.SIGKILL)
        killed.append((lr, seed))

    killer = threading.Thread(target=kill_the_first, daemon=True)
    killer.start()
    rows = d2l.sweep(functools.partial(slow_product, marks=str(marks)), GRID, cluster.get_executor(pure=False), path)
    killer.join(10)
    assert losses(rows) == EXPECTED
    assert d2l.read_table(path) == rows
    begun = [tuple(mark.name.split()[:2]) for mark in marks.iterdir()]
    assert begun.count(killed[0]) == 2, "the point of the killed worker was begun again"
    assert len({mark.name.split()[2] for mark in marks.iterdir()}) >= 3


def test_a_deadly_point_is_told_and_the_others_are_kept(cluster, tmp_path):
    path = tmp_path / "sweep.csv"
    deadly = functools.partial(deadly_at_3, table=str(path))
    with pytest.raises(RuntimeError, match=r"^sweep: 1 of 12 points failed, first \{'lr': 0.5, 'seed': 3\}: Killed"):
        d2l.sweep(deadly, GRID, cluster.get_executor(pure=False), path)
    assert sorted(losses(d2l.read_table(path))) == [row for row in EXPECTED if row[:2] != (0.5, 3)]


def test_what_dies_with_a_worker_is_run_by_the_next_call(cluster, tmp_path):
    """Results that a dying worker had not sent yet may be told as failures too, with an odd error of distributed."""
    path = tmp_path / "sweep.csv"
    with pytest.raises(RuntimeError, match=r"^sweep: \d of 12 points failed, .*; the others are kept"):
        d2l.sweep(deadly_at_3, GRID, cluster.get_executor(pure=False), path)
    kept = losses(d2l.read_table(path))
    assert set(kept) < set(EXPECTED)
    assert (0.5, 3, 0.5) not in kept
    ran = []
    rows = d2l.sweep(lambda lr, seed: ran.append((lr, seed)) or {"loss": lr * seed / 3}, GRID, path=path)
    assert losses(rows) == EXPECTED
    assert sorted(ran) == sorted({row[:2] for row in EXPECTED} - {row[:2] for row in kept})
