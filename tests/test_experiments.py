"""The experiments' tables. Feared: a row missing or from other versions than the lock's, numbers that the code beside
them does not give (the chapters compute some rows again; here their grids are compared).
"""

from d2l_utils import experiments
from d2l_utils.sweeps import _grid_points

import pytest


@pytest.mark.parametrize("name", experiments.NAMES)
def test_a_table_has_each_point_of_its_grid_once_and_in_order(name):
    points = _grid_points(getattr(experiments, name).GRID)
    rows = experiments.table(name)
    assert [{key: row[key] for key in points[0]} for row in rows] == points
    assert {row["versions"] for row in rows} == {"mxnet 1.9.1, numpy 1.23.5"}


@pytest.mark.parametrize("name", experiments.NAMES)
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
