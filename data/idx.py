"""The IDX format of MNIST and Fashion-MNIST: a header in big-endian numbers, then one byte per value."""

import math
import struct

import numpy as np

_UNSIGNED_BYTES = 0x08  # the third byte of the header: the type of the values
_DIMENSIONS = (1, 3)  # labels, images


def decode(content):
    """Return the array that the bytes of an IDX file describe.

    Parameters
    ----------
    content : bytes
        A whole file, already unzipped, of labels (idx1) or images (idx3).

    Returns
    -------
    ndarray, uint8, read-only
        Shape (n,) for labels and (n, height, width) for images; it shares the memory of `content`.

    Raises
    ------
    ValueError
        If the header is not one of idx1 or idx3 in unsigned bytes, or announces another number of values than follow.
    """
    dimensions = content[3] if len(content) >= 4 else 0
    if content[:3] != bytes([0, 0, _UNSIGNED_BYTES]) or dimensions not in _DIMENSIONS:
        raise ValueError(
            f"decode: content must begin with {bytes([0, 0, _UNSIGNED_BYTES, 1])!r} (idx1) or "
            f"{bytes([0, 0, _UNSIGNED_BYTES, 3])!r} (idx3), got {content[:4]!r}"
        )
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise ValueError(f"decode: content must hold {start} bytes of header, got {len(content)} bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"decode: content must hold {math.prod(shape)} values for the shape {shape} in its header, "
            f"got {len(content) - start}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def encode(array):
    """Return the bytes of the IDX file that holds `array`, uint8 with one or three dimensions.

    Raises
    ------
    ValueError
        If `array` has another type or number of dimensions.
    """
    if array.dtype != np.uint8 or array.ndim not in _DIMENSIONS:
        raise ValueError(
            f"encode: array must be uint8 with 1 or 3 dimensions, got {array.dtype} with {array.ndim} dimensions"
        )
    return struct.pack(f">4B{array.ndim}I", 0, 0, _UNSIGNED_BYTES, array.ndim, *array.shape) + array.tobytes()
