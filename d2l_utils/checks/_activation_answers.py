"""What the checks of notebook 05 have in common: arrays of the right shape, known wrong numbers, gradients."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.gradients import gradcheck

import numpy as np
from mxnet import MXNetError, nd

NOT_AN_NDARRAY = "Stay with operations of nd: autograd does not see what NumPy or Python compute."
NO_GRADIENT = "No gradient reaches the input: compute with nd all the way; .asnumpy() and .detach() cut it."
OTHER_GRADIENT = "The values are right and their gradient is not: is a part of the way hidden from autograd?"


def array(result, shape, *, given, name, hint):
    """Give a result back if it is an NDArray of a shape; `hint` is for another shape."""
    if not isinstance(result, nd.NDArray):
        expected, got = f"{name} an NDArray", type(result).__name__
        raise MistakeError(given=given, expected=expected, got=got, hint=NOT_AN_NDARRAY)
    if result.shape != shape:
        expected = f"{name} of shape {shape}"
        raise MistakeError(given=given, expected=expected, got=f"shape {result.shape}", hint=hint)
    return result


def equal(result, expected, *, given, known, hint):
    """Raise unless a result has the expected entries; `known` lists (wrong answer, hint that fits it)."""
    if agree(result, expected):
        return
    hint = next((text for wrong, text in known if agree(result, wrong, tolerance=1e-4)), hint)
    raise MistakeError(given=given, expected=expected, got=result, hint=hint)


def left_alone(name, before, after, *, given):
    """Raise if an input was changed by the function that got it."""
    if not np.array_equal(before.asnumpy(), after.asnumpy()):
        hint = f"{name} itself was changed: make a new array, not {name}[:] = ... or {name} += ..."
        raise MistakeError(given=given, expected=f"{name} afterwards:\n{before.asnumpy()}", got=after, hint=hint)


def check_gradient(function, X, *others):
    """Raise unless autograd's gradient of a function of X agrees with central differences."""
    text = given(X=X)

    def weighted_sum(X):
        result = call(function, X, *others, given=text)
        return (result * nd.arange(1, 1 + result.size, dtype="float64").reshape(result.shape)).sum()

    try:
        gradcheck(weighted_sum, X)
    except AssertionError as error:
        raise MistakeError(given=text, expected="its gradient", got=str(error), hint=OTHER_GRADIENT) from None
    except MXNetError as error:
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=NO_GRADIENT) from None
