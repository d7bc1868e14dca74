"""Checks of the exercises of notebooks/08-weight-decay.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _weight_decay_exact as exact
from d2l_utils.checks import _weight_decay_steps as steps
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np
from mxnet import nd

CHAPTER = "08-weight-decay"
STATEMENTS = {
    "a": (True, "Nothing makes 0 a likely mean of the labels, and one number more can hardly overfit."),
    "b": (False, "At lambda 0 the training loss alone is minimised: no other weights can make it smaller."),
    "c": (True, "Its right weight becomes ten times smaller, and so does not cost what it did."),
    "d": (False, "step divides the gradient by the batch size, and leaves wd alone."),
    "e": (False, "Such a weight jumps over 0 again and again: only the soft threshold stops at 0."),
    "f": (
        True,
        "Adam divides its gradient by the typical size of it, and the penalty with it, if that is a part of it.",
    ),
}


@exercise(CHAPTER, 1)
def exercise_1(penalties, new_w, thresholded, bound, best_lambda):
    """Check both penalties, a step with decay, a soft threshold, a bound and the lambda of a prior."""
    w = "w = [6, -8]"
    step = f"{w}, g = [5, 0], lr = 0.2, lambda = 0.5"
    known = [
        ([100, 14], "The L2 penalty has a half."),
        ([10, 14], "The L2 penalty is half the SQUARE of the length."),
        ([50, -2], "The L1 penalty adds up absolute values: signs do not cancel."),
        ([50, 7], "The L1 penalty has no half."),
        ([14, 50], "The L2 penalty comes first."),
    ]
    hint = "Half the sum of the squares; then the sum of the absolute values."
    equal_number("penalties", penalties, [50, 14], given=w, known=known, hint=hint)
    known = [
        ([2, -4], "The decay is multiplied by the learning rate: the factor is 1 - lr * lambda."),
        ([5.6, -8.8], "The weights must get smaller: the factor is 1 - lr * lambda."),
        ([4.5, -7.2], "The gradient does not decay: only w is multiplied by 1 - lr * lambda."),
        ([3.8, -6.4], "The half in the penalty cancels the 2 of the derivative: the factor is 1 - lr * lambda."),
        ([5, -8], "This is the step without decay."),
        ([5.4, -7.2], "This is the decay alone: the step against the gradient is missing."),
    ]
    hint = "It is (1 - lr * lambda) * w - lr * g."
    equal_number("new_w", new_w, [4.4, -7.2], given=step, known=known, hint=hint)
    known = [
        ([0, 0, -7], "What is above the threshold is moved too, by t towards 0."),
        ([-0.5, 0, -5], "It stops at 0: nothing jumps over it."),
        ([0, 0, 5], "The sign is kept."),
        ([3.5, -4, -9], "It moves towards 0, not away from it."),
        ([1.5, -2, -5], "What is smaller than t becomes 0."),
    ]
    hint = "Each number moves by t towards 0 and stops there."
    equal_number("thresholded", thresholded, [0, 0, -5], given="v = [1.5, -2, -7], t = 2", known=known, hint=hint)
    known = [
        (2 / 7, "The penalty adds lambda to the curvature of every direction."),
        (0.1, "At 1 / (lambda + K) that direction is done in one step; the bound is twice that."),
        (0.5, "The penalty makes the loss steeper: lambda is added to K."),
        (2 / 3, "The curvature of the loss counts too."),
    ]
    equal_number("bound", bound, 0.2, given="K = 7, lambda = 3", known=known, hint="It is 2 / (lambda + K).")
    known = [
        (16, "Divide by the number of examples too: the loss is a mean."),
        (0.16, "Variances count: both standard deviations are squared."),
        (0.32, "tau is squared as well."),
        (0.08, "sigma is squared: what counts is the variance of the noise."),
        (1 / 0.64, "It is the other way up: more noise asks for more decay."),
    ]
    hint = "It is sigma**2 / (n * tau**2)."
    prior = "n = 25, sigma = 2, tau = 0.5"
    equal_number("best_lambda", best_lambda, 0.64, given=prior, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(elastic_step):
    """Check a step with both penalties: numbers, exact zeros, dtype, inputs left alone."""
    cases = [
        ([2.0], [1.5], 0.1, 0, 0.5),
        ([2.0, 0.1], [1.0, 0.2], 0.1, 3, 0),
        ([-2.0], [-1.0], 0.1, 3, 0.5),
        ([0.1, -0.1, 3.0], [0.5, -0.2, -1.0], 0.5, 0.4, 0.3),
    ]
    for w, grad, lr, l1, l2 in cases:
        steps.check_elastic(elastic_step, nd.array(w), nd.array(grad), lr, l1, l2)
    random = np.random.RandomState(0)
    for dtype in ("float32", "float64"):
        w, grad = (nd.array(random.normal(size=(4, 5)), dtype=dtype) for _ in range(2))
        steps.check_elastic(elastic_step, w, grad, 0.2, 2, 0.7)


@exercise(CHAPTER, 3)
def exercise_3(ridge_dual):
    """Check ridge regression through a matrix of the size of the examples, for very many inputs too."""
    random = np.random.RandomState(0)
    for n, p, lambd in ((2, 1, 0.5), (3, 5, 1), (20, 200, 3), (30, 10, 0.1)):
        exact.check_ridge(ridge_dual, random.normal(size=(n, p)), random.normal(size=n), lambd)
    exact.check_many_inputs(ridge_dual, random.normal(size=(20, 20000)), random.normal(size=20), 2)


@exercise(CHAPTER, 4)
def exercise_4(lambda_max):
    """Check the smallest lambda at which L1 leaves no weight, with a bias that is free."""
    random = np.random.RandomState(0)
    for n, p, mean in ((3, 1, 0), (4, 3, 0), (10, 4, 5), (50, 100, -20)):
        X = random.normal(0.5, 1, size=(n, p))
        exact.check_lambda_max(lambda_max, X, X[:, 0] - 2 * X[:, -1] + mean + random.normal(size=n))


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(group_threshold):
    """Check the soft threshold of whole rows: numbers, rows that are 0 already, dtype, input left alone."""
    cases = [([[3.0, 4.0], [0.3, -0.4]], 2), ([[0.0, 0.0], [-6.0, 8.0]], 5), ([[1.0], [-3.0], [0.0]], 2)]
    for W, t in cases:
        steps.check_group(group_threshold, nd.array(W), t)
    random = np.random.RandomState(0)
    for dtype in ("float32", "float64"):
        steps.check_group(group_threshold, nd.array(random.normal(size=(6, 4)), dtype=dtype), 1.9)
