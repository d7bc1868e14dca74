"""Loss functions, one value per example: sum or average them yourself."""

from d2l_utils import _validation

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
        If an argument is not an NDArray.
    ValueError
        If the numbers of entries differ.

    Notes
    -----
    The half makes the gradient y_hat - y. Reshaping matters: a (batch, 1) minus a (batch,) array would broadcast to
    (batch, batch).

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 3.2.

    Introduced in: notebooks/00-start-here.ipynb
    """
    _validation.instance("squared_loss", "y_hat", y_hat, nd.NDArray, allowed="an NDArray")
    _validation.instance("squared_loss", "y", y, nd.NDArray, allowed="an NDArray")
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
        If `logits` is not a matrix with a row for every entry of `y`.

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

    Introduced in: a chapter to come (softmax regression)
    """
    _validation.floating("softmax_cross_entropy", "logits", logits)
    _validation.instance("softmax_cross_entropy", "y", y, nd.NDArray, allowed="an NDArray")
    if len(logits.shape) != 2 or y.shape != logits.shape[:1]:
        raise ValueError(
            f"softmax_cross_entropy: logits must have shape (batch, num_classes) and y shape (batch,), got "
            f"{logits.shape} and {y.shape}; y holds class numbers, not one-hot rows"
        )
    return -nd.pick(nd.log_softmax(logits), y)
