"""The loss of a classifier in NumPy, with its gradient. Introduced in notebooks/12-dropout-in-deep-networks.ipynb."""

from d2l_utils import _check_numpy

import numpy as np


def softmax_loss(scores, y):
    """Compute the mean cross-entropy of a softmax and its gradient with respect to the scores.

    Parameters
    ----------
    scores : NumPy array of shape (batch, classes), float of 32 or 64 bits
        One row per example; the largest entry is the predicted class.
    y : NumPy array of shape (batch,), int
        The right classes, from 0 on.

    Returns
    -------
    float
        The loss, averaged over the batch.
    NumPy array of shape (batch, classes)
        Its gradient: (softmax(scores) - one_hot(y)) / batch.

    Raises
    ------
    TypeError
        If `scores` is not a NumPy array of floats of 32 or 64 bits, or `y` none of integers.
    ValueError
        If `scores` has not two axes, or `y` not one class for each row.

    Notes
    -----
    The largest score of each row is subtracted first, so that no exponential overflows.

    Examples
    --------
    >>> import numpy as np
    >>> loss, d_scores = softmax_loss(np.zeros((1, 4)), np.array([2]))
    >>> round(loss, 4), d_scores.tolist()
    (1.3863, [[0.25, 0.25, -0.75, 0.25]])

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 4.1 (softmax and its loss).

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _check_numpy.matrix("softmax_loss", "scores", scores)
    _check_numpy.labels("softmax_loss", y, *scores.shape)
    scores = scores - scores.max(axis=1, keepdims=True)
    log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    d_scores = np.exp(log_probs)
    d_scores[rows, y] -= 1
    return -float(log_probs[rows, y].mean()), d_scores / len(y)
