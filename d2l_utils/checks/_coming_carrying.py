"""What parameters in PyTorch's form, and a loader that was put into memory, have to be (notebook 90, 3 and 4)."""

import itertools

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, show
from d2l_utils.data import BatchLoader
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

DICTIONARY = 'Give a dictionary: its keys are texts such as "3.weight" and "3.bias".'
PLACES = "The number in a key is the place of the layer in nn.Sequential, from `places`."
BOTH = "Each layer has two entries, its weight and its bias."
KEYS = 'The keys are "<place>.weight" and "<place>.bias", as texts.'
ASNUMPY = "The values are to be NumPy arrays: .asnumpy()."
NOT_TURNED = "This weight is (inputs, outputs) still: nn.Linear keeps (outputs, inputs), so transpose it."
RESHAPED = "reshape keeps the order of the numbers and so puts them at wrong places: transpose."
OTHER_LAYER = "These are the numbers of another layer: params is [W1, b1, W2, b2, ...]."
BIAS = "A bias is kept as it is, of shape (outputs,)."
VALUES = "The weight is W.T as a NumPy array, the bias is b."

LOADER = "End with return d2l.BatchLoader(features, labels, batch_size, shuffle)."
READ_TWICE = "The loader was read more than once: a loader that shuffles has another order in each pass."
NOT_READ = "The loader was not read: features and labels come out of it batch by batch."
LOST = "The short batch at the end of the loader is lost."
TOO_MANY = "There are more examples than the loader has."
SHAPE = "Put the batches one below the other: nd.concat(..., dim=0) keeps the shape of an example."
DTYPE = "The types are to be kept: a way through NumPy or a list makes float32 of whole numbers."
ORDER = "The examples are in another order than in the loader: the shuffling is the BatchLoader's business."
UNPAIRED = "Features and labels do not belong together any more: take both from the same pass."
OPTIONS = "batch_size and shuffle are those of the call, not those of the loader."


def check_state_dict(to_state_dict, widths, places):
    """Raise unless the dictionary has the right keys, and NumPy arrays turned as PyTorch keeps them."""
    seed_everything(len(widths))
    params, shapes = [], list(itertools.pairwise(widths))
    for shape in shapes:
        params += [nd.random.normal(shape=shape), nd.random.normal(shape=shape[1])]
    text = f"weights of shapes {', '.join(map(str, shapes))}, each with its bias, places = {list(places)}"
    state = call(to_state_dict, list(params), list(places), given=text)
    _check_keys(state, places, text)
    for number, place in enumerate(places):
        W, b = (param.asnumpy() for param in params[2 * number : 2 * number + 2])
        others = [param.asnumpy() for param in params]
        _check_value(state, f"{place}.weight", W.T, [(W, NOT_TURNED), (W.reshape(W.T.shape), RESHAPED)], others, text)
        _check_value(state, f"{place}.bias", b, [(b.reshape((1, -1)), BIAS), (b.reshape((-1, 1)), BIAS)], others, text)


def _check_keys(state, places, text):
    keys = [f"{place}.{name}" for place in places for name in ("weight", "bias")]
    expected = f"the keys {', '.join(keys)}"
    if not isinstance(state, dict):
        raise MistakeError(given=text, expected=expected, got=type(state).__name__, hint=DICTIONARY)
    if set(state) != set(keys):
        numbered = {f"{i}.{name}" for i in range(len(places) + 1) for name in ("weight", "bias")}
        hint = BOTH if set(state) < set(keys) else PLACES if set(state) <= numbered else KEYS
        got = f"the keys {', '.join(map(str, state))}"
        raise MistakeError(given=text, expected=expected, got=got, hint=hint)


def _check_value(state, key, expected, known, others, text):
    value = state[key]
    if not isinstance(value, np.ndarray):
        raise MistakeError(given=text, expected=f"{key} a NumPy array", got=type(value).__name__, hint=ASNUMPY)
    if agree(value, expected):
        return
    known = known + [(other, OTHER_LAYER) for array in others for other in (array, array.T)]
    hint = next((hint for wrong, hint in known if agree(value, wrong)), VALUES)
    wanted, got = (f"{key} of shape {array.shape}\n{show(array)}" for array in (expected, value))
    raise MistakeError(given=text, expected=wanted, got=got, hint=hint)


class _Source:
    """A loader of small images with int32 labels, in another order in every pass, that counts its passes."""

    def __init__(self, num_examples, step):
        seed_everything(num_examples)
        self.features = nd.random.normal(shape=(num_examples, 1, 2, 2))
        self.labels = nd.array(np.arange(num_examples), dtype="int32")
        self.step, self.passes = step, 0

    def __len__(self):
        return -(-len(self.labels) // self.step)

    def __iter__(self):
        turned = self.passes  # each pass begins one example later
        self.passes += 1
        features, labels = (
            nd.concat(array[turned % len(array) :], array[: turned % len(array)], dim=0)
            if turned % len(array)
            else array
            for array in (self.features, self.labels)
        )
        for first in range(0, len(labels), self.step):
            yield features[first : first + self.step], labels[first : first + self.step]


def check_in_memory(in_memory, num_examples, step, batch_size, *, shuffle):
    """Raise unless what is given back holds all examples of the loader's first pass, as they were."""
    source = _Source(num_examples, step)
    text = (
        f"a loader of {num_examples} examples in batches of {step}, X of shape (batch, 1, 2, 2), y int32; "
        f"batch_size = {batch_size}, shuffle = {shuffle}"
    )
    result = call(in_memory, source, batch_size, shuffle, given=text)
    if not isinstance(result, BatchLoader):
        raise MistakeError(given=text, expected="a d2l.BatchLoader", got=type(result).__name__, hint=LOADER)
    if source.passes != 1:
        hint = READ_TWICE if source.passes else NOT_READ
        raise MistakeError(given=text, expected="one pass", got=f"{source.passes} passes over the loader", hint=hint)
    _check_examples(result, source, text)
    if (result.batch_size, result.shuffle) != (batch_size, shuffle):
        got = f"batch_size = {result.batch_size}, shuffle = {result.shuffle}"
        expected = f"batch_size = {batch_size}, shuffle = {shuffle}"
        raise MistakeError(given=text, expected=expected, got=got, hint=OPTIONS)


def _check_examples(result, source, text):
    pairs = (("features", result.features, source.features), ("labels", result.labels, source.labels))
    for name, found, expected in pairs:
        if found.shape != expected.shape:
            missing, same = len(expected) - len(found), found.shape[1:] == expected.shape[1:]
            hint = SHAPE if not same else LOST if missing > 0 else TOO_MANY
            wanted, got = (f"{name} of shape {array.shape}" for array in (expected, found))
            raise MistakeError(given=text, expected=wanted, got=got, hint=hint)
        if found.dtype != expected.dtype:
            wanted, got = (f"{name} of dtype {np.dtype(array.dtype).name}" for array in (expected, found))
            raise MistakeError(given=text, expected=wanted, got=got, hint=DTYPE)
    if agree(result.features, source.features) and agree(result.labels, source.labels):
        return
    paired = agree(result.features, source.features.take(result.labels.astype("int64")))
    hint = ORDER if paired else UNPAIRED
    raise MistakeError(given=text, expected=source.labels, got=result.labels, hint=hint)
