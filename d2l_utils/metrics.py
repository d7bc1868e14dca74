"""How good predictions are."""

from d2l_utils import _validation

import numpy as np
from mxnet import Context, autograd, gluon


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
        1 is best. A row of scores that holds a NaN is wrong, whatever its label.

    Raises
    ------
    TypeError
        If `y_hat` is not an NDArray of floats or `y` is not an NDArray.
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from mxnet import nd
    >>> accuracy(nd.array([[0.1, 0.9], [0.8, 0.2]]), nd.array([1, 1]))
    0.5

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _check_scores("accuracy", "y_hat", y_hat, y)
    return float(_num_correct(y_hat, y).asscalar()) / y.size


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
        If `net` cannot be called or `data_iter` not iterated over (the English edition's order is the reverse), if
        it yields anything but pairs of NDArrays, or `ctx` is no context.
    ValueError
        If `data_iter` holds no example, or the shapes of scores and labels do not fit.

    References
    ----------
    Zhang et al., Dive into Deep Learning (Chinese MXNet edition), section 3.6; the order of arguments is d2lzh's.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    if not hasattr(data_iter, "__iter__") or not callable(net):
        raise TypeError(
            "evaluate_accuracy: data_iter must be an iterable of (X, y) and net callable, got "
            f"{type(data_iter).__name__} and {type(net).__name__}; the order is evaluate_accuracy(data_iter, net)"
        )
    right, num_examples = None, 0
    with autograd.predict_mode():
        for X, y in _on_contexts(_pairs("evaluate_accuracy", "data_iter", data_iter), ctx):
            y_hat = net(X)
            _check_scores("evaluate_accuracy", "what net gives", y_hat, y)
            batch_right = _num_correct(y_hat, y)
            right = batch_right if right is None else right + batch_right.as_in_context(right.context)
            num_examples += y.size
    if num_examples == 0:
        raise ValueError("evaluate_accuracy: data_iter must hold at least one example, got none; is it used up?")
    return float(right.asscalar()) / num_examples


def _num_correct(y_hat, y):
    """Count the right predictions of a batch, without waiting for the result (an NDArray of one entry)."""
    # A NaN differs from itself. MXNet's argmax passes over it, and a net that has diverged would seem to guess.
    certain = (y_hat == y_hat).min(axis=1).astype("float32")
    return ((y_hat.argmax(axis=1).astype("float32") == y.astype("float32")) * certain).sum()


def _check_scores(function, name, y_hat, y):
    """Raise unless these are scores of shape (batch, num_classes) with as many labels."""
    _validation.floating(function, name, y_hat)
    _validation.array(function, "y", y)
    if len(y_hat.shape) != 2 or y.shape != y_hat.shape[:1]:
        raise ValueError(
            f"{function}: {name} must have shape (batch, num_classes) and y shape (batch,), got "
            f"{y_hat.shape} and {y.shape}; y holds class numbers, not one-hot rows"
        )
    if y_hat.dtype == np.float16 and y_hat.shape[1] > 2048:
        raise ValueError(f"{function}: {name} must have at most 2048 classes in float16, got {y_hat.shape[1]}")


def _pairs(function, parameter, iterable):
    """Yield what `iterable` yields; raise on what is not a pair of NDArrays of one row per example."""
    for pair in iterable:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise TypeError(f"{function}: {parameter} must yield pairs (X, y), got {type(pair).__name__}")
        for name, part in zip(("X", "y"), pair, strict=True):
            _validation.array(function, f"the {name} that {parameter} yields", part)
        X, y = pair
        if len(X) != len(y):
            raise ValueError(
                f"{function}: {parameter} must yield as many rows of X as of y, got shapes {X.shape} and {y.shape}"
            )
        yield X, y


def _on_contexts(data_iter, ctx):
    """Yield the batches, split over the contexts of `ctx` where there are any."""
    contexts = ctx if ctx is None or isinstance(ctx, list) else [ctx]
    if contexts is not None and not (contexts and all(isinstance(one, Context) for one in contexts)):
        raise TypeError(
            f"evaluate_accuracy: ctx must be a Context, a list of them or None, got {_validation.in_short(ctx)}"
        )
    for X, y in data_iter:
        if contexts is None:
            yield X, y
            continue
        some = contexts[: len(X)]  # the last batch may have fewer examples than there are contexts
        split = [gluon.utils.split_and_load(array, some, even_split=False) for array in (X, y)]
        yield from zip(*split, strict=True)
