"""Argument checks with one sentence for every error: function, parameter, what is allowed, what came."""

import math
from numbers import Integral, Real


def number(function, parameter, value, *, allowed, within):
    """Raise unless `value` is a real number for which `within(value)` holds; `allowed` says it in words."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {value!r} ({type(value).__name__})")
    if math.isnan(value) or not within(value):
        raise ValueError(f"{function}: {parameter} must be {allowed}, got {value!r}")


def integer(function, parameter, value, *, at_least):
    """Raise unless `value` is an integer >= `at_least`."""
    allowed = f"an integer >= {at_least}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {value!r} ({type(value).__name__})")
    if value < at_least:
        raise ValueError(f"{function}: {parameter} must be {allowed}, got {value!r}")


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


def floating(function, parameter, value):
    """Raise unless `value` is an NDArray of a floating-point type."""
    allowed = "an NDArray of floats"
    if not (hasattr(value, "asnumpy") and hasattr(value, "context")):
        raise TypeError(f"{function}: {parameter} must be {allowed}, got {type(value).__name__}")
    if value.dtype.__name__ not in ("float16", "float32", "float64"):
        raise TypeError(
            f"{function}: {parameter} must be {allowed}, got dtype {value.dtype.__name__}; "
            f"convert it with {parameter}.astype('float32')"
        )
