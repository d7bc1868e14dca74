"""What goes forward and back through each layer of a net, in numbers: for heat maps over layers and depth."""

import itertools
from typing import NamedTuple

from d2l_utils import _validation

import numpy as np
from mxnet import MXNetError, autograd, nd
from mxnet.gluon import nn


class LayerStatistics(NamedTuple):
    """What `layer_statistics` says of one layer; the last two are None if no loss was given.

    Parameters
    ----------
    name : str
        Where the layer stands: "net[0]", or "net[1][0]" in a nested net.
    activation_mean : float
        Mean of the layer's output, over all examples and units.
    activation_std : float
        Its standard deviation.
    weight_grad_norm : float or None
        Length of the gradient of the layer's weights, biases left out; None also where there are no weights to train.
    output_grad_std : float or None
        Standard deviation of the gradient of the loss along the layer's output.

    Introduced in: notebooks/19-numerical-stability.ipynb
    """

    name: str
    activation_mean: float
    activation_std: float
    weight_grad_norm: float | None
    output_grad_std: float | None


def layer_statistics(net, X, loss_fn=None, y=None):
    """Measure the output of each layer of a net in training mode and, if there is a loss, the gradients as well.

    Parameters
    ----------
    net : Sequential or HybridSequential
        The network, initialized. A Sequential inside it is entered; all others are a layer each, a Dense layer together
        with its activation.
    X : NDArray of shape (batch, ...), float
        The inputs.
    loss_fn : callable, optional
        `loss_fn(y_hat, y)` gives the loss of each example, as Gluon's losses do, or one number.
    y : NDArray, optional
        The labels; needed if there is a loss.

    Returns
    -------
    list of LayerStatistics
        One for each layer, in their order; numbers that overflow are infinite or not a number.

    Raises
    ------
    TypeError
        If `net` is no Sequential, `X` no NDArray of floats, `loss_fn` cannot be called, `y` is no NDArray, or a layer
        or the loss gives no NDArray of floats.
    ValueError
        If `net` has no layers or is not initialized, only one of `loss_fn` and `y` is given, or shapes do not fit.

    Notes
    -----
    The loss is the mean of what `loss_fn` gives. A standard deviation is that over all entries, examples and units
    alike, divided by their number. Dropout draws masks from MXNet's stream. Parameters, their gradients and the
    running statistics of batch normalization stay as they are.

    Examples
    --------
    >>> from mxnet import init, nd
    >>> from mxnet.gluon import nn
    >>> net = nn.Sequential()
    >>> net.add(nn.Dense(2, in_units=2), nn.Dense(1, in_units=2))
    >>> net.initialize(init.One())
    >>> [(one.name, one.activation_mean) for one in layer_statistics(net, nd.ones((3, 2)))]
    [('net[0]', 2.0), ('net[1]', 4.0)]

    Introduced in: notebooks/19-numerical-stability.ipynb
    """
    _validation.instance("layer_statistics", "net", net, (nn.Sequential, nn.HybridSequential), allowed="a Sequential")
    _validation.floating("layer_statistics", "X", X)
    _check_loss(loss_fn, y)
    _check_parameters(net, X)
    layers = list(_layers(net, "net"))
    if not layers:
        raise ValueError("layer_statistics: net must have layers, got none")
    with autograd.record():
        outputs, slopes = _forward(layers, X)
        loss = None if loss_fn is None else _mean_loss(loss_fn, outputs[-1], y)
    grads = [None] * len(layers) if loss is None else _grads(net, layers, slopes, loss)
    return [
        LayerStatistics(name, *_mean_and_std(output), *(grad or (None, None)))
        for (name, _), output, grad in zip(layers, outputs, grads, strict=True)
    ]


def _layers(net, name):
    """Yield (name, layer) for all layers of a net that are no Sequential themselves, in their order."""
    for position, layer in enumerate(net):
        inner = f"{name}[{position}]"
        if isinstance(layer, nn.Sequential | nn.HybridSequential):
            yield from _layers(layer, inner)
        else:
            yield inner, layer


def _forward(layers, X):
    """Give the outputs of all layers, and for each an array of zeros that was added to it, to take slopes along."""
    outputs, slopes = [], []
    for name, layer in layers:
        try:
            X = layer(X)
        except Exception as error:
            words = _validation.last_line(error)
            raise ValueError(
                f"layer_statistics: {name} must take an input of shape {X.shape} and dtype {X.dtype.__name__}, "
                f"got the error {words}"
            ) from error
        _check_floats(f"the output of {name}", X)
        with autograd.pause():
            zeros = nd.zeros_like(X)
            zeros.attach_grad()  # the output itself cannot keep a gradient: that would cut the graph in two
        X = X + zeros
        outputs.append(X)
        slopes.append(zeros)
    return outputs, slopes


def _mean_loss(loss_fn, y_hat, y):
    """Give the mean loss, one number."""
    try:
        losses = loss_fn(y_hat, y)
    except Exception as error:
        words = _validation.last_line(error)
        raise ValueError(
            f"layer_statistics: loss_fn must take y_hat of shape {y_hat.shape} and y of shape {y.shape}, "
            f"got the error {words}"
        ) from error
    _check_floats("what loss_fn gives", losses)
    return losses.mean()


def _grads(net, layers, slopes, loss):
    """Give for each layer the norm of the gradient of its weights and the standard deviation of that of its output."""
    ctx = slopes[0].context
    params = [layer.collect_params(".*weight$").values() for _, layer in layers]
    weights = [[param.data(ctx) for param in group if param.grad_req != "null"] for group in params]
    states = [param for param in net.collect_params().values() if param.grad_req == "null"]
    before = [param.data(ctx).copy() for param in states]
    variables = {id(array): array for array in itertools.chain(slopes, *weights)}  # a layer may stand in two places
    try:
        grads = autograd.grad(loss, list(variables.values()))  # unlike backward it leaves the net's gradients alone
    except MXNetError as error:
        raise ValueError(
            "layer_statistics: loss_fn must compute its result from y_hat with MXNet, got one that autograd cannot "
            "follow"
        ) from error
    for param, state in zip(states, before, strict=True):  # the backward pass has moved the running statistics
        param.data(ctx)[:] = state
    found = dict(zip(variables, grads, strict=True))
    return [
        (_norm([found[id(weight)] for weight in group]), _mean_and_std(found[id(zeros)])[1])
        for group, zeros in zip(weights, slopes, strict=True)
    ]


def _mean_and_std(array):
    """Give mean and standard deviation over all entries, in double precision."""
    values = array.asnumpy().astype("float64")
    with np.errstate(all="ignore"):  # infinite and missing numbers are a result here
        return float(values.mean()), float(values.std())


def _norm(grads):
    """Give the length of all gradients taken as one vector, None if there are none."""
    if not grads:
        return None
    with np.errstate(all="ignore"):
        return float(np.sqrt(sum((grad.asnumpy().astype("float64") ** 2).sum() for grad in grads)))


def _check_loss(loss_fn, y):
    """Raise unless there are a loss and labels, or neither."""
    if loss_fn is None and y is None:
        return
    if not callable(loss_fn):
        raise TypeError(
            f"layer_statistics: loss_fn must be callable where y is given, got {_validation.in_short(loss_fn)}"
        )
    _validation.array("layer_statistics", "y", y, allowed="an NDArray where loss_fn is given")


def _check_floats(what, value):
    """Raise unless a layer or the loss gives an NDArray of floats."""
    name = value.dtype.__name__ if type(value) is nd.NDArray else type(value).__name__
    if type(value) is not nd.NDArray or not name.startswith("float"):
        raise TypeError(f"layer_statistics: {what} must be an NDArray of floats, got {name}")


def _check_parameters(net, X):
    """Raise unless all parameters are initialized where `X` is."""
    for param in net.collect_params().values():
        try:
            contexts = param.list_ctx()
        except RuntimeError as error:
            raise ValueError(
                f"layer_statistics: net must be initialized, got {param.name} without numbers; call net.initialize()"
            ) from error
        if X.context not in contexts:
            raise ValueError(
                f"layer_statistics: X must be where the parameters are, {contexts[0]}, got {X.context}; "
                "move it with as_in_context"
            )
