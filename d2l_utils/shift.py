"""Making a shift on purpose: what is learned from one distribution meets another."""

import math

from d2l_utils import _validation

import numpy as np
from mxnet import nd


def brighten(images, factor):
    """Multiply all pixels by a number, and cut what is brighter than white.

    Parameters
    ----------
    images : NDArray of shape (n, ...), floats of 32 or 64 bits in [0, 1]
        0 is black, 1 is white.
    factor : float >= 0
        Below 1 the images become darker, above 1 brighter.

    Returns
    -------
    NDArray, same shape, dtype and device as `images`
        The new images; `images` itself is unchanged.

    Raises
    ------
    TypeError
        If `images` is no NDArray of floats, or `factor` no number.
    ValueError
        If a pixel lies outside [0, 1], or `factor` is negative or beyond the range of float32.

    Notes
    -----
    min(1, factor * x). Black stays black. What was cut at white cannot be brought back by another factor.

    Examples
    --------
    >>> from mxnet import nd
    >>> brighten(nd.array([[0, 0.25, 0.75]]), 2).asnumpy().tolist()
    [[0.0, 0.5, 1.0]]

    Introduced in: notebooks/21-distribution-shift.ipynb
    """
    _check_pixels("brighten", images)
    largest = float(np.finfo("float32").max)
    _validation.number(
        "brighten", "factor", factor, allowed=">= 0 and in the range of float32",
        within=lambda value: 0 <= value <= largest, operand=True,
    )  # fmt: skip
    return nd.clip(images * float(factor), 0, 1)


def rotate(images, degrees):
    """Turn images about their center, counterclockwise as they are shown.

    Parameters
    ----------
    images : NDArray of shape (n, height, width), (n, channels, height, width) or (n, side * side)
        Floats of 32 or 64 bits in [0, 1].
    degrees : float
        The angle, at most 360 of either sign.

    Returns
    -------
    NDArray, same shape, dtype and device as `images`
        The new images; `images` itself is unchanged.

    Raises
    ------
    TypeError
        If `images` is no NDArray of floats, or `degrees` no number.
    ValueError
        If `images` has another shape or a pixel outside [0, 1], or `degrees` lies outside [-360, 360].

    Notes
    -----
    Each new pixel looks where it comes from in the old image, and mixes the four pixels around that place in proportion
    to their nearness (bilinear interpolation). What comes from outside is 0. A turn by a multiple of 90 degrees of a
    square image moves pixels and mixes none; any other blurs a little, so two turns by 15 are not one by 30.

    Examples
    --------
    >>> from mxnet import nd
    >>> rotate(nd.array([[[0, 1], [0, 0]]]), 90).asnumpy().tolist()
    [[[1.0, 0.0], [0.0, 0.0]]]

    Introduced in: notebooks/21-distribution-shift.ipynb
    """
    values = _check_pixels("rotate", images)
    _validation.number(
        "rotate", "degrees", degrees, allowed="in [-360, 360]", within=lambda value: -360 <= value <= 360
    )
    values = values.reshape(len(values), -1, *_height_and_width(images))  # (n, channels, height, width)
    turned = np.zeros_like(values)
    for weights, rows, columns in _corners(*values.shape[2:], math.radians(degrees)):
        turned += weights.astype(values.dtype) * values[:, :, rows, columns]
    return nd.array(turned.clip(0, 1).reshape(images.shape), ctx=images.context, dtype=images.dtype)


def resample_classes(labels, proportions, num_examples, rng):
    """Choose examples so that each class has a given share of them.

    Parameters
    ----------
    labels : NDArray of shape (n,)
        The classes of the examples there are: whole numbers from 0 on.
    proportions : list of float, or NumPy array
        The share of each class, in their order, in [0, 1] and together 1.
    num_examples : int >= 1
        How many to choose.
    rng : numpy.random.Generator or numpy.random.RandomState
        What chooses, such as `np.random.RandomState(seed)`.

    Returns
    -------
    NDArray of shape (num_examples,), int64, on the device of `labels`
        The positions of the chosen examples in random order, none twice: for `images.take` and `labels.take`.

    Raises
    ------
    TypeError
        If an argument has another type.
    ValueError
        If the shares do not make a whole, a label is no class of them, or a class has too few examples.

    Notes
    -----
    The numbers of examples are the shares of `num_examples`, rounded down; what is then missing goes one each to the
    classes that lost most by the rounding. Inside a class all examples are equally likely, so p(x | y) stays.

    Examples
    --------
    >>> from mxnet import nd
    >>> labels = nd.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> chosen = resample_classes(labels, [0.75, 0.25], 4, np.random.RandomState(0))
    >>> sorted(labels.take(chosen).asnumpy().tolist())
    [0.0, 0.0, 0.0, 1.0]

    Introduced in: notebooks/21-distribution-shift.ipynb
    """
    shares = _check_proportions(proportions)
    _validation.integer("resample_classes", "num_examples", num_examples, at_least=1)
    kinds = (np.random.Generator, np.random.RandomState)
    _validation.instance("resample_classes", "rng", rng, kinds, allowed="a Generator or RandomState of NumPy")
    classes = _check_labels(labels, len(shares))
    if num_examples > len(classes):
        raise ValueError(
            f"resample_classes: num_examples must be at most the number of labels, {len(classes)}, got {num_examples}"
        )
    chosen = []
    for label, count in enumerate(_counts(shares, num_examples)):
        there = np.flatnonzero(classes == label)
        if len(there) < count:
            raise ValueError(
                f"resample_classes: labels must hold {count} examples of class {label} for {num_examples} examples in "
                f"these proportions, got {len(there)}"
            )
        chosen.append(rng.permutation(there)[:count])
    return nd.array(rng.permutation(np.concatenate(chosen)), ctx=labels.context, dtype="int64")


def _check_pixels(function, images):
    """Raise unless `images` holds floats from 0 to 1; give them as a NumPy array."""
    _validation.floating(function, "images", images, half=False)
    values = images.asnumpy()
    smallest, largest = values.min(), values.max()
    if not (smallest >= 0 and largest <= 1 + 1e-6):  # 255 / 255 may be rounded up
        raise ValueError(
            f"{function}: images must have pixels in [0, 1], got {smallest:g} to {largest:g}; divide bytes by 255"
        )
    return values


def _height_and_width(images):
    """Give the size of the images, which a row of pixels tells if they are square."""
    if images.ndim in (3, 4):
        return images.shape[-2:]
    side = math.isqrt(images.shape[-1])
    if images.ndim != 2 or side * side != images.shape[-1]:
        raise ValueError(
            "rotate: images must have shape (n, height, width), (n, channels, height, width) or (n, side * side), got "
            f"{images.shape}"
        )
    return side, side


def _corners(height, width, angle):
    """Give (weights, rows, columns), each of shape (height, width), of the four pixels that each new pixel mixes."""
    cos, sin = round(math.cos(angle), 12), round(math.sin(angle), 12)  # the 0 of a right angle is 6e-17 otherwise
    center_row, center_column = (height - 1) / 2, (width - 1) / 2
    down, right = np.mgrid[:height, :width] - np.reshape([center_row, center_column], (2, 1, 1))
    from_row = center_row + cos * down + sin * right  # rows count downward
    from_column = center_column - sin * down + cos * right
    for row in (np.floor(from_row), np.floor(from_row) + 1):
        for column in (np.floor(from_column), np.floor(from_column) + 1):
            weights = (1 - abs(from_row - row)) * (1 - abs(from_column - column))
            weights *= (row >= 0) & (row < height) & (column >= 0) & (column < width)
            yield weights, row.clip(0, height - 1).astype(int), column.clip(0, width - 1).astype(int)


def _check_proportions(proportions):
    """Raise unless `proportions` is a list of shares of a whole; give them as a NumPy array."""
    function, allowed = "resample_classes", "a list of numbers in [0, 1] whose sum is 1"
    _validation.instance(function, "proportions", proportions, (list, tuple, np.ndarray), allowed=allowed)
    if isinstance(proportions, np.ndarray) and proportions.ndim != 1:
        raise ValueError(f"{function}: proportions must be {allowed}, got shape {proportions.shape}")
    for position, share in enumerate(proportions):
        _validation.number(
            function, f"proportions[{position}]", share, allowed="in [0, 1]", within=lambda value: 0 <= value <= 1
        )
    total = float(sum(map(float, proportions)))
    if abs(total - 1) > 1e-6:
        raise ValueError(f"{function}: proportions must be {allowed}, got a sum of {total:g}")
    return np.array([float(share) for share in proportions])


def _check_labels(labels, num_classes):
    """Raise unless `labels` holds classes below `num_classes`; give them as a NumPy array."""
    _validation.array("resample_classes", "labels", labels)
    values = labels.asnumpy()
    if values.ndim != 1:
        raise ValueError(f"resample_classes: labels must have shape (n,), got {values.shape}")
    strange = values[~np.isin(values, range(num_classes))]
    if len(strange):
        raise ValueError(
            f"resample_classes: labels must be whole numbers from 0 to {num_classes - 1}, one class for each "
            f"proportion, got {strange[0]:g}"
        )
    return values


def _counts(shares, num_examples):
    """Round shares of `num_examples` to whole numbers with the same sum."""
    exact = (shares / shares.sum() * num_examples).round(9)
    counts = np.floor(exact).astype(int)
    lost_most = np.argsort(counts - exact, kind="stable")
    counts[lost_most[: num_examples - counts.sum()]] += 1
    return counts.tolist()
