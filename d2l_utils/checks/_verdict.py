"""What a check finds, and how it says so: what was given, expected and got, and one hint."""

import textwrap

import numpy as np


class NotAttemptedError(Exception):
    """The answer is still the starter's placeholder."""


class MistakeError(Exception):
    """The answer is wrong; the message is what the learner reads below "not right yet"."""

    def __init__(self, *, given, expected, got, hint):
        """Take four texts; an array may stand for one."""
        parts = {"given": given, "expected": expected, "got": got, "hint": hint}
        super().__init__("\n".join(_line(name, part) for name, part in parts.items()))


def _line(name, part):
    indented = textwrap.indent(show(part), " " * 12)
    return f"  {name + ':':10}{indented.lstrip()}"


def show(value):
    """Write a text as it is and an array with three digits, a large one by its shape and its first entries."""
    if isinstance(value, str):
        return value
    array = as_numpy(value)
    if array is None:
        return type(value).__name__
    if array.size <= 40:
        return np.array2string(array, precision=3, suppress_small=True, max_line_width=100)
    first = np.array2string(array.ravel()[:6], precision=3, suppress_small=True)[:-1]
    return f"an array of shape {array.shape}: {first} ...]"


def given(mode="", **arguments):
    """Write arguments as "X = [1. 2.], drop_prob = 0.5", and in which mode the function was called."""
    parts = [f"{name} = {show(value) if hasattr(value, 'shape') else repr(value)}" for name, value in arguments.items()]
    return ", ".join(parts) + (f", {mode}" if mode else "")


def as_numpy(value):
    """Give an NDArray, a NumPy array, a number or a list of numbers as a NumPy array of floats, or None."""
    try:
        return np.asarray(value.asnumpy() if hasattr(value, "asnumpy") else value, dtype="float64")
    except (TypeError, ValueError):
        return None


def agree(value, expected, tolerance=1e-5):
    """Tell whether two arrays have the same shape and, up to rounding, the same entries."""
    value, expected = as_numpy(value), as_numpy(expected)
    if value is None or value.shape != expected.shape:
        return False
    return bool(np.allclose(value, expected, rtol=tolerance, atol=tolerance))
