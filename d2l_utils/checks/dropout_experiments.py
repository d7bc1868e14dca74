"""Checks of the exercises of notebooks/10-dropout-experiments.ipynb.

The random inputs come from generators of their own, so that a check leaves the learner's streams as they are.
"""

from d2l_utils.checks import _experiments
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "10-dropout-experiments"
WITHOUT, WITH = np.array([80, 84, 82, 87, 83]), np.array([81, 87, 83, 90, 85])  # percent
STATEMENTS = {
    "a": (True, "The wrong answers are given with less certainty, which the loss sees and the accuracy does not."),
    "b": (False, "A mean of five says nothing without its spread: 0.001 may be far less than the error of the mean."),
    "c": (False, "Whoever chooses on the test images has fitted them: the best number found is partly luck."),
    "d": (True, "Luck that both sides share, such as hard validation images, cancels in the difference."),
    "e": (False, "Without overfitting there is nothing to cure, and on all images ten epochs bring little of it."),
    "f": (True, "The error of the mean falls like one over the root of the number of seeds: a quarter needs 16 times."),
}


@exercise(CHAPTER, 1)
def exercise_1(mean_gain, sd_gain, error_of_mean):
    """Check mean, standard deviation and error of the mean of differences taken seed by seed."""
    gain = WITH - WITHOUT
    shown = f"without: {WITHOUT.tolist()}, with: {WITH.tolist()}, in percent"
    known = [
        (-gain.mean(), "This is what is lost by dropout: take with minus without."),
        (gain.mean() / 100, "Everything is in percent here."),
        (gain.sum(), "This is the sum of the five differences."),
    ]
    hint = "Take the difference for each seed, then the mean of the five."
    equal_number("mean_gain", mean_gain, gain.mean(), given=shown, known=known, hint=hint)
    known = [
        (gain.std(), "Divide the sum of squares by n - 1 = 4: the mean was computed from the same five numbers."),
        (gain.var(ddof=1) * 4, "This is the sum of squares: divide it by n - 1, and take the root."),
        (WITH.std(ddof=1) - WITHOUT.std(ddof=1), "The differences first, then their standard deviation."),
        (np.hypot(WITH.std(ddof=1), WITHOUT.std(ddof=1)), _experiments.UNPAIRED),
    ]
    hint = "How far do the five differences lie from their mean? The luck of a seed is in both and cancels."
    equal_number("sd_gain", sd_gain, gain.std(ddof=1), given=shown, known=known, hint=hint)
    known = [
        (gain.std(ddof=1), "This is the spread of single differences: that of their mean is smaller."),
        (gain.std(ddof=1) / 5, "Divide by the root of the number of seeds, not by the number."),
        (gain.std(ddof=1) / 2, "Five seeds: the root of 5, not of 4."),
    ]
    hint = "The standard deviation of a mean of n numbers is theirs divided by the root of n."
    equal_number("error_of_mean", error_of_mean, gain.std(ddof=1) / 5**0.5, given=shown, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(paired_gain):
    """Check a function that compares two ways of training, seed by seed."""
    for num_seeds in (3, 5, 20):
        _experiments.check_paired_gain(paired_gain, num_seeds)


@exercise(CHAPTER, 3)
def exercise_3(choose_rate):
    """Check a function that chooses a rate by its mean validation loss."""
    _experiments.check_choose_rate(choose_rate)


@exercise(CHAPTER, 4)
def exercise_4(loss_of_right_and_wrong):
    """Check the mean cross-entropy of the right answers and of the wrong ones."""
    _experiments.check_parts_of_loss(loss_of_right_and_wrong)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(bootstrap_interval):
    """Check an interval for a mean, from samples drawn with replacement, against all such samples."""
    _experiments.check_bootstrap(bootstrap_interval)
