"""Constraints on weights: unlike a penalty they cost nothing up to a limit, and nothing gets beyond it."""

from d2l_utils import _validation

import numpy as np
from mxnet import gluon, nd


def max_norm(params, limit, axis=None):
    """Shorten the incoming weights of each unit to length `limit` where they are longer, in place.

    Parameters
    ----------
    params : list of NDArray, float of 32 or 64 bits
        Matrices of weights, or the filters of convolutions; no biases.
    limit : float > 0
        The largest Euclidean length that the incoming weights of one unit may have.
    axis : int, optional
        The axis along which the incoming weights of one unit lie. By default all axes but the first, as in Gluon,
        whose matrices are of shape (outputs, inputs); for those of shape (inputs, outputs) it is 0.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `params` is no list of NDArrays of floats, `limit` not a number or `axis` not an integer.
    ValueError
        If `limit` is not positive or `axis` no axis of a parameter, or if a parameter has a single axis.
    FloatingPointError
        If a length is infinite or not a number: then no factor can mend the weights.

    Notes
    -----
    w <- w * min(1, limit / ||w||) for the weights w of each unit: the nearest point of the ball with that radius. What
    lies inside stays as it is, to the last bit.

    Examples
    --------
    >>> from mxnet import nd
    >>> W = nd.array([[3, 4], [0.3, 0.4]])
    >>> max_norm([W], 1)
    >>> W.asnumpy().tolist() == nd.array([[0.6, 0.8], [0.3, 0.4]]).asnumpy().tolist()
    True

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, Journal of Machine Learning
    Research 15 (2014): section 5.1.

    Introduced in: notebooks/13-dropout-in-practice.ipynb
    """
    _check_limit("max_norm", limit)
    _check_weights("max_norm", params, axis)
    for w in params:
        axes = tuple(range(1, w.ndim)) if axis is None else axis
        norms = w.square().sum(axis=axes, keepdims=True).sqrt()
        _check_finite("max_norm", norms)
        w[:] = w * (limit / nd.maximum(norms, limit))


class MaxNormTrainer(gluon.Trainer):
    """A Gluon trainer that applies `max_norm` after each step to every parameter with two axes or more.

    Parameters
    ----------
    params : ParameterDict or list of Parameter
        The parameters to move, such as `net.collect_params()`. Biases have one axis and stay free.
    optimizer : str or Optimizer
        As for `gluon.Trainer`.
    optimizer_params : dict, optional
        As for `gluon.Trainer`.
    limit : float > 0
        The largest length that the incoming weights of one unit may have.
    **options : keyword arguments
        Other options of `gluon.Trainer`.

    Raises
    ------
    TypeError
        If `limit` is not a number.
    ValueError
        If `limit` is not positive.
    FloatingPointError
        In `step`, if the weights have become infinite or not a number.

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, Journal of Machine Learning
    Research 15 (2014): section 5.1.

    Introduced in: notebooks/13-dropout-in-practice.ipynb
    """

    def __init__(self, params, optimizer, optimizer_params=None, *, limit, **options):
        """Make a trainer; see the class."""
        _check_limit("MaxNormTrainer", limit)
        super().__init__(params, optimizer, optimizer_params, **options)
        self.limit = limit

    def step(self, batch_size, ignore_stale_grad=False):
        """Take a step as `gluon.Trainer` does, then shorten what has become too long."""
        super().step(batch_size, ignore_stale_grad)
        weights = [param for param in self._params if param.grad_req != "null" and len(param.shape) > 1]
        for ctx in weights[0].list_ctx() if weights else []:
            max_norm([param.data(ctx) for param in weights], self.limit)


def _check_limit(function, limit):
    tiny, largest = float(np.finfo("float32").tiny), float(np.finfo("float32").max)
    allowed = "> 0 and in the range of float32"
    _validation.number(function, "limit", limit, allowed=allowed, within=lambda value: tiny <= value <= largest)


def _check_weights(function, params, axis):
    """Raise unless every parameter is a matrix or more, and has the axis."""
    _validation.instance(function, "params", params, (list, tuple), allowed="a list of NDArrays")
    if axis is not None:
        _validation.integer(function, "axis", axis, at_least=0)
    for position, param in enumerate(params):
        name = f"params[{position}]"
        _validation.floating(function, name, param, half=False)
        if param.ndim < 2:
            raise ValueError(f"{function}: {name} must have two axes or more, got shape {param.shape}; is it a bias?")
        if axis is not None and axis >= param.ndim:
            raise ValueError(f"{function}: axis must be an axis of {name}, of shape {param.shape}, got {axis}")


def _check_finite(function, norms):
    total = norms.sum().asscalar()
    if not total < float("inf"):
        raise FloatingPointError(
            f"{function}: the lengths of all weights must be finite, got a sum of {total}; the learning rate may be "
            "too large"
        )
