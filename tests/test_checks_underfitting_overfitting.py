"""The checks of the chapter on underfitting and overfitting: right answers pass, feared wrong ones get their hint.

Feared: folds that cut a group in two, lose the groups that are left over, or come as (valid, train); standardizing
by all data, by the validation part itself, by one number for all features, or with 0 / 0; early stopping that looks
ahead, counts from 0, gives the epoch at which it stops, takes a tie for progress or compares with the epoch before;
a leave-one-out error that is the training error, divides once in place of twice, or makes n fits; a rule that
gives the best model, uses the deviation in place of the standard error, or takes the most complex model allowed.
And of a check: it rejects a right answer because it is written differently.
"""

from d2l_utils.checks import _overfitting_choosing as choosing
from d2l_utils.checks import _overfitting_leaving as leaving
from d2l_utils.checks import _overfitting_splitting as splitting
from d2l_utils.checks import underfitting_overfitting as checks

import numpy as np
import pytest
from mxnet import nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"floor": 0.25, "train_error": 0, "variance": 0.025, "num_fits": 66, "num_training": 48}


@pytest.mark.parametrize("change", [{}, {"floor": 0.5**2, "num_fits": np.float64(66)}, {"train_error": 1e-12}])
def test_right_predictions_pass(capsys, change):
    assert verdict(capsys, checks.exercise_1, *{**ANSWERS, **change}.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("floor", 0.5, "This is the standard deviation: a squared error is compared with its square."),
        ("floor", 0, "On new examples even the true curve is wrong by the noise; take its mean square."),
        (
            "train_error",
            0.25,
            "This is the error on new examples at best: what can ten weights do with ten examples?",
        ),
        ("train_error", 0.1, "Count the weights, and count the examples."),
        ("variance", 0.02, "Degree 4 has one weight more than 4."),
        ("variance", 0.05, "The variance of the noise is the square of 0.5."),
        ("variance", 0.1, "This leaves out the noise: it multiplies (d + 1) / n."),
        ("variance", 1, "Averaged over the inputs, it is sigma^2 (d + 1) / n."),
        ("num_fits", 65, "And at the end the chosen degree is fitted once more, on all examples."),
        ("num_fits", 61, "From 0 to 12 there are more than 12 degrees."),
        ("num_fits", 14, "Each degree is fitted once for every fold."),
        ("num_fits", 5, "Each degree is fitted once for every fold, and the chosen one once more."),
        ("num_training", 12, "This is the size of a fold, which is left out."),
        ("num_training", 60, "One fold is left out."),
        ("num_training", [48], "num_training must be a number."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: folds of groups
def group_k_fold(groups, k):
    names = np.random.permutation(np.unique(groups))
    held_out = [np.isin(groups, part) for part in np.array_split(names, k)]
    return [(np.flatnonzero(~valid), np.flatnonzero(valid)) for valid in held_out]


def with_lists(groups, k):
    names = sorted(set(groups.tolist()))
    for fold in range(k):
        held_out = set(names[fold::k])
        valid = [i for i, name in enumerate(groups.tolist()) if name in held_out]
        yield [i for i in range(len(groups)) if i not in valid], valid


@pytest.mark.parametrize("answer", [group_k_fold, with_lists, lambda groups, k: tuple(with_lists(groups, k))])
def test_right_folds_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def plain(groups, k):
    folds = np.array_split(np.arange(len(groups)), k)
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k)]


def without_the_rest(groups, k):
    names = np.unique(groups)
    size = len(names) // k
    held_out = [np.isin(groups, names[i * size : (i + 1) * size]) for i in range(k)]
    return [(np.flatnonzero(~valid), np.flatnonzero(valid)) for valid in held_out]


def rest_in_the_last(groups, k):
    names = np.unique(groups)
    cuts = [names[i] for i in range(1, k)]
    held_out = [np.searchsorted(cuts, groups, side="right") == i for i in range(k)]
    return [(np.flatnonzero(~valid), np.flatnonzero(valid)) for valid in held_out]


def changed(change):
    return lambda groups, k: [change(*pair) for pair in group_k_fold(groups, k)]


WRONG_FOLDS = {
    "folds of examples": (plain, splitting.ON_BOTH_SIDES),
    "the rest is lost": (without_the_rest, splitting.NOT_VALIDATED),
    "swapped": (changed(lambda train, valid: (valid, train)), splitting.SWAPPED),
    "trained on everything": (
        lambda groups, k: [(np.arange(len(groups)), v) for _, v in group_k_fold(groups, k)],
        splitting.OVERLAP,
    ),
    "a lost training example": (changed(lambda train, valid: (train[1:], valid)), splitting.LOST),
    "the same fold every time": (lambda groups, k: [group_k_fold(groups, k)[0]] * k, splitting.NOT_VALIDATED),
    "one pair": (lambda groups, k: group_k_fold(groups, k)[:1], splitting.PAIRS),
    "uneven": (rest_in_the_last, splitting.UNEVEN),
    "masks": (
        lambda groups, k: [(~np.isin(groups, [name]), np.isin(groups, [name])) for name in np.unique(groups)[:k]],
        splitting.NOT_INDICES,
    ),
    "the groups' names": (
        lambda groups, k: [(np.setdiff1d(groups, part), part) for part in np.array_split(np.unique(groups), k)],
        splitting.NOT_INDICES,
    ),
    "no pairs": (lambda groups, k: np.arange(k), splitting.PAIRS),
}


@pytest.mark.parametrize("name", WRONG_FOLDS)
def test_wrong_folds_get_their_hint(capsys, name):
    wrong, sentence = WRONG_FOLDS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


def test_an_error_in_a_generator_is_told(capsys):
    def broken(groups, k):
        yield groups[1000]

    assert "IndexError" in verdict(capsys, checks.exercise_2, broken)


# Exercise 3: standardizing inside a fold
def standardize(train, valid, *, source=None, sd=None):
    """Standardize by train, or by other numbers."""
    source = train if source is None else source
    sd = source.std(axis=0) if sd is None else sd
    sd = np.where(sd > 1e-12, sd, 1)
    return (train - source.mean(axis=0)) / sd, (valid - source.mean(axis=0)) / sd


def in_loops(train, valid):
    parts = [np.zeros(train.shape), np.zeros(valid.shape)]
    for j in range(train.shape[1]):
        column = train[:, j]
        sd = np.sqrt(((column - column.mean()) ** 2).sum() / (len(column) - 1)) or 1
        for new, part in zip(parts, (train, valid), strict=True):
            new[:, j] = (part[:, j] - column.mean()) / sd
    return parts


@pytest.mark.parametrize("answer", [standardize, in_loops])
def test_right_standardizing_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def in_place(train, valid):
    new_train, new_valid = standardize(train, valid)
    train[:], valid[:] = new_train, new_valid
    return train, valid


def one_number(train, valid):
    return (train - train.mean()) / train.std(), (valid - train.mean()) / train.std()


def no_mean(train, valid):
    sd = np.where(train.std(axis=0) > 0, train.std(axis=0), 1)
    return train / sd, valid / sd


def along_rows(train, valid):
    def scaled(part):
        sd = part.std(axis=1, keepdims=True)
        return (part - part.mean(axis=1, keepdims=True)) / np.where(sd > 0, sd, 1)

    return (scaled(train), scaled(valid)) if train.shape[1] > 1 else standardize(train, valid)


def zero_by_zero(train, valid):
    with np.errstate(all="ignore"):
        mean, sd = train.mean(axis=0), train.std(axis=0)
        return (train - mean) / sd, (valid - mean) / sd


WRONG_STANDARDIZING = {
    "each by itself": (lambda a, b: (standardize(a, a)[0], standardize(b, b)[0]), splitting.OWN_NUMBERS),
    "all data": (lambda a, b: standardize(a, b, source=np.vstack([a, b])), splitting.ALL_NUMBERS),
    "variance": (lambda a, b: standardize(a, b, sd=a.var(axis=0)), splitting.VARIANCE),
    "one number": (one_number, splitting.ONE_NUMBER),
    "along the rows": (along_rows, splitting.ALONG_ROWS),
    "no mean": (no_mean, splitting.NO_MEAN),
    "train only": (lambda a, b: (standardize(a, b)[0], b), splitting.TRAIN_ONLY),
    "0 / 0": (zero_by_zero, splitting.CONSTANT),
    "in place": (in_place, splitting.CHANGED),
    "train alone": (lambda a, b: standardize(a, b)[0], "Give back both: return train, valid."),
    "a number": (lambda a, b: 3, "Give back both: return train, valid."),
}


@pytest.mark.parametrize("name", WRONG_STANDARDIZING)
def test_wrong_standardizing_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_STANDARDIZING[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: early stopping
def best_epoch(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best


def with_a_counter(losses, patience):
    lowest, best, waited = float("inf"), 0, 0
    for i in range(len(losses)):
        if losses[i] < lowest:
            lowest, best, waited = losses[i], i, 0
        else:
            waited += 1
        if waited == patience:
            return np.int64(best + 1)
    return np.int64(best + 1)


@pytest.mark.parametrize("answer", [best_epoch, with_a_counter])
def test_right_early_stopping_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


WRONG_EPOCHS = {
    "from zero": (lambda losses, patience: best_epoch(losses, patience) - 1, choosing.FROM_ZERO),
    "looks ahead": (lambda losses, patience: int(np.nanargmin(losses)) + 1, choosing.LOOKS_AHEAD),
    "the stopping epoch": (lambda losses, patience: choosing._early(losses, patience)[1], choosing.STOPPING_EPOCH),
    "a tie is progress": (lambda losses, patience: choosing._early(losses, patience, ties=True)[0], choosing.TIES),
    "the epoch before": (choosing._previous, choosing.PREVIOUS),
    "a counter never reset": (choosing._all_failures, choosing.TOO_SOON),
    "the loss": (lambda losses, patience: losses[best_epoch(losses, patience) - 1] + 0.5, choosing.NOT_AN_EPOCH),
    "always 7": (lambda losses, patience: 7, choosing.EPOCH),
    "two numbers": (lambda losses, patience: (1, 2), choosing.NOT_AN_EPOCH),
}


@pytest.mark.parametrize("name", WRONG_EPOCHS)
def test_wrong_early_stopping_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_EPOCHS[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["acf", "fca"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize("letter", "abcdef")
def test_each_wrong_choice_gets_its_reason(capsys, letter):
    answer = "".join(sorted(set("acf") ^ {letter}))
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: leave-one-out
def leave_one_out(X, y, change=lambda residuals, left: ((residuals / left) ** 2).mean()):
    H = X @ np.linalg.pinv(X)
    return change(y - H @ y, 1 - np.diag(H))


def by_qr(X, y):
    Q = np.linalg.qr(X)[0]
    leverage = (Q**2).sum(axis=1)
    w = np.linalg.solve(X.T @ X, X.T @ y)
    return nd.array(((y - X @ w) ** 2 / (1 - leverage) ** 2).mean(keepdims=True), dtype="float64")


@pytest.mark.parametrize("answer", [leave_one_out, by_qr])
def test_right_leave_one_out_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


WRONG_LEAVING = {
    "training error": (lambda residuals, left: (residuals**2).mean(), leaving.TRAINING_ERROR),
    "divided once": (lambda residuals, left: (residuals**2 / left).mean(), leaving.TOO_LITTLE),
    "sum": (lambda residuals, left: ((residuals / left) ** 2).sum(), leaving.SUMMED),
    "residuals": (lambda residuals, left: residuals / left, leaving.SUMMED),
    "root": (lambda residuals, left: ((residuals / left) ** 2).mean() ** 0.5, leaving.ROOT),
    "mean leverage": (lambda residuals, left: ((residuals / left.mean()) ** 2).mean(), leaving.GENERALIZED),
    "multiplied": (lambda residuals, left: ((residuals * left) ** 2).mean(), leaving.LEAVE_ONE_OUT),
}


@pytest.mark.parametrize("name", WRONG_LEAVING)
def test_wrong_leave_one_out_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_LEAVING[name]
    assert hint(verdict(capsys, checks.exercise_6, lambda X, y: leave_one_out(X, y, wrong))) == sentence


def test_n_fits_are_counted(capsys):
    assert hint(verdict(capsys, checks.exercise_6, leaving._n_fits)) == leaving.MANY_FITS


# Exercise 7: one standard error
def rule(errors, **changes):
    return choosing._rule(errors, **changes)


def in_python(errors):
    means = [sum(column) / len(column) for column in errors.T.tolist()]
    best = means.index(min(means))
    squares = [(value - means[best]) ** 2 for value in errors[:, best]]
    limit = means[best] + (sum(squares) / (len(squares) - 1) / len(squares)) ** 0.5
    return next(i for i, mean in enumerate(means) if mean <= limit)


@pytest.mark.parametrize("answer", [rule, in_python, lambda errors: rule(errors, ddof=0)])
def test_right_rules_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_7, answer) == "Exercise 7: passed"


def own_bar(errors):
    mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / len(errors) ** 0.5
    return np.flatnonzero(mean - se <= mean.min())[0]


def most_complex(errors):
    mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / len(errors) ** 0.5
    return np.flatnonzero(mean <= mean.min() + se[mean.argmin()])[-1]


WRONG_RULES = {
    "the best": (lambda errors: errors.mean(axis=0).argmin(), choosing.THE_BEST),
    "standard deviation": (lambda errors: rule(errors, folds=1), choosing.STANDARD_DEVIATION),
    "each its own bar": (own_bar, choosing.OWN_BAR),
    "the most complex": (most_complex, choosing.MOST_COMPLEX),
    "along the models": (lambda errors: errors.mean(axis=1).argmin(), choosing.RULE),
    "the error": (lambda errors: 0.25, choosing.NOT_A_MODEL),
}


@pytest.mark.parametrize("name", WRONG_RULES)
def test_wrong_rules_get_their_hint(capsys, name):
    wrong, sentence = WRONG_RULES[name]
    assert hint(verdict(capsys, checks.exercise_7, wrong)) == sentence
