"""The checks of notebook 10: right answers pass, each feared wrong answer gets the hint that fits it.

Feared: a comparison of two groups where pairs were asked for; a sign, a root or an n - 1 that is missing; a choice by
the best single run; an exp that overflows; an empty group; an interval of the values and not of their mean.
"""

from d2l_utils.checks import _experiments
from d2l_utils.checks import dropout_experiments as checks

import numpy as np
import pytest
from mxnet import nd
from mxnet.gluon import loss as gloss
from verdicts import hint, verdict


# Exercise 1: predict
@pytest.mark.parametrize(
    "answers", [(2, 1, 0.4472), (2.0, 1.0, 0.2**0.5), (np.float64(2), nd.array([1]).asscalar(), 0.447)]
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ((-2, 1, 0.447), "This is what is lost by dropout: take with minus without."),
        ((0.02, 1, 0.447), "Everything is in percent here."),
        ((10, 1, 0.447), "This is the sum of the five differences."),
        ((3, 1, 0.447), "Take the difference for each seed, then the mean of the five."),
        (
            (2, 0.8944, 0.447),
            "Divide the sum of squares by n - 1 = 4: the mean was computed from the same five numbers.",
        ),
        ((2, 4, 0.447), "This is the sum of squares: divide it by n - 1, and take the root."),
        ((2, 0.9044, 0.447), "The differences first, then their standard deviation."),
        ((2, 4.3474, 0.447), _experiments.UNPAIRED),
        (
            (2, 7, 0.447),
            "How far do the five differences lie from their mean? The luck of a seed is in both and cancels.",
        ),
        ((2, 1, 1), "This is the spread of single differences: that of their mean is smaller."),
        ((2, 1, 0.2), "Divide by the root of the number of seeds, not by the number."),
        ((2, 1, 0.5), "Five seeds: the root of 5, not of 4."),
        ((2, 1, 9), "The standard deviation of a mean of n numbers is theirs divided by the root of n."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, answers, sentence):
    assert hint(verdict(capsys, checks.exercise_1, *answers)) == sentence


# Exercise 2: a paired comparison
def paired(first, second):
    gain = second - first
    return gain.mean(), gain.std(ddof=1) / len(gain) ** 0.5


def by_hand(first, second):
    gains = [b - a for a, b in zip(first, second, strict=True)]
    mean = sum(gains) / len(gains)
    squares = sum((gain - mean) ** 2 for gain in gains)
    return [mean, (squares / (len(gains) - 1) / len(gains)) ** 0.5]


@pytest.mark.parametrize("answer", [paired, by_hand, lambda a, b: np.array(paired(a, b))])
def test_right_comparisons_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def unpaired(first, second):
    error = (first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)) ** 0.5
    return second.mean() - first.mean(), error


WRONG_COMPARISONS = {
    "sign": (lambda a, b: paired(b, a), "The sign is the other way round: what is gained is second - first."),
    "two groups": (unpaired, _experiments.UNPAIRED),
    "divided by n": (
        lambda a, b: (paired(a, b)[0], (b - a).std() / len(a) ** 0.5),
        "Divide the sum of squares by n - 1: std(ddof=1).",
    ),
    "no root of n": (
        lambda a, b: (paired(a, b)[0], (b - a).std(ddof=1)),
        "This is the standard deviation of the differences: divide it by the root of their number.",
    ),
    "n, not its root": (
        lambda a, b: (paired(a, b)[0], (b - a).std(ddof=1) / len(a)),
        "Divide by the root of the number of seeds, not by the number.",
    ),
    "absolute": (
        lambda a, b: (abs(b - a).mean(), paired(a, b)[1]),
        "A difference below 0 is a loss: do not take its absolute value.",
    ),
    "one number": (lambda a, b: paired(a, b)[0], _experiments.NOT_TWO),
    "something else": (
        lambda a, b: (0.5, 0.5),
        "Take second - first for each seed, their mean, and their std(ddof=1) over the root of their number.",
    ),
}


@pytest.mark.parametrize("name", WRONG_COMPARISONS)
def test_wrong_comparisons_get_their_hint(capsys, name):
    wrong, sentence = WRONG_COMPARISONS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


# Exercise 3: choosing
def choose(rates, valid_loss):
    return rates[valid_loss.mean(axis=1).argmin()]


def with_min(rates, valid_loss):
    return min(zip([sum(row) / len(row) for row in valid_loss], rates, strict=True))[1]


@pytest.mark.parametrize("answer", [choose, with_min])
def test_right_choices_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_CHOICES = {
    "highest": (lambda r, v: r[v.mean(axis=1).argmax()], "A loss is better when it is lower."),
    "the index": (
        lambda r, v: v.mean(axis=1).argmin(),
        "This is its place in the list: give back the rate itself.",
    ),
    "the best single run": (
        lambda r, v: r[v.min(axis=1).argmin()],
        "This rate has the best single run: take the mean over the seeds.",
    ),
    "the larger of two": (
        lambda r, v: r[::-1][v[::-1].mean(axis=1).argmin()],
        "Two rates are equally good: take the smaller one.",
    ),
    "the other axis": (
        lambda r, v: r[min(v.mean(axis=0).argmin(), len(r) - 1)],
        "Each row of valid_loss holds one rate's seeds: take the mean along axis 1, and the rate of the lowest.",
    ),
    "all of them": (lambda r, v: r, "Give back one rate."),
}


@pytest.mark.parametrize("name", WRONG_CHOICES)
def test_wrong_choices_get_their_hint(capsys, name):
    wrong, sentence = WRONG_CHOICES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: two parts of the loss
def losses_of(logits, y):
    return -nd.pick(nd.log_softmax(logits), y)


def mean_of(values, chosen):
    return ((values * chosen).sum() / nd.maximum(chosen.sum(), 1)).asscalar()


def parts(logits, y, losses=losses_of):
    right = logits.argmax(axis=1) == y.astype("float32")
    return mean_of(losses(logits, y), right), mean_of(losses(logits, y), 1 - right)


def with_numpy(logits, y):
    losses = gloss.SoftmaxCrossEntropyLoss()(logits, y).asnumpy()
    right = logits.asnumpy().argmax(axis=1) == y.asnumpy()
    return [losses[group].mean() if group.any() else 0 for group in (right, ~right)]


@pytest.mark.parametrize("answer", [parts, with_numpy])
def test_right_parts_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def naive(logits, y):
    powers = logits.exp()
    return -nd.pick(powers / powers.sum(axis=1, keepdims=True), y).log()


def with_an_empty_mean(logits, y):
    right = logits.argmax(axis=1) == y.astype("float32")
    losses = losses_of(logits, y)
    return (losses * right).sum() / right.sum(), (losses * (1 - right)).sum() / (1 - right).sum()


def sums(logits, y):
    right = logits.argmax(axis=1) == y.astype("float32")
    losses = losses_of(logits, y)
    return (losses * right).sum(), (losses * (1 - right)).sum()


WRONG_PARTS = {
    "swapped": (lambda X, y: parts(X, y)[::-1], "The two are in the other order: first that of the right answers."),
    "sums": (
        lambda X, y: [2 * part for part in parts(X, y)] if len(y) == 2 else sums(X, y),
        "The loss of an answer is -log of the probability of its label; right means that argmax is the label.",
    ),
    "divided by all": (
        lambda X, y: [part / len(y) for part in sums(X, y)],
        "Divide each by the number of its own answers.",
    ),
    "not split": (
        lambda X, y: (losses_of(X, y).mean(),) * 2,
        "This is the mean over all answers: split them first.",
    ),
    "0 / 0": (with_an_empty_mean, "One group is empty here: its mean is to be 0, and 0 / 0 is not."),
    "exp(1000)": (
        lambda X, y: parts(X, y, naive),
        "exp(1000) is infinite: use nd.log_softmax, which takes the largest score off first.",
    ),
}


@pytest.mark.parametrize("name", WRONG_PARTS)
def test_wrong_parts_get_their_hint(capsys, name):
    wrong, sentence = WRONG_PARTS[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
def test_right_statements_pass(capsys):
    assert verdict(capsys, checks.exercise_5, "fda") == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [(letters, checks.STATEMENTS[wrong][1]) for letters, wrong in (("df", "a"), ("abdf", "b"), ("acdf", "c"))]
    + [("ad", checks.STATEMENTS["f"][1]), ("xyz", 'Write the letters of the true ones together, such as "xyz".')],
)
def test_wrong_statements_get_their_reason(capsys, letters, sentence):
    assert hint(verdict(capsys, checks.exercise_5, letters)) == sentence


# Exercise 6: an interval for a mean
def bootstrap(gains, num_samples):
    means = np.random.choice(gains, (num_samples, len(gains))).mean(axis=1)
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def sorted_by_hand(gains, num_samples):
    picks = nd.random.randint(0, len(gains), (num_samples, len(gains))).asnumpy()
    means = sorted(gains[row].sum() / len(gains) for row in picks)
    return [means[num_samples // 40], means[-1 - num_samples // 40]]


@pytest.mark.parametrize("answer", [bootstrap, sorted_by_hand])
def test_right_intervals_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def of_means(summarize):
    def interval(gains, num_samples):
        return summarize(np.random.choice(gains, (num_samples, len(gains))).mean(axis=1))

    return interval


def without_replacement(gains, num_samples):
    means = [np.random.choice(gains, len(gains), replace=False).mean() for _ in range(num_samples)]
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


WRONG_INTERVALS = {
    "without replacement": (
        without_replacement,
        "All means are equal: draw with replacement, so that a gain may come twice and another one not at all.",
    ),
    "of the gains": (
        lambda gains, n: np.percentile(gains, [2.5, 97.5]),
        "These are percentiles of the gains: take those of the means of the samples.",
    ),
    "5 and 95": (
        of_means(lambda means: np.percentile(means, [5, 95])),
        "This cuts off 5 percent on each side: together they are to be 5.",
    ),
    "normal": (
        of_means(lambda means: (means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std())),
        "This is an interval of the normal distribution: sort the drawn means instead.",
    ),
    "all of it": (
        lambda gains, n: (gains.min(), gains.max()),
        "These are the smallest and the largest mean: cut off 2.5 percent on each side.",
    ),
    "turned round": (lambda gains, n: bootstrap(gains, n)[::-1], "The lower end comes first."),
    "smaller samples": (
        lambda gains, n: np.percentile(np.random.choice(gains, (n, 3)).mean(axis=1), [2.5, 97.5]),
        "Draw as many gains as there are, with replacement, take the mean, many times; then np.percentile.",
    ),
    "three numbers": (lambda gains, n: (0, 0.01, 0.02), _experiments.NOT_TWO),
}


@pytest.mark.parametrize("name", WRONG_INTERVALS)
def test_wrong_intervals_get_their_hint(capsys, name):
    wrong, sentence = WRONG_INTERVALS[name]
    assert hint(verdict(capsys, checks.exercise_6, wrong)) == sentence
