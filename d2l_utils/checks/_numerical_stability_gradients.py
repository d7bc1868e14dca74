"""What a norm without overflow (notebook 19, exercise 2) and unscaled gradients (exercise 3) must be."""

import math

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy

import numpy as np

ONE_NUMBER = "Give back one number: the norm of all arrays together."
OVERFLOW = "The squares of such entries overflow: divide by the largest absolute entry before squaring."
UNDERFLOW = "The squares of such entries become 0: divide by the largest absolute entry before squaring."
ZERO = "If all entries are 0, the largest of them is 0 too: what is 0 / 0?"
SQUARE = "The root of the sum of squares is missing."
SEPARATE = "One norm for all: add up the squares of all arrays before the root is taken."
LARGEST_ONLY = "This is the largest absolute entry: the others belong into the norm too."
SIGN = "The largest entry by its ABSOLUTE value: a large negative one counts as well."
NORM = "Divide by the largest absolute entry, take the root of the sum of squares, multiply by the largest again."

PAIR = "Give back two things: the gradients, or None, and the scale."
SKIP = "An infinity cannot be divided away: give back None in place of the gradients, and half of the scale."
NAN = "nan is not finite either: np.isfinite knows it, a comparison with infinity does not."
ALL = "Look at ALL arrays and all entries: one infinity anywhere spoils the step."
HALVE = "After a step that is skipped go on with half of the scale."
KEEP = "Nothing overflowed: the scale stays, and the gradients are used."
EARLY = "In float16 the quotient vanishes or loses digits: convert to float32 BEFORE you divide."
MULTIPLIED = "The gradients are those of the loss TIMES scale: divide."
NOT_DIVIDED = "The gradients are `scale` times too large: divide them."
FLOAT32 = "Give the gradients in float32."
UNSCALED = "Convert each array to float32 and divide it by the scale."
CHANGED = "An input was changed: make new arrays."


def check_norm(safe_norm, grads):
    """Raise unless a number is the joint norm of the arrays."""
    text = f"grads = {_written(grads)}"
    with np.errstate(all="ignore"):
        answer = call(safe_norm, [grad.copy() for grad in grads], given=text)
    values = np.concatenate([grad.ravel() for grad in grads])
    got, expected = as_numpy(answer), math.hypot(*values)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=type(answer).__name__, hint=ONE_NUMBER)
    got = float(got.ravel()[0])
    if got == expected or abs(got - expected) <= 1e-9 * expected:
        return
    raise MistakeError(given=text, expected=f"{expected:.6g}", got=f"{got:.6g}", hint=_norm_hint(got, values, grads))


def _norm_hint(got, values, grads):
    largest = abs(values).max()
    if largest == 0:
        return ZERO
    if values.max() < 0 < got and got < largest:
        return SIGN
    if not math.isfinite(got):
        return OVERFLOW
    known = [
        (largest, LARGEST_ONLY),
        (sum(math.hypot(*grad.ravel()) for grad in grads), SEPARATE),
        (max(math.hypot(*grad.ravel()) for grad in grads), SEPARATE),
        (math.hypot(*values) ** 2 if 1e-100 < largest < 1e100 else -1, SQUARE),
    ]
    for wrong, sentence in known:
        if abs(got - wrong) <= 1e-9 * abs(wrong):
            return sentence
    return UNDERFLOW if got < largest / 2 else NORM


def check_unscaled(unscaled, grads, scale):
    """Raise unless gradients and scale are those after one turn of loss scaling."""
    text = f"grads = {_written(grads)} (float16), scale = {scale}"
    copies = [grad.copy() for grad in grads]
    with np.errstate(all="ignore"):
        answer = call(unscaled, copies, scale, given=text)
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise MistakeError(given=text, expected="a pair", got=type(answer).__name__, hint=PAIR)
    if any(not np.array_equal(copy, grad, equal_nan=True) for copy, grad in zip(copies, grads, strict=True)):
        raise MistakeError(given=text, expected="unchanged inputs", got="changed ones", hint=CHANGED)
    got, new_scale = answer
    finite = all(np.isfinite(grad).all() for grad in grads)
    if not finite:
        _check_skipped(got, new_scale, grads, scale, text)
        return
    if got is None:
        raise MistakeError(given=text, expected="gradients", got="None", hint=KEEP)
    if not _is(new_scale, scale):
        raise MistakeError(given=text, expected=f"the scale {scale}", got=f"{new_scale}", hint=KEEP)
    _check_divided(got, grads, scale, text)


def _check_skipped(got, new_scale, grads, scale, text):
    if got is not None:
        no_infinity = not any(np.isinf(grad).any() for grad in grads)
        hint = NAN if no_infinity else ALL if np.isfinite(grads[0]).all() else SKIP
        raise MistakeError(given=text, expected="None", got="gradients", hint=hint)
    if not _is(new_scale, scale / 2):
        raise MistakeError(given=text, expected=f"the scale {scale / 2}", got=f"{new_scale}", hint=HALVE)


def _check_divided(got, grads, scale, text):
    fits = isinstance(got, tuple | list) and len(got) == len(grads)
    if not fits or any(not isinstance(one, np.ndarray) for one in got):
        raise MistakeError(given=text, expected=f"{len(grads)} arrays", got=type(got).__name__, hint=PAIR)
    for one, grad in zip(got, grads, strict=True):
        expected = grad.astype("float32") / np.float32(scale)
        if one.dtype == "float32" and np.allclose(one, expected, rtol=1e-5, atol=0):
            continue
        with np.errstate(all="ignore"):
            known = [
                (grad.astype("float32"), NOT_DIVIDED),
                (grad.astype("float32") * np.float32(scale), MULTIPLIED),
                (grad / np.float16(scale), EARLY),
            ]
            for wrong, sentence in known:
                # In float16 the right numbers and the early ones may be the same: then only the kind is wrong.
                same = one.shape == wrong.shape and np.allclose(one, wrong, rtol=1e-4, atol=0, equal_nan=True)
                if same and not np.allclose(wrong, expected, rtol=1e-5, atol=0, equal_nan=True):
                    raise MistakeError(given=text, expected=_written([expected]), got=_written([one]), hint=sentence)
        hint = FLOAT32 if one.dtype != "float32" else UNSCALED
        said = f"an array of {one.dtype}" if one.dtype != "float32" else _written([one])
        raise MistakeError(given=text, expected=_written([expected]), got=said, hint=hint)


def _is(value, expected):
    number = as_numpy(value)
    return number is not None and number.size == 1 and float(number.ravel()[0]) == expected


def _written(arrays):
    """Write arrays with three digits, however large or small the numbers are."""
    return ", ".join("[" + ", ".join(f"{value:.3g}" for value in array.ravel()) + "]" for array in arrays)
