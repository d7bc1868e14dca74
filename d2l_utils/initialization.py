"""Where training starts: the fans of a layer, and first weights whose scale is measured on a batch (LSUV)."""

import contextlib
import math

from d2l_utils import _validation

import numpy as np
from mxnet import MXNetError, autograd, gluon, init, nd


def fan_in_and_out(shape):
    """Count how many inputs feed a unit of a layer, and how many units an input feeds.

    Parameters
    ----------
    shape : sequence of two or more ints >= 1
        Shape of the weights as Gluon keeps them: (outputs, inputs), then the sides of the kernel if there is one.

    Returns
    -------
    (int, int)
        Fan-in and fan-out; each place of a kernel counts.

    Raises
    ------
    TypeError
        If `shape` is no tuple or list of integers.
    ValueError
        If it has fewer than two sides, or a side is smaller than 1.

    Notes
    -----
    Of a convolution in groups MXNet keeps (outputs, inputs / groups, ...); its fan-out is the number given here divided
    by the number of groups.

    Examples
    --------
    >>> fan_in_and_out((256, 784))
    (784, 256)
    >>> fan_in_and_out((16, 3, 5, 5))
    (75, 400)

    Introduced in: notebooks/20-initialization.ipynb
    """
    _check_shape(shape)
    outputs, inputs, *kernel = map(int, shape)
    places = math.prod(kernel)
    return inputs * places, outputs * places


def lsuv(net, X, *, tolerance=0.1, max_steps=10):
    """Begin with orthogonal weights, then divide those of each layer by the standard deviation of what it computes.

    Parameters
    ----------
    net : gluon Block
        The network, not hybridized. All its parameters begin anew.
    X : NDArray of shape (batch, ...), float of 32 or 64 bits
        A batch of inputs, some hundreds; labels are not needed.
    tolerance : float in [0.001, 1)
        A layer is done when the variance of its sums is nearer to 1 than this.
    max_steps : int in [1, 1000]
        After how many divisions a layer is left as it is.

    Returns
    -------
    list of float
        For each layer, in the order of computing, the standard deviation of its sums that was measured last.

    Raises
    ------
    TypeError
        If `net` is no Block, `X` no NDArray of floats, or a number not a number.
    ValueError
        If `tolerance` or `max_steps` is out of range, if `X` does not fit the net, if the net is hybridized or has no
        Dense or convolutional layers, or if the sums of a layer are all equal or not finite.

    Notes
    -----
    The sums are what a Dense or convolutional layer computes before its activation, over all examples and units, in
    training mode: with masks of dropout and statistics of the batch. Biases stay 0. A layer with an initializer of its
    own begins with that in place of an orthogonal matrix. MXNet's random stream is used.

    Examples
    --------
    >>> from mxnet import nd
    >>> from mxnet.gluon import nn
    >>> net = nn.Sequential()
    >>> net.add(nn.Dense(50, activation="relu"), nn.Dense(50, activation="relu"), nn.Dense(10))
    >>> [0.9 < std < 1.1 for std in lsuv(net, nd.random.normal(0, 7, shape=(100, 20)))]
    [True, True, True]

    References
    ----------
    Mishkin and Matas, All You Need Is a Good Init, International Conference on Learning Representations 2016.

    Introduced in: notebooks/20-initialization.ipynb
    """
    _check_lsuv(net, X, tolerance, max_steps)
    net.initialize(init.Orthogonal(scale=1), ctx=X.context, force_reinit=True)
    stds = []
    with _layer_sums(net) as sums:
        for number, layer in enumerate(_computed(net, X, sums), start=1):
            for _ in range(max_steps):
                std = _std(sums[layer], number)
                if abs(std**2 - 1) < tolerance:
                    break
                layer.weight.set_data(layer.weight.data() / std)
                _computed(net, X, sums)
            stds.append(_std(sums[layer], number))
    return stds


@contextlib.contextmanager
def _layer_sums(net):
    """Keep what each layer with weights computes before its activation, {layer: NDArray}, while the `with` lasts."""
    sums, handles = {}, []

    def keep(layer, array):
        if isinstance(array, nd.NDArray):  # and no symbol, as in a net that is being compiled
            sums[layer] = array

    def watch(layer):
        if not isinstance(getattr(layer, "weight", None), gluon.Parameter) or not hasattr(layer, "act"):
            return  # no Dense and no convolutional layer
        if layer.act is None:
            handles.append(layer.register_forward_hook(lambda _, inputs, output: keep(layer, output)))
        else:
            handles.append(layer.act.register_forward_pre_hook(lambda _, inputs: keep(layer, inputs[0])))

    net.apply(watch)
    try:
        yield sums
    finally:
        for handle in handles:
            handle.detach()


def _computed(net, X, sums):
    """Compute the sums anew; give the layers in the order in which they were reached."""
    sums.clear()
    try:
        with autograd.train_mode():
            net(X).wait_to_read()
    except (MXNetError, ValueError, AssertionError) as error:
        cause = _validation.last_line(error)
        raise ValueError(f"lsuv: X must fit the net, got shape {X.shape} and the error {cause}") from None
    if not sums:
        raise ValueError(
            "lsuv: net must have Dense or convolutional layers and not be hybridized, got none that could be watched"
        )
    return list(sums)


def _std(sums, number):
    """Give the standard deviation of a layer's sums; raise where no factor can make it 1."""
    with np.errstate(all="ignore"):  # of infinite sums
        std = float(sums.asnumpy().astype("float64").std())
    if not 0 < std < float("inf"):
        raise ValueError(
            f"lsuv: the sums of layer {number} must have a finite standard deviation > 0, got {std}; are all inputs "
            "equal, or all units before it dead?"
        )
    return std


def _check_shape(shape):
    _validation.instance("fan_in_and_out", "shape", shape, (tuple, list), allowed="a tuple or list of integers")
    if len(shape) < 2:
        raise ValueError(
            f"fan_in_and_out: shape must have two sides or more, outputs and inputs first, got {shape}; is it a bias?"
        )
    for side in shape:
        _validation.integer("fan_in_and_out", "shape", side, at_least=1)


def _check_lsuv(net, X, tolerance, max_steps):
    _validation.instance("lsuv", "net", net, gluon.Block, allowed="a gluon Block")
    _validation.floating("lsuv", "X", X, half=False)
    allowed = "in [0.001, 1)"  # rounding decides below it
    _validation.number("lsuv", "tolerance", tolerance, allowed=allowed, within=lambda value: 0.001 <= value < 1)
    _validation.integer("lsuv", "max_steps", max_steps, at_least=1)
    if max_steps > 1000:
        raise ValueError(f"lsuv: max_steps must be an integer in [1, 1000], got {_validation.in_short(max_steps)}")
