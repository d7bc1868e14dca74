"""Checks of the exercises of notebooks/16-regularizers-compared.ipynb.

The random inputs come from generators of their own, so that a check leaves the learner's streams as they are.
"""

from d2l_utils.checks import _regularizers_comparisons as comparisons
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "16-regularizers-compared"
NOTHING, RIVAL = np.array([81, 78, 80, 79, 82]), np.array([82, 80, 81, 79, 83])  # percent
STATEMENTS = {
    "a": (True, "The largest of several numbers is drawn upwards by luck, also when all of them mean the same."),
    "b": (False, "No difference was seen at this precision: a small one may be there all the same."),
    "c": (True, "The seed's luck is in both columns; the difference does not hold it any more."),
    "d": (False, "Whoever looks at the test images before choosing has chosen by them, and the number is too good."),
    "e": (False, "The strength was chosen for a size: what is right for 500 images may be wrong for 10,000."),
    "f": (True, "The loss also sees how sure an answer is; the accuracy sees only which class comes first."),
}


@exercise(CHAPTER, 1)
def exercise_1(gain_in_errors, chance_of_one, epochs_seen, cost_of_stopping):
    """Check a gain in units of its error, a chance among eight, a number of epochs and a price."""
    gain = RIVAL - NOTHING
    shown = f"nothing: {NOTHING.tolist()}, rival: {RIVAL.tolist()}, in percent"
    sd = gain.std(ddof=1)
    known = [
        (-gain.mean() / sd * 5**0.5, "The rival is better: take rival minus nothing."),
        (gain.mean() / sd, "Divide by the error of the mean, which is the sd over the root of 5."),
        (gain.mean() / sd * 5, "The error of the mean is the sd over the root of 5, not over 5."),
        (gain.mean() / gain.std() * 5**0.5, "Divide the sum of squares by n - 1 = 4."),
        (
            gain.mean() / (NOTHING.var(ddof=1) + RIVAL.var(ddof=1)) ** 0.5 * 5**0.5,
            "This takes them for two separate groups: the differences first, seed by seed.",
        ),
        (sd / 5**0.5, "This is the standard error: divide the mean gain by it."),
    ]
    hint = "The five differences have a mean and a standard error; divide one by the other."
    equal_number("gain_in_errors", gain_in_errors, gain.mean() / sd * 5**0.5, given=shown, known=known, hint=hint)
    known = [
        (1 / 32, "This is the chance of a single one: there are eight."),
        (8 / 32, "Two of them may be lucky at once: take 1 minus the chance that none is."),
        ((31 / 32) ** 8, "This is the chance that none is."),
        (1 - (15 / 16) ** 8, "Better for all five seeds: worse for all five does not count."),
        ((1 / 32) ** 8, "This is the chance that all eight are: one is enough."),
    ]
    hint = "None is lucky with the chance (1 - 1/32) ** 8."
    given = "8 methods, each better for all five seeds with the chance 1/32"
    equal_number("chance_of_one", chance_of_one, 1 - (31 / 32) ** 8, given=given, known=known, hint=hint)
    known = [
        (300, "These are the steps: each of them takes 100 images."),
        (20, "This is how many steps one epoch has."),
        (30000, "These are the images looked at: how often is that each of the 2,000?"),
        (0.15, "A step takes 100 images, not one."),
    ]
    hint = "300 steps look at 30,000 images."
    equal_number("epochs_seen", epochs_seen, 15, given="300 steps of 100 images, 2,000 images", known=known, hint=hint)
    known = [
        (2, "A look at an image costs a third of a training pass."),
        (1 / 3, "This is what stopping adds: the training itself is to be paid too."),
        (1 + 1 / 18, "Every 50 of 300 steps: that is six looks, not one."),
        (3, "A forward pass is a third of a training pass, not as much."),
    ]
    hint = "Six looks at 5,000 images, a third of a pass each, beside 30,000 training passes."
    given = "30,000 training passes, a look at 5,000 images every 50 of 300 steps"
    equal_number("cost_of_stopping", cost_of_stopping, 4 / 3, given=given, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(gains_in_errors):
    """Check mean gains over the same seeds, in units of their standard errors."""
    base, rivals = [0.80, 0.78, 0.82], [[0.81, 0.80, 0.82], [0.79, 0.78, 0.79]]
    comparisons.check_gains_in_errors(gains_in_errors, np.array(base), np.array(rivals))
    for num_rivals, num_seeds in ((1, 5), (6, 10)):
        rng = np.random.default_rng(num_seeds)
        luck = rng.normal(0.8, 0.05, num_seeds)  # of the seed, so shared by all
        base = np.round(luck, 3)
        rivals = np.round(luck + rng.normal(0, 0.02, (num_rivals, num_seeds)), 3)
        comparisons.check_gains_in_errors(gains_in_errors, base, rivals)


@exercise(CHAPTER, 3)
def exercise_3(choose_cheap):
    """Check a choice of the cheapest setting that is as good as the best one, within its error."""
    cases = [
        ([[0.50, 0.54], [0.51, 0.55], [0.80, 0.82]], [20, 10, 30]),  # the second is as good, and cheaper
        ([[0.50, 0.52], [0.60, 0.62]], [20, 10]),  # the second is too far
        ([[0.50, 0.54], [0.40, 0.70], [0.90, 0.91]], [30, 20, 10]),  # within its own standard error
        ([[0.50, 0.58], [0.575, 0.575], [0.59, 0.591], [0.9, 0.9]], [30, 20, 10, 5]),  # one is within the sd only
    ]
    for valid_loss, cost in cases:
        comparisons.check_choose_cheap(choose_cheap, np.array(valid_loss), np.array(cost))


@exercise(CHAPTER, 4)
def exercise_4(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 5)
def exercise_5(chance_by_signs):
    """Check the chance that the best of several is as good as seen, if only the signs of the seeds are luck."""
    cases = [
        [[3, 1]],
        [[2, -3, -2], [-3, -1, 5]],  # tells all known mistakes apart
        [[2, 1, 3, 2], [6, -1, 2, 0], [-9, -8, -2, -3]],
    ]
    for gains in cases:
        comparisons.check_chance_by_signs(chance_by_signs, np.array(gains, dtype=float))
    comparisons.check_chance_by_signs(chance_by_signs, np.random.default_rng(0).normal(1, 2, (6, 5)).round())
