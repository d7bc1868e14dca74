"""Argument checks with one sentence for every error: function, parameter, what is allowed, what came."""

import math
import sys
from numbers import Integral, Rational, Real

LARGEST = 2**63 - 1  # what MXNet and NumPy can count to


def number(function, parameter, value, *, allowed, within, operand=False):
    """Raise unless `value` is a real number for which `within(value)` holds; `allowed` says it in words.

    An `operand` is what MXNet multiplies or adds: it knows no float between 0 and 2.2e-308.
    """
    fraction = isinstance(value, Rational) and not isinstance(value, Integral)  # which MXNet does not know
    if isinstance(value, bool) or fraction or not isinstance(value, Real):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {in_short(value)} ({type(value).__name__})")
    if not _fits_a_float(value):
        raise ValueError(f"{function}: {parameter} must be {allowed} and fit a float, got {in_short(value)}")
    if math.isnan(value) or not within(float(value)):  # NumPy's small floats cannot be compared with large numbers
        raise ValueError(f"{function}: {parameter} must be {allowed}, got {value!r}")
    if operand and 0 < abs(value) < sys.float_info.min:
        raise ValueError(f"{function}: {parameter} must be {allowed} and not so near 0, got {value!r}")


def integer(function, parameter, value, *, at_least):
    """Raise unless `value` is an integer >= `at_least`."""
    allowed = f"an integer >= {at_least}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {in_short(value)} ({type(value).__name__})")
    if value < at_least:
        raise ValueError(f"{function}: {parameter} must be {allowed}, got {in_short(value)}")
    if value > LARGEST:
        raise ValueError(f"{function}: {parameter} must be {allowed} and < 2**63, got {in_short(value)}")


def instance(function, parameter, value, kinds, *, allowed):
    """Raise unless `value` is an instance of `kinds`; `allowed` says it in words."""
    if not isinstance(value, kinds):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {type(value).__name__}")


def same_shape(function, first, second, *, cause):
    """Raise unless two (name, array) pairs have the same shape; `cause` is the likely mistake."""
    (first_name, first_array), (second_name, second_array) = first, second
    if first_array.shape != second_array.shape:
        raise ValueError(
            f"{function}: {first_name} and {second_name} must have the same shape, got {first_array.shape} and "
            f"{second_array.shape}; {cause}"
        )


def array(function, parameter, value, *, allowed="an NDArray"):
    """Raise unless `value` is a dense NDArray with entries; those of `mx.np` and `mx.nd.sparse` are other classes."""
    from mxnet import nd  # here, since the data sets use this module where there is no MXNet

    if type(value) is not nd.NDArray:
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {type(value).__name__}")
    if value.size == 0:  # MXNet's operators fail on it, some only when the result is read
        raise ValueError(f"{function}: {parameter} must be {allowed} with at least one entry, got shape {value.shape}")


def floating(function, parameter, value, *, half=True):
    """Raise unless `value` is an NDArray of floats; `half` says whether they may be of 16 bits."""
    allowed = "an NDArray of floats" if half else "an NDArray of floats of 32 or 64 bits"
    array(function, parameter, value, allowed=allowed)
    name = value.dtype.__name__
    if name not in ("float16", "float32", "float64") or (name == "float16" and not half):
        raise TypeError(
            f"{function}: {parameter} must be {allowed}, got dtype {name}; "
            f"convert it with {parameter}.astype('float32')"
        )


def numpy_floats(function, parameter, value):
    """Raise unless `value` is a NumPy array of floats of 32 or 64 bits with entries, for layers written in NumPy."""
    import numpy as np  # here, since the data sets use this module where there is no NumPy

    allowed = "a NumPy array of floats of 32 or 64 bits"
    if type(value) is not np.ndarray:
        cause = "; convert it with .asnumpy()" if hasattr(value, "asnumpy") else ""
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {type(value).__name__}{cause}")
    if value.dtype not in ("float32", "float64"):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got dtype {value.dtype}")
    if value.size == 0:
        raise ValueError(f"{function}: {parameter} must be {allowed} with at least one entry, got shape {value.shape}")


def same_dtype(function, first, second):
    """Raise unless two (name, NDArray) pairs have the same dtype: MXNet does not mix them."""
    (first_name, first_array), (second_name, second_array) = first, second
    if first_array.dtype != second_array.dtype:
        name = first_array.dtype.__name__
        raise TypeError(
            f"{function}: {first_name} and {second_name} must have the same dtype, got {name} and "
            f"{second_array.dtype.__name__}; convert with {second_name}.astype('{name}')"
        )


def _fits_a_float(value):
    """Tell whether `value` is no integer of more than 308 digits."""
    return not isinstance(value, Integral) or abs(value) <= sys.float_info.max


def in_short(value):
    """Write a value on one line, the middle of a long one left out."""
    too_long = isinstance(value, Integral) and not _fits_a_float(value)  # Python writes no more than 4300 digits
    text = f"an integer of {int(value).bit_length()} bits" if too_long else " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:40]}...{text[-15:]}"


def last_line(error):
    """Tell an error in one short line: the last one of its words."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return in_short(lines[-1] if lines else type(error).__name__)
