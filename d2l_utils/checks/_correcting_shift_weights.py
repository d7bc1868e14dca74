"""Weights and decisions in the exercises of notebook 22: weights from scores (2), a lender who explores (6)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._results import INPUT_CHANGED, like_input, numbers
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np
from mxnet import nd

ONE_EACH = "One weight for each score."
WEIGHT = "Weights are num_train / num_test * exp(score), and at most `largest`."
NO_SIZES = "The odds also compare the sizes of the two samples: multiply by num_train / num_test."
INVERTED = "The sizes the other way round: num_train / num_test."
NOT_CUT = "No weight may be larger than `largest`."
CUT_FIRST = "Cut the weights at the end, after the sizes are in them."
NO_EXP = "The scores are logarithms of odds: take exp."
PROBS = "That is the probability; the weight is the odds, prob / (1 - prob)."
SCALED = "Do not divide by their mean: a limit would lose its meaning."


def check_weights(weights_from_scores, scores, num_train, num_test, largest):
    """Raise unless scores became weights."""
    h, ratio = np.array(scores), num_train / num_test
    right = np.minimum(ratio * np.exp(h), largest)
    text = given(scores=h, num_train=num_train, num_test=num_test, largest=largest)
    array = nd.array(h)
    out = call(weights_from_scores, array, num_train, num_test, largest, given=text)
    like_input(out, right.astype("float32"), given=text, shape_hint=ONE_EACH)
    if not agree(array, h):
        raise MistakeError(given=text, expected=h, got=array, hint=INPUT_CHANGED)
    known = [
        (ratio * np.exp(h), NOT_CUT),
        (np.exp(h), NO_SIZES),
        (np.minimum(np.exp(h), largest), NO_SIZES),
        (np.minimum(np.exp(h) / ratio, largest), INVERTED),
        (np.exp(h) / ratio, INVERTED),
        (ratio * np.minimum(np.exp(h), largest), CUT_FIRST),
        (np.minimum(ratio * h, largest), NO_EXP),
        (np.minimum(h, largest), NO_EXP),
        (np.minimum(ratio / (1 + np.exp(-h)), largest), PROBS),
        (right / right.mean(), SCALED),
    ]
    numbers(out, right, given=text, known=known, hint=WEIGHT)


ONE_NUMBER = "Give back one number: repaid loans over all loans."
ESTIMATE = "Go through the applicants in turn: lend or not, then count what is seen."
REFUSED_COUNT = "Whoever gets no loan is not seen: neither a loan nor a failure."
NO_EXPLORING = "Where explores is True there is a loan, whatever the estimate is."
ALL_SEEN = "A loan is given only if the estimate is 0.5 or more, or explores is True."
STRICT = "An estimate of exactly 0.5 is enough."
FIRST_ONLY = "The estimate changes with each loan: compute it anew for each applicant."


def lend(repays, explores, repaid, loans, wrong=None):
    """Give the last estimate of a lender; `wrong` names a mistake."""
    first = repaid / loans
    for pays, tries in zip(repays, explores, strict=True):
        estimate = first if wrong == FIRST_ONLY else repaid / loans
        lends = estimate > 0.5 if wrong == STRICT else estimate >= 0.5
        lends = lends or (tries and wrong != NO_EXPLORING) or wrong == ALL_SEEN
        repaid += bool(pays and lends)
        loans += bool(lends) or wrong == REFUSED_COUNT
    return repaid / loans


def check_lender(final_estimate, repays, explores, repaid, loans):
    """Raise unless a number is the last estimate of a lender."""
    text = given(repays=repays.astype(int), explores=explores.astype(int), repaid=repaid, loans=loans)
    answer = call(final_estimate, repays.copy(), explores.copy(), repaid, loans, given=text)
    got, right = as_numpy(answer), lend(repays, explores, repaid, loans)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got="something else", hint=ONE_NUMBER)
    got = float(got.ravel()[0])
    if abs(got - right) < 1e-6:
        return
    mistakes = (REFUSED_COUNT, FIRST_ONLY, NO_EXPLORING, ALL_SEEN, STRICT)
    fitting = (name for name in mistakes if abs(got - lend(repays, explores, repaid, loans, name)) < 1e-6)
    raise MistakeError(given=text, expected=f"{right:.4f}", got=f"{got:.4f}", hint=next(fitting, ESTIMATE))
