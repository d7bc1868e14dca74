"""The checks of the chapter on arrays: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: a wrong axis passes because the input is square; a short cut passes because the numbers are small;
a mask passes that is no mask of coins; what is predicted is told; a loop passes.

Feared of an answer: (n,) and (n, 1) mixed up; a view taken for a copy; squared distances, summed along the wrong axis,
or with all digits lost; columns and rows mixed up in standardizing, 0 / 0, variance for deviation; a swapped coin, one
coin for many entries, a seed inside; 0 times infinity.
"""

import functools

from d2l_utils.checks import _ndarray_functions as functions
from d2l_utils.checks import ndarray as checks
from d2l_utils.checks._results import INPUT_CHANGED, LOOP, NOT_A_NUMBER, NOT_AN_NDARRAY, OTHER_DTYPE

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: shapes
SHAPES = {name: shape for name, (_, shape, *_) in checks.SHAPES.items()}


def test_shapes_are_those_of_mxnet():
    X, y, c = nd.ones((5, 3)), nd.ones(5), nd.ones((5, 1))
    results = (c - y, None, X.sum(axis=0), nd.dot(X.T, X), X.reshape((5, 1, 3)) - X)
    assert [result.shape if result is not None else "error" for result in results] == list(SHAPES.values())
    with pytest.raises(Exception, match="could not be broadcast"):
        X + y


@pytest.mark.parametrize("form", [lambda shape: shape, lambda shape: shape if shape == "error" else list(shape)])
def test_right_shapes_pass(capsys, form):
    assert verdict(capsys, checks.exercise_1, *map(form, SHAPES.values())) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "beginning"),
    [
        ("shape_a", (5,), "(5,) meets (5, 1) from the right"),
        ("shape_a", (5, 1), "(5,) is a row here"),
        ("shape_a", "error", "There is no error"),
        ("shape_a", (25,), "Write the two shapes below each other"),
        ("shape_b", (5, 3), "Aligned at the right ends, the 3 meets the 5: neither is 1."),
        ("shape_b", (5,), "Aligned at the right ends, the 3 meets the 5."),
        ("shape_c", (5,), "The axis that is named is the one that disappears."),
        ("shape_c", (1, 3), "The axis disappears altogether"),
        ("shape_c", 3, "A shape is a tuple"),
        ("shape_c", ([3],), "A shape is a tuple"),
        ("shape_c", nd.ones(3), "A shape is a tuple"),
        ("shape_d", (5, 5), "This is nd.dot(X, X.T)"),
        ("shape_d", "error", "The 5 columns of X.T"),
        ("shape_e", "error", "From the right: 3 meets 3"),
        ("shape_e", (5, 3), "The result has as many axes as the longer shape."),
        ("shape_e", (5, 1, 3), "The 1 in the middle meets the 5"),
    ],
)
def test_wrong_shapes_get_their_hint(capsys, name, answer, beginning):
    report = verdict(capsys, checks.exercise_1, *{**SHAPES, name: answer}.values())
    assert hint(report).startswith(beginning)
    assert f"expected: something else for {name}\n" in report


def test_a_wrong_shape_is_not_corrected(capsys):
    report = verdict(capsys, checks.exercise_1, *{**SHAPES, "shape_c": [5]}.values())
    assert report == (
        "Exercise 1: not right yet\n"
        "  given:    X.sum(axis=0) with X of shape (5, 3)\n"
        "  expected: something else for shape_c\n"
        "  got:      shape_c = [5]\n"
        "  hint:     The axis that is named is the one that disappears."
    )


# Exercise 2: views and copies
VALUES = {
    "x_values": [0, 1, 0, 2, 2, 2],
    "column_values": [10, 12],
    "y_values": [100, 101, 100, 102, 102, 102],
}


def test_values_are_those_of_mxnet(capsys):
    x = nd.zeros(6)
    A = x.reshape((2, 3))
    A[0, 1] = 1
    row = A[1]
    row += 2
    column = A[:, 2]
    column += 10
    y = x
    y = y + 100
    numbers = x.asnumpy()
    numbers[0] = 50
    assert verdict(capsys, checks.exercise_2, x, column, y) == "Exercise 2: passed"
    assert verdict(capsys, checks.exercise_2, *VALUES.values()) == "Exercise 2: passed"


@pytest.mark.parametrize(
    ("name", "answer", "beginning"),
    [
        ("x_values", [0, 1, 10, 2, 2, 12], "A[:, 2] is a copy"),
        ("x_values", [0, 1, 0, 0, 0, 0], "A[1] is a view"),
        ("x_values", [0] * 6, "A is a view of x"),
        ("x_values", [50, 1, 0, 2, 2, 2], "asnumpy() gives a copy"),
        ("x_values", [100, 101, 100, 102, 102, 102], "y = y + 100 makes a new array; x"),
        ("x_values", [1, 2, 3, 4, 5, 6], "Go through the lines"),
        ("x_values", [0, 1, 0], "x_values must be a list of 6 numbers."),
        ("column_values", [0, 2], "column += 10 writes into column itself"),
        ("column_values", [10, 10], "When column was taken"),
        ("column_values", [2, 12], "It holds the last entry of both rows"),
        ("y_values", [0, 1, 0, 2, 2, 2], "y = y + 100 gives the name y"),
        ("y_values", [100] * 6, "y is first a second name for x"),
    ],
)
def test_wrong_values_get_their_hint(capsys, name, answer, beginning):
    report = verdict(capsys, checks.exercise_2, *{**VALUES, name: answer}.values())
    assert hint(report).startswith(beginning)


# Exercise 3: distances
def distances(X, Y, *, axis=2, change=nd.square, last=nd.sqrt):
    difference = X.expand_dims(1) - Y.expand_dims(0)
    return last(change(difference).sum(axis=axis))


def with_norm(X, Y):
    return nd.norm(nd.broadcast_sub(X.reshape((-1, 1, X.shape[1])), Y.reshape((1, *Y.shape))), axis=2)


def multiplied_out(X, Y):
    squared = (X**2).sum(axis=1, keepdims=True) + (Y**2).sum(axis=1) - 2 * nd.dot(X, Y.T)
    return nd.relu(squared).sqrt()


def with_a_loop(X, Y):
    rows = []
    for i in range(len(X)):
        rows.append(((X[i] - Y) ** 2).sum(axis=1).sqrt())
    return nd.stack(*rows)


def with_while(X, Y):
    rows, i = [], 0
    while i < len(X):
        rows.append(((X[i] - Y) ** 2).sum(axis=1).sqrt())
        i += 1
    return nd.stack(*rows)


def changing(X, Y):
    out = distances(X, Y)
    X -= Y[0]
    return out


@pytest.mark.parametrize("answer", [distances, with_norm, functools.partial(distances)])
def test_right_distances_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_DISTANCES = {
    "squared": (functools.partial(distances, last=lambda squared: squared), functions.NO_ROOT),
    "absolute": (functools.partial(distances, change=nd.abs, last=lambda total: total), functions.NOT_SQUARED),
    "not summed": (lambda X, Y: nd.abs(X.expand_dims(1) - Y.expand_dims(0)), functions.NOT_SUMMED),
    "row with row": (lambda X, Y: ((X - Y[: len(X)]) ** 2).sum(axis=1).sqrt(), functions.NOT_PAIRED),
    "transposed": (lambda X, Y: distances(Y, X), functions.TRANSPOSED),
    "multiplied out": (multiplied_out, functions.CANCELLED),
    "root of a negative number": (
        lambda X, Y: distances(X, Y) if len(X) < 3 else (distances(X, Y) - 9).sqrt(),
        NOT_A_NUMBER,
    ),
    "a loop": (with_a_loop, LOOP),
    "a while loop": (with_while, LOOP),
    "a comprehension": (lambda X, Y: nd.stack(*[distances(x.expand_dims(0), Y)[0] for x in X]), LOOP),
    "NumPy": (lambda X, Y: distances(X, Y).asnumpy(), NOT_AN_NDARRAY),
    "always float32": (lambda X, Y: distances(X, Y).astype("float32"), OTHER_DTYPE),
    "input changed": (changing, INPUT_CHANGED),
    "mean": (
        lambda X, Y: ((X.expand_dims(1) - Y.expand_dims(0)) ** 2).mean(axis=2).sqrt(),
        "Entry (i, j) is the root of the sum of (X[i] - Y[j])**2.",
    ),
}


@pytest.mark.parametrize("name", WRONG_DISTANCES)
def test_wrong_distances_get_their_hint(capsys, name):
    wrong, sentence = WRONG_DISTANCES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: standardize
def standardized(X, *, axis=0, power=0.5, n=len, safe=True, epsilon=0.0):
    centred = X - X.mean(axis=axis, keepdims=True)
    sd = ((centred**2).sum(axis=axis, keepdims=True) / n(X)) ** power + epsilon
    return nd.broadcast_div(centred, sd + (sd == 0) if safe else sd)


def by_range(X):
    constant = X.max(axis=0) == X.min(axis=0)
    centred = X - X.mean(axis=0)
    return nd.where(constant.broadcast_like(X), nd.zeros_like(X), centred / (centred**2).mean(axis=0).sqrt())


@pytest.mark.parametrize("answer", [standardized, by_range, functools.partial(standardized, epsilon=1e-8)])
def test_right_standardizing_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def in_rows(X):
    if X.shape[1] == 1:
        return standardized(X)
    centred = X - X.mean(axis=1, keepdims=True)
    return centred / (centred**2).mean(axis=1, keepdims=True).sqrt()


def one_for_all(X):
    centred = X - X.mean()
    return centred / (centred**2).mean().sqrt()


def in_place(X):
    X -= X.mean(axis=0)
    return standardized(X)


WRONG_STANDARDIZING = {
    "rows": (in_rows, functions.IN_ROWS),
    "one for all": (one_for_all, functions.ONE_FOR_ALL),
    "variance": (functools.partial(standardized, power=1), functions.VARIANCE),
    "only centred": (lambda X: X - X.mean(axis=0), functions.ONLY_CENTRED),
    "n - 1": (functools.partial(standardized, n=lambda X: len(X) - 1), functions.N_MINUS_1),
    "0 / 0": (functools.partial(standardized, safe=False), functions.CONSTANT),
    "a large epsilon": (functools.partial(standardized, epsilon=1e-4), functions.EPSILON),
    "input changed": (in_place, INPUT_CHANGED),
    "always float32": (lambda X: standardized(X.astype("float32")), OTHER_DTYPE),
    "means only": (lambda X: X.mean(axis=0), "The result has the shape of X."),
    "not centred": (
        lambda X: X / ((X - X.mean(axis=0)) ** 2).mean(axis=0).sqrt(),
        "Subtract from every column its mean and divide by its standard deviation.",
    ),
}


@pytest.mark.parametrize("name", WRONG_STANDARDIZING)
def test_wrong_standardizing_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_STANDARDIZING[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: a mask of coins
def coins(shape, keep_prob):
    return nd.random.uniform(0, 1, shape) < keep_prob


def from_numpy(shape, keep_prob):
    return nd.array(np.random.binomial(1, keep_prob, shape))


@pytest.mark.parametrize("answer", [coins, from_numpy, lambda shape, p: 1 - (nd.random.uniform(0, 1, shape) >= p)])
def test_right_masks_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


def seeded_inside(shape, keep_prob):
    np.random.seed(0)
    return from_numpy(shape, keep_prob)


def exact_share(shape, keep_prob):
    u = nd.random.uniform(0, 1, shape).reshape(-1)
    return u.argsort().argsort().reshape(shape) < keep_prob * u.size


WRONG_MASKS = {
    "swapped": (lambda shape, p: nd.random.uniform(0, 1, shape) >= p, functions.SWAPPED),
    "swapped, but for 0 and 1": (
        lambda shape, p: coins(shape, 1 - p if 0 < p < 1 else p),
        functions.SWAPPED,
    ),
    "rounded": (
        lambda shape, p: nd.full(shape, p) if p in (0, 1) else nd.random.uniform(0, 1, shape).round(),
        "Compare uniform numbers in [0, 1).",
    ),
    "one coin": (lambda shape, p: nd.ones(shape) * coins((1,), p), functions.ONE_COIN),
    "one coin a row": (
        lambda shape, p: nd.broadcast_to(coins((shape[0],) + (1,) * (len(shape) - 1), p), shape),
        functions.ONE_COIN,
    ),
    "one coin a column": (
        lambda shape, p: nd.broadcast_to(coins((1, *shape[1:]), p), shape),
        functions.ONE_COIN,
    ),
    "seeded inside": (seeded_inside, functions.SAME_EVERY_TIME),
    "exact share": (exact_share, functions.NO_COIN),
    "enlarged": (lambda shape, p: coins(shape, p) / max(p, 0.1), functions.NOT_A_MASK),
    "NumPy": (lambda shape, p: from_numpy(shape, p).asnumpy(), NOT_AN_NDARRAY),
    "integers": (lambda shape, p: coins(shape, p).astype("int32"), OTHER_DTYPE),
    "flat": (lambda shape, p: coins((int(np.prod(shape)),), p), "The mask has the shape that was asked for."),
}


@pytest.mark.parametrize("name", WRONG_MASKS)
def test_wrong_masks_get_their_hint(capsys, name):
    wrong, sentence = WRONG_MASKS[name]
    assert hint(verdict(capsys, checks.exercise_5, wrong)) == sentence


# Exercise 6: statements
def test_statements(capsys):
    assert verdict(capsys, checks.exercise_6, "gec") == "Exercise 6: passed"
    for letter, (is_true, reason) in checks.STATEMENTS.items():
        wrong = "ceg".replace(letter, "") if is_true else f"ceg{letter}"
        assert hint(verdict(capsys, checks.exercise_6, wrong)) == reason


# Exercise 7: pick entries
def picked(X, labels):
    mask = labels.expand_dims(1) == nd.arange(X.shape[1])
    return nd.where(mask, X, nd.zeros_like(X)).sum(axis=1)


@pytest.mark.parametrize(
    "answer", [picked, nd.pick, lambda X, labels: X[nd.arange(len(X)), labels], lambda X, labels: nd.pick(X, labels)]
)
def test_right_picks_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_7, answer) == "Exercise 7: passed"


def multiplied(X, labels):
    return (nd.one_hot(labels, X.shape[1]) * X).sum(axis=1)


def pick_with_a_loop(X, labels):
    return nd.concat(*[X[i, int(labels[i].asscalar())] for i in range(len(X))], dim=0)


HINT = "Entry i of the result is X[i, labels[i]]: compare labels, as a column, with nd.arange(num_classes)."
WRONG_PICKS = {
    "0 times infinity": (multiplied, functions.INFINITE),
    "columns": (lambda X, labels: X[:, labels], functions.SQUARE),
    "not summed away": (
        lambda X, labels: nd.pick(X, labels, keepdims=True),
        "The result has the shape (n,): sum over the last axis.",
    ),
    "one row": (
        lambda X, labels: X[0],
        "The result has one entry for each row of X: shape (n,).",
    ),
    "the first label": (lambda X, labels: X[:, int(labels[0].asscalar())], "The first label was taken for every row."),
    "maxima": (lambda X, labels: X.max(axis=1), "These are the largest entries: the label says which one to take."),
    "minima": (lambda X, labels: X.min(axis=1), HINT),
    "a loop": (pick_with_a_loop, LOOP),
}


@pytest.mark.parametrize("name", WRONG_PICKS)
def test_wrong_picks_get_their_hint(capsys, name):
    wrong, sentence = WRONG_PICKS[name]
    assert hint(verdict(capsys, checks.exercise_7, wrong)) == sentence


@pytest.mark.parametrize("number", [3, 4, 5, 7])
def test_starters_are_not_attempted(capsys, number):
    check = getattr(checks, f"exercise_{number}")
    assert verdict(capsys, check, lambda *arguments: ...) == f"Exercise {number}: not attempted yet"
