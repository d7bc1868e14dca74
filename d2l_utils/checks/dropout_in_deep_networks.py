"""Checks of the exercises of notebooks/12-dropout-in-deep-networks.ipynb."""

from d2l_utils.checks import _deep_layers as layers
from d2l_utils.checks import _deep_shift as shift
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "12-dropout-in-deep-networks"
STATEMENTS = {
    "a": (True, "Both multiply each entry by a number that is not negative: the order of such factors is free."),
    "b": (False, "Rescaling keeps the mean. The variance grows, by p / (1 - p) times the mean of the square."),
    "c": (True, "The mean of the batch is subtracted, and any constant with it; beta takes its place."),
    "d": (False, "The running variance is too LARGE, so what is divided by its root varies too little."),
    "e": (False, "In the experiment of section 12 it did not: the lowest loss had dropout after each activation."),
    "f": (True, "The noise of each layer is passed on and multiplied: see the ratios of section 9."),
}


@exercise(CHAPTER, 1)
def exercise_1(normalized, new_running_mean, shift_factor, num_params):
    """Check a batch normalization by hand, a running mean, a variance shift and a number of parameters."""
    given = "a unit with the values 2 and 6, gamma = 3, beta = 1"
    known = [
        ([-1, 1], "This is normalized, but gamma and beta are missing."),
        ([-3, 3], "beta is missing."),
        ([4, -2], "The order of the examples is kept."),
        ([0, 2], "gamma is missing."),
        ([-0.5, 2.5], "Divide by the ROOT of the variance, 2."),
        ([1 - 3 / 2**0.5, 1 + 3 / 2**0.5], "The variance divides by the number of examples, not by one less."),
    ]
    hint = "The mean is 4, the standard deviation 2; then times gamma, plus beta."
    equal_number("normalized", normalized, [-2, 4], given=given, known=known, hint=hint)
    known = [
        (4, "A tenth of the batch's mean is added to nine tenths of the old one."),
        (3.6, "The batch counts a tenth, the old value nine tenths."),
        (0.5, "The statistics are those of the INPUT of the normalization."),
        (0, "A training pass with its backward pass does move it."),
    ]
    hint = "It is 0.9 * 0 + 0.1 * the mean of the batch."
    equal_number("new_running_mean", new_running_mean, 0.4, given=f"{given}, before it 0", known=known, hint=hint)
    known = [
        (2, "The mean counts too: the noise is large where the value is large, whatever its mean."),
        (3, "This is the noise alone: the variance itself is still there."),
        (1, "Rescaling keeps the mean. The variance grows."),
        (8 / 3, "The mean is squared: 1 + c^2 / v."),
        (2.5, "The rescaling counts too: p / (1 - p) is 1, and p alone is 0.5."),
    ]
    hint = "It is 1 + p / (1 - p) * (1 + c^2 / v)."
    text = "c = 3, v = 4.5, drop_prob = 0.5"
    equal_number("shift_factor", shift_factor, 4, given=text, known=known, hint=hint)
    known = [
        (325, "gamma and beta of the hidden layer are learned too: 2 * 20."),
        (300, "Biases count, and gamma and beta."),
        (345, "Count gamma AND beta, 20 each."),
        (375, "The last layer has no normalization."),
        (405, "The running mean and variance are not learned: they are no parameters of the loss."),
        (340, "Biases count too: 20 and 5."),
    ]
    hint = "Weights and bias of each affine map, gamma and beta of the hidden layer."
    text = "sizes = [10, 20, 5], with batch normalization"
    equal_number("num_params", num_params, 365, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(hidden_backward):
    """Check the way back through a hidden layer, with and without normalization."""
    for batch, units, batch_norm, drop_prob in (
        (2, 1, False, 0),
        (3, 2, False, 0.5),
        (6, 2, True, 0.5),
        (9, 4, True, 0.4),
    ):
        layers.check_hidden(hidden_backward, *layers.hidden_caches(batch, units, batch_norm, drop_prob, seed=batch))


@exercise(CHAPTER, 3)
def exercise_3(predicted_shift):
    """Check the formula of the variance shift behind an affine map."""
    random = np.random.RandomState(0)
    for n, units, drop_prob in ((3, 2, 0.75), (5, 3, 0.2), (100, 20, 0.5), (50, 10, 0.9)):
        H = np.maximum(random.normal(0.5, 1, size=(n, units)), 0) + 0.1
        shift.check_shift(predicted_shift, H, random.normal(size=units), drop_prob)


@exercise(CHAPTER, 4)
def exercise_4(retake_statistics):
    """Check that new statistics are taken layer by layer with dropout off."""
    random = np.random.RandomState(0)
    for widths in ([3], [5, 4], [6, 5, 3]):
        X = nd.array(random.normal(1, 2, size=(20, 4)))
        shift.check_retake(retake_statistics, shift.network(widths, 0.5, seed=len(widths)), X)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(layernorm_forward, layernorm_backward):
    """Check layer normalization, forward and backward."""
    random = np.random.RandomState(0)
    for batch, units in ((1, 2), (3, 4), (5, 10)):
        X, d_out = random.normal(1, 0.1, size=(2, batch, units))
        gamma, beta = random.uniform(0.5, 2, size=(2, units))
        layers.check_layernorm(layernorm_forward, layernorm_backward, X, gamma, beta, d_out)
