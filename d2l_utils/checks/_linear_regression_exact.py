"""What the exact solution (notebook 03, exercise 2) and the bound of the learning rate (4) have to be."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given, show

import numpy as np
from mxnet import nd

NO_BIAS = "This is the best solution through the origin: put a column of ones beside the features, for the bias."
MEAN_AS_BIAS = "The mean of y is the bias only where all features have mean 0: here b = mean(y) - mean(x) . w."
TRANSPOSED = "w is a column, of shape (num_inputs, 1), as d2l.linreg takes it."
SWAPPED = "Give back w first, then b."
NOT_THERE = "It is near, but not the minimum: solve the normal equations, do not take steps."
GENERAL = "At the minimum A.T @ (A @ theta - y) = 0, where A is X with a column of ones."
NOT_NUMBERS = "Neither may hold nan or inf; is y of shape (n,) where a column was meant?"

ONE_STEP = "At 1 / lambda the steepest direction is done in one step. The bound is twice that."
SMALLEST = "This is the bound of the flattest direction. The steepest one, with the largest eigenvalue, sets the limit."
BOUND_WITHOUT_BIAS = "This is the bound of a model without bias: put a column of ones beside the features."
NOT_DIVIDED = "The loss is a mean: divide A.T @ A by the number of examples."
SINGULAR_VALUE = "The curvatures are the squares of A's singular values, divided by n."
BOUND = "It is 2 / (largest eigenvalue of A.T @ A / n), where A is X with a column of ones."


def with_ones(X):
    """Give X and a column of ones as one matrix, in float64."""
    return np.column_stack([as_numpy(X), np.ones(len(X))])


def solve(A, y):
    """Give the exact solution in float64."""
    return np.linalg.lstsq(A, as_numpy(y), rcond=None)[0]


def check_fit(fit, X, y):
    """Raise unless w and b have their shapes and the smallest loss, and X and y are left alone."""
    text = given(X=X, y=y)
    X_handed, y_handed = X.copy(), y.copy()
    w, b = _pair(call(fit, X_handed, y_handed, given=text), X.shape[1], text)
    theta = solve(with_ones(X), y)
    found = np.append(as_numpy(w).ravel(), as_numpy(b).ravel())
    if not agree(found, theta, 1e-3):
        expected = f"w = {show(theta[:-1])}, b = {show(theta[-1:])}"
        got = f"w = {show(found[:-1])}, b = {show(found[-1:])}"
        raise MistakeError(given=text, expected=expected, got=got, hint=_fit_hint(found, X, y, theta))
    if not (agree(X_handed, X) and agree(y_handed, y)):
        hint = "X or y itself was changed: make new arrays."
        raise MistakeError(given=text, expected="X and y as they were", got=show(X_handed), hint=hint)


def _pair(result, num_inputs, text):
    """Give (w, b) if they are NDArrays of the right shapes."""
    shapes = f"w of shape ({num_inputs}, 1) and b of shape (1,), NDArrays"
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        hint = "End with `return w, b`."
        raise MistakeError(given=text, expected=shapes, got=type(result).__name__, hint=hint)
    got = " and ".join(f"{type(part).__name__} of shape {np.shape(part)}" for part in result)
    if not all(isinstance(part, nd.NDArray) for part in result):
        raise MistakeError(given=text, expected=shapes, got=got, hint="nd.array makes an NDArray of NumPy's array.")
    w, b = result
    if (w.shape, b.shape) == ((num_inputs, 1), (1,)):
        return w, b
    swapped = (b.shape, w.shape) == ((num_inputs, 1), (1,))
    raise MistakeError(given=text, expected=shapes, got=got, hint=SWAPPED if swapped else TRANSPOSED)


def _fit_hint(found, X, y, theta):
    features, labels = as_numpy(X), as_numpy(y)
    if not np.isfinite(found).all():
        return NOT_NUMBERS
    origin = solve(features, labels)
    if agree(found[:-1], origin, 1e-3):
        return NO_BIAS
    if agree(found[:-1], theta[:-1], 1e-3) and agree(found[-1], labels.mean(), 1e-3):
        return MEAN_AS_BIAS
    return NOT_THERE if agree(found, theta, 0.1) else GENERAL


def check_bound(largest_stable_lr, X):
    """Raise unless a number is 2 over the largest curvature of the model with bias."""
    text = given(X=X)
    answer = call(largest_stable_lr, X.copy(), given=text)
    got = as_numpy(answer)
    expected = _bound(with_ones(X))
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=show(answer), hint="Give back one number.")
    got = float(got.ravel()[0])
    if not abs(got / expected - 1) < 1e-4:
        hint = next((text for value, text in _known_bounds(X) if abs(got / value - 1) < 1e-4), BOUND)
        raise MistakeError(given=text, expected=f"{expected:.4g}", got=f"{got:.4g}", hint=hint)


def _bound(A):
    return 2 / np.linalg.eigvalsh(A.T @ A / len(A)).max()


def _known_bounds(X):
    """List what wrong answers give, with the hint for each."""
    A, features = with_ones(X), as_numpy(X)
    curvatures = np.linalg.eigvalsh(A.T @ A / len(A))
    return [
        (1 / curvatures.max(), ONE_STEP),
        (_bound(features), BOUND_WITHOUT_BIAS),
        (_bound(A) / len(A), NOT_DIVIDED),
        (2 / max(curvatures.min(), 1e-12), SMALLEST),
        (2 / np.sqrt(curvatures.max()), SINGULAR_VALUE),
        (2 / np.sqrt(curvatures.max() * len(A)), SINGULAR_VALUE),
        (2 / (curvatures.max() * np.sqrt(len(A))), SINGULAR_VALUE),
    ]
