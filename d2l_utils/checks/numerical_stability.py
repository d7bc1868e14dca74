"""Checks of the exercises of notebooks/19-numerical-stability.ipynb.

Inputs are tried from easy to hard, so that what is shown of a mistake is the easiest input that brings it out.
"""

from d2l_utils.checks import _numerical_stability_depth as depth
from d2l_utils.checks import _numerical_stability_gradients as gradients
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "19-numerical-stability"
STATEMENTS = {
    "a": (True, "0.9 to the power of 100 is 0.000027: a factor near 1 is not yet a factor of 1."),
    "b": (False, "All layers of such a ReLU network share one product of factors: their gradients are equally small."),
    "c": (True, "All entries are multiplied by the same number."),
    "d": (False, "Clipping multiplies by 1 or less: what is too short stays as it is."),
    "e": (
        True,
        "The scale is divided out again before the step: it only moves them to where float16 is fine.",
    ),
    "f": (False, "All units see the same batch: what breaks the tie has to differ between the units."),
}


@exercise(CHAPTER, 1)
def exercise_1(by_norm, by_value, my_step, sigmoid_layers, half_sums):
    """Check two ways of clipping, a step of the trainer, a depth, and two sums in float16."""
    text = "gradients (6, 0) and (0, 8), limit 5"
    known = [
        ([5, 0, 0, 5], "This is clipping by value: the norm keeps 6 : 8 as it is."),
        ([6, 0, 0, 8], "The limit is for ALL gradients together, and their joint norm is 10."),
        ([0.6, 0, 0, 0.8], "That has the length 1; the limit is 5."),
        ([30 / 14, 0, 0, 40 / 14], "The joint norm is the root of the sum of the SQUARES: 10, not 14."),
    ]
    hint = "The joint norm is the root of 36 + 64; multiply all by the limit over it."
    equal_number("by_norm", by_norm, [3, 0, 0, 4], given=text, known=known, hint=hint)
    known = [
        ([3, 0, 0, 4], "This is clipping by norm: by value each entry is cut by itself."),
        ([5, 5, 5, 5], "What is inside the limits stays: 0 is."),
        ([1, 0, 0, 3], "The limit is not subtracted: 6 becomes 5."),
    ]
    equal_number(
        "by_value", by_value, [5, 0, 0, 5], given=text, known=known, hint="Cut each entry to the interval from -5 to 5."
    )
    known = [
        (0.2, "The trainer divides by the batch size BEFORE it clips."),
        (3, "6 is above the limit of 4."),
        (4, "The learning rate is 0.5."),
        (30, "step(10) divides by 10, and then there is the limit."),
    ]
    text = "summed gradient 60, batch of 10, clip_gradient 4, learning rate 0.5"
    hint = "Divide by the batch size, clip, multiply by the learning rate."
    equal_number("my_step", my_step, 2, given=text, known=known, hint=hint)
    known = [
        (9, "0.25 to the power of 9 is 0.0000038: not yet below a millionth."),
        (6, "That would be so for a slope of 0.1."),
        (20, "Each layer takes a factor of 4, not of 2."),
        (24, "Each layer multiplies by 0.25; it does not subtract."),
    ]
    hint = "Find the smallest k with 0.25**k below 0.000001."
    text = "slope at most 0.25, weights 1, one millionth"
    equal_number("sigmoid_layers", sigmoid_layers, 10, given=text, known=known, hint=hint)
    known = [
        ([2050, 2050], "From 2048 on float16 has even numbers only: 2048 + 1 is rounded."),
        ([2048, 2048], "1 + 1 is 2, and 2048 + 2 fits."),
        ([2049, 2050], "2049 is no number of float16."),
        ([2050, 2048], "Which of the two loses the ones: the sum that begins with 2048, or the other?"),
    ]
    hint = "Add from left to right, and round to an even number from 2048 on."
    equal_number("half_sums", half_sums, [2048, 2050], given="2048 + 1 + 1, 1 + 1 + 2048", known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(safe_norm):
    """Check a joint norm of ordinary, huge, tiny and zero entries."""
    random = np.random.RandomState(0)
    shapes = (3,), (2, 2)
    lists = [
        [np.array([3.0, -4.0])],
        [np.array([3.0, -4.0]), np.array([[2.0, 1.0]])],
        [random.normal(size=shape) for shape in shapes],
        [1e200 * random.normal(size=shape) for shape in shapes],
        [1e-200 * random.normal(size=shape) for shape in shapes],
        [np.array([1e-200, 2.0]), np.array([1.0])],
        [-1e180 * np.ones(4), np.array([1e-180])],
        [np.zeros(2), np.zeros(1)],
        [np.zeros(2), np.array([1e-250])],
    ]
    for grads in lists:
        gradients.check_norm(safe_norm, grads)


@exercise(CHAPTER, 3)
def exercise_3(unscaled):
    """Check gradients that are unscaled without loss, infinities and missing numbers that halve the scale."""
    inf, nan = float("inf"), float("nan")
    lists = [
        ([[1.0, -2.0]], 4.0),
        ([[0.5], [3.0, 100.0]], 1.0),
        ([[6e-5, 1e-3], [-6e-8]], 1024.0),
        ([[65504.0]], 65536.0),
        ([[1.0, inf]], 1024.0),
        ([[1.0], [-inf, 2.0]], 512.0),
        ([[nan]], 64.0),
        ([[1.0, 2.0], [3.0], [nan, inf]], 3.0),
    ]
    for grads, scale in lists:
        gradients.check_unscaled(unscaled, [np.array(grad, dtype="float16") for grad in grads], scale)


@exercise(CHAPTER, 4)
def exercise_4(relabel):
    """Check the parameters of a network whose hidden units have a new order."""
    random = np.random.RandomState(0)
    for inputs, outputs, order in ((1, 1, [1, 0]), (2, 1, [2, 0, 1]), (3, 2, [1, 2, 3, 0]), (4, 4, [3, 0, 1, 2])):
        n = len(order)
        arrays = [random.normal(size=shape) for shape in ((inputs, n), (n,), (n, outputs))]
        depth.check_order(relabel, arrays, order)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(gradient_logs):
    """Check logarithms of gradients: of a few layers, of thousands, and of a gradient that is exactly 0."""
    random = np.random.RandomState(0)
    small = [np.array([[0.0, 10.0], [1.0, 0.0]])]
    depth.check_logs(gradient_logs, small, np.array([1.0, 0.0]))
    depth.check_logs(gradient_logs, [], np.array([3.0, 4.0]))
    shapes = (3, 2), (4, 3), (1, 4)
    depth.check_logs(gradient_logs, [random.normal(size=shape) for shape in shapes], np.array([2.0]))
    for factor in (3.0, 0.1):
        many = [factor * random.normal(size=(4, 4)) for _ in range(2000)]
        depth.check_logs(gradient_logs, many, random.normal(size=4))
    with_zero = [np.eye(2), np.zeros((2, 2)), np.eye(2)]
    depth.check_logs(gradient_logs, with_zero, np.array([1.0, 1.0]))
    depth.check_logs(gradient_logs, [np.eye(2)], np.zeros(2))
