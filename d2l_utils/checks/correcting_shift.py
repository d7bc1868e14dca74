"""Checks of the exercises of notebooks/22-correcting-shift.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _correcting_shift_tables as tables
from d2l_utils.checks import _correcting_shift_weights as weights
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

import numpy as np

CHAPTER = "22-correcting-shift"
STATEMENTS = {
    "a": (False, "The large weights may be those of inputs that are not in the sample at all: section 3."),
    "b": (True, "A model that is right for both distributions has nothing to choose: section 5."),
    "c": (False, "Cutting pulls the estimate to one side; what it takes away is variance: section 6."),
    "d": (True, "Each column looks at one true class alone, so their shares do not matter: section 13."),
    "e": (False, "No weight makes up for an input that was never seen: section 9."),
    "f": (True, "It gives q/p, and with equal p that is q times the number of classes."),
}


@exercise(CHAPTER, 1)
def exercise_1(weight, num_left, share_0):
    """Check a weight, an effective sample size and the share of a class."""
    text = "the score is log 2, with 300 training and 100 test inputs"
    known = [
        (2, "The odds compare the two samples: the training sample is three times as large."),
        (2 / 3, "The other way round: times training inputs over test inputs."),
        (2.0794, "The score is the logarithm of the odds."),
    ]
    hint = "Bayes' rule: (number of training inputs / number of test inputs) * e to the score."
    equal_number("weight", weight, 6, given=text, known=known, hint=hint)
    text = "80 weights of 1/2 and 20 weights of 3"
    known = [
        (20, "The other 80 count a little, too, and those 20 count all alike: put both into the formula."),
        (100, "That is the sum of the weights: square it, and divide by the sum of the squares."),
        (0.5, "The sum of the weights is squared, too."),
        (0.02, "The square of the sum stands above, the sum of the squares below."),
    ]
    hint = "The square of the sum, divided by the sum of the squares."
    equal_number("num_left", num_left, 50, given=text, known=known, hint=hint)
    text = "C = [[0.8, 0.3], [0.2, 0.7]], half of the answers are 0"
    known = [
        (0.5, "That is the share of the answers, mistakes included."),
        (0.55, "That is C times the answers; C times the shares must give the answers."),
        (0.6, "That is the share of class 1."),
        (0.625, "Class 1 gives answers 0, too."),
    ]
    hint = "Solve 0.8 q + 0.3 (1 - q) = 0.5."
    equal_number("share_0", share_0, 0.4, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(weights_from_scores):
    """Check weights from the scores of a logistic regression."""
    for scores, num_train, num_test, largest in (
        ([0.0], 10, 10, 100),
        ([-1.0, 0.0, 2.0], 10, 10, 100),
        ([0.0, 1.0], 300, 100, 100),
        ([-2.0, 0.5, 3.0], 50, 200, 1.5),
        ([1.0, 4.0], 400, 100, 10),
    ):
        weights.check_weights(weights_from_scores, scores, num_train, num_test, largest)


@exercise(CHAPTER, 3)
def exercise_3(my_confusion):
    """Check a confusion matrix whose columns sum to 1."""
    for answers, y, num_classes in (
        ([0, 1], [0, 1], 2),
        ([0, 0, 0, 1, 1], [0, 0, 0, 0, 1], 2),
        ([0, 1, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1], 2),
        ([2, 0, 0, 2, 1, 0, 2], [0, 0, 1, 1, 1, 2, 2], 3),
    ):
        tables.check_confusion(my_confusion, np.array(answers), np.array(y), num_classes)


@exercise(CHAPTER, 4)
def exercise_4(corrected_probs):
    """Check predicted probabilities that were corrected for new shares of the classes."""
    for probs, p_train, q_new in (
        ([[0.5, 0.5]], [0.5, 0.5], [0.2, 0.8]),
        ([[0.6, 0.4], [0.2, 0.8]], [0.8, 0.2], [0.5, 0.5]),
        ([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.2, 0.6]], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]),
        ([[0.25, 0.75], [0.5, 0.5]], [0.4, 0.6], [0.0, 1.0]),
    ):
        tables.check_probs(corrected_probs, probs, p_train, q_new)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of six statements are said to be true."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(final_estimate):
    """Check a lender who learns from the own decisions."""
    rng = np.random.RandomState(0)
    cases = [
        ([True, False], [False, False], 6, 10),
        ([True, True], [False, False], 5, 10),
        ([True, True, True], [False, False, False], 4, 10),
        ([False, True], [False, False], 5, 10),
        ([True, False, True], [False, True, True], 4, 10),
        ([False, False, True, True], [False, False, True, True], 6, 11),
    ]
    cases += [(rng.random_sample(200) < 0.6, rng.random_sample(200) < 0.05, 4, 10) for _ in range(3)]
    for repays, explores, repaid, loans in cases:
        weights.check_lender(final_estimate, np.array(repays), np.array(explores), repaid, loans)
