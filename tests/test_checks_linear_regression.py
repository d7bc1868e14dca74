"""The checks of linear regression: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a fit without bias, or one whose bias is the mean of the labels; a loss that is right for
labels of shape (n, 1) and makes a table of (n,); one that is right on positive errors; a bound of another curvature; a
step with the old velocity, which is right where momentum is 0. It rejects a right answer that is written differently.
"""

from d2l_utils.checks import _linear_regression_exact as exact
from d2l_utils.checks import _linear_regression_steps as steps
from d2l_utils.checks import linear_regression as checks

import numpy as np
import pytest
from mxnet import gluon, nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"y_hat": [3, 2], "losses": [0.5, 4.5], "new_w": [1.25, 0.9], "new_b": 0.1, "bound": 0.4}


@pytest.mark.parametrize(
    "answers",
    [
        ANSWERS,
        {"y_hat": nd.array([3, 2]), "losses": (1 / 2, 9 / 2), "new_w": (1.25, 0.9), "new_b": 1 / 10, "bound": 2 / 5},
    ],
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("y_hat", [1, -3], "These are the errors, y_hat - y."),
        ("y_hat", [4, 2], "Multiply each feature by its weight, add up, add the bias."),
        ("losses", [1, 9], "The squared loss has a half."),
        ("losses", [1, -3], "These are the errors: the loss is half their square."),
        ("losses", [0.25, 2.25], "A loss belongs to one example: nothing is divided by the size of the batch yet."),
        ("losses", 5, "losses must be a list of 2 numbers."),
        ("new_w", [1.5, 0.8], "This is a step with the summed gradient: divide by the batch size, 2."),
        ("new_w", [0.75, 1.1], "The step goes AGAINST the gradient: subtract it."),
        (
            "new_w",
            [-2.5, 1],
            "This is the gradient. The step multiplies it by lr and subtracts it from the weights.",
        ),
        ("new_w", [3.5, 0], "This is a step with the learning rate 1."),
        ("new_b", 0, "The bias is learned too: its gradient is the mean of the errors."),
        ("new_b", 0.2, "This is a step with the summed gradient: divide by the batch size, 2."),
        ("new_b", -0.1, "The step goes AGAINST the gradient: subtract it."),
        ("bound", 10, "This is the bound of the flattest direction: the steepest one diverges first."),
        ("bound", 0.2, "At 1 / lambda the steepest direction is done in one step; the bound is twice that."),
        (
            "bound",
            2 / 5.2,
            "This is the best learning rate for both directions together, a little below the bound.",
        ),
        ("bound", float("nan"), "It is 2 divided by the largest curvature."),
    ],
)
def test_wrong_predictions_get_their_hint_and_are_not_corrected(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: the exact solution
def as_arrays(theta):
    return nd.array(np.reshape(theta[:-1], (-1, 1))), nd.array(theta[-1:])


def fit(X, y):
    A = exact.with_ones(X)
    return as_arrays(exact.solve(A, y))


def fit_centred(X, y):
    features, labels = X.asnumpy().astype("float64"), y.asnumpy().astype("float64")
    centred = features - features.mean(axis=0)
    w = np.linalg.solve(centred.T @ centred, centred.T @ (labels - labels.mean()))
    return as_arrays([*w, labels.mean() - features.mean(axis=0) @ w])


def fit_in_nd(X, y):
    A = nd.concat(X, nd.ones((len(X), 1)), dim=1).astype("float64")
    gram = nd.linalg.gemm2(A, A, transpose_a=True)
    theta = nd.dot(nd.linalg.inverse(gram), nd.dot(A.T, y.astype("float64").reshape((-1, 1))))
    return theta[:-1].astype("float32"), theta[-1].astype("float32")


@pytest.mark.parametrize("answer", [fit, fit_centred, fit_in_nd])
def test_right_fits_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def through_the_origin(X, y):
    return as_arrays([*exact.solve(X.asnumpy(), y), 0])


def mean_as_bias(X, y):
    return fit(X, y)[0], y.mean()


def not_converged(X, y):
    w, b = fit(X, y)
    return w * 1.01, b * 0.99


def changes_labels(X, y):
    result = fit(X, y)
    y -= y.mean()
    return result


WRONG_FITS = [
    (through_the_origin, exact.NO_BIAS),
    (mean_as_bias, exact.MEAN_AS_BIAS),
    (not_converged, exact.NOT_THERE),
    (lambda X, y: (fit(X, y)[0].T, fit(X, y)[1]), exact.TRANSPOSED),
    (lambda X, y: (fit(X, y)[0].reshape((-1,)), fit(X, y)[1]), exact.TRANSPOSED),
    (lambda X, y: fit(X, y)[::-1], exact.SWAPPED),
    (lambda X, y: fit(X, y)[0], "End with `return w, b`."),
    (lambda X, y: tuple(part.asnumpy() for part in fit(X, y)), "nd.array makes an NDArray of NumPy's array."),
    (lambda X, y: tuple(part * np.nan for part in fit(X, y)), exact.NOT_NUMBERS),
    (lambda X, y: fit(X, -y), exact.GENERAL),
    (changes_labels, "X or y itself was changed: make new arrays."),
]


@pytest.mark.parametrize(("answer", "sentence"), WRONG_FITS)
def test_wrong_fits_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_2, answer)) == sentence


# Exercise 3: the Huber loss
def huber(y_hat, y, delta):
    size = nd.abs(y_hat - y.reshape(y_hat.shape))
    return nd.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


def huber_by_clipping(y_hat, y, delta):
    size = nd.abs(y_hat - y.reshape((-1, 1)))
    inner = nd.minimum(size, delta)
    return inner**2 / 2 + delta * (size - inner)


def huber_by_gluon(y_hat, y, delta):
    return delta * nd.where(
        nd.abs(y_hat - y.reshape(y_hat.shape)) > delta,
        nd.abs(y_hat - y.reshape(y_hat.shape)) - delta / 2,
        (y_hat - y.reshape(y_hat.shape)) ** 2 / (2 * delta),
    )


@pytest.mark.parametrize("answer", [huber, huber_by_clipping, huber_by_gluon])
def test_right_losses_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def piecewise(small, large, condition=lambda e, delta: nd.abs(e) <= delta):
    def loss(y_hat, y, delta):
        e = y_hat - y.reshape(y_hat.shape)
        return nd.where(condition(e, delta), small(e, delta), large(e, delta))

    return loss


def half_square(e, delta):
    return e**2 / 2


def straight(e, delta):
    return delta * (nd.abs(e) - delta / 2)


def without_reshape(y_hat, y, delta):
    size = nd.abs(y_hat - y)
    return nd.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


def without_gradient(y_hat, y, delta):
    return nd.array(huber(y_hat, y, delta).asnumpy(), dtype=y_hat.dtype)


def stopped(y_hat, y, delta):
    return huber(y_hat, y, delta).detach() + 0 * y_hat


WRONG_LOSSES = [
    (without_reshape, steps.BROADCAST),
    (lambda a, b, delta: gluon.loss.HuberLoss(delta)(a, b), steps.AVERAGED),
    (lambda a, b, delta: huber(a, b, delta).mean(), steps.AVERAGED),
    (lambda a, b, delta: huber(a, b, delta) / delta, steps.GLUON),
    (piecewise(half_square, half_square), steps.SQUARED),
    (piecewise(lambda e, delta: e**2, straight), steps.NO_HALF),
    (piecewise(half_square, lambda e, delta: delta * nd.abs(e)), steps.JUMPS),
    (piecewise(half_square, lambda e, delta: delta * (e - delta / 2)), steps.NO_SIZE),
    (piecewise(half_square, straight, lambda e, delta: e <= delta), steps.NO_SIZE),
    (piecewise(straight, half_square), steps.PIECES_SWAPPED),
    (lambda a, b, delta: huber(a, b, delta) + 1, steps.HUBER),
    (without_gradient, steps.NO_GRADIENT),
    (stopped, steps.OTHER_GRADIENT),
]


@pytest.mark.parametrize(("answer", "sentence"), WRONG_LOSSES)
def test_wrong_losses_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_3, answer)) == sentence


# Exercise 4: the largest stable learning rate
def bound(X):
    A = exact.with_ones(X)
    return 2 / np.linalg.eigvalsh(A.T @ A / len(A)).max()


def by_singular_values(X):
    return nd.array([2 * len(X) / np.linalg.svd(exact.with_ones(X), compute_uv=False)[0] ** 2])


@pytest.mark.parametrize("answer", [bound, by_singular_values])
def test_right_bounds_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


WRONG_BOUNDS = [
    (lambda X: bound(X) / 2, exact.ONE_STEP),
    (lambda X: 2 / np.linalg.eigvalsh(X.asnumpy().T @ X.asnumpy() / len(X)).max(), exact.BOUND_WITHOUT_BIAS),
    (lambda X: bound(X) / len(X), exact.NOT_DIVIDED),
    (lambda X: 2 / np.linalg.eigvalsh(exact.with_ones(X).T @ exact.with_ones(X) / len(X)).min(), exact.SMALLEST),
    (lambda X: 2 / np.linalg.svd(exact.with_ones(X), compute_uv=False)[0], exact.SINGULAR_VALUE),
    (lambda X: 1.0, exact.BOUND),
    (lambda X: X, "Give back one number."),
    (lambda X: float("nan"), exact.BOUND),
]


@pytest.mark.parametrize(("answer", "sentence"), WRONG_BOUNDS)
def test_wrong_bounds_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_4, answer)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["bce", "ecb"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize("letter", "abcdef")
def test_every_statement_has_its_reason(capsys, letter):
    answer = "".join(sorted(set("bce") ^ {letter}))
    assert hint(verdict(capsys, checks.exercise_5, answer)) == checks.STATEMENTS[letter][1]


# Exercise 6: momentum
def step(w, v, grad, lr, momentum):
    v = momentum * v + grad
    return w - lr * v, v


def step_as_list(w, v, grad, lr, momentum):
    new_v = v.copy()
    new_v *= momentum
    new_v += grad
    return [w - (lr * momentum) * v - lr * grad, new_v]


@pytest.mark.parametrize("answer", [step, step_as_list])
def test_right_steps_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


def in_place(w, v, grad, lr, momentum):
    v[:] = momentum * v + grad
    w[:] = w - lr * v
    return w, v


def damped(w, v, grad, lr, momentum):
    v = momentum * v + (1 - momentum) * grad
    return w - lr * v, v


def rate_inside(w, v, grad, lr, momentum):
    v = momentum * v + lr * grad
    return w - v, v


WRONG_STEPS = [
    (in_place, steps.CHANGED),
    (damped, steps.DAMPED),
    (rate_inside, steps.LR_IN_VELOCITY),
    (lambda w, v, grad, lr, m: (w + lr * (m * v + grad), m * v + grad), steps.UPHILL),
    (lambda w, v, grad, lr, m: (w - lr * v, m * v + grad), steps.OLD_VELOCITY),
    (lambda w, v, grad, lr, m: (w - lr * grad, grad), steps.NO_MEMORY),
    (lambda w, v, grad, lr, m: (w - lr * (v + grad), v + grad), "The old velocity is multiplied by momentum."),
    (lambda w, v, grad, lr, m: step(w, v, grad, lr, m)[::-1], steps.ORDER),
    (lambda w, v, grad, lr, m: step(w, v, grad, lr, m)[0], "End with `return new_w, new_v`."),
    (lambda w, v, grad, lr, m: step(w, v, 2 * grad, lr, m), steps.MOMENTUM),
]


@pytest.mark.parametrize(("answer", "sentence"), WRONG_STEPS)
def test_wrong_steps_get_their_hint(capsys, answer, sentence):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == sentence
