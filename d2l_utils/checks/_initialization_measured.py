"""What is measured in the exercises of notebook 20: the gain of an activation (2) and LSUV in NumPy (3)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np
from mxnet import nd

ACTIVATIONS = {
    "identity": (lambda z: z, lambda z: z),
    "relu": (nd.relu, lambda z: np.maximum(z, 0)),
    "leaky relu, slope 0.5": (lambda z: nd.LeakyReLU(z, slope=0.5), lambda z: np.where(z > 0, z, z / 2)),
    "tanh": (nd.tanh, np.tanh),
    "sine": (nd.sin, np.sin),
}
ONE_NUMBER = "Give back one number, such as (...).asscalar()."
GAIN = "It is 1 over the root of the mean of function(z) ** 2, for z from N(0, 1)."
ROOT = "That is the square of it: weights have the STANDARD DEVIATION gain / root of the fan-in."
INVERTED = "This is what the activation leaves; the gain has to make up for it."
CENTERED = "The mean square counts, not the variance: do not subtract the mean."
ABSOLUTE = "Average the squares, not the absolute values."
FEW = "Near it: draw more numbers, 100,000 or so."


def check_gain(gain_of, name):
    """Raise unless a number is the gain of an activation, up to 2 percent."""
    function, on_numpy = ACTIVATIONS[name]
    text = f"function = {name}"
    got = as_numpy(call(gain_of, function, given=text))
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got="something else", hint=ONE_NUMBER)
    z = np.linspace(-9, 9, 200001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    h, got = on_numpy(z), float(got.ravel()[0])
    mean, mean_square = (weights * h).sum(), (weights * h**2).sum()
    right = mean_square**-0.5
    if abs(got / right - 1) < 0.02:
        return
    known = [
        (right, FEW),
        (1 / mean_square, ROOT),
        (mean_square**0.5, INVERTED),
        (mean_square, INVERTED),
        ((mean_square - mean**2) ** -0.5, CENTERED),
        (1 / (weights * abs(h)).sum(), ABSOLUTE),
    ]
    hint = next((sentence for wrong, sentence in known if abs(got / wrong - 1) < 0.05), GAIN)
    raise MistakeError(given=text, expected=f"{right:.3f}, up to 2 percent", got=f"{got:.3f}", hint=hint)


A_LIST = "Give back a list of arrays, one for each of weights, of the same shapes."
CHANGED = "The arguments themselves were changed: make new arrays, W / ..., not W /= ..."
SQUARED = "Divide by the standard deviation, not by the variance."
AFTER = "Measure the sums, before the activation."
NOT_IN_TURN = "Each layer is measured on what the layers before it give AFTER their division: go from first to last."
NO_ACTIVATION = "The next layer is fed by the activation of the sums."
MEAN_SQUARE = "The variance is asked for: subtract the mean, as std() does."
BY_UNIT = "One number for the whole layer: the deviation over all examples and units."
UNIT = "The sums of each layer must have the standard deviation 1."


def scaled(weights, X, activation, wrong=""):
    """Divide the weights of each layer by the standard deviation of its sums."""
    result, unscaled = [], X
    for W in weights:
        sums = (unscaled if wrong == "not in turn" else X) @ W
        measured = activation(sums) if wrong == "after" else sums
        std = np.sqrt((measured**2).mean()) if wrong == "mean square" else measured.std()
        std = sums.std(axis=0) if wrong == "by unit" else std
        result.append(W / (std**2 if wrong == "squared" else std))
        unscaled = activation(unscaled @ W)
        X = X @ result[-1] if wrong == "no activation" else activation(X @ result[-1])
    return result


_MISTAKES = {
    "squared": SQUARED,
    "after": AFTER,
    "not in turn": NOT_IN_TURN,
    "no activation": NO_ACTIVATION,
    "mean square": MEAN_SQUARE,
    "by unit": BY_UNIT,
}


def check_lsuv(my_lsuv, weights, X, name):
    """Raise unless weights were divided as LSUV divides them."""
    activation = ACTIVATIONS[name][1]
    sizes = ", ".join(str(W.shape) for W in weights)
    text = f"weights of shapes {sizes}, X of shape {X.shape}, activation = {name}"
    copies, batch = [W.copy() for W in weights], X.copy()
    answer = call(my_lsuv, copies, batch, activation, given=text)
    fits = isinstance(answer, list | tuple) and len(answer) == len(weights)
    got = [as_numpy(W) for W in answer] if fits else [None]
    if any(W is None for W in got) or [W.shape for W in got] != [W.shape for W in weights]:
        raise MistakeError(given=text, expected=f"{len(weights)} arrays", got=type(answer).__name__, hint=A_LIST)
    if not all(map(np.array_equal, [*copies, batch], [*weights, X])):
        raise MistakeError(given=text, expected="unchanged arguments", got="other numbers in them", hint=CHANGED)
    if all(map(_agree, got, scaled(weights, X, activation))):
        return
    known = {mistake: scaled(weights, X, activation, mistake) for mistake in _MISTAKES}
    hint = next((_MISTAKES[mistake] for mistake, bad in known.items() if all(map(_agree, got, bad))), UNIT)
    reached = []
    for W in got:
        reached.append(f"{(X @ W).std():.3f}")
        X = activation(X @ W)
    expected = given(deviations=", ".join(["1.000"] * len(got)))
    raise MistakeError(given=text, expected=expected, got=given(deviations=", ".join(reached)), hint=hint)


def _agree(one, other):
    return agree(one, other, 1e-6)
