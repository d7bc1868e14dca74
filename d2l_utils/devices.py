"""Where to compute: the GPUs that MXNet can use, or the CPU."""

import mxnet as mx


def try_gpu():
    """Give the first GPU that MXNet can use, else the CPU.

    Returns
    -------
    Context
        `mx.gpu(0)` or `mx.cpu()`.

    Raises
    ------
    Nothing of its own.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    return try_all_gpus()[0]


def try_all_gpus():
    """Give every GPU that MXNet can use, else the CPU.

    Returns
    -------
    list of Context
        `[mx.gpu(0), mx.gpu(1), ...]` or `[mx.cpu()]`.

    Raises
    ------
    Nothing of its own.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    return [mx.gpu(i) for i in range(mx.context.num_gpus())] or [mx.cpu()]
