"""What the functions of notebook 15 have to give back: maps (exercises 2, 3), a disagreement (4), a number (6)."""

from d2l_utils.checks import _results
from d2l_utils.checks._answers import call, equal_number
from d2l_utils.checks._verdict import MistakeError, given

import numpy as np

SHAPE_OF_X = "The result has the shape of X: give the noise two more axes, of length 1, and let it be stretched."
SWAPPED = "Kept and dropped are swapped: a channel stays where its noise is below 1 - drop_prob."
NOT_SCALED = "What stays is to be divided by 1 - drop_prob, so that the mean is kept."
TIMES_KEPT = "What stays is to be divided by 1 - drop_prob, not multiplied."
CHANNELS = "Channel c of example i is X[i, c] / (1 - drop_prob) where noise[i, c] < 1 - drop_prob, else 0."

SIZE_OF_MAP = "The result is smaller than seeds, by block_size - 1 along height and width: use no padding."
COVERED = "These are the places that fall: the mask is 1 where an entry stays."
SEEDS_ALONE = "Only the seeds themselves fall here: each wipes out a block."
BLOCKS = "An entry stays if none of the block_size * block_size places from it to the right and downwards is a seed."

ONE_PER_EXAMPLE = "One number for each example: sum over the classes, and take the mean over the passes."
WHOLE_ENTROPY = "This is the entropy of the mean alone: subtract the mean of the passes' entropies."
MEAN_ENTROPY = "This is the mean of the entropies alone: it is subtracted from the entropy of the mean."
WRONG_SIGN = "The sign is turned around: the entropy of the mean is the larger one."
NOT_FINITE = "0 times log 0 is to be 0: raise the probabilities to at least 1e-30 before the logarithm."
DISAGREEMENT = "With H(p) = -sum of p log p over the classes: H of the mean over the passes, minus the mean of H."

MULTIPLIED = "The scores are divided by the temperature, not multiplied: above 1 the answers get less sure."
HIGHEST = "This is the temperature with the highest loss."
BY_CONFIDENCE = "This is the temperature with the surest answers: look at the loss of the labels."
TEMPERATURE = (
    "For each temperature take the mean of -log softmax(logits / temperature) at the labels; choose the lowest."
)


def check_channels(drop_channels, X, noise, drop_prob):
    """Raise unless whole channels fall where the noise says so, and the others are rescaled."""
    values, kept = X.asnumpy(), (noise.asnumpy() < 1 - drop_prob)[:, :, None, None]
    expected = (values * kept / (1 - drop_prob)).astype(X.dtype)
    text = given(X=X, noise=noise, drop_prob=drop_prob)
    out = _results.result(
        lambda X, noise: drop_channels(X, noise, drop_prob), X, noise, given=text, expected=expected,
        shape_hint=SHAPE_OF_X,
    )  # fmt: skip
    known = [
        (values * ~kept / (1 - drop_prob), SWAPPED),
        (values * (noise.asnumpy() < drop_prob)[:, :, None, None] / (1 - drop_prob), SWAPPED),
        (values * kept, NOT_SCALED),
        (values * kept * (1 - drop_prob), TIMES_KEPT),
    ]
    _results.numbers(out, expected, given=text, known=known, hint=CHANNELS)


def check_cover(cover, seeds, block_size):
    """Raise unless every seed wipes out its block, and nothing else falls."""
    values = seeds.asnumpy()
    windows = np.lib.stride_tricks.sliding_window_view(values, (block_size, block_size), axis=(2, 3))
    expected = 1 - windows.max(axis=(4, 5))
    text = given(seeds=seeds, block_size=block_size)
    out = _results.result(
        lambda seeds: cover(seeds, block_size), seeds, given=text, expected=expected, shape_hint=SIZE_OF_MAP
    )
    height, width = expected.shape[2:]
    known = [(1 - expected, COVERED), (1 - values[:, :, :height, :width], SEEDS_ALONE)]
    _results.numbers(out, expected, given=text, known=known, hint=BLOCKS)


def entropy(probs):
    """Give the entropy along the last axis, 0 log 0 being 0."""
    return -(probs * np.log(np.maximum(probs, 1e-30))).sum(axis=-1)


def check_disagreement(disagreement, probs):
    """Raise unless the mutual information of answer and mask comes out, for each example."""
    values = probs.asnumpy().astype("float64")
    of_mean, mean_of = entropy(values.mean(axis=0)), entropy(values).mean(axis=0)
    expected = (of_mean - mean_of).astype(probs.dtype)
    text = given(probs=probs)
    out = _results.result(disagreement, probs, given=text, expected=expected, shape_hint=ONE_PER_EXAMPLE)
    if not np.isfinite(out.asnumpy()).all():
        raise MistakeError(given=text, expected=expected, got=out, hint=NOT_FINITE)
    known = [(of_mean, WHOLE_ENTROPY), (mean_of, MEAN_ENTROPY), (mean_of - of_mean, WRONG_SIGN)]
    _results.numbers(out, expected, given=text, known=known, hint=DISAGREEMENT, tolerance=1e-4)


def check_temperature(best_temperature, logits, y, temperatures):
    """Raise unless the temperature of the lowest loss is chosen."""
    scores, rows = logits.asnumpy().astype("float64"), np.arange(len(y))
    labels = y.asnumpy().astype(int)

    def losses(factors):
        scaled = scores[None] * np.array(factors)[:, None, None]
        scaled -= scaled.max(axis=-1, keepdims=True)
        return np.log(np.exp(scaled).sum(axis=-1)).mean(axis=1) - scaled[:, rows, labels].mean(axis=1)

    right, wrong = losses([1 / t for t in temperatures]), losses(temperatures)
    text = given(logits=logits, y=y, temperatures=temperatures)
    answer = call(best_temperature, logits.copy(), y.copy(), list(temperatures), given=text)
    known = [
        (temperatures[int(wrong.argmin())], MULTIPLIED),
        (temperatures[int(right.argmax())], HIGHEST),
        (min(temperatures), BY_CONFIDENCE),
    ]
    best = temperatures[int(right.argmin())]
    equal_number("the temperature", answer, best, given=text, known=known, hint=TEMPERATURE)
