"""Layers in NumPy with their backward passes written out: nothing here is recorded, each `forward` gives a cache.

A layer is a pair of functions. The forward one gives (output, cache), the backward one takes the gradient with respect
to the output and that cache.
"""

from d2l_utils import _validation

import numpy as np


def dropout_forward(X, drop_prob, mode):
    """Drop entries of `X` in training and rescale the others (inverted dropout); leave `X` alone in prediction.

    Parameters
    ----------
    X : NumPy array of shape (batch, ...), float of 32 or 64 bits
        The activations; left unchanged.
    drop_prob : float in [0, 1]
        The chance that an entry is ZEROED (not kept), each entry by itself.
    mode : "train" or "predict"
        Whether to drop.

    Returns
    -------
    NumPy array of the shape and dtype of `X`
        In training x / (1 - drop_prob) or 0 for every entry; in prediction `X` itself.
    NumPy array of the shape and dtype of `X`, or None
        The cache that `dropout_backward` needs: the mask, divided by 1 - drop_prob; None in prediction.

    Raises
    ------
    TypeError
        If `X` is not a NumPy array of floats of 32 or 64 bits or `drop_prob` is not a number.
    ValueError
        If `X` has no entries, `drop_prob` lies outside [0, 1] or is NaN, or `mode` is another one.

    Notes
    -----
    h' = mask * h / (1 - drop_prob) with mask ~ Bernoulli(1 - drop_prob). At rate 1 all entries are 0. The mask is drawn
    from NumPy's random stream, one number per entry in training and none in prediction: to freeze it, seed the stream
    before each call or keep the cache.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = dropout_forward(np.ones(4), 0.5, "predict")
    >>> out.tolist(), cache
    ([1.0, 1.0, 1.0, 1.0], None)
    >>> out, cache = dropout_forward(np.ones(4), 0.5, "train")
    >>> sorted(set(out.tolist()) | {0.0, 2.0})
    [0.0, 2.0]

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014), section 10
    (the rescaling in training). Stanford University, course CS231n, assignment 2 (the names, and a cache).

    Introduced in: notebooks/11-dropout-mathematics.ipynb
    """
    _validation.numpy_floats("dropout_forward", "X", X)
    _validation.number(
        "dropout_forward",
        "drop_prob",
        drop_prob,
        allowed="in [0, 1] (the chance of zeroing)",
        within=lambda p: 0 <= p <= 1,
    )
    _check_mode("dropout_forward", mode)
    if mode == "predict":
        return X, None
    keep_prob = 1 - float(drop_prob)
    kept = np.random.random(X.shape) < keep_prob
    mask = kept.astype(X.dtype) / (keep_prob or 1)  # where nothing is kept, 0 / 1
    return mask * X, mask


def dropout_backward(d_out, cache):
    """Give the gradient with respect to the input of `dropout_forward`.

    Parameters
    ----------
    d_out : NumPy array of the shape of the output, float of 32 or 64 bits
        The gradient of the loss with respect to the output; left unchanged.
    cache : NumPy array or None
        What `dropout_forward` gave beside its output; None after a prediction.

    Returns
    -------
    NumPy array of the shape and dtype of `d_out`
        The gradient of the loss with respect to the input: 0 where an entry was dropped.

    Raises
    ------
    TypeError
        If `d_out` or `cache` is not a NumPy array of floats of 32 or 64 bits, or their dtypes differ.
    ValueError
        If their shapes differ, or `d_out` has no entries.

    Notes
    -----
    Given the mask, dropout multiplies each entry by a constant, so its derivative is that constant: the mask of the
    forward pass, divided by 1 - drop_prob. A fresh mask would be wrong, and no shape would tell.

    Examples
    --------
    >>> import numpy as np
    >>> dropout_backward(np.array([3.0, 4.0]), np.array([2.0, 0.0])).tolist()
    [6.0, 0.0]

    References
    ----------
    Stanford University, course CS231n, assignment 2 (the names, and a cache).

    Introduced in: notebooks/11-dropout-mathematics.ipynb
    """
    _validation.numpy_floats("dropout_backward", "d_out", d_out)
    _check_cache(d_out, cache)
    return d_out if cache is None else cache * d_out


def _check_mode(function, mode):
    """Raise unless `mode` is one of the two that a layer knows."""
    if not isinstance(mode, str) or mode not in ("train", "predict"):
        raise ValueError(f'{function}: mode must be "train" or "predict", got {_validation.in_short(mode)}')


def _check_cache(d_out, cache):
    """Raise unless `cache` is None or a mask for `d_out`."""
    if cache is None:
        return
    _validation.numpy_floats("dropout_backward", "cache", cache)
    names = ("d_out", d_out), ("cache", cache)
    _validation.same_shape("dropout_backward", *names, cause="is the cache that of another layer?")
    if d_out.dtype != cache.dtype:
        raise TypeError(
            f"dropout_backward: d_out and cache must have the same dtype, got {d_out.dtype} and {cache.dtype}"
        )
