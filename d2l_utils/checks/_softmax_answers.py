"""What the checks of notebook 04 have in common: shapes, known wrong answers, gradients, inputs left alone."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.gradients import gradcheck

import numpy as np
from mxnet import MXNetError, nd

OVERFLOW = "exp overflows at scores above 88: subtract the largest score of each row before it."
NO_GRADIENT = "No gradient reaches the input: compute with nd all the way; .asnumpy() and .detach() cut it."
OTHER_GRADIENT = "The values are right and their gradient is not: is a part of the way hidden from autograd?"


def log_softmax(scores):
    """Give the logarithm of softmax over the last axis, computed in float64."""
    scores = np.asarray(scores, dtype="float64")
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def one_hot(y, num_classes):
    """Give a row for each label: 1 at its place, 0 elsewhere."""
    return np.eye(num_classes)[np.asarray(y, dtype="int64")]


def array(result, shape, *, given, name, hint):
    """Give a result back if it is an NDArray of a shape; `hint` is for another shape."""
    if not isinstance(result, nd.NDArray):
        kind = "Stay with operations of nd: autograd does not see what NumPy or Python compute."
        raise MistakeError(given=given, expected=f"{name} an NDArray", got=type(result).__name__, hint=kind)
    if result.shape != shape:
        expected = f"{name} of shape {shape}"
        raise MistakeError(given=given, expected=expected, got=f"shape {result.shape}", hint=hint)
    return result


def equal(result, expected, *, given, known, hint):
    """Raise unless a result has the expected entries; `known` lists (wrong answer, hint that fits it)."""
    if agree(result, expected, tolerance=1e-4):
        return
    hint = next((text for wrong, text in known if agree(result, wrong, tolerance=1e-4)), hint)
    raise MistakeError(given=given, expected=expected, got=result, hint=hint)


def left_alone(name, before, after, *, given):
    """Raise if an input was changed by the function that got it."""
    if not agree(after, before):
        hint = f"{name} itself was changed: make a new array, not {name}[:] = ... or {name} -= ..."
        raise MistakeError(given=given, expected=f"{name} afterwards:\n{before.asnumpy()}", got=after, hint=hint)


def check_gradient(function, X, *others):
    """Raise unless autograd's gradient of a function of X agrees with central differences."""
    text = given(X=X)
    weights = nd.arange(1, 1 + X.size, dtype="float64").reshape(X.shape)

    def weighted_sum(X):
        result = call(function, X, *others, given=text)
        return (result * weights.reshape((-1,))[: result.size].reshape(result.shape)).sum()

    try:
        gradcheck(weighted_sum, X)
    except AssertionError as error:
        raise MistakeError(given=text, expected="its gradient", got=str(error), hint=OTHER_GRADIENT) from None
    except (MXNetError, ValueError) as error:  # what gradcheck says if nothing was recorded
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=NO_GRADIENT) from None
