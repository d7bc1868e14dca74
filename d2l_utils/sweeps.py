"""Sweeps: one function over many settings, several at a time, every result kept as soon as it is there."""

import itertools
import json
import os
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, as_completed

from d2l_utils import _validation
from d2l_utils._progress import progress_bar
from d2l_utils.tables import _append_row, _write_table, read_table


def sweep(fn, grid, executor=None, path=None):
    """Call `fn` at every point of a grid, in as many processes as `executor` has, and resume where it stopped.

    Parameters
    ----------
    fn : callable
        `fn(**point)` gives a dict {name: value} of numbers, strings, or lists of them. For executors whose workers are
        processes it must be a function of a module, not of a notebook.
    grid : dict of lists, or iterable of dicts
        A dict {name: values} stands for all combinations, the last name varying fastest; otherwise the points
        themselves, {name: value} each, no two the same.
    executor : concurrent.futures.Executor, optional
        Where the calls run: a pool of processes on this machine, `dask.distributed`'s on a cluster. By default one
        after the other in this process. It is left open.
    path : str or path, optional
        A CSV file. Rows that it holds are not computed again; each new row is in it as soon as it is there.

    Returns
    -------
    list of dict
        One row per point, in the grid's order: the point, what `fn` gave, and `seconds`, the time of the call.

    Raises
    ------
    TypeError
        If `fn` cannot be called, `grid` is no grid, `executor` no executor, or `fn` gives anything but a dict.
    ValueError
        If two points are the same, points have different names, or the file at `path` has other columns.
    OSError
        If the file at `path` cannot be written: before the first call.
    RuntimeError
        If calls failed: after all the others were finished and kept; the same call then runs only the failed ones. Its
        cause is the first error. A cluster's worker that dies may take points along that it had finished but not sent.
    KeyboardInterrupt
        If you stop it: calls not begun are cancelled, finished rows are in the file.

    Examples
    --------
    >>> rows = sweep(lambda lr, seed: {"loss": lr * seed}, {"lr": [0.1, 0.5], "seed": [0, 1]})
    >>> [row["loss"] for row in rows]
    [0.0, 0.1, 0.0, 0.5]

    Introduced in: notebooks/24-scaling-out.ipynb
    """
    if not callable(fn):
        raise TypeError(f"sweep: fn must be callable, got {type(fn).__name__}")
    _validation.instance("sweep", "executor", executor, (Executor, type(None)), allowed="an Executor or None")
    _validation.instance("sweep", "path", path, (str, os.PathLike, type(None)), allowed="a path or None")
    points = _grid_points(grid)
    rows = _kept(path, list(points[0]))
    missing = [point for point in points if _key(point) not in rows]
    failures = []
    with progress_bar(len(missing), "run") as bar:
        for point, result in _results(fn, missing, executor):
            bar.update()
            if isinstance(result, Exception):
                failures.append((point, result))
                continue
            rows[_key(point)] = row = point | result
            _refuse_other_columns(rows, row, path)
            if path is not None:
                _append_row(path, row)
    if failures:
        point, error = failures[0]
        raise RuntimeError(
            f"sweep: {len(failures)} of {len(points)} points failed, first {point}: {type(error).__name__}: {error}; "
            f"{'the others are kept' if path is not None else 'give a path to keep the others'}"
        ) from error
    ordered = [rows[_key(point)] for point in points]
    if path is not None and missing:
        _write_table(path, ordered + [row for key, row in rows.items() if key not in set(map(_key, points))])
    return ordered


def _grid_points(grid):
    """List the points of a grid: of a dict of lists all combinations, of an iterable of dicts these."""
    if isinstance(grid, Mapping):
        for name, values in grid.items():
            if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
                raise TypeError(f"sweep: grid[{name!r}] must be a list of values, got {_validation.in_short(values)}")
        points = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    else:
        if isinstance(grid, str) or not isinstance(grid, Iterable):
            raise TypeError(f"sweep: grid must be a dict of lists or a list of dicts, got {type(grid).__name__}")
        points = list(grid)
    for point in points:
        _validation.instance("sweep", "grid", point, dict, allowed="a dict of lists or a list of dicts")
        if set(point) != set(points[0]):
            raise ValueError(f"sweep: grid must have points of the same names, got {points[0]} and {point}")
        _check_plain("grid", point)
    if not points or not points[0]:
        raise ValueError(f"sweep: grid must have at least one point with a name, got {_validation.in_short(grid)}")
    if len(set(map(_key, points))) < len(points):
        raise ValueError("sweep: grid must have no point twice")
    return points


def _results(fn, points, executor):
    """Yield (point, row or the exception) as they come."""
    if executor is None:
        yield from ((point, _attempt(fn, point)) for point in points)
        return
    futures = {executor.submit(_timed, fn, point): point for point in points}
    try:
        for future in as_completed(futures):
            yield futures[future], future.exception() or future.result()
    finally:
        for future in futures:
            future.cancel()  # only those not begun


def _attempt(fn, point):
    try:
        return _timed(fn, point)
    except Exception as error:
        return error


def _timed(fn, point):
    """Call `fn` and add the seconds it took; runs in the worker."""
    start = time.perf_counter()
    result = fn(**point)
    _validation.instance("sweep", "what fn gives", result, dict, allowed="a dict {name: value}")
    _check_plain("what fn gives", result)
    twice = sorted(set(result) & {*point, "seconds"})
    if twice:
        raise ValueError(f"sweep: what fn gives must have names of its own, got {', '.join(twice)}")
    return result | {"seconds": round(time.perf_counter() - start, 2)}


def _kept(path, names):
    """Give the rows of an earlier run by point, {} if there is none."""
    if path is None:
        return {}
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    open(path, "a").close()  # what cannot be written to is better known before the work than after it
    rows = read_table(path)
    if rows and list(rows[0])[: len(names)] != names:
        raise ValueError(
            f"sweep: the table at {path} must begin with the columns {', '.join(names)}, got {', '.join(rows[0])}; "
            "is it another sweep's?"
        )
    return {_key({name: row[name] for name in names}): row for row in rows}


def _refuse_other_columns(rows, row, path):
    first = next(iter(rows.values()))
    if list(first) != list(row):
        raise ValueError(
            f"sweep: all rows must have the columns {', '.join(first)}, got {', '.join(row)}"
            + (f"; if fn has changed, remove {path} and start again" if path is not None else "")
        )


def _check_plain(parameter, row):
    """Raise unless a row can be written to a table and read back the same."""
    for name, value in row.items():
        try:
            same = json.loads(json.dumps({name: value})) if isinstance(name, str) else None
        except (TypeError, ValueError):
            same = None
        if same is None or json.dumps(same) != json.dumps({name: value}):
            raise TypeError(
                f"sweep: {parameter} must hold numbers, strings or lists of them under names, got "
                f"{_validation.in_short(name)}: {_validation.in_short(value)} ({type(value).__name__}); make it one "
                "with int(), float() or .tolist()"
            )


def _key(point):
    """Give a name that equal points share."""
    return json.dumps(point, sort_keys=True)
