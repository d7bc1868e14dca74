"""What a stable log-softmax (notebook 04, exercise 2) and a loss with smoothed labels (6) have to do."""

from d2l_utils.checks import _softmax_answers as answers
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

LAST_AXIS = "The classes lie along the last axis, whatever the shape: axis=-1, with keepdims=True."
LOG_OF_ZERO = "A probability became 0, and its logarithm is minus infinity: never compute it, use log-sum-exp."
ONE_SHIFT = "One shift serves the whole array, and in another row every exp is 0: take the largest score of each row."
FORMULA = "With m the largest score of a row: log softmax is o - m - log(sum of exp(o - m))."
ONE_VALUE = "One value for each example: sum over the classes (axis=1), not over the batch."
NOT_SMOOTHED = "This is the loss without smoothing: the other classes get a part of the truth too."
TARGET = "The loss is minus the sum over the classes of target times log softmax."


def check_log_softmax(log_softmax):
    """Raise unless the values are right on small and large scores, over the last axis of every shape."""
    for seed, shape in enumerate([(2,), (1, 3), (2, 3), (3, 3), (2, 3, 4)]):
        seed_everything(seed)
        X = nd.random.normal(0, 2, shape=shape)
        text = given(X=X)
        result = _log_softmax(log_softmax, X, text)
        answers.equal(result, answers.log_softmax(X.asnumpy()), given=text, known=_known(X.asnumpy()), hint=FORMULA)
    _check_large(log_softmax)
    answers.check_gradient(log_softmax, nd.random.normal(0, 2, shape=(2, 4)).astype("float64"))


def _log_softmax(log_softmax, X, text):
    handed_in = X.copy()
    result = call(log_softmax, handed_in, given=text, hint=LAST_AXIS)
    answers.left_alone("X", X, handed_in, given=text)
    return answers.array(result, X.shape, given=text, name="the result", hint=LAST_AXIS)


def _known(x):
    right = answers.log_softmax(x)
    known = [
        (np.exp(right), "These are the probabilities: the logarithm is missing."),
        (-right, "The sign is turned: a logarithm of a probability is never positive."),
        (answers.log_softmax(x.ravel()).reshape(x.shape), LAST_AXIS),
        (x - x.max(axis=-1, keepdims=True), "Only the shift is there: subtract the logarithm of the sum too."),
        (x - np.exp(x).sum(axis=-1, keepdims=True), "Subtract the LOGARITHM of the sum, not the sum."),
        (right - x.max(axis=-1, keepdims=True), "The shift counts twice: what was subtracted inside is added again."),
    ]
    axes = range(x.ndim - 1)
    return known + [(np.moveaxis(answers.log_softmax(np.moveaxis(x, i, -1)), -1, i), LAST_AXIS) for i in axes]


def _check_large(log_softmax):
    for rows in ([[100, 100]], [[0, -200]], [[1000, 999], [0, 1]], [[-1000, -1001]]):
        X = nd.array(rows)
        text = given(X=X)
        out = as_numpy(_log_softmax(log_softmax, X, text))
        right = answers.log_softmax(X.asnumpy())
        hint = FORMULA
        if np.isnan(out).any():
            hint = answers.OVERFLOW
        elif not np.isfinite(out).all():
            hint = ONE_SHIFT if len(rows) > 1 else _infinite_hint(rows)
        answers.equal(out, right, given=text, known=[], hint=hint)


def _infinite_hint(rows):
    return answers.OVERFLOW if max(rows[0]) > 88 else LOG_OF_ZERO


def check_smoothing(smoothed_loss):
    """Raise unless the loss is the cross-entropy against smoothed labels."""
    for seed, (batch, classes) in enumerate([(1, 2), (1, 3), (2, 4), (5, 10)]):
        seed_everything(seed)
        scores = nd.random.normal(0, 2, shape=(batch, classes))
        y = nd.array(np.random.randint(0, classes, batch), dtype="int32" if seed % 2 else "float32")
        for smoothing in (0, 0.1, 0.4, 1):
            _check_smoothing(smoothed_loss, scores, y, smoothing)
    for rows in ([[100, 0, 0]], [[200, 0, -200]]):
        _check_smoothing(smoothed_loss, nd.array(rows), nd.array([1]), 0.1)
    answers.check_gradient(smoothed_loss, nd.random.normal(shape=(3, 4)).astype("float64"), nd.array([0, 3, 1]), 0.3)


def _check_smoothing(smoothed_loss, scores, y, smoothing):
    text = given(scores=scores, y=y, smoothing=smoothing)
    handed_in = scores.copy()
    out = call(smoothed_loss, handed_in, y, smoothing, given=text)
    answers.left_alone("scores", scores, handed_in, given=text)
    out = answers.array(out, y.shape, given=text, name="the loss", hint=ONE_VALUE)
    losses, truth = -answers.log_softmax(scores.asnumpy()), answers.one_hot(y.asnumpy(), scores.shape[1])
    num_classes = scores.shape[1]
    right, uniform = (losses * truth).sum(axis=1), losses.mean(axis=1)
    others = (losses * (1 - truth)).sum(axis=1)
    expected = (1 - smoothing) * right + smoothing * uniform
    if not np.isfinite(out.asnumpy()).all():
        raise MistakeError(given=text, expected=expected, got=out, hint=_not_finite_hint(out.asnumpy()))
    known = [
        (right, NOT_SMOOTHED),
        ((1 - smoothing) * right, NOT_SMOOTHED),
        (
            smoothing * right + (1 - smoothing) * uniform,
            "smoothing is the part that is shared: the truth keeps the rest.",
        ),
        (
            (1 - smoothing) * right + smoothing * others / (num_classes - 1),
            "The part is shared by ALL classes, the right one too: smoothing / num_classes for each.",
        ),
        (
            (1 - smoothing) * right + smoothing * others / num_classes,
            "The right class gets its share too: 1 - smoothing + smoothing / num_classes in all.",
        ),
        ((1 - smoothing) * right + smoothing * uniform * num_classes, "Each class gets smoothing / num_classes."),
        (expected / num_classes, "Sum over the classes: their mean is smaller by the number of classes."),
        (-expected, "The sign is turned: a logarithm of a probability is negative, a loss is not."),
    ]
    answers.equal(out, expected, given=text, known=known, hint=TARGET)


def _not_finite_hint(out):
    return answers.OVERFLOW if np.isnan(out).any() else LOG_OF_ZERO
