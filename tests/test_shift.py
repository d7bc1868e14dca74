"""Shifts made on purpose. Feared: pixels beyond white, the argument changed in place; a turn the other way, about a
corner, or around the edge; channels mixed; pixels of a row taken for rows; classes in other shares, examples twice,
always the first ones, or in order of their classes.
"""

import math

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import nd


def images(shape, seed=0, dtype="float32"):
    return nd.array(np.random.RandomState(seed).uniform(size=shape), dtype=dtype)


# Brightness
def test_brightness_by_hand():
    X = nd.array([[0, 0.25, 0.5, 1]])
    assert d2l.brighten(X, 1.5).asnumpy().tolist() == [[0, 0.375, 0.75, 1]]
    assert d2l.brighten(X, 0).asnumpy().tolist() == [[0, 0, 0, 0]]
    assert X.asnumpy().tolist() == [[0, 0.25, 0.5, 1]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 4), (2, 4, 4), (2, 1, 4, 4)])
def test_shape_and_dtype_are_kept(shape, dtype):
    X = images(shape, dtype=dtype)
    for result in (d2l.brighten(X, 2), d2l.rotate(X, 33)):
        assert (result.shape, result.dtype) == (X.shape, X.dtype)
        assert 0 <= result.min().asscalar() <= result.max().asscalar() <= 1


# Rotation
@pytest.mark.parametrize("quarters", range(-4, 5))
@pytest.mark.parametrize("side", [1, 2, 5, 28])
def test_quarter_turns_move_pixels(quarters, side):
    X = images((2, 3, side, side))
    expected = np.rot90(X.asnumpy(), quarters, axes=(2, 3))
    np.testing.assert_array_equal(d2l.rotate(X, 90 * quarters).asnumpy(), expected)
    rows = d2l.rotate(X[:, 0].reshape((2, side * side)), 90 * quarters).asnumpy()
    np.testing.assert_array_equal(rows.reshape(2, side, side), expected[:, 0])


def slowly(image, degrees):
    """Rotate one image, pixel by pixel."""
    height, width = image.shape
    turned = np.zeros_like(image)
    angle = math.radians(degrees)
    for row in range(height):
        for column in range(width):
            up, right = (height - 1) / 2 - row, column - (width - 1) / 2
            from_right = math.cos(angle) * right + math.sin(angle) * up  # turned back, clockwise
            from_up = -math.sin(angle) * right + math.cos(angle) * up
            y, x = (height - 1) / 2 - from_up, from_right + (width - 1) / 2
            for r in range(height):
                for c in range(width):
                    turned[row, column] += max(0, 1 - abs(r - y)) * max(0, 1 - abs(c - x)) * image[r, c]
    return turned


@pytest.mark.parametrize("degrees", [10, -37.5, 123, 359])
@pytest.mark.parametrize("shape", [(6, 6), (4, 7)])
def test_each_pixel_mixes_its_neighbors(degrees, shape):
    X = images((2, *shape), seed=1, dtype="float64")
    expected = np.stack([slowly(image, degrees) for image in X.asnumpy()])
    np.testing.assert_allclose(d2l.rotate(X, degrees).asnumpy(), expected, atol=1e-9)


def test_nothing_comes_from_outside():
    white = nd.ones((1, 9, 9))
    turned = d2l.rotate(white, 45).asnumpy()[0]
    assert turned[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 0, 0, 0]
    assert turned[4, 4] == 1


# Class balance
LABELS = nd.array(np.random.RandomState(0).randint(3, size=300), dtype="int32")


@settings(max_examples=25)
@given(parts=st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any), num_examples=st.integers(1, 60))
def test_classes_have_their_shares(parts, num_examples):
    shares = [part / sum(parts) for part in parts]
    chosen = d2l.resample_classes(LABELS, shares, num_examples, np.random.RandomState(1))
    assert (chosen.shape, chosen.dtype) == ((num_examples,), np.int64)
    assert len(set(chosen.asnumpy().tolist())) == num_examples
    counts = np.bincount(LABELS.take(chosen).asnumpy(), minlength=3)
    assert (abs(counts - np.multiply(shares, num_examples)) < 1).all()


def test_what_is_rounded_away_goes_to_those_who_lost_most():
    chosen = d2l.resample_classes(LABELS, [0.34, 0.33, 0.33], 10, np.random.RandomState(0))
    assert np.bincount(LABELS.take(chosen).asnumpy()).tolist() == [4, 3, 3]
    chosen = d2l.resample_classes(LABELS, [0.1, 0.26, 0.64], 10, np.random.RandomState(0))
    assert np.bincount(LABELS.take(chosen).asnumpy()).tolist() == [1, 3, 6]


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
def test_all_examples_of_a_class_are_equally_likely(make):
    labels, rng = nd.array([0] * 10 + [1] * 10), make(0)
    drawn = [d2l.resample_classes(labels, [0.5, 0.5], 4, rng).asnumpy() for _ in range(2000)]
    counts = np.bincount(np.concatenate(drawn), minlength=20)
    assert abs(counts - 400).max() < 5 * (2000 * 0.2 * 0.8) ** 0.5
    first = np.mean([positions[0] < 10 for positions in drawn])
    assert abs(first - 0.5) < 5 * 0.5 / 2000**0.5  # not in the order of the classes


# Sentences
RNG = np.random.RandomState(0)
BYTES = "images must have pixels in [0, 1], got 0 to 255; divide bytes by 255"


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: d2l.brighten(nd.array([0, 255]), 1), ValueError, f"brighten: {BYTES}"),
        (lambda: d2l.rotate(nd.array([[0, 255]]), 1), ValueError, f"rotate: {BYTES}"),
        (
            lambda: d2l.brighten(nd.zeros(2), -1),
            ValueError,
            "brighten: factor must be >= 0 and in the range of float32, got -1",
        ),
        (
            lambda: d2l.brighten(nd.zeros(2, dtype="uint8"), 1),
            TypeError,
            "brighten: images must be an NDArray of floats of 32 or 64 bits, got dtype uint8; convert it with "
            "images.astype('float32')",
        ),
        (
            lambda: d2l.rotate(nd.zeros((2, 5)), 1),
            ValueError,
            "rotate: images must have shape (n, height, width), (n, channels, height, width) or (n, side * side), got "
            "(2, 5)",
        ),
        (
            lambda: d2l.rotate(nd.zeros((2, 4)), 361),
            ValueError,
            "rotate: degrees must be in [-360, 360], got 361",
        ),
        (
            lambda: d2l.resample_classes(LABELS, [0.5, 0.3, 0.3], 5, RNG),
            ValueError,
            "resample_classes: proportions must be a list of numbers in [0, 1] whose sum is 1, got a sum of 1.1",
        ),
        (
            lambda: d2l.resample_classes(LABELS, np.ones((1, 1)), 5, RNG),
            ValueError,
            "resample_classes: proportions must be a list of numbers in [0, 1] whose sum is 1, got shape (1, 1)",
        ),
        (
            lambda: d2l.resample_classes(LABELS, [0.5, 0.5], 5, RNG),
            ValueError,
            "resample_classes: labels must be whole numbers from 0 to 1, one class for each proportion, got 2",
        ),
        (
            lambda: d2l.resample_classes(nd.array([[0, 1]]), [0.5, 0.5], 1, RNG),
            ValueError,
            "resample_classes: labels must have shape (n,), got (1, 2)",
        ),
        (
            lambda: d2l.resample_classes(nd.array([0, 0, 0, 1]), [0.5, 0.5], 4, RNG),
            ValueError,
            "resample_classes: labels must hold 2 examples of class 1 for 4 examples in these proportions, got 1",
        ),
        (
            lambda: d2l.resample_classes(nd.array([0, 1]), [0.5, 0.5], 3, RNG),
            ValueError,
            "resample_classes: num_examples must be at most the number of labels, 2, got 3",
        ),
        (
            lambda: d2l.resample_classes(nd.array([0, 1]), [0.5, 0.5], 1, 0),
            TypeError,
            "resample_classes: rng must be a Generator or RandomState of NumPy, got int",
        ),
    ],
)
def test_errors_say_what_is_wrong(call, error, sentence):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == sentence
