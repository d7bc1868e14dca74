"""What layers on NumPy arrays ask of their arguments beyond `_validation.numpy_floats`."""

from d2l_utils import _validation

import numpy as np


def matrix(function, parameter, value):
    """Raise unless `value` is a NumPy array of floats with one example a row."""
    _validation.numpy_floats(function, parameter, value)
    if value.ndim != 2:
        raise ValueError(
            f"{function}: {parameter} must have the shape (batch, features), got {value.shape}; "
            "is a reshape to (batch, features) missing?"
        )


def shaped(function, parameter, value, shape, *, like, cause):
    """Raise unless `value` is a NumPy array of floats of a shape and of the dtype of `like`, a (name, array) pair."""
    _validation.numpy_floats(function, parameter, value)
    if value.shape != shape:
        raise ValueError(f"{function}: {parameter} must have the shape {shape}, got {value.shape}; {cause}")
    name, array = like
    if value.dtype != array.dtype:
        raise TypeError(
            f"{function}: {name} and {parameter} must have the same dtype, got {array.dtype} and {value.dtype}"
        )


def labels(function, value, batch, num_classes):
    """Raise unless `value` holds one class for each row, as integers from 0 on."""
    allowed = f"a NumPy array of {batch} integers from 0 to {num_classes - 1}"
    if type(value) is not np.ndarray or value.dtype.kind not in "iu":
        got = f"dtype {value.dtype}" if type(value) is np.ndarray else type(value).__name__
        raise TypeError(f"{function}: y must be {allowed}, got {got}; convert it with .astype('int64')")
    if value.shape != (batch,):
        raise ValueError(f"{function}: y must be {allowed}, got shape {value.shape}")
    wrong = value[(value < 0) | (value >= num_classes)]
    if wrong.size:
        raise ValueError(f"{function}: y must be {allowed}, got {wrong[0]}")


def cache(function, value, ndims):
    """Raise unless `value` is a tuple of NumPy arrays of these numbers of axes, as the forward function gives it."""
    is_one = isinstance(value, tuple) and len(value) == len(ndims)
    if not is_one or any(type(part) is not np.ndarray or part.ndim != n for part, n in zip(value, ndims, strict=True)):
        forward = function.replace("backward", "forward")
        raise TypeError(f"{function}: cache must be the second result of {forward}, got {type(value).__name__}")
