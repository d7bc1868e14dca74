"""Loss functions, one value per example: sum or average them yourself."""

from d2l_utils import _validation

import numpy as np
from mxnet import nd


def squared_loss(y_hat, y):
    """Compute half the squared error of every entry.

    Parameters
    ----------
    y_hat : NDArray of shape (batch, 1) or (batch,)
        The predictions.
    y : NDArray with as many entries as `y_hat`
        The targets; reshaped to the shape of `y_hat`.

    Returns
    -------
    NDArray of the shape of `y_hat`
        (y_hat - y)**2 / 2 for each example, neither summed nor averaged.

    Raises
    ------
    TypeError
        If an argument is not a floating-point NDArray, or their dtypes differ.
    ValueError
        If the numbers of entries differ or are 0.

    Notes
    -----
    The half makes the gradient y_hat - y. Reshaping matters: a (batch, 1) minus a (batch,) array would broadcast to
    (batch, batch).

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 3.2.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    _validation.floating("squared_loss", "y_hat", y_hat)  # integers would be halved and rounded
    _validation.floating("squared_loss", "y", y)
    _validation.same_dtype("squared_loss", ("y_hat", y_hat), ("y", y))
    if y_hat.size != y.size:
        raise ValueError(
            f"squared_loss: y_hat and y must have the same number of entries, got {y_hat.shape} and {y.shape}"
        )
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def softmax_cross_entropy(logits, y):
    """Compute the cross-entropy of the softmax of `logits` against class numbers.

    Parameters
    ----------
    logits : NDArray of shape (batch, num_classes), float
        The scores before the softmax.
    y : NDArray of shape (batch,)
        The number of the right class of each example, in [0, num_classes - 1].

    Returns
    -------
    NDArray of shape (batch,)
        -log softmax(logits)[y] for each example, neither summed nor averaged.

    Raises
    ------
    TypeError
        If `logits` is not a floating-point NDArray or `y` is not an NDArray.
    ValueError
        If `logits` is not a matrix with a row for every entry of `y`, or an entry of `y` is not one of its columns.

    Notes
    -----
    Computed through log-softmax, which subtracts the largest score of a row first and so does not overflow.

    Examples
    --------
    >>> from mxnet import nd
    >>> softmax_cross_entropy(nd.zeros((1, 10)), nd.array([3])).round().asscalar()  # log(10) = 2.303
    2.0

    References
    ----------
    Zhang et al., Dive into Deep Learning, sections 3.4 and 3.7.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _validation.floating("softmax_cross_entropy", "logits", logits)
    _validation.array("softmax_cross_entropy", "y", y)
    if len(logits.shape) != 2 or y.shape != logits.shape[:1]:
        raise ValueError(
            f"softmax_cross_entropy: logits must have shape (batch, num_classes) and y shape (batch,), got "
            f"{logits.shape} and {y.shape}; y holds class numbers, not one-hot rows"
        )
    _check_classes(y.asnumpy(), logits.shape[1])
    return -nd.pick(nd.log_softmax(logits), y)


def _check_classes(y, num_classes):
    """Raise unless all labels are columns: `nd.pick` would silently take the nearest one that is there."""
    y = np.asarray(y, dtype="float64")
    wrong = y[~((y >= 0) & (y < num_classes) & (y == np.floor(y)))]
    if len(wrong):
        raise ValueError(
            f"softmax_cross_entropy: y must hold whole numbers in [0, {num_classes - 1}], got {wrong[0]:g} among them"
        )
