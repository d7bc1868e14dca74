"""What training keeps in memory: bytes counted from the recorded graph, and bytes measured of the process."""

import contextlib

from d2l_utils import _process_size, _validation
from d2l_utils._kept_arrays import intermediate_bytes, num_bytes

from mxnet import MXNetError, autograd, gluon, nd
from mxnet.gluon import Block


def memory_account(net, X, trainer=None):
    """Count the bytes that a training step of a net keeps until its backward pass, part by part.

    Parameters
    ----------
    net : gluon Block
        The network, initialized and not hybridized. It is run once on `X` in training mode.
    X : NDArray of shape (batch, ...), float
        The batch.
    trainer : gluon Trainer, optional
        Whose optimizer's states are counted.

    Returns
    -------
    dict {str: int}
        Bytes of "parameters" (running statistics among them), their "gradients", the "optimizer"'s states, the
        "inputs" and the "intermediates".

    Raises
    ------
    TypeError
        If `net` is no Block, `X` no NDArray of floats, `trainer` no Trainer, or the net gives no NDArray.
    ValueError
        If `net` is not initialized, cannot take `X`, is hybridized, or computes with arrays that are neither `X` nor
        its parameters.

    Notes
    -----
    The intermediates are the arrays of the forward pass that some line of MXNet's own backward graph reads, and the
    output, which a loss reads. Not counted: what a loss adds, arrays that live for a moment only, the states that some
    operations keep to themselves (RNN), and the working space of MXNet's libraries. Masks are drawn from MXNet's
    stream. Prediction needs the parameters, the inputs, and two or three intermediates at a time.

    Examples
    --------
    >>> from mxnet import nd
    >>> from mxnet.gluon import nn
    >>> net = nn.Sequential()
    >>> net.add(nn.Dense(10, activation="relu", in_units=5), nn.Dense(1, in_units=10))
    >>> net.initialize()
    >>> memory_account(net, nd.ones((100, 5)))["intermediates"]  # 100 rows of 10 + 1 numbers, 4 bytes each
    4400

    References
    ----------
    Chen, Xu, Zhang, Guestrin, Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174 (2016).

    Introduced in: notebooks/18-memory.ipynb
    """
    _validation.instance("memory_account", "net", net, Block, allowed="a gluon Block")
    _validation.floating("memory_account", "X", X)
    _validation.instance("memory_account", "trainer", trainer, (gluon.Trainer, type(None)), allowed="a Trainer or None")
    X = X.detach()
    X.attach_grad()  # so that what is done with X before the first parameter is recorded too
    out = _recorded_output(net, X)
    params = [param for param in net.collect_params().values() if X.context in param.list_ctx()]
    trained = [param for param in params if param.grad_req != "null"]
    return {
        "parameters": sum(num_bytes(param.data(X.context)) for param in params),
        "gradients": sum(num_bytes(param.grad(X.context)) for param in trained),
        "optimizer": 0 if trainer is None else _state_bytes(trainer),
        "inputs": num_bytes(X),
        "intermediates": intermediate_bytes(out, X, [param.data(X.context) for param in params]),
    }


def peak_memory(work, *, one_by_one=False):
    """Measure how many bytes a process needs at most, beyond those it begins with, while it does some work.

    Parameters
    ----------
    work : callable
        A function without arguments. It runs in a copy of this process, so that nothing of what it does is left.
    one_by_one : bool
        Whether MXNet does the operations of a backward pass one at a time. By default it takes 15 together, and the
        memory of none of them is free again before all are done.

    Returns
    -------
    int
        Bytes: the largest size that the system saw the copy have (`ru_maxrss`), less its size at the start.

    Raises
    ------
    TypeError
        If `work` cannot be called or `one_by_one` is no bool.
    ValueError
        If `work` ends with an error, or its process is stopped.

    Notes
    -----
    All of the process counts: some 20 MB of it are working space of MXNet's libraries, whatever the work is. Measure
    the same work on a single row too, and subtract. From the first call on this process asks the system for separate
    pages for every array of 64 KB or more (glibc only): otherwise what earlier work has freed is used again and not
    seen. `one_by_one` is what `MXNET_EXEC_BULK_EXEC_TRAIN=0`, set before MXNet is imported, does for a whole process;
    here MXNet's profiler runs along, which has the same effect.

    Examples
    --------
    >>> from mxnet import nd
    >>> peak = peak_memory(lambda: nd.ones((4096, 1024)))  # 16 MB
    >>> 16e6 < peak < 60e6
    True

    Introduced in: notebooks/18-memory.ipynb
    """
    if not callable(work):
        raise TypeError(f"peak_memory: work must be a function without arguments, got {_validation.in_short(work)}")
    _validation.instance("peak_memory", "one_by_one", one_by_one, bool, allowed="True or False")
    with contextlib.suppress(MXNetError):  # of earlier work, which is not what is measured
        nd.waitall()
    _process_size.use_own_pages()
    succeeded, result = _process_size.largest_in_a_copy(work, one_by_one)
    if not succeeded:
        raise ValueError(f"peak_memory: work must run to its end, got {result}")
    return result


def _recorded_output(net, X):
    """Give what a net computes from `X` inside of `record`."""
    try:
        with autograd.record():
            out = net(X)
        nd.waitall()
    except Exception as error:
        raise ValueError(
            f"memory_account: net must be initialized and take an input of shape {X.shape}, dtype "
            f"{X.dtype.__name__} on {X.context}, got the error {_validation.last_line(error)}"
        ) from error
    if type(out) is not nd.NDArray:
        raise TypeError(f"memory_account: net must give one NDArray, got {type(out).__name__}")
    return out


def _state_bytes(trainer):
    """Add up what the optimizer would keep for each parameter; the trainer itself is left as it is."""
    total = 0
    for place, param in enumerate(trainer._params):
        if param.grad_req != "null":
            try:
                weight = param.list_data()[0]
            except (RuntimeError, MXNetError) as error:
                raise ValueError(
                    f"memory_account: trainer must hold initialized parameters, got {param.name} without numbers"
                ) from error
            total += _nested_bytes(trainer.optimizer.create_state_multi_precision(place, weight))
    return total


def _nested_bytes(state):
    if isinstance(state, tuple | list):
        return sum(_nested_bytes(part) for part in state)
    return 0 if state is None else num_bytes(state)
