"""The layers that chapters write from scratch on `nd` arrays."""

from d2l_utils import _validation

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
        If an argument is not an NDArray.
    ValueError
        If the number of columns of `X` differs from the number of rows of `w`.

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 3.4 (the name and the order of arguments).

    Introduced in: notebooks/00-start-here.ipynb
    """
    for name, value in (("X", X), ("w", w), ("b", b)):
        _validation.instance("linreg", name, value, nd.NDArray, allowed="an NDArray")
    if X.shape[-1] != w.shape[0]:
        raise ValueError(
            f"linreg: X must have as many columns as w has rows, got X {X.shape} and w {w.shape}; "
            "is X missing a reshape to (batch, num_inputs), or w a transpose?"
        )
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
        If `drop_prob` lies outside [0, 1] or is NaN.

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
    keep_prob = 1 - drop_prob
    if keep_prob == 0:
        return nd.zeros_like(X)
    mask = nd.random.uniform(0, 1, X.shape, ctx=X.context) < keep_prob
    return mask.astype(X.dtype) * X / keep_prob
