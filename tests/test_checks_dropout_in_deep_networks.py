"""The checks of dropout in deep networks: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a way back that leaves out dropout, ReLU or the normalization, or undoes the normalization
first; gradients averaged over the batch; a shift from variances in place of squares, from weights that are not squared,
or with keep and drop swapped; statistics taken with dropout on, all at once, of the outputs, or a root in place of a
variance; a layer normalization over the batch, or one whose backward pass has gamma outside the means. It rejects a
right answer that is written differently, or changes the network of the learner for good.
"""

import d2l_utils as d2l
from d2l_utils.checks import _deep_layers as layers
from d2l_utils.checks import _deep_shift as shift
from d2l_utils.checks import dropout_in_deep_networks as checks

import numpy as np
import pytest
from mxnet import autograd, nd
from mxnet.gluon import nn
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"normalized": [-2, 4], "new_running_mean": 0.4, "shift_factor": 4, "num_params": 365}


@pytest.mark.parametrize("answers", [ANSWERS, {**ANSWERS, "normalized": nd.array([-2, 4]), "shift_factor": 4.0}])
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("normalized", [-1, 1], "This is normalized, but gamma and beta are missing."),
        ("normalized", [-3, 3], "beta is missing."),
        ("normalized", [0, 2], "gamma is missing."),
        ("normalized", [-0.5, 2.5], "Divide by the ROOT of the variance, 2."),
        ("normalized", [9, 9], "The mean is 4, the standard deviation 2; then times gamma, plus beta."),
        ("new_running_mean", 4, "A tenth of the batch's mean is added to nine tenths of the old one."),
        ("new_running_mean", 3.6, "The batch counts a tenth, the old value nine tenths."),
        ("shift_factor", 2, "The mean counts too: the noise is large where the value is large, whatever its mean."),
        ("shift_factor", 3, "This is the noise alone: the variance itself is still there."),
        ("shift_factor", 2.5, "The rescaling counts too: p / (1 - p) is 1, and p alone is 0.5."),
        ("num_params", 325, "gamma and beta of the hidden layer are learned too: 2 * 20."),
        (
            "num_params",
            405,
            "The running mean and variance are not learned: they are no parameters of the loss.",
        ),
        ("num_params", [1, 2], "num_params must be a number."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence


# Exercise 2: the way back
def hidden(d_out, caches):
    affine, norm, relu, mask = caches
    grads = {}
    d_out = d2l.relu_backward(d2l.dropout_backward(d_out, mask), relu)
    if norm is not None:
        d_out, grads["gamma"], grads["beta"] = d2l.batchnorm_backward(d_out, norm)
    grads["X"], grads["W"], grads["b"] = d2l.affine_backward(d_out, affine)
    return grads


def hidden_by_hand(d_out, caches):
    (X, W), norm, relu, mask = caches
    d, more = d_out * relu * mask, {}
    if norm:
        X_hat, gamma, sd = norm
        more = {"gamma": np.einsum("ij,ij->j", d, X_hat), "beta": d.sum(0)}
        g = d * gamma
        d = (g - g.mean(0) - X_hat * (g * X_hat).mean(0)) / sd
    return {"b": d.sum(0), "W": X.T @ d, "X": d @ W.T, **more}


@pytest.mark.parametrize("answer", [hidden, hidden_by_hand])
def test_right_ways_back_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def without(position, neutral):
    """Make the mistake that a part is not undone."""
    return lambda d_out, caches: hidden(d_out, (*caches[:position], neutral(caches), *caches[position + 1 :]))


def norm_first(d_out, caches):
    affine, norm, relu, mask = caches
    grads = {}
    if norm is not None:
        d_out, grads["gamma"], grads["beta"] = d2l.batchnorm_backward(d_out, norm)
    d_out = d_out * mask * relu
    grads["X"], grads["W"], grads["b"] = d2l.affine_backward(d_out, affine)
    return grads


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (without(3, lambda caches: None), layers.NOT_DROPOUT),
        (without(2, lambda caches: np.ones_like(caches[2])), layers.NOT_RELU),
        (without(1, lambda caches: None), layers.NOT_NORM),
        (norm_first, layers.MIXED),
        (
            lambda d, c: {k: v / (1 if k == "X" else len(d)) for k, v in hidden(d, c).items()},
            layers.AVERAGED,
        ),
        (lambda d, c: tuple(hidden(d, c).values()), layers.KEYS),
        (lambda d, c: {k: v.T for k, v in hidden(d, c).items()}, layers.SHAPE),
        (lambda d, c: {k: -v for k, v in hidden(d, c).items()}, layers.ORDER),
    ],
)
def test_wrong_ways_back_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the shift
def predicted(H, w, drop_prob):
    return 1 + drop_prob / (1 - drop_prob) * (w**2 * (H**2).mean(axis=0)).sum() / (H @ w).var()


def predicted_by_loops(H, w, p):
    z = [sum(h * weight for h, weight in zip(row, w, strict=True)) for row in H]
    noise = sum(weight**2 * sum(h**2 for h in column) / len(H) for weight, column in zip(w, H.T, strict=True))
    return float(np.var(z) + p / (1 - p) * noise) / float(np.var(z))


@pytest.mark.parametrize("answer", [predicted, predicted_by_loops])
def test_right_shifts_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def test_the_formula_of_the_check_is_what_is_measured():
    np.random.seed(1)
    H, w = np.maximum(np.random.normal(size=(20000, 30)), 0), np.random.normal(size=30)
    measured = (d2l.dropout_forward(H, 0.4, "train")[0] @ w).var() / (H @ w).var()
    assert abs(measured / predicted(H, w, 0.4) - 1) < 0.02


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda H, w, p: predicted(H, w, 1 - p), shift.SWAPPED),
        (lambda H, w, p: 1 + p / (1 - p) * (w**2 * H.var(axis=0)).sum() / (H @ w).var(), shift.CENTRED),
        (lambda H, w, p: predicted(H, w, p) - 1, shift.NO_ONE),
        (lambda H, w, p: 1 + p / (1 - p) * (w * (H**2).mean(axis=0)).sum() / (H @ w).var(), shift.NOT_SQUARED),
        (lambda H, w, p: 1 + p * (w**2 * (H**2).mean(axis=0)).sum() / (H @ w).var(), shift.ONE_MINUS),
        (lambda H, w, p: 1 / (1 - p), shift.FORMULA),
        (lambda H, w, p: H, shift.NOT_ANSWERED),
    ],
)
def test_wrong_shifts_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: new statistics
def retake(net, X, *, training=False, outputs=False, change=lambda mean, var: (mean, var)):
    for layer in net:
        if isinstance(layer, nn.BatchNorm):
            source = layer(X) if outputs else X
            mean = source.mean(axis=0)
            mean, var = change(mean, ((source - mean) ** 2).mean(axis=0))
            layer.running_mean.set_data(mean)
            layer.running_var.set_data(var)
        with autograd.train_mode() if training and isinstance(layer, nn.Dropout) else autograd.predict_mode():
            X = layer(X)
    return net


def retake_backwards(net, X):
    """Give the same statistics, each layer's from a pass of its own through all the layers before it."""
    for position in range(len(net)):
        if type(net[position]).__name__ == "BatchNorm":
            H = X
            for i in range(position):
                H = net[i](H)
            net[position].running_mean.set_data(nd.array(H.asnumpy().mean(0)))
            net[position].running_var.set_data(nd.array(H.asnumpy().var(0)))
    return net


def all_at_once(net, X):
    inputs = {}
    for layer in net:
        inputs[layer], X = X, layer(X)
    for layer, H in inputs.items():
        if isinstance(layer, nn.BatchNorm):
            layer.running_mean.set_data(nd.array(H.asnumpy().mean(0)))
            layer.running_var.set_data(nd.array(H.asnumpy().var(0)))
    return net


def with_gamma(net, X):
    net = retake(net, X)
    net[1].gamma.set_data(net[1].gamma.data() * 2)
    return net


@pytest.mark.parametrize("answer", [retake, retake_backwards])
def test_right_statistics_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda net, X: retake(net, X, training=True), shift.TRAINING),
        (all_at_once, shift.OLD),
        (lambda net, X: retake(net, X, change=lambda mean, var: (mean, var.sqrt())), shift.ROOT),
        (lambda net, X: retake(net, X, change=lambda mean, var: (mean, var * 20 / 19)), shift.UNBIASED),
        (lambda net, X: retake(net, X, change=lambda mean, var: (var, mean)), shift.SWAPPED_STATISTICS),
        (lambda net, X: retake(net, X, outputs=True), shift.OUTPUTS),
        (lambda net, X: net, shift.UNTOUCHED),
        (lambda net, X: X, shift.NETWORK),
        (with_gamma, shift.PARAMETERS),
    ],
)
def test_wrong_statistics_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
def test_right_statements_pass(capsys):
    assert verdict(capsys, checks.exercise_5, "acf") == "Exercise 5: passed"
    assert verdict(capsys, checks.exercise_5, "F, c, A") == "Exercise 5: passed"


@pytest.mark.parametrize(("answer", "letter"), [("cf", "a"), ("abcf", "b"), ("af", "c"), ("acdf", "d"), ("acef", "e")])
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: layer normalization
def ln_forward(X, gamma, beta, axis=1, ddof=0, eps=1e-5):
    sd = np.sqrt(X.var(axis=axis, keepdims=True, ddof=ddof) + eps)
    X_hat = (X - X.mean(axis=axis, keepdims=True)) / sd
    return gamma * X_hat + beta, (X_hat, gamma, sd)


def mean(rows):
    return rows.mean(axis=1, keepdims=True)


def ln_backward(d_out, cache):
    X_hat, gamma, sd = cache
    g = gamma * d_out
    return (g - mean(g) - X_hat * mean(g * X_hat)) / sd, (d_out * X_hat).sum(axis=0), d_out.sum(axis=0)


def ln_forward_by_batchnorm(X, gamma, beta):
    ones, zeros = np.ones(len(X)), np.zeros(len(X))
    X_hat, cache = d2l.batchnorm_forward(np.ascontiguousarray(X.T), ones, zeros)
    return X_hat.T * gamma + beta, (X_hat.T, gamma, cache)


def ln_backward_by_batchnorm(d_out, cache):
    X_hat, gamma, inner = cache
    d_X, _, _ = d2l.batchnorm_backward(np.ascontiguousarray((d_out * gamma).T), inner)
    return d_X.T, (d_out * X_hat).sum(axis=0), d_out.sum(axis=0)


@pytest.mark.parametrize("answers", [(ln_forward, ln_backward), (ln_forward_by_batchnorm, ln_backward_by_batchnorm)])
def test_right_layer_normalizations_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_6, *answers) == "Exercise 6: passed"


def gamma_outside(d, cache):
    X_hat, gamma, sd = cache
    return gamma / sd * (d - mean(d) - X_hat * mean(d * X_hat)), (d * X_hat).sum(axis=0), d.sum(axis=0)


def averaged(d_out, cache):
    d_X, d_gamma, d_beta = ln_backward(d_out, cache)
    return d_X, d_gamma / max(2, len(d_out)), d_beta


@pytest.mark.parametrize(
    ("forward", "backward", "sentence"),
    [
        (lambda X, g, b: ln_forward(X, g, b, axis=0), ln_backward, layers.ROWS),
        (lambda X, g, b: ln_forward(X, g, b, ddof=1), ln_backward, layers.UNBIASED),
        (lambda X, g, b: ln_forward(X, g, b, eps=0), ln_backward, layers.NO_EPS),
        (lambda X, g, b: ln_forward(X, g, b)[0], ln_backward, layers.PAIR),
        (lambda X, g, b: (X, None), ln_backward, layers.NORMALISE),
        (ln_forward, gamma_outside, layers.GAMMA_OUTSIDE),
        (ln_forward, lambda d, c: (c[1] * d / c[2], *ln_backward(d, c)[1:]), layers.CONSTANTS),
        (ln_forward, lambda d, c: (-ln_backward(d, c)[0], *ln_backward(d, c)[1:]), layers.BACK),
        (ln_forward, averaged, layers.PARAMETERS),
    ],
)
def test_wrong_layer_normalizations_get_their_hint(capsys, forward, backward, sentence):
    assert hint(verdict(capsys, checks.exercise_6, forward, backward)) == sentence


@pytest.mark.parametrize("number", [2, 3, 4])
def test_unanswered_is_not_attempted(capsys, number):
    def starter(*arguments):
        return ...

    report = verdict(capsys, getattr(checks, f"exercise_{number}"), starter)
    assert report == f"Exercise {number}: not attempted yet"
