"""What the functions of notebook 14 have to give back: distances (exercises 2, 6), a doubled batch (3), a mean (4)."""

from d2l_utils.checks import _results
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, given

import numpy as np
from mxnet import nd

ONE_PER_EXAMPLE = "One number for each example: sum over the classes, the last axis, and over nothing else."
ONE_DIRECTION = "This is KL in one direction: take the mean of both."
NO_HALF = "This is the sum of both directions: take their mean."
MEAN_OF_CLASSES = "This is a mean over the classes: KL has a sum."
SCORES = "Scores are no probabilities: take log_softmax first."
OVERFLOW = "There is a nan or an infinity: take log_softmax of the scores, and no logarithm of a probability that is 0."
DISTANCE = "It is the sum over the classes of (p - q) * (log p - log q), halved."

ONE_CALL = "The network is to be called once, with the doubled batch."
DOUBLED = "Call the network with every example twice: 2 * batch rows."
NEIGHBOURS = "The copies stand behind the batch, nd.concat(X, X, dim=0), and not each beside its original."
ONE_LOSS = "One loss for each example of X: the second half has no losses of its own, and nothing is averaged."
WITHOUT_ALPHA = "The distance is missing: is alpha handed on?"
R_DROP = "Cut the scores in the middle, nd.split(scores, 2, axis=0), and give both halves to d2l.r_drop_loss."

ONE_MEAN = "One number for each sequence: the mean along axis 1."
PADDING_COUNTED = "Padding has come into the sum: only the first `lengths` places count."
ALL_PLACES = "The sum is right: divide it by the number of real places, not by all of them."
THE_SUM = "This is the sum over the real places: divide it by their number."
OFF_BY_ONE = "One place too many: with length 2 the places 0 and 1 are real."
SPREADS = "Infinity times 0 is nan: choose with nd.where, and do not multiply."
EMPTY = "A sequence of length 0 gets the loss 0: take care of 0 / 0."
MEAN = "Sum the losses of the first `lengths` places, and divide by `lengths`."

TO_THE_MEAN = "This is KL to the mean distribution of the passes: here it is taken for every pair of passes."
WITH_ITSELF = "A pass is not compared with itself: there are k * (k - 1) ordered pairs, not k * k."
SUM_OF_PAIRS = "This is the sum over the pairs: divide it by their number, k * (k - 1)."
PAIRS = "It is the mean over all ordered pairs of passes i != j of KL(p_i || p_j)."


def log_softmax(scores):
    """Give the logarithms of the probabilities, from scores in the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def kl(log_p, log_q):
    """Give KL(p || q) along the last axis."""
    return (np.exp(log_p) * (log_p - log_q)).sum(axis=-1)


def check_distance(symmetric_kl, first, second):
    """Raise unless the mean of both directions comes out, for each example."""
    text = given(first=first, second=second)
    scores = [part.asnumpy().astype("float64") for part in (first, second)]
    log_p, log_q = (log_softmax(part) for part in scores)
    expected = ((kl(log_p, log_q) + kl(log_q, log_p)) / 2).astype(first.dtype)
    out = _results.result(symmetric_kl, first, second, given=text, expected=expected, shape_hint=ONE_PER_EXAMPLE)
    if not np.isfinite(out.asnumpy()).all():
        raise MistakeError(given=text, expected=expected, got=out, hint=OVERFLOW)
    known = [
        (kl(log_p, log_q), ONE_DIRECTION),
        (kl(log_q, log_p), ONE_DIRECTION),
        (2 * expected, NO_HALF),
        (expected / first.shape[1], MEAN_OF_CLASSES),
        (2 * expected / first.shape[1], MEAN_OF_CLASSES),
    ]
    if np.abs(np.concatenate(scores)).max() < 100:
        known.append((((np.exp(scores[0]) - np.exp(scores[1])) * (scores[0] - scores[1])).sum(axis=-1) / 2, SCORES))
    _results.numbers(out, expected, given=text, known=known, hint=DISTANCE)


class Network:
    """Scores with a noise of its own for every row, in place of dropout; it notes what it is called with."""

    def __init__(self, num_rows, num_classes, random):
        self.noise = nd.array(random.normal(size=(num_rows, num_classes)))
        self.called_with = []

    def __call__(self, X):
        self.called_with.append(X.asnumpy())
        return X + self.noise[: len(X)] if len(X) <= len(self.noise) else X


def check_doubled(doubled_loss, X, y, alpha, random):
    """Raise unless one call with the doubled batch gives the losses of R-Drop."""
    n = len(X)
    net = Network(2 * n, X.shape[1], random)
    text = f"{given(X=X, y=y, alpha=alpha)}, a net that adds other noise to every row"
    x, noise = X.asnumpy(), net.noise.asnumpy()
    log_p, log_q = log_softmax(x + noise[:n]), log_softmax(x + noise[n:])
    rows, labels = np.arange(n), y.asnumpy().astype(int)
    cross_entropy = -(log_p[rows, labels] + log_q[rows, labels]) / 2
    expected = cross_entropy + alpha * (kl(log_p, log_q) + kl(log_q, log_p)) / 2
    out = call(doubled_loss, net, X.copy(), y.copy(), alpha, given=text)
    if len(net.called_with) != 1:
        raise MistakeError(given=text, expected="one call", got=f"{len(net.called_with)} calls", hint=ONE_CALL)
    _check_rows(net.called_with[0], x, text)
    _results.like_input(out, expected.astype("float32"), given=text, shape_hint=ONE_LOSS)
    _results.numbers(out, expected, given=text, known=[(cross_entropy, WITHOUT_ALPHA)], hint=R_DROP, tolerance=1e-4)


def _check_rows(rows, x, text):
    if np.array_equal(rows, np.concatenate([x, x])):
        return
    hint = NEIGHBOURS if np.array_equal(rows, np.repeat(x, 2, axis=0)) else DOUBLED
    expected = f"the net called with\n{np.concatenate([x, x])}"
    raise MistakeError(given=text, expected=expected, got=rows, hint=hint)


def check_mean(mean_over_words, losses, lengths):
    """Raise unless the mean is that over the first places, whatever stands at the others."""
    text = given(losses=losses, lengths=lengths)
    values, counts = losses.asnumpy().astype("float64"), lengths.asnumpy()[:, None]
    places = np.arange(values.shape[1])
    real = places < counts
    divisor = np.maximum(counts[:, 0], 1)
    sums = np.where(real, values, 0).sum(axis=1)
    expected = (sums / divisor).astype(losses.dtype)
    out = _results.result(mean_over_words, losses, lengths, given=text, expected=expected, shape_hint=ONE_MEAN)
    if np.isnan(out.asnumpy()).any():
        hint = EMPTY if np.isfinite(values).all() else SPREADS
        raise MistakeError(given=text, expected=expected, got=out, hint=hint)
    known = [
        (sums, THE_SUM),
        (sums / values.shape[1], ALL_PLACES),
        (values.mean(axis=1), PADDING_COUNTED),
        (values.sum(axis=1) / divisor, PADDING_COUNTED),
        (np.where(places <= counts, values, 0).sum(axis=1) / divisor, OFF_BY_ONE),
        (np.where(places <= counts, values, 0).sum(axis=1) / (divisor + 1), OFF_BY_ONE),
    ]
    known = [(wrong, hint) for wrong, hint in known if not np.allclose(wrong, expected, atol=1e-5)]
    _results.numbers(out, expected, given=text, known=known, hint=MEAN)
    _results.no_loop(mean_over_words, given=text)


def check_pairs(distance_of_passes, logits):
    """Raise unless the mean over all ordered pairs of passes comes out, for each example."""
    k = len(logits)
    text = given(logits=logits)
    log_p = log_softmax(logits.asnumpy().astype("float64"))
    total = sum(kl(log_p[i], log_p[j]) for i in range(k) for j in range(k))
    expected = (total / (k * (k - 1))).astype(logits.dtype)
    out = _results.result(distance_of_passes, logits, given=text, expected=expected, shape_hint=ONE_PER_EXAMPLE)
    log_mean = np.log(np.exp(log_p).mean(axis=0))
    known = [
        (total / k**2, WITH_ITSELF),
        (total, SUM_OF_PAIRS),
        (total / 2, SUM_OF_PAIRS),
        (expected / logits.shape[2], MEAN_OF_CLASSES),
        (kl(log_p, log_mean).mean(axis=0), TO_THE_MEAN),
        (kl(log_mean, log_p).mean(axis=0), TO_THE_MEAN),
    ]
    _results.numbers(out, expected, given=text, known=known, hint=PAIRS, tolerance=1e-4)
