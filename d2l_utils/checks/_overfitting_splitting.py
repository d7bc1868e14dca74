"""What folds of groups and standardizing inside of a fold have to do (notebook 07, exercises 2 and 3)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np

GROUPED = (
    (np.array([4, 4, 9]), 2),
    (np.array(["b", "a", "b", "c", "a"]), 3),
    (np.array([7, 30, 7, 12, 5, 30, 5]), 3),
    (np.arange(40) ** 2 % 23, 5),
)
ON_BOTH_SIDES = "A group is on both sides of a split: put groups into folds, not examples."
NOT_VALIDATED = "Some examples are never validated: what happens to the groups left over where k does not divide?"
VALIDATED_TWICE = "An example is validated more than once: every group belongs to one fold."
LOST = "Train on all examples that are not in the fold."
OVERLAP = "Examples of the fold are trained on: leave them out."
SWAPPED = "The two parts are swapped: each pair is (train, valid)."
NOT_INDICES = "Give arrays of the examples' numbers, such as np.flatnonzero makes of True and False."
UNEVEN = "Spread the groups evenly: np.array_split does."
PAIRS = "Give a list of k pairs (train, valid)."

OWN_NUMBERS = "valid is standardized with its own mean and deviation: the model was trained on the scale of train."
ALL_NUMBERS = "Mean and deviation have seen valid: compute them on train alone."
VARIANCE = "This divides by the variance: take its square root."
ONE_NUMBER = "Every feature has a mean and a deviation of its own: axis=0."
ALONG_ROWS = "This goes along the rows: the examples are along axis 0."
NO_MEAN = "Subtract the mean first."
TRAIN_ONLY = "valid is left as it was: it has to be moved and scaled like train."
CONSTANT = "A feature that is the same everywhere has deviation 0: divide it by 1 instead."
CHANGED = "The arrays handed in were changed: make new ones, not train -= ..."


def check_folds(group_k_fold, groups, k):
    """Raise unless every group is validated once, and never trained on at the same time."""
    text = given(k=k) + f", groups = {groups.tolist()}"
    result = call(group_k_fold, groups.copy(), k, given=text)
    pairs = call(lambda: list(result), given=text, hint=PAIRS)
    splits = [_indices(pair, len(groups), text) for pair in pairs]
    if len(splits) != k:
        raise MistakeError(given=text, expected=f"{k} pairs", got=f"{len(splits)}", hint=PAIRS)
    times = np.bincount(np.concatenate([valid for _, valid in splits]), minlength=len(groups))
    if k > 2 and (times == k - 1).all():
        raise MistakeError(given=text, expected="each example once in valid", got=f"{k - 1} times", hint=SWAPPED)
    for train, valid in splits:
        _check_split(groups, train, valid, text)
    for wrong, expected, hint in (
        (times == 0, "every example in a fold", NOT_VALIDATED),
        (times > 1, "every example in one fold", VALIDATED_TWICE),
    ):
        if wrong.any():
            got = f"not so: {np.flatnonzero(wrong).tolist()}"
            raise MistakeError(given=text, expected=expected, got=got, hint=hint)
    sizes = [len(set(groups[valid])) for _, valid in splits]
    if max(sizes) - min(sizes) > 1:
        expected = "as many groups in each fold, or one more"
        raise MistakeError(given=text, expected=expected, got=f"{sizes} groups", hint=UNEVEN)


def _check_split(groups, train, valid, text):
    shown = f"train {sorted(train.tolist())}, valid {sorted(valid.tolist())}"
    shared = sorted(set(groups[train].tolist()) & set(groups[valid].tolist()))
    if shared:
        hint = OVERLAP if set(train) & set(valid) else ON_BOTH_SIDES
        raise MistakeError(given=text, expected="no group in both parts", got=f"{shown}: {shared}", hint=hint)
    if len(set(train)) + len(set(valid)) < len(groups):
        raise MistakeError(given=text, expected="every example in one of the parts", got=shown, hint=LOST)


def _indices(pair, n, text):
    """Give a pair of parts as arrays of whole numbers below n."""
    try:
        train, valid = (np.asarray(part) for part in pair)
    except (TypeError, ValueError):
        raise MistakeError(given=text, expected="pairs (train, valid)", got=repr(pair)[:100], hint=PAIRS) from None
    for part in (train, valid):
        if part.ndim != 1 or part.dtype == bool or (part.size and not _whole(part, n)):
            expected = f"whole numbers from 0 to {n - 1}"
            raise MistakeError(given=text, expected=expected, got=repr(part)[:100], hint=NOT_INDICES)
    return train.astype(int), valid.astype(int)


def _whole(part, n):
    return part.dtype.kind in "iuf" and bool(((part >= 0) & (part < n) & (part == np.floor(part))).all())


def parts():
    """Give pairs (train, valid) of features, from small to large; some features are constant."""
    yield np.array([[0.0], [2.0]]), np.array([[4.0]])
    yield np.array([[0.0, 10.0], [4.0, 30.0], [5.0, 20.0]]), np.array([[2.0, 50.0], [3.0, 0.0]])
    yield np.array([[1.0, 3.0], [3.0, 3.0], [5.0, 3.0]]), np.array([[2.0, 3.0], [3.0, 4.0]])
    random = np.random.RandomState(0)
    yield random.normal(2, 3, (20, 4)), random.normal(1, 2, (7, 4))


def check_standardized(standardize, train, valid):
    """Raise unless both parts are moved and scaled by what was measured on the training part."""
    text = given(train=train, valid=valid)
    handed_in = train.copy(), valid.copy()
    result = call(standardize, *handed_in, given=text)
    try:
        got = [as_numpy(part) for part in result]
        shapes = [part.shape for part in got]
    except (TypeError, AttributeError):
        got, shapes = None, None
    if shapes != [train.shape, valid.shape]:
        expected = f"two arrays of the shapes {train.shape} and {valid.shape}"
        found = type(result).__name__ if shapes is None else f"shapes {shapes}"
        raise MistakeError(given=text, expected=expected, got=found, hint="Give back both: return train, valid.")
    right = _scaled(train, valid, train, train.std(axis=0))
    unbiased = _scaled(train, valid, train, train.std(axis=0, ddof=1))
    if not (_same(got, right) or _same(got, unbiased)):
        hint = _standardizing_hint(train, valid, got)
        expected = f"{np.array_str(right[0], precision=3)} and {np.array_str(right[1], precision=3)}"
        found = f"{np.array_str(got[0], precision=3)} and {np.array_str(got[1], precision=3)}"
        if train.size > 12:
            expected, found = "the deviations from the mean of train, in standard deviations of train", "others"
        raise MistakeError(given=text, expected=expected, got=found, hint=hint)
    if not (agree(handed_in[0], train) and agree(handed_in[1], valid)):
        raise MistakeError(given=text, expected="the same arrays afterwards", got="others", hint=CHANGED)


def _scaled(train, valid, source, sd):
    """Move by the mean of `source` and divide by `sd`, by 1 where that is 0."""
    mean, sd = source.mean(axis=0), np.where(sd > 0, sd, 1)
    return (train - mean) / sd, (valid - mean) / sd


def _same(got, expected):
    return all(agree(a, b) for a, b in zip(got, expected, strict=True))


def _standardizing_hint(train, valid, got):
    if not all(np.isfinite(part).all() for part in got):
        return CONSTANT
    both, sd = np.vstack([train, valid]), train.std(axis=0)
    right = _scaled(train, valid, train, sd)[0]
    valid_sd, row_sd = valid.std(axis=0), train.std(axis=1, keepdims=True)
    known = [
        ((right, _scaled(valid, valid, valid, valid_sd)[0]), OWN_NUMBERS),
        (_scaled(train, valid, both, both.std(axis=0)), ALL_NUMBERS),
        (_scaled(train, valid, train, train.var(axis=0)), VARIANCE),
        (tuple((part - train.mean()) / train.std() for part in (train, valid)), ONE_NUMBER),
        (tuple(part / np.where(sd > 0, sd, 1) for part in (train, valid)), NO_MEAN),
        ((right, valid), TRAIN_ONLY),
    ]
    hint = next((text for wrong, text in known if _same(got, wrong)), None)
    along_rows = (train - train.mean(axis=1, keepdims=True)) / np.where(row_sd > 0, row_sd, 1)
    if hint is None and agree(got[0], along_rows):
        return ALONG_ROWS
    return hint or "Subtract the mean of train and divide by its standard deviation, in both parts, feature by feature."
