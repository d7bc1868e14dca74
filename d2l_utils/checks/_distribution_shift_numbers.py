"""Chances, accuracies and kinds of shift: the inputs of notebook 21's checks, and the hints that fit a mistake."""

import itertools
import math
from fractions import Fraction

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

import numpy as np

A_NUMBER = "Give back one number."
A_CHANCE = "A chance lies between 0 and 1."

# Exercise 2
STRICT = "Exactly `hits` counts too: as many OR more."
LOWER = "That is the chance of as many or fewer: p-values of an alarm look at the other end."
ONE_TERM = "That is the chance of exactly `hits`: add up all numbers from there to num_trials."
FAIR = "That is a fair coin's: each hit has the chance `chance`, each miss 1 - chance."
SWAPPED = "Hits and misses are exchanged: chance goes with the power k, 1 - chance with num_trials - k."
TAIL = "Add up C(n, k) * chance**k * (1 - chance)**(n - k) for k from hits to n."


def term(n, k, chance):
    """Give the chance of exactly k hits."""
    return math.comb(n, k) * chance**k * (1 - chance) ** (n - k)


def upper(hits, n, chance, first=0):
    """Give the chance of `hits + first` hits or more, to the last digit."""
    return float(sum(term(n, k, Fraction(chance)) for k in range(max(hits + first, 0), n + 1)))


def check_tail(tail, hits, n, chance):
    """Raise unless a learner's function gives the upper tail of a binomial distribution."""
    text = given(hits=hits, num_trials=n, chance=chance)
    got = _one_number(call(tail, hits, n, chance, given=text), text)
    expected = upper(hits, n, chance)
    known = [
        (upper(hits, n, chance, first=1), STRICT),
        (1 - expected, LOWER),
        (1 - upper(hits, n, chance, first=1), LOWER),
        (term(n, hits, chance), ONE_TERM),
        (upper(hits, n, 0.5), FAIR),
        (upper(hits, n, 1 - chance), SWAPPED),
    ]
    _compare(got, expected, known, text, A_CHANCE if not -1e-9 <= got <= 1 + 1e-9 else TAIL, tolerance=1e-6)


# Exercise 3
JOINT = "The rows still carry the old shares: divide each row by its own sum, then take the diagonal."
COLUMNS = "Rows are the true classes: a recall is the diagonal divided by the sum of its ROW."
OLD = "That is the accuracy before the shift: weight the recalls by the new shares."
EQUAL = "That is the mean of the recalls, right only where all classes are equally frequent: weight by the new shares."
RECALLS = "The recall of class k is confusion[k, k] / confusion[k].sum(); weight them by `shares`."


def check_accuracy_after(accuracy_after, confusion, shares):
    """Raise unless a learner's function weights the recalls by the new shares."""
    text = given(confusion=confusion, shares=shares)
    got = _one_number(call(accuracy_after, confusion.copy(), shares.copy(), given=text), text)
    right = np.diag(confusion)
    recalls = right / confusion.sum(axis=1)
    known = [
        ((right * shares).sum() / confusion.sum(), JOINT),
        ((right * shares).sum(), JOINT),
        ((right / confusion.sum() * shares * len(shares)).sum(), JOINT),
        ((right / confusion.sum(axis=0) * shares).sum(), COLUMNS),
        (right.sum() / confusion.sum(), OLD),
        (recalls.mean(), EQUAL),
    ]
    _compare(got, (recalls * shares).sum(), known, text, RECALLS)


# Exercise 4
KINDS = "none", "covariate", "label", "concept", "mixed"
A_KIND = f"Give back one of the names {', '.join(KINDS)}."
ROUNDING = "Compare with np.allclose: what should be equal differs in the last digits."
KIND_HINTS = {
    "none": "Both tables are the same: no shift.",
    "covariate": "p(y | x), each row divided by its sum, is the same in both tables; the sums of the rows are not.",
    "label": "p(x | y), each column divided by its sum, is the same in both tables; the sums of the columns are not.",
    "concept": "The sums of the rows, p(x), are the same; what a row says about y is not.",
    "mixed": "Nothing stays: neither p(y | x) nor p(x | y) nor p(x).",
}


def tables(seed, shape):
    """Give (kind, p, q) for each kind of shift, with random tables of a joint distribution."""
    random = np.random.RandomState(seed)
    p = random.uniform(0.2, 1, size=shape)
    p /= p.sum()
    new_x, new_y = (random.permutation(np.linspace(1, 3, n)) for n in shape)
    new_x, new_y = new_x / new_x.sum(), new_y / new_y.sum()
    p_x, p_y = p.sum(axis=1, keepdims=True), p.sum(axis=0)
    covariate = p / p_x * new_x[:, None]
    yield "none", p, p * (1 + 1e-12)
    yield "covariate", p, covariate
    yield "label", p, p / p_y * new_y
    yield "concept", p, np.roll(p, 1, axis=1)
    yield "mixed", p, np.roll(covariate, 1, axis=1)


def check_kind(kind_of_shift, kind, p, q):
    """Raise unless a learner's function names the kind of shift."""
    text = given(p=p, q=q)
    got = call(kind_of_shift, p.copy(), q.copy(), given=text)
    if got not in KINDS:
        raise MistakeError(given=text, expected="a name", got=repr(got), hint=A_KIND)
    if got != kind:
        hint = ROUNDING if kind == "none" else KIND_HINTS[kind]
        raise MistakeError(given=text, expected=kind, got=got, hint=hint)


# Exercise 6
ONE_SIDED = "A shift may go either way: compare the absolute differences of the means."
ABOVE = "The real split counts too, and so does one that differs exactly as much: >=, with some room for rounding."
SHARE = "The share of all ways to choose the first group whose means differ at least as much as the real ones."


def differences(first, second):
    """Give the difference of the means for each way to choose the first group, the real one first."""
    pooled = [Fraction(str(number)) for number in (*first, *second)]  # so that what ought to be equal is
    chosen = itertools.combinations(range(len(pooled)), len(first))
    total = sum(pooled)
    for places in chosen:
        part = sum(pooled[i] for i in places)
        yield part / len(first) - (total - part) / len(second)


def check_permutations(permutation_p_value, first, second):
    """Raise unless a learner's function counts the splits that differ as much."""
    text = given(first=first, second=second)
    got = _one_number(call(permutation_p_value, list(first), list(second), given=text), text)
    every = list(differences(first, second))
    real, n = every[0], len(every)
    as_much = sum(abs(difference) >= abs(real) for difference in every)
    known = [
        (sum(difference >= real for difference in every) / n, ONE_SIDED),
        (sum(difference <= real for difference in every) / n, ONE_SIDED),
        (sum(abs(difference) > abs(real) for difference in every) / n, ABOVE),
        ((as_much - 1) / n, ABOVE),
        ((as_much - 1) / (n - 1), ABOVE),
    ]
    _compare(got, as_much / n, known, text, SHARE)


def _one_number(value, text):
    array = as_numpy(value)
    if array is None or array.size != 1 or not np.isfinite(array).all():
        raise MistakeError(given=text, expected="a number", got=repr(value), hint=A_NUMBER)
    return float(array.reshape(()))


def _compare(got, expected, known, text, hint, tolerance=1e-5):
    """Raise unless two numbers agree, with the hint of the first known wrong one that fits."""
    if abs(got - expected) <= tolerance:
        return
    hint = next((words for wrong, words in known if abs(got - wrong) <= tolerance), hint)
    raise MistakeError(given=text, expected=f"{expected:.5f}", got=f"{got:.5f}", hint=hint)
