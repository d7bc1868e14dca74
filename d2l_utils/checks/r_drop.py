"""Checks of the exercises of notebooks/14-r-drop.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _r_drop_losses as losses
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "14-r-drop"
STATEMENTS = {
    "a": (True, "The distance then costs nothing, and the mean of two cross-entropies is left."),
    "b": (False, "The cut in the middle then compares one image with another one."),
    "c": (True, "If no mask changes the answer, there is no distance: one of the ways to pay nothing."),
    "d": (False, "Without dropout both passes are the same, and the distance is 0 whatever the weights are."),
    "e": (True, "Places whose answer is always the same are easy, and the mean over all places looks good."),
    "f": (False, "A step of R-Drop computes twice as much: the rival may have twice the epochs."),
}


@exercise(CHAPTER, 1)
def exercise_1(pair_distance, pair_loss, sequence_loss, partner, our_alpha):
    """Check a distance, a loss, a mean over words, a partner in the doubled batch and the alpha of a listing."""
    pair = "p = [0.5, 0.5], q = [0.8, 0.2]"
    half = 0.15 * np.log(4)
    known = [
        (2 * half, "This is the sum of both directions: take their mean."),
        (np.log(1.25), "This is KL(p||q) alone: take the mean of both directions."),
        (0.8 * np.log(1.6) + 0.2 * np.log(0.4), "This is KL(q||p) alone: take the mean of both directions."),
        (half / 2, "KL is a sum over the classes, not a mean."),
    ]
    hint = "It is half the sum over both classes of (p - q) * (log p - log q), with natural logarithms."
    equal_number("pair_distance", pair_distance, half, given=pair, known=known, hint=hint)
    mean = -np.log(0.5 * 0.8) / 2
    known = [
        (2 * mean + 2 * half, "The cross-entropies are averaged, not added."),
        (mean + half, "The distance is multiplied by alpha."),
        (mean + 4 * half, "The distance has a half in it: alpha * (KL + KL) / 2."),
        (mean, "This is the cross-entropy alone."),
        (-np.log(0.5 * 0.2) / 2 + 2 * half, "The first class is the right one."),
    ]
    hint = "It is (-log p_y - log q_y) / 2 + alpha * distance."
    equal_number("pair_loss", pair_loss, mean + 2 * half, given=f"{pair}, y = 0, alpha = 2", known=known, hint=hint)
    known = [
        (3.6, "Padding does not count."),
        (1.2, "Padding counts neither in the sum nor in the number by which you divide."),
        (6, "It is a mean: divide by the number of real places."),
    ]
    given = "losses = [1, 3, 2, 6, 6], mask = [1, 1, 1, 0, 0]"
    hint = "It is the sum over the real places, divided by their number."
    equal_number("sequence_loss", sequence_loss, 2, given=given, known=known, hint=hint)
    known = [
        (6, "That is where nd.repeat would lead to. nd.concat puts the copies behind the whole batch."),
        (10, "The copies begin behind the whole batch, at row 32."),
        (36, "Rows count from 0: the copy of row 0 is row 32."),
        (38, "Rows count from 0: the copy of row 0 is row 32."),
    ]
    hint = "The copy of row 0 is the first row behind the batch."
    equal_number("partner", partner, 37, given="a batch of 32 images, row 5", known=known, hint=hint)
    known = [
        (5, "The cross-entropies there weigh twice as much as here, beside the same distance."),
        (10, "It is the other way round: halve the whole listing, and see what becomes of its alpha."),
    ]
    hint = "Halve the loss of the listing: its minimum stays where it is."
    given = "the loss CE + CE + 5 * (KL + KL) / 2"
    equal_number("our_alpha", our_alpha, 2.5, given=given, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(symmetric_kl):
    """Check the distance from scores: numbers, one for each example, no overflow, dtype, inputs left alone."""
    cases = [
        ([[0.0, 0.0]], [[1.0, 0.0]]),
        ([[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]], [[1.0, 1.0, 1.0], [3.0, 1.0, -1.0]]),
        ([[1000.0, -1000.0]], [[-1000.0, 1000.0]]),
    ]
    for first, second in cases:
        losses.check_distance(symmetric_kl, nd.array(first), nd.array(second))
    random = np.random.RandomState(0)
    for dtype in ("float32", "float64"):
        first, second = (nd.array(random.normal(size=(6, 10)), dtype=dtype) for _ in range(2))
        losses.check_distance(symmetric_kl, first, second)


@exercise(CHAPTER, 3)
def exercise_3(doubled_loss):
    """Check the losses from one call with the doubled batch."""
    random = np.random.RandomState(0)
    for n, num_classes, alpha in ((2, 2, 1), (3, 4, 0), (5, 10, 2.5)):
        X, y = nd.array(random.normal(size=(n, num_classes))), nd.array(random.randint(num_classes, size=n))
        losses.check_doubled(doubled_loss, X, y, alpha, random)


@exercise(CHAPTER, 4)
def exercise_4(mean_over_words):
    """Check the mean over the real places of sequences, without a loop, with infinity at padding and with length 0."""
    inf = float("inf")
    cases = [
        ([[1.0, 3.0, 9.0, 2.0]], [2]),
        ([[1.0, 3.0, 8.0], [2.0, 4.0, 9.0]], [1, 3]),
        ([[2.0, inf, inf], [1.0, 1.0, 4.0]], [1, 3]),
        ([[2.0, 5.0], [1.0, 3.0]], [0, 2]),
    ]
    for values, lengths in cases:
        losses.check_mean(mean_over_words, nd.array(values), nd.array(lengths))
    random = np.random.RandomState(0)
    losses.check_mean(mean_over_words, nd.array(random.rand(7, 20)), nd.array(random.randint(1, 21, size=7)))


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(distance_of_passes):
    """Check the mean KL over all pairs of passes: two of them, three, and many."""
    random = np.random.RandomState(0)
    for shape in ((2, 1, 3), (3, 1, 4), (3, 4, 10), (20, 5, 4)):
        losses.check_pairs(distance_of_passes, nd.array(random.normal(size=shape)))
