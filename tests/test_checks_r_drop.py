"""The checks of R-Drop: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes one direction of KL, a sum in place of a mean, a mean over the classes, scores taken for
probabilities, an overflow; two calls of the network, copies beside their originals, a mean loss in place of one for
each example, alpha left out; padding in the sum, in the number by which it is divided, or spread by infinity times 0;
passes that are compared with themselves or with their mean. It rejects a right answer that is written differently.
"""

import d2l_utils as d2l
from d2l_utils.checks import _r_drop_losses as losses
from d2l_utils.checks import _results
from d2l_utils.checks import r_drop as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"pair_distance": 0.208, "pair_loss": 0.874, "sequence_loss": 2, "partner": 37, "our_alpha": 2.5}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "pair_distance": np.log(4) * 0.15, "partner": 32 + 5}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("pair_distance", 0.416, "This is the sum of both directions: take their mean."),
        ("pair_distance", 0.223, "This is KL(p||q) alone: take the mean of both directions."),
        ("pair_distance", 0.193, "This is KL(q||p) alone: take the mean of both directions."),
        ("pair_distance", 0.104, "KL is a sum over the classes, not a mean."),
        (
            "pair_distance",
            0.09,
            "It is half the sum over both classes of (p - q) * (log p - log q), with natural logarithms.",
        ),
        ("pair_loss", 1.332, "The cross-entropies are averaged, not added."),
        ("pair_loss", 0.666, "The distance is multiplied by alpha."),
        ("pair_loss", 1.290, "The distance has a half in it: alpha * (KL + KL) / 2."),
        ("pair_loss", 0.458, "This is the cross-entropy alone."),
        ("pair_loss", 1.567, "The first class is the right one."),
        ("sequence_loss", 3.6, "Padding does not count."),
        ("sequence_loss", 1.2, "Padding counts neither in the sum nor in the number by which you divide."),
        ("sequence_loss", 6, "It is a mean: divide by the number of real places."),
        ("partner", 6, "That is where nd.repeat would lead to. nd.concat puts the copies behind the whole batch."),
        ("partner", 10, "The copies begin behind the whole batch, at row 32."),
        ("partner", 38, "Rows count from 0: the copy of row 0 is row 32."),
        ("partner", [37, 5], "partner must be a number."),
        ("our_alpha", 5, "The cross-entropies there weigh twice as much as here, beside the same distance."),
        ("our_alpha", 10, "It is the other way round: halve the whole listing, and see what becomes of its alpha."),
        ("our_alpha", float("nan"), "Halve the loss of the listing: its minimum stays where it is."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the distance
def distance(first, second):
    log_p, log_q = first.log_softmax(), second.log_softmax()
    return ((log_p.exp() - log_q.exp()) * (log_p - log_q)).sum(axis=1) / 2


def direction(first, second):
    log_p, log_q = nd.log_softmax(first), nd.log_softmax(second)
    return (nd.softmax(first) * (log_p - log_q)).sum(axis=-1)


def both_directions(first, second):
    return 0.5 * (direction(first, second) + direction(second, first))


def by_r_drop_loss(first, second):
    y = nd.zeros(len(first))
    return d2l.r_drop_loss(first, second, y, alpha=1) - d2l.r_drop_loss(first, second, y, alpha=0)


@pytest.mark.parametrize("answer", [distance, both_directions, by_r_drop_loss])
def test_right_distances_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def of_probabilities(first, second):
    p, q = nd.softmax(first), nd.softmax(second)
    return ((p - q) * (nd.log(p) - nd.log(q))).sum(axis=1) / 2


def in_place(first, second):
    first[:] = first.log_softmax()
    return distance(first, second)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (direction, losses.ONE_DIRECTION),
        (lambda a, b: direction(b, a), losses.ONE_DIRECTION),
        (lambda a, b: 2 * distance(a, b), losses.NO_HALF),
        (lambda a, b: distance(a, b) / a.shape[1], losses.MEAN_OF_CLASSES),
        (lambda a, b: ((a.exp() - b.exp()) * (a - b)).sum(axis=1) / 2, losses.SCORES),
        (of_probabilities, losses.OVERFLOW),
        (lambda a, b: distance(a, b).reshape((-1, 1)), losses.ONE_PER_EXAMPLE),
        (lambda a, b: distance(a, b) + 1, losses.DISTANCE),
        (lambda a, b: distance(a, b).asnumpy(), _results.NOT_AN_NDARRAY),
        (lambda a, b: distance(a, b).astype("float32"), _results.OTHER_DTYPE),
        (in_place, _results.INPUT_CHANGED),
    ],
)
def test_wrong_distances_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the doubled batch
def doubled(net, X, y, alpha):
    first, second = nd.split(net(nd.concat(X, X, dim=0)), 2, axis=0)
    return d2l.r_drop_loss(first, second, y, alpha=alpha)


def doubled_by_tile(net, X, y, alpha):
    scores = net(nd.tile(X, (2, 1)))
    return d2l.r_drop_loss(scores[len(X) :], scores[: len(X)], y, alpha=alpha)


def doubled_by_hand(net, X, y, alpha):
    scores = net(nd.concat(X, X, dim=0))
    ours = [-nd.pick(nd.log_softmax(part), y) for part in (scores[: len(X)], scores[len(X) :])]
    return (ours[0] + ours[1]) / 2 + alpha * distance(scores[: len(X)], scores[len(X) :])


@pytest.mark.parametrize("answer", [doubled, doubled_by_tile, doubled_by_hand])
def test_right_doublings_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def repeated(net, X, y, alpha):
    scores = net(nd.repeat(X, 2, axis=0))
    return d2l.r_drop_loss(scores[::2], scores[1::2], y, alpha=alpha)


def cross_entropies(net, X, y, alpha):
    return d2l.softmax_cross_entropy(net(nd.concat(X, X, dim=0)), nd.concat(y, y, dim=0))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda net, X, y, alpha: d2l.r_drop_loss(net(X), net(X), y, alpha=alpha), losses.ONE_CALL),
        (repeated, losses.NEIGHBOURS),
        (lambda net, X, y, alpha: d2l.softmax_cross_entropy(net(X), y), losses.DOUBLED),
        (cross_entropies, losses.ONE_LOSS),
        (lambda *arguments: doubled(*arguments).mean(), losses.ONE_LOSS),
        (lambda net, X, y, alpha: doubled(net, X, y, 0), losses.WITHOUT_ALPHA),
        (lambda net, X, y, alpha: doubled(net, X, y, 2 * alpha), losses.R_DROP),
    ],
)
def test_wrong_doublings_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: the mean over words
def mask_of(values, lengths):
    return nd.arange(values.shape[1]).reshape((1, -1)).broadcast_like(values) < lengths.reshape((-1, 1))


def mean(values, lengths):
    kept = nd.where(mask_of(values, lengths), values, nd.zeros_like(values))
    return kept.sum(axis=1) / nd.maximum(lengths, 1)


def mean_by_sequence_mask(values, lengths):
    kept = nd.SequenceMask(values, lengths, use_sequence_length=True, axis=1)
    return kept.sum(axis=1) / (lengths + (lengths == 0))


@pytest.mark.parametrize("answer", [mean, mean_by_sequence_mask])
def test_right_means_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def with_loop(values, lengths):
    rows = [row[: int(n)] for row, n in zip(values, lengths.asnumpy(), strict=True)]
    return nd.concat(*[row.mean() if row.size else nd.zeros(1) for row in rows], dim=0)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda v, n: v.mean(axis=1), losses.PADDING_COUNTED),
        (lambda v, n: v.sum(axis=1) / n, losses.PADDING_COUNTED),
        (lambda v, n: mean(v, n) * n / v.shape[1], losses.ALL_PLACES),
        (lambda v, n: mean(v, n) * n, losses.THE_SUM),
        (lambda v, n: mean(v, n + 1) * (n + 1) / n, losses.OFF_BY_ONE),
        (lambda v, n: mean(v, n + 1), losses.OFF_BY_ONE),
        (lambda v, n: (mask_of(v, n) * v).sum(axis=1) / nd.maximum(n, 1), losses.SPREADS),
        (lambda v, n: mean(v, n) * nd.maximum(n, 1) / n, losses.EMPTY),
        (lambda v, n: mean(v, n).reshape((-1, 1)), losses.ONE_MEAN),
        (lambda v, n: mean(v, n) + 1, losses.MEAN),
        (with_loop, _results.LOOP),
    ],
)
def test_wrong_means_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["ace", "eca"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(("answer", "letter"), [("ce", "a"), ("abce", "b"), ("ae", "c"), ("acde", "d"), ("ac", "e")])
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: many passes
def covariance(logits):
    log_p = nd.log_softmax(logits)
    p = log_p.exp()
    parts = nd.broadcast_sub(p, p.mean(axis=0, keepdims=True)) * log_p
    return parts.sum(axis=(0, 2)) / (len(logits) - 1)


def pair_by_pair(logits):
    pairs = [(i, j) for i in range(len(logits)) for j in range(len(logits)) if i != j]
    return sum(direction(logits[i], logits[j]) for i, j in pairs) / len(pairs)


def pairs_once(logits):
    k = len(logits)
    return sum(distance(logits[i], logits[j]) for i in range(k) for j in range(i)) / (k * (k - 1) / 2)


@pytest.mark.parametrize("answer", [covariance, pair_by_pair, pairs_once])
def test_right_pairs_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def to_the_mean(logits):
    log_p = nd.log_softmax(logits)
    log_mean = log_p.exp().mean(axis=0, keepdims=True).log()
    return (log_p.exp() * nd.broadcast_sub(log_p, log_mean)).sum(axis=2).mean(axis=0)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda logits: covariance(logits) * (len(logits) - 1) / len(logits), losses.WITH_ITSELF),
        (lambda logits: covariance(logits) * len(logits) * (len(logits) - 1), losses.SUM_OF_PAIRS),
        (lambda logits: covariance(logits) / logits.shape[2], losses.MEAN_OF_CLASSES),
        (to_the_mean, losses.TO_THE_MEAN),
        (lambda logits: distance(logits[0], logits[1]), losses.PAIRS),
        (lambda logits: covariance(logits).reshape((-1, 1)), losses.ONE_PER_EXAMPLE),
    ],
)
def test_wrong_pairs_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence
