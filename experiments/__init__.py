"""Experiments that take longer than a notebook should: each a module with `GRID` and `run(**point)`.

`make experiments` runs what is missing in their tables, which are in `results/`; a chapter reads its table with
`d2l.experiments.table(name)` and computes a few rows again with `d2l.experiments.compute_again(name, ...)`.
"""

import functools
import importlib
import pkgutil
from pathlib import Path

from d2l_utils import _validation
from d2l_utils.datasets import fetch
from d2l_utils.doctor import bits_may_differ
from d2l_utils.sweeps import sweep
from d2l_utils.tables import read_table

import mxnet as mx
import numpy as np

RESULTS = Path(__file__).parent / "results"
NAMES = sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))


def __getattr__(name):
    """Import an experiment when it is first asked for."""
    if name not in NAMES:
        raise AttributeError(f"d2l_utils.experiments has no {name!r}; there are {', '.join(NAMES)}")
    return importlib.import_module(f"{__name__}.{name}")


def table(name):
    """Read the table of an experiment: a list with one dict per run."""
    _check_name("table", name)
    return read_table(RESULTS / f"{name}.csv")


def run_missing(name, executor=None):
    """Run what the table of an experiment lacks; give the whole table."""
    _check_name("run_missing", name)
    grid = importlib.import_module(f"{__name__}.{name}").GRID
    return sweep(functools.partial(_run, name), grid, executor, RESULTS / f"{name}.csv")


def compute_again(name, **point):
    """Compute one row of a table again and raise unless it holds the same numbers, to the last bit.

    Nothing is compared where it cannot be: with drawn images, or on a machine whose bits differ.
    """
    row = next((row for row in table(name) if point.items() <= row.items()), None)
    if row is None:
        raise ValueError(f"compute_again: the point must be one of the table's, got {_validation.in_short(point)}")
    result = importlib.import_module(f"{__name__}.{name}").run(**point)
    different = [column for column, value in result.items() if value != row[column]]
    if different and not fetch("fashion-mnist").is_stand_in and not bits_may_differ():
        raise AssertionError(
            f"compute_again: {', '.join(different)} of {point} must be as in the table; if the code of {name} has "
            "changed, remove its table and run `make experiments`"
        )
    return result


def _run(name, /, **point):
    """Run an experiment once and add the versions that the numbers rest on; by name, as a worker is sent no module."""
    result = importlib.import_module(f"{__name__}.{name}").run(**point)
    return result | {"versions": f"mxnet {mx.__version__}, numpy {np.__version__}"}


def _check_name(function, name):
    if name not in NAMES:
        raise ValueError(f"{function}: name must be one of {', '.join(NAMES)}, got {_validation.in_short(name)}")
