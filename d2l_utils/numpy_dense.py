"""What a fully connected network is made of, in NumPy: affine map and ReLU, each with its backward pass.

As in `numpy_layers.py`, the forward functions give (output, cache) and the backward ones take the gradient with respect
to the output and that cache. Introduced in notebooks/12-dropout-in-deep-networks.ipynb.
"""

from d2l_utils import _check_numpy, _validation

import numpy as np


def affine_forward(X, W, b):
    """Compute the affine map X W + b of a fully connected layer.

    Parameters
    ----------
    X : NumPy array of shape (batch, num_inputs), float of 32 or 64 bits
    W : NumPy array of shape (num_inputs, num_outputs)
        The weights, of the dtype of `X`.
    b : NumPy array of shape (num_outputs,)
        The bias, added to every row.

    Returns
    -------
    NumPy array of shape (batch, num_outputs)
    tuple
        The cache that `affine_backward` needs: (X, W).

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of floats of 32 or 64 bits, or their dtypes differ.
    ValueError
        If `X` or `W` has not two axes, or the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> affine_forward(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5]))[0].tolist()
    [[11.5]]

    References
    ----------
    Stanford University, course CS231n, assignment 2 (the names, and a cache).

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _check_affine(X, W, b)
    return X @ W + b, (X, W)


def affine_backward(d_out, cache):
    """Give the gradients with respect to the three inputs of `affine_forward`.

    Parameters
    ----------
    d_out : NumPy array of shape (batch, num_outputs), float of 32 or 64 bits
        The gradient of the loss with respect to the output.
    cache : tuple
        What `affine_forward` gave beside its output.

    Returns
    -------
    tuple of three NumPy arrays
        The gradients with respect to `X`, `W` and `b`, of their shapes; those of `W` and `b` are sums over the batch.

    Raises
    ------
    TypeError
        If `d_out` is not a NumPy array of floats, of the cache's dtype, or `cache` is not what the forward pass gave.
    ValueError
        If `d_out` has not the shape of the output.

    Notes
    -----
    d_X = d_out W^T, d_W = X^T d_out, d_b = the sum of the rows of d_out.

    Examples
    --------
    >>> import numpy as np
    >>> cache = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    >>> [grad.tolist() for grad in affine_backward(np.array([[10.0]]), cache)]
    [[[30.0, 40.0]], [[10.0], [20.0]], [10.0]]

    References
    ----------
    Stanford University, course CS231n, assignment 2 (the names, and a cache).

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _check_numpy.cache("affine_backward", cache, (2, 2))
    X, W = cache
    _check_d_out("affine_backward", d_out, (len(X), W.shape[1]), X)
    return d_out @ W.T, X.T @ d_out, d_out.sum(axis=0)


def relu_forward(X):
    """Replace the negative entries of `X` by 0.

    Parameters
    ----------
    X : NumPy array of any shape, float of 32 or 64 bits

    Returns
    -------
    NumPy array of the shape and dtype of `X`
    NumPy array of bool, of the same shape
        The cache that `relu_backward` needs: where `X` is positive.

    Raises
    ------
    TypeError
        If `X` is not a NumPy array of floats of 32 or 64 bits.
    ValueError
        If `X` has no entries.

    Examples
    --------
    >>> import numpy as np
    >>> [part.tolist() for part in relu_forward(np.array([-1.0, 2.0]))]
    [[0.0, 2.0], [False, True]]

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _validation.numpy_floats("relu_forward", "X", X)
    return np.maximum(X, 0), X > 0


def relu_backward(d_out, cache):
    """Give the gradient with respect to the input of `relu_forward`.

    Parameters
    ----------
    d_out : NumPy array of the shape of the output, float of 32 or 64 bits
        The gradient of the loss with respect to the output.
    cache : NumPy array of bool
        What `relu_forward` gave beside its output.

    Returns
    -------
    NumPy array of the shape and dtype of `d_out`
        `d_out` where the input was positive, else 0; at 0 itself, where ReLU has a kink, 0.

    Raises
    ------
    TypeError
        If `d_out` is not a NumPy array of floats, or `cache` none of bool.
    ValueError
        If their shapes differ, or they have no entries.

    Examples
    --------
    >>> import numpy as np
    >>> relu_backward(np.array([3.0, 4.0]), np.array([False, True])).tolist()
    [0.0, 4.0]

    Introduced in: notebooks/12-dropout-in-deep-networks.ipynb
    """
    _validation.numpy_floats("relu_backward", "d_out", d_out)
    _check_mask(d_out, cache)
    return np.where(cache, d_out, 0)


def _check_affine(X, W, b):
    """Raise unless the three arguments of the affine map fit."""
    _check_numpy.matrix("affine_forward", "X", X)
    _validation.numpy_floats("affine_forward", "W", W)
    if W.ndim != 2 or len(W) != X.shape[1]:
        raise ValueError(
            f"affine_forward: W must have a row for each column of X, got X {X.shape} and W {W.shape}; "
            "is W missing a transpose?"
        )
    _check_numpy.shaped("affine_forward", "W", W, W.shape, like=("X", X), cause="")
    _check_numpy.shaped("affine_forward", "b", b, W.shape[1:], like=("X", X), cause="it has one entry per column of W")


def _check_d_out(function, d_out, shape, like):
    """Raise unless `d_out` has the shape of the output and the dtype of what was cached."""
    cause = "it has the shape of the output of the forward pass"
    _check_numpy.shaped(function, "d_out", d_out, shape, like=("the cache", like), cause=cause)


def _check_mask(d_out, cache):
    """Raise unless `cache` is an array of bool of the shape of `d_out`."""
    if type(cache) is not np.ndarray or cache.dtype != bool:
        raise TypeError(
            f"relu_backward: cache must be the second result of relu_forward, got {type(cache).__name__}"
            + (f" of dtype {cache.dtype}" if type(cache) is np.ndarray else "")
        )
    _validation.same_shape(
        "relu_backward", ("d_out", d_out), ("cache", cache), cause="is the cache that of another layer?"
    )
