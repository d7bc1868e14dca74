"""A check of gradients that knows nothing of how they were computed: central differences."""

from d2l_utils import _validation

import numpy as np
from mxnet import MXNetError, autograd, nd

STEP = 1e-6  # balances the error of the difference (STEP**2) against that of float64 (1e-16 / STEP)


def gradcheck(f, *inputs, grads=None, num_directions=5, tolerance=1e-6):
    """Compare the gradient of `f` with central differences along random directions, in float64.

    Parameters
    ----------
    f : callable
        Takes as many NDArrays as there are `inputs` and returns one number (an NDArray of one entry). It must be a
        function: dropout inside it has to use a mask fixed outside.
    *inputs : NDArrays
        The point at which to check, away from kinks such as relu's at 0; copied to float64.
    grads : list of NDArray, optional
        Gradients to check instead of those of `autograd`: yours, computed by hand.
    num_directions : int >= 1
        How many random directions to try; drawn from NumPy's stream.
    tolerance : float > 0
        The largest relative error that passes.

    Returns
    -------
    float
        The largest relative error found.

    Raises
    ------
    AssertionError
        If the relative error along a direction exceeds `tolerance`; the message holds both slopes.
    TypeError, ValueError
        If `f` does not return one number or is not computed from the inputs by MXNet, or `grads` does not match
        `inputs` in number and shapes.

    Notes
    -----
    Along a direction v of length 1 the slope is (f(x + s v) - f(x - s v)) / (2 s) by differences and grad . v by the
    gradient; s = 1e-6. The relative error divides their distance by the larger of the two and 1e-3.

    Examples
    --------
    >>> from mxnet import nd
    >>> gradcheck(lambda x: (x**2).sum(), nd.array([1, 2, 3])) < 1e-6
    True

    References
    ----------
    Press et al., Numerical Recipes, section 5.7 (numerical derivatives).

    Introduced in: notebooks/02-autograd.ipynb
    """
    _validation.integer("gradcheck", "num_directions", num_directions, at_least=1)
    _validation.number("gradcheck", "tolerance", tolerance, allowed="> 0", within=lambda bound: bound > 0)
    if not callable(f):
        raise TypeError(f"gradcheck: f must be callable, got {type(f).__name__}")
    _check_inputs(inputs, grads)
    inputs = [x.astype("float64") for x in inputs]
    grads = [grad.astype("float64") for grad in grads] if grads is not None else _autograd_grads(f, inputs)
    worst = 0.0
    for _ in range(num_directions):
        direction = _random_direction(inputs)
        slope = sum((grad * v).sum().asscalar() for grad, v in zip(grads, direction, strict=True))
        difference = _central_difference(f, inputs, direction)
        error = abs(slope - difference) / max(abs(slope), abs(difference), 1e-3)
        if not error <= tolerance:  # written so that NaN fails
            raise AssertionError(
                f"gradcheck: along a random direction the gradient gives the slope {slope:.9g}, central differences "
                f"give {difference:.9g}: relative error {error:.1e}, allowed {tolerance:.1e}"
            )
        worst = max(worst, error)
    return worst


def _check_inputs(inputs, grads):
    """Raise unless there are NDArray inputs, and a gradient of the same shape for each where `grads` are given."""
    if not inputs:
        raise ValueError("gradcheck: inputs must be one or more NDArrays, got none")
    for position, x in enumerate(inputs):
        _validation.array("gradcheck", f"inputs[{position}]", x)
    if grads is None:
        return
    _validation.instance("gradcheck", "grads", grads, (list, tuple), allowed="a list of NDArrays or None")
    for position, grad in enumerate(grads):
        _validation.array("gradcheck", f"grads[{position}]", grad)
    if len(grads) != len(inputs):
        raise ValueError(f"gradcheck: grads must hold one array per input, got {len(grads)} for {len(inputs)}")
    for position, (x, grad) in enumerate(zip(inputs, grads, strict=True)):
        names = (f"inputs[{position}]", x), (f"grads[{position}]", grad)
        _validation.same_shape("gradcheck", *names, cause="a gradient has the shape of what it belongs to")


def _autograd_grads(f, inputs):
    """Give the gradients that `autograd` computes, leaving the arrays of the caller alone."""
    for x in inputs:
        x.attach_grad()
    with autograd.record():
        y = f(*inputs)
    _scalar(y)
    try:
        y.backward()
    except MXNetError as error:
        raise ValueError(
            "gradcheck: f must compute its result from its arguments with MXNet, got one that autograd cannot follow"
        ) from error
    return [x.grad for x in inputs]


def _random_direction(inputs):
    """Draw a direction of length 1 across all inputs together."""
    vs = [np.random.normal(size=x.shape) for x in inputs]  # the stream that seed_everything seeds
    length = np.sqrt(sum((v**2).sum() for v in vs))
    return [nd.array(v / length, dtype="float64") for v in vs]


def _central_difference(f, inputs, direction):
    """Give the slope of `f` along `direction` from two evaluations, in the mode in which gradients are taken."""
    with autograd.train_mode():
        above = f(*[x + STEP * v for x, v in zip(inputs, direction, strict=True)])
        below = f(*[x - STEP * v for x, v in zip(inputs, direction, strict=True)])
    return (_scalar(above) - _scalar(below)) / (2 * STEP)


def _scalar(y):
    """Give the one number that `y` holds."""
    if type(y) is not nd.NDArray or y.size != 1:
        got = f"shape {y.shape}" if isinstance(y, nd.NDArray) else type(y).__name__
        raise TypeError(f"gradcheck: f must return an NDArray of one entry (sum or average the loss), got {got}")
    return y.asscalar()
