"""Checks of the exercises of notebooks/13-dropout-in-practice.ipynb."""

from d2l_utils.checks import _dropout_in_practice_parts as parts
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "13-dropout-in-practice"
STATEMENTS = {
    "a": (True, "What is inside the ball is multiplied by exactly 1: nothing of it changes."),
    "b": (
        False,
        "Ten times the rate and ten times the momentum's factor multiply: the effective rate grows hundredfold.",
    ),
    "c": (True, "The 1 / q in the gradient of a kept weight is in the step; the decay has no such factor."),
    "d": (
        False,
        "The best of many noisy numbers is too good on average, whoever chose by it: test images are for one.",
    ),
    "e": (False, "Decay pulls at every step; a limit does nothing until a vector of weights has reached it."),
    "f": (True, "Only a share q of the units is there in each step, so a layer that must carry n needs n / q."),
}


@exercise(CHAPTER, 1)
def exercise_1(effective_lr, shortened, new_w, num_units):
    """Check an effective learning rate, a projection, a step with dropout and decay, and a width."""
    known = [
        (0.27, "The steps add up: lr * (1 + m + m**2 + ...), which is a division by 1 - m."),
        (0.033, "Divide by 1 - momentum, not by momentum."),
        (0.03, "A gradient acts in every later step too, each time with the factor m."),
        (0.003, "Momentum makes the steps larger: divide by 1 - momentum."),
    ]
    setting = "lr = 0.03, momentum = 0.9"
    hint = "It is lr / (1 - momentum)."
    equal_number("effective_lr", effective_lr, 0.3, given=setting, known=known, hint=hint)
    known = [
        ([5, 5], "It is the LENGTH of the vector that has a limit, not each entry."),
        ([6, -8], "Its length is the root of 36 + 64: that is above the limit."),
        ([0.6, -0.8], "This has length 1; the limit is 5."),
        ([3, 4], "The direction stays, and with it the signs."),
        ([30 / 14, -40 / 14], "The length is the root of the sum of the SQUARES."),
        ([0.3, -0.4], "Divide by the length, not by its square."),
    ]
    hint = "Multiply by limit / length."
    equal_number("shortened", shortened, [3, -4], given="w = [6, -8], limit = 5", known=known, hint=hint)
    known = [
        ([1.68, 1.98], "Inverted dropout divides what is kept by q, and so its gradient too."),
        ([1.38, 2], "The weights of a dropped unit decay like all others."),
        ([1.4, 2], "The decay is missing in both."),
        ([1.38, 1.38], "The gradient of a dropped unit is 0."),
        ([1.83, 1.98], "Divide the gradient by q: kept units count MORE in training."),
        ([1.36, 1.96], "The 1 / q belongs to the gradient of the loss only, not to the decay."),
        ([1.98, 1.38], "First the step in which the unit is kept."),
    ]
    step = "w = 2, g = 3, lr = 0.1, drop_prob = 0.5, lambda = 0.1"
    hint = "Kept: w - lr * (g / q + lambda * w). Dropped: the same with g = 0."
    equal_number("new_w", new_w, [1.38, 1.98], given=step, known=known, hint=hint)
    known = [
        (180, "So many of 300 are kept. How many must there be for 300 to be kept?"),
        (750, "Divide by the share that is KEPT, 1 - drop_prob."),
        (420, "420 units keep 252 on average: divide, do not add."),
        (120, "So many of 300 are dropped."),
    ]
    hint = "n units keep n * (1 - drop_prob) on average."
    layer = "300 kept on average, drop_prob = 0.4"
    equal_number("num_units", num_units, 500, given=layer, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(momentum_step):
    """Check a step with momentum: weights, velocity, dtype, inputs left alone."""
    cases = [([1.0], [0.0], [2.0], 0.1, 0.9), ([1.0, -2.0], [0.5, 1.0], [2.0, -1.0], 0.1, 0.9)]
    for *arrays, lr, momentum in cases:
        arrays = dict(zip(("w", "v", "grad"), map(nd.array, arrays), strict=True))
        parts.check_momentum(momentum_step, arrays, lr, momentum)
    random = np.random.RandomState(0)
    for dtype in ("float32", "float64"):
        arrays = {name: nd.array(random.normal(size=(4, 3)), dtype=dtype) for name in ("w", "v", "grad")}
        parts.check_momentum(momentum_step, arrays, 0.3, 0.8)


@exercise(CHAPTER, 3)
def exercise_3(smallest_good_rate):
    """Check the choice of the smallest rate within the error of the best one."""
    cases = [
        ([0, 0.2, 0.5], [[0.9, 0.92], [0.70, 0.72], [0.5, 0.52]]),
        ([0, 0.2, 0.5], [[0.61, 0.62, 0.60], [0.59, 0.63, 0.58], [0.55, 0.65, 0.57]]),
        ([0, 0.2, 0.5], [[0.70, 0.72, 0.71, 0.71], [0.64, 0.62, 0.63, 0.63], [0.56, 0.66, 0.58, 0.64]]),
        ([0, 0.2, 0.5, 0.8], np.random.RandomState(3).normal(0.6, 0.03, size=(4, 5)).round(3)),
    ]
    for rates, valid_loss in cases:
        parts.check_choice(smallest_good_rate, rates, np.array(valid_loss))


@exercise(CHAPTER, 4)
def exercise_4(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 5)
def exercise_5(ridge_for_limit):
    """Check the best weights within a limit, and the penalty that leads to the same ones."""
    random = np.random.RandomState(0)
    for n, p, limit in ((4, 1, 0.5), (6, 2, 100), (8, 3, 0.7), (30, 10, 1.5)):
        X = random.normal(size=(n, p)) * np.linspace(1, 2, p)
        parts.check_limit(ridge_for_limit, X, X @ random.normal(size=p) + random.normal(size=n), limit)
