"""What is drawn in the exercises of notebook 20: weights for a layer behind dropout (4), weights to tell apart (6)."""

import d2l_utils as d2l
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError

import numpy as np
from mxnet import gluon, init, nd

AN_ARRAY = "Give back an NDArray of the shape that was asked for."
VARIANCE = "The variance must be 2 * (1 - drop_prob) / fan-in."
A_DEVIATION = "nd.random.normal takes the standard deviation: the root of the variance."
NO_CORRECTION = "Dropout multiplies the mean square by 1 / (1 - drop_prob): the weights must make up for it."
WRONG_WAY = "The correction goes the other way: dropout makes the signal larger in training."
OTHER_FAN = "The sum runs over the inputs: take the fan-in, which is not the first side of the shape."
KERNEL = "Each place of a convolution's kernel is an input, too: d2l.fan_in_and_out counts them."
A_ROOT = "The root of 1 - drop_prob belongs to the standard deviation; the variance takes all of it."
NOT_CENTERED = "The mean of the weights must be 0."
NO_NORMAL = "The variance is right; the numbers are to come from a normal distribution."
THE_SAME = "Two calls gave the same numbers: is there a seed in the function?"


def check_he_for_dropout(he_for_dropout, shape, drop_prob):
    """Raise unless weights are normal numbers of He's variance, corrected for dropout."""
    text = f"shape = {shape}, drop_prob = {drop_prob}"
    W, again = (_weights(call(he_for_dropout, shape, drop_prob, given=text), shape, text) for _ in range(2))
    fan_in, fan_out = d2l.fan_in_and_out(shape)
    right, keep = 2 * (1 - drop_prob) / fan_in, 1 - drop_prob
    if np.array_equal(W, again):
        raise MistakeError(given=text, expected="new numbers in each call", got="the same", hint=THE_SAME)
    if abs(W.mean()) > 5 * (right / W.size) ** 0.5 and abs(W.var() / right - 1) < 0.1:
        raise MistakeError(given=text, expected="mean 0", got=f"mean {W.mean():.3g}", hint=NOT_CENTERED)
    near = 5 * (2 / W.size) ** 0.5  # five standard deviations of the variance of normal numbers
    if abs(W.var() / right - 1) > near:
        known = [
            (right**2, A_DEVIATION),
            (2 / fan_in, NO_CORRECTION),
            (2 / fan_in / keep, WRONG_WAY),
            (2 * keep / fan_out, OTHER_FAN),
            (2 * keep / shape[1], KERNEL),
            (2 * keep**0.5 / fan_in, A_ROOT),
            (2 * keep**2 / fan_in, A_ROOT),
        ]
        hint = next((sentence for wrong, sentence in known if abs(W.var() / wrong - 1) < 0.05), VARIANCE)
        raise MistakeError(given=text, expected=f"variance {right:.3g}", got=f"variance {W.var():.3g}", hint=hint)
    fourth = ((W - W.mean()) ** 4).mean() / W.var() ** 2  # 3 for normal numbers, 1.8 for uniform ones
    if abs(fourth - 3) > max(0.2, 5 * (96 / W.size) ** 0.5):
        raise MistakeError(given=text, expected="normal numbers", got="others", hint=NO_NORMAL)


def _weights(answer, shape, text):
    if not isinstance(answer, nd.NDArray) or answer.shape != shape:
        got = f"{type(answer).__name__} of shape {getattr(answer, 'shape', 'unknown')}"
        raise MistakeError(given=text, expected=f"an NDArray of shape {shape}", got=got, hint=AN_ARRAY)
    return answer.asnumpy().astype("float64")


NAMES = {
    "N(0, 0.01)": init.Normal(0.01),
    "U(-0.07, 0.07)": init.Uniform(0.07),
    "Xavier uniform": init.Xavier(),
    "Xavier normal": init.Xavier("gaussian", magnitude=1),
    "He": init.MSRAPrelu("in", slope=0),
    "orthogonal": init.Orthogonal(scale=1),
}
A_NAME = f"Give back one of the names: {', '.join(NAMES)}."
SHAPE_OF_NUMBERS = "Uniform numbers end at 1.7 standard deviations (the root of 3); normal ones go on to about four."
SIZE = "The shape of the numbers is right, their variance is another one's: multiply it by the fans."
ORTHOGONAL = "Each row is perpendicular to the others (or each column): look at W W^T and at W^T W."
NOT_ORTHOGONAL = "W W^T and W^T W are far from a multiple of the identity."
_UNIFORM = ("U(-0.07, 0.07)", "Xavier uniform")


def check_which(which_weights, name, shape):
    """Raise unless weights are recognized."""
    weight = gluon.Parameter("weight", shape=shape)
    weight.initialize(NAMES[name])
    text = f"W, {shape[0]} outputs and {shape[1]} inputs"
    answer = call(which_weights, weight.data(), given=text)
    if answer == name:
        return
    if not isinstance(answer, str) or answer not in NAMES:
        raise MistakeError(given=text, expected="a name", got=repr(answer), hint=A_NAME)
    if name == "orthogonal":
        hint = ORTHOGONAL
    elif answer == "orthogonal":
        hint = NOT_ORTHOGONAL
    else:
        hint = SIZE if (name in _UNIFORM) == (answer in _UNIFORM) else SHAPE_OF_NUMBERS
    raise MistakeError(given=text, expected=name, got=answer, hint=hint)
