"""Checks of the exercises of notebooks/17-backpropagation.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _backpropagation_gradients as gradients
from d2l_utils.checks import _backpropagation_order as order
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "17-backpropagation"
STATEMENTS = {
    "a": (True, "d_W1 is X.T @ d_Z: the inputs are a factor, whether they are trained or not."),
    "b": (False, "d_W2 is H.T @ d_Y_hat and the penalty: d_Z lies further back and is computed later."),
    "c": (True, "The 1/n stands in the loss only, and so does not touch the penalty's slope."),
    "d": (False, "Two arrays of equal values are different arrays: each is asked for its own place in the graph."),
    "e": (False, "At biases of 0 a wrong line passed too: a check speaks of the point where it was made."),
    "f": (True, "Each pass begins with a slope at the end: ten ends, ten passes."),
}


@exercise(CHAPTER, 1)
def exercise_1(paper_d_z, paper_d_W2, paper_d_W1):
    """Check the slopes of a 2-2-1 network with a unit that is switched off."""
    text = "z = (1.5, -0.5), d_y_hat = 1, W2 = (2, 3), lambda = 0.1"
    known = [
        ([2, 3], "The second unit has z < 0: there the slope of ReLU is 0."),
        ([3, 0], "Multiply d_h by the SLOPE of ReLU, which is 1, not by h."),
        ([0, 3], "It is the unit with z < 0 that is switched off."),
        ([1, 0], "What arrives at h is d_y_hat times its weight in W2."),
    ]
    equal_number(
        "paper_d_z", paper_d_z, [2, 0], given=text, known=known, hint="It is d_y_hat * W2, where z > 0, else 0."
    )
    known = [
        ([1.5, 0], "The penalty adds lambda times the weight."),
        ([1.6, 0.15], "The half in the penalty cancels the 2 of its slope."),
        ([1.7, 0], "The penalty pulls at a weight whose unit is switched off, too."),
        ([2.2, 0.3], "This is with d_z in place of h: the slope along a weight is its INPUT times d_y_hat."),
    ]
    hint = "It is h * d_y_hat + lambda * W2."
    equal_number("paper_d_W2", paper_d_W2, [1.7, 0.3], given=text, known=known, hint=hint)
    known = [
        ([4, 0, 2, 0], "The penalty adds lambda times the weight."),
        ([4.1, 1.9, -0.1, 0.1], "Write row by row: first the weights from x1 to both units, then those from x2."),
        ([4.1, 5.9, 1.9, 3.1], "The second unit is switched off: no slope of the loss comes through it."),
        ([4.1, 0, 1.9, 0], "The penalty pulls at the weights of the unit that is switched off, too."),
        ([4.05, -0.05, 1.95, 0.05], "The half in the penalty cancels the 2 of its slope."),
        ([2.1, -0.1, 1.9, 0.1], "The slope along a weight is its input times d_z: x1 is 2."),
    ]
    text = "x = (2, 1), W1 = [[1, -1], [-1, 1]], lambda = 0.1"
    hint = "Row i is x_i * d_z + lambda * W1[i]."
    equal_number("paper_d_W1", paper_d_W1, [4.1, -0.1, 1.9, 0.1], given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(my_gradients):
    """Check the four gradients of a network with ReLU, for several shapes."""
    random = np.random.RandomState(0)
    for n, d, h, q in ((1, 1, 1, 1), (2, 1, 3, 1), (4, 3, 5, 2), (6, 4, 4, 4)):
        shapes = (n, d), (n, q), (d, h), (h,), (h, q), (q,)
        gradients.check_network(my_gradients, *(random.normal(0.4, 1, size=shape) for shape in shapes), 0.3)


@exercise(CHAPTER, 3)
def exercise_3(my_order):
    """Check an order in which parents come first: short ways beside long ones, strangers, and a long chain."""
    graphs = [
        ({"a": []}, "a"),
        ({"a": [], "b": ["a"]}, "b"),
        ({"x": [], "z": ["x", "w"], "w": [], "other": ["x"]}, "z"),
        ({"x": [], "y": ["x"], "z": ["y", "y"]}, "z"),
        ({"x": [], "a": ["x"], "b": ["a"], "c": ["b"], "end": ["x", "c", "a"]}, "end"),
        ({"end": ["a", "c"], "a": ["b"], "b": ["c"], "c": ["w"], "w": []}, "end"),
        ({"J": ["L", "S"], "S": ["W"], "L": ["o"], "o": ["h", "W"], "h": ["x"], "W": [], "x": []}, "J"),
    ]
    for parents, end in graphs:
        order.check_order(my_order, parents, end)
    chain = {str(k): [str(k - 1)] if k else [] for k in range(5000)}
    order.check_order(my_order, chain, "4999")


@exercise(CHAPTER, 4)
def exercise_4(divide_pulls):
    """Check the slopes along both parts of a quotient whose lower part is stretched."""
    random = np.random.RandomState(0)
    for n, k in ((1, 1), (1, 3), (3, 2), (4, 5)):
        a, d = random.normal(size=(2, n, k))
        gradients.check_quotient(divide_pulls, a, random.uniform(0.5, 3, size=(n, 1)), d)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(slope_along):
    """Check a slope along a direction that is carried forward, to all of its digits."""
    random = np.random.RandomState(0)
    for n, d, h, q in ((1, 1, 1, 1), (2, 3, 4, 1), (5, 4, 3, 2)):
        shapes = (n, d), (n, q), (d, h), (h,), (h, q), (q,)
        arrays = [random.normal(size=shape) for shape in shapes]
        directions = [random.normal(size=shape) for shape in shapes[2:]]
        gradients.check_along(slope_along, arrays, directions)
