"""Label shift corrected: the shares of the classes in new data, from the answers of a classifier alone."""

from d2l_utils import _validation
from d2l_utils.metrics import _check_scores

import numpy as np


def conditional_confusion(y_hat, y):
    """Measure how often each class is predicted, given the true one.

    Parameters
    ----------
    y_hat : NDArray of shape (n, num_classes), float
        Scores or probabilities on validation data from the training distribution, not on the training data.
    y : NDArray of shape (n,)
        The right class numbers; each class must be there.

    Returns
    -------
    NumPy array of shape (num_classes, num_classes), float64
        C[i, j] is the share of the examples of class j for which class i was predicted: each COLUMN sums to 1.

    Raises
    ------
    TypeError
        If `y_hat` is not an NDArray of floats or `y` is not an NDArray.
    ValueError
        If the shapes do not fit, a score is NaN, or an entry of `y` is no class.
        If a class has no example.

    Notes
    -----
    Label shift changes p(y) and leaves p(x | y), so this matrix is the same in new data; the table of joint shares,
    which sums to 1 as a whole, is not. Of equal scores the first one is the prediction.

    Examples
    --------
    >>> from mxnet import nd
    >>> y_hat = nd.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8], [0.6, 0.4], [0.1, 0.9]])
    >>> conditional_confusion(y_hat, nd.array([0, 0, 0, 0, 1, 1]))
    array([[0.75, 0.5 ],
           [0.25, 0.5 ]])

    References
    ----------
    Lipton, Wang, Smola, Detecting and Correcting for Label Shift with Black Box Predictors, International Conference
    on Machine Learning 2018.

    Introduced in: notebooks/22-correcting-shift.ipynb
    """
    function = "conditional_confusion"
    _check_scores(function, "y_hat", y_hat, y)
    scores, labels = y_hat.asnumpy(), y.asnumpy()
    num_classes = scores.shape[1]
    if np.isnan(scores).any():
        raise ValueError(f"{function}: y_hat must have no NaN, got {int(np.isnan(scores).sum())} of them")
    strange = labels[~np.isin(labels, range(num_classes))]
    if len(strange):
        raise ValueError(
            f"{function}: y must hold whole numbers in [0, {num_classes - 1}], got {strange[0]:g} among them"
        )
    counts = np.zeros((num_classes, num_classes))
    np.add.at(counts, (scores.argmax(axis=1), labels.astype(int)), 1)
    missing = np.flatnonzero(counts.sum(axis=0) == 0)
    if len(missing):
        raise ValueError(
            f"{function}: y must hold examples of all {num_classes} classes, got none of class {missing[0]}"
        )
    return counts / counts.sum(axis=0)


def target_label_distribution(confusion, mu, *, largest_condition=100):
    """Find the shares of the classes in new data from the shares of the predictions there.

    Parameters
    ----------
    confusion : NumPy array of shape (num_classes, num_classes), floats of 32 or 64 bits
        What `conditional_confusion` gives: each column sums to 1.
    mu : NumPy array of shape (num_classes,), floats of 32 or 64 bits
        The share of the new data for which each class is predicted; sums to 1.
    largest_condition : float in [1, 1e12]
        Refuse a matrix with a larger condition number: noise in `mu` may come out so many times larger.

    Returns
    -------
    NumPy array of shape (num_classes,), float64
        The share of each class in the new data, in [0, 1], together 1. Divided by the shares in the training data they
        are the weights of the classes.

    Raises
    ------
    TypeError
        If an array is no NumPy array of floats, or `largest_condition` no number.
    ValueError
        If the shapes do not fit, or shares are negative or do not sum to 1 (as a joint table's columns do not).
        If the classifier tells some classes hardly apart: the matrix is singular, or its condition number too large.

    Notes
    -----
    Solves C q = mu. What comes out sums to 1 by itself; negative entries, which noise may bring, become 0, and the
    others are scaled to sum to 1 again.

    Examples
    --------
    >>> C = np.array([[0.9, 0.2], [0.1, 0.8]])
    >>> target_label_distribution(C, C @ np.array([0.3, 0.7])).round(3).tolist()
    [0.3, 0.7]

    References
    ----------
    Lipton, Wang, Smola, Detecting and Correcting for Label Shift with Black Box Predictors, International Conference
    on Machine Learning 2018.

    Introduced in: notebooks/22-correcting-shift.ipynb
    """
    function = "target_label_distribution"
    _check_shares(function, confusion, mu)
    _validation.number(
        function,
        "largest_condition",
        largest_condition,
        allowed="in [1, 1e12]",
        within=lambda value: 1 <= value <= 1e12,
    )
    confusion, mu = confusion.astype("float64"), mu.astype("float64")
    condition = np.linalg.cond(confusion)
    condition = condition if condition < 1e15 else float("inf")  # singular up to rounding
    if not condition <= largest_condition:
        raise ValueError(
            f"{function}: confusion must have a condition number of at most {largest_condition:g}, got "
            f"{condition:.3g}; the classifier tells some classes hardly apart: merge them, or train it longer"
        )
    q = np.maximum(np.linalg.solve(confusion, mu), 0)
    return q / q.sum()


def _check_shares(function, confusion, mu):
    """Raise unless these are a matrix whose columns sum to 1 and shares that sum to 1, of as many classes."""
    _validation.numpy_floats(function, "confusion", confusion)
    _validation.numpy_floats(function, "mu", mu)
    if confusion.ndim != 2 or confusion.shape[0] != confusion.shape[1] or mu.shape != confusion.shape[:1]:
        raise ValueError(
            f"{function}: confusion must have shape (num_classes, num_classes) and mu shape (num_classes,), got "
            f"{confusion.shape} and {mu.shape}"
        )
    for name, shares in (("confusion", confusion), ("mu", mu)):
        if not ((shares >= 0) & (shares <= 1 + 1e-5)).all():
            strange = shares[~((shares >= 0) & (shares <= 1 + 1e-5))].flat[0]
            raise ValueError(f"{function}: {name} must hold shares in [0, 1], got {strange:g} among them")
    columns = confusion.sum(axis=0, dtype="float64")
    if abs(columns - 1).max() > 1e-4:
        cause = "are rows and columns swapped?"
        if abs(columns.sum() - 1) < 1e-4:
            cause = "this is a joint table, whose entries sum to 1; divide each column by its sum"
        strange = columns[abs(columns - 1).argmax()]
        raise ValueError(f"{function}: the columns of confusion must each sum to 1, got {strange:.3g}; {cause}")
    if abs(mu.sum(dtype="float64") - 1) > 1e-4:
        raise ValueError(f"{function}: mu must sum to 1, got {mu.sum():.3g}")
