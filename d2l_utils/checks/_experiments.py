"""What the functions of the exercises of notebook 10 have to give: comparing, choosing, and saying how sure one is."""

from itertools import product

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

UNPAIRED = "This is the spread of two separate groups: take the difference seed by seed first."
NOT_TWO = "Give back two numbers: return first, second."


def check_paired_gain(paired_gain, num_seeds):
    """Raise unless mean and error of the mean are those of the differences second - first."""
    rng = np.random.default_rng(num_seeds)
    luck = rng.normal(0.8, 0.05, num_seeds)  # of the seed, so shared by both ways of training
    first, second = (np.round(luck + rng.normal(0, 0.01, num_seeds), 3) for _ in range(2))
    gain = second - first
    sd, root = gain.std(ddof=1), num_seeds**0.5
    apart = np.hypot(first.std(ddof=1), second.std(ddof=1))
    mistakes = [
        ((-gain.mean(), sd / root), "The sign is the other way round: what is gained is second - first."),
        ((gain.mean(), apart / root), UNPAIRED),
        ((gain.mean(), gain.std() / root), "Divide the sum of squares by n - 1: std(ddof=1)."),
        (
            (gain.mean(), sd),
            "This is the standard deviation of the differences: divide it by the root of their number.",
        ),
        ((gain.mean(), sd / num_seeds), "Divide by the root of the number of seeds, not by the number."),
        ((np.abs(gain).mean(), sd / root), "A difference below 0 is a loss: do not take its absolute value."),
    ]
    hint = "Take second - first for each seed, their mean, and their std(ddof=1) over the root of their number."
    text = given(first=first, second=second)
    result = call(paired_gain, first, second, given=text)
    _numbers(result, (gain.mean(), sd / root), mistakes, given=text, hint=hint)


def check_choose_rate(choose_rate):
    """Raise unless the rate with the lowest mean over the seeds comes out, the smallest of several."""
    cases = [
        ([0, 0.2, 0.5], [[0.65, 0.70], [0.90, 0.80], [0.50, 0.60]]),
        ([0, 0.2, 0.5], [[0.71, 0.73], [0.40, 0.90], [0.60, 0.62]]),  # the best single run is at 0.2
        ([0, 0.5], [[0.6], [0.7]]),
        ([0, 0.2, 0.5], [[0.7, 0.6], [0.5, 0.6], [0.6, 0.5]]),  # a tie
        ([0.1, 0.3, 0.5, 0.7], np.random.default_rng(0).normal(0.6, 0.05, (4, 5)).round(3)),
    ]
    for rates, valid_loss in cases:
        valid_loss = np.array(valid_loss)
        text = given(rates=rates, valid_loss=valid_loss)
        got = call(choose_rate, list(rates), valid_loss.copy(), given=text)
        means = valid_loss.mean(axis=1)
        right = rates[means.argmin()]
        if as_numpy(got) is None or as_numpy(got).shape != ():
            raise MistakeError(given=text, expected="one of the rates", got=repr(got), hint="Give back one rate.")
        if not agree(got, right):
            hint = _choice_hint(got, rates, valid_loss, means)
            raise MistakeError(given=text, expected=str(right), got=str(got), hint=hint)


def _choice_hint(got, rates, valid_loss, means):
    known = [
        (rates[means.argmax()], "A loss is better when it is lower."),
        (means.argmin(), "This is its place in the list: give back the rate itself."),
        (rates[len(means) - 1 - means[::-1].argmin()], "Two rates are equally good: take the smaller one."),
        (rates[valid_loss.min(axis=1).argmin()], "This rate has the best single run: take the mean over the seeds."),
    ]
    hint = "Each row of valid_loss holds one rate's seeds: take the mean along axis 1, and the rate of the lowest."
    return next((text for wrong, text in known if agree(got, wrong)), hint)


def check_parts_of_loss(loss_of_right_and_wrong):
    """Raise unless both means are right, for scores that differ by thousands too."""
    rng = np.random.default_rng(1)
    cases = [
        (np.array([[2.0, 0], [0, 1]]), np.array([0, 0])),
        (np.array([[1.0, 0], [0, 3]]), np.array([0, 1])),  # no wrong answer
        (np.array([[0.0, 1, 0], [2, 0, 0]]), np.array([0, 1])),  # no right answer
        (rng.normal(0, 2, (6, 3)).round(2), np.array([0, 1, 2, 0, 1, 2])),
        (np.array([[1000.0, 0], [900, 1000]]), np.array([0, 0])),
    ]
    for scores, labels in cases:
        logits, y = nd.array(scores), nd.array(labels, dtype="int32")
        losses = np.log(np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)) + scores.max(axis=1)
        losses -= scores[range(len(labels)), labels]
        is_right = scores.argmax(axis=1) == labels
        groups = [losses[is_right], losses[~is_right]]
        right, wrong = (group.mean() if len(group) else 0.0 for group in groups)
        mistakes = [
            ((wrong, right), "The two are in the other order: first that of the right answers."),
            (tuple(group.sum() for group in groups), "These are sums: divide each by the number of its answers."),
            (tuple(group.sum() / len(labels) for group in groups), "Divide each by the number of its own answers."),
            ((losses.mean(), losses.mean()), "This is the mean over all answers: split them first."),
        ]
        hint = "The loss of an answer is -log of the probability of its label; right means that argmax is the label."
        if len(labels) in (len(group) for group in groups):
            hint = "One group is empty here: its mean is to be 0, and 0 / 0 is not."
        if scores.max() == 1000:
            hint = "exp(1000) is infinite: use nd.log_softmax, which takes the largest score off first."
        text = given(logits=logits, y=y)
        _numbers(call(loss_of_right_and_wrong, logits, y, given=text), (right, wrong), mistakes, given=text, hint=hint)


GAINS = np.array([0.001, 0.002, 0.004, 0.005, 0.008, 0.050])  # lopsided, so that a normal interval is wrong
NUM_SAMPLES, DEVIATIONS = 10000, 5


def check_bootstrap(bootstrap_interval):
    """Raise unless both ends cut off a fortieth of the means of all samples with replacement."""
    text = given(gains=GAINS, num_samples=NUM_SAMPLES)
    seed_everything(0)
    low, high = _two(call(bootstrap_interval, GAINS.copy(), NUM_SAMPLES, given=text), text)
    means = np.array(list(product(GAINS, repeat=len(GAINS)))).mean(axis=1)
    slack = DEVIATIONS * (0.025 * 0.975 / NUM_SAMPLES) ** 0.5
    # Up to rounding an end may lie on one of the means, which are whole lumps of probability.
    is_low = (means < low - 1e-9).mean() <= 0.025 + slack and (means <= low + 1e-9).mean() >= 0.025 - slack
    is_high = (means > high + 1e-9).mean() <= 0.025 + slack and (means >= high - 1e-9).mean() >= 0.025 - slack
    if not (is_low and is_high):
        expected = "2.5 and 97.5 of 100 means below the two ends"
        got = " and ".join(f"{100 * (means <= end).mean():.1f} below {end:.4f}" for end in (low, high))
        raise MistakeError(given=text, expected=expected, got=got, hint=_interval_hint(low, high, means))


def _interval_hint(low, high, means):
    if low > high:
        return "The lower end comes first."
    if abs(high - low) < 1e-9:
        return "All means are equal: draw with replacement, so that a gain may come twice and another one not at all."
    spread = means.std()
    known = [
        (GAINS.mean() - 1.96 * spread, "This is an interval of the normal distribution: sort the drawn means instead."),
        (np.percentile(GAINS, 2.5), "These are percentiles of the gains: take those of the means of the samples."),
        (means.min(), "These are the smallest and the largest mean: cut off 2.5 percent on each side."),
        (np.percentile(means, 5), "This cuts off 5 percent on each side: together they are to be 5."),
    ]
    wrong, sentence = min(known, key=lambda pair: abs(low - pair[0]))
    if abs(low - wrong) < 0.05 * spread:
        return sentence
    return "Draw as many gains as there are, with replacement, take the mean, many times; then np.percentile."


def _numbers(result, right, mistakes, *, given, hint):
    """Raise unless a result is the expected pair; `mistakes` lists (wrong pair, hint that fits it)."""
    got = _two(result, given)
    if not agree(got, right):
        # On some inputs a mistake gives the right numbers, and then it cannot be the one that was made.
        hint = next((text for wrong, text in mistakes if agree(got, wrong) and not agree(wrong, right)), hint)
        raise MistakeError(given=given, expected=as_numpy(right), got=got, hint=hint)


def _two(result, text):
    pair = [as_numpy(part) for part in result] if isinstance(result, tuple | list | np.ndarray) else []
    if len(pair) != 2 or any(part is None or part.size != 1 for part in pair):
        raise MistakeError(given=text, expected="two numbers", got=type(result).__name__, hint=NOT_TWO)
    return np.array([part.item() for part in pair])
