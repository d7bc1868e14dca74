"""What a resumed sweep has still to compute (notebook 24, exercise 2), and the shares of a batch (3)."""

import copy

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError

POINTS = [{"lr": lr, "seed": seed} for lr in (0.1, 0.5) for seed in (0, 10)]

DONE = "This point has a row already: it must not be computed again."
LOST = "This point has no row: it is missing in the answer."
ORDER = "The points must come in the order of the grid."
COUNTED = "The rows need not be those of the first points: compare names and values."
EXTRA = "A row holds results beside the settings: compare the names of the point only."
LIST = "Give back a list of points, each the dict that it was."
CHANGED = "The arguments were changed: make a new list."

PAIRS = "Give back a list of pairs (start, end), one for each worker, as in X[start:end]."
NUMBER = "One pair for each worker: a worker without rows has start == end."
GAP = "Each share begins where the one before ends, and the first at 0: no row is lost, none is taken twice."
REMAINDER = "Rows at the end belong to nobody: the division leaves a remainder."
UNEVEN = "The shares may differ by one row at most: the slowest worker decides how long a step takes."


def check_pending(pending, num_rows):
    """Raise unless a function lists the points that have no row yet, in their order."""
    done = [POINTS[k] for k in (2, 0, 1)[:num_rows]]
    rows = [point | {"loss": k / 4, "seconds": 0.5} for k, point in enumerate(done)]
    text = f"points = {POINTS}, {'rows of ' + ', '.join(map(str, done)) if done else 'no rows'}"
    points, table = copy.deepcopy(POINTS), copy.deepcopy(rows)
    result = call(pending, points, table, given=text)
    expected = [point for point in POINTS if point not in done]
    if (points, table) != (POINTS, rows):
        raise MistakeError(given=text, expected="unchanged arguments", got="others", hint=CHANGED)
    try:
        result = [dict(point) for point in result]
    except (TypeError, ValueError):
        raise MistakeError(given=text, expected=str(expected), got=type(result).__name__, hint=LIST) from None
    if result != expected:
        raise MistakeError(given=text, expected=str(expected), got=str(result), hint=_pending_hint(result, done))


def _pending_hint(result, done):
    if any(point not in POINTS for point in result):
        return LIST
    if done and result == POINTS:
        return EXTRA
    if done and result == POINTS[len(done) :]:
        return COUNTED
    if any(point in done for point in result):
        return DONE
    return LOST if len(result) < len(POINTS) - len(done) else ORDER


def check_shares(shares, num_rows, num_workers):
    """Raise unless a function divides rows into adjoining shares of nearly the same size."""
    text = f"num_rows = {num_rows}, num_workers = {num_workers}"
    result = call(shares, num_rows, num_workers, given=text)
    sizes = [num_rows // num_workers + (k < num_rows % num_workers) for k in range(num_workers)]
    try:
        pairs = [(int(start), int(end)) for start, end in result]
    except (TypeError, ValueError):
        raise MistakeError(given=text, expected="pairs of numbers", got=str(result)[:100], hint=PAIRS) from None
    hint = _shares_hint(pairs, num_rows, num_workers)
    if hint:
        expected = f"shares of {', '.join(map(str, sizes))} rows, in this or another order"
        raise MistakeError(given=text, expected=expected, got=str(pairs), hint=hint)


def _shares_hint(pairs, num_rows, num_workers):
    if len(pairs) != num_workers:
        return NUMBER
    begins = [0, *(end for _, end in pairs[:-1])]
    if [start for start, _ in pairs] != begins or any(end < start for start, end in pairs):
        return GAP
    if pairs[-1][1] != num_rows:
        return REMAINDER if pairs[-1][1] < num_rows else GAP
    sizes = [end - start for start, end in pairs]
    return UNEVEN if max(sizes) - min(sizes) > 1 else None
