"""What can be drawn: checks of the arguments of `d2l_utils.plotting`, and arrays made of them."""

from collections.abc import Sequence
from numbers import Real

from d2l_utils import _validation

import numpy as np
from matplotlib.axes import Axes
from mxnet import nd

MOST_SERIES = 4  # as many as there are colors that everybody can tell apart


def as_series(name, values, length):
    """Give `values` as a list of one to four arrays of `length` entries."""
    _check_sequence("plot", name, values)
    nested = len(values) > 0 and isinstance(values[0], (Sequence, np.ndarray)) and not isinstance(values, nd.NDArray)
    series = [as_numbers(name, ys) for ys in (values if nested else [values])]
    if len(series) > MOST_SERIES:
        raise ValueError(f"plot: {name} must be at most {MOST_SERIES} series (use several panels), got {len(series)}")
    for ys in series:
        if ys.shape != (length,):
            raise ValueError(f"plot: {name} must have as many entries as x_vals, got {ys.shape} for {length}")
    return series


def as_numbers(name, values):
    """Give a sequence of numbers as an array of one dimension; NaN and infinity leave a gap in a curve."""
    _check_sequence("plot", name, values)
    values = values.asnumpy() if isinstance(values, nd.NDArray) else values
    are_numbers = values.dtype.kind in "biuf" if isinstance(values, np.ndarray) else all(map(_is_real, values))
    if not are_numbers:
        raise TypeError(f"plot: {name} must be numbers, got {_validation.in_short(values)}")
    if any(1e300 < abs(value) < float("inf") for value in np.ravel(values).tolist()):
        raise ValueError(
            f"plot: {name} must be numbers within 1e300 on either side, got {_validation.in_short(values)}"
        )
    return np.asarray(values, dtype="float64")


def as_pixels(img):
    """Give an image as an array that matplotlib draws."""
    _validation.array("show_images", "an image", img)
    if img.ndim != 2 and img.shape[2:] != (3,):
        raise ValueError(
            f"show_images: an image must be of shape (height, width) or (height, width, 3), got {img.shape}"
        )
    pixels = img.asnumpy()
    return pixels.astype("float32") if pixels.dtype == np.float16 else pixels  # matplotlib has no colors for it


def _check_sequence(function, name, values):
    """Raise unless `values` has a length and entries in order, and is no text."""
    dense = type(values) is nd.NDArray  # its kin, sparse or of mx.np, cannot be taken apart in the same way
    if isinstance(values, (str, bytes)) or not (dense or isinstance(values, (Sequence, np.ndarray))):
        raise TypeError(f"{function}: {name} must be a sequence, such as a list, got {type(values).__name__}")
    if not getattr(values, "shape", (1,)):
        raise TypeError(f"{function}: {name} must be a sequence, such as a list, got an array of no dimensions")


def _check_place(legend, ax):
    """Raise unless a legend is a list and the place to draw in an Axes, where they are given."""
    if legend is not None:
        _validation.instance("plot", "legend", legend, (list, tuple), allowed="a list of names or None")
    if ax is not None:
        _validation.instance("plot", "ax", ax, Axes, allowed="a matplotlib Axes or None")


def _is_real(value):
    return isinstance(value, Real)
