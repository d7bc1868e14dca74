"""Checks of the exercises of notebooks/02-autograd.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _autograd_rules, _autograd_slopes
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "02-autograd"
STATEMENTS = {
    "a": (True, "Backward is one walk through the graph; differences move one entry at a time, to both sides."),
    "b": (False, "The default replaces the old gradient. Only grad_req='add' sums over the passes."),
    "c": (True, "Only what ran is recorded: the rounds of the loop for this input."),
    "d": (False, "It turns the training mode off. Recording goes on; `pause` is what stops it."),
    "e": (False, "Below the best step rounding takes over: the two values of f differ in their last digits only."),
    "f": (False, "At the kink x = 0 nd.relu gives 0 and nd.maximum gives 1."),
    "g": (True, "A detached array has the values and no history: a constant for the backward pass."),
}


@exercise(CHAPTER, 1)
def exercise_1(product_grad, relu_grad, head_grad, detached_grad):
    """Check four gradients that were to be found on paper."""
    known = [
        ((2, 3, 1), "Along one factor of a product the slope is the OTHER factor."),
        ((2, 3, -2), "Along one factor of a product the slope is the OTHER factor."),
        ((3, 2, 2), "The slope of x**2 is 2x, and x is negative here."),
        ((3, 2, -1), "The slope of x**2 is 2x."),
        ((3, 2, 1), "That is the value of the last term; its slope is asked for."),
    ]
    hint = "For each entry: which terms hold it, and how much do they grow when it grows?"
    text = "x = [2, 3, -1], L = x[0] * x[1] + x[2]**2"
    equal_number("product_grad", product_grad, (3, 2, -2), given=text, known=known, hint=hint)
    known = [
        ((0, 3, 3), "At 0 nd.relu has the slope 0; it is nd.maximum that has 1 (section 9)."),
        ((0, 1.5, 3), "That is the mean of both sides, which central differences measure; autograd gives another."),
        ((0, 0, 15), "That is the value of L's terms; their slope is asked for."),
        ((0, 0, 1), "The factor 3 multiplies the slope as well."),
        ((0, 1, 1), "The factor 3 multiplies the slope as well, and at 0 nd.relu has the slope 0."),
        ((3, 3, 3), "On the left of 0 relu is flat."),
    ]
    hint = "On the left of 0 relu is flat, on the right it is x; section 9 tells what it has at 0."
    text = "x = [-2, 0, 5], L = (3 * nd.relu(x)).sum()"
    equal_number("relu_grad", relu_grad, (0, 0, 3), given=text, known=known, hint=hint)
    known = [
        ((2, 4), "This is the gradient of the sum: here each output has a weight."),
        ((20, 40), "The second entry has its own weight, 1."),
        ((10, 4), "The weights multiply the slopes 2x, not the values x**2."),
        ((10, 1), "These are the weights: multiply them by the slopes."),
    ]
    hint = "Each slope is multiplied by the weight of its output."
    text = "x = [1, 2], y = x**2, y.backward(nd.array([10, 1]))"
    equal_number("head_grad", head_grad, (20, 4), given=text, known=known, hint=hint)
    known = [
        ((12, 27), "This is the slope of x**3: nothing was detached."),
        ((8, 18), "This is the way that was cut: what is detached counts as a constant, the other factor does not."),
        ((0, 0), "Only one of the two factors is detached."),
        ((1, 1), "What is detached has no slope, but it still multiplies that of the other factor."),
    ]
    hint = "Take what is detached for a constant factor."
    text = "x = [2, 3], L = (x * (x**2).detach()).sum()"
    equal_number("detached_grad", detached_grad, (4, 9), given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(write_grad, add_grad, together_grad, kept_grad):
    """Check what x.grad holds after several backward passes."""
    two = "x = 3, one pass for x**2, then one for 5 * x"
    known = [
        (11, "That is the sum: 'write' replaces what was there."),
        (6, "That is the first pass, and the second has replaced it."),
        (15, "That is a value, not a slope."),
    ]
    hint = "'write' keeps the gradient of the last pass."
    equal_number("write_grad", write_grad, 5, given=f"{two}, grad_req = 'write'", known=known, hint=hint)
    known = [
        (5, "That is the last pass alone: 'add' adds it to what was there."),
        (24, "These are the values; add the slopes."),
        (6, "That is the first pass alone."),
    ]
    hint = "'add' gives the sum of the two slopes."
    equal_number("add_grad", add_grad, 11, given=f"{two}, grad_req = 'add'", known=known, hint=hint)
    known = [
        (5, "Both outputs belong to ONE pass, and within a pass all ways add up, whatever grad_req is."),
        (6, "Both outputs belong to ONE pass, and within a pass all ways add up, whatever grad_req is."),
        (24, "These are the values; add the slopes."),
    ]
    text = "x = 3, autograd.backward([x**2, 5 * x]), grad_req = 'write'"
    hint = "It is one pass through two outputs."
    equal_number("together_grad", together_grad, 11, given=text, known=known, hint=hint)
    known = [
        (6, "That is one pass: with 'add' each of the three adds its slope."),
        (12, "That is two passes; there are three."),
        (27, "That is three times the value; add the slopes."),
    ]
    text = "x = 3, three passes through one graph of x**2, grad_req = 'add'"
    hint = "Each pass adds the slope of x**2 at 3 once more."
    equal_number("kept_grad", kept_grad, 18, given=text, known=known, hint=hint)


@exercise(CHAPTER, 3)
def exercise_3(numerical_gradient):
    """Check a gradient from central differences, entry by entry."""
    _autograd_slopes.check_differences(numerical_gradient)


@exercise(CHAPTER, 4)
def exercise_4(logistic_grad):
    """Check the gradient of the mean logistic loss, written without autograd."""
    _autograd_rules.check_logistic(logistic_grad)


@exercise(CHAPTER, 5)
def exercise_5(my_sign):
    """Check an `autograd.Function`: the sign forward, a straight-through gradient backward."""
    _autograd_rules.check_sign(my_sign)


@exercise(CHAPTER, 6)
def exercise_6(true_statements):
    """Check which of the statements a to g were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 7)
def exercise_7(jacobian):
    """Check the matrix of all slopes, one row for each output."""
    _autograd_slopes.check_jacobian(jacobian)
