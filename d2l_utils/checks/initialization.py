"""Checks of the exercises of notebooks/20-initialization.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

import itertools

from d2l_utils.checks import _initialization_draws as draws
from d2l_utils.checks import _initialization_measured as measured
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import mxnet as mx
import numpy as np

CHAPTER = "20-initialization"
STATEMENTS = {
    "a": (False, "The variance of the numbers stays, and the fan-in doubles: the sums grow by the root of 2."),
    "b": (True, "v = 2/400: 100 v is 0.5, so outputs shrink; 300 v is 1.5, so the gradient grows."),
    "c": (False, "It measures the sums of one batch on their way forward: no loss, no labels."),
    "d": (False, "It looks at the way forward only: He under tanh showed signals that stay and a gradient that grows."),
    "e": (True, "The sums are divided by their own deviation; what the weights gain in size their gradient loses."),
    "f": (True, "The mask's factor 1/(1-p) is there in training only; what balances it is too small without it."),
}


@exercise(CHAPTER, 1)
def exercise_1(sd_one, sd_four, bound):
    """Check two standard deviations and the bound of a uniform distribution."""
    text = "2500 inputs of mean square 1, weights from N(0, 0.01)"
    known = [
        (0.25, "That is the variance: take the root."),
        (25, "Standard deviations do not add up; variances do: 2500 times 0.01 squared."),
        (0.01, "That is one weight; the variances of 2500 terms add up."),
    ]
    hint = "The variance of the sum is fan-in times the variance of a weight times the mean square of the inputs."
    equal_number("sd_one", sd_one, 0.5, given=text, known=known, hint=hint)
    known = [(2, "Each layer multiplies what comes in: it does not add."), (0.125, "Four layers, not three.")]
    hint = "Each layer multiplies the standard deviation by the same factor."
    equal_number("sd_four", sd_four, 0.0625, given=text, known=known, hint=hint)
    text = "a layer with 600 inputs in front of ReLU, He's variance, uniform numbers"
    known = [
        (0.0577, "That is the standard deviation; the variance of uniform numbers up to c is c * c / 3."),
        (0.0707, "Without the 2: ReLU takes half of the mean square."),
        (0.01, "That is c * c: take the root."),
        (
            0.2,
            "The variance of numbers between -c and c is c * c / 3; c * c / 12 belongs to a width of c.",
        ),
    ]
    hint = "Set c * c / 3 equal to 2 / fan-in."
    equal_number("bound", bound, 0.1, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(gain_of):
    """Check the factor that an activation needs."""
    for name in ("identity", "relu", "leaky relu, slope 0.5", "tanh", "sine"):
        measured.check_gain(gain_of, name)


@exercise(CHAPTER, 3)
def exercise_3(my_lsuv):
    """Check weights that were divided, layer by layer, on a batch."""
    for seed, sizes, scale, name in ((0, (4, 3), 1, "relu"), (1, (6, 5, 4), 3, "relu"), (2, (8, 8, 8, 8), 0.2, "tanh")):
        random = np.random.RandomState(seed)
        weights = [random.normal(size=shape) for shape in itertools.pairwise(sizes)]
        X = scale * random.normal(size=(50, sizes[0])) + 0.5
        measured.check_lsuv(my_lsuv, weights, X, name)


@exercise(CHAPTER, 4)
def exercise_4(he_for_dropout):
    """Check first weights for a layer behind dropout."""
    for shape, drop_prob in (((200, 300), 0), ((200, 300), 0.5), ((400, 100), 0.2), ((64, 32, 5, 5), 0.5)):
        draws.check_he_for_dropout(he_for_dropout, shape, drop_prob)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of six statements are said to be true."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(which_weights):
    """Check a guess from which distribution weights come."""
    for shape in ((300, 500), (500, 300), (400, 400)):
        for name in draws.NAMES:
            mx.random.seed(sum(shape) + len(name))
            draws.check_which(which_weights, name, shape)
