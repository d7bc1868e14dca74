"""Checks of the exercises of notebooks/11-dropout-mathematics.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _dropout_mathematics_chances as masks
from d2l_utils.checks import _dropout_mathematics_moments as moments
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "11-dropout-mathematics"
STATEMENTS = {
    "a": (True, "Keep and drop change their names: k dropped at p is n - k dropped at 1 - p."),
    "b": (False, "The mask was frozen for the check: how it was drawn, the check cannot see."),
    "c": (False, "It is exactly their GEOMETRIC mean, made to sum to 1; the arithmetic mean is another one."),
    "d": (True, "ReLU is convex, so the mean of its values is not below its value at the mean."),
    "e": (True, "The penalty on a weight grows with the mean square of its input, and so cancels the unit."),
    "f": (False, "Kept it has 1 / q times the plain gradient, dropped it has 0: the average is the plain one."),
}


@exercise(CHAPTER, 1)
def exercise_1(number_dropped, all_dropped, vanilla, inverted, lambda_j, new_lr):
    """Check a binomial mean and deviation, a chance, what both forms give, a penalty and a learning rate."""
    layer = "48 units, drop_prob = 0.25"
    known = [
        ([12, 9], "The second number is the variance: the standard deviation is its square root."),
        ([36, 3], "36 is the mean number KEPT."),
        ([12, 12**0.5], "The variance is n p (1 - p): the factor 1 - p is missing."),
        ([3, 12], "The mean comes first."),
    ]
    hint = "The number dropped is binomial: mean n p, variance n p (1 - p)."
    equal_number("number_dropped", number_dropped, [12, 3], given=layer, known=known, hint=hint)
    known = [(0.875, "This is the chance that at least one is kept."), (0.5, "All three coins must fall on drop.")]
    known += [(1.5, "A chance is at most 1: three coins multiply, they do not add up.")]
    small = "3 units, drop_prob = 0.5"
    hint = "Three independent coins: multiply their chances."
    equal_number("all_dropped", all_dropped, 0.125, given=small, known=known, hint=hint)
    unit = "activation 6, drop_prob = 0.25"
    known = [
        ([8, 6], "This is the inverted form."),
        ([6, 6], "The vanilla form keeps its activation in training, so prediction has to shrink it."),
        ([6, 1.5], "Prediction multiplies by the chance to be KEPT."),
        ([4.5, 6], "The vanilla form shrinks in prediction, not in training."),
    ]
    hint = "Training leaves a kept unit alone, prediction multiplies by 1 - p."
    equal_number("vanilla", vanilla, [6, 4.5], given=unit, known=known, hint=hint)
    known = [
        ([6, 4.5], "This is the vanilla form."),
        ([24, 6], "Divide by the chance to be KEPT."),
        ([8, 4.5], "The inverted form has done its scaling in training."),
        ([8, 8], "Prediction drops nothing, so nothing has to be made up for."),
    ]
    hint = "Training divides a kept unit by 1 - p, prediction leaves it alone."
    equal_number("inverted", inverted, [8, 6], given=unit, known=known, hint=hint)
    known = [
        (3, "Multiply by the mean square of the input too."),
        (1.5, "The factor is p / (1 - p), not p."),
        (0.375, "The factor is p / (1 - p): the inverted form divides by (1 - p)**2."),
        (2 / 3, "It is the other way up: the more is dropped, the higher the price."),
        (12, "The input's size is given as a mean SQUARE already."),
    ]
    price = "an input of mean square 2, drop_prob = 0.75"
    equal_number("lambda_j", lambda_j, 6, given=price, known=known, hint="It is p / (1 - p) times the mean square.")
    known = [
        (0.4, "The factor is q squared: the weight is q times smaller, and so is its gradient."),
        (3.2, "It is the other way round: the inverted form needs the smaller rate."),
        (1.6, "It is the other way round, and the factor is q squared."),
        (0.8, "The rate changes: the vanilla weight is w / q."),
    ]
    hint = "Put w = q u into the vanilla step."
    equal_number("new_lr", new_lr, 0.2, given="vanilla, lr = 0.8, drop_prob = 0.5", known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(binomial_pmf):
    """Check the binomial distribution for few units, at rates 0 and 1, and for thousands of units."""
    for n, drop_prob in ((1, 0.2), (2, 0.3), (3, 0), (3, 1), (10, 0.7), (64, 0.1), (2000, 0.5), (2000, 0.9)):
        masks.check_binomial(binomial_pmf, n, drop_prob)


@exercise(CHAPTER, 3)
def exercise_3(average_over_masks):
    """Check the average of a function over all masks."""
    for f, name, n in masks.functions():
        for drop_prob in (0.2, 0.5, 0.9):
            masks.check_average(average_over_masks, f, name, n, drop_prob)


@exercise(CHAPTER, 4)
def exercise_4(dropout_ridge):
    """Check the closed form of dropout on the inputs of a linear model, each input with a rate of its own."""
    random = np.random.RandomState(0)
    for n, p, rates in ((4, 1, [0.2]), (5, 2, [0, 0.75]), (50, 6, [0.1, 0.2, 0.5, 0.5, 0.8, 0])):
        X = random.normal(0.3, 2, size=(n, p))
        moments.check_ridge(dropout_ridge, X, X[:, 0] + random.normal(size=n), np.array(rates, dtype="float64"))


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(relu_mean):
    """Check the mean of a ReLU layer after dropout by two moments, where nothing is dropped or active too."""
    random = np.random.RandomState(0)
    moments.check_relu_mean(relu_mean, np.array([[3.0]]), np.array([[0.5]]), 0.2)
    for batch, n, units in ((1, 2, 1), (2, 3, 2), (4, 20, 5)):
        H, W = np.maximum(random.normal(size=(batch, n)) + 0.5, 0.1), random.normal(size=(n, units))
        for drop_prob in (0.5, 0.2):
            moments.check_relu_mean(relu_mean, H, W, drop_prob)
    moments.check_relu_mean(relu_mean, H[:2], W, 0)
    moments.check_relu_mean(relu_mean, np.vstack([H[:1], 0 * H[:1]]), W, 0.5)
