"""The checks of the dropout chapter: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a mistake that trains without an error; it rejects a right answer because it is written
differently; it names another mistake than the one made.
"""

from d2l_utils.checks import dropout as checks
from d2l_utils.checks._masks import (
    DIVIDED_BY_DROP_PROB,
    NOT_A_NUMBER,
    NOT_RESCALED,
    NOTHING_DROPPED,
    ONE_COIN_PER_ROW,
    ONE_MASK_FOR_ALL,
    SAME_EVERY_TIME,
    SWAPPED,
)

import numpy as np
import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict


def keep(shape, drop_prob, dtype="float32"):
    return (nd.random.uniform(0, 1, shape) < 1 - drop_prob).astype(dtype)


def inverted(X, drop_prob, mask=None, scale=None):
    """Drop right, or with another mask or scale."""
    if drop_prob == 1:
        return nd.zeros_like(X)
    mask = keep(X.shape, drop_prob) if mask is None else mask
    return mask.astype(X.dtype) * X * (1 / (1 - drop_prob) if scale is None else scale)


def in_training(drop):
    return lambda X, drop_prob: drop(X, drop_prob) if autograd.is_training() else X


# Exercise 1: predict
ANSWERS = {"values": [3.75, 0, 0, 10], "prediction": [3, 0, 4, 8], "num_kept": 80, "sd_kept": 4}


@pytest.mark.parametrize(
    "answers",
    [
        ANSWERS,
        {
            "values": np.array([3.75, 0, 0, 10]),
            "prediction": nd.array([3, 0, 4, 8]),
            "num_kept": 80.0,
            "sd_kept": 16**0.5,
        },
        {"values": (3 / 0.8, 0 / 0.8, 0, 8 / 0.8), "prediction": (3, 0, 4, 8), "num_kept": 100 * 0.8, "sd_kept": 4.0},
    ],
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("values", [3, 0, 0, 8], NOT_RESCALED),
        ("values", [15, 0, 0, 40], "Divide by the chance to be KEPT, 1 - drop_prob."),
        ("values", [2.4, 0, 0, 6.4], "Training enlarges what is kept: divide by 1 - drop_prob."),
        ("values", [0, 0, 5, 0], "A mask of 1 means kept, 0 means dropped."),
        ("values", [1, 2, 3, 4], "Multiply each h by its mask and divide by 1 - drop_prob."),
        ("values", [3.75, 0, 10], "values must be a list of 4 numbers."),
        ("values", "four", "values must be a list of 4 numbers."),
        ("num_kept", 20, "This is the number dropped."),
        ("num_kept", 0.8, "This is the fraction kept: how many of 100 are that?"),
        ("num_kept", [80], "num_kept must be a number."),
        ("sd_kept", 16, "This is the variance: the standard deviation is its square root."),
        ("sd_kept", 5, "The number kept is binomial: its variance is n p (1 - p)."),
        (
            "prediction",
            [2.4, 0, 3.2, 6.4],
            "This is the older, vanilla form: inverted dropout has done its scaling in training.",
        ),
        ("prediction", [3.75, 0, 5, 10], "Enlarging makes up for what was dropped, and in prediction nothing is."),
        ("prediction", [3, 0, 0, 8], "In prediction there is no mask."),
        ("prediction", [float("nan")] * 4, "Prediction leaves dropout out."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


def test_a_wrong_prediction_is_not_corrected(capsys):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, "num_kept": 20}.values())
    assert report == (
        "Exercise 1: not right yet\n"
        "  given:    100 units, drop_prob = 0.2\n"
        "  expected: something else for num_kept\n"
        "  got:      num_kept = 20\n"
        "  hint:     This is the number dropped."
    )


# Exercise 2: a function that looks at the mode
def with_where(X, drop_prob):
    if not autograd.is_training():
        return X.copy()
    coins = nd.random.uniform(0, 1, X.shape)
    kept = nd.where(coins >= drop_prob, nd.ones_like(coins), nd.zeros_like(coins)).astype(X.dtype)
    return kept * X / max(1 - drop_prob, 1e-12)


def with_numpy_coins(X, drop_prob):
    mask = nd.array(np.random.binomial(1, 1 - drop_prob, X.shape), dtype=X.dtype)
    return in_training(lambda X, p: inverted(X, p, mask))(X, drop_prob)


def with_gluon(X, drop_prob):
    return nd.zeros_like(X) * X if drop_prob == 1 and autograd.is_training() else nd.Dropout(X, p=drop_prob)


@pytest.mark.parametrize("answer", [in_training(inverted), with_where, with_numpy_coins, with_gluon])
def test_right_functions_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def changes_input(X, drop_prob):
    X[:] = inverted(X, drop_prob)
    return X


def seeded_inside(X, drop_prob):
    np.random.seed(0)
    return inverted(X, drop_prob, nd.array(np.random.binomial(1, 1 - drop_prob, X.shape)))


def without_float64(X, drop_prob):
    return inverted(X, drop_prob) if drop_prob == 1 else keep(X.shape, drop_prob) * X / (1 - drop_prob)


def fresh_mask_in_backward(drop_prob):
    class Dropout(autograd.Function):
        def forward(self, X):
            return inverted(X, drop_prob)

        def backward(self, d_out):
            return inverted(d_out, drop_prob)

    return Dropout()


WRONG_FUNCTIONS = {
    "not rescaled": (lambda X, p: inverted(X, p, scale=1), NOT_RESCALED),
    "divided by drop_prob": (lambda X, p: inverted(X, p, scale=1 / p if p else 1), DIVIDED_BY_DROP_PROB),
    "swapped": (lambda X, p: inverted(X, p, mask=keep(X.shape, 1 - p) if 0 < p < 1 else None), SWAPPED),
    "0 / 0": (lambda X, p: (nd.zeros_like(X) / 0) if p == 1 else inverted(X, p), NOT_A_NUMBER),
    "nothing dropped": (lambda X, p: inverted(X, p) if p in (0, 1) or X.size < 9 else X / (1 - p), NOTHING_DROPPED),
    "one mask for the batch": (
        lambda X, p: inverted(X, p, mask=nd.broadcast_like(keep((1, *X.shape[1:]), p), X)),
        ONE_MASK_FOR_ALL,
    ),
    "one coin per example": (
        lambda X, p: inverted(X, p, mask=nd.broadcast_like(keep((len(X),) + (1,) * (X.ndim - 1), p), X)),
        ONE_COIN_PER_ROW,
    ),
    "seeded inside": (seeded_inside, SAME_EVERY_TIME),
    "a copy through NumPy": (
        lambda X, p: nd.array(inverted(X, p).asnumpy(), dtype=X.dtype),
        "No gradient reaches X: compute with nd from X to the result; .asnumpy() and .detach() cut the way.",
    ),
    "a fresh mask in backward": (
        lambda X, p: fresh_mask_in_backward(p)(X),
        "The gradient is not that of this mask: does backward draw another one?",
    ),
    "input changed": (changes_input, "X itself was changed: make a new array, not X[:] = ... or X *= ..."),
    "float32 only": (
        without_float64,
        "X is float64 here, and a comparison gives float32: use mask.astype(X.dtype).",
    ),
    "always float32": (
        lambda X, p: inverted(X.astype("float32"), p),
        "A comparison gives float32, whatever X is: use mask.astype(X.dtype).",
    ),
    "summed": (
        lambda X, p: inverted(X, p).sum(axis=0, keepdims=True) if X.size > 3 else inverted(X, p),
        "Draw the mask with shape X.shape; a smaller one is stretched, a larger one stretches X.",
    ),
    "a NumPy array": (
        lambda X, p: inverted(X, p).asnumpy(),
        "Stay with operations of nd: autograd does not see what NumPy or Python compute.",
    ),
}


@pytest.mark.parametrize("name", WRONG_FUNCTIONS)
def test_wrong_functions_get_their_hint(capsys, name):
    wrong, sentence = WRONG_FUNCTIONS[name]
    assert hint(verdict(capsys, checks.exercise_2, in_training(wrong))) == sentence


def test_on_in_prediction(capsys):
    report = verdict(capsys, checks.exercise_2, inverted)
    assert hint(report) == "Dropout is on in prediction: ask autograd.is_training() first."
    assert ", drop_prob = 0.8, in prediction mode\n" in report


def test_report_shows_the_smallest_input(capsys):
    report = verdict(capsys, checks.exercise_2, in_training(lambda X, p: X))
    assert report == (
        "Exercise 2: not right yet\n"
        "  given:    X = [1.549], drop_prob = 1, in training mode\n"
        "  expected: every entry 0 or x / (1 - drop_prob), so 0 or\n"
        "            [0.]\n"
        "  got:      [1.549]\n"
        "  hint:     At drop_prob = 1 everything is dropped: the result is 0 everywhere."
    )


# Exercise 3: a layer that stores its mask
class Layer:
    def __init__(self, drop_prob):
        self.drop_prob = drop_prob

    def forward(self, X):
        self.mask = keep(X.shape, self.drop_prob, X.dtype)
        return self.mask * X / (1 - self.drop_prob)

    def backward(self, d_out):
        return self.mask * d_out / (1 - self.drop_prob)


class ScaledMask(Layer):
    def forward(self, X):
        self.factor = nd.array(np.random.rand(*X.shape) >= self.drop_prob, dtype=X.dtype) / (1 - self.drop_prob)
        return X * self.factor

    def backward(self, d_out):
        return d_out * self.factor


@pytest.mark.parametrize("answer", [Layer, ScaledMask])
def test_right_layers_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def backward_as(backward):
    return type("Wrong", (Layer,), {"backward": backward})


def forward_as(forward):
    return type("Wrong", (Layer,), {"forward": forward})


class FirstMaskOnly(Layer):
    def forward(self, X):
        if getattr(self, "mask", None) is None or self.mask.shape != X.shape:
            super().forward(X)
        return self.mask.astype(X.dtype) * X / (1 - self.drop_prob)


class MaskFromOutput(Layer):
    def forward(self, X):
        self.out = super().forward(X)
        return self.out

    def backward(self, d_out):
        return (self.out != 0).astype(d_out.dtype) * d_out / (1 - self.drop_prob)


class TimesOutput(MaskFromOutput):
    def backward(self, d_out):
        return d_out * self.out


def unscaled_forward(self, X):
    self.mask = keep(X.shape, self.drop_prob, X.dtype)
    return self.mask * X


def swapped_forward(self, X):
    self.mask = keep(X.shape, 1 - self.drop_prob if self.drop_prob else 0, X.dtype)
    return self.mask * X / (1 - self.drop_prob)


def shared_forward(self, X):
    self.mask = nd.broadcast_like(keep((1, *X.shape[1:]), self.drop_prob, X.dtype), X)
    return self.mask * X / (1 - self.drop_prob)


WRONG_LAYERS = {
    "a fresh mask in backward": (
        backward_as(lambda self, d: keep(d.shape, self.drop_prob, d.dtype) * d / (1 - self.drop_prob)),
        "The zeros are at other places than in forward: keep the mask of the forward pass and use it again.",
    ),
    "backward not rescaled": (
        backward_as(lambda self, d: self.mask * d),
        "The gradient passes through the enlarging too: divide by 1 - drop_prob.",
    ),
    "no mask in backward": (
        backward_as(lambda self, d: d / (1 - self.drop_prob)),
        "What was dropped gets gradient 0: multiply by the mask.",
    ),
    "times the output": (TimesOutput, "Multiply by the mask and 1 / (1 - drop_prob), not by the output."),
    "enlarged twice": (
        backward_as(lambda self, d: self.mask * d / (1 - self.drop_prob) ** 2),
        "The gradient is mask * d_out / (1 - drop_prob), with the mask of the forward pass.",
    ),
    "off by five in a million, which only central differences see": (
        backward_as(lambda self, d: self.mask * d / (1 - self.drop_prob) * (1 + 5e-6)),
        "The gradient is mask * d_out / (1 - drop_prob), with the mask of the forward pass.",
    ),
    "mask read off the output": (
        MaskFromOutput,
        "An input of 0 gives an output of 0 and is not dropped: store the mask, do not read it off the output.",
    ),
    "the first mask for ever": (FirstMaskOnly, SAME_EVERY_TIME),
    "not rescaled": (forward_as(unscaled_forward), NOT_RESCALED),
    "swapped": (forward_as(swapped_forward), SWAPPED),
    "one mask for the batch": (forward_as(shared_forward), ONE_MASK_FOR_ALL),
    "no backward": (
        type("Half", (), {"__init__": lambda self, drop_prob: None, "forward": lambda self, X: X}),
        "Hand in the name of the class; its methods are forward(X) and backward(d_out).",
    ),
    "an object": (Layer(0.5), "Hand in its name, without brackets."),
    "nothing returned": (
        backward_as(lambda self, d: setattr(self, "grad", self.mask * d)),
        "It computes something and gives back nothing: does its last line lack `return`?",
    ),
}


@pytest.mark.parametrize("name", WRONG_LAYERS)
def test_wrong_layers_get_their_hint(capsys, name):
    wrong, sentence = WRONG_LAYERS[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: dropout on in prediction
def sample(net, X, num_samples, *, transform=nd.softmax, mode=autograd.train_mode):
    with mode():
        return nd.stack(*[transform(net(X)) for _ in range(num_samples)])


def moments(probs):
    mean = probs.mean(axis=0)
    return mean, ((probs - mean) ** 2).mean(axis=0).sqrt()


def one_large_batch(net, X, num_samples):
    with autograd.record():
        probs = nd.softmax(net(nd.tile(X, (num_samples, 1)))).asnumpy().reshape(num_samples, *X.shape[:1], -1)
    return probs.mean(axis=0), probs.std(axis=0, ddof=1)


@pytest.mark.parametrize("answer", [lambda *arguments: moments(sample(*arguments)), one_large_batch])
def test_right_samplers_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def mode_left_on(net, X, num_samples):
    autograd.set_training(True)
    return moments(nd.stack(*[nd.softmax(net(X)) for _ in range(num_samples)]))


def softmax_last(net, X, num_samples):
    mean, sd = moments(sample(net, X, num_samples, transform=lambda scores: scores))
    return nd.softmax(mean), sd


def with_sd(change):
    def predict(net, X, num_samples):
        mean, sd = moments(sample(net, X, num_samples))
        return mean, change(sd)

    return predict


WRONG_SAMPLERS = {
    "off": (
        lambda net, X, n: moments(sample(net, X, n, mode=autograd.predict_mode)),
        "Dropout was off: outside of autograd.record() it drops only within `with autograd.train_mode():`.",
    ),
    "mode left on": (
        mode_left_on,
        "The training mode is left on for all that follows: use `with autograd.train_mode():`.",
    ),
    "scores": (
        lambda net, X, n: moments(sample(net, X, n, transform=lambda scores: scores)),
        "The rows do not add up to 1: the net gives scores, so take the softmax of every pass.",
    ),
    "softmax last": (
        softmax_last,
        "The scores are averaged and then made probabilities: take the softmax of every pass, then the mean.",
    ),
    "one pass": (
        lambda net, X, n: moments(sample(net, X, 1)),
        "This is far from the mean over all masks: is every pass counted once, with a mask of its own?",
    ),
    "variance": (with_sd(lambda sd: sd**2), "This is the variance: take its square root."),
    "error of the mean": (
        with_sd(lambda sd: sd / 1000**0.5),
        "This is the error of the mean: the spread of the passes is not divided by sqrt(num_samples).",
    ),
    "another spread": (
        with_sd(lambda sd: 2 * sd),
        "The standard deviation is the root of the mean squared distance from the mean, over the passes.",
    ),
    "mean only": (lambda net, X, n: sample(net, X, n).mean(axis=0), "Give back both: return mean, sd."),
    "over classes": (
        lambda net, X, n: (sample(net, X, n).mean(axis=2), sample(net, X, n).mean(axis=2)),
        "Stack the passes along a new first axis and average over that one: axis=0.",
    ),
}


@pytest.mark.parametrize("name", WRONG_SAMPLERS)
def test_wrong_samplers_get_their_hint(capsys, name):
    wrong, sentence = WRONG_SAMPLERS[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["bdf", "fdb", "B, D, F"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("abdf", "Each unit tosses its own coin: half of them is the mean, and the number varies from pass to pass."),
        ("df", "The enlarging in training has already set the mean right, so prediction leaves dropout out."),
        ("bcdf", "A dropout layer has no parameters: nothing in it is learned."),
        ("bf", "The gradient passes through the mask of the forward pass, and that is 0 there."),
        ("bdef", "Training accuracy as printed is measured with dropout on, and while the weights still move."),
        ("bd", "Var[h'] = p / (1 - p) h^2 has no limit as p approaches 1."),
        ("b; d; f", 'Write the letters of the true ones together, such as "xyz".'),
        (["b", "d", "f"], 'Write the letters of the true ones together, such as "xyz".'),
    ],
)
def test_each_wrong_choice_gets_its_reason(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == sentence


# Exercise 6: whole channels
def by_channel(shape, drop_prob, scale=None):
    """Drop with a mask of a shape given for X."""
    return lambda X, p: keep(shape(X), drop_prob(p)) * X * (1 / (1 - p) if scale is None else scale)


def channels(X):
    return (*X.shape[:2], 1, 1)


def same(drop_prob):
    return drop_prob


def gluon_axes(X, drop_prob):
    with autograd.train_mode():
        return nd.Dropout(X, p=drop_prob, axes=(2, 3))


@pytest.mark.parametrize("answer", [by_channel(channels, same), gluon_axes])
def test_right_channel_dropout_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


WRONG_CHANNELS = {
    "pixel by pixel": (
        by_channel(lambda X: X.shape, same),
        "Pixels are dropped one by one: draw a mask of shape (batch, channels, 1, 1), which is stretched.",
    ),
    "one mask for the batch": (by_channel(lambda X: (1, X.shape[1], 1, 1), same), ONE_MASK_FOR_ALL),
    "whole examples": (
        by_channel(lambda X: (len(X), 1, 1, 1), same),
        "All channels of an example go together: draw a coin for every channel.",
    ),
    "not rescaled": (by_channel(channels, same, scale=1), NOT_RESCALED),
    "swapped": (by_channel(channels, lambda p: 1 - p if p else 0), SWAPPED),
    "in training only": (in_training(by_channel(channels, same)), NOT_RESCALED),
}


@pytest.mark.parametrize("name", WRONG_CHANNELS)
def test_wrong_channel_dropout_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_CHANNELS[name]
    assert hint(verdict(capsys, checks.exercise_6, wrong)) == sentence
