"""The checks of notebook 04: right answers pass, each feared wrong answer gets the hint that fits it.

Feared: a softmax over the wrong axis, or that overflows, or that takes the logarithm of 0, or that shifts the whole
array at once; a gradient of the sum in place of the mean, without the truth or with the sign turned; a top-k accuracy
that divides by k or looks at the lowest scores; smoothing that is swapped, shared by the others only, or averaged. And
a right answer that is written differently.
"""

from d2l_utils.checks import _softmax_losses as losses
from d2l_utils.checks import _softmax_model as model
from d2l_utils.checks import softmax_regression as checks
from d2l_utils.checks._softmax_answers import NO_GRADIENT, OVERFLOW

import numpy as np
import pytest
from mxnet import autograd, nd
from mxnet.gluon import loss as gloss
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {
    "class_probs": [0.125, 0.25, 0.625],
    "loss_value": 1.386,
    "gradient": [0.125, -0.75, 0.625],
    "start_loss": 4.605,
}


@pytest.mark.parametrize(
    "answers",
    [
        ANSWERS,
        {
            "class_probs": nd.array([1, 2, 5]) / 8,
            "loss_value": np.log(4),
            "gradient": (1 / 8, -3 / 4, 5 / 8),
            "start_loss": -np.log(0.01),
        },
    ],
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("class_probs", [1, 2, 5], "These are the exponentials: divide them by their sum."),
        ("class_probs", [0, 0.30103, 0.69897], "Take the exponential of the scores first, then divide by the sum."),
        ("class_probs", [0, 0.6931, 1.6094], "These are the scores themselves."),
        ("class_probs", [0.3, 0.3, 0.4], "The exponential undoes the logarithm: e^(log 5) = 5."),
        ("class_probs", 0.25, "class_probs must be a list of 3 numbers."),
        ("loss_value", -1.386, "The sign: the loss is MINUS the logarithm."),
        ("loss_value", 0.47, "This is the class of the highest score; the loss asks for the right class."),
        ("loss_value", 0.602, "Take the natural logarithm, to the base e."),
        ("loss_value", 2, "This is in bits: take the natural logarithm, to the base e."),
        ("loss_value", 0.25, "This is the probability of the right class: take minus its logarithm."),
        ("loss_value", 1, "Minus the logarithm of the probability of class 1."),
        ("gradient", [-0.125, 0.75, -0.625], "The sign is turned: probability minus truth."),
        ("gradient", [0.125, 0.25, 0.625], "The truth is missing: subtract 1 at the place of the right class."),
        ("gradient", [0.125, 0.25, -0.375], "The 1 belongs to the right class, not to the highest score."),
        ("gradient", [-0.875, 0.25, 0.625], "Classes are counted from 0."),
        ("gradient", [0, -0.75, 0], "Probability minus truth, for each class."),
        ("start_loss", 2.3026, "This is for ten classes."),
        ("start_loss", -4.605, "The sign: the loss is MINUS the logarithm of 1/100."),
        ("start_loss", 0.01, "This is the probability of each class: take minus its logarithm."),
        ("start_loss", 2, "Take the natural logarithm, to the base e."),
        ("start_loss", 100, "Each class has the probability 1/100."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: log-softmax
def log_softmax(X):
    shifted = X - X.max(axis=-1, keepdims=True)
    return shifted - shifted.exp().sum(axis=-1, keepdims=True).log()


def by_rows(X):
    rows = X.reshape((-1, X.shape[-1]))
    largest = rows.max(axis=1).reshape((-1, 1))
    sums = nd.exp(nd.broadcast_sub(rows, largest)).sum(axis=1).log().reshape((-1, 1))
    return nd.broadcast_sub(rows, largest + sums).reshape(X.shape)


@pytest.mark.parametrize("answer", [log_softmax, by_rows, nd.log_softmax])
def test_right_log_softmax_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def one_shift(X):
    shifted = X - X.max()
    return shifted - shifted.exp().sum(axis=-1, keepdims=True).log()


def changes_input(X):
    X -= X.max(axis=-1, keepdims=True)
    return X - X.exp().sum(axis=-1, keepdims=True).log()


WRONG_LOG_SOFTMAX = {
    "naive": (lambda X: (X.exp() / X.exp().sum(axis=-1, keepdims=True)).log(), OVERFLOW),
    "no shift": (lambda X: X - X.exp().sum(axis=-1, keepdims=True).log(), OVERFLOW),
    "log of softmax": (lambda X: nd.softmax(X).log(), losses.LOG_OF_ZERO),
    "one shift": (one_shift, losses.ONE_SHIFT),
    "softmax only": (nd.softmax, "These are the probabilities: the logarithm is missing."),
    "sign": (
        lambda X: -log_softmax(X),
        "The sign is turned: a logarithm of a probability is never positive.",
    ),
    "axis 0": (lambda X: nd.log_softmax(X, axis=0), losses.LAST_AXIS),
    "axis 1": (lambda X: nd.log_softmax(X, axis=1), losses.LAST_AXIS),
    "over everything": (lambda X: nd.log_softmax(X.reshape((-1,))).reshape(X.shape), losses.LAST_AXIS),
    "shift only": (
        lambda X: X - X.max(axis=-1, keepdims=True),
        "Only the shift is there: subtract the logarithm of the sum too.",
    ),
    "no logarithm of the sum": (
        lambda X: X - X.exp().sum(axis=-1, keepdims=True),
        "Subtract the LOGARITHM of the sum, not the sum.",
    ),
    "shifted twice": (
        lambda X: log_softmax(X) - X.max(axis=-1, keepdims=True),
        "The shift counts twice: what was subtracted inside is added again.",
    ),
    "one value a row": (lambda X: log_softmax(X).sum(axis=-1), losses.LAST_AXIS),
    "input changed": (
        changes_input,
        "X itself was changed: make a new array, not X[:] = ... or X -= ...",
    ),
    "NumPy": (
        lambda X: log_softmax(X).asnumpy(),
        "Stay with operations of nd: autograd does not see what NumPy or Python compute.",
    ),
    "through NumPy": (lambda X: nd.array(log_softmax(X).asnumpy(), dtype=X.dtype), NO_GRADIENT),
    "off": (lambda X: log_softmax(X) + 0.01, losses.FORMULA),
}


@pytest.mark.parametrize("name", WRONG_LOG_SOFTMAX)
def test_wrong_log_softmax_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_LOG_SOFTMAX[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


def test_a_hidden_part_has_another_gradient(capsys):
    def detached(X):
        shifted = X - X.max(axis=-1, keepdims=True)
        return shifted - shifted.exp().sum(axis=-1, keepdims=True).log().detach()

    report = verdict(capsys, checks.exercise_2, detached)
    assert hint(report) == "The values are right and their gradient is not: is a part of the way hidden from autograd?"


# Exercise 3: gradients
def gradients(X, y, W, b, *, soft=nd.softmax, scale=None, truth=1):
    errors = soft(nd.dot(X, W) + b) - truth * nd.one_hot(y, W.shape[1])
    errors = errors * (1 / len(y) if scale is None else scale(errors))
    return nd.dot(X.T, errors), errors.sum(axis=0)


def by_autograd(X, y, W, b):
    params = [W.copy(), b.copy()]
    for param in params:
        param.attach_grad()
    with autograd.record():
        loss = gloss.SoftmaxCrossEntropyLoss()(nd.dot(X, params[0]) + params[1], y).mean()
    loss.backward()
    return [param.grad for param in params]


@pytest.mark.parametrize("answer", [gradients, by_autograd])
def test_right_gradients_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def naive_softmax(scores):
    return scores.exp() / scores.exp().sum(axis=1, keepdims=True)


def with_parts(change):
    return lambda X, y, W, b: change(*gradients(X, y, W, b))


WRONG_GRADIENTS = {
    "sum": (
        lambda *a: gradients(*a, scale=lambda E: 1),
        "This is the gradient of the summed loss: divide by the number of examples, len(y).",
    ),
    "mean over all entries": (
        lambda *a: gradients(*a, scale=lambda E: 1 / E.size),
        "Divide by the number of examples only, not by that of the classes.",
    ),
    "no truth": (
        lambda *a: gradients(*a, truth=0),
        "The truth is missing: subtract the one-hot labels from the probabilities.",
    ),
    "sign": (with_parts(lambda dW, db: (-dW, -db)), "The sign is turned: it is probability minus truth."),
    "scores": (
        lambda *a: gradients(*a, soft=lambda scores: scores),
        "These are the scores minus the truth: take their softmax first.",
    ),
    "wrong axis": (
        lambda *a: gradients(*a, soft=lambda scores: nd.softmax(scores, axis=0)),
        "The probabilities of an example must add up to 1: softmax over axis=1.",
    ),
    "overflow": (lambda *a: gradients(*a, soft=naive_softmax), OVERFLOW),
    "ten classes": (
        lambda X, y, W, b: (nd.dot(X.T, (nd.softmax(nd.dot(X, W) + b) - nd.one_hot(y, 10)) / len(y)), b),
        model.NUM_CLASSES,
    ),
    "transposed": (with_parts(lambda dW, db: (dW.T, db)), model.SHAPES),
    "only dW": (with_parts(lambda dW, db: dW), model.BOTH),
    "summed bias": (with_parts(lambda dW, db: (dW, db.sum())), model.SHAPES),
    "twice": (with_parts(lambda dW, db: (2 * dW, db)), model.FORMULA),
    "bias not divided": (
        lambda X, y, W, b: (gradients(X, y, W, b)[0], len(y) * gradients(X, y, W, b)[1]),
        "This is the gradient of the summed loss: divide by the number of examples, len(y).",
    ),
}


@pytest.mark.parametrize("name", WRONG_GRADIENTS)
def test_wrong_gradients_get_their_hint(capsys, name):
    wrong, sentence = WRONG_GRADIENTS[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: top-k accuracy
def top_k(y_hat, y, k):
    hits = nd.topk(y_hat, k=k, axis=1) == y.astype("float32").reshape((-1, 1))
    return hits.sum(axis=1).mean().asscalar()


def by_rank(y_hat, y, k):
    own = nd.pick(y_hat, y).reshape((-1, 1))
    return ((y_hat > own).sum(axis=1) < k).mean()


def by_sorting(y_hat, y, k):
    places = np.argsort(-y_hat.asnumpy(), axis=1)[:, :k]
    return sum(label in row for label, row in zip(y.asnumpy(), places, strict=True)) / len(y)


@pytest.mark.parametrize("answer", [top_k, by_rank, by_sorting])
def test_right_top_k_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


WRONG_TOP_K = {
    "count": (
        lambda y_hat, y, k: top_k(y_hat, y, k) * len(y),
        "This is the number of examples: divide by how many there are.",
    ),
    "divided by k": (
        lambda y_hat, y, k: top_k(y_hat, y, k) / k,
        "Each example counts once: over a (batch, k) array sum along axis=1 before the mean.",
    ),
    "only the first": (
        lambda y_hat, y, k: top_k(y_hat, y, 1),
        "Only the highest score counts here: look at the k highest.",
    ),
    "only the k-th": (
        lambda y_hat, y, k: top_k(y_hat, y, k) - (top_k(y_hat, y, k - 1) if k > 1 else 0),
        "Only the k-th score counts here: look at all k highest.",
    ),
    "lowest": (lambda y_hat, y, k: top_k(-y_hat, y, k), "These are the k LOWEST scores."),
    "one too many": (
        lambda y_hat, y, k: top_k(y_hat, y, min(k + 1, y_hat.shape[1])),
        "One score too many is looked at: k of them, not k + 1.",
    ),
    "float labels only": (
        lambda y_hat, y, k: (nd.topk(y_hat, k=k, axis=1) == y.reshape((-1, 1))).sum(axis=1).mean(),
        model.INT_LABELS,
    ),
    "one value an example": (
        lambda y_hat, y, k: nd.concat(y.astype("float32"), y.astype("float32"), dim=0),
        model.NUMBER,
    ),
    "half": (
        lambda y_hat, y, k: 0.3 + top_k(y_hat, y, k) / 7,
        "An example is right if fewer than k scores of its row are higher than that of its class.",
    ),
}


@pytest.mark.parametrize("name", WRONG_TOP_K)
def test_wrong_top_k_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_TOP_K[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["bdf", "fbd"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(("answer", "letter"), [(f"bdf{letter}", letter) for letter in "aceg"])
def test_false_statement_gets_its_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


@pytest.mark.parametrize(("answer", "letter"), [("df", "b"), ("bf", "d"), ("bd", "f")])
def test_true_statement_left_out_gets_its_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: label smoothing
def smoothed(scores, y, smoothing):
    log_probs = nd.log_softmax(scores)
    return -(1 - smoothing) * nd.pick(log_probs, y) - smoothing * log_probs.mean(axis=1)


def with_target(scores, y, smoothing, *, log_probs=log_softmax, share=None, own=None):
    """Smooth right, or with another share for all classes, or another own part of the right one."""
    q = scores.shape[1]
    truth = nd.one_hot(y, q).astype(scores.dtype)
    share = smoothing / q if share is None else share(smoothing, q)
    own = 1 - smoothing if own is None else own(smoothing, q)
    return -((own * truth + share) * log_probs(scores)).sum(axis=1)


def by_gluon(scores, y, smoothing):
    q = scores.shape[1]
    target = (1 - smoothing) * nd.one_hot(y, q).astype(scores.dtype) + smoothing / q
    return gloss.SoftmaxCrossEntropyLoss(sparse_label=False)(scores, target)


@pytest.mark.parametrize("answer", [smoothed, with_target, by_gluon])
def test_right_smoothing_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def changes_scores(scores, y, smoothing):
    scores -= scores.max(axis=1, keepdims=True)
    return smoothed(scores, y, smoothing)


WRONG_SMOOTHING = {
    "not smoothed": (lambda scores, y, s: smoothed(scores, y, 0), losses.NOT_SMOOTHED),
    "shrunk": (lambda scores, y, s: (1 - s) * smoothed(scores, y, 0), losses.NOT_SMOOTHED),
    "swapped": (
        lambda scores, y, s: smoothed(scores, y, 1 - s),
        "smoothing is the part that is shared: the truth keeps the rest.",
    ),
    "shared by the others": (
        lambda scores, y, s: with_target(
            scores, y, s, share=lambda s, q: s / (q - 1), own=lambda s, q: 1 - s - s / (q - 1)
        ),
        "The part is shared by ALL classes, the right one too: smoothing / num_classes for each.",
    ),
    "nothing for the right class": (
        lambda scores, y, s: with_target(scores, y, s, own=lambda s, q: 1 - s - s / q),
        "The right class gets its share too: 1 - smoothing + smoothing / num_classes in all.",
    ),
    "not divided": (
        lambda scores, y, s: with_target(scores, y, s, share=lambda s, q: s),
        "Each class gets smoothing / num_classes.",
    ),
    "mean": (
        lambda scores, y, s: smoothed(scores, y, s) / scores.shape[1],
        "Sum over the classes: their mean is smaller by the number of classes.",
    ),
    "sign": (
        lambda scores, y, s: -smoothed(scores, y, s),
        "The sign is turned: a logarithm of a probability is negative, a loss is not.",
    ),
    "one number": (lambda scores, y, s: smoothed(scores, y, s).sum(keepdims=True).reshape((1, 1)), losses.ONE_VALUE),
    "overflow": (
        lambda scores, y, s: with_target(scores, y, s, log_probs=lambda X: naive_softmax(X).log()),
        OVERFLOW,
    ),
    "log of 0": (
        lambda scores, y, s: with_target(scores, y, s, log_probs=lambda X: nd.softmax(X).log()),
        losses.LOG_OF_ZERO,
    ),
    "scores changed": (
        changes_scores,
        "scores itself was changed: make a new array, not scores[:] = ... or scores -= ...",
    ),
    "through NumPy": (
        lambda scores, y, s: nd.array(smoothed(scores, y, s).asnumpy(), dtype=scores.dtype),
        NO_GRADIENT,
    ),
    "off": (lambda scores, y, s: smoothed(scores, y, s) + 0.01, losses.TARGET),
}


@pytest.mark.parametrize("name", WRONG_SMOOTHING)
def test_wrong_smoothing_gets_its_hint(capsys, name):
    wrong, sentence = WRONG_SMOOTHING[name]
    assert hint(verdict(capsys, checks.exercise_6, wrong)) == sentence
