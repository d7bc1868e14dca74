"""Tables of classes in the exercises of notebook 22: a conditional confusion matrix (3), corrected outputs (4)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._results import numbers, result
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np
from mxnet import nd

A_TABLE = "Give back a NumPy array with a row for each answer and a column for each true class."
CONFUSION = "C[i, j] is the share of the examples of true class j whose answer is i."
JOINT = "Those are the joint shares: divide each column by its own sum."
COUNTS = "Those are the counts: divide each column by its sum."
ROWS = "Columns sum to 1, not rows: the true class is given."
TRANSPOSED = "Rows and columns are swapped: the true class chooses the column."


def check_confusion(my_confusion, answers, y, num_classes):
    """Raise unless a table holds the shares of the answers given the true class."""
    counts = np.zeros((num_classes, num_classes))
    np.add.at(counts, (answers, y), 1)
    right = counts / counts.sum(axis=0)
    text = given(answers=answers, y=y, num_classes=num_classes)
    got = as_numpy(call(my_confusion, answers.copy(), y.copy(), num_classes, given=text))
    if got is None or got.shape != right.shape:
        shape = "something else" if got is None else f"shape {got.shape}"
        raise MistakeError(given=text, expected=f"shape {right.shape}", got=shape, hint=A_TABLE)
    if agree(got, right):
        return
    with np.errstate(all="ignore"):
        known = [
            (counts / counts.sum(), JOINT),
            (counts, COUNTS),
            (right.T, TRANSPOSED),
            (counts / counts.sum(axis=1, keepdims=True), ROWS),
            (counts.T / counts.T.sum(axis=0), ROWS),
        ]
    hint = next((sentence for wrong, sentence in known if agree(got, np.nan_to_num(wrong))), CONFUSION)
    raise MistakeError(given=text, expected=right, got=got, hint=hint)


PROBS = "Multiply each column by q/p of its class, then divide each row by its sum."
SHAPE = "As many rows and columns as the probabilities: p and q belong to the columns."
NOT_SCALED = "Probabilities of an example sum to 1: divide each row by its sum."
UPSIDE_DOWN = "The other way round: a class that has become more frequent gets more."
ONLY_Q = "The old shares are in the probabilities already: divide by them."
BY_COLUMN = "Each row must sum to 1, not each column."


def check_probs(corrected_probs, probs, p_train, q_new):
    """Raise unless probabilities were corrected for new shares."""
    P, p, q = (np.array(part) for part in (probs, p_train, q_new))
    text = given(probs=P, p_train=p, q_new=q)
    arrays = [nd.array(part) for part in (P, p, q)]
    right = scaled(P * q / p)
    out = result(corrected_probs, *arrays, given=text, expected=right.astype("float32"), shape_hint=SHAPE)
    with np.errstate(all="ignore"):
        known = [
            (P * q / p, NOT_SCALED),
            (scaled(P * p / q), UPSIDE_DOWN),
            (P * p / q, UPSIDE_DOWN),
            (scaled(P * q), ONLY_Q),
            (P * q, ONLY_Q),
            (P * q / p / (P * q / p).sum(axis=0), BY_COLUMN),
        ]
    numbers(out, right, given=text, known=known, hint=PROBS)


def scaled(table):
    """Divide each row by its sum."""
    return table / table.sum(axis=1, keepdims=True)
