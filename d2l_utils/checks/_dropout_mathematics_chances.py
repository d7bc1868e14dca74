"""What the binomial distribution (notebook 11, exercise 2) and the average over masks (exercise 3) have to give."""

import itertools
import math

from d2l_utils.checks._answers import call
from d2l_utils.checks._dropout_mathematics_numbers import compare
from d2l_utils.checks._verdict import MistakeError, as_numpy

import numpy as np

BINOMIAL = "The chance of k dropped is comb(n, k) * drop_prob**k * (1 - drop_prob)**(n - k), for k from 0 to n."
SWAPPED = "This is the number KEPT: entry k is the chance that k units are dropped."
ONE_MASK = "This is the chance of ONE mask with k dropped: there are comb(n, k) of them."
UNDERFLOW = "A power of many small factors is 0 in a float: add units one by one, or work with logarithms."
OVERFLOW = "comb(2000, 1000) has 600 digits, a float has room for 308: add units one by one, or work with logarithms."
SHAPE = "There are n + 1 possible numbers, from 0 to n: give back a NumPy array of shape (n + 1,)."

AVERAGE = (
    "Add up chance * f(mask) over all 2**n masks; each dropped unit brings drop_prob, each kept one 1 - drop_prob."
)
EQUAL_VOTES = "All masks have the same vote here: that is right at drop_prob 0.5 only."
KEEP_DROP = "A mask's 1 is a unit that is KEPT, with the chance 1 - drop_prob."
SHORT_CUT = "This is weight scaling, one pass: f is not linear, so the average is another number."
NO_EMPTY = "One mask is missing: the one that drops every unit has a chance too."
NO_FULL = "One mask is missing: the one that drops nothing has a chance too."
SAMPLED = "Two calls give two answers: do not draw masks, go through all of them."
OF_WHAT = "Give back an array of the shape of what f gives."


def binomial(n, drop_prob):
    """Give the chances of 0, 1, ..., n dropped, one unit after the other."""
    chances = np.ones(1)
    for _ in range(n):
        chances = np.convolve(chances, [1 - drop_prob, drop_prob])
    return chances


def check_binomial(binomial_pmf, n, drop_prob):
    """Raise unless the chances are the binomial ones."""
    text, expected, k = f"n = {n}, drop_prob = {drop_prob}", binomial(n, drop_prob), np.arange(n + 1)
    result = call(binomial_pmf, n, drop_prob, given=text, hint=OVERFLOW if n > 1000 else BINOMIAL)
    got = as_numpy(result)
    if got is not None and got.shape == expected.shape and n > 1000 and not got.max() > expected.max() / 2:
        raise MistakeError(given=text, expected=f"a largest entry of {expected.max():.3f}", got=result, hint=UNDERFLOW)
    known = [(binomial(n, 1 - drop_prob), SWAPPED), (drop_prob**k * (1.0 - drop_prob) ** (n - k), ONE_MASK)]
    known.append(((1 - drop_prob) ** k * float(drop_prob) ** (n - k), ONE_MASK))
    compare(result, expected, given=text, known=known, hint=BINOMIAL, shape_hint=SHAPE)


def _average(f, n, weigh):
    masks = [np.array(mask) for mask in itertools.product([0, 1], repeat=n)]
    return sum(weigh(int(mask.sum())) * np.asarray(f(mask), dtype="float64") for mask in masks)


def check_average(average_over_masks, f, name, n, drop_prob):
    """Raise unless f is averaged over all masks of n units, each with its chance."""
    text, keep = f"f = {name}, n = {n}, drop_prob = {drop_prob}", 1 - drop_prob
    result = call(average_over_masks, f, n, drop_prob, given=text)
    again = as_numpy(call(average_over_masks, f, n, drop_prob, given=text))
    got = as_numpy(result)
    if got is not None and again is not None and not np.array_equal(got, again, equal_nan=True):
        raise MistakeError(given=text, expected="the same answer twice", got="two answers", hint=SAMPLED)
    chance = lambda kept: keep**kept * drop_prob ** (n - kept)  # noqa: E731
    expected = np.asarray(_average(f, n, chance))
    known = [
        (_average(f, n, lambda kept: 0.5**n), EQUAL_VOTES),
        (_average(f, n, lambda kept: 1), EQUAL_VOTES),
        (_average(f, n, lambda kept: drop_prob**kept * keep ** (n - kept)), KEEP_DROP),
        (f(np.full(n, keep)), SHORT_CUT),
        (_average(f, n, lambda kept: chance(kept) * (kept > 0)), NO_EMPTY),
        (_average(f, n, lambda kept: chance(kept) * (kept < n)), NO_FULL),
    ]
    compare(result, expected, given=text, known=known, hint=AVERAGE, shape_hint=OF_WHAT)


def functions():
    """Give (function of a mask, its name, number of units), from small to large."""
    random = np.random.RandomState(0)
    W, v = random.normal(size=(5, 3)), random.normal(size=8)
    return [
        (lambda mask: np.asarray(mask) @ np.array([3.0, 1.0]) + 2, "3 * mask[0] + mask[1] + 2", 2),
        (lambda mask: (np.asarray(mask).sum() - 1.0) ** 2, "(mask.sum() - 1)**2", 2),
        (lambda mask: np.maximum(np.asarray(mask) @ W + 0.5, 0), "relu(mask @ W + 0.5)", 5),
        (lambda mask: math.exp(np.asarray(mask) @ v), "exp(mask @ v)", 8),
    ]
