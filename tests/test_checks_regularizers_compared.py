"""The checks of notebook 16: right answers pass, each feared wrong answer gets the hint that fits it.

Feared: groups compared where pairs were asked for; a sign, a root or an n - 1 that is missing; the best taken where a
cheaper one is as good, or the cheapest of all; one method asked about where the best of several was chosen.
"""

from itertools import product

from d2l_utils.checks import _regularizers_comparisons as comparisons
from d2l_utils.checks import regularizers_compared as checks

import numpy as np
import pytest
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"gain_in_errors": 3.162, "chance_of_one": 0.224, "epochs_seen": 15, "cost_of_stopping": 1.333}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "gain_in_errors": 10**0.5, "cost_of_stopping": 4 / 3}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("gain_in_errors", -3.162, "The rival is better: take rival minus nothing."),
        ("gain_in_errors", 1.414, "Divide by the error of the mean, which is the sd over the root of 5."),
        ("gain_in_errors", 7.071, "The error of the mean is the sd over the root of 5, not over 5."),
        ("gain_in_errors", 3.536, "Divide the sum of squares by n - 1 = 4."),
        (
            "gain_in_errors",
            1,
            "This takes them for two separate groups: the differences first, seed by seed.",
        ),
        ("gain_in_errors", 0.316, "This is the standard error: divide the mean gain by it."),
        ("gain_in_errors", 9, "The five differences have a mean and a standard error; divide one by the other."),
        ("chance_of_one", 1 / 32, "This is the chance of a single one: there are eight."),
        ("chance_of_one", 0.25, "Two of them may be lucky at once: take 1 minus the chance that none is."),
        ("chance_of_one", 0.7757, "This is the chance that none is."),
        ("chance_of_one", 0.4033, "Better for all five seeds: worse for all five does not count."),
        ("chance_of_one", 0, "This is the chance that all eight are: one is enough."),
        ("chance_of_one", 0.5, "None is lucky with the chance (1 - 1/32) ** 8."),
        ("epochs_seen", 300, "These are the steps: each of them takes 100 images."),
        ("epochs_seen", 20, "This is how many steps one epoch has."),
        ("epochs_seen", 30000, "These are the images looked at: how often is that each of the 2,000?"),
        ("epochs_seen", 0.15, "A step takes 100 images, not one."),
        ("epochs_seen", 60, "300 steps look at 30,000 images."),
        ("cost_of_stopping", 2, "A look at an image costs a third of a training pass."),
        ("cost_of_stopping", 1 / 3, "This is what stopping adds: the training itself is to be paid too."),
        ("cost_of_stopping", 19 / 18, "Every 50 of 300 steps: that is six looks, not one."),
        ("cost_of_stopping", 3, "A forward pass is a third of a training pass, not as much."),
        ("cost_of_stopping", 9, "Six looks at 5,000 images, a third of a pass each, beside 30,000 training passes."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: gains in units of their errors
def in_errors(base, rivals):
    gains = rivals - base
    return gains.mean(axis=1) / (gains.std(axis=1, ddof=1) / len(base) ** 0.5)


def by_hand(base, rivals):
    out = []
    for rival in rivals:
        gains = [b - a for a, b in zip(base, rival, strict=True)]
        mean = sum(gains) / len(gains)
        variance = sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)
        out.append(mean / (variance / len(gains)) ** 0.5)
    return out


@pytest.mark.parametrize("answer", [in_errors, by_hand])
def test_right_gains_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def unpaired(base, rivals):
    errors = np.sqrt((rivals.var(axis=1, ddof=1) + base.var(ddof=1)) / len(base))
    return (rivals.mean(axis=1) - base.mean()) / errors


WRONG_GAINS = {
    "sign": (lambda b, r: -in_errors(b, r), "The sign is the other way round: a gain is rival - base."),
    "no root of n": (
        lambda b, r: in_errors(b, r) / len(b) ** 0.5,
        "Divide by the error of the mean: the sd over the root of the seeds.",
    ),
    "n, not its root": (
        lambda b, r: in_errors(b, r) * len(b) ** 0.5,
        "Divide the sd by the root of the number of seeds.",
    ),
    "divided by n": (
        lambda b, r: (r - b).mean(axis=1) / (r - b).std(axis=1) * len(b) ** 0.5,
        "Divide the sum of squares by n - 1: std(ddof=1).",
    ),
    "two groups": (
        unpaired,
        "This is the spread of two separate groups: take the differences seed by seed first.",
    ),
    "means": (lambda b, r: (r - b).mean(axis=1), "These are the mean gains: divide each by its standard error."),
    "errors": (
        lambda b, r: (r - b).std(axis=1, ddof=1) / len(b) ** 0.5,
        "These are the standard errors: divide the mean gains by them.",
    ),
    "absolute": (lambda b, r: abs(in_errors(b, r)), "A rival that is worse has a gain below 0."),
    "one number": (lambda b, r: in_errors(b, r).max(), comparisons.SHAPE),
    "a text": (lambda b, r: "better", comparisons.SHAPE),
    "something else": (
        lambda b, r: in_errors(b, r) + 1,
        "Take rivals - base, its mean along axis 1, and its std(ddof=1) over the root of the number of seeds.",
    ),
}


@pytest.mark.parametrize("name", WRONG_GAINS)
def test_wrong_gains_get_their_hint(capsys, name):
    wrong, sentence = WRONG_GAINS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


# Exercise 3: the cheapest that is as good
def cheap(valid_loss, cost, spread=None):
    means, sd = valid_loss.mean(axis=1), valid_loss.std(axis=1, ddof=1)
    best = means.argmin()
    spread = sd[best] / valid_loss.shape[1] ** 0.5 if spread is None else spread(sd, best)
    return np.where(means <= means[best] + spread, cost, np.inf).argmin()


def with_a_loop(valid_loss, cost):
    means = [sum(row) / len(row) for row in valid_loss]
    best = valid_loss[means.index(min(means))]
    limit = best.mean() + best.std(ddof=1) / len(best) ** 0.5
    chosen = None
    for i, mean in enumerate(means):
        if mean <= limit and (chosen is None or cost[i] < cost[chosen]):
            chosen = i
    return chosen


@pytest.mark.parametrize("answer", [cheap, with_a_loop])
def test_right_choices_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_CHOICES = {
    "the best": (
        lambda v, c: v.mean(axis=1).argmin(),
        "This is the best one: a cheaper one lies within its standard error.",
    ),
    "the cheapest": (lambda v, c: c.argmin(), "This is the cheapest of all, and too far from the best."),
    "one sd": (
        lambda v, c: cheap(v, c, lambda sd, best: sd[best]),
        "Its distance is below one sd, but above one standard error of the mean.",
    ),
    "its own error": (
        lambda v, c: cheap(v, c, lambda sd, best: sd / 2**0.5),
        "The standard error is that of the best setting, not its own.",
    ),
    "its cost": (lambda v, c: c[cheap(v, c)], "This is what it costs: give back its place in the list."),
    "two of them": (lambda v, c: [0, 1], comparisons.ONE_PLACE),
    "something else": (
        lambda v, c: 7,
        "Find the lowest mean, add its standard error, and take the cheapest setting that is not above it.",
    ),
}


@pytest.mark.parametrize("name", WRONG_CHOICES)
def test_wrong_choices_get_their_hint(capsys, name):
    wrong, sentence = WRONG_CHOICES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: explain
def test_right_statements_pass(capsys):
    assert verdict(capsys, checks.exercise_4, "fca") == "Exercise 4: passed"


@pytest.mark.parametrize(("letters", "wrong"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e")])
def test_wrong_statements_get_their_reason(capsys, letters, wrong):
    assert hint(verdict(capsys, checks.exercise_4, letters)) == checks.STATEMENTS[wrong][1]


# Exercise 5: signs
def patterns(num_seeds):
    return np.array(list(product([1, -1], repeat=num_seeds)))


def by_signs(gains):
    means = patterns(gains.shape[1]) @ gains.T / gains.shape[1]
    return (means.max(axis=1) >= gains.mean(axis=1).max()).mean()


def by_bits(gains):
    count, num_seeds = 0, gains.shape[1]
    for number in range(2**num_seeds):
        signs = [1 if number >> i & 1 else -1 for i in range(num_seeds)]
        count += max((row * signs).sum() for row in gains) >= gains.sum(axis=1).max()
    return count / 2**num_seeds


@pytest.mark.parametrize("answer", [by_signs, by_bits])
def test_right_chances_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


def strictly(gains):
    means = patterns(gains.shape[1]) @ gains.T / gains.shape[1]
    return (means.max(axis=1) > gains.mean(axis=1).max()).mean()


def of_one(gains):
    best = gains[gains.mean(axis=1).argmax()]
    return (patterns(len(best)) @ best / len(best) >= best.mean()).mean()


def absolute(gains):
    means = abs(patterns(gains.shape[1]) @ gains.T / gains.shape[1])
    return (means.max(axis=1) >= abs(gains.mean(axis=1)).max()).mean()


def of_the_mean(gains):
    return ((patterns(gains.shape[1]) @ gains.T).sum(axis=1) >= gains.sum()).mean()


WRONG_CHANCES = {
    "strictly": (strictly, "Count what is equal too: the signs as they came are one of the patterns."),
    "one method": (
        of_one,
        "This asks about one method alone: with other signs another method may be the largest.",
    ),
    "absolute": (absolute, "Only gains above 0 count: take no absolute values."),
    "their mean": (of_the_mean, "Take the largest mean over the methods, not their mean."),
    "a count": (
        lambda gains: by_signs(gains) * 2 ** gains.shape[1],
        "This is a count: divide it by the number of patterns.",
    ),
    "the opposite": (lambda gains: 1 - by_signs(gains), "This is the chance of the opposite."),
    "two numbers": (lambda gains: (0, 1), comparisons.ONE_CHANCE),
    "something else": (
        lambda gains: 0.123,
        "Flip the seeds in all 2**n ways; each time compare the largest mean with the one that was seen.",
    ),
}


@pytest.mark.parametrize("name", WRONG_CHANCES)
def test_wrong_chances_get_their_hint(capsys, name):
    wrong, sentence = WRONG_CHANCES[name]
    assert hint(verdict(capsys, checks.exercise_5, wrong)) == sentence
