"""The functions that notebook 01 asks for, against NumPy in double precision (exercises 3, 4, 5 and 7)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._results import like_input, no_loop, numbers, result
from d2l_utils.checks._verdict import MistakeError, given
from d2l_utils.seeding import seed_everything

import numpy as np

DEVIATIONS = 5  # a right answer lands further off once in two million draws
NOT_PAIRED = "X - Y meets row i with row i: give X the shape (n, 1, d), so that every row meets every row."
NOT_SUMMED = "The differences of the coordinates are still there: sum their squares over the last axis."
TRANSPOSED = "Rows and columns are swapped: X[i] belongs to row i of the result."
NO_ROOT = "These are the squared distances: take the square root."
NOT_SQUARED = "Absolute values are summed here: square the differences, sum, then take the root."
CANCELLED = "Large squares are subtracted, and rounding is what is left: subtract the points first, then square."
CONSTANT = "A column whose numbers are all equal has the deviation 0: divide that column by 1 instead."
EPSILON = "What is added to the deviation changes columns of small numbers: replace only a deviation of 0, by 1."
IN_ROWS = "The rows are standardized: take mean and deviation over the rows, along axis 0."
ONE_FOR_ALL = "One mean and one deviation serve the whole array: every column needs its own, along axis 0."
VARIANCE = "The columns are divided by their variance: divide by its square root."
ONLY_CENTRED = "The mean is 0, the deviation is not yet 1: divide by it."
N_MINUS_1 = "The squares are divided by n - 1: here the deviation is the root of their mean, divided by n."
SWAPPED = "Keep and drop are swapped: u < keep_prob is true with probability keep_prob."
NO_COIN = "Always the same number of ones: each entry needs a coin of its own, not a fixed share."
SAME_EVERY_TIME = "Every call draws the same mask: is the random stream seeded inside?"
ONE_COIN = "Entries share a coin: draw as many numbers as the mask has entries, with shape=shape."
NOT_A_MASK = "A mask holds zeros and ones only: compare the random numbers with keep_prob."
INFINITE = "0 times infinity is nan: choose entries with nd.where, do not multiply them away."
SQUARE = "Every row was asked for every label: row i is to be asked for labels[i] only."


def check_distances(function, X, Y, *, exact=True):
    """Raise unless all distances between rows of X and rows of Y are right."""
    text, x, y = given(X=X, Y=Y), X.asnumpy().astype("float64"), Y.asnumpy().astype("float64")
    difference = x[:, None, :] - y[None, :, :]  # (n, m, d)
    squared = (difference**2).sum(axis=2)
    expected = np.sqrt(squared).astype(X.dtype)
    out = result(function, X, Y, given=text, expected=expected, shape_hint=_distance_shape(X, Y))
    known = [(squared, NO_ROOT), (abs(difference).sum(axis=2), NOT_SQUARED)]
    known += [(expected.T, TRANSPOSED)] if len(x) == len(y) else []
    hint = "Entry (i, j) is the root of the sum of (X[i] - Y[j])**2." if exact else CANCELLED
    numbers(out, expected, given=text, known=known, hint=hint, tolerance=1e-3 if not exact else 1e-5)
    no_loop(function, given=text)


def _distance_shape(X, Y):
    n, m, d = len(X), len(Y), X.shape[1]
    hints = {(n, m, d): NOT_SUMMED, (n, d): NOT_PAIRED, (n,): NOT_PAIRED, (m, n): TRANSPOSED}
    return lambda shape: hints.get(shape, "The result has a row for every row of X and a column for every row of Y.")


def check_standardized(function, X):
    """Raise unless every column has mean 0 and deviation 1, or is 0 where it was constant."""
    text, x = given(X=X), X.asnumpy().astype("float64")
    centred = x - x.mean(axis=0)
    sd = x.std(axis=0)
    safe = np.where(sd == 0, 1, sd)
    expected = (centred / safe).astype(X.dtype)
    out = result(function, X, given=text, expected=expected, shape_hint="The result has the shape of X.")
    with np.errstate(all="ignore"):
        in_rows = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
        known = [
            (in_rows, IN_ROWS),
            ((x - x.mean()) / x.std(), ONE_FOR_ALL),
            (centred / safe**2, VARIANCE),
            (centred, ONLY_CENTRED),
            (expected * (1 - 1 / len(x)) ** 0.5, N_MINUS_1),
        ]
    hint = "Subtract from every column its mean and divide by its standard deviation."
    if (sd == 0).any():
        hint = CONSTANT
    elif sd.min() < 0.1:
        hint = EPSILON
    _without_nan(out, text, expected)
    numbers(out, expected, given=text, known=known, hint=hint, tolerance=1e-3)


def _without_nan(out, text, expected):
    if not np.isfinite(out.asnumpy()).all():
        raise MistakeError(given=text, expected=expected, got=out, hint=CONSTANT)


def check_mask(function, shape, keep_prob):
    """Raise unless a mask has the shape asked for and holds zeros and ones only, and at 0 and 1 the right ones."""
    text = f"shape = {shape}, keep_prob = {keep_prob}"
    out = call(function, shape, keep_prob, given=text)
    like_input(out, np.zeros(shape, "float32"), given=text, shape_hint="The mask has the shape that was asked for.")
    values = out.asnumpy()
    if not np.isin(values, [0, 1]).all():
        raise MistakeError(given=text, expected="zeros and ones", got=out, hint=NOT_A_MASK)
    if keep_prob in (0, 1) and (values != keep_prob).any():
        raise MistakeError(given=text, expected=np.full(shape, keep_prob), got=out, hint=SWAPPED)


def check_coins(function, shape, keep_prob):
    """Raise unless each entry is kept by itself, with probability keep_prob, anew in every call."""
    text = f"shape = {shape}, keep_prob = {keep_prob}"
    seed_everything(0)
    masks = [call(function, shape, keep_prob, given=text).asnumpy() for _ in range(50)]
    first, n, kept = masks[0], masks[0].size, [mask.sum() for mask in masks]
    share = f"about {keep_prob * n:.0f} ones of {n}, each placed by a coin of its own"
    if all((mask == first).all() for mask in masks):
        raise MistakeError(given=text, expected="another mask in every call", got="the same", hint=SAME_EVERY_TIME)
    if (first == first[:1]).all() or (first == first[:, :1]).all():
        raise MistakeError(given=text, expected=share, got="whole rows or columns alike", hint=ONE_COIN)
    sd = (n * keep_prob * (1 - keep_prob)) ** 0.5
    mean = np.mean(kept)
    if abs(mean - keep_prob * n) > DEVIATIONS * sd / len(masks) ** 0.5:
        hint = SWAPPED if abs(mean - (1 - keep_prob) * n) < DEVIATIONS * sd else "Compare uniform numbers in [0, 1)."
        raise MistakeError(given=text, expected=share, got=f"{mean:.0f} ones on average", hint=hint)
    if np.std(kept) < sd / 2:
        raise MistakeError(given=text, expected=share, got=f"{kept[0]:.0f} ones every time", hint=NO_COIN)


def check_picked(function, X, labels):
    """Raise unless entry i of the result is X[i, labels[i]]."""
    text, x, chosen = given(X=X, labels=labels), X.asnumpy(), labels.asnumpy().astype(int)
    expected = x[np.arange(len(x)), chosen]
    hints = {(len(x), len(x)): SQUARE, (len(x), 1): "The result has the shape (n,): sum over the last axis."}
    hint = "The result has one entry for each row of X: shape (n,)."
    out = result(function, X, labels, given=text, expected=expected, shape_hint=lambda shape: hints.get(shape, hint))
    if np.isnan(out.asnumpy()).any():
        raise MistakeError(given=text, expected=expected, got=out, hint=INFINITE)
    hint = "Entry i of the result is X[i, labels[i]]: compare labels, as a column, with nd.arange(num_classes)."
    known = [
        (x[:, chosen[0]], "The first label was taken for every row."),
        (x.max(axis=1), "These are the largest entries: the label says which one to take."),
    ]
    numbers(out, expected, given=text, known=known, hint=hint)
    no_loop(function, given=text)
