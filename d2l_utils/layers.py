"""The layers that chapters write from scratch on `nd` arrays."""

from d2l_utils import _validation

import numpy as np
from mxnet import nd


def linreg(X, w, b):
    """Compute the linear map Xw + b: a linear regression, or a dense layer without activation.

    Parameters
    ----------
    X : NDArray of shape (batch, num_inputs)
        The inputs, one example a row.
    w : NDArray of shape (num_inputs, num_outputs)
        The weights.
    b : NDArray of shape (num_outputs,) or (1,)
        The bias, added to every row.

    Returns
    -------
    NDArray of shape (batch, num_outputs)

    Raises
    ------
    TypeError
        If an argument is not an NDArray of 32- or 64-bit floats, or their dtypes differ.
    ValueError
        If the number of columns of `X` differs from the number of rows of `w`, or `b` does not fit a row.

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 3.4 (the name and the order of arguments).

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    for name, value in (("X", X), ("w", w), ("b", b)):
        _validation.floating("linreg", name, value, half=False)  # on a CPU, MXNet multiplies no matrices of float16
        _validation.same_dtype("linreg", ("X", X), (name, value))
    if X.shape[-1] != w.shape[0]:
        raise ValueError(
            f"linreg: X must have as many columns as w has rows, got X {X.shape} and w {w.shape}; "
            "is X missing a reshape to (batch, num_inputs), or w a transpose?"
        )
    _check_bias(b, X.shape[:-1] + w.shape[1:])
    return nd.dot(X, w) + b


def dropout(X, drop_prob):
    """Zero entries of `X` at random and rescale the others so that the mean is kept (inverted dropout).

    Parameters
    ----------
    X : NDArray of shape (batch, ...), float
        The activations; left unchanged.
    drop_prob : float in [0, 1]
        The chance that an entry is ZEROED (not kept), each entry by itself.

    Returns
    -------
    NDArray of the shape, dtype and context of `X`
        Every entry is 0 or x / (1 - drop_prob).

    Raises
    ------
    TypeError
        If `X` is not a floating-point NDArray or `drop_prob` is not a number.
    ValueError
        If `drop_prob` lies outside [0, 1] or is NaN, or is so near 1 that dividing overflows float16.

    Notes
    -----
    h' = mask * h / (1 - drop_prob) with mask ~ Bernoulli(1 - drop_prob), so E[h'] = h and
    Var[h'] = drop_prob / (1 - drop_prob) * h**2. Rate 0 gives `X` itself, rate 1 gives zeros. The mask is drawn from
    MXNet's random stream: after the same seed it is the mask that `gluon.nn.Dropout` draws. It drops in training and
    in prediction alike: call it only where `autograd.is_training()`.

    Examples
    --------
    >>> from mxnet import nd
    >>> dropout(nd.ones(4), 0).asnumpy()
    array([1., 1., 1., 1.], dtype=float32)
    >>> dropout(nd.ones(4), 1).asnumpy()
    array([0., 0., 0., 0.], dtype=float32)

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014), sections 4
    and 10 (the rescaling in training).

    Introduced in: notebooks/09-dropout.ipynb
    """
    _validation.floating("dropout", "X", X)
    _validation.number(
        "dropout", "drop_prob", drop_prob, allowed="in [0, 1] (the chance of zeroing)", within=lambda p: 0 <= p <= 1
    )
    _check_half_precision(X, drop_prob)
    keep_prob = 1 - drop_prob
    if keep_prob == 0:
        return nd.zeros_like(X)
    mask = nd.random.uniform(0, 1, X.shape, ctx=X.context) < keep_prob
    return mask.astype(X.dtype) * X / keep_prob


def _check_bias(b, shape):
    """Raise unless `b` can be added to an array of `shape` without making a larger one of it."""
    try:
        fits = np.broadcast_shapes(b.shape, shape) == (shape or (1,))
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"linreg: b must have one entry or one per output, got b {b.shape} for an output {shape}")


def _check_half_precision(X, drop_prob):
    """Raise where 1 - drop_prob is so small that X / (1 - drop_prob) leaves float16: 0 / 0 would make NaN."""
    smallest = 2.0**-14
    if X.dtype == np.float16 and 0 < 1 - drop_prob < smallest:
        raise ValueError(
            f"dropout: drop_prob must be 1 or at most {1 - smallest:.5f} for an X of float16, got {drop_prob!r}"
        )
