"""Checks of the exercises of notebooks/03-linear-regression.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _linear_regression_exact as exact
from d2l_utils.checks import _linear_regression_steps as steps
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements
from d2l_utils.seeding import seed_everything

from mxnet import nd

CHAPTER = "03-linear-regression"
STATEMENTS = {
    "a": (False, "Twice the loss has its minimum at the same place; only the gradient doubles."),
    "b": (True, "Added to the bias too, the number leaves every error as it was: the weights stay the best ones."),
    "c": (True, "Along every eigenvector the error is multiplied by a number between -1 and 1, so it does not grow."),
    "d": (False, "Standardized features can still be correlated, and then the loss has a valley."),
    "e": (True, "The variance of a mean of B examples falls like 1 / B, and 40 is four times 10."),
    "f": (False, "It converges: only where to depends on the start, and the predictions are the same."),
}


@exercise(CHAPTER, 1)
def exercise_1(y_hat, losses, new_w, new_b, bound):
    """Check two predictions, their losses, one step of SGD and the largest stable learning rate."""
    batch = "w = [1, 1], b = 0, X = [[1, 2], [2, 0]], y = [2, 5]"
    step, valley = f"{batch}, lr = 0.1", "eigenvalues 5 and 0.2"
    known = [([1, -3], "These are the errors, y_hat - y.")]
    hint = "Multiply each feature by its weight, add up, add the bias."
    equal_number("y_hat", y_hat, [3, 2], given=batch, known=known, hint=hint)
    known = [
        ([1, 9], "The squared loss has a half."),
        ([1, -3], "These are the errors: the loss is half their square."),
        ([0.25, 2.25], "A loss belongs to one example: nothing is divided by the size of the batch yet."),
    ]
    equal_number("losses", losses, [0.5, 4.5], given=batch, known=known, hint="It is half of the squared error.")
    known = [
        ([1.5, 0.8], "This is a step with the summed gradient: divide by the batch size, 2."),
        ([0.75, 1.1], "The step goes AGAINST the gradient: subtract it."),
        ([0.5, 1.2], "The step goes against the gradient, and that is a mean: divide by the batch size, 2."),
        ([-2.5, 1], "This is the gradient. The step multiplies it by lr and subtracts it from the weights."),
        ([3.5, 0], "This is a step with the learning rate 1."),
    ]
    hint = "The gradient is the mean of error times input; subtract lr times it from the weights."
    equal_number("new_w", new_w, [1.25, 0.9], given=step, known=known, hint=hint)
    known = [
        (0.2, "This is a step with the summed gradient: divide by the batch size, 2."),
        (-0.1, "The step goes AGAINST the gradient: subtract it."),
        (0, "The bias is learned too: its gradient is the mean of the errors."),
        (-1, "This is the gradient. The step multiplies it by lr and subtracts it from the bias."),
    ]
    hint = "The gradient of the bias is the mean of the errors."
    equal_number("new_b", new_b, 0.1, given=step, known=known, hint=hint)
    known = [
        (10, "This is the bound of the flattest direction: the steepest one diverges first."),
        (0.2, "At 1 / lambda the steepest direction is done in one step; the bound is twice that."),
        (2 / 5.2, "This is the best learning rate for both directions together, a little below the bound."),
    ]
    equal_number("bound", bound, 0.4, given=valley, known=known, hint="It is 2 divided by the largest curvature.")


@exercise(CHAPTER, 2)
def exercise_2(fit):
    """Check the exact solution with bias: shapes, minimum, inputs left alone."""
    for n, num_inputs, shift in ((3, 1, 0), (4, 2, 2), (50, 3, 5), (200, 1, -5)):
        seed_everything(n)
        X = nd.random.normal(shift, 1, shape=(n, num_inputs))
        y = nd.dot(X, nd.arange(1, 1 + num_inputs)) + 4 + nd.random.normal(shape=n)
        exact.check_fit(fit, X, y)


@exercise(CHAPTER, 3)
def exercise_3(huber_loss):
    """Check the values of the Huber loss, its shape for labels of both shapes, and its gradient."""
    for flat in (False, True):
        for errors in ([0.5], [3.0], [-3.0], [0.5, -0.5, 2.0, -4.0, 0.0]):
            steps.check_huber(huber_loss, errors, 1, flat=flat)
    for delta in (0.3, 2):
        steps.check_huber(huber_loss, [0.1, -0.2, 1.0, -1.5, 7.0, -9.0], delta, flat=True)
        steps.check_huber_gradient(huber_loss, delta)


@exercise(CHAPTER, 4)
def exercise_4(largest_stable_lr):
    """Check the largest stable learning rate of a model with bias."""
    for n, num_inputs, mean in ((4, 1, 1), (10, 2, 0.5), (300, 3, 20)):
        seed_everything(n)
        exact.check_bound(largest_stable_lr, nd.random.normal(mean, 2, shape=(n, num_inputs)))


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(momentum_step):
    """Check weights and velocity over several steps with momentum."""
    for shape in ((1,), (3,), (2, 2)):
        for momentum in (0.9, 0.5, 0):
            steps.check_momentum(momentum_step, shape, (0.1, 0.5, 0.2), momentum)
