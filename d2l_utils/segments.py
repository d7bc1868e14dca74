"""Backward passes that compute parts of the forward pass again in place of keeping it."""

from d2l_utils import _validation

from mxnet import MXNetError, autograd, nd, random
from mxnet.gluon import Block


def backward_by_segments(segments, X, loss_of, *, seed=None):
    """Compute the gradients of a net in segments: only their inputs are kept, all else is computed a second time.

    Parameters
    ----------
    segments : list of gluon Blocks
        The parts of the net, in their order; slices of a Sequential (`net[0:4]`) are such parts.
    X : NDArray of shape (batch, ...), float
        The batch.
    loss_of : callable
        `loss_of(output)` gives the loss, an NDArray, from the output of the last segment.
    seed : int >= 0, optional
        MXNet's stream begins with seed + k at segment k, both times. Needed if there is dropout: with new masks in
        the second pass the gradients would be wrong, without a word.

    Returns
    -------
    NDArray
        The loss. Gradients are where `loss.backward()` would have put them, in the parameters.

    Raises
    ------
    TypeError
        If `segments` is no list of Blocks, `X` no NDArray of floats, `loss_of` cannot be called, `seed` is no integer,
        or a segment or `loss_of` gives no NDArray.
    ValueError
        If `segments` is empty, a segment cannot take what arrives, or `loss_of` gives what was not computed from it.

    Notes
    -----
    With n equal layers in k segments about k + n / k arrays are kept in place of n: fewest at k = sqrt(n). The price
    is one more forward pass. The seed, if given, stays set: MXNet cannot tell where its stream stood.

    Examples
    --------
    >>> from mxnet import nd
    >>> from mxnet.gluon import nn
    >>> net = nn.Sequential()
    >>> net.add(nn.Dense(3, in_units=2), nn.Dense(1, in_units=3))
    >>> net.initialize()
    >>> loss = backward_by_segments([net[:1], net[1:]], nd.ones((4, 2)), lambda out: out.mean())
    >>> net[1].bias.grad().asscalar()
    1.0

    References
    ----------
    Chen, Xu, Zhang, Guestrin, Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174 (2016).

    Introduced in: notebooks/18-memory.ipynb
    """
    _check_segments(segments, X, loss_of, seed)
    starts = [X]
    with autograd.train_mode():  # dropout on, and nothing is recorded
        for place in range(len(segments) - 1):
            starts.append(_run(segments, place, starts[-1], seed))
    slope = loss = None
    for place in reversed(range(len(segments))):
        start = starts.pop().detach()
        start.attach_grad()
        with autograd.record():
            out = _run(segments, place, start, seed)
            loss = _loss(loss_of, out) if slope is None else loss
        _go_back(loss if slope is None else out, slope)
        slope = start.grad
        slope.wait_to_read()  # otherwise MXNet runs ahead, and segments are in memory together
    return loss


def _check_segments(segments, X, loss_of, seed):
    """Raise unless there are segments, a batch and a loss."""
    function = "backward_by_segments"
    if not isinstance(segments, list | tuple) or not all(isinstance(segment, Block) for segment in segments):
        raise TypeError(f"{function}: segments must be a list of gluon Blocks, got {_validation.in_short(segments)}")
    if not segments:
        raise ValueError(f"{function}: segments must hold at least one Block, got none")
    _validation.floating(function, "X", X)
    if not callable(loss_of):
        raise TypeError(f"{function}: loss_of must be callable, got {type(loss_of).__name__}")
    if seed is not None:
        _validation.integer(function, "seed", seed, at_least=0)


def _run(segments, place, start, seed):
    """Give the output of one segment, its masks drawn from the beginning of its own stream if there is a seed."""
    if seed is not None:
        random.seed((seed + place) % 2**31)
    try:
        out = segments[place](start)
    except Exception as error:
        raise ValueError(
            f"backward_by_segments: segments[{place}] must be initialized and take an input of shape {start.shape}, "
            f"got the error {_validation.last_line(error)}"
        ) from error
    return _floats(f"segments[{place}]", out)


def _loss(loss_of, out):
    """Give the loss of the last output."""
    try:
        loss = loss_of(out)
    except Exception as error:
        words = _validation.last_line(error)
        raise ValueError(
            f"backward_by_segments: loss_of must take an output of shape {out.shape}, got the error {words}"
        ) from error
    return _floats("loss_of", loss)


def _go_back(end, slope):
    """Walk back from the end of a segment, whose slope is known, or 1 for the loss."""
    try:
        end.backward(slope)
    except MXNetError as error:
        raise ValueError(
            "backward_by_segments: segments and loss_of must compute with MXNet what they give from what they get, got "
            "an array that autograd cannot follow"
        ) from error


def _floats(what, value):
    """Give a value back if it is an NDArray of floats."""
    name = value.dtype.__name__ if type(value) is nd.NDArray else type(value).__name__
    if type(value) is not nd.NDArray or not name.startswith("float"):
        raise TypeError(f"backward_by_segments: {what} must give an NDArray of floats, got {name}")
    return value
