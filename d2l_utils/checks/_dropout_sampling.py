"""What a prediction with dropout left on has to give (notebook 09, exercise 4): against all masks, enumerated."""

from itertools import product

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given, show
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import autograd, nd
from mxnet.gluon import nn

DROP_PROB, NUM_SAMPLES, DEVIATIONS = 0.4, 1000, 5
WEIGHTS = np.array([[2.0, -1.0], [-1.5, 1.0], [0.5, 3.0]])  # (classes, inputs)
X = np.array([[1.0, 2.0], [2.0, -1.0]])
OFF = "Dropout was off: outside of autograd.record() it drops only within `with autograd.train_mode():`."
SOFTMAX_LAST = "The scores are averaged and then made probabilities: take the softmax of every pass, then the mean."
VARIANCE = "This is the variance: take its square root."
ERROR_OF_THE_MEAN = "This is the error of the mean: the spread of the passes is not divided by sqrt(num_samples)."


def network():
    """Make dropout on two inputs, then three scores: so small that all four masks can be listed."""
    net = nn.HybridSequential()
    net.add(nn.Dropout(DROP_PROB), nn.Dense(3, in_units=2))
    net.initialize()
    net[1].weight.set_data(nd.array(WEIGHTS))
    return net


def softmax(scores):
    """Give probabilities from scores in the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def every_mask():
    """Give the chance of every mask, and the scores under it, of shape (masks, batch, classes)."""
    masks = np.array(list(product([0, 1], repeat=2)))
    chances = np.prod(np.where(masks == 1, 1 - DROP_PROB, DROP_PROB), axis=1)
    return chances, (masks[:, None, :] * X / (1 - DROP_PROB)) @ WEIGHTS.T


def check(mc_predict):
    """Raise unless mean and standard deviation of the probabilities are those over all masks."""
    text = f"{given(X=X, num_samples=NUM_SAMPLES)}, a net with nn.Dropout({DROP_PROB})"
    seed_everything(0)
    result = call(mc_predict, network(), nd.array(X), NUM_SAMPLES, given=text)
    if autograd.is_training():
        hint = "The training mode is left on for all that follows: use `with autograd.train_mode():`."
        raise MistakeError(given=text, expected="prediction mode afterwards", got="training mode", hint=hint)
    got_mean, got_sd = _two_arrays(result, text)
    chances, scores = every_mask()
    mean, sd, mean_error, sd_error = _moments(chances, softmax(scores))
    if (abs(got_mean - mean) > DEVIATIONS * mean_error).any():
        hint = _mean_hint(got_mean, got_sd, mean_error)
        raise MistakeError(given=text, expected=f"mean\n{show(mean)}", got=got_mean, hint=hint)
    if (abs(got_sd - sd) > DEVIATIONS * sd_error).any():
        raise MistakeError(given=text, expected=f"sd\n{show(sd)}", got=got_sd, hint=_sd_hint(got_sd, sd))


def _moments(chances, probs):
    """Give mean and standard deviation over the masks, and the standard errors of both in a sample."""
    mean = np.tensordot(chances, probs, 1)
    variance, fourth = (np.tensordot(chances, (probs - mean) ** power, 1) for power in (2, 4))
    sd = np.sqrt(variance)
    sd_error = np.sqrt((fourth - variance**2) / NUM_SAMPLES) / (2 * sd)
    return mean, sd, sd / NUM_SAMPLES**0.5, sd_error


def _two_arrays(result, text):
    arrays = [as_numpy(part) for part in result] if isinstance(result, tuple | list) else []
    if len(arrays) != 2 or any(part is None for part in arrays):
        hint = "Give back both: return mean, sd."
        raise MistakeError(given=text, expected="two arrays, mean and sd", got=type(result).__name__, hint=hint)
    for part in arrays:
        if part.shape != (2, 3):
            hint = "Stack the passes along a new first axis and average over that one: axis=0."
            expected = "arrays of shape (batch, classes) = (2, 3)"
            raise MistakeError(given=text, expected=expected, got=f"shape {part.shape}", hint=hint)
    return arrays


def _mean_hint(mean, sd, error):
    if not agree(mean.sum(axis=1), np.ones(2), 1e-3):
        return "The rows do not add up to 1: the net gives scores, so take the softmax of every pass."
    # The mean of the scores is that of prediction: the net is linear in what dropout lets through.
    if (abs(mean - softmax(X @ WEIGHTS.T)) <= DEVIATIONS * error).all():
        return OFF if agree(sd, np.zeros_like(sd)) else SOFTMAX_LAST
    return "This is far from the mean over all masks: is every pass counted once, with a mask of its own?"


def _sd_hint(got, sd):
    for wrong, hint in ((sd**2, VARIANCE), (sd / NUM_SAMPLES**0.5, ERROR_OF_THE_MEAN)):
        if np.allclose(got, wrong, rtol=0.2):
            return hint
    return "The standard deviation is the root of the mean squared distance from the mean, over the passes."
