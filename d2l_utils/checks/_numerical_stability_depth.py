"""What hidden units in a new order (notebook 19, exercise 4) and gradients of a very deep net (exercise 6) must be."""

import math

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

import numpy as np

THREE = "Give back three arrays: W1, b1, W2."
CHANGED = "An input was changed: make new arrays, not W1[:] = ..."
COLUMNS = "A unit is a COLUMN of W1: index the second axis."
BIAS = "The unit takes its bias along."
ROWS = "A unit is a ROW of W2: it takes its outgoing weights along."
INVERSE = "The new unit k is the old unit order[k]: this is the inverse order."
NOTHING = "Nothing has moved."
ORDER = "Take the columns of W1, the entries of b1 and the rows of W2 in the new order."

A_LIST = "Give back a list with one number more than there are matrices: for h_0, h_1, ..., h_L."
REVERSED = "The list begins with the gradient along h_0, the input: turn it around."
TRANSPOSE = "On the way back the matrix is transposed: d = W.T @ d."
NATURAL = "These are natural logarithms: use math.log10."
OVERFLOW = "The gradient left what a float can hold: bring it to length 1 after each layer, and add up the logarithms."
NO_START = "The gradient d itself has a length: begin the sum with its logarithm."
AT_ZERO = "A gradient of exactly 0 has the logarithm -inf, and so have all those before it: log10(0) is an error."
LOGS = "From the last layer to the first: d = W.T @ d, note its length, bring it to length 1."


def check_order(relabel, arrays, order):
    """Raise unless three arrays belong to the same network with its units in a new order."""
    W1, b1, W2 = arrays
    text = given(W1=W1, b1=b1, W2=W2, order=order)
    copies = [array.copy() for array in arrays]
    answer = call(relabel, *copies, list(order), given=text)
    got = [as_numpy(one) for one in answer] if isinstance(answer, tuple | list) and len(answer) == 3 else [None]
    if any(one is None for one in got):
        raise MistakeError(given=text, expected="three arrays", got=type(answer).__name__, hint=THREE)
    if any(not np.array_equal(copy, array) for copy, array in zip(copies, arrays, strict=True)):
        raise MistakeError(given=text, expected="unchanged inputs", got="changed ones", hint=CHANGED)
    expected = W1[:, order], b1[order], W2[order]
    if all(_same(one, right) for one, right in zip(got, expected, strict=True)):
        return
    inverse = np.argsort(order)
    known = [
        ((W1, b1, W2), NOTHING),
        ((W1[:, inverse], b1[inverse], W2[inverse]), INVERSE),
        ((expected[0], b1, expected[2]), BIAS),
        ((expected[0], expected[1], W2), ROWS),
        ((expected[0], expected[1], W2[inverse]), ROWS),
    ]
    hint = next((said for wrong, said in known if all(map(_same, got, wrong))), ORDER)
    if hint == ORDER and not _same(got[0], expected[0]):
        hint = COLUMNS
    for name, one, right in zip(("W1", "b1", "W2"), got, expected, strict=True):
        if not _same(one, right):
            raise MistakeError(given=text, expected=f"{name}\n{right}", got=one, hint=hint)


def logs_of_gradients(matrices, d):
    """Give log10 of the norms of the gradients along h_0, ..., h_L."""
    norm = np.linalg.norm(d)
    logs = [math.log10(norm) if norm > 0 else -math.inf]
    for W in reversed(matrices):
        if norm > 0:
            d = W.T @ (d / norm)
            norm = np.linalg.norm(d)
        logs.append(logs[-1] + math.log10(norm) if norm > 0 else -math.inf)
    return logs[::-1]


def check_logs(gradient_logs, matrices, d):
    """Raise unless a list holds the logarithms of the gradients along all outputs."""
    few = len(matrices) < 20
    text = f"matrices = {[W.tolist() for W in matrices]}" if few else f"{len(matrices)} matrices of shape (4, 4)"
    text += f", d = {np.round(d, 3).tolist()}"
    expected = np.array(logs_of_gradients(matrices, d))
    hint = AT_ZERO if np.isinf(expected).any() else OVERFLOW if not few else TRANSPOSE
    with np.errstate(all="ignore"):
        answer = call(gradient_logs, [W.copy() for W in matrices], d.copy(), given=text, hint=hint)
    got = as_numpy(answer)
    if got is None or got.shape != expected.shape:
        said = type(answer).__name__ if got is None else f"shape {got.shape}"
        raise MistakeError(given=text, expected=f"{len(expected)} numbers", got=said, hint=A_LIST)
    if _same(got, expected):
        return
    raise MistakeError(given=text, expected=expected, got=got, hint=_logs_hint(got, expected, matrices, d, few))


def _logs_hint(got, expected, matrices, d, few):
    if np.isinf(expected).any():
        return AT_ZERO
    if not few and not np.isfinite(got).all():
        return OVERFLOW
    start = math.log10(np.linalg.norm(d))
    known = [
        (expected[::-1], REVERSED),
        (expected * math.log(10), NATURAL),
        (expected[::-1] * math.log(10), NATURAL),
        (expected - start, NO_START),
    ]
    hint = next((said for wrong, said in known if _same(got, wrong)), LOGS)
    square = all(W.shape[0] == W.shape[1] for W in matrices)
    if hint == LOGS and square and _same(got, np.array(logs_of_gradients([W.T for W in matrices], d))):
        return TRANSPOSE
    return hint


def _same(one, other):
    """Compare shape and numbers; infinities must be in the same places."""
    return one.shape == np.shape(other) and bool(np.allclose(one, other, rtol=1e-9, atol=1e-9))
