"""Checks of the exercises of notebooks/23-capstone.ipynb.

The random inputs come from generators of their own, so that a check leaves the learner's streams as they are.
"""

from d2l_utils.checks import _capstone_parts as parts
from d2l_utils.checks._answers import call, equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "23-capstone"
STATEMENTS = {
    "a": (False, "It cannot be told from luck: the standard error of each is almost 3 points."),
    "b": (True, "Each of the 1,000 images is validated once, so the luck of the images is that of 1,000."),
    "c": (False, "The images of the test set are not yours to learn from, not even without their labels."),
    "d": (True, "The other folds would meet a copy of a validation image in training: that is a leak."),
    "e": (True, "Once all choices are made nothing is left to validate, and more images make a better network."),
    "f": (False, "It is small for two numbers a column, and large for columns chosen by their labels."),
}


@exercise(CHAPTER, 1)
def exercise_1(error_of_200, error_of_1000, num_trainings, part_of_luck):
    """Check two standard errors, the price of a search, and how much luck chooses among equals."""
    known = [
        (0.8 * 0.2, "This is the variance for one image: divide by 200 and take the root."),
        (0.4, "This is the sd for one image: divide by the root of 200."),
        (0.4 / 200, "Divide by the root of 200, not by 200."),
        (0.0008, "This is the variance of the accuracy: take its root."),
        (2.83, "A fraction is asked for, not percent."),
    ]
    given = "accuracy 0.8, 200 images"
    hint = "The root of 0.8 * 0.2 / 200."
    equal_number("error_of_200", error_of_200, (0.16 / 200) ** 0.5, given=given, known=known, hint=hint)
    known = [
        ((0.16 / 200) ** 0.5, "All 1,000 images are validated once."),
        ((0.16 / 200) ** 0.5 / 5, "Five times as many images divide it by the root of 5."),
        (1.265, "A fraction is asked for, not percent."),
    ]
    given = "accuracy 0.8, five folds of 200 images"
    hint = "The root of 0.8 * 0.2 / 1000."
    equal_number("error_of_1000", error_of_1000, (0.16 / 1000) ** 0.5, given=given, known=known, hint=hint)
    known = [
        (12, "Each setting is trained once for each fold."),
        (60, "The chosen one is trained once more, three times, on all images."),
        (61, "The final answer averages three networks."),
        (36, "The three networks are trained for the chosen setting only."),
        (180, "The search trains one network for each setting and fold."),
    ]
    given = "12 settings, 5 folds, then 3 networks on all images"
    hint = "12 settings times 5 folds, and 3 more."
    equal_number("num_trainings", num_trainings, 63, given=given, known=known, hint=hint)
    known = [
        (0.05, "The best of 20 is 1.87 sds above the mean, not one."),
        (0.0187, "The sd here is 0.004."),
        (0.00167, "Multiply by 1.87; the sd is already that of an accuracy."),
        (0.0374, "The sd is 0.004: four thousandths times 1.87."),
    ]
    given = "20 equally good settings, sd 0.004; the best of 20 normal numbers is 1.87 sds above their mean"
    hint = "1.87 times the sd."
    equal_number("part_of_luck", part_of_luck, 1.87 * 0.004, given=given, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(stratified_folds):
    """Check splits in which each fold holds equally many examples of each class."""
    parts.check_folds(stratified_folds, np.array([0, 0, 0, 0, 1, 1]), 2)
    for k, counts in ((3, [6, 3, 9]), (5, [10, 11, 7]), (4, [5, 4, 4, 6])):
        y = np.repeat(np.arange(len(counts)), counts)
        parts.check_folds(stratified_folds, np.random.default_rng(k).permutation(y), k)


@exercise(CHAPTER, 3)
def exercise_3(shifted):
    """Check images that were moved to the right and down, with zeros coming in."""
    small = np.arange(1, 13, dtype="float32").reshape(1, 1, 3, 4)
    for dx, dy in ((1, 0), (0, 1), (-1, 2), (0, 0)):
        parts.check_shifted(shifted, small, dx, dy)
    X = np.random.default_rng(0).random((3, 1, 8, 8)).astype("float32")
    for dx, dy in ((2, 1), (-3, -2), (3, -1)):
        parts.check_shifted(shifted, X, dx, dy)


@exercise(CHAPTER, 4)
def exercise_4(average_vote):
    """Check the classes that several networks choose together, by their mean probabilities."""
    scores = np.array(
        [
            [[1.0, 0.0, 0.9], [3.0, 2.9, -9.0], [0.0, 0.3, 0.0], [9.0, 0.0, 0.0]],
            [[0.0, 0.1, 0.9], [0.0, 9.0, -90.0], [0.0, 0.3, 0.0], [0.0, 0.5, 0.0]],
            [[2.0, 0.0, 1.0], [3.0, 2.9, -9.0], [60.0, 0.0, 30.0], [0.0, 0.5, 0.0]],
        ]
    )
    parts.check_average(average_vote, scores)
    rng = np.random.default_rng(0)
    for nets, scale in ((2, 1), (5, 4)):
        parts.check_average(average_vote, rng.normal(0, scale, (nets, 40, 10)).round(2))


@exercise(CHAPTER, 5)
def exercise_5(standardized):
    """Check columns that were scaled for one fold, by the training part alone."""
    X = np.array([[1, 10, 3], [3, 10, 5], [5, 10, 1], [90, 13, 9.0]])
    parts.check_standardized(standardized, X, np.array([0, 1, 2]), np.array([3]))
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(12, 3)) * [1, 50, 0.2] + [0, 300, 1]).round(2)
    parts.check_standardized(standardized, X, np.arange(4, 12), np.arange(4))


@exercise(CHAPTER, 6)
def exercise_6(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 7)
def exercise_7(classifier):
    """Check that what `classifier` makes of networks may be submitted; it says nothing of the score."""
    rng = np.random.RandomState(0)
    coarse = rng.rand(40, 1, 7, 7).astype("float32") * rng.rand(40, 1, 1, 1).astype("float32")
    nets = [parts.untrained_network(rng) for _ in range(3)]
    predict = call(classifier, nets, given="nets = a list of three networks")
    parts.check_predict(predict, nd.array(coarse.repeat(4, axis=2).repeat(4, axis=3)))
