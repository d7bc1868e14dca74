"""How the answers of notebook 11, numbers and NumPy arrays, are compared with the right ones."""

from d2l_utils.checks._verdict import MistakeError, as_numpy, show

import numpy as np

NOT_A_NUMBER = "There is a nan or an infinity: which line divides by 0, or takes the logarithm of 0?"


def compare(result, expected, *, given, known, hint, shape_hint, tolerance=1e-7):
    """Raise unless a result has the shape and the numbers of `expected`; `known` lists (wrong numbers, their hint)."""
    got = as_numpy(result)
    if got is None or got.shape != expected.shape:
        said = show(result) if got is None else f"shape {got.shape}"
        wanted = f"shape {expected.shape}" if expected.shape else "a number"
        raise MistakeError(given=given, expected=wanted, got=said, hint=shape_hint)
    if near(got, expected, tolerance):
        return
    if not np.isfinite(got).all():
        raise MistakeError(given=given, expected=expected, got=got, hint=NOT_A_NUMBER)
    fitting = (text for wrong, text in known if near(got, np.asarray(wrong), tolerance))
    raise MistakeError(given=given, expected=expected, got=got, hint=next(fitting, hint))


def near(got, expected, tolerance):
    """Tell whether two arrays agree, rounding aside; the tolerance is relative to the largest number."""
    if got.shape != expected.shape:
        return False
    with np.errstate(all="ignore"):
        return bool((abs(got - expected) <= tolerance * max(abs(expected).max(), 1e-30)).all())
