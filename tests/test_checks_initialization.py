"""The checks of initialization: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes variances for deviations, or a gain that only fits ReLU; LSUV that measures all layers
before it divides; weights behind dropout with the correction left out or inverted; a guess that is right for wide
layers only. It rejects a right answer that is written differently, or by bad luck.
"""

import math

import d2l_utils as d2l
from d2l_utils.checks import _initialization_draws as draws
from d2l_utils.checks import _initialization_measured as measured
from d2l_utils.checks import initialization as checks

import mxnet as mx
import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"sd_one": 0.5, "sd_four": 0.0625, "bound": 0.1}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "sd_four": np.float32(0.0625), "bound": math.sqrt(3 / 300)}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("sd_one", 0.25, "That is the variance: take the root."),
        ("sd_one", 25, "Standard deviations do not add up; variances do: 2500 times 0.01 squared."),
        ("sd_one", 0.01, "That is one weight; the variances of 2500 terms add up."),
        (
            "sd_one",
            7,
            "The variance of the sum is fan-in times the variance of a weight times the mean square of the inputs.",
        ),
        ("sd_four", 2, "Each layer multiplies what comes in: it does not add."),
        ("sd_four", 0.125, "Four layers, not three."),
        ("sd_four", 1, "Each layer multiplies the standard deviation by the same factor."),
        (
            "bound",
            1 / math.sqrt(300),
            "That is the standard deviation; the variance of uniform numbers up to c is c * c / 3.",
        ),
        ("bound", math.sqrt(3 / 600), "Without the 2: ReLU takes half of the mean square."),
        ("bound", 0.01, "That is c * c: take the root."),
        ("bound", [1, 2], "bound must be a number."),
        ("bound", 1, "Set c * c / 3 equal to 2 / fan-in."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the gain
def gain_by_draws(function):
    return (function(nd.random.normal(shape=10**6)) ** 2).mean().asscalar() ** -0.5


def gain_by_quantiles(function):
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    squares = function(nd.array(nodes, dtype="float64")).asnumpy() ** 2
    return nd.array([((weights * squares).sum() / weights.sum()) ** -0.5])


@pytest.mark.parametrize("answer", [gain_by_draws, gain_by_quantiles])
def test_right_gains_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def on_draws(formula):
    return lambda function: formula(function(nd.random.normal(shape=10**5)).asnumpy())


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (on_draws(lambda h: 1 / (h**2).mean()), measured.ROOT),
        (on_draws(lambda h: (h**2).mean() ** 0.5), measured.INVERTED),
        (on_draws(lambda h: (h**2).mean()), measured.INVERTED),
        (on_draws(lambda h: 1 / h.std()), measured.CENTERED),
        (on_draws(lambda h: 1 / abs(h).mean()), measured.ABSOLUTE),
        (on_draws(lambda h: 1.03 / (h**2).mean() ** 0.5), measured.FEW),
        (lambda function: 7, measured.GAIN),
        (lambda function: 2**0.5, measured.GAIN),
        (lambda function: nd.ones(3), measured.ONE_NUMBER),
    ],
)
def test_wrong_gains_get_their_hint(capsys, answer, sentence):
    report = verdict(capsys, checks.exercise_2, answer)
    # On the identity, tried first, some mistakes make no difference and others are the same one.
    assert hint(report) == sentence


# Exercise 3: LSUV
def lsuv_again(weights, X, activation):
    result = [W.copy() for W in weights]
    for k, W in enumerate(result):
        H = X
        for before in result[:k]:
            H = activation(H @ before)
        W /= np.sqrt(np.var(H @ W))
    return tuple(result)


@pytest.mark.parametrize("answer", [measured.scaled, lsuv_again])
def test_right_divisions_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


@pytest.mark.parametrize("mistake", list(measured._MISTAKES))
def test_each_mistake_in_lsuv_gets_its_hint(capsys, mistake):
    report = verdict(capsys, checks.exercise_3, lambda *a: measured.scaled(*a, wrong=mistake))
    assert hint(report) == measured._MISTAKES[mistake]


def in_place(weights, X, activation):
    for k, W in enumerate(measured.scaled(weights, X, activation)):
        weights[k][:] = W
    return weights


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda weights, X, activation: weights, measured.UNIT),
        (lambda weights, X, activation: [W / np.linalg.norm(W) for W in weights], measured.UNIT),
        (lambda weights, X, activation: measured.scaled(weights, X, activation)[:-1], measured.A_LIST),
        (lambda weights, X, activation: [W.T for W in weights], measured.A_LIST),
        (lambda weights, X, activation: 1.0, measured.A_LIST),
        (in_place, measured.CHANGED),
    ],
)
def test_wrong_divisions_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: behind dropout
def corrected(variance):
    def draw(shape, drop_prob):
        fan_in, fan_out = d2l.fan_in_and_out(shape)
        return nd.random.normal(0, variance(fan_in, fan_out, drop_prob) ** 0.5, shape)

    return draw


def by_fan_in(fan_in, fan_out, drop_prob):
    return 2 * (1 - drop_prob) / fan_in


def from_numpy(shape, drop_prob):
    fan_in = np.prod(shape[1:])
    return nd.array(np.random.normal(size=shape) * np.sqrt(2 * (1 - drop_prob) / fan_in))


@pytest.mark.parametrize("answer", [corrected(by_fan_in), from_numpy])
@pytest.mark.parametrize("seed", range(3))
def test_right_draws_pass(capsys, answer, seed):
    d2l.seed_everything(seed)
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def seeded(shape, drop_prob):
    mx.random.seed(3)
    return corrected(by_fan_in)(shape, drop_prob)


def uniform(shape, drop_prob):
    bound = (3 * by_fan_in(*d2l.fan_in_and_out(shape), drop_prob)) ** 0.5
    return nd.random.uniform(-bound, bound, shape)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (corrected(lambda n_in, n_out, p: (2 * (1 - p) / n_in) ** 2), draws.A_DEVIATION),
        (corrected(lambda n_in, n_out, p: 2 / n_in), draws.NO_CORRECTION),
        (corrected(lambda n_in, n_out, p: 2 / n_in / (1 - p)), draws.WRONG_WAY),
        (corrected(lambda n_in, n_out, p: 2 * (1 - p) / n_out), draws.OTHER_FAN),
        (lambda shape, p: nd.random.normal(0, (2 * (1 - p) / shape[1]) ** 0.5, shape), draws.KERNEL),
        (corrected(lambda n_in, n_out, p: 2 * (1 - p) ** 0.5 / n_in), draws.A_ROOT),
        (corrected(lambda n_in, n_out, p: 2 * (1 - p) ** 2 / n_in), draws.A_ROOT),
        (corrected(lambda n_in, n_out, p: (1 - p) / n_in), draws.VARIANCE),
        (lambda shape, p: from_numpy(shape, p) + 0.05, draws.NOT_CENTERED),
        (uniform, draws.NO_NORMAL),
        (seeded, draws.THE_SAME),
        (lambda shape, p: from_numpy(shape, p).T, draws.AN_ARRAY),
        (lambda shape, p: from_numpy(shape, p).asnumpy(), draws.AN_ARRAY),
    ],
)
def test_wrong_draws_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["bef", "F, E, B"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("abef", "a"), ("ef", "b"), ("bcef", "c"), ("bdef", "d"), ("bf", "e"), ("be", "f")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: tell apart
def detective(W, uniform_below=2.0, fan="in"):
    W = W.asnumpy().astype("float64")
    n_out, n_in = W.shape
    singular = np.linalg.svd(W, compute_uv=False)
    if singular.max() - singular.min() < 0.01:
        return "orthogonal"
    he = 2 / (n_in if fan == "in" else n_out)
    if abs(W).max() / W.std() < uniform_below:
        known = {"U(-0.07, 0.07)": 0.0049 / 3, "Xavier uniform": 2 / (n_in + n_out)}
    else:
        known = {"N(0, 0.01)": 1e-4, "Xavier normal": 2 / (n_in + n_out), "He": he}
    return min(known, key=lambda name: abs(np.log(W.var() / known[name])))


def by_kurtosis(W):
    values = W.asnumpy().astype("float64")
    product = values @ values.T if len(values) <= values.shape[1] else values.T @ values
    if np.allclose(product, np.eye(len(product)), atol=1e-3):
        return "orthogonal"
    is_uniform = (values**4).mean() / (values**2).mean() ** 2 < 2.4
    names = ["U(-0.07, 0.07)", "Xavier uniform"] if is_uniform else ["N(0, 0.01)", "Xavier normal", "He"]
    n_out, n_in = values.shape
    sizes = {"U(-0.07, 0.07)": 0.0404, "N(0, 0.01)": 0.01, "He": (2 / n_in) ** 0.5}
    sd = values.std()
    return min(names, key=lambda name: abs(sd / sizes.get(name, (2 / (n_in + n_out)) ** 0.5) - 1))


@pytest.mark.parametrize("answer", [detective, by_kurtosis])
def test_right_guesses_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda W: "normal", draws.A_NAME),
        (lambda W: 3, draws.A_NAME),
        (lambda W: "N(0, 0.01)", draws.SHAPE_OF_NUMBERS),
        (lambda W: "orthogonal", draws.NOT_ORTHOGONAL),
        (lambda W: detective(W, uniform_below=9), draws.SHAPE_OF_NUMBERS),
        (lambda W: detective(W, fan="out"), draws.SIZE),
        (lambda W: detective(W).replace("orthogonal", "Xavier normal"), draws.ORTHOGONAL),
    ],
)
def test_wrong_guesses_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        (checks.exercise_1, (..., ..., ...)),
        (checks.exercise_2, (lambda function: ...,)),
        (checks.exercise_3, (lambda *a: ...,)),
        (checks.exercise_4, (lambda *a: ...,)),
        (checks.exercise_5, (...,)),
        (checks.exercise_6, (lambda W: ...,)),
    ],
)
def test_a_starter_is_not_attempted(capsys, check, answers):
    assert verdict(capsys, check, *answers) == f"Exercise {check.number}: not attempted yet"
