"""How good predictions are."""

from d2l_utils import _validation

from mxnet import autograd, gluon, nd


def accuracy(y_hat, y):
    """Compute the fraction of examples whose highest score belongs to the right class.

    Parameters
    ----------
    y_hat : NDArray of shape (batch, num_classes)
        Scores or probabilities.
    y : NDArray of shape (batch,)
        The right class numbers.

    Returns
    -------
    float in [0, 1]
        1 is best.

    Raises
    ------
    TypeError
        If an argument is not an NDArray.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from mxnet import nd
    >>> accuracy(nd.array([[0.1, 0.9], [0.8, 0.2]]), nd.array([1, 1]))
    0.5

    Introduced in: notebooks/09-dropout.ipynb
    """
    _validation.instance("accuracy", "y_hat", y_hat, nd.NDArray, allowed="an NDArray")
    _validation.instance("accuracy", "y", y, nd.NDArray, allowed="an NDArray")
    if len(y_hat.shape) != 2 or y.shape != y_hat.shape[:1]:
        raise ValueError(
            "accuracy: y_hat must have shape (batch, num_classes) and y shape (batch,), got "
            f"{y_hat.shape} and {y.shape}; y holds class numbers, not one-hot rows"
        )
    return _num_correct(y_hat, y).asscalar() / y.size


def evaluate_accuracy(data_iter, net, ctx=None):
    """Compute the accuracy of `net` over a whole data set, in predict mode (dropout off).

    Parameters
    ----------
    data_iter : iterable of (X, y)
        Batches of inputs and class numbers.
    net : callable
        Gives scores of shape (batch, num_classes) for a batch: a function or a Gluon block.
    ctx : Context or list of Context, optional
        Where to compute; by default where the batches are.

    Returns
    -------
    float in [0, 1]
        The fraction of examples classified rightly.

    Raises
    ------
    TypeError
        If `net` cannot be called or `data_iter` not iterated over: the English edition's order is the reverse.
    ValueError
        If `data_iter` holds no example.

    References
    ----------
    Zhang et al., Dive into Deep Learning (Chinese MXNet edition), section 3.6; the order of arguments is d2lzh's.

    Introduced in: notebooks/09-dropout.ipynb
    """
    if not hasattr(data_iter, "__iter__") or not callable(net):
        raise TypeError(
            "evaluate_accuracy: data_iter must be an iterable of (X, y) and net callable, got "
            f"{type(data_iter).__name__} and {type(net).__name__}; the order is evaluate_accuracy(data_iter, net)"
        )
    right, num_examples = None, 0
    with autograd.predict_mode():
        for X, y in _on_contexts(data_iter, ctx):
            batch_right = _num_correct(net(X), y)
            right = batch_right if right is None else right + batch_right.as_in_context(right.context)
            num_examples += y.size
    if num_examples == 0:
        raise ValueError("evaluate_accuracy: data_iter must hold at least one example, got none; is it used up?")
    return right.asscalar() / num_examples


def _num_correct(y_hat, y):
    """Count the right predictions of a batch, without waiting for the result (an NDArray of one entry)."""
    return (y_hat.argmax(axis=1) == y.astype("float32")).sum()


def _on_contexts(data_iter, ctx):
    """Yield the batches, split over the contexts of `ctx` where there are any."""
    contexts = ctx if ctx is None or isinstance(ctx, list) else [ctx]
    for X, y in data_iter:
        if contexts is None:
            yield X, y
            continue
        split = [gluon.utils.split_and_load(array, contexts, even_split=False) for array in (X, y)]
        yield from zip(*split, strict=True)
