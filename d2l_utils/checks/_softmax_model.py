"""What the gradients of softmax regression (notebook 04, exercise 3) and the top-k accuracy (4) have to be."""

from d2l_utils.checks import _softmax_answers as answers
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

BOTH = "Give back both: return dW, db."
NUM_CLASSES = "How many classes there are, W says: W.shape[1]."
SHAPES = "A gradient has the shape of its parameter: dW = X^T (P - T) for W, column sums for b."
FORMULA = "With P the probabilities and T the one-hot labels: dW = X^T (P - T) / n, db = column sums of P - T, over n."
NUMBER = "Give back a number, the fraction of the examples."
INT_LABELS = "Labels may be whole numbers (int32), while nd.topk gives floats: y.astype('float32') compares with them."


def check_gradients(gradients):
    """Raise unless dW and db are those of the mean cross-entropy."""
    for seed, (batch, inputs, classes) in enumerate(
        [(1, 1, 2), (1, 2, 3), (2, 2, 3), (3, 3, 3), (6, 4, 10), (4, 5, 12)]
    ):
        seed_everything(seed)
        X, W = nd.random.normal(shape=(batch, inputs)), nd.random.normal(shape=(inputs, classes))
        b, y = nd.random.normal(shape=classes), nd.array(np.random.randint(0, classes, batch), dtype="int32")
        _check_gradients(gradients, X, y, W, b)
    _check_gradients(
        gradients, nd.array([[1, 0]]), nd.array([0], dtype="int32"), nd.array([[300, 0], [0, 1]]), nd.zeros(2)
    )


def _check_gradients(gradients, X, y, W, b):
    text = given(X=X, y=y, W=W, b=b)
    both = call(gradients, X, y, W, b, given=text, hint=NUM_CLASSES)
    if not isinstance(both, tuple | list) or len(both) != 2:
        raise MistakeError(given=text, expected="two arrays", got=type(both).__name__, hint=BOTH)
    x, n = X.asnumpy().astype("float64"), len(y)
    scores = x @ W.asnumpy() + b.asnumpy()
    probs, truth = np.exp(answers.log_softmax(scores)), answers.one_hot(y.asnumpy(), len(b))
    for name, result, parameter, of in (
        ("dW", both[0], W, lambda D: x.T @ D),
        ("db", both[1], b, lambda D: D.sum(axis=0)),
    ):
        result = answers.array(result, parameter.shape, given=text, name=name, hint=SHAPES)
        right = of(probs - truth) / n
        if np.isnan(result.asnumpy()).any():
            raise MistakeError(given=text, expected=right, got=result, hint=answers.OVERFLOW)
        known = _known(of, probs, truth, scores, n)
        answers.equal(result, right, given=f"{text}\n{name} is looked at", known=known, hint=FORMULA)


def _known(of, probs, truth, scores, n):
    """List what else may have been computed, as (gradient, hint)."""
    wrong_axis = np.exp(answers.log_softmax(scores.T)).T
    return [
        (of(probs - truth), "This is the gradient of the summed loss: divide by the number of examples, len(y)."),
        (of(probs - truth) / n / truth.shape[1], "Divide by the number of examples only, not by that of the classes."),
        (of(probs) / n, "The truth is missing: subtract the one-hot labels from the probabilities."),
        (of(truth - probs) / n, "The sign is turned: it is probability minus truth."),
        (of(scores - truth) / n, "These are the scores minus the truth: take their softmax first."),
        (of(wrong_axis - truth) / n, "The probabilities of an example must add up to 1: softmax over axis=1."),
    ]


def check_top_k(top_k_accuracy):
    """Raise unless the result is the fraction of examples whose class is among the k highest scores."""
    for seed, (batch, classes) in enumerate([(1, 2), (2, 3), (5, 4), (60, 6)]):
        seed_everything(seed)
        y_hat = nd.random.normal(shape=(batch, classes))
        labels = np.random.randint(0, classes, batch)
        for k in range(1, classes + 1):
            for dtype in ("float32", "int32"):
                _check_top_k(top_k_accuracy, y_hat, nd.array(labels, dtype=dtype), k)


def _check_top_k(top_k_accuracy, y_hat, y, k):
    text = given(y_hat=y_hat, y=y, k=k)
    hint = {"hint": INT_LABELS} if y.dtype.__name__ == "int32" else {}
    result = as_numpy(call(top_k_accuracy, y_hat, y, k, given=text, **hint))
    if result is None or result.size != 1:
        got = "something else" if result is None else f"shape {result.shape}"
        raise MistakeError(given=text, expected="a number", got=got, hint=NUMBER)
    scores, labels = y_hat.asnumpy(), y.asnumpy().astype("int64")
    own = scores[range(len(labels)), labels][:, None]
    rank = (scores > own).sum(axis=1)  # 0 for the highest score
    right = (rank < k).mean()
    known = [
        ((rank < k).sum(), "This is the number of examples: divide by how many there are."),
        (right / k, "Each example counts once: over a (batch, k) array sum along axis=1 before the mean."),
        ((rank < 1).mean(), "Only the highest score counts here: look at the k highest."),
        ((rank == k - 1).mean(), "Only the k-th score counts here: look at all k highest."),
        ((scores.shape[1] - rank <= k).mean(), "These are the k LOWEST scores."),
        ((rank <= k).mean(), "One score too many is looked at: k of them, not k + 1."),
    ]
    hint = "An example is right if fewer than k scores of its row are higher than that of its class."
    answers.equal(result.reshape(()), right, given=text, known=known, hint=hint)
