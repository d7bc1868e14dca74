"""What the Huber loss (notebook 03, exercise 3) and a step with momentum (6) have to do."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, given, show
from d2l_utils.gradients import gradcheck
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import MXNetError, nd

BROADCAST = "(n, 1) minus (n,) makes a table of n times n: give y the shape of y_hat first."
NO_HALF = "Small errors count half of their square."
SQUARED = "Large errors count too much: beyond delta the loss is delta * (|e| - delta / 2), a straight line."
JUMPS = "The two pieces do not meet at delta: subtract delta / 2 from |e|."
NO_SIZE = "The error may be negative: take its absolute value in the straight piece and in the comparison."
GLUON = "This is the Huber loss divided by delta, as Gluon has it. Here the small errors count e**2 / 2."
PIECES_SWAPPED = "The pieces are swapped: the square belongs to the small errors."
AVERAGED = "Give one loss for each entry; sums and means are taken by who calls it."
HUBER = "It is e**2 / 2 where |e| <= delta, and delta * (|e| - delta / 2) beyond."
NO_GRADIENT = (
    "No gradient reaches y_hat: compute with nd from y_hat to the result; .asnumpy() and .detach() cut the way."
)
OTHER_GRADIENT = "The gradient must be the error, cut off at -delta and delta."

UPHILL = "The step goes uphill: subtract lr times the velocity."
OLD_VELOCITY = "The weights take their step with the NEW velocity."
NO_MEMORY = "The old velocity is lost: the new one is momentum * v + grad."
DAMPED = "The gradient comes in whole here: it is not multiplied by 1 - momentum."
LR_IN_VELOCITY = "Here the learning rate multiplies the velocity in the step, and is not part of the velocity itself."
ORDER = "Give back the weights first, then the velocity."
CHANGED = "An array that came in was changed: make new ones, not w[:] = ... or w -= ..."
MOMENTUM = "v becomes momentum * v + grad, and w becomes w - lr * v with this new v."


def check_huber(huber_loss, errors, delta, *, flat):
    """Raise unless the losses are those of Huber; `flat` hands in labels of shape (n,)."""
    n = len(errors)
    seed_everything(n)
    y = nd.random.normal(shape=n)
    y_hat = (y + nd.array(errors)).reshape((n, 1))
    y = y if flat else y.reshape((n, 1))
    text = given(y_hat=y_hat, y=y, delta=delta)
    losses = call(huber_loss, y_hat.copy(), y.copy(), delta, given=text)
    e = np.asarray(errors, dtype="float64").reshape((n, 1))
    expected = _huber(e, delta)
    if not isinstance(losses, nd.NDArray) or losses.shape != (n, 1):
        got = f"shape {losses.shape}" if hasattr(losses, "shape") else type(losses).__name__
        hint = BROADCAST if getattr(losses, "shape", None) == (n, n) else AVERAGED
        raise MistakeError(given=text, expected=f"an NDArray of shape {(n, 1)}", got=got, hint=hint)
    if not agree(losses, expected, 1e-4):
        hint = next((text for value, text in _known_losses(e, delta) if agree(losses, value, 1e-4)), HUBER)
        raise MistakeError(given=text, expected=expected, got=losses, hint=hint)


def _huber(e, delta):
    return np.where(abs(e) <= delta, e**2 / 2, delta * (abs(e) - delta / 2))


def _known_losses(e, delta):
    """List what wrong answers give, with the hint for each."""
    small, line = abs(e) <= delta, delta * (abs(e) - delta / 2)
    return [
        (np.where(small, e**2 / 2, delta * (e - delta / 2)), NO_SIZE),
        (np.where(e <= delta, e**2 / 2, line), NO_SIZE),
        (np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)), NO_SIZE),
        (e**2 / 2, SQUARED),
        (np.where(small, e**2, line), NO_HALF),
        (np.where(small, e**2, 2 * line), NO_HALF),
        (np.where(small, e**2 / 2, delta * abs(e)), JUMPS),
        (np.where(small, e**2 / 2, abs(e) - delta / 2), JUMPS),
        (_huber(e, delta) / delta, GLUON),
        (np.where(small, line, e**2 / 2), PIECES_SWAPPED),
    ]


def check_huber_gradient(huber_loss, delta):
    """Raise unless autograd finds the gradient, on both sides of delta and away from it."""
    y = nd.array([1, -1, 0.5, 2], dtype="float64")
    y_hat = y.reshape((4, 1)) + nd.array([[0.4], [-0.7], [3.0], [-5.0]], dtype="float64") * delta
    text = given(y_hat=y_hat, y=y, delta=delta)
    try:
        gradcheck(lambda y_hat: call(huber_loss, y_hat, y, delta, given=text).sum(), y_hat)
    except AssertionError as error:
        raise MistakeError(given=text, expected="its gradient", got=str(error), hint=OTHER_GRADIENT) from None
    except (MXNetError, AttributeError, ValueError) as error:
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=NO_GRADIENT) from None


def check_momentum(momentum_step, shape, lrs, momentum):
    """Raise unless several steps in a row, with changing learning rates, give the right weights and velocities."""
    seed_everything(0)
    w, v, grad = nd.random.normal(shape=(3, *shape))
    for lr in lrs:
        text = given(w=w, v=v, grad=grad, lr=lr, momentum=momentum)
        handed_in = [part.copy() for part in (w, v, grad)]
        result = call(momentum_step, *handed_in, lr, momentum, given=text)
        found = _two(result, shape, text)
        new_v = momentum * v + grad
        expected = (w - lr * new_v, new_v)
        if not all(map(agree, found, expected)):
            hint = _momentum_hint(found, (w, v, grad), lr, momentum)
            texts = [f"w = {show(pair[0])}, v = {show(pair[1])}" for pair in (expected, found)]
            raise MistakeError(given=text, expected=texts[0], got=texts[1], hint=hint)
        if not all(map(agree, handed_in, (w, v, grad))):
            raise MistakeError(given=text, expected="w, v and grad as they were", got="others", hint=CHANGED)
        (w, v), grad = found, nd.random.normal(shape=shape)


def _two(result, shape, text):
    """Give (new_w, new_v) if they are two NDArrays of the right shape."""
    is_pair = isinstance(result, (tuple, list)) and len(result) == 2
    if not is_pair or not all(isinstance(part, nd.NDArray) and part.shape == shape for part in result):
        got = ", ".join(map(show, result)) if is_pair else show(result)
        expected = f"two NDArrays of shape {shape}, the new w and the new v"
        raise MistakeError(given=text, expected=expected, got=got, hint="End with `return new_w, new_v`.")
    return tuple(result)


def _momentum_hint(found, before, lr, momentum):
    w, v, grad = before
    new_v = momentum * v + grad
    known = [
        ((new_v, w - lr * new_v), ORDER),
        ((w + lr * new_v, new_v), UPHILL),
        ((w - lr * v, new_v), OLD_VELOCITY),
        ((w - lr * grad, new_v), OLD_VELOCITY),
        ((w - lr * grad, grad), NO_MEMORY),
        ((w - lr * (v + grad), v + grad), "The old velocity is multiplied by momentum."),
        ((w - lr * (momentum * v + (1 - momentum) * grad), momentum * v + (1 - momentum) * grad), DAMPED),
        ((w - (momentum * v + lr * grad), momentum * v + lr * grad), LR_IN_VELOCITY),
    ]
    return next((text for wrong, text in known if all(map(agree, found, wrong))), MOMENTUM)
