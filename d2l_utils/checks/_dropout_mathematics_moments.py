"""What ridge regression by dropout (notebook 11, exercise 4) and the mean of a ReLU (exercise 6) have to give."""

import math

from d2l_utils.checks._answers import call
from d2l_utils.checks._dropout_mathematics_numbers import compare
from d2l_utils.checks._verdict import given

import numpy as np

RIDGE = "Solve (X^T X / n + D) w = X^T y / n; D is diagonal with drop_probs / (1 - drop_probs) * the mean of x**2."
NO_PENALTY = "This is least squares: the penalty is missing."
NO_SIZE = "The penalty on a weight is measured from the data: multiply by the mean of the squares of its input."
NO_RATIO = "The factor is p / (1 - p): the inverted form divides by 1 - p."
VANILLA = "The factor is p / (1 - p), not p (1 - p): the inverted form divides by (1 - p)**2."
NO_MEAN = "The loss is a mean over n examples: divide X^T X by n and X^T y too, or multiply the penalty by n."
ONE_RATE = "Each input has its own rate: do not average them."
WEIGHTS = "Give back one weight per input, a NumPy array of shape (p,)."

MOMENTS = "With mean m and deviation s of z it is m * Phi(m / s) + s * phi(m / s)."
SHORT_CUT = "This is weight scaling, relu of the mean: the noise is not in it."
VARIANCE = "The sum is the VARIANCE of z: take its square root."
NO_SECOND = "The second term, s * phi(m / s), is missing."
NO_FIRST = "m is multiplied by Phi(m / s), the chance that z is above 0."
NOT_SQUARED = "In the variance both are squared, the activation and the weight."
HIDDEN = "Give back one number per example and unit: a NumPy array of shape (batch, units)."


def _solve(X, y, penalties, n=None):
    n = n or len(X)
    return np.linalg.solve(X.T @ X / n + np.diag(penalties), X.T @ y / n)


def check_ridge(dropout_ridge, X, y, drop_probs):
    """Raise unless the weights are those that training with dropout finds on average."""
    text = given(X=X, y=y, drop_probs=drop_probs)
    result = call(dropout_ridge, X.copy(), y.copy(), drop_probs.copy(), given=text)
    sizes, ratios = (X**2).mean(axis=0), drop_probs / (1 - drop_probs)
    rate = drop_probs.mean()
    known = [
        (_solve(X, y, 0 * sizes), NO_PENALTY),
        (_solve(X, y, ratios), NO_SIZE),
        (_solve(X, y, drop_probs * sizes), NO_RATIO),
        (_solve(X, y, drop_probs * (1 - drop_probs) * sizes), VANILLA),
        (_solve(X, y, ratios * sizes, n=1), NO_MEAN),
        (_solve(X, y, ratios * sizes * len(X)), NO_MEAN),
        (_solve(X, y, ratios * sizes / len(X)), NO_MEAN),
        (_solve(X, y, rate / (1 - rate) * sizes), ONE_RATE),
        (_solve(X, y, ratios.mean() * sizes), ONE_RATE),
    ]
    expected = _solve(X, y, ratios * sizes)
    known = [(wrong, hint) for wrong, hint in known if not np.allclose(wrong, expected)]
    compare(result, expected, given=text, known=known, hint=RIDGE, shape_hint=WEIGHTS)


def relu_mean(m, variance, *, root=True):
    """Give the mean of max(z, 0) for a normal z."""
    s = np.sqrt(variance) if root else variance
    with np.errstate(all="ignore"):
        above, at = _normal(m / s)
    return np.where(s > 0, m * above + s * at, np.maximum(m, 0))


def _normal(t):
    """Give the chance that a standard normal number is below t, and its density there."""
    return np.vectorize(lambda t: math.erfc(-t / math.sqrt(2)) / 2)(t), np.exp(-(t**2) / 2) / math.sqrt(2 * math.pi)


def check_relu_mean(my_relu_mean, H, W, drop_prob):
    """Raise unless the means of a ReLU layer after dropout are those of normal numbers of the right two moments."""
    text = given(H=H, W=W, drop_prob=drop_prob)
    result = call(my_relu_mean, H.copy(), W.copy(), drop_prob, given=text)
    m, ratio = H @ W, drop_prob / (1 - drop_prob)
    variance = ratio * H**2 @ W**2
    expected = relu_mean(m, variance)
    s = np.sqrt(variance)
    with np.errstate(all="ignore"):
        above, at = _normal(m / s)
    known = [
        (np.maximum(m, 0), SHORT_CUT),
        (relu_mean(m, variance, root=False), VARIANCE),
        (relu_mean(m, drop_prob * H**2 @ W**2), NO_RATIO),
        (relu_mean(m, drop_prob * (1 - drop_prob) * H**2 @ W**2), VANILLA),
        (m * above, NO_SECOND),
        (m + s * at, NO_FIRST),
        (relu_mean(m, ratio * abs(H) @ abs(W)), NOT_SQUARED),
        (relu_mean(m, ratio * abs(H) @ W**2), NOT_SQUARED),
        (relu_mean(m, ratio * H**2 @ abs(W)), NOT_SQUARED),
    ]
    known = [(wrong, hint) for wrong, hint in known if not np.allclose(wrong, expected, atol=1e-9)]
    compare(result, expected, given=text, known=known, hint=MOMENTS, shape_hint=HIDDEN, tolerance=1e-5)
