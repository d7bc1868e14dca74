"""The checks of the chapter on multilayer perceptrons: right answers pass, each feared wrong one gets its hint.

Feared of a check: it passes a gradient without relu's mask, or of the mean loss; it passes a forward pass that bends
the scores, or that knows two layers only; it passes units that were moved without their partners; it rejects a right
answer because it is written with loops or with other operations; it names another mistake than the one made.
"""

from itertools import pairwise
from math import prod

from d2l_utils.checks import _mlp_counts as counts
from d2l_utils.checks import _mlp_gradients as gradients
from d2l_utils.checks import _mlp_networks as networks
from d2l_utils.checks import mlp as checks

import numpy as np
import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"num_params": 84060, "h2_shape": [32, 50], "gluon_shape": [100, 784], "multiply_adds": 83900}


@pytest.mark.parametrize(
    "answers",
    [
        ANSWERS,
        {
            "num_params": 785 * 100 + 101 * 50 + 51 * 10,
            "h2_shape": (32, 50),
            "gluon_shape": np.array([100, 784]),
            "multiply_adds": 84060.0 - 160,
        },
    ],
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("num_params", 83900, "These are the weights: each layer also has a bias for every output."),
        ("num_params", 84844, "The inputs are given, not computed: they have no biases."),
        ("num_params", 84060 * 32, "All images of a batch share the parameters."),
        ("num_params", 1, "A layer with n inputs and m outputs has (n + 1) m parameters; here there are three layers."),
        ("num_params", [84060], "num_params must be a number."),
        ("h2_shape", [50, 32], "One example is a row: the batch comes first."),
        ("h2_shape", [32, 100], "This is the first hidden layer."),
        ("h2_shape", [32, 10], "These are the scores."),
        ("h2_shape", [100, 50], "This is the shape of the weights that lead to H2."),
        ("h2_shape", [1, 1], "One row for each image, one column for each unit of the second hidden layer."),
        ("h2_shape", 50, "h2_shape must be a list of 2 numbers."),
        ("gluon_shape", [784, 100], "This is our way round: Gluon keeps weights as (outputs, inputs)."),
        ("gluon_shape", [50, 100], "This is the second layer."),
        ("gluon_shape", [32, 100], "Weights do not know how many images there are in a batch."),
        ("multiply_adds", 84060, "A bias is added, not multiplied: count the weights only."),
        ("multiply_adds", 83900 * 32, "This is for the whole batch."),
        ("multiply_adds", 83900 * 2, "A multiplication and the addition that goes with it count as one."),
        ("multiply_adds", 3, "Each weight is used once for each image."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: counts
def params(sizes):
    return sum((n + 1) * m for n, m in pairwise(sizes))


def adds(sizes):
    return sum(n * m for n, m in pairwise(sizes))


def params_by_arrays(sizes):
    return sum(np.zeros((sizes[i], sizes[i + 1])).size + np.zeros(sizes[i + 1]).size for i in range(len(sizes) - 1))


@pytest.mark.parametrize("answer", [(params, adds), (params_by_arrays, lambda sizes: params(sizes) - sum(sizes[1:]))])
def test_right_counts_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, *answer) == "Exercise 2: passed"


def emptied(sizes):
    total = 0
    while len(sizes) > 1:
        n = sizes.pop(0)
        total += (n + 1) * sizes[0]
    return total


WRONG_PARAMS = {
    "no biases": (adds, counts.NO_BIASES),
    "biases of the inputs": (lambda sizes: adds(sizes) + sum(sizes), counts.INPUT_BIASES),
    "the first layer": (lambda sizes: (sizes[0] + 1) * sizes[1], counts.FIRST_LAYER),
    "the last layer": (lambda sizes: (sizes[-2] + 1) * sizes[-1], counts.LAST_LAYER),
    "all sizes multiplied": (lambda sizes: params(sizes) if len(sizes) < 3 else prod(sizes), counts.ALL_CONNECTED),
    "units": (sum, counts.SUM_OF_SIZES),
    "off by one": (lambda sizes: params(sizes) + 1, counts.HINT),
    "a list": (lambda sizes: [1, 2], counts.NUMBER),
    "two layers only": (lambda sizes: params(sizes[:3]), counts.HINT),
    "the list emptied": (emptied, "The list itself was changed: go through it without taking anything out."),
}
WRONG_ADDS = {
    "with biases": (params, counts.WITH_BIASES),
    "doubled": (lambda sizes: 2 * adds(sizes), counts.DOUBLED),
    "the first layer": (lambda sizes: sizes[0] * sizes[1], counts.FIRST_LAYER),
    "the last layer": (lambda sizes: sizes[-2] * sizes[-1], counts.LAST_LAYER),
}


@pytest.mark.parametrize("name", WRONG_PARAMS)
def test_wrong_counts_of_parameters_get_their_hint(capsys, name):
    wrong, sentence = WRONG_PARAMS[name]
    report = verdict(capsys, checks.exercise_2, wrong, adds)
    assert hint(report) == sentence
    assert "count_params is looked at" in report


@pytest.mark.parametrize("name", WRONG_ADDS)
def test_wrong_counts_of_multiply_adds_get_their_hint(capsys, name):
    wrong, sentence = WRONG_ADDS[name]
    report = verdict(capsys, checks.exercise_2, params, wrong)
    assert hint(report) == sentence
    assert "count_multiply_adds is looked at" in report


# Exercise 3: forward
def forward(X, params, *, first=False, between=True, last=False, biases=True, late=False):
    """Compute the scores, right or with one mistake."""
    H = X.reshape((len(X), -1))
    H = nd.relu(H) if first else H
    for i in range(0, len(params), 2):
        H = nd.dot(H, params[i]) + (params[i + 1] if biases and not late else 0)
        H = nd.relu(H) if (between if i + 2 < len(params) else last) else H
        H = H + params[i + 1] if late else H
    return H


def forward_by_recursion(X, params):
    W, b, *rest = params
    scores = nd.FullyConnected(X, W.T, b, num_hidden=len(b))  # flattens images by itself
    return forward_by_recursion(nd.where(scores > 0, scores, nd.zeros_like(scores)), rest) if rest else scores


@pytest.mark.parametrize("answer", [forward, forward_by_recursion])
def test_right_forward_passes(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def two_layers_only(X, params):
    return forward(X, params[:4])


def rows_only(X, params):
    H = X
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        H = nd.relu(nd.dot(H, W) + b)
    return nd.dot(H, params[-2]) + params[-1]


def pops(X, params):
    H = X.reshape((len(X), -1))
    while params:
        W, b = params.pop(0), params.pop(0)
        H = nd.dot(H, W) + b
        H = nd.relu(H) if params else H
    return H


def through_numpy(X, params):
    return nd.array(forward(X, params).asnumpy())


def biases_changed(X, params):
    params[1] += 1e-3
    return forward(X, [params[0], params[1] - 1e-3, *params[2:]])


def with_mistake(**mistake):
    return lambda X, params: forward(X, params, **mistake)


WRONG_FORWARDS = {
    "relu at the end": (with_mistake(last=True), networks.RELU_LAST),
    "no relu": (with_mistake(between=False), networks.NO_RELU),
    "relu of the inputs": (with_mistake(first=True), networks.RELU_FIRST),
    "no biases": (with_mistake(biases=False), networks.NO_BIAS),
    "the bias after relu": (with_mistake(late=True), networks.LATE_BIAS),
    "relu at the end only": (
        lambda X, params: forward(X, params, last=len(params) > 2, between=False),
        "relu stands behind the last layer only: all but the last.",
    ),
    "two layers only": (two_layers_only, networks.SHAPE),
    "rows only": (rows_only, networks.FLATTEN),
    "tanh": (lambda X, params: nd.dot(nd.dot(X, params[0]).tanh(), params[2]) if params[2:] else forward(X, params),
             networks.FORMULA),
    "the list emptied": (pops, networks.PARAMS_CHANGED),
    "a parameter changed": (biases_changed, "b1 itself was changed: make a new array, not b1[:] = ... or b1 -= ..."),
    "a copy through NumPy": (through_numpy, networks.NO_GRADIENT),
    "NumPy": (
        lambda X, params: forward(X, params).asnumpy(),
        "Stay with operations of nd: autograd does not see what NumPy or Python compute.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FORWARDS)
def test_wrong_forwards_get_their_hint(capsys, name):
    wrong, sentence = WRONG_FORWARDS[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: gradients by hand
def by_hand(X, y, W1, b1, W2, b2, *, change=lambda D: D, mask=lambda H: H > 0, bend=nd.relu, bias=1):
    """Compute the gradients, right or with one mistake."""
    H = bend(nd.dot(X, W1) + bias * b1)
    probs = nd.softmax(nd.dot(H, W2) + b2)
    D = change(probs - nd.one_hot(y, len(b2)).astype(X.dtype))
    dZ = nd.dot(D, W2.T) * mask(H)
    return [nd.dot(X.T, dZ), dZ.sum(axis=0), nd.dot(H.T, D), D.sum(axis=0)]


def by_autograd(X, y, *params):
    params = [param.copy() for param in params]
    for param in params:
        param.attach_grad()
    with autograd.record():
        loss = -nd.pick(nd.log_softmax(forward(X, params)), y).sum()
    loss.backward()
    return tuple(param.grad for param in params)


@pytest.mark.parametrize("answer", [by_hand, by_autograd])
def test_right_gradients_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def with_change(position, change):
    def wrong(X, y, *params):
        grads = list(by_hand(X, y, *params))
        grads[position] = change(grads[position])
        return grads

    return wrong


def without_truth(X, y, W1, b1, W2, b2):
    return by_hand(X, y, W1, b1, W2, b2, change=lambda D: D + nd.one_hot(y, len(b2)).astype(X.dtype))


def without_softmax(X, y, W1, b1, W2, b2):
    scores = nd.dot(nd.relu(nd.dot(X, W1) + b1), W2) + b2
    truth = nd.one_hot(y, len(b2)).astype(X.dtype)
    return by_hand(X, y, W1, b1, W2, b2, change=lambda D: scores - truth)


def one_dtype_only(X, y, *params):
    return by_hand(X, y, *params, change=lambda D: nd.dot(D, nd.one_hot(nd.arange(D.shape[1]), D.shape[1])))


WRONG_GRADIENTS = {
    "no mask": (lambda *inputs: by_hand(*inputs, mask=lambda H: 1), gradients.NO_MASK),
    "times the activation": (
        lambda *inputs: by_hand(*inputs, mask=lambda H: H),
        "Multiply by the slope of relu, 0 or 1, not by H.",
    ),
    "of the mean": (lambda *inputs: by_hand(*inputs, change=lambda D: D / len(D)), gradients.MEAN),
    "no truth": (without_truth, gradients.NO_TRUTH),
    "scores": (without_softmax, gradients.NO_SOFTMAX),
    "the sign": (lambda *inputs: by_hand(*inputs, change=lambda D: -D), gradients.SIGN),
    "no relu": (lambda *inputs: by_hand(*inputs, bend=lambda Z: Z), gradients.NO_HIDDEN_RELU),
    "no bias": (lambda *inputs: by_hand(*inputs, bias=0), gradients.NO_BIAS),
    "transposed": (with_change(0, lambda grad: grad.T), gradients.SHAPES),
    "b2 not summed": (with_change(3, lambda grad: nd.stack(grad, grad)), gradients.SHAPES),
    "dW1 half of it": (with_change(0, lambda grad: grad / 2), gradients.FORMULAS["dW1"]),
    "db2 off by 0.1 %": (with_change(3, lambda grad: grad * 1.001), gradients.FORMULAS["db2"]),
    "three arrays": (lambda *inputs: by_hand(*inputs)[:3], gradients.FOUR),
    "float32 only": (
        one_dtype_only,
        "Arrays of two dtypes do not go together: nd.one_hot gives float32, so .astype(X.dtype).",
    ),
}


@pytest.mark.parametrize("name", WRONG_GRADIENTS)
def test_wrong_gradients_get_their_hint(capsys, name):
    wrong, sentence = WRONG_GRADIENTS[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["adf", "fda"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("df", "a"), ("abdf", "b"), ("acdf", "c"), ("af", "d"), ("adef", "e"), ("ad", "f")]
)
def test_each_wrong_choice_gets_its_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: another order
def permuted(params, order, *, W1=True, b1=True, W2=True):
    """Reorder the hidden units, all of their weights or not."""
    arrays = [param.asnumpy() for param in params]
    arrays[0] = arrays[0][:, order] if W1 else arrays[0]
    arrays[1] = arrays[1][order] if b1 else arrays[1]
    arrays[2] = arrays[2][order] if W2 else arrays[2]
    return [nd.array(array) for array in arrays]


def permuted_by_matrix(params, order):
    W1, b1, W2, b2 = params
    P = nd.one_hot(nd.array(order), len(order))  # row i has its 1 at order[i]
    return nd.dot(W1, P.T), nd.dot(P, b1), nd.dot(P, W2), b2


@pytest.mark.parametrize("answer", [permuted, permuted_by_matrix])
def test_right_permutations_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def in_place(params, order):
    for old, new in zip(params, permuted(params, order), strict=True):
        old[:] = new
    return params


WRONG_PERMUTATIONS = {
    "W2 stays": (lambda params, order: permuted(params, order, W2=False), networks.PARTNERS),
    "b1 stays": (lambda params, order: permuted(params, order, b1=False), networks.PARTNERS),
    "W1 stays": (lambda params, order: permuted(params, order, W1=False), networks.PARTNERS),
    "the inverse": (lambda params, order: permuted(params, np.argsort(order)), networks.INVERSE),
    "nothing": (lambda params, order: [param.copy() for param in params], networks.NOTHING),
    "the classes too": (
        lambda params, order: [*permuted(params, order)[:3], params[3][::-1].copy()],
        networks.OUTPUTS,
    ),
    "always reversed": (lambda params, order: permuted(params, list(range(len(order)))[::-1]), networks.PERMUTATION),
    "in place": (in_place, "W1 itself was changed: make a new array, not W1[:] = ... or W1 -= ..."),
    "three arrays": (lambda params, order: permuted(params, order)[:3], networks.FOUR),
    "transposed": (lambda params, order: [params[0].T, *params[1:]], networks.PERMUTATION),
}


@pytest.mark.parametrize("name", WRONG_PERMUTATIONS)
def test_wrong_permutations_get_their_hint(capsys, name):
    wrong, sentence = WRONG_PERMUTATIONS[name]
    assert hint(verdict(capsys, checks.exercise_6, wrong)) == sentence
