"""What gradients written by hand have to be (notebook 02, exercises 4 and 5)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._results import like_input, numbers
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import MXNetError, autograd, nd

OVERFLOW = "exp(z) is infinite for large z, and inf / inf is not a number: use nd.sigmoid(z), or 1 / (1 + exp(-z))."
NOT_AVERAGED = "This is the gradient of the sum: the loss is the MEAN over the examples."
WRONG_SIGN = "The sign is the wrong way round: the slope of the softplus comes with a plus, that of y z with a minus."
NO_SIGMOID = "The slope of the softplus is the sigmoid of z, not z itself."
NO_LABELS = "The term -y z has a slope too: it subtracts y."
PER_WEIGHT = "One slope for each weight: nd.dot(X.T, ...) sums over the examples."
LOGISTIC = "Chain rule: the slope along z of each example, times X, averaged over the examples."
CLASS = "Hand in the name of the class; it begins with `class MySign(autograd.Function):`."
AT_ZERO = "At 0 the value is to be 1: nd.sign(0) is 0, so use a comparison."
FORWARD = "Forward gives 1 where x >= 0 and -1 elsewhere."
TRUE_SLOPE = "This is the true slope, 0 nearly everywhere, from which nothing can be learned: let d_y through."
NO_WINDOW = "The gradient passes only where |x| <= 1: multiply by that mask."
NO_HEAD = "Multiply by d_y, the gradient that arrives from above."
AT_THE_EDGE = "|x| = 1 belongs to the window: use <=."
WINDOW_ON_D_Y = "The window is for x, the input of forward, not for d_y: save x for backward."
BACKWARD = "Backward gives d_y where |x| <= 1 and 0 elsewhere."


def check_logistic(logistic_grad):
    """Raise unless the gradient of the mean logistic loss is right, for large scores too."""
    for seed, (n, d) in enumerate(((1, 2), (3, 2), (5, 4))):
        seed_everything(seed)
        X, w = nd.random.normal(shape=(n, d)), nd.random.normal(shape=d)
        _check_logistic(logistic_grad, X, nd.random.uniform(0, 1, shape=n) < 0.5, w)
    X, y = nd.array([[1, 0], [0, 1], [1, 1]]), nd.array([0, 1, 1])
    _check_logistic(logistic_grad, X, y, nd.array([200, -300]))


def _check_logistic(logistic_grad, X, y, w):
    text = given(X=X, y=y, w=w)
    out = call(logistic_grad, X.copy(), y.copy(), w.copy(), given=text)
    X, y, w = (array.asnumpy().astype("float64") for array in (X, y, w))
    z = X @ w
    sigmoid = 0.5 * (1 + np.tanh(z / 2))  # never overflows
    expected = (X.T @ (sigmoid - y) / len(X)).astype("float32")
    like_input(out, expected, given=text, shape_hint=PER_WEIGHT)
    if np.isnan(out.asnumpy()).any():
        raise MistakeError(given=text, expected=expected, got=out, hint=OVERFLOW)
    known = [
        (expected * len(X), NOT_AVERAGED),
        (-expected, WRONG_SIGN),
        (-expected * len(X), WRONG_SIGN),
        (X.T @ (sigmoid + y) / len(X), WRONG_SIGN),
        (X.T @ (z - y) / len(X), NO_SIGMOID),
        (X.T @ sigmoid / len(X), NO_LABELS),
    ]
    numbers(out, expected, given=text, known=known, hint=LOGISTIC)


def check_sign(my_sign):
    """Raise unless forward is the sign, and backward lets d_y through where |x| <= 1."""
    if not (isinstance(my_sign, type) and issubclass(my_sign, autograd.Function)):
        got = my_sign.__name__ if isinstance(my_sign, type) else type(my_sign).__name__
        raise MistakeError(given="MySign", expected="a subclass of autograd.Function", got=got, hint=CLASS)
    seed_everything(0)
    cases = ([0.5], [-0.5, 2], [0, -3, 0.25], [1, -1, 0])
    for x in (*map(nd.array, cases), nd.random.uniform(-2, 2, shape=(3, 4))):
        _check_direct(my_sign, x, 0.25 + nd.arange(x.size).reshape(x.shape))
    _check_recorded(my_sign, x)


def _check_direct(my_sign, x, d_y):
    """Call both methods by hand: what goes wrong in them is then an error of theirs, not of MXNet's engine."""
    text = given(x=x, d_y=d_y)
    function = call(my_sign, given=text)
    out = call(function.forward, x.copy(), given=text)
    values, slopes = x.asnumpy(), d_y.asnumpy()
    like_input(out, values, given=text, shape_hint="The output has the shape of x.")
    numbers(out, np.where(values >= 0, 1.0, -1.0), given=text, known=[(np.sign(values), AT_ZERO)], hint=FORWARD)
    grad = call(function.backward, d_y.copy(), given=text)
    like_input(grad, slopes, given=text, shape_hint="The gradient has the shape of x.")
    window = np.abs(values) <= 1
    known = [
        (np.zeros_like(slopes), TRUE_SLOPE),
        (slopes, NO_WINDOW),
        (window, NO_HEAD),
        (slopes * (np.abs(values) < 1), AT_THE_EDGE),
        (slopes * (np.abs(slopes) <= 1), WINDOW_ON_D_Y),
    ]
    expected = slopes * window
    known = [(wrong, hint) for wrong, hint in known if not agree(wrong, expected)]
    numbers(grad, expected, given=text, known=known, hint=BACKWARD)


def _check_recorded(my_sign, x):
    """Raise unless it works between other operations, as a part of a graph."""
    text = f"L = (3 * MySign()(2 * x)).sum(), {given(x=x)}"
    x.attach_grad()
    with autograd.record():
        L = (3 * call(my_sign(), 2 * x, given=text)).sum()
    try:
        L.backward()
    except MXNetError as error:
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=BACKWARD) from None
    expected = 6.0 * (np.abs(2 * x.asnumpy()) <= 1)
    if not agree(x.grad, expected):
        raise MistakeError(given=text, expected=expected, got=x.grad, hint=BACKWARD)
