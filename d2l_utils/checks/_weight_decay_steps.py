"""What a step with both penalties (notebook 08, exercise 2) and the threshold of whole rows (6) have to do."""

from d2l_utils.checks import _results
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy, given

import numpy as np

SHAPE = "The new weights have the shape of the old ones."
ELASTIC = "Step: v = (1 - lr * l2) * w - lr * grad. Then move each number of v by lr * l1 towards 0, and stop at 0."
WHOLE_L1 = "The threshold is lr * l1: a step is only lr long."
SUBGRADIENT = "This is a step along the subgradient: it jumps over 0. Leave l1 out of the step, then threshold."
NO_L2 = "The L2 penalty is missing: its gradient l2 * w belongs to that of the loss."
NO_L1 = "The L1 penalty is missing: threshold after the step."
DECAY_WITHOUT_LR = "The decay is multiplied by the learning rate: 1 - lr * l2."
TWICE = "The half of the L2 penalty cancels the 2: its gradient is l2 * w."
GROWS = "The L2 penalty must make the weights smaller: 1 - lr * l2."
UPHILL = "The step goes against the gradient: subtract it."
TOO_EARLY = "Threshold AFTER the step: a weight that the step moves away from 0 is not 0."
NO_SIGN = "The sign is lost: multiply by the sign of what you threshold."
HARD = "What stays is moved too, by lr * l1 towards 0."
NO_STOP = "Nothing jumps over 0: where the size is below the threshold, the result is 0."

ROWS = "Multiply each row by max(0, 1 - t / its length)."
ENTRIES = "This thresholds every entry. Here a row is kept or dropped as a whole."
COLUMNS = "These are the columns: the weights of one input are a ROW of W."
NOT_A_NUMBER = "A row of zeros has length 0, and t / 0 is not a number to go on with: such a row stays 0."
JUMPS = "A row shorter than t becomes 0; it does not turn round."
ROWS_HARD = "A row that stays gets shorter, by t."
SQUARED = "The length of a row is the ROOT of the sum of its squares."
WHOLE = "Each row has a length of its own: this is that of the whole matrix."
WITHOUT_LENGTH = "A row of length r becomes one of length r - t: the factor is 1 - t / r."


def _soft(v, t):
    return np.sign(v) * np.maximum(abs(v) - t, 0)


def _run(function, array, others, expected, text):
    """Call a learner's function on copies and give an NDArray of the right kind back."""
    copies = [part.copy() if hasattr(part, "copy") else part for part in (array, *others)]
    out = call(function, *copies, given=text)
    _results.like_input(out, expected.astype(array.dtype), given=text, shape_hint=SHAPE)
    for copy, part in zip(copies, (array, *others), strict=True):
        if hasattr(part, "copy") and not np.array_equal(copy.asnumpy(), part.asnumpy()):
            raise MistakeError(given=text, expected="the inputs as they were", got=copy, hint=_results.INPUT_CHANGED)
    return out


def check_elastic(elastic_step, w, grad, lr, l1, l2):
    """Raise unless a step gives the right weights, with exact zeros."""
    text = given(w=w, grad=grad, lr=lr, l1=l1, l2=l2)
    a, g = as_numpy(w), as_numpy(grad)
    v = (1 - lr * l2) * a - lr * g
    expected = _soft(v, lr * l1)
    out = _run(elastic_step, w, (grad, lr, l1, l2), expected, text)
    known = [
        (_soft(v, l1), WHOLE_L1),
        (v - lr * l1 * np.sign(a), SUBGRADIENT),
        (v - lr * l1 * np.sign(v), NO_STOP),
        (_soft(a - lr * g, lr * l1), NO_L2),
        (v, NO_L1),
        (_soft((1 - l2) * a - lr * g, lr * l1), DECAY_WITHOUT_LR),
        (_soft((1 - 2 * lr * l2) * a - lr * g, lr * l1), TWICE),
        (_soft((1 + lr * l2) * a - lr * g, lr * l1), GROWS),
        (_soft((1 - lr * l2) * a + lr * g, lr * l1), UPHILL),
        ((1 - lr * l2) * _soft(a, lr * l1) - lr * g, TOO_EARLY),
        (abs(expected), NO_SIGN),
        (v * (abs(v) > lr * l1), HARD),
    ]
    # On some inputs a mistake gives the right numbers, and then it cannot be the one that was made.
    known = [(wrong, hint) for wrong, hint in known if not np.allclose(wrong, expected, atol=1e-5)]
    _results.numbers(out, expected, given=text, known=known, hint=ELASTIC)


def check_group(group_threshold, W, t):
    """Raise unless each row is shortened by t, or 0 where it is shorter than that."""
    text = given(W=W, t=t)
    a = as_numpy(W)
    lengths = np.sqrt((a**2).sum(axis=1, keepdims=True))
    expected = a * _factor(lengths, t)
    out = _run(group_threshold, W, (t,), expected, text)
    with np.errstate(all="ignore"):
        known = [
            (_soft(a, t), ENTRIES),
            (a * _factor(np.sqrt((a**2).sum(axis=0, keepdims=True)), t), COLUMNS),
            (a * np.where(lengths > 0, 1 - t / lengths, 0), JUMPS),
            (a * (lengths > t), ROWS_HARD),
            (a * _factor(lengths**2, t), SQUARED),
            (a * _factor(np.sqrt((a**2).sum()), t), WHOLE),
            (a * np.maximum(1 - t, 0), WITHOUT_LENGTH),
            (a * np.maximum(lengths - t, 0), WITHOUT_LENGTH),
        ]
    known = [(wrong, hint) for wrong, hint in known if not np.allclose(wrong, expected, atol=1e-5)]
    if np.isnan(as_numpy(out)).any():
        raise MistakeError(given=text, expected=expected, got=out, hint=NOT_A_NUMBER)
    _results.numbers(out, expected, given=text, known=known, hint=ROWS)


def _factor(lengths, t):
    """Give max(0, 1 - t / length), and 0 for a length of 0."""
    return np.maximum(1 - t / np.maximum(lengths, 1e-300), 0)
