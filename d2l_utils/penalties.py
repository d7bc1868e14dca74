"""Penalties on weights, one number each: added to a loss they keep the weights small."""

from d2l_utils import _validation

from mxnet import nd


def l2_penalty(w):
    """Compute half the squared Euclidean norm of `w`.

    Parameters
    ----------
    w : NDArray of any shape, float of 32 or 64 bits
        The weights, all of them together.

    Returns
    -------
    NDArray of shape (1,)
        (w_1**2 + w_2**2 + ...) / 2, of the dtype and on the device of `w`.

    Raises
    ------
    TypeError
        If `w` is not an NDArray of floats of 32 or 64 bits: the squares of float16 overflow from 256 on.
    ValueError
        If `w` has no entries.

    Notes
    -----
    Its gradient is w: added to the mean loss with the factor lambda, it makes a step of SGD
    w <- (1 - lr * lambda) w - lr * grad, which is Gluon's `wd`. Many papers leave out the half: their lambda is half
    of ours.

    Examples
    --------
    >>> from mxnet import nd
    >>> l2_penalty(nd.array([3, -4])).asscalar()
    12.5

    References
    ----------
    Hoerl and Kennard, Ridge Regression: Biased Estimation for Nonorthogonal Problems, Technometrics 12 (1970).
    Zhang et al., Dive into Deep Learning, section 4.5.

    Introduced in: notebooks/08-weight-decay.ipynb
    """
    _validation.floating("l2_penalty", "w", w, half=False)
    return (w**2).sum() / 2


def l1_penalty(w):
    """Compute the sum of the absolute values of `w`.

    Parameters
    ----------
    w : NDArray of any shape, float of 32 or 64 bits
        The weights, all of them together.

    Returns
    -------
    NDArray of shape (1,)
        abs(w_1) + abs(w_2) + ..., of the dtype and on the device of `w`; there is no half.

    Raises
    ------
    TypeError
        If `w` is not an NDArray of floats of 32 or 64 bits.
    ValueError
        If `w` has no entries.

    Notes
    -----
    Its gradient is sign(w), and 0 where an entry is 0: there the penalty has a kink and no slope. So a step along the
    gradient makes no weight exactly 0; soft thresholding does.

    Examples
    --------
    >>> from mxnet import nd
    >>> l1_penalty(nd.array([3, -4])).asscalar()
    7.0

    References
    ----------
    Tibshirani, Regression Shrinkage and Selection via the Lasso, Journal of the Royal Statistical Society, Series B 58
    (1996).

    Introduced in: notebooks/08-weight-decay.ipynb
    """
    _validation.floating("l1_penalty", "w", w, half=False)
    return nd.abs(w).sum()
