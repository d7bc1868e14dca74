"""What the functions of the exercises of notebook 16 have to give: gains in errors, a choice, a chance by signs."""

from itertools import product

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np

SHAPE = "Give back one number for each rival: an array of shape (rivals,)."
ONE_PLACE = "Give back one whole number: the place of a setting in the list, counted from 0."
ONE_CHANCE = "Give back one number between 0 and 1."


def check_gains_in_errors(gains_in_errors, base, rivals):
    """Raise unless each rival's mean gain is given in units of its standard error."""
    text = given(base=base, rivals=rivals)
    gains = rivals - base
    mean, root = gains.mean(axis=1), base.size**0.5
    right = mean / (gains.std(axis=1, ddof=1) / root)
    apart = np.sqrt(rivals.var(axis=1, ddof=1) + base.var(ddof=1))
    mistakes = [
        (-right, "The sign is the other way round: a gain is rival - base."),
        (mean / gains.std(axis=1, ddof=1), "Divide by the error of the mean: the sd over the root of the seeds."),
        (mean / gains.std(axis=1, ddof=1) * base.size, "Divide the sd by the root of the number of seeds."),
        (mean / gains.std(axis=1) * root, "Divide the sum of squares by n - 1: std(ddof=1)."),
        (mean / apart * root, "This is the spread of two separate groups: take the differences seed by seed first."),
        (mean, "These are the mean gains: divide each by its standard error."),
        (gains.std(axis=1, ddof=1) / root, "These are the standard errors: divide the mean gains by them."),
        (abs(right), "A rival that is worse has a gain below 0."),
    ]
    hint = "Take rivals - base, its mean along axis 1, and its std(ddof=1) over the root of the number of seeds."
    got = call(gains_in_errors, base.copy(), rivals.copy(), given=text)
    if as_numpy(got) is None or as_numpy(got).shape != right.shape:
        shape = "no array" if as_numpy(got) is None else f"shape {as_numpy(got).shape}"
        raise MistakeError(given=text, expected=f"shape {right.shape}", got=shape, hint=SHAPE)
    if not agree(got, right):
        raise MistakeError(given=text, expected=right, got=got, hint=_fitting(got, mistakes, hint))


def check_choose_cheap(choose_cheap, valid_loss, cost):
    """Raise unless the cheapest setting within one standard error of the best comes out."""
    text = given(valid_loss=valid_loss, cost=cost)
    means, sd = valid_loss.mean(axis=1), valid_loss.std(axis=1, ddof=1)
    best, root = means.argmin(), valid_loss.shape[1] ** 0.5

    def cheapest(limits):
        return min(np.flatnonzero(means <= limits), key=lambda i: cost[i])

    right = cheapest(means[best] + sd[best] / root)
    mistakes = [
        (best, "This is the best one: a cheaper one lies within its standard error."),
        (cost.argmin(), "This is the cheapest of all, and too far from the best."),
        (cheapest(means[best] + sd[best]), "Its distance is below one sd, but above one standard error of the mean."),
        (cheapest(means[best] + sd / root), "The standard error is that of the best setting, not its own."),
        (cost[right], "This is what it costs: give back its place in the list."),
    ]
    hint = "Find the lowest mean, add its standard error, and take the cheapest setting that is not above it."
    got = call(choose_cheap, valid_loss.copy(), cost.copy(), given=text)
    if as_numpy(got) is None or as_numpy(got).shape != ():
        raise MistakeError(given=text, expected="a place in the list", got=repr(got), hint=ONE_PLACE)
    if not agree(got, right):
        raise MistakeError(given=text, expected=str(right), got=str(got), hint=_fitting(got, mistakes, hint))


def check_chance_by_signs(chance_by_signs, gains):
    """Raise unless all patterns of signs over the seeds were tried, the same for all methods."""
    text = given(gains=gains)
    signs = np.array(list(product([1, -1], repeat=gains.shape[1])))
    sums = signs @ gains.T  # (patterns, methods): sums and not means, which rounding could tell apart
    largest, seen = sums.max(axis=1), gains.sum(axis=1)
    right = (largest >= seen.max()).mean()
    mistakes = [
        ((largest > seen.max()).mean(), "Count what is equal too: the signs as they came are one of the patterns."),
        (
            (sums[:, seen.argmax()] >= seen.max()).mean(),
            "This asks about one method alone: with other signs another method may be the largest.",
        ),
        ((abs(sums).max(axis=1) >= abs(seen).max()).mean(), "Only gains above 0 count: take no absolute values."),
        ((sums.sum(axis=1) >= seen.sum()).mean(), "Take the largest mean over the methods, not their mean."),
        ((largest >= seen.max()).sum(), "This is a count: divide it by the number of patterns."),
        (1 - right, "This is the chance of the opposite."),
    ]
    hint = "Flip the seeds in all 2**n ways; each time compare the largest mean with the one that was seen."
    got = call(chance_by_signs, gains.copy(), given=text)
    if as_numpy(got) is None or as_numpy(got).shape != ():
        raise MistakeError(given=text, expected="a number", got=repr(got), hint=ONE_CHANCE)
    if not agree(got, right):
        raise MistakeError(given=text, expected=f"{right:.4f}", got=str(got), hint=_fitting(got, mistakes, hint))


def _fitting(got, mistakes, hint):
    return next((sentence for wrong, sentence in mistakes if agree(got, wrong)), hint)
