"""The experiments' tables. Feared: a row missing or from other versions than the lock's, numbers that the code beside
them does not give (the chapters compute some rows again; here their grids are compared).
"""

import re
import sys
import types

from d2l_utils import experiments
from d2l_utils.experiments import _launched, _machine_load
from d2l_utils.sweeps import _grid_points

import pytest


@pytest.mark.parametrize("name", experiments.NAMES)
def test_a_table_has_each_point_of_its_grid_once_and_in_order(name):
    points = _grid_points(getattr(experiments, name).GRID)
    rows = experiments.table(name)
    assert [{key: row[key] for key in points[0]} for row in rows] == points
    assert {row["versions"] for row in rows} == {"mxnet 1.9.1, numpy 1.23.5"}


# Here strengths are chosen, and no claim rests on it: what was chosen has five seeds of its own.
ONLY_CHOOSING = {"regularizers_choosing"}


@pytest.mark.parametrize("name", sorted(set(experiments.NAMES) - ONLY_CHOOSING))
def test_every_setting_has_five_seeds(name):
    seeds = {}
    for row in _grid_points(getattr(experiments, name).GRID):
        setting = tuple((key, str(value)) for key, value in row.items() if key != "seed")
        seeds.setdefault(setting, []).append(row["seed"])
    assert all(len(of_setting) >= 5 for of_setting in seeds.values())


def test_an_unknown_experiment_is_named():
    with pytest.raises(ValueError, match=r"^table: name must be one of .*, got 'nothing'$"):
        experiments.table("nothing")
    with pytest.raises(AttributeError, match=r"^d2l_utils.experiments has no 'nothing'; there are "):
        _ = experiments.nothing


@pytest.fixture
def halves(tmp_path, monkeypatch):
    """Add an experiment that takes no time, and its table."""
    module = types.ModuleType("d2l_utils.experiments.halves", "Halves a number.")
    module.GRID, module.run = {"seed": [0, 1]}, lambda seed: {"half": seed / 2, "curve": [seed, 0.1]}
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(experiments, "NAMES", ["halves"])
    monkeypatch.setattr(experiments, "RESULTS", tmp_path)
    experiments.run_missing("halves")
    return module


def real(monkeypatch, *, images=True, bits=True):
    """Make this machine one with the real images or drawn ones, and with the recipe's arithmetic or another."""
    monkeypatch.setattr(experiments, "fetch", lambda name: types.SimpleNamespace(is_stand_in=not images))
    monkeypatch.setattr(experiments, "bits_may_differ", lambda: None if bits else "a reason")


def test_a_row_computed_again_must_be_the_same_to_the_last_bit(halves, monkeypatch):
    real(monkeypatch)
    assert experiments.compute_again("halves", seed=1) == {"half": 0.5, "curve": [1, 0.1]}
    halves.run = lambda seed: {"half": seed / 2, "curve": [seed, 0.1 + 2e-17]}
    sentence = (
        "compute_again: curve of {'seed': 1} must be as in the table; if the code of halves has changed, remove "
        "its table and run `make experiments`"
    )
    with pytest.raises(AssertionError, match=f"^{re.escape(sentence)}$"):
        experiments.compute_again("halves", seed=1)
    with pytest.raises(ValueError, match=r"^compute_again: the point must be one of the table's, got \{'seed': 5\}$"):
        experiments.compute_again("halves", seed=5)


@pytest.mark.parametrize("lacking", ["images", "bits"])
def test_nothing_is_compared_where_it_cannot_be(halves, monkeypatch, lacking):
    real(monkeypatch, **{lacking: False})
    halves.run = lambda seed: {"half": 7, "curve": []}
    assert experiments.compute_again("halves", seed=1) == {"half": 7, "curve": []}


def test_what_others_compute_is_told_apart_from_our_own():
    with _machine_load.watched() as told:
        sum(range(10**6))
    assert sorted(told) == ["cores", "others"]
    assert 0 <= told["others"] <= told["cores"] + 0.5
    assert isinstance(told["cores"], int)


def test_waiting_for_a_quiet_moment_ends(monkeypatch):
    seen = []
    monkeypatch.setattr(_machine_load.psutil, "cpu_percent", lambda interval: seen.append(interval) or 100)
    _machine_load.wait_for_quiet(most=0)
    assert seen == [1]


def test_workers_that_fail_are_an_error_and_no_row(tmp_path, monkeypatch):
    script = tmp_path / "script.py"
    monkeypatch.setattr(_launched, "SCRIPT", script)
    script.write_text("import json, sys\nprint(json.dumps({'rank': 0} | json.loads(sys.argv[3])))", encoding="utf-8")
    assert _launched.answers("time", 1, width=7) == [{"rank": 0, "width": 7}]
    script.write_text("import sys\nsys.exit('no port')", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"^the workers ended with exit code 1: no port\n$"):
        _launched.answers("time", 1)
