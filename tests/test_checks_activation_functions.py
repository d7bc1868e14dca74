"""The checks of the chapter on activation functions: right answers pass, feared wrong ones get their hint.

Feared of a check: it passes a sigmoid whose gradient is nan at -100, or 0 at 0; a swish that lost a term of the product
rule; biases that are added as they are, which is right for one layer; slopes in place of changes of slope, which is
right for one piece; equal widths, which is right for some points; or it rejects a right answer in another form.
"""

from d2l_utils.checks import _activation_functions as functions
from d2l_utils.checks import _activation_networks as networks
from d2l_utils.checks import activation_functions as checks
from d2l_utils.checks._activation_answers import NO_GRADIENT, NOT_AN_NDARRAY

import numpy as np
import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"values": [0, 1, 2, 0], "slopes": [2, -1], "num_params": 55, "num_layers": 5}


@pytest.mark.parametrize(
    "answers",
    [ANSWERS, {"values": nd.array([0, 1, 2, 0]), "slopes": (2.0, -1), "num_params": 10 * 5 + 5, "num_layers": 5.0}],
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("values", [-2, 1, 2, 6], "The second hinge is left out, and relu of a negative number is 0."),
        ("values", [0, 1, 2, 6], "Beyond x = 1 the second hinge is not 0 any more."),
        ("values", [4, 2.5, 2, 0], "relu of a negative number is 0: each hinge is flat on its left."),
        ("values", [0, 1, 2], "values must be a list of 4 numbers."),
        ("slopes", [2, -3], "Beyond x = 1 the second hinge is added to the first, it does not replace it."),
        ("slopes", [2, 0], "The slope of relu is 0 left of its kink and 1 right of it."),
        ("num_params", 50, "This is the matrix alone: count the biases too."),
        (
            "num_params",
            745,
            "These are the numbers of all three layers: how many are left in the one that replaces them?",
        ),
        ("num_layers", 4, "Four factors of 1/4 are 1/256."),
        (
            "num_layers",
            6,
            "Each factor is at most the largest slope of the sigmoid: which power of it is below 1/1000?",
        ),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


def test_the_numbers_that_the_check_knows_are_right():
    x = np.array([-1, 0.5, 1, 3])
    assert (2 * np.maximum(x, 0) - 3 * np.maximum(x - 1, 0)).tolist() == ANSWERS["values"]
    assert 0.25**5 < 1 / 1000 < 0.25**4


# Exercise 2: a stable sigmoid
def with_tanh(z):
    return (1 + nd.tanh(z / 2)) / 2


def with_clip(z):
    return 1 / (1 + nd.exp(-nd.clip(z, -50, 50)))


@pytest.mark.parametrize("answer", [with_tanh, with_clip])
def test_right_sigmoids_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def with_abs(z):
    e = nd.exp(-nd.abs(z))
    return nd.where(z >= 0, 1 / (1 + e), e / (1 + e))


def changes_z(z):
    with autograd.pause():
        result = with_tanh(z)
        z[:] = 0
    return result


WRONG_SIGMOIDS = {
    "naive": (lambda z: 1 / (1 + nd.exp(-z)), functions.NAN_SLOPE),
    "other form": (lambda z: nd.exp(z) / (1 + nd.exp(z)), functions.OVERFLOW),
    "abs": (with_abs, functions.SLOPE_AT_0),
    "cut off": (lambda z: 1 / (1 + nd.exp(-nd.clip(z, -6, 6))), functions.SIGMOID),
    "sign": (lambda z: with_tanh(-z), "This is the sigmoid of -z: look at the sign in the exponent."),
    "tanh": (nd.tanh, functions.SIGMOID),
    "a NumPy array": (lambda z: with_tanh(z).asnumpy(), NOT_AN_NDARRAY),
    "through NumPy": (lambda z: nd.array(with_tanh(z).asnumpy()), NO_GRADIENT),
    "summed": (lambda z: with_tanh(z).sum() if z.size > 1 else with_tanh(z), functions.SAME_SHAPE),
    "input changed": (changes_z, "z itself was changed: make a new array, not z[:] = ... or z += ..."),
}


@pytest.mark.parametrize("name", WRONG_SIGMOIDS)
def test_wrong_sigmoids_get_their_hint(capsys, name):
    wrong, sentence = WRONG_SIGMOIDS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


# Exercise 3: swish as a layer
class Swish:
    def forward(self, z):
        self.z, self.s = z, nd.sigmoid(z)
        return z * self.s

    def backward(self, d_out):
        return d_out * (self.s + self.z * self.s * (1 - self.s))


class FromOutput(Swish):
    def forward(self, z):
        self.out = super().forward(z)
        return self.out

    def backward(self, d_out):
        return (self.out + self.s * (1 - self.out)) * d_out


@pytest.mark.parametrize("answer", [Swish, FromOutput])
def test_right_layers_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def backward_as(backward):
    return type("Wrong", (Swish,), {"backward": backward})


WRONG_LAYERS = {
    "one term": (backward_as(lambda self, d: d * self.s), functions.ONE_TERM),
    "other term": (backward_as(lambda self, d: d * self.z * self.s * (1 - self.s)), functions.OTHER_TERM),
    "without z": (backward_as(lambda self, d: d * (self.s + self.s * (1 - self.s))), functions.NO_Z),
    "no chain rule": (backward_as(lambda self, d: self.s + self.z * self.s * (1 - self.s)), functions.NO_CHAIN),
    "slightly off": (backward_as(lambda self, d: Swish.backward(self, d) * (1 + 5e-6)), functions.SWISH),
    "sigmoid": (
        type("Wrong", (Swish,), {"forward": lambda self, z: nd.sigmoid(z)}),
        "This is the sigmoid: multiply it by z.",
    ),
    "relu": (type("Wrong", (Swish,), {"forward": lambda self, z: nd.relu(z)}), "Swish is z times the sigmoid of z."),
    "an object": (Swish(), "Hand in its name, without brackets."),
    "no backward": (type("Half", (), {"forward": lambda self, z: z}), functions.METHODS),
}


@pytest.mark.parametrize("name", WRONG_LAYERS)
def test_wrong_layers_get_their_hint(capsys, name):
    wrong, sentence = WRONG_LAYERS[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: linear layers made one
def product(weights):
    W = weights[0]
    for next_W in weights[1:]:
        W = nd.dot(W, next_W)
    return W


def passed_on(weights, biases):
    b = biases[0]
    for next_W, next_b in zip(weights[1:], biases[1:], strict=True):
        b = nd.dot(b.reshape((1, -1)), next_W)[0] + next_b
    return b


def by_probing(weights, biases):
    def net(X):
        for W, b in zip(weights, biases, strict=True):
            X = nd.dot(X, W) + b
        return X

    size = len(weights[0])
    b = net(nd.zeros((1, size)))
    return net(nd.eye(size)) - b, b[0]


@pytest.mark.parametrize("answer", [lambda W, b: [product(W), passed_on(W, b)], by_probing])
def test_right_collapses_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def in_place(weights, biases):
    result = product(weights), passed_on(weights, biases)
    biases[0][:] = 0
    return result


WRONG_COLLAPSES = {
    "last bias only": (lambda W, b: (product(W), b[-1]), networks.LAST_ONLY),
    "biases added": (lambda W, b: (product(W), sum(b) if len(b[0]) == len(b[-1]) else b[-1]), networks.ADDED),
    "last bias missing": (
        lambda W, b: (product(W), passed_on(W, b) - b[-1] if len(b) > 1 else b[0]),
        networks.NO_LAST,
    ),
    "wrong order": (
        lambda W, b: (product(W[::-1]) if W[0].shape == W[-1].shape else product(W), passed_on(W, b)),
        networks.ORDER,
    ),
    "a batch of one": (lambda W, b: (product(W), passed_on(W, b).reshape((1, -1))), networks.SHAPE_B),
    "transposed": (lambda W, b: (product(W).T, passed_on(W, b)), networks.SHAPE_W),
    "matrix only": (lambda W, b: product(W), networks.PAIR),
    "input changed": (
        in_place,
        "A weight or a bias itself was changed: make a new array, not A weight or a bias[:] = ... "
        "or A weight or a bias += ...",
    ),
}


@pytest.mark.parametrize("name", WRONG_COLLAPSES)
def test_wrong_collapses_get_their_hint(capsys, name):
    wrong, sentence = WRONG_COLLAPSES[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: hinges through points
def hinges(t, heights, *, changes=None, bias=None, start=None):
    slopes = (heights[1:] - heights[:-1]) / (t[1:] - t[:-1])
    right = slopes.copy()
    right[1:] = slopes[1:] - slopes[:-1]
    W2 = (right if changes is None else changes(t, heights, slopes)).reshape((-1, 1))
    return [
        nd.ones_like(slopes).reshape((1, -1)),
        -t[:-1] if bias is None else bias(t),
        W2,
        heights[:1] if start is None else start(heights),
    ]


def scaled_hinges(t, heights):
    W1, b1, W2, b2 = hinges(t, heights)
    return 2 * W1, 2 * b1, W2 / 2, b2


def with_numpy(t, heights):
    x, y = t.asnumpy(), heights.asnumpy()
    W2 = np.diff(np.diff(y) / np.diff(x), prepend=0)[:, None]
    return [nd.array(array) for array in (np.ones((1, len(x) - 1)), -x[:-1], W2, y[:1])]


@pytest.mark.parametrize("answer", [hinges, scaled_hinges, with_numpy])
def test_right_hinges_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


def changes_of(values):
    changes = values.copy()
    changes[1:] = values[1:] - values[:-1]
    return changes


def rises(t, heights, slopes):
    return changes_of(heights[1:] - heights[:-1])


def equal_widths(t, heights, slopes):
    return changes_of((heights[1:] - heights[:-1]) * len(slopes) / (t[-1] - t[0]))


WRONG_HINGES = {
    "slopes": (lambda t, y: hinges(t, y, changes=lambda t, y, slopes: slopes), networks.SLOPES),
    "sign": (lambda t, y: hinges(t, y, bias=lambda t: t[:-1]), networks.SIGN),
    "rises": (lambda t, y: hinges(t, y, changes=rises), networks.RISES),
    "equal widths": (lambda t, y: hinges(t, y, changes=equal_widths), networks.EQUAL),
    "no start": (lambda t, y: hinges(t, y, start=lambda y: nd.zeros_like(y[:1])), networks.START),
    "a hinge too many": (lambda t, y: hinges(t, y, bias=lambda t: -t), networks.SHAPES),
    "three arrays": (lambda t, y: hinges(t, y)[:3], networks.FOUR),
    "last hinge missing": (
        lambda t, y: hinges(t, y, changes=lambda t, y, s: changes_of(s) * (nd.arange(len(s)) < 2).astype("float64")),
        networks.THROUGH,
    ),
}


@pytest.mark.parametrize("name", WRONG_HINGES)
def test_wrong_hinges_get_their_hint(capsys, name):
    wrong, sentence = WRONG_HINGES[name]
    assert hint(verdict(capsys, checks.exercise_5, wrong)) == sentence


# Exercise 6: explain
@pytest.mark.parametrize("answer", ["bdf", "fdb"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("abdf", "a"), ("df", "b"), ("bcdf", "c"), ("bf", "d"), ("bdef", "e"), ("bd", "f")]
)
def test_each_wrong_choice_gets_its_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == checks.STATEMENTS[letter][1]


# Exercise 7: maxout
def stacked(X, W, b):
    return nd.stack(*[nd.dot(X, W[i]) + b[i] for i in range(len(W))])


def with_batch_dot(X, W, b):
    pieces = nd.batch_dot(nd.tile(X, (len(W), 1, 1)), W) + b.reshape((len(W), 1, -1))
    return pieces.max(axis=0)


def one_by_one(X, W, b):
    result = nd.dot(X, W[0]) + b[0]
    for i in range(1, len(W)):
        result = nd.maximum(result, nd.dot(X, W[i]) + b[i])
    return result


@pytest.mark.parametrize("answer", [lambda X, W, b: stacked(X, W, b).max(axis=0), with_batch_dot, one_by_one])
def test_right_maxout_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_7, answer) == "Exercise 7: passed"


WRONG_MAXOUT = {
    "smallest": (lambda X, W, b: stacked(X, W, b).min(axis=0), functions.SMALLEST),
    "sum": (lambda X, W, b: stacked(X, W, b).sum(axis=0), functions.SUM),
    "no bias": (lambda X, W, b: stacked(X, W, nd.zeros_like(b)).max(axis=0), functions.NO_BIAS),
    "bias late": (
        lambda X, W, b: stacked(X, W, nd.zeros_like(b)).max(axis=0) + b.max(axis=0),
        functions.BIAS_LATE,
    ),
    "over the units": (lambda X, W, b: stacked(X, W, b).max(axis=2), functions.UNITS),
    "through NumPy": (lambda X, W, b: nd.array(stacked(X, W, b).max(axis=0).asnumpy()), NO_GRADIENT),
}


@pytest.mark.parametrize("name", WRONG_MAXOUT)
def test_wrong_maxout_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_MAXOUT[name]
    assert hint(verdict(capsys, checks.exercise_7, wrong)) == sentence


# Unanswered starters
@pytest.mark.parametrize("number", range(1, 8))
def test_an_unanswered_starter_is_told_so(capsys, number):
    check = getattr(checks, f"exercise_{number}")
    answers = [...] * 4 if number == 1 else [... if number == 6 else lambda *arguments: ...]
    assert verdict(capsys, check, *answers) == f"Exercise {number}: not attempted yet"
