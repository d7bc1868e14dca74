"""Checks of the exercises of notebooks/01-ndarray.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _ndarray_functions
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements
from d2l_utils.checks._verdict import MistakeError
from d2l_utils.seeding import seed_everything

from mxnet import nd

CHAPTER = "01-ndarray"
ERROR = "error"
# expression, its shape, the hints that fit wrong shapes, the hint for the others
SHAPES = {
    "shape_a": (
        "c - y with c of shape (5, 1), y of shape (5,)",
        (5, 5),
        {
            (5,): "(5,) meets (5, 1) from the right: the 5 meets the 1, and the missing axis meets the 5.",
            (5, 1): "(5,) is a row here, not a column: its 5 meets the 1 of (5, 1).",
            ERROR: "There is no error, and that is what makes it dangerous: 5 meets 1, and a missing axis meets 5.",
        },
        "Write the two shapes below each other, aligned at their right ends.",
    ),
    "shape_b": (
        "X + y with X of shape (5, 3), y of shape (5,)",
        ERROR,
        {(5, 3): "Aligned at the right ends, the 3 meets the 5: neither is 1."},
        "Aligned at the right ends, the 3 meets the 5.",
    ),
    "shape_c": (
        "X.sum(axis=0) with X of shape (5, 3)",
        (3,),
        {
            (5,): "The axis that is named is the one that disappears.",
            (1, 3): "The axis disappears altogether, unless keepdims=True keeps it.",
        },
        "The axis that is named is the one that disappears.",
    ),
    "shape_d": (
        "nd.dot(X.T, X) with X of shape (5, 3)",
        (3, 3),
        {
            (5, 5): "This is nd.dot(X, X.T): here X.T, with 3 rows, stands on the left.",
            ERROR: "The 5 columns of X.T meet the 5 rows of X.",
        },
        "Rows of the first, columns of the second.",
    ),
    "shape_e": (
        "X.reshape((5, 1, 3)) - X with X of shape (5, 3)",
        (5, 5, 3),
        {
            ERROR: "From the right: 3 meets 3, 1 meets 5, 5 meets a missing axis. All three are allowed.",
            (5, 3): "The result has as many axes as the longer shape.",
            (5, 1, 3): "The 1 in the middle meets the 5 of X and is stretched.",
        },
        "Write the two shapes below each other, aligned at their right ends.",
    ),
}
VIEWS = "the eleven lines of the exercise"
X_VALUES = [0, 1, 0, 2, 2, 2]
STATEMENTS = {
    "a": (False, "nd.array makes float32 of everything, whole numbers too, unless dtype says otherwise."),
    "b": (False, "(6,) and (6, 1) are stretched to (6, 6), without a word."),
    "c": (True, "A range of rows is a view: it shares the memory of x."),
    "d": (False, "MXNet only queues the product: such a clock stops before the product is there."),
    "e": (True, "At 1e8 neighbouring float32 numbers are 8 apart, so adding 1 changes nothing."),
    "f": (False, "A seed says where the stream starts: the second call takes the numbers that follow."),
    "g": (True, "The deviation of a mean falls like 1 / sqrt(n), and sqrt(4) = 2."),
}


def _inputs(*shapes, low=1, high=2):
    for seed, shape in enumerate(shapes):
        seed_everything(seed)
        yield nd.random.uniform(low, high, shape=shape)


def _check_shape(name, answer):
    expression, right, known, hint = SHAPES[name]
    got = f"{name} = {answer!r}"
    if isinstance(answer, tuple | list) and all(type(entry) is int for entry in answer):
        answer = tuple(answer)
    elif not isinstance(answer, str) or answer != ERROR:
        answer, hint = None, 'A shape is a tuple such as (2, 3), with one entry (2,); or write the string "error".'
    if answer == right:
        return
    hint = known.get(answer, hint)
    # The shape itself is not told: a learner who reads it here has nothing left to find.
    raise MistakeError(given=expression, expected=f"something else for {name}", got=got, hint=hint)


@exercise(CHAPTER, 1)
def exercise_1(shape_a, shape_b, shape_c, shape_d, shape_e):
    """Check the predicted shapes of five expressions."""
    for name, answer in zip(SHAPES, (shape_a, shape_b, shape_c, shape_d, shape_e), strict=True):
        _check_shape(name, answer)


@exercise(CHAPTER, 2)
def exercise_2(x_values, column_values, y_values):
    """Check what is predicted of an array, of a column taken from it, and of a second name for it."""
    known = [
        ([0, 1, 10, 2, 2, 12], "A[:, 2] is a copy: what happens to column does not reach A."),
        ([0, 1, 0, 0, 0, 0], "A[1] is a view, and += writes into its memory, which is also that of x."),
        ([0, 0, 0, 0, 0, 0], "A is a view of x: both have the same memory."),
        ([50, 1, 0, 2, 2, 2], "asnumpy() gives a copy: what happens to numbers does not reach x."),
        ([100, 101, 100, 102, 102, 102], "y = y + 100 makes a new array; x keeps the old one."),
    ]
    hint = "Go through the lines one by one: which names share memory with x, and which lines write into it?"
    equal_number("x_values", x_values, X_VALUES, given=VIEWS, known=known, hint=hint)
    known = [
        ([0, 2], "column += 10 writes into column itself, which is an array of its own."),
        ([10, 10], "When column was taken, the second row had been changed already."),
    ]
    hint = "It holds the last entry of both rows, as they were when it was taken, plus 10."
    equal_number("column_values", column_values, [10, 12], given=VIEWS, known=known, hint=hint)
    known = [(X_VALUES, "y = y + 100 gives the name y to a new array with other numbers.")]
    hint = "y is first a second name for x, and then the name of a new array."
    equal_number("y_values", y_values, [value + 100 for value in X_VALUES], given=VIEWS, known=known, hint=hint)


@exercise(CHAPTER, 3)
def exercise_3(pairwise_distances):
    """Check the distances between all rows of two arrays."""
    points = list(_inputs((1, 1), (1, 1), (1, 2), (3, 2), (3, 2), (2, 2), (4, 3), (5, 3), low=0, high=9))
    for X, Y in zip(points[::2], points[1::2], strict=True):
        _ndarray_functions.check_distances(pairwise_distances, X, Y)
    _ndarray_functions.check_distances(pairwise_distances, X.astype("float64"), Y.astype("float64"))
    for far in (X, X + 1000):  # the same points again: the distance from a point to itself is 0
        _ndarray_functions.check_distances(pairwise_distances, far, far, exact=False)


@exercise(CHAPTER, 4)
def exercise_4(standardize):
    """Check that columns get mean 0 and standard deviation 1, and constant ones 0."""
    for X in _inputs((2, 1), (3, 2), (5, 3), (50, 4), low=-3, high=9):
        _ndarray_functions.check_standardized(standardize, X)
    _ndarray_functions.check_standardized(standardize, X.astype("float64"))
    _ndarray_functions.check_standardized(standardize, X[:3] / 1000)
    _ndarray_functions.check_standardized(standardize, nd.array([[5, 1], [5, 2], [5, 3]]))


@exercise(CHAPTER, 5)
def exercise_5(random_mask):
    """Check a mask of coins: its shape and its values, how many ones, and who shares a coin."""
    for shape in ((1,), (3,), (2, 3), (4, 1, 2)):
        for keep_prob in (0, 1, 0.3):
            _ndarray_functions.check_mask(random_mask, shape, keep_prob)
    _ndarray_functions.check_coins(random_mask, (20, 50), 0.3)


@exercise(CHAPTER, 6)
def exercise_6(true_statements):
    """Check which of the statements a to g were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 7)
def exercise_7(pick_entries):
    """Check that of every row the entry is taken that its label names."""
    for X, labels in zip(_inputs((2, 3), (3, 2), (4, 3)), ([1, 0], [1, 0, 1], [1, 0, 2, 1]), strict=True):
        _ndarray_functions.check_picked(pick_entries, X, nd.array(labels))
    X[0, 0] = -float("inf")
    _ndarray_functions.check_picked(pick_entries, X, nd.array(labels))
