"""What a gradient from differences and a Jacobian matrix have to be (notebook 02, exercises 3 and 7)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._results import like_input, numbers
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

FLOAT64 = "x is float64 here, and MXNet does not mix precisions: make arrays with nd.zeros_like(x), or give dtype."
ONE_SIDED = "This is the step to one side: use f(x + step) - f(x - step)."
NOT_HALVED = "From one point to the other it is 2 * epsilon: divide by that."
ALL_AT_ONCE = "All entries were moved together: move one entry at a time, and leave the others where they are."
NOT_PUT_BACK = "x is not what it was: move a copy, or move the entry back before the next one."
GRADIENT_SHAPE = "A gradient has the shape of x, one slope for each entry."
DIFFERENCE = "For each entry: (f(x + step) - f(x - step)) / (2 * epsilon), where step is epsilon there and 0 elsewhere."
GRAPH = (
    "From x to the array whose backward you call, everything must stand in `record`; and a graph serves one pass, "
    "unless that pass says retain_graph=True."
)
OVERWRITTEN = "Every row is the last one: x.grad is ONE array, which each pass overwrites. Keep x.grad.copy()."
ADDED_UP = "Each row holds those before it as well: with grad_req='add' the gradient must be cleared for each row."
TRANSPOSED = "This is the transpose: a row for each output, a column for each input."
SUMMED = "This is the gradient of the sum of the outputs: give backward a head that is 1 for one output, 0 elsewhere."
ROWS = "The result has a row for each entry of f(x) and a column for each entry of x."
ROW = "Row i is the gradient of output i."


def _cubes(x):
    return (x * x * x).sum()


def _mixed(x):
    return (x * x * x).sum() + x.reshape((-1,))[0] * x.sum()


def check_differences(numerical_gradient):
    """Raise unless the slopes are those of central differences with the given step, and x is left as it was."""
    seed_everything(0)
    cases = (("(x * x * x).sum()", _cubes), ("(x * x * x).sum() + x.reshape((-1,))[0] * x.sum()", _mixed))
    for shape, epsilon in (((1,), 0.1), ((3,), 0.1), ((2, 3), 0.1), ((2, 3), 1e-6)):
        x = nd.random.uniform(1, 2, shape=shape).astype("float64")
        for name, f in cases:
            _check_difference(numerical_gradient, f, x, epsilon, text=f"f = {name}, {given(x=x, epsilon=epsilon)}")


def _check_difference(numerical_gradient, f, x, epsilon, *, text):
    handed_in = x.copy()
    out = call(numerical_gradient, f, handed_in, epsilon, given=text, hint=FLOAT64)
    expected = _differences(f, x, epsilon, epsilon) / 2
    like_input(out, expected, given=text, shape_hint=GRADIENT_SHAPE)
    if not agree(handed_in, x, 1e-9):
        raise MistakeError(given=text, expected=f"x afterwards:\n{x.asnumpy()}", got=handed_in, hint=NOT_PUT_BACK)
    together = (f(x + epsilon) - f(x - epsilon)).asscalar() / (2 * epsilon)
    known = [
        (2 * expected, NOT_HALVED),
        (_differences(f, x, epsilon, 0), ONE_SIDED),
        (_differences(f, x, 0, epsilon), ONE_SIDED),
        (_differences(f, x, epsilon, 0) / 2, ONE_SIDED),
        (np.full_like(expected, together), ALL_AT_ONCE),
    ]
    numbers(out, expected, given=text, known=known, hint=DIFFERENCE)


def _differences(f, x, right, left):
    """Give, for each entry, how much f grows from `left` of it to `right` of it, per step of the larger of both."""
    grad = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = 1
        step = nd.array(step, dtype="float64")
        grad[place] = (f(x + right * step) - f(x - left * step)).asscalar() / max(right, left)
    return grad


def check_jacobian(jacobian):
    """Raise unless each row is the gradient of one output; the number of outputs differs from that of inputs."""
    for name, f, slopes, x in _functions():
        for dtype in ("float32", "float64"):
            inputs = nd.array(x, dtype=dtype)
            text = f"f = {name}, {given(x=inputs)}" + (", float64" if dtype == "float64" else "")
            out = call(jacobian, f, inputs.copy(), given=text, hint=GRAPH)
            expected = slopes(np.array(x)).astype(dtype)
            like_input(out, expected, given=text, shape_hint=lambda shape, right=expected: _shape_hint(shape, right))
            known = [
                (np.broadcast_to(expected[-1:], expected.shape), OVERWRITTEN),
                (np.cumsum(expected, axis=0), ADDED_UP),
                (np.broadcast_to(expected.sum(axis=0), expected.shape), SUMMED),
            ]
            known += [(expected.T, TRANSPOSED)] if expected.shape[0] == expected.shape[1] else []
            numbers(out, expected, given=text, known=known, hint=ROW)


def _shape_hint(shape, right):
    if shape == right.T.shape:
        return TRANSPOSED
    return SUMMED if shape == right.shape[1:] else ROWS


def _functions():
    """Give (name, f, its Jacobian in NumPy, x), from small to large."""
    A = np.array([[1.0, 2], [3, 4], [5, 7]])
    yield "x * x", lambda x: x * x, lambda x: np.diag(2 * x), [1.0, 2]
    yield "nd.dot(A, x), A of shape (3, 2)", lambda x: nd.dot(nd.array(A, dtype=x.dtype), x), lambda x: A, [1.0, 2]
    yield (
        "nd.concat(x[0:1] * x[1:2], x[2:3] ** 2, dim=0)",
        lambda x: nd.concat(x[0:1] * x[1:2], x[2:3] ** 2, dim=0),
        lambda x: np.array([[x[1], x[0], 0], [0, 0, 2 * x[2]]]),
        [2.0, 3, 5],
    )
