"""What a dropout layer with a stored mask has to do, forward and backward (notebook 09, exercise 3)."""

from d2l_utils.checks import _masks
from d2l_utils.checks._answers import array, call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.gradients import gradcheck
from d2l_utils.seeding import seed_everything

from mxnet import nd

FRESH_MASK = "The zeros are at other places than in forward: keep the mask of the forward pass and use it again."
NOT_DROPPED = "An input of 0 gives an output of 0 and is not dropped: store the mask, do not read it off the output."
FORMULA = "The gradient is mask * d_out / (1 - drop_prob), with the mask of the forward pass."


def make(my_layer, drop_prob, text):
    """Make the learner's layer; both of its methods are there."""
    layer = call(my_layer, drop_prob, given=text)
    for method in ("forward", "backward"):
        if not callable(getattr(layer, method, None)):
            hint = "Hand in the name of the class; its methods are forward(X) and backward(d_out)."
            expected = f"an object with the method {method}"
            raise MistakeError(given=text, expected=expected, got=type(layer).__name__, hint=hint)
    return layer


def forward(layer, X, text):
    """Call `forward` on a copy of X."""
    return array(call(layer.forward, X.copy(), given=text), X, given=text, name="the output of forward")


def backward(layer, d_out, text):
    """Call `backward` on a copy of d_out."""
    return array(call(layer.backward, d_out.copy(), given=text), d_out, given=text, name="the output of backward")


def check_pass(my_layer, X, drop_prob):
    """Raise unless one pass forward and one backward use one mask."""
    text = given(drop_prob=drop_prob, X=X)
    layer = make(my_layer, drop_prob, text)
    out = forward(layer, X, text)
    _masks.check_values(X, out, drop_prob, given=text)
    d_out = nd.random.uniform(1, 2, shape=X.shape)
    text = f"{given(drop_prob=drop_prob, d_out=d_out)}, after forward gave\n{out.asnumpy()}"
    grad = backward(layer, d_out, text)
    expected = (out != 0) * d_out / (1 - drop_prob)
    if not agree(grad, expected):
        raise MistakeError(given=text, expected=expected, got=grad, hint=_hint(grad, d_out, out, drop_prob))


def _hint(grad, d_out, out, drop_prob):
    scaled = d_out / (1 - drop_prob)
    if agree(grad, (out != 0) * d_out):
        return "The gradient passes through the enlarging too: divide by 1 - drop_prob."
    if agree(grad, d_out) or agree(grad, scaled):
        return "What was dropped gets gradient 0: multiply by the mask."
    if agree(grad, d_out * out):
        return "Multiply by the mask and 1 / (1 - drop_prob), not by the output."
    return FRESH_MASK if _masks.made_of(grad.asnumpy(), scaled.asnumpy()) else FORMULA


def check_coins(my_layer, *, shape, drop_prob):
    """Raise unless entries are dropped at the right rate, each by itself, and anew in every pass."""
    text = f"{given(drop_prob=drop_prob)}, X = ones of shape {shape}"
    seed_everything(0)
    layer = make(my_layer, drop_prob, text)
    first, second = (forward(layer, nd.ones(shape), text).asnumpy() for _ in range(2))
    _masks.check_sharing(first, second, given=text)
    _masks.check_rate(first, drop_prob, given=text)


def check_zeros(my_layer, drop_prob):
    """Raise unless an input of 0, common after relu, gets its gradient: only a stored mask tells it from a drop."""
    X, ones = nd.zeros((4, 6)), nd.ones((4, 6))
    text = f"drop_prob = {drop_prob}, X = zeros of shape (4, 6), d_out = ones of shape (4, 6)"
    layer = make(my_layer, drop_prob, text)
    seed_everything(1)
    expected = forward(layer, ones, text)
    seed_everything(1)
    forward(layer, X, text)
    grad = backward(layer, ones, text)
    if not agree(grad, expected):
        raise MistakeError(given=text, expected=expected, got=grad, hint=NOT_DROPPED)


def check_differences(my_layer, drop_prob):
    """Raise unless `backward` agrees with central differences under the same mask."""
    seed_everything(2)
    X, weights = nd.random.uniform(1, 2, shape=(2, 3, 4)).astype("float64")
    text = given(drop_prob=drop_prob, X=X, d_out=weights)
    layer = make(my_layer, drop_prob, text)

    def weighted_sum(X):
        seed_everything(3)  # the same mask every time, so that there is a function to differentiate
        return (forward(layer, X, text) * weights).sum()

    weighted_sum(X)
    try:
        gradcheck(weighted_sum, X, grads=[backward(layer, weights, text)])
    except AssertionError as error:
        raise MistakeError(given=text, expected="the gradient", got=str(error), hint=FORMULA) from None
