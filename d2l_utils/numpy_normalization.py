"""Batch normalization in NumPy, forward and backward. Introduced in notebooks/12-dropout-in-deep-networks.ipynb."""

from d2l_utils import _check_numpy, _validation

import numpy as np

EPS = 1e-5  # what keeps the root from 0, as in Gluon


def batchnorm_forward(X, gamma, beta, statistics=None):
    """Give every column of `X` the mean `beta` and the standard deviation `gamma`.

    Parameters
    ----------
    X : NumPy array of shape (batch, units), float of 32 or 64 bits
        The inputs; left unchanged.
    gamma, beta : NumPy arrays of shape (units,)
        Factor and offset, both learned, of the dtype of `X`.
    statistics : pair of NumPy arrays of shape (units,), optional
        Mean and variance to normalize with, in prediction: the running ones. By default those of `X`, as in training.

    Returns
    -------
    NumPy array of the shape and dtype of `X`
        gamma * (x - mean) / sqrt(var + 1e-5) + beta
    tuple, or None
        The cache that `batchnorm_backward` needs; None with `statistics`.

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of floats of 32 or 64 bits, or their dtypes differ.
    ValueError
        If `X` has not two axes, another argument not one entry per column, or a variance is negative.

    Notes
    -----
    The variance is that of the batch, divided by its size and not by one less.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0], [3.0]])
    >>> batchnorm_forward(X, np.array([2.0]), np.array([10.0]))[0].round(3).tolist()
    [[8.0], [12.0]]

    References
    ----------
    Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift,
    ICML (2015), section 3.

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _check_batchnorm(X, gamma, beta, statistics)
    mean, var = statistics or (X.mean(axis=0), X.var(axis=0))
    sd = np.sqrt(var + EPS)
    X_hat = (X - mean) / sd
    return gamma * X_hat + beta, None if statistics else (X_hat, gamma, sd)


def batchnorm_backward(d_out, cache):
    """Give the gradients with respect to the three inputs of `batchnorm_forward` in training.

    Parameters
    ----------
    d_out : NumPy array of the shape of the output, float of 32 or 64 bits
        The gradient of the loss with respect to the output.
    cache : tuple
        What `batchnorm_forward` gave beside its output.

    Returns
    -------
    tuple of three NumPy arrays
        The gradients with respect to `X`, `gamma` and `beta`, of their shapes.

    Raises
    ------
    TypeError
        If `d_out` is not a NumPy array of floats, of the cache's dtype, or `cache` is not what the forward pass gave.
    ValueError
        If `d_out` has not the shape of the output.

    Notes
    -----
    With g = gamma * d_out, d_X = (g - mean(g) - X_hat * mean(g * X_hat)) / sd, the means taken over the batch: mean and
    variance of the batch depend on every row, so every row's gradient depends on all the others.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = batchnorm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1))
    >>> batchnorm_backward(np.ones((2, 1)), cache)[0].tolist()
    [[0.0], [0.0]]

    References
    ----------
    Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift,
    ICML (2015), section 3.

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _check_backward(d_out, cache)
    X_hat, gamma, sd = cache
    d_gamma, d_beta = (d_out * X_hat).sum(axis=0), d_out.sum(axis=0)
    d_X = gamma / sd * (d_out - d_beta / len(d_out) - X_hat * d_gamma / len(d_out))
    return d_X, d_gamma, d_beta


def _check_batchnorm(X, gamma, beta, statistics):
    """Raise unless the arguments of the forward pass fit."""
    _check_numpy.matrix("batchnorm_forward", "X", X)
    rest = [("gamma", gamma), ("beta", beta)]
    if statistics is not None:
        if not isinstance(statistics, tuple | list) or len(statistics) != 2:
            got = _validation.in_short(statistics)
            raise TypeError(f"batchnorm_forward: statistics must be a pair (mean, var) or None, got {got}")
        rest += [("mean of statistics", statistics[0]), ("var of statistics", statistics[1])]
    for name, value in rest:
        cause = "it has one entry per column of X"
        _check_numpy.shaped("batchnorm_forward", name, value, X.shape[1:], like=("X", X), cause=cause)
    if statistics is not None and statistics[1].min() < 0:
        raise ValueError(f"batchnorm_forward: var of statistics must be >= 0, got {statistics[1].min()}")


def _check_backward(d_out, cache):
    """Raise unless `cache` is one of the forward pass and `d_out` fits it."""
    _check_numpy.cache("batchnorm_backward", cache, (2, 1, 1))
    cause = "it has the shape of the output of the forward pass"
    _check_numpy.shaped("batchnorm_backward", "d_out", d_out, cache[0].shape, like=("the cache", cache[0]), cause=cause)
