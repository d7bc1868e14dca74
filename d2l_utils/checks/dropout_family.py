"""Checks of the exercises of notebooks/15-dropout-family.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _dropout_family_masks as masks
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "15-dropout-family"
STATEMENTS = {
    "a": (
        True,
        "An entry falls with the same chance and is scaled by the same factor; only what falls with it differs.",
    ),
    "b": (False, "A network that gives every image the shares of the classes is calibrated, and nearly useless."),
    "c": (
        True,
        "A mask on the weights of each unit is another one for each unit; dropped inputs are the same for all.",
    ),
    "d": (False, "Its formula has the rate, the weights and the inputs in it, and no number of examples."),
    "e": (False, "It is the other way round: averaging over masks makes the answers less sure."),
    "f": (True, "All entries of an example share a number, so the whole layer falls for it, and x walks through."),
}


@exercise(CHAPTER, 1)
def exercise_1(num_drawn, noise_sd, seed_chance, calibration_error, memory):
    """Check a count, a standard deviation, the chance of a seed, an ECE and a share that is never hit."""
    known = [
        (10240, "That is one number for each entry: height and width share one."),
        (16, "The examples of a batch have masks of their own."),
        (640, "The axes 2 and 3 are height and width: they share."),
    ]
    hint = "One for each channel of each example."
    given = "a batch of shape (10, 16, 8, 8), axes=(2, 3)"
    equal_number("num_drawn", num_drawn, 160, given=given, known=known, hint=hint)
    known = [
        (0.25, "This is the variance: take the root."),
        (2, "It is drop_prob / (1 - drop_prob), and not the other way round."),
        (0.4, "drop_prob * (1 - drop_prob) is the variance of the mask before it is divided by 1 - drop_prob."),
    ]
    hint = "It is the root of drop_prob / (1 - drop_prob)."
    equal_number("noise_sd", noise_sd, 0.5, given="drop_prob = 0.2", known=known, hint=hint)
    known = [
        (0.3439 / 4, "This is the approximation for small rates. Solve (1 - gamma)**4 = 1 - drop_prob."),
        (1 - 0.6561**0.5, "A block of side 2 has four places."),
        (0.9, "This is the chance of no seed."),
    ]
    hint = "Solve (1 - gamma)**4 = 0.6561."
    given = "drop_prob = 0.3439, block_size = 2"
    equal_number("seed_chance", seed_chance, 0.1, given=given, known=known, hint=hint)
    known = [
        (0.15, "Bins count by their size: two of the three answers are in one of them."),
        (0.1, "In one bin the network is too modest, in the other too sure: the gaps must not cancel."),
        (1.1 / 3, "This is the mean gap of single answers: within a bin, compare means."),
    ]
    hint = "One bin has the gap 0.1 and one answer, the other the gap 0.2 and two."
    given = "confidences 0.9 (right), 0.7 (right), 0.7 (wrong)"
    equal_number("calibration_error", calibration_error, 0.5 / 3, given=given, known=known, hint=hint)
    known = [
        (0.9, "This is the share under one mask for all steps."),
        (1 - 0.9**10, "This is the share that is hit."),
        (0.1**10, "This is the share that is hit at every step."),
    ]
    hint = "It must be kept ten times."
    equal_number("memory", memory, 0.9**10, given="drop_prob = 0.1, ten steps", known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(drop_channels):
    """Check maps of which whole channels fall, by given noise."""
    random = np.random.RandomState(0)
    masks.check_channels(drop_channels, nd.array([1, 2, 3, 4]).reshape((1, 2, 1, 2)), nd.array([[0.1, 0.9]]), 0.2)
    for shape, drop_prob in (((2, 3, 2, 2), 0.4), ((3, 3, 3, 3), 0.5), ((5, 4, 6, 7), 0.7), ((2, 2, 2, 2), 0)):
        X, noise = nd.array(random.normal(size=shape)), nd.array(random.uniform(size=shape[:2]))
        masks.check_channels(drop_channels, X, noise, drop_prob)


@exercise(CHAPTER, 3)
def exercise_3(keep_mask):
    """Check the mask that seeds leave."""
    random = np.random.RandomState(0)
    masks.check_cover(keep_mask, nd.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]).reshape((1, 1, 3, 3)), 2)
    for shape, block_size, chance in (((1, 1, 7, 6), 3, 0.1), ((2, 3, 9, 8), 3, 0.05), ((2, 2, 4, 5), 1, 0.3)):
        masks.check_cover(keep_mask, nd.array(random.uniform(size=shape) < chance, dtype="float32"), block_size)


@exercise(CHAPTER, 4)
def exercise_4(disagreement):
    """Check the mutual information: passes that agree, that contradict each other, and many."""
    masks.check_disagreement(disagreement, nd.array([[[0.9, 0.1]], [[0.5, 0.5]]]))
    masks.check_disagreement(disagreement, nd.array([[[1, 0], [0.5, 0.5]], [[0, 1], [0.5, 0.5]]]))
    random = np.random.RandomState(0)
    masks.check_disagreement(disagreement, nd.array(random.dirichlet([0.3] * 5, size=(8, 6))))


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(best_temperature):
    """Check the choice for scores that are too sure, for scores that are too modest, and for large ones."""
    temperatures = [0.25, 0.5, 1, 2, 4]
    logits = nd.array([[3, 0], [3, 0], [3, 0], [0, 3]])
    masks.check_temperature(best_temperature, logits, nd.array([0, 0, 1, 1]), temperatures)
    masks.check_temperature(best_temperature, logits / 6, nd.array([0, 0, 0, 1]), temperatures)
    random = np.random.RandomState(0)
    y = nd.array(random.randint(4, size=60))
    masks.check_temperature(best_temperature, 2 * y.one_hot(4) + nd.array(random.normal(size=(60, 4))), y, temperatures)
    large = nd.array([[900, 0], [900, 0], [900, 0], [900, 899]])
    masks.check_temperature(best_temperature, large, nd.array([0, 0, 0, 1]), [0.5, 1, 2, 300])
