"""What the counts of a network with layers of any sizes have to be (notebook 06, exercise 2)."""

from itertools import pairwise
from math import prod

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

SIZES = ([2, 3], [1, 1], [3, 2, 4], [4, 3, 2, 5], [784, 10], [784, 256, 10], [5, 5, 5, 5, 5, 5])
NO_BIASES = "Each layer has a bias for every output too: (n + 1) m parameters."
INPUT_BIASES = "The inputs are given, not computed: they have no biases."
ALL_CONNECTED = "Only neighbouring layers are connected."
FIRST_LAYER = "This is the first layer alone: add up all layers."
LAST_LAYER = "This is the last layer alone: add up all layers. Does `return` stand inside the loop?"
SUM_OF_SIZES = "These are the units: count the connections between neighbouring layers."
WITH_BIASES = "A bias is added, not multiplied: count the weights only."
DOUBLED = "A multiplication and the addition that goes with it count as one."
HINT = "Go through the pairs of neighbouring sizes, (n, m): zip(layer_sizes, layer_sizes[1:]) gives them."
NUMBER = "Give back one whole number."


def check(count_params, count_multiply_adds):
    """Raise unless both counts are right for all sizes."""
    for layer_sizes in SIZES:
        weights = sum(n * m for n, m in pairwise(layer_sizes))
        biases = sum(layer_sizes[1:])
        n, m = layer_sizes[:2]
        others = [(prod(layer_sizes), ALL_CONNECTED), (sum(layer_sizes), SUM_OF_SIZES)]
        known = [
            (weights, NO_BIASES),
            (weights + sum(layer_sizes), INPUT_BIASES),
            ((n + 1) * m, FIRST_LAYER),
            ((layer_sizes[-2] + 1) * layer_sizes[-1], LAST_LAYER),
            *others,
        ]
        _check("count_params", count_params, layer_sizes, weights + biases, known)
        known = [
            (weights + biases, WITH_BIASES),
            (2 * weights, DOUBLED),
            (n * m, FIRST_LAYER),
            (layer_sizes[-2] * layer_sizes[-1], LAST_LAYER),
            *others,
        ]
        _check("count_multiply_adds", count_multiply_adds, layer_sizes, weights, known)


def _check(name, function, layer_sizes, expected, known):
    text = given(layer_sizes=layer_sizes) + f", {name} is looked at"
    handed_in = list(layer_sizes)
    result = as_numpy(call(function, handed_in, given=text))
    if result is None or result.size != 1:
        got = "something else" if result is None else f"shape {result.shape}"
        raise MistakeError(given=text, expected="a number", got=got, hint=NUMBER)
    if handed_in != layer_sizes:
        hint = "The list itself was changed: go through it without taking anything out."
        raise MistakeError(given=text, expected=f"{layer_sizes} afterwards", got=repr(handed_in), hint=hint)
    got = result.item()
    if got != expected:
        hint = next((hint for wrong, hint in known if got == wrong), HINT)
        raise MistakeError(given=text, expected=str(expected), got=f"{got:g}", hint=hint)
