"""What ridge regression by examples (notebook 08, exercise 3) and the lambda of no weights (4) have to give."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given, show

import numpy as np

RIDGE = "w = X.T @ a, where a solves (X X^T + n lambda I) a = y, with a matrix of n rows and n columns."
NO_N = "The loss is a MEAN over n examples: multiply lambda by n, or divide X X^T by n and y too."
ONLY_MATRIX_DIVIDED = "X X^T is divided by n, and y is not: the weights are n times too large."
LAMBDA_DIVIDED = "lambda is divided by n: it is multiplied, or X X^T and y are divided."
NO_PENALTY = "This is the solution without a penalty: lambda belongs on the diagonal."
TWICE = "The half of the penalty cancels the 2 of its derivative: lambda is not doubled."
EXAMPLES = "This has one number for each example: X.T @ of it gives one for each input."
ONE_COLUMN = "Give back a NumPy array of shape (p,)."
TOO_LARGE = "A matrix with a row and a column for every INPUT is too large here: use one for the examples."

LAMBDA = "Remove the mean from y; the answer is the largest abs(X.T @ y) / n."
NOT_CENTRED = "The bias is free and takes the mean of the labels: remove it from y first."
NOT_DIVIDED = "The loss is a MEAN over n examples: divide by n."
NO_ABS = "A weight may be held at 0 from both sides: take the largest ABSOLUTE value."
NOT_LARGEST = "ALL weights must stay at 0: take the largest of the pulls, not another one."
LENGTH = "Each weight has a price of its own under L1: take the largest entry, not the length."
HALF = "There is no half in the L1 penalty."
ONE_NUMBER = "Give back one number."


def _ridge(X, y, lambd):
    """Solve through the examples."""
    return X.T @ np.linalg.solve(X @ X.T + len(y) * lambd * np.eye(len(y)), y)


def _weights(result, X, text):
    """Give a result as an array of shape (p,)."""
    got = as_numpy(result)
    n, p = X.shape
    if got is None or got.shape != (p,):
        shape = getattr(result, "shape", None)
        hint = EXAMPLES if shape in ((n,), (n, 1)) else ONE_COLUMN
        said = type(result).__name__ if shape is None else f"shape {shape}"
        raise MistakeError(given=text, expected=f"shape {(p,)}", got=said, hint=hint)
    return got


def check_ridge(ridge_dual, X, y, lambd):
    """Raise unless the weights are those of the smallest loss with penalty."""
    text = given(X=X, y=y, lambd=lambd)
    got = _weights(call(ridge_dual, X.copy(), y.copy(), lambd, given=text), X, text)
    expected, n = _ridge(X, y, lambd), len(y)
    if agree(got, expected):
        return
    known = [
        (_ridge(X, y, lambd / n), NO_N),
        (n * expected, ONLY_MATRIX_DIVIDED),
        (_ridge(X, y, lambd / n**2), LAMBDA_DIVIDED),
        (_ridge(X, y, 2 * lambd), TWICE),
        (np.linalg.pinv(X) @ y, NO_PENALTY),
    ]
    hint = next((sentence for wrong, sentence in known if agree(got, wrong)), RIDGE)
    raise MistakeError(given=text, expected=expected, got=got, hint=hint)


def check_many_inputs(ridge_dual, X, y, lambd):
    """Raise unless it works where a matrix of inputs by inputs has no room."""
    text = given(X=X, y=y, lambd=lambd)
    try:
        got = _weights(call(ridge_dual, X, y, lambd, given=text), X, text)
    except MemoryError:
        expected = f"weights from a matrix of {len(X)} times {len(X)}"
        raise MistakeError(given=text, expected=expected, got="no room in memory", hint=TOO_LARGE) from None
    if not agree(got, _ridge(X, y, lambd)):
        raise MistakeError(given=text, expected=_ridge(X, y, lambd), got=got, hint=RIDGE)


def check_lambda_max(lambda_max, X, y):
    """Raise unless a number is the smallest lambda at which all weights are 0."""
    text = given(X=X, y=y)
    answer = call(lambda_max, X.copy(), y.copy(), given=text)
    got = as_numpy(answer)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=show(answer), hint=ONE_NUMBER)
    got, n = float(got.ravel()[0]), len(y)
    pulls = X.T @ (y - y.mean()) / n
    expected = abs(pulls).max()
    if abs(got - expected) <= 1e-6 * expected:
        return
    known = [
        (abs(X.T @ y).max() / n, NOT_CENTRED),
        (expected * n, NOT_DIVIDED),
        (abs(X.T @ y).max(), NOT_CENTRED),
        (pulls.max(), NO_ABS),
        (-pulls.min(), NO_ABS),
        (abs(pulls).min(), NOT_LARGEST),
        (abs(pulls).mean(), NOT_LARGEST),
        (abs(pulls).sum(), NOT_LARGEST),
        (np.linalg.norm(pulls), LENGTH),
        (2 * expected, HALF),
        (expected / 2, HALF),
    ]
    hint = next((sentence for wrong, sentence in known if abs(got - wrong) <= 1e-6 * abs(wrong)), LAMBDA)
    raise MistakeError(given=text, expected=f"{expected:.4g}", got=f"{got:.4g}", hint=hint)
