"""Parameter updates written from scratch."""

from d2l_utils import _validation

import numpy as np
from mxnet import Context, nd


def sgd(params, lr, batch_size):
    """Take one step of mini-batch stochastic gradient descent, in place.

    Parameters
    ----------
    params : list of NDArray with gradients attached
        The parameters to move; each holds the gradient of the loss SUMMED over the batch.
    lr : float > 0
        The learning rate: the step per unit of the AVERAGE gradient.
    batch_size : int >= 1
        The number of examples that the gradients were summed over. For the last, shorter batch of an epoch this is
        its own size.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `lr` is not a number, `batch_size` not an integer or a parameter not an NDArray of floats.
    ValueError
        If `lr` or `batch_size` is out of range or a parameter has no gradient.

    Notes
    -----
    w <- w - lr / batch_size * grad.

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 3.4.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    _check_step("sgd", params, lr, batch_size)
    for param in params:
        param[:] = param - lr * param.grad / batch_size


def grad_clipping(params, theta, ctx=None):
    """Scale all gradients down together so that their joint norm is at most `theta`, in place.

    Parameters
    ----------
    params : list of NDArray with gradients attached
        The parameters whose gradients are clipped.
    theta : float > 0, or None
        The largest norm allowed; None leaves the gradients alone.
    ctx : Context, optional
        Where the norm is added up; by default where the first parameter lives.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `theta` is not a number, a parameter not an NDArray of floats or `ctx` not a context.
    ValueError
        If `theta` is not positive or a parameter has no gradient.
    FloatingPointError
        If the norm is infinite or not a number: then no factor can mend the gradients.

    Notes
    -----
    g <- min(1, theta / ||g||) g, where ||g|| is the Euclidean norm of all gradients taken as one vector.

    References
    ----------
    Zhang et al., Dive into Deep Learning, section 8.5 (gradient clipping).

    Introduced in: notebooks/19-numerical-stability.ipynb
    """
    _with_gradients("grad_clipping", params)
    if theta is None:
        return
    _validation.number("grad_clipping", "theta", theta, allowed="> 0 or None", within=lambda bound: bound > 0)
    if not params:
        return
    ctx = params[0].context if ctx is None else ctx
    _validation.instance("grad_clipping", "ctx", ctx, Context, allowed="a Context or None")
    # In float32: the squares of float16 overflow from 256 on.
    squares = [(param.grad.as_in_context(ctx).astype("float32") ** 2).sum() for param in params]
    norm = float(nd.add_n(*squares).sqrt().asscalar())  # theta / norm in double precision on all NumPys
    if not norm < float("inf"):
        raise FloatingPointError(f"grad_clipping: the norm of all gradients must be finite, got {norm}")
    if norm > theta:
        for param in params:
            param.grad[:] *= np.float32(theta / norm)  # MXNet refuses what is smaller than any normal float


def _check_step(function, params, lr, batch_size):
    """Raise unless `sgd` can take a step."""
    _validation.number(function, "lr", lr, allowed="> 0", within=lambda rate: 0 < rate < float("inf"), operand=True)
    _validation.integer(function, "batch_size", batch_size, at_least=1)
    _with_gradients(function, params)


def _with_gradients(function, params):
    """Raise unless `params` is a sequence of NDArrays that have gradients attached."""
    _validation.instance(function, "params", params, (list, tuple), allowed="a list of NDArrays")
    for position, param in enumerate(params):
        _validation.floating(function, f"params[{position}]", param)
        if param.grad is None:
            raise ValueError(
                f"{function}: params[{position}] must have a gradient, got None; call attach_grad() on it before "
                "the forward pass"
            )
