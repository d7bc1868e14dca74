"""What a forward pass of any depth (notebook 06, exercise 3) and reordered hidden units (exercise 6) have to be."""

from itertools import pairwise

from d2l_utils.checks import _softmax_answers as answers
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import autograd, nd

SHAPE = "One row for each example, one column for each class: is every layer used?"
FLATTEN = "X may hold images: make rows of them first, X.reshape((len(X), -1))."
FORMULA = "Each layer is X W + b, and relu follows all layers but the last."
RELU_LAST = "The scores may be negative: no relu after the last layer."
NO_RELU = "relu is missing between the layers."
RELU_FIRST = "The inputs went through relu: it belongs behind the layers."
NO_BIAS = "The biases are missing."
LATE_BIAS = "Add the bias first, then take relu."
NO_GRADIENT = "No gradient reaches W1: compute with nd all the way; .asnumpy() and .detach() cut it."
PARAMS_CHANGED = "The list params was changed: read from it, without pop() or an assignment."
FOUR = "Give back four arrays, W1, b1, W2 and b2, as a list."
PARTNERS = "A unit has a column of W1, an entry of b1 and a row of W2: all three move together."
INVERSE = "The function is the same, but not the order: unit i of the new network is unit order[i] of the old one."
OUTPUTS = "b2 belongs to the classes, not to the hidden units: it stays."
NOTHING = "Nothing has moved: unit i of the new network is unit order[i] of the old one."
PERMUTATION = "Take columns order of W1, entries order of b1 and rows order of W2."


def make_params(*sizes):
    """Draw parameters [W1, b1, W2, b2, ...] for layers of these sizes."""
    params = []
    for n, m in pairwise(sizes):
        params += [nd.random.normal(shape=(n, m)), nd.random.normal(shape=(m,))]
    return params


def scores(X, params, *, last=False, between=True, first=False, biases=True, late=False):
    """Compute the scores in float64, right or with one mistake."""
    H, arrays = X.asnumpy().astype("float64").reshape(len(X), -1), [param.asnumpy() for param in params]
    H = np.maximum(H, 0) if first else H
    for number, (W, b) in enumerate(zip(arrays[::2], arrays[1::2], strict=True), start=1):
        is_bent = between if 2 * number < len(arrays) else last
        H = H @ W + (0 if late or not biases else b)
        H = np.maximum(H, 0) if is_bent else H
        H = H + (b if late else 0)
    return H


NETWORKS = [(1, 1), (3, 2), (1, 3, 2), (2, 3, 2), (2, 4, 3), (2, 5, 4, 3), (2, 2, 2, 2, 2)]


def check_forward(forward):
    """Raise unless the scores are right for networks without, with one and with several hidden layers."""
    for seed, sizes in enumerate(NETWORKS):
        for batch in (1, 3):
            seed_everything(seed)
            _check_scores(forward, nd.random.normal(shape=(batch, sizes[0])), make_params(*sizes))
    seed_everything(9)
    _check_scores(forward, nd.random.normal(shape=(3, 1, 2, 4)), make_params(8, 6, 3), hint=FLATTEN)
    _check_gradient(forward)


def _check_scores(forward, X, params, *, hint=FORMULA):
    sizes = [params[0].shape[0], *(b.size for b in params[1::2])]
    text = f"layer sizes {sizes}, {given(X=X)}" + (f", {_written(params)}" if len(params) < 5 else "")
    before, handed_in = [X.copy(), *[param.copy() for param in params]], list(params)
    expected = scores(X, params)
    failing = {"hint": FLATTEN} if X.ndim > 2 else {}
    result = call(forward, X, handed_in, given=text, **failing)
    shape_hint = FLATTEN if X.ndim > 2 else SHAPE
    result = answers.array(result, expected.shape, given=text, name="the result", hint=shape_hint)
    if len(handed_in) != len(params):
        raise MistakeError(given=text, expected=f"{len(params)} arrays", got=str(len(handed_in)), hint=PARAMS_CHANGED)
    known = [
        (scores(X, params, last=True), RELU_LAST),
        (scores(X, params, between=False), NO_RELU),
        (scores(X, params, between=False, last=True), "relu stands behind the last layer only: all but the last."),
        (scores(X, params, first=True), RELU_FIRST),
        (scores(X, params, biases=False), NO_BIAS),
        (scores(X, params, late=True), LATE_BIAS),
    ]
    answers.equal(result, expected, given=text, known=known, hint=hint)
    for name, old, new in zip(["X", *_names(params)], before, [X, *params], strict=True):
        answers.left_alone(name, old, new, given=text)


def _names(params):
    return [f"{letter}{number}" for number in range(1, len(params) // 2 + 1) for letter in "Wb"]


def _written(params):
    return given(**dict(zip(_names(params), params, strict=True)))


def _check_gradient(forward):
    """Raise unless autograd sees the way from the first weights to the scores."""
    seed_everything(3)
    X, params = nd.random.normal(shape=(4, 3)), make_params(3, 5, 2)
    for param in params:
        param.attach_grad()
    text = f"layer sizes [3, 5, 2], {given(X=X)}, inside autograd.record()"
    with autograd.record():
        result = call(forward, X, params, given=text)
    result = answers.array(result, (4, 2), given=text, name="the result", hint=SHAPE)
    try:
        result.backward()
    except Exception:  # MXNet's error says that nothing was recorded
        raise MistakeError(given=text, expected="a gradient", got="none", hint=NO_GRADIENT) from None
    if nd.abs(params[0].grad).max().asscalar() == 0:
        raise MistakeError(given=text, expected="a gradient of W1", got="zeros", hint=NO_GRADIENT)


def check_permutation(permute_hidden):
    """Raise unless the new network is the old one with its hidden units in the order asked for."""
    for seed, (sizes, order) in enumerate([((1, 2, 2), [1, 0]), ((2, 3, 2), [1, 2, 0]), ((3, 5, 4), [4, 2, 0, 1, 3])]):
        seed_everything(seed)
        _check_permutation(permute_hidden, make_params(*sizes), order)
    seed_everything(7)
    _check_permutation(permute_hidden, make_params(2, 4, 4), [3, 1, 0, 2])  # where rows and columns are equally many


def _check_permutation(permute_hidden, params, order):
    text = f"order = {order}, {_written(params)}"
    before = [param.copy() for param in params]
    result = call(permute_hidden, params, list(order), given=text)
    if not isinstance(result, tuple | list) or len(result) != 4:
        raise MistakeError(given=text, expected="four arrays", got=type(result).__name__, hint=FOUR)
    for name, old, new in zip(_names(params), before, params, strict=True):
        answers.left_alone(name, old, new, given=text)
    right = _permuted(params, order)
    for name, new, array in zip(_names(params), result, right, strict=True):
        answers.array(new, array.shape, given=text, name=name, hint=PERMUTATION)
    if all(agree(new, array) for new, array in zip(result, right, strict=True)):
        return
    name, new, array = next(
        three for three in zip(_names(params), result, right, strict=True) if not agree(three[1], three[2])
    )
    raise MistakeError(given=text, expected=f"{name}\n{array}", got=new, hint=_hint(params, result, order))


def _permuted(params, order):
    W1, b1, W2, b2 = (param.asnumpy() for param in params)
    return [W1[:, order], b1[order], W2[order], b2]


def _hint(params, result, order):
    if all(agree(new, old) for new, old in zip(result, params, strict=True)):
        return NOTHING
    if all(agree(new, array) for new, array in zip(result, _permuted(params, np.argsort(order)), strict=True)):
        return INVERSE
    if not agree(result[3], params[3]):
        return OUTPUTS
    X = nd.random.normal(shape=(5, params[0].shape[0]))
    return PERMUTATION if agree(scores(X, result), scores(X, params)) else PARTNERS
