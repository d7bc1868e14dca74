"""What the functions of the exercises of notebook 23 have to give: folds, moved images, an average, scaled columns."""

import itertools

from d2l_utils.checks import _results
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np
from mxnet import init, nd
from mxnet.gluon import nn

PAIRS = "Give back a list of k pairs (train_part, valid_part), each an array of places."
OVERLAP = "A place is in both parts of a split: it would be validated on what it was trained on."
LOST = "A place is in neither part of a split: all that are not validated are to be trained on."
NOT_ONCE = "Each place must be validated in exactly one of the k splits."
NOT_BALANCED = "Each fold must hold equally many of each class, or one more: deal out class by class."
MOVED = "Pixels that leave on one side must not come in on the other, and zeros take the free places."
SHIFT_HINT = "Pad all four sides with zeros, then cut out a window of the old size, at the right place."
AVERAGE_HINT = "Take softmax of each network's scores, then the mean over the networks, then argmax along axis 1."
SCALE_HINT = "Subtract the columns' means of X[train_part] and divide by their sds, in both parts."
NO_COPY = "Your function changed X itself: its other folds would start from changed numbers."


def check_folds(stratified_folds, y, k):
    """Raise unless the k splits use each place rightly, and each class is dealt out evenly."""
    text = given(y=y, k=k)
    splits = call(stratified_folds, y.copy(), k, given=text)
    try:
        splits = [(as_numpy(train_part), as_numpy(valid_part)) for train_part, valid_part in splits]
        if len(splits) != k or any(part is None or part.ndim != 1 for part in itertools.chain(*splits)):
            raise TypeError
    except (TypeError, ValueError):
        raise MistakeError(given=text, expected=f"{k} pairs of arrays", got="something else", hint=PAIRS) from None
    places = list(range(len(y)))
    for train_part, valid_part in splits:
        shown = f"train_part {train_part.tolist()}, valid_part {valid_part.tolist()}"
        if set(train_part) & set(valid_part):
            raise MistakeError(given=text, expected="no place in both", got=shown, hint=OVERLAP)
        if sorted([*train_part, *valid_part]) != places:
            raise MistakeError(given=text, expected="each place once", got=shown, hint=LOST)
    validated = sorted(place for _, valid_part in splits for place in valid_part.astype(int))
    if validated != places:
        raise MistakeError(given=text, expected=f"validated {places}", got=f"validated {validated}", hint=NOT_ONCE)
    for _, valid_part in splits:
        held = np.bincount(y[valid_part.astype(int)], minlength=y.max() + 1)
        least = np.bincount(y) // k
        if ((held < least) | (held > least + 1)).any():
            raise MistakeError(
                given=text, expected=f"at least {least.tolist()} of each class", got=held.tolist(), hint=NOT_BALANCED
            )


def _shifted(X, dx, dy):
    result, (height, width) = np.zeros_like(X), X.shape[2:]
    rows, columns = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
    from_rows, from_columns = slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0))
    result[:, :, rows, columns] = X[:, :, from_rows, from_columns]
    return result


def check_shifted(shifted, X, dx, dy):
    """Raise unless all images of a batch were moved to the right by dx and down by dy."""
    text = given(X=X, dx=dx, dy=dy)
    right = _shifted(X, dx, dy)
    rolled = np.roll(X, (dy, dx), axis=(2, 3))
    known = [
        (rolled, MOVED),
        (_shifted(X, -dx, -dy), "The direction is opposite: dx > 0 moves to the right, dy > 0 moves down."),
        (_shifted(X, dy, dx), "dx and dy are exchanged: dx is along the last axis, dy along the one before."),
        (_shifted(X, dx, -dy), "dy > 0 moves down: row 0 is at the top."),
        (_shifted(X, -dx, dy), "dx > 0 moves to the right: to larger places along the last axis."),
        (X, "Nothing was moved."),
    ]
    shape = "The images keep their shape: cut out a window of the old size."
    out = _results.result(
        lambda batch: shifted(batch, dx, dy), nd.array(X), given=text, expected=right, shape_hint=shape
    )
    _results.numbers(out, right, given=text, known=known, hint=SHIFT_HINT)


def _softmax(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def check_average(average_vote, scores):
    """Raise unless the class of the highest mean probability was given for each example."""
    text = given(scores=scores)
    right = _softmax(scores).mean(axis=0).argmax(axis=1)
    votes = np.eye(scores.shape[2])[scores.argmax(axis=2)].sum(axis=0)
    mistakes = [
        (scores.mean(axis=0).argmax(axis=1), "This is the mean of the scores: take softmax before the mean."),
        (
            votes.argmax(axis=1),
            "This counts votes, in which a network that is hardly sure counts as much as a sure one.",
        ),
        (scores.max(axis=0).argmax(axis=1), "This asks the network with the highest score alone."),
        (_softmax(scores).max(axis=0).argmax(axis=1), "This asks the surest network alone: take the mean."),
        (scores[0].argmax(axis=1), "This is the first network alone."),
        (_softmax(scores).mean(axis=0).argmin(axis=1), "These are the least likely classes."),
    ]
    got = call(average_vote, [nd.array(of_net) for of_net in scores], given=text)
    numbers = as_numpy(got)
    if numbers is None or numbers.shape != right.shape:
        shape = "no array" if numbers is None else f"shape {numbers.shape}"
        hint = "Give back one class index for each example."
        raise MistakeError(given=text, expected=f"shape {right.shape}", got=shape, hint=hint)
    if not agree(got, right):
        hint = next((sentence for wrong, sentence in mistakes if agree(got, wrong)), AVERAGE_HINT)
        raise MistakeError(given=text, expected=right, got=got, hint=hint)


def check_standardized(standardized, X, train_part, valid_part):
    """Raise unless both parts were scaled with what the training part alone says."""
    text = given(X=X, train_part=train_part, valid_part=valid_part)
    parts = [X[train_part], X[valid_part]]

    def scaled(means, sds):
        return [(part - mean) / np.where(sd == 0, 1, sd) for part, mean, sd in zip(parts, means, sds, strict=True)]

    (mean, sd), (all_mean, all_sd) = ((A.mean(axis=0), A.std(axis=0)) for A in (parts[0], X))
    own = [part.mean(axis=0) for part in parts], [part.std(axis=0) for part in parts]
    right = scaled([mean] * 2, [sd] * 2)
    mistakes = [
        (scaled([all_mean] * 2, [all_sd] * 2), "This is a leak: mean and sd of all rows know the validation part."),
        (scaled(*own), "The validation part has to be scaled by the training part's numbers, not by its own."),
        (scaled([mean] * 2, [parts[0].std(axis=0, ddof=1)] * 2), "Divide by n in the sd, as X.std(axis=0) does."),
        (scaled([mean] * 2, [sd**2] * 2), "Divide by the sd, not by the variance."),
        (scaled([parts[0].mean()] * 2, [parts[0].std()] * 2), "Each column has its own mean and sd: axis=0."),
        (scaled([0 * mean] * 2, [sd] * 2), "The mean was not subtracted."),
    ]
    copy = X.copy()
    got = call(standardized, copy, train_part.copy(), valid_part.copy(), given=text)
    pair = [as_numpy(part) for part in got] if isinstance(got, tuple | list) and len(got) == 2 else [None]
    if any(part is None for part in pair):
        hint = "Give back two arrays: X[train_part] and X[valid_part], both scaled."
        raise MistakeError(given=text, expected="two arrays", got=type(got).__name__, hint=hint)
    if not np.array_equal(copy, X):
        raise MistakeError(given=text, expected="X unchanged", got=copy, hint=NO_COPY)
    shapes = [part.shape for part in pair]
    if shapes != [part.shape for part in right]:
        raise MistakeError(
            given=text, expected=[part.shape for part in right], got=shapes, hint="Rows and columns stay as they are."
        )
    if any(not np.isfinite(part).all() for part in pair):
        hint = "A column that is constant in the training part has sd 0: divide by 1 there."
        raise MistakeError(given=text, expected=right[0], got=pair[0], hint=hint)
    if not _both_agree(pair, right):
        hint = next((sentence for wrong, sentence in mistakes if _both_agree(pair, wrong)), SCALE_HINT)
        raise MistakeError(given=text, expected=right[1], got=pair[1], hint=hint)


def _both_agree(pair, others):
    return all(agree(part, other) for part, other in zip(pair, others, strict=True))


def untrained_network(rng):
    """Give a network with dropout, from images to scores, whose weights come from a generator of its own."""
    net = nn.HybridSequential()
    net.add(nn.Flatten(), nn.Dropout(0.5), nn.Dense(10, in_units=784))
    net.initialize(init.Zero())  # draws nothing from the learner's stream
    net[2].weight.set_data(nd.array(rng.normal(size=(10, 784))))
    return net


def check_predict(predict, X):
    """Raise unless `predict` may be submitted: a class for each image, the same every time and in any company."""
    text = f"X = {len(X)} images of shape {X.shape[1:]}"
    classes = _classes(call(predict, X.copy(), given=text), len(X), text)
    before, after = X.asnumpy(), X.copy()
    again = _classes(call(predict, after, given=text), len(X), text)
    if not np.array_equal(after.asnumpy(), before):
        raise MistakeError(given=text, expected="X unchanged", got="other pixels", hint="Work on a copy of the images.")
    if (classes != again).any():
        hint = "Is dropout or augmentation on? Predict outside of autograd.record(), and draw nothing."
        got = f"{(classes != again).sum()} of {len(X)} others the second time"
        raise MistakeError(given=text, expected="the same every time", got=got, hint=hint)
    halves = [
        _classes(call(predict, half, given=text), len(half), text) for half in (X[: len(X) // 2], X[len(X) // 2 :])
    ]
    if (classes != np.concatenate(halves)).any():
        hint = "What is said of an image depends on the other images of the batch: nothing may be learned from them."
        raise MistakeError(given=text, expected="the same in halves", got="others", hint=hint)
    if len(set(classes)) == 1:
        hint = "Is the network trained, and are the images in [0, 1] as in training?"
        raise MistakeError(given=text, expected="several classes", got=f"only class {classes[0]}", hint=hint)


def _classes(predictions, n, text):
    numbers = as_numpy(predictions)
    if numbers is None or numbers.shape not in ((n,), (n, 10)):
        got = type(predictions).__name__ if numbers is None else f"shape {numbers.shape}"
        hint = "Give class indices, one for each image, or ten scores for each."
        raise MistakeError(given=text, expected=f"shape ({n},) or ({n}, 10)", got=got, hint=hint)
    if not np.isfinite(numbers).all():
        raise MistakeError(given=text, expected="numbers", got="nan or inf", hint="Did the training diverge?")
    if numbers.ndim == 2:
        return numbers.argmax(axis=1)
    if not np.isin(numbers, range(10)).all():
        hint = "Give whole numbers from 0 to 9: argmax(axis=1) gives them."
        raise MistakeError(given=text, expected="classes 0 to 9", got=numbers, hint=hint)
    return numbers
