"""What a dropout function that looks at the mode itself has to do (notebook 09, exercise 2), and to channels (6)."""

from d2l_utils.checks import _masks
from d2l_utils.checks._answers import array, call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.gradients import gradcheck
from d2l_utils.seeding import seed_everything

from mxnet import autograd, nd

TRAINING, PREDICTION = "in training mode", "in prediction mode"
ON_IN_PREDICTION = "Dropout is on in prediction: ask autograd.is_training() first."
OTHER_GRADIENT = "The gradient is not that of this mask: does backward draw another one?"
NO_GRADIENT = "No gradient reaches X: compute with nd from X to the result; .asnumpy() and .detach() cut the way."


def check_prediction(my_dropout, X):
    """Raise unless the function leaves the input as it is outside of training."""
    text = given(PREDICTION, X=X, drop_prob=0.8)
    out = array(call(my_dropout, X.copy(), 0.8, given=text), X, given=text)
    if not agree(out, X):
        raise MistakeError(given=text, expected=X, got=out, hint=ON_IN_PREDICTION)


def check_training(my_dropout, X, drop_prob):
    """Raise unless the values are those of inverted dropout and the input is left alone."""
    text = given(TRAINING, X=X, drop_prob=drop_prob)
    hint = "X is float64 here, and a comparison gives float32: use mask.astype(X.dtype)."
    handed_in = X.copy()
    with autograd.train_mode():
        options = {"hint": hint} if X.dtype.__name__ == "float64" else {}
        out = array(call(my_dropout, handed_in, drop_prob, given=text, **options), X, given=text)
    _masks.check_values(X, out, drop_prob, given=text)
    if not agree(handed_in, X):
        hint = "X itself was changed: make a new array, not X[:] = ... or X *= ..."
        raise MistakeError(given=text, expected=f"X afterwards:\n{X.asnumpy()}", got=handed_in, hint=hint)


def check_coins(my_dropout, *, shape, drop_prob):
    """Raise unless the entries are dropped at the right rate and each by itself."""
    text = given(TRAINING, drop_prob=drop_prob) + f", X = ones of shape {shape}"
    seed_everything(0)
    X = nd.ones(shape)
    with autograd.train_mode():
        first, second = (array(call(my_dropout, X, drop_prob, given=text), X, given=text).asnumpy() for _ in range(2))
    _masks.check_sharing(first, second, given=text)
    _masks.check_rate(first, drop_prob, given=text)


def check_gradient(my_dropout, X, drop_prob):
    """Raise unless autograd's gradient is that of central differences under the same mask."""
    text = given(TRAINING, X=X, drop_prob=drop_prob)
    X = X.astype("float64")

    def weighted_sum(X):
        seed_everything(3)  # the same mask every time, so that there is a function to differentiate
        out = call(my_dropout, X, drop_prob, given=text)
        return (out * nd.arange(1, 1 + X.size, dtype="float64").reshape(X.shape)).sum()

    try:
        gradcheck(weighted_sum, X)
    except AssertionError as error:
        raise MistakeError(given=text, expected="its gradient", got=str(error), hint=OTHER_GRADIENT) from None
    except ValueError as error:
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=NO_GRADIENT) from None


def check_channels(channel_dropout, *, shape, drop_prob):
    """Raise unless channels are dropped as a whole, each channel of each example by itself."""
    text = given(drop_prob=drop_prob) + f", X = ones of shape {shape}"
    seed_everything(0)
    X = nd.ones(shape)
    first, second = (array(call(channel_dropout, X, drop_prob, given=text), X, given=text) for _ in range(2))
    _masks.check_values(X, first, drop_prob, given=text)
    kept = first.asnumpy().reshape((*shape[:2], -1)) != 0  # (batch, channels, places)
    if (kept.any(axis=2) != kept.all(axis=2)).any():
        hint = "Pixels are dropped one by one: draw a mask of shape (batch, channels, 1, 1), which is stretched."
        raise MistakeError(given=text, expected="a channel all 0 or not at all", got="some of both", hint=hint)
    channels = [out.asnumpy()[:, :, 0, 0] for out in (first, second)]
    alike = "All channels of an example go together: draw a coin for every channel."
    _masks.check_sharing(*channels, given=text, row_alike=alike)
    _masks.check_rate(channels[0], drop_prob, given=text, what="channels")
