"""The loss of R-Drop: two passes under different dropout masks, which must agree."""

import math

from d2l_utils import _validation

import numpy as np
from mxnet import nd, sym


def r_drop_loss(logits1, logits2, y, *, alpha, mask=None):
    """Compute the loss of R-Drop from the scores of two passes under different dropout masks.

    Parameters
    ----------
    logits1, logits2 : NDArray or Symbol of shape (batch, num_classes) or (batch, length, num_classes)
        The scores of both passes over the same examples, floats of 32 or 64 bits.
    y : NDArray or Symbol of shape (batch,) or (batch, length)
        The numbers of the right classes; where the mask is 0, anything.
    alpha : float >= 0
        What the distance between both passes costs; at 0 the loss is the mean of both cross-entropies.
    mask : NDArray or Symbol of the shape of `y` and the dtype of the scores, optional
        1 at real places, 0 at padding. By default all are real.

    Returns
    -------
    NDArray or Symbol of shape (batch,)
        One loss for each example: the mean over its real places, 0 if it has none.

    Raises
    ------
    TypeError
        If scores or mask are not NDArrays of floats of one dtype (or all of them Symbols), or `alpha` is no number.
    ValueError
        If shapes do not fit, `alpha` is below 0, a class is no column, or the mask holds anything but 0 and 1.

    Notes
    -----
    With p and q = softmax of the scores: (CE(p, y) + CE(q, y)) / 2 + alpha * (KL(p || q) + KL(q || p)) / 2 in natural
    logarithms. Both KL together are the sum of (p - q) * (log p - log q). The paper adds the cross-entropies and does
    not halve them: its alpha is twice ours. The gradient goes through both passes, and is 0 at padding. Of Symbols,
    inside a hybridized block, nothing but `alpha` is checked.

    Examples
    --------
    >>> from mxnet import nd
    >>> scores = nd.array([[0, 1], [2, -1]])
    >>> r_drop_loss(scores, scores, nd.array([1, 0]), alpha=5).round().asnumpy().tolist()  # no distance: no price
    [0.0, 0.0]
    >>> r_drop_loss(scores, -scores, nd.array([1, 0]), alpha=5).round().asnumpy().tolist()
    [3.0, 15.0]

    References
    ----------
    Liang et al., R-Drop: Regularized Dropout for Neural Networks, NeurIPS (2021), section 2.

    Introduced in: notebooks/14-r-drop.ipynb
    """
    _validation.number("r_drop_loss", "alpha", alpha, allowed="a finite number >= 0", within=_is_weight)
    F = nd
    if isinstance(logits1, sym.Symbol):
        F = sym
    else:
        _check_passes(logits1, logits2, y, mask)
    if mask is not None:  # no score at padding is looked at, not even NaN
        at_padding = F.broadcast_like(F.expand_dims(mask, -1), logits1) == 0
        logits1, logits2 = (F.where(at_padding, F.zeros_like(part), part) for part in (logits1, logits2))
    log_p, log_q = F.log_softmax(logits1), F.log_softmax(logits2)
    cross_entropy = -(F.pick(log_p, y, keepdims=True) + F.pick(log_q, y, keepdims=True)) / 2
    divergence = ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(axis=-1, keepdims=True) / 2
    losses = cross_entropy + alpha * divergence  # (batch, 1) or (batch, length, 1)
    if mask is None:
        return losses.mean(axis=0, exclude=True)
    weights = F.expand_dims(mask, -1)
    return (losses * weights).sum(axis=0, exclude=True) / F.maximum(weights.sum(axis=0, exclude=True), 1)


def _is_weight(alpha):
    return 0 <= alpha < math.inf


def _check_passes(logits1, logits2, y, mask):
    """Raise unless the scores, the labels and the mask of NDArrays belong together."""
    for name, value in (("logits1", logits1), ("logits2", logits2)):
        _validation.floating("r_drop_loss", name, value, half=False)
        _validation.same_dtype("r_drop_loss", ("logits1", logits1), (name, value))
    _validation.array("r_drop_loss", "y", y)
    cause = "both are scores of the same examples"
    _validation.same_shape("r_drop_loss", ("logits1", logits1), ("logits2", logits2), cause=cause)
    if len(logits1.shape) not in (2, 3) or y.shape != logits1.shape[:-1]:
        raise ValueError(
            "r_drop_loss: logits1 must have shape (batch, num_classes) or (batch, length, num_classes) and y its shape "
            f"without classes, got {logits1.shape} and {y.shape}; y holds class numbers, once and not doubled"
        )
    real = np.ones(y.shape, dtype=bool)
    if mask is not None:
        _validation.floating("r_drop_loss", "mask", mask, half=False)
        _validation.same_dtype("r_drop_loss", ("logits1", logits1), ("mask", mask))
        _validation.same_shape("r_drop_loss", ("y", y), ("mask", mask), cause="a mask has one entry per label")
        real = _is_real(mask.asnumpy())
    _check_labels(y.asnumpy()[real].astype("float64"), logits1.shape[-1])


def _is_real(mask):
    """Tell which places are real; raise where a mask holds more than zeros and ones."""
    wrong = mask[(mask != 0) & (mask != 1)]
    if len(wrong):
        raise ValueError(f"r_drop_loss: mask must hold 1 at real places and 0 at padding, got {wrong[0]:g} among them")
    return mask == 1


def _check_labels(y, num_classes):
    """Raise unless all labels are columns: `pick` would silently take the nearest one that is there."""
    wrong = y[~((y >= 0) & (y < num_classes) & (y == np.floor(y)))]
    if len(wrong):
        raise ValueError(
            f"r_drop_loss: y must hold whole numbers in [0, {num_classes - 1}], got {wrong[0]:g} among them"
        )
