"""What the gradients of a network (notebook 17, exercise 2), a quotient (4) and a slope carried forward (6) must be."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np

NAMES = ("d_W1", "d_b1", "d_W2", "d_b2")
FOUR = "Give back a tuple of four arrays: d_W1, d_b1, d_W2, d_b2."
SHAPE = "A gradient has the shape of its array: is a sum over the rows, or a transpose, missing?"
NO_PENALTY = "The penalty is a second way from the weights to J: add lambda times the weights."
ON_BIASES = "The penalty is on the weights only: the biases do not decay."
HALF_LAMBDA = "The half in the penalty cancels the 2 of its slope: add lambda times the weights."
NOT_DIVIDED = "The loss is a MEAN over the examples: divide Y_hat - Y by n."
TWICE = "The half in the loss cancels the 2 of its slope."
BIAS_MEAN = "The division by n is in d_Y_hat already: the bias takes the SUM over the rows."
NO_SLOPE = "The slope of the activation is missing between d_H and d_Z: 1 where Z > 0, and 0 elsewhere."
TANH = "This network has ReLU: its slope is 1 where Z > 0, not 1 - H**2."
GRADIENTS = "Go line by line: d_Y_hat, d_W2 and d_b2, d_H, d_Z, d_W1 and d_b1, and check each by differences."
CHANGED = "An input was changed: make new arrays, not W1 -= ... or d_Y_hat *= ..."

TWO = "Give back two arrays: the slopes along a and along b."
NOT_SUMMED = "b has one number for a whole row: sum the slopes over the row, and keep the axis."
SIGN = "The slope of a / b along b is negative."
NOT_SQUARED = "The slope of a / b along b is -a / b**2."
NO_HEAD = "Multiply by d, the slope that arrives from above."
QUOTIENT = "Along a the slope is d / b; along b it is -d * a / b**2, summed over each row."

ONE = "Give back one number."
DIFFERENCES = "This is nearly right, as a difference is. Carry the slopes along exactly, line by line."
PRODUCT = "Both factors of H @ W2 move: d_H @ W2 and H @ d_W2."
NO_BIAS = "The biases move too: add their directions."
NO_ACTIVATION = "Multiply by the slope of tanh, 1 - H**2."
ALONG = "Beside each line of the forward pass write how fast its result moves, and add up."


def network(X, Y, W1, b1, W2, b2, lambd, wrong=()):
    """Give the four gradients of a network with ReLU; `wrong` names mistakes to make."""
    n = len(X)
    Z = X @ W1 + b1
    H = np.maximum(Z, 0)
    d_Y_hat = (H @ W2 + b2 - Y) * (2 if "twice" in wrong else 1) / (1 if "sum" in wrong else n)
    slope = 1 if "slope" in wrong else 1 - H**2 if "tanh" in wrong else Z > 0
    d_Z = d_Y_hat @ W2.T * slope
    rate = 0 if "penalty" in wrong else lambd / 2 if "half" in wrong else lambd
    on_biases = lambd if "biases" in wrong else 0
    rows = n if "mean" in wrong else 1
    return (
        X.T @ d_Z + rate * W1,
        d_Z.sum(axis=0) / rows + on_biases * b1,
        H.T @ d_Y_hat + rate * W2,
        d_Y_hat.sum(axis=0) / rows + on_biases * b2,
    )


_MISTAKES = {
    "penalty": NO_PENALTY,
    "half": HALF_LAMBDA,
    "biases": ON_BIASES,
    "sum": NOT_DIVIDED,
    "twice": TWICE,
    "mean": BIAS_MEAN,
    "slope": NO_SLOPE,
    "tanh": TANH,
}


def check_network(my_gradients, X, Y, W1, b1, W2, b2, lambd):
    """Raise unless four arrays are the gradients of the parameters."""
    inputs = (X, Y, W1, b1, W2, b2)
    text = given(X=X, Y=Y, W1=W1, b1=b1, W2=W2, b2=b2, lambd=lambd)
    copies = [array.copy() for array in inputs]
    got = _arrays(call(my_gradients, *copies, lambd, given=text), 4, FOUR, text)
    expected = network(*inputs, lambd)
    for name, one, right in zip(NAMES, got, expected, strict=True):
        if one.shape != right.shape:
            said = f"{name} of shape {one.shape}"
            raise MistakeError(given=text, expected=f"{name} of shape {right.shape}", got=said, hint=SHAPE)
    if any(not np.array_equal(copy, array) for copy, array in zip(copies, inputs, strict=True)):
        raise MistakeError(given=text, expected="unchanged inputs", got="changed ones", hint=CHANGED)
    for name, one, right in reversed(list(zip(NAMES, got, expected, strict=True))):
        if not agree(one, right, 1e-8):
            raise MistakeError(given=text, expected=f"{name}\n{right}", got=one, hint=_hint(got, inputs, lambd))


def _hint(got, inputs, lambd):
    for mistake, sentence in _MISTAKES.items():
        if all(agree(one, bad, 1e-8) for one, bad in zip(got, network(*inputs, lambd, wrong=(mistake,)), strict=True)):
            return sentence
    return GRADIENTS


def check_quotient(divide_pulls, a, b, d):
    """Raise unless two arrays are the slopes along both parts of a / b."""
    text = given(a=a, b=b, d=d)
    got = _arrays(call(divide_pulls, a.copy(), b.copy(), d.copy(), given=text), 2, TWO, text)
    full = -d * a / b**2
    expected = d / b, full.sum(axis=1, keepdims=True)
    for one, right, name in zip(got, expected, "ab", strict=True):
        if one.shape != right.shape:
            said = f"shape {one.shape} along {name}"
            raise MistakeError(given=text, expected=f"shape {right.shape} along {name}", got=said, hint=NOT_SUMMED)
    known = [
        ((d / b, -expected[1]), SIGN),
        ((d / b, (-d * a / b).sum(axis=1, keepdims=True)), NOT_SQUARED),
        ((1 / b * np.ones_like(a), (-a / b**2).sum(axis=1, keepdims=True)), NO_HEAD),
        ((d / b, full[:, :1]), NOT_SUMMED),
        ((d / b, full.mean(axis=1, keepdims=True)), NOT_SUMMED),
    ]
    for one, right in zip(got, expected, strict=True):
        if not agree(one, right, 1e-8):
            hint = next((said for bad, said in known if all(map(_agree, got, bad))), QUOTIENT)
            raise MistakeError(given=text, expected=right, got=one, hint=hint)


def _agree(one, other):
    return agree(one, other, 1e-8)


def moving(X, Y, W1, b1, W2, b2, V1, u1, V2, u2, wrong=()):
    """Give the slope of the loss along a direction, carried along with the forward pass."""
    H = np.tanh(X @ W1 + b1)
    d_Z = X @ V1 + ("bias" not in wrong) * u1
    d_H = d_Z if "activation" in wrong else d_Z * (1 - H**2)
    d_Y_hat = ("second" not in wrong) * (H @ V2) + ("first" not in wrong) * (d_H @ W2) + ("bias" not in wrong) * u2
    return ((H @ W2 + b2 - Y) * d_Y_hat).sum() / len(X)


def check_along(slope_along, arrays, directions):
    """Raise unless a number is the slope along a direction, to more digits than a difference has."""
    text = given(**dict(zip(("X", "Y", "W1", "b1", "W2", "b2"), arrays, strict=True)))
    answer = call(slope_along, *(array.copy() for array in arrays), *(v.copy() for v in directions), given=text)
    got = as_numpy(answer)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=type(answer).__name__, hint=ONE)
    got, expected = float(got.ravel()[0]), moving(*arrays, *directions)
    error = abs(got - expected) / abs(expected)
    if error <= 1e-12:
        return
    hint = DIFFERENCES if error < 1e-3 else ALONG
    known = {"bias": NO_BIAS, "activation": NO_ACTIVATION, "first": PRODUCT, "second": PRODUCT}
    for mistake, sentence in known.items():
        bad = moving(*arrays, *directions, wrong=(mistake,))
        hint = sentence if abs(got - bad) <= 1e-9 * abs(bad) else hint
    raise MistakeError(given=text, expected=f"{expected:.12g}", got=f"{got:.12g}", hint=hint)


def _arrays(result, count, hint, text):
    """Give a result as a list of NumPy arrays."""
    fits = isinstance(result, tuple | list) and len(result) == count
    arrays = [as_numpy(one) for one in result] if fits else [None]
    if any(array is None for array in arrays):
        raise MistakeError(given=text, expected=f"{count} arrays", got=type(result).__name__, hint=hint)
    return arrays
