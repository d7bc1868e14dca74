"""What early stopping and the one-standard-error rule have to do (notebook 07, exercises 4 and 7)."""

from itertools import pairwise

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

import numpy as np

FROM_ZERO = "Epochs are counted from 1."
LOOKS_AHEAD = "This is the lowest of all: training had stopped before it was measured."
STOPPING_EPOCH = "This is the epoch at which training stops, not the best one up to there."
TIES = "An equal loss is no improvement: of equal ones the first counts."
PREVIOUS = "Compare with the best loss so far, not with the one of the epoch before."
TOO_SOON = "The count of epochs without improvement begins again after each new best loss."
NOT_AN_EPOCH = "Give back one whole number, an epoch."
EPOCH = "Keep the best epoch so far; stop once `patience` epochs after it have brought nothing better."

THE_BEST = "This is the model with the lowest mean; look for a simpler one within one standard error."
STANDARD_DEVIATION = "This is within one standard deviation: the standard error divides it by sqrt(number of folds)."
OWN_BAR = "The bar is that of the best model, not that of each model."
MOST_COMPLEX = "Models are ordered from simple to complex: take the first that is good enough."
NOT_A_MODEL = "Give back one whole number, the column of the model."
RULE = "Take the mean over the folds (axis 0); the limit is the lowest mean plus its standard error."


def validation_losses():
    """Give lists of losses with a patience, from short to long."""
    yield [3.0], 1
    yield [3.0, 2.0, 1.0], 1
    yield [3.0, 1.0, 2.0, 0.5], 1
    yield [3.0, 1.0, 2.0, 0.5], 2
    yield [2.0, 2.0, 2.0, 1.0], 2
    yield [4.0, 1.0, 3.0, 2.0, 1.5, 0.5], 2
    yield [4.0, 5.0, 3.0, 3.5, 2.0, 2.5], 2
    yield [2.0, 1.0, float("nan"), 0.5], 2
    random = np.random.RandomState(3)
    for patience in (1, 3, 5, 8):
        epochs = np.arange(60)
        yield (np.exp(-epochs / 8) + epochs / 60 + random.normal(0, 0.05, 60)).round(3).tolist(), patience


def check_epoch(best_epoch, losses, patience):
    """Raise unless the epoch is the best one up to where training stops."""
    text = given(losses=losses, patience=patience)
    result = call(best_epoch, list(losses), patience, given=text)
    got = _whole_number(result, text, hint=NOT_AN_EPOCH)
    right = _early(losses, patience)[0]
    if got != right:
        known = [
            (right - 1, FROM_ZERO),
            (_early(losses, patience, ties=True)[0], TIES),
            (_previous(losses, patience), PREVIOUS),
            (int(np.nanargmin(losses)) + 1, LOOKS_AHEAD),
            (_early(losses, patience)[1], STOPPING_EPOCH),
            (_all_failures(losses, patience), TOO_SOON),
        ]
        hint = next((sentence for wrong, sentence in known if got == wrong), EPOCH)
        raise MistakeError(given=text, expected=f"epoch {right}", got=f"epoch {got}", hint=hint)


def _early(losses, patience, *, ties=False):
    """Give the best epoch and the one at which training stops."""
    best, lowest = 1, losses[0]
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < lowest or (ties and loss == lowest):
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def _previous(losses, patience):
    waited, seen = 0, losses[:1]
    for before, now in pairwise(losses):
        waited = 0 if now < before else waited + 1
        seen = [*seen, now]
        if waited >= patience:
            break
    return int(np.nanargmin(seen)) + 1


def _all_failures(losses, patience):
    best, failures = 1, 0
    for epoch, loss in enumerate(losses[1:], start=2):
        best, failures = (epoch, failures) if loss < losses[best - 1] else (best, failures + 1)
        if failures >= patience:
            break
    return best


def _whole_number(result, text, *, hint):
    got = as_numpy(result)
    if got is None or got.size != 1 or got.ravel()[0] != np.floor(got.ravel()[0]):
        raise MistakeError(given=text, expected="a whole number", got=repr(result)[:100], hint=hint)
    return int(got.ravel()[0])


def fold_errors():
    """Give arrays (folds, models) for which both ways to divide in a standard deviation give the same choice."""
    yield np.array([[3.0, 1.0], [3.0, 2.0]])
    yield np.array([[1.0, 2.0], [5.0, 2.2]])
    yield np.array([[9.0, 2.1, 1.5, 3.0], [9.0, 2.3, 2.5, 1.1], [9.0, 2.2, 2.0, 2.1]])
    yield np.array([[5.0, 3.4, 2.0, 2.3, 9.0], [5.0, 3.6, 3.0, 3.1, 1.0], [5.0, 3.5, 2.5, 2.6, 5.0]])
    random = np.random.RandomState(4)
    for _ in range(20):
        models = np.array([8, 3, 1.5, 1.2, 1.1, 1.15, 1.3, 2, 9])
        errors = models * random.uniform(0.6, 1.4, (5, 1)) * random.uniform(0.8, 1.2, (5, 9))
        if _rule(errors, ddof=0) == _rule(errors, ddof=1):
            yield errors


def check_rule(one_standard_error, errors):
    """Raise unless the model is the first within one standard error of the best."""
    text = given(errors=errors)
    result = call(one_standard_error, errors.copy(), given=text)
    got = _whole_number(result, text, hint=NOT_A_MODEL)
    right = _rule(errors)
    if got != right:
        mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / len(errors) ** 0.5
        limit = mean.min() + se[mean.argmin()]
        known = [
            (mean.argmin(), THE_BEST),
            (_rule(errors, folds=1), STANDARD_DEVIATION),
            (np.flatnonzero(mean - se <= mean.min())[0], OWN_BAR),
            (np.flatnonzero(mean <= limit)[-1], MOST_COMPLEX),
        ]
        hint = next((sentence for wrong, sentence in known if got == wrong), RULE)
        raise MistakeError(given=text, expected=f"model {right}", got=f"model {got}", hint=hint)


def _rule(errors, *, ddof=1, folds=None):
    mean, sd = errors.mean(axis=0), errors.std(axis=0, ddof=ddof)
    best = mean.argmin()
    return int(np.flatnonzero(mean <= mean[best] + sd[best] / (folds or len(errors)) ** 0.5)[0])
