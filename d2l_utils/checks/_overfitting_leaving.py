"""What the leave-one-out error from a single fit has to be (notebook 07, exercise 6)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

import numpy as np

TRAINING_ERROR = "This is the training error: divide each residual by 1 - s_ii before you square it."
TOO_LITTLE = "Divide by the square of 1 - s_ii: the residual grows by 1 / (1 - s_ii), then it is squared."
SUMMED = "This is the sum: give the mean over the examples."
GENERALIZED = "Each example has its own s_ii; this uses their mean for all."
ROOT = "This is the root of the mean squared error."
MANY_FITS = "The number is right, but it takes a fit for every example: one hat matrix gives all of them."
LEAVE_ONE_OUT = "Compare with n fits, each without one example, measured on that one."
_FITTING = ("lstsq", "pinv", "inv", "solve", "qr", "svd")


def regressions():
    """Give pairs (X, y), from small to large, with more examples than features."""
    yield np.ones((3, 1)), np.array([1.0, 2.0, 6.0])
    random = np.random.RandomState(1)
    for n, features in ((5, 2), (30, 4), (60, 10)):
        X = random.normal(size=(n, features))
        yield X, X.sum(axis=1) + random.normal(size=n)


def check(leave_one_out, X, y):
    """Raise unless the number is that of n fits, and came from fewer."""
    text = given(X=X, y=y)
    with _CountedFits() as fits:
        result = call(leave_one_out, X.copy(), y.copy(), given=text)
    got = as_numpy(result)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="one number", got=repr(result)[:100], hint=SUMMED)
    right = _n_fits(X, y)
    if not abs(got.ravel()[0] - right) <= 1e-6 * right:
        H = X @ np.linalg.pinv(X)
        residuals, left = y - H @ y, 1 - np.diag(H)
        known = [
            ((residuals**2).mean(), TRAINING_ERROR),
            ((residuals**2 / left).mean(), TOO_LITTLE),
            (right * len(y), SUMMED),
            (((residuals / left.mean()) ** 2).mean(), GENERALIZED),
            (right**0.5, ROOT),
        ]
        value = float(got.ravel()[0])
        hint = next((sentence for wrong, sentence in known if abs(value - wrong) <= 1e-6 * wrong), LEAVE_ONE_OUT)
        raise MistakeError(given=text, expected=f"{right:.4f}", got=f"{value:.4f}", hint=hint)
    if fits.count >= len(y) > 5:
        raise MistakeError(given=text, expected="one fit", got=f"{fits.count} fits", hint=MANY_FITS)


def _n_fits(X, y):
    """Compute the leave-one-out error as its name says."""
    errors = []
    for i in range(len(y)):
        others = np.arange(len(y)) != i
        w = np.linalg.lstsq(X[others], y[others], rcond=None)[0]
        errors.append((X[i] @ w - y[i]) ** 2)
    return np.mean(errors)


class _CountedFits:
    """Counts calls of what solves least squares in np.linalg; the check runs in a process of its own."""

    def __enter__(self):
        self.count, self._kept = 0, {name: getattr(np.linalg, name) for name in _FITTING}
        for name, function in self._kept.items():
            setattr(np.linalg, name, self._counted(function))
        return self

    def __exit__(self, *_):
        for name, function in self._kept.items():
            setattr(np.linalg, name, function)

    def _counted(self, function):
        def counted(*arguments, **named):
            self.count += 1
            return function(*arguments, **named)

        return counted
