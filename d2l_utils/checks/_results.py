"""What the functions of notebook 01 have to give back: the right kind, shape, dtype and numbers, without a loop."""

import dis
from types import CodeType

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree

import numpy as np
from mxnet import nd

NOT_AN_NDARRAY = "Stay with operations of nd: .asnumpy() waits for the result and leaves MXNet."
OTHER_DTYPE = "The dtype of the input is to be kept: is an array made inside without dtype=...?"
INPUT_CHANGED = "The input itself was changed: make a new array, not X[:] = ... or X -= ..."
NOT_A_NUMBER = "There is a nan: which line divides 0 by 0, or takes the square root of a negative number?"
LOOP = "The numbers are right, but Python goes through them one by one: let broadcasting do it in one line."


def result(function, *inputs, given, expected, shape_hint):
    """Call a learner's function on copies, and give back what it computes: an NDArray of the kind of `expected`."""
    copies = [array.copy() for array in inputs]
    out = call(function, *copies, given=given)
    like_input(out, expected, given=given, shape_hint=shape_hint)
    for copy, array in zip(copies, inputs, strict=True):
        if not np.array_equal(copy.asnumpy(), array.asnumpy()):
            raise MistakeError(given=given, expected=f"unchanged\n{array.asnumpy()}", got=copy, hint=INPUT_CHANGED)
    return out


def like_input(out, expected, *, given, shape_hint):
    """Raise unless a result is an NDArray of the shape and the dtype of `expected`, a NumPy array."""
    if not isinstance(out, nd.NDArray):
        raise MistakeError(given=given, expected="an NDArray", got=type(out).__name__, hint=NOT_AN_NDARRAY)
    if out.shape != expected.shape:
        hint = shape_hint(out.shape) if callable(shape_hint) else shape_hint
        raise MistakeError(given=given, expected=f"shape {expected.shape}", got=f"shape {out.shape}", hint=hint)
    if out.dtype != expected.dtype:
        got = f"dtype {np.dtype(out.dtype).name}"
        raise MistakeError(given=given, expected=f"dtype {expected.dtype.name}", got=got, hint=OTHER_DTYPE)


def numbers(out, expected, *, given, known, hint, tolerance=1e-5):
    """Raise unless the numbers are right; `known` lists (wrong numbers, their hint), `hint` is for all others."""
    if agree(out, expected, tolerance):
        return
    not_a_number = np.isnan(out.asnumpy()).any()
    fitting = (text for wrong, text in known if agree(out, wrong, tolerance))
    text = next(fitting, NOT_A_NUMBER if not_a_number else hint)
    raise MistakeError(given=given, expected=expected, got=out, hint=text)


def no_loop(function, *, given):
    """Raise if a learner's function has a loop in it; of what is no plain Python function nothing is known."""
    code = getattr(function, "__code__", None)
    if code is not None and _loops(code):
        raise MistakeError(given=given, expected="no loop", got="a loop, or a comprehension", hint=LOOP)


def _loops(code):
    operations = [instruction.opname for instruction in dis.get_instructions(code)]
    if any(name == "FOR_ITER" or "JUMP_BACKWARD" in name for name in operations):
        return True
    return any(_loops(constant) for constant in code.co_consts if isinstance(constant, CodeType))
