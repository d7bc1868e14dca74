"""Checks of the exercises of notebooks/04-softmax-regression.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _softmax_losses, _softmax_model
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "04-softmax-regression"
STATEMENTS = {
    "a": (False, "e^c stands in the numerator and in the sum, and cancels: only differences of scores matter."),
    "b": (
        True,
        "The differences double, so the probabilities move; the order stays, and accuracy looks at that alone.",
    ),
    "c": (False, "-log(1/10) = 2.303 is what ten equal probabilities give: so it has to begin."),
    "d": (True, "It is probability minus truth: a number from 0 to 1 minus 0 or 1."),
    "e": (False, "It may be far off, most of all on images unlike those of the training: section 13 inverts them."),
    "f": (True, "The right class may get a higher probability without a change of the largest score."),
    "g": (False, "The shape is right and nothing is raised: only the sums of the rows tell."),
}


@exercise(CHAPTER, 1)
def exercise_1(class_probs, loss_value, gradient, start_loss):
    """Check probabilities, loss and gradient of one example, and the loss of a model that has learned nothing."""
    text = "scores 0, log 2 and log 5, right class 1 (counted from 0)"
    right, truth = np.array([1, 2, 5]) / 8, np.array([0, 1, 0])
    logs = np.log([1, 2, 5])
    known = [
        ([1, 2, 5], "These are the exponentials: divide them by their sum."),
        (logs / logs.sum(), "Take the exponential of the scores first, then divide by the sum."),
        (logs, "These are the scores themselves."),
    ]
    hint = "The exponential undoes the logarithm: e^(log 5) = 5."
    equal_number("class_probs", class_probs, right, given=text, known=known, hint=hint)
    known = [
        (np.log(0.25), "The sign: the loss is MINUS the logarithm."),
        (-np.log(0.625), "This is the class of the highest score; the loss asks for the right class."),
        (-np.log10(0.25), "Take the natural logarithm, to the base e."),
        (2, "This is in bits: take the natural logarithm, to the base e."),
        (0.25, "This is the probability of the right class: take minus its logarithm."),
    ]
    hint = "Minus the logarithm of the probability of class 1."
    equal_number("loss_value", loss_value, -np.log(0.25), given=text, known=known, hint=hint)
    known = [
        (truth - right, "The sign is turned: probability minus truth."),
        (right, "The truth is missing: subtract 1 at the place of the right class."),
        (right - [0, 0, 1], "The 1 belongs to the right class, not to the highest score."),
        (right - [1, 0, 0], "Classes are counted from 0."),
    ]
    hint = "Probability minus truth, for each class."
    equal_number("gradient", gradient, right - truth, given=text, known=known, hint=hint)
    known = [
        (np.log(10), "This is for ten classes."),
        (-np.log(100), "The sign: the loss is MINUS the logarithm of 1/100."),
        (0.01, "This is the probability of each class: take minus its logarithm."),
        (2, "Take the natural logarithm, to the base e."),
    ]
    hint = "Each class has the probability 1/100."
    equal_number("start_loss", start_loss, np.log(100), given="100 classes, equal scores", known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(log_softmax):
    """Check a stable log-softmax over the last axis: shapes, large scores, gradient, input left alone."""
    _softmax_losses.check_log_softmax(log_softmax)


@exercise(CHAPTER, 3)
def exercise_3(gradients):
    """Check the gradients of the mean cross-entropy by weights and bias."""
    _softmax_model.check_gradients(gradients)


@exercise(CHAPTER, 4)
def exercise_4(top_k_accuracy):
    """Check the fraction of examples whose class is among the k highest scores."""
    _softmax_model.check_top_k(top_k_accuracy)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to g were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(smoothed_loss):
    """Check the cross-entropy against smoothed labels."""
    _softmax_losses.check_smoothing(smoothed_loss)
