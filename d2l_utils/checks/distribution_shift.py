"""Checks of the exercises of notebooks/21-distribution-shift.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _distribution_shift_numbers as numbers
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "21-distribution-shift"
STATEMENTS = {
    "a": (True, "The images are the same, so p(x) is the same, and the test sees nothing but x."),
    "b": (False, "It says how surprising the result is without a shift; a harmless shift and many images give it too."),
    "c": (
        True,
        "The formula of section 4: recalls weighted by the shares. Frequent hard classes cost, rare ones gain.",
    ),
    "d": (False, "Judged on what it has learned, a classifier is right without any shift: false alarms."),
    "e": (False, "At 90 degrees the entropy was lower than at 15, and nearly every answer was wrong."),
    "f": (True, "Pictures of one person fall on both halves, so the classifier can recognize persons."),
}


@exercise(CHAPTER, 1)
def exercise_1(accuracy_before, accuracy_after, p_value_of_8):
    """Check two accuracies and a p-value."""
    text = "recalls 0.9 and 0.5, shares 0.8 and 0.2, then 0.2 and 0.8"
    known = [(0.7, "That is the mean of the recalls: weight them by the shares.")]
    hint = "The sum of share times recall over the classes."
    equal_number("accuracy_before", accuracy_before, 0.82, given=text, known=known, hint=hint)
    known = [(0.7, "That is the mean of the recalls."), (0.82, "The shares have changed; the recalls have not.")]
    equal_number("accuracy_after", accuracy_after, 0.58, given=text, known=known, hint=hint)
    text = "the classifier is right on 8 of 10 judged images"
    known = [
        (45 / 1024, "That is the chance of exactly 8: 9 and 10 hits are more evidence still, and count."),
        (0.8, "That is the accuracy: what is the chance that a coin does so well?"),
        (968 / 1024, "That is the chance of fewer hits than 8: the p-value is that of as many or more."),
        (11 / 1024, "That is the chance of 9 or 10: 8 of 10 counts too."),
    ]
    hint = "45 ways to be right 8 times, 10 to be right 9 times, one to be right 10 times, of 2 to the power 10."
    equal_number("p_value_of_8", p_value_of_8, 56 / 1024, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(tail):
    """Check the upper tail of a binomial distribution."""
    for hits, num_trials, chance in ((2, 2, 0.25), (2, 3, 0.5), (3, 5, 0.25), (0, 4, 0.75), (40, 50, 0.75)):
        numbers.check_tail(tail, hits, num_trials, chance)


@exercise(CHAPTER, 3)
def exercise_3(accuracy_after_shift):
    """Check an accuracy foretold from a confusion matrix."""
    for confusion, shares in (
        ([[8, 2], [10, 10]], [0.25, 0.75]),
        ([[90, 5, 5], [10, 20, 10], [0, 20, 40]], [0.1, 0.2, 0.7]),
        ([[30, 0, 10], [5, 55, 0], [3, 7, 90]], [0, 1, 0]),
    ):
        numbers.check_accuracy_after(accuracy_after_shift, np.array(confusion, "float64"), np.array(shares, "float64"))


@exercise(CHAPTER, 4)
def exercise_4(kind_of_shift):
    """Check the name of a shift, told from two tables."""
    for seed, shape in enumerate([(2, 2), (3, 2), (4, 3)]):
        for kind, p, q in numbers.tables(seed, shape):
            numbers.check_kind(kind_of_shift, kind, p, q)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of six statements are said to be true."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(permutation_p_value):
    """Check the p-value of a difference of means."""
    for first, second in (([4], [1, 2]), ([1, 2], [3, 4, 8]), ([0.1, 0.2, 0.3], [0.2, 0.1, 0.4]), ([5, 1, 9], [6] * 4)):
        numbers.check_permutations(permutation_p_value, first, second)
