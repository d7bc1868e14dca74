"""The checks of the family of dropout: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes keep and drop swapped, a scale left out or turned around, one mask for all examples; seeds
that wipe out nothing but themselves, a mask of the size of the seeds; one of both entropies, a sign, 0 times log 0;
scores multiplied by the temperature, an overflow. It rejects a right answer that is written differently.
"""

from d2l_utils.checks import _dropout_family_masks as masks
from d2l_utils.checks import _results
from d2l_utils.checks import dropout_family as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"num_drawn": 160, "noise_sd": 0.5, "seed_chance": 0.1, "calibration_error": 0.1667, "memory": 0.349}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "num_drawn": 10 * 16, "memory": np.float64(0.9) ** 10}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("num_drawn", 10240, "That is one number for each entry: height and width share one."),
        ("num_drawn", 16, "The examples of a batch have masks of their own."),
        ("num_drawn", 640, "The axes 2 and 3 are height and width: they share."),
        ("num_drawn", 7, "One for each channel of each example."),
        ("noise_sd", 0.25, "This is the variance: take the root."),
        ("noise_sd", 2, "It is drop_prob / (1 - drop_prob), and not the other way round."),
        (
            "noise_sd",
            0.4,
            "drop_prob * (1 - drop_prob) is the variance of the mask before it is divided by 1 - drop_prob.",
        ),
        (
            "seed_chance",
            0.086,
            "This is the approximation for small rates. Solve (1 - gamma)**4 = 1 - drop_prob.",
        ),
        ("seed_chance", 0.19, "A block of side 2 has four places."),
        ("seed_chance", 0.9, "This is the chance of no seed."),
        ("calibration_error", 0.15, "Bins count by their size: two of the three answers are in one of them."),
        (
            "calibration_error",
            0.1,
            "In one bin the network is too modest, in the other too sure: the gaps must not cancel.",
        ),
        ("calibration_error", 0.367, "This is the mean gap of single answers: within a bin, compare means."),
        ("memory", 0.9, "This is the share under one mask for all steps."),
        ("memory", 0.651, "This is the share that is hit."),
        ("memory", 0, "This is the share that is hit at every step."),
        ("memory", "x", "memory must be a number."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())) == sentence


# Exercise 2: channels
def drop_channels(X, noise, drop_prob):
    kept = (noise < 1 - drop_prob).reshape((0, 0, 1, 1))
    return nd.broadcast_mul(X, kept) / (1 - drop_prob)


def with_where(X, noise, drop_prob):
    stretched = noise.expand_dims(2).expand_dims(3).broadcast_like(X)
    return nd.where(stretched >= 1 - drop_prob, nd.zeros_like(X), X / (1 - drop_prob))


def in_place(X, noise, drop_prob):
    X[:] = drop_channels(X, noise, drop_prob)
    return X


@pytest.mark.parametrize("answer", [drop_channels, with_where])
def test_right_channels_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda X, n, p: nd.broadcast_mul(X, (n >= 1 - p).reshape((0, 0, 1, 1))) / (1 - p), masks.SWAPPED),
        (lambda X, n, p: drop_channels(X, n, p) * (1 - p), masks.NOT_SCALED),
        (lambda X, n, p: drop_channels(X, n, p) * (1 - p) ** 2, masks.TIMES_KEPT),
        (lambda X, n, p: drop_channels(X, n[:1].broadcast_like(n), p), masks.CHANNELS),
        (lambda X, n, p: drop_channels(X, n, p).mean(axis=1), masks.SHAPE_OF_X),
        (lambda X, n, p: drop_channels(X, n, p).asnumpy(), _results.NOT_AN_NDARRAY),
        (in_place, _results.INPUT_CHANGED),
    ],
)
def test_wrong_channels_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: blocks
def keep_mask(seeds, block_size):
    return 1 - nd.Pooling(seeds, kernel=(block_size, block_size), pool_type="max")


def by_slices(seeds, b):
    height, width = seeds.shape[2] - b + 1, seeds.shape[3] - b + 1
    stays = nd.ones((*seeds.shape[:2], height, width))
    for i in range(b):
        for j in range(b):
            stays = stays * (1 - seeds[:, :, i : i + height, j : j + width])
    return stays


@pytest.mark.parametrize("answer", [keep_mask, by_slices])
def test_right_masks_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            lambda seeds, b: 1 - nd.Pooling(seeds, kernel=(b, b), pad=(b // 2, b // 2), pool_type="max"),
            masks.SIZE_OF_MAP,
        ),
        (lambda seeds, b: 1 - seeds, masks.SIZE_OF_MAP),
        (lambda seeds, b: 1 - keep_mask(seeds, b), masks.COVERED),
        (lambda seeds, b: 1 - seeds[:, :, : seeds.shape[2] - b + 1, : seeds.shape[3] - b + 1], masks.SEEDS_ALONE),
        (lambda seeds, b: 1 - nd.Pooling(seeds, kernel=(b, b), pool_type="avg"), masks.BLOCKS),
        (lambda seeds, b: keep_mask(seeds[:1], b).broadcast_like(by_slices(seeds, b)), masks.BLOCKS),
    ],
)
def test_wrong_masks_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: disagreement
def entropy(p):
    return -(p * nd.maximum(p, 1e-30).log()).sum(axis=-1)


def of_mean(probs):
    return entropy(probs.mean(axis=0))


def mean_of(probs):
    return entropy(probs).mean(axis=0)


def mean_divergence(probs):
    mean = probs.mean(axis=0, keepdims=True).broadcast_like(probs)
    return (probs * (nd.maximum(probs, 1e-30).log() - nd.maximum(mean, 1e-30).log())).sum(axis=2).mean(axis=0)


@pytest.mark.parametrize("answer", [lambda probs: of_mean(probs) - mean_of(probs), mean_divergence])
def test_right_disagreement_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (of_mean, masks.WHOLE_ENTROPY),
        (mean_of, masks.MEAN_ENTROPY),
        (lambda probs: mean_of(probs) - of_mean(probs), masks.WRONG_SIGN),
        (
            lambda probs: of_mean(probs) + (probs * probs.log()).sum(axis=-1).mean(axis=0),
            masks.NOT_FINITE,
        ),
        (lambda probs: (of_mean(probs) - mean_of(probs)).mean(), masks.ONE_PER_EXAMPLE),
        (lambda probs: mean_divergence(probs) / probs.shape[2], masks.DISAGREEMENT),
    ],
)
def test_wrong_disagreement_gets_its_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["acf", "f, c, a"])
def test_the_true_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e"), ("ac", "f")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: temperature
def loss(logits, y):
    return -nd.pick(nd.log_softmax(logits), y).mean().asscalar()


def best_temperature(logits, y, temperatures):
    return min(temperatures, key=lambda t: loss(logits / t, y))


def in_numpy(logits, y, temperatures):
    losses = [loss(logits * (1 / t), y) for t in temperatures]
    return np.array(temperatures)[np.argmin(losses)]


@pytest.mark.parametrize("answer", [best_temperature, in_numpy])
def test_right_temperatures_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda logits, y, ts: min(ts, key=lambda t: loss(logits * t, y)), masks.MULTIPLIED),
        (lambda logits, y, ts: 2, masks.TEMPERATURE),
        (lambda logits, y, ts: 3.3, masks.TEMPERATURE),
        (lambda logits, y, ts: "x", "the temperature must be a number."),
    ],
)
def test_wrong_temperatures_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence


@pytest.mark.parametrize("number", range(1, 7))
def test_unanswered_is_not_attempted(capsys, number):
    check = getattr(checks, f"exercise_{number}")
    answers = [...] * (5 if number == 1 else 1)
    assert verdict(capsys, check, *answers) == f"Exercise {number}: not attempted yet"
