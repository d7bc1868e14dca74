"""The checks of notebook 23: right answers pass, each feared wrong answer gets the hint that fits it.

Feared: a leak let through (all rows' mean, a place on both sides); classes dealt out unevenly; pixels that come in
again on the other side; scores averaged where probabilities are asked for; dropout that is on in prediction, or an
answer that depends on the other images of the batch.
"""

from d2l_utils.checks import _capstone_parts as parts
from d2l_utils.checks import capstone as checks

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, nd
from mxnet.gluon import nn
from verdicts import hint, verdict


@pytest.mark.parametrize("number", range(1, 8))
def test_a_placeholder_is_not_attempted(capsys, number):
    answers = [...] * (4 if number == 1 else 1)
    assert verdict(capsys, getattr(checks, f"exercise_{number}"), *answers) == f"Exercise {number}: not attempted yet"


# Exercise 1: predict
ANSWERS = {"error_of_200": 0.0283, "error_of_1000": 0.0126, "num_trainings": 63, "part_of_luck": 0.0075}


@pytest.mark.parametrize(
    "answers", [ANSWERS, {**ANSWERS, "error_of_200": (0.16 / 200) ** 0.5, "part_of_luck": 0.00748}]
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("error_of_200", 0.4, "This is the sd for one image: divide by the root of 200."),
        ("error_of_200", 2.83, "A fraction is asked for, not percent."),
        ("error_of_200", 5, "The root of 0.8 * 0.2 / 200."),
        ("error_of_1000", 0.0283, "All 1,000 images are validated once."),
        ("error_of_1000", 0.00566, "Five times as many images divide it by the root of 5."),
        ("num_trainings", 12, "Each setting is trained once for each fold."),
        ("num_trainings", 60, "The chosen one is trained once more, three times, on all images."),
        ("num_trainings", 180, "The search trains one network for each setting and fold."),
        ("part_of_luck", 0.05, "The best of 20 is 1.87 sds above the mean, not one."),
        ("part_of_luck", 1, "1.87 times the sd."),
        ("part_of_luck", [1, 2], "part_of_luck must be a number."),
    ],
)
def test_wrong_predictions_are_told(capsys, name, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())) == sentence


# Exercise 2: folds
def stratified_folds(y, k):
    of_class = [np.random.permutation(np.flatnonzero(y == label)) for label in np.unique(y)]
    folds = [np.concatenate([places[i::k] for places in of_class]) for i in range(k)]
    return [(np.setdiff1d(np.arange(len(y)), fold), fold) for fold in folds]


def by_order(y, k):
    order = np.argsort(y, kind="stable")
    dealt = [order[i::k].tolist() for i in range(k)]
    return tuple(([place for place in range(len(y)) if place not in fold], fold) for fold in dealt)


def changed(change):
    return lambda y, k: [change(*pair) for pair in stratified_folds(y, k)]


def plain_folds(y, k):
    folds = np.array_split(np.arange(len(y)), k)
    return [(np.setdiff1d(np.arange(len(y)), fold), fold) for fold in folds]


@pytest.mark.parametrize("answer", [stratified_folds, by_order])
def test_right_folds_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


WRONG_FOLDS = {
    "trained on all": (lambda y, k: [(np.arange(len(y)), fold) for _, fold in stratified_folds(y, k)], parts.OVERLAP),
    "a lost place": (changed(lambda train, valid: (train[1:], valid)), parts.LOST),
    "the same fold": (lambda y, k: stratified_folds(y, k)[:1] * k, parts.NOT_ONCE),
    "one pair too few": (lambda y, k: stratified_folds(y, k)[1:], parts.PAIRS),
    "no classes": (plain_folds, parts.NOT_BALANCED),
    "folds alone": (lambda y, k: [fold for _, fold in stratified_folds(y, k)], parts.PAIRS),
    "a number": (lambda y, k: 3, parts.PAIRS),
}


@pytest.mark.parametrize("wrong", WRONG_FOLDS)
def test_wrong_folds_are_told(capsys, wrong):
    answer, sentence = WRONG_FOLDS[wrong]
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: moved images
def padded(X, dx, dy):
    wide = abs(dx) + abs(dy) + 1
    frame = nd.pad(X, mode="constant", pad_width=(0, 0, 0, 0, wide, wide, wide, wide), constant_value=0)
    height, width = X.shape[2:]
    return frame[:, :, wide - dy : wide - dy + height, wide - dx : wide - dx + width]


def by_grid(X, dx, dy):
    height, width = X.shape[2:]
    theta = nd.array([[1, 0, -2 * dx / (width - 1), 0, 1, -2 * dy / (height - 1)]] * len(X))
    return nd.BilinearSampler(X, nd.GridGenerator(theta, transform_type="affine", target_shape=(height, width)))


@pytest.mark.parametrize("answer", [padded, by_grid])
def test_right_moves_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_MOVES = {
    "rolled": (lambda X, dx, dy: nd.array(np.roll(X.asnumpy(), (dy, dx), axis=(2, 3))), parts.MOVED),
    "exchanged": (
        lambda X, dx, dy: padded(X, dy, dx),
        "dx and dy are exchanged: dx is along the last axis, dy along the one before.",
    ),
    "to the left": (
        lambda X, dx, dy: padded(X, -dx, -dy),
        "The direction is opposite: dx > 0 moves to the right, dy > 0 moves down.",
    ),
    "not at all": (lambda X, dx, dy: X, "Nothing was moved."),
    "ones come in": (
        lambda X, dx, dy: padded(X, dx, dy) + 1 - padded(nd.ones_like(X), dx, dy),
        parts.SHIFT_HINT,
    ),
    "the frame stays": (
        lambda X, dx, dy: nd.pad(X, mode="constant", pad_width=(0, 0, 0, 0, 1, 1, 1, 1), constant_value=0),
        "The images keep their shape: cut out a window of the old size.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_MOVES)
def test_wrong_moves_are_told(capsys, wrong):
    answer, sentence = WRONG_MOVES[wrong]
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: an average
def average_vote(scores):
    return sum(nd.softmax(of_net) for of_net in scores).argmax(axis=1)


def with_numpy(scores):
    probs = np.exp(np.stack([nd.log_softmax(of_net).asnumpy() for of_net in scores]))
    return probs.mean(axis=0).argmax(axis=1).tolist()


@pytest.mark.parametrize("answer", [average_vote, with_numpy])
def test_right_averages_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


WRONG_AVERAGES = {
    "of scores": (
        lambda scores: sum(scores).argmax(axis=1),
        "This is the mean of the scores: take softmax before the mean.",
    ),
    "of votes": (
        lambda scores: sum(nd.one_hot(of_net.argmax(axis=1), of_net.shape[1]) for of_net in scores).argmax(axis=1),
        "This counts votes, in which a network that is hardly sure counts as much as a sure one.",
    ),
    "the first": (lambda scores: scores[0].argmax(axis=1), "This is the first network alone."),
    "probabilities": (
        lambda scores: sum(nd.softmax(of_net) for of_net in scores),
        "Give back one class index for each example.",
    ),
    "the least": (
        lambda scores: sum(nd.softmax(s) for s in scores).argmin(axis=1),
        "These are the least likely classes.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_AVERAGES)
def test_wrong_averages_are_told(capsys, wrong):
    answer, sentence = WRONG_AVERAGES[wrong]
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: scaled columns
def standardized(X, train_part, valid_part, rows=None, ddof=0):
    known = X[train_part] if rows is None else rows
    mean, sd = known.mean(axis=0), known.std(axis=0, ddof=ddof)
    sd = np.where(sd == 0, 1, sd)
    return (X[train_part] - mean) / sd, (X[valid_part] - mean) / sd


def as_ndarrays(X, train_part, valid_part):
    return [nd.array(part, dtype="float64") for part in standardized(X, train_part, valid_part)]


def each_by_its_own(X, train_part, valid_part):
    return standardized(X, train_part, train_part)[0], standardized(X, valid_part, valid_part)[0]


def in_place(X, train_part, valid_part):
    X[:] = (X - X[train_part].mean(axis=0)) / np.maximum(X[train_part].std(axis=0), 1e-9)
    return X[train_part], X[valid_part]


def divided_by_zero(X, train_part, valid_part):
    known = X[train_part]
    with np.errstate(all="ignore"):
        return [(X[part] - known.mean(axis=0)) / known.std(axis=0) for part in (train_part, valid_part)]


@pytest.mark.parametrize("answer", [standardized, as_ndarrays])
def test_right_scales_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


WRONG_SCALES = {
    "all rows": (
        lambda X, train, valid: standardized(X, train, valid, rows=X),
        "This is a leak: mean and sd of all rows know the validation part.",
    ),
    "its own": (
        each_by_its_own,
        "The validation part has to be scaled by the training part's numbers, not by its own.",
    ),
    "n - 1": (
        lambda X, train, valid: standardized(X, train, valid, ddof=1),
        "Divide by n in the sd, as X.std(axis=0) does.",
    ),
    "in place": (in_place, parts.NO_COPY),
    "0 / 0": (divided_by_zero, "A column that is constant in the training part has sd 0: divide by 1 there."),
    "one part": (
        lambda X, train, valid: standardized(X, train, valid)[0],
        "Give back two arrays: X[train_part] and X[valid_part], both scaled.",
    ),
    "exchanged": (lambda X, train, valid: standardized(X, train, valid)[::-1], "Rows and columns stay as they are."),
}


@pytest.mark.parametrize("wrong", WRONG_SCALES)
def test_wrong_scales_are_told(capsys, wrong):
    answer, sentence = WRONG_SCALES[wrong]
    assert hint(verdict(capsys, checks.exercise_5, answer)) == sentence


# Exercise 6: explain
@pytest.mark.parametrize("answer", ["bde", "E, D, B"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(("answer", "letter"), [("abde", "a"), ("de", "b"), ("bcde", "c"), ("be", "d"), ("bd", "e")])
def test_wrong_statements_are_told(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == checks.STATEMENTS[letter][1]


# Exercise 7: what may be submitted
WEIGHTS = nd.array(np.random.RandomState(3).normal(size=(784, 10)))


def scores(X):
    return nd.dot(X.reshape((len(X), -1)), WEIGHTS)


def with_gluon():
    net = nn.Dense(10, in_units=784)
    net.initialize()
    net.weight.set_data(WEIGHTS.T)
    return lambda X: net(X).argmax(axis=1)


def mean_of(nets):
    return lambda X: sum(nd.softmax(net(X)) for net in nets)


def test_right_classifiers_pass(capsys):
    for predict in (scores, lambda X: scores(X).argmax(axis=1), lambda X: scores(X).asnumpy(), with_gluon()):
        assert verdict(capsys, checks.exercise_7, lambda nets, predict=predict: predict) == "Exercise 7: passed"
    for classifier in (mean_of, lambda nets: nets[0]):
        assert verdict(capsys, checks.exercise_7, classifier) == "Exercise 7: passed"


def test_the_streams_stay_as_they_are(capsys):
    mx.random.seed(1)
    expected = nd.random.uniform(shape=3).asnumpy()
    mx.random.seed(1)
    checks.exercise_7(mean_of)
    assert (nd.random.uniform(shape=3).asnumpy() == expected).all()


def in_training_mode(X):
    with autograd.train_mode():
        return scores(nd.Dropout(X, p=0.5))


def darkened(X):
    X *= 0
    return scores(X + nd.random.uniform(shape=X.shape))


def noisy_mean_of(nets):
    def predict(X):
        with autograd.train_mode():
            return mean_of(nets)(X)

    return predict


WRONG_PREDICTS = {
    "dropout is on": (
        in_training_mode,
        "Is dropout or augmentation on? Predict outside of autograd.record(), and draw nothing.",
    ),
    "the batch is used": (
        lambda X: scores(X - X.mean(axis=0)),
        "What is said of an image depends on the other images of the batch: nothing may be learned from them.",
    ),
    "always the same": (
        lambda X: nd.zeros(len(X)),
        "Is the network trained, and are the images in [0, 1] as in training?",
    ),
    "the images are changed": (darkened, "Work on a copy of the images."),
    "one number": (
        lambda X: scores(X).argmax(),
        "Give class indices, one for each image, or ten scores for each.",
    ),
    "nan": (lambda X: scores(X) * float("nan"), "Did the training diverge?"),
    "eleven": (lambda X: scores(X).argmax(axis=1) + 10, "Give whole numbers from 0 to 9: argmax(axis=1) gives them."),
}


@pytest.mark.parametrize("wrong", WRONG_PREDICTS)
def test_wrong_functions_are_told(capsys, wrong):
    answer, sentence = WRONG_PREDICTS[wrong]
    assert hint(verdict(capsys, checks.exercise_7, lambda nets: answer)) == sentence


def test_wrong_classifiers_are_told(capsys):
    dropout_is_on = WRONG_PREDICTS["dropout is on"][1]
    assert hint(verdict(capsys, checks.exercise_7, noisy_mean_of)) == dropout_is_on
    scores_at_once = verdict(capsys, checks.exercise_7, lambda nets: nd.ones((40, 10)))
    assert hint(scores_at_once) == "Hand in its name, without brackets."
