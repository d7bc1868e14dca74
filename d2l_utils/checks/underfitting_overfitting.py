"""Checks of the exercises of notebooks/07-underfitting-overfitting.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _overfitting_choosing, _overfitting_leaving, _overfitting_splitting
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "07-underfitting-overfitting"
STATEMENTS = {
    "a": (True, "Both errors are means over a few examples: by luck the new ones can be the easier ones."),
    "b": (False, "Both errors of a straight line meet far above the noise, however many examples there are."),
    "c": (True, "The variance is sigma^2 (d + 1) / n: it falls as n grows."),
    "d": (False, "The degree was chosen because this number is low, so luck is in it: the winner's curse."),
    "e": (False, "The choice has seen the labels of the validation folds; section 8 measures what that does."),
    "f": (True, "A new label holds noise that no model can know beforehand, and its square has this mean."),
}


@exercise(CHAPTER, 1)
def exercise_1(floor, train_error, variance, num_fits, num_training):
    """Check five predictions: noise floor, training error, variance, number of fits, size of a training part."""
    text = "noise of standard deviation 0.5"
    known = [(0.5, "This is the standard deviation: a squared error is compared with its square.")]
    hint = "On new examples even the true curve is wrong by the noise; take its mean square."
    equal_number("floor", floor, 0.25, given=text, known=known, hint=hint)
    text = "10 examples at 10 different x, degree 9"
    known = [(0.25, "This is the error on new examples at best: what can ten weights do with ten examples?")]
    hint = "Count the weights, and count the examples."
    equal_number("train_error", train_error, 0, given=text, known=known, hint=hint)
    text = "50 examples, degree 4, noise of standard deviation 0.5"
    known = [
        (0.02, "Degree 4 has one weight more than 4."),
        (0.05, "The variance of the noise is the square of 0.5."),
        (0.1, "This leaves out the noise: it multiplies (d + 1) / n."),
    ]
    hint = "Averaged over the inputs, it is sigma^2 (d + 1) / n."
    equal_number("variance", variance, 0.025, given=text, known=known, hint=hint)
    text = "degrees 0 to 12, 5 folds"
    known = [
        (65, "And at the end the chosen degree is fitted once more, on all examples."),
        (60, "From 0 to 12 there are more than 12 degrees."),
        (61, "From 0 to 12 there are more than 12 degrees."),
        (14, "Each degree is fitted once for every fold."),
    ]
    hint = "Each degree is fitted once for every fold, and the chosen one once more."
    equal_number("num_fits", num_fits, 66, given=text, known=known, hint=hint)
    text = "60 examples, 5 folds"
    known = [(12, "This is the size of a fold, which is left out."), (60, "One fold is left out.")]
    hint = "One fold is left out, the others are the training part."
    equal_number("num_training", num_training, 48, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(group_k_fold):
    """Check folds that keep the examples of a group together."""
    for groups, k in _overfitting_splitting.GROUPED:
        _overfitting_splitting.check_folds(group_k_fold, groups, k)


@exercise(CHAPTER, 3)
def exercise_3(standardize):
    """Check standardizing with the mean and the standard deviation of the training part."""
    for train, valid in _overfitting_splitting.parts():
        _overfitting_splitting.check_standardized(standardize, train, valid)


@exercise(CHAPTER, 4)
def exercise_4(best_epoch):
    """Check early stopping on lists of validation losses."""
    for losses, patience in _overfitting_choosing.validation_losses():
        _overfitting_choosing.check_epoch(best_epoch, losses, patience)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(leave_one_out):
    """Check the leave-one-out error, and that it takes one fit."""
    for X, y in _overfitting_leaving.regressions():
        _overfitting_leaving.check(leave_one_out, X, y)


@exercise(CHAPTER, 7)
def exercise_7(one_standard_error):
    """Check the choice of the simplest model within one standard error of the best."""
    for errors in _overfitting_choosing.fold_errors():
        _overfitting_choosing.check_rule(one_standard_error, errors)
