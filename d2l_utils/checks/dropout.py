"""Checks of the exercises of notebooks/09-dropout.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _dropout_function, _dropout_layer, _dropout_sampling, _masks
from d2l_utils.checks._answers import array, call, equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements
from d2l_utils.checks._verdict import given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

CHAPTER = "09-dropout"
STATEMENTS = {
    "a": (False, "Each unit tosses its own coin: half of them is the mean, and the number varies from pass to pass."),
    "b": (True, "The enlarging in training has already set the mean right, so prediction leaves dropout out."),
    "c": (False, "A dropout layer has no parameters: nothing in it is learned."),
    "d": (True, "The gradient passes through the mask of the forward pass, and that is 0 there."),
    "e": (False, "Training accuracy as printed is measured with dropout on, and while the weights still move."),
    "f": (True, "Var[h'] = p / (1 - p) h^2 has no limit as p approaches 1."),
}


def _inputs(*shapes):
    """Give arrays without zeros, from small to large."""
    for seed, shape in enumerate(shapes):
        seed_everything(seed)
        yield nd.random.uniform(1, 2, shape=shape)


@exercise(CHAPTER, 1)
def exercise_1(values, prediction, num_kept, sd_kept):
    """Check the values that come out in training and in prediction, and mean and deviation of the number kept."""
    h, mask = np.array([3, 0, 4, 8]), np.array([1, 1, 0, 1])
    layer, units = "h = [3, 0, 4, 8], mask = [1, 1, 0, 1], drop_prob = 0.2", "100 units, drop_prob = 0.2"
    known = [
        (h * mask, _masks.NOT_RESCALED),
        (h * mask / 0.2, "Divide by the chance to be KEPT, 1 - drop_prob."),
        (h * mask * 0.8, "Training enlarges what is kept: divide by 1 - drop_prob."),
        (h * (1 - mask) / 0.8, "A mask of 1 means kept, 0 means dropped."),
    ]
    hint = "Multiply each h by its mask and divide by 1 - drop_prob."
    equal_number("values", values, h * mask / 0.8, given=layer, known=known, hint=hint)
    known = [
        (h * 0.8, "This is the older, vanilla form: inverted dropout has done its scaling in training."),
        (h / 0.8, "Enlarging makes up for what was dropped, and in prediction nothing is."),
        (h * mask, "In prediction there is no mask."),
    ]
    equal_number("prediction", prediction, h, given=layer, known=known, hint="Prediction leaves dropout out.")
    known = [(20, "This is the number dropped."), (0.8, "This is the fraction kept: how many of 100 are that?")]
    hint = "The number kept is binomial: its mean is n (1 - p)."
    equal_number("num_kept", num_kept, 80, given=units, known=known, hint=hint)
    known = [(16, "This is the variance: the standard deviation is its square root.")]
    hint = "The number kept is binomial: its variance is n p (1 - p)."
    equal_number("sd_kept", sd_kept, 4, given=units, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(my_dropout):
    """Check a dropout function that looks at the mode itself: values, rate, mask, gradient, input left alone."""
    for X in _inputs((1,), (3,), (2, 3), (4, 1, 2)):
        for drop_prob in (0, 1, 0.25, 0.8):
            _dropout_function.check_training(my_dropout, X, drop_prob)
        _dropout_function.check_prediction(my_dropout, X)
    _dropout_function.check_training(my_dropout, X.astype("float64"), 0.25)
    for drop_prob in (0.2, 0.7):
        _dropout_function.check_coins(my_dropout, shape=(200, 100), drop_prob=drop_prob)
    _dropout_function.check_gradient(my_dropout, X, 0.25)


@exercise(CHAPTER, 3)
def exercise_3(my_layer):
    """Check a layer class with `forward(X)` and `backward(d_out)` that stores its mask in between."""
    for X in _inputs((1,), (3,), (2, 3), (5, 2, 2)):
        for drop_prob in (0, 0.25, 0.8):
            _dropout_layer.check_pass(my_layer, X, drop_prob)
    _dropout_layer.check_coins(my_layer, shape=(200, 100), drop_prob=0.2)
    _dropout_layer.check_zeros(my_layer, 0.2)
    _dropout_layer.check_differences(my_layer, 0.2)


@exercise(CHAPTER, 4)
def exercise_4(mc_predict):
    """Check the mean and the spread of a network's probabilities with dropout left on."""
    _dropout_sampling.check(mc_predict)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(channel_dropout):
    """Check dropout of whole channels of images, each channel of each example by itself."""
    for X in _inputs((1, 1, 1, 1), (1, 2, 1, 2), (2, 3, 2, 1)):
        for drop_prob in (0, 0.25, 0.8):
            text = given(X=X, drop_prob=drop_prob)
            out = array(call(channel_dropout, X.copy(), drop_prob, given=text), X, given=text)
            _masks.check_values(X, out, drop_prob, given=text)
    _dropout_function.check_channels(channel_dropout, shape=(100, 60, 2, 3), drop_prob=0.2)
