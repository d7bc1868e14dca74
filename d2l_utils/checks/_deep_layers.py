"""What the way back through a hidden layer (notebook 12, exercise 2) and layer normalization (6) have to give."""

import d2l_utils as d2l
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given, show

import numpy as np

EPS = 1e-5
KEYS = "Give back a dictionary with X, W, b, and with gamma and beta where there is a normalization."
SHAPE = "A gradient has the shape of what it belongs to."
ORDER = "Undo what was done last first: dropout, ReLU, normalization, affine map."
NOT_DROPOUT = "Dropout is not undone: d_out passes through the mask first."
NOT_RELU = "ReLU is not undone: where its input was negative the gradient is 0."
NOT_NORM = "The normalization is not undone, although its cache is not None."
MIXED = "Dropout and ReLU come BEFORE the normalization on the way back: it mixes the rows, so they may not be swapped."
AVERAGED = "The gradients of parameters are sums over the batch: the loss has divided by its size already."

PAIR = "The forward function gives a pair (out, cache), the backward one a triple."
ROWS = "These are means over the batch: here each ROW, one example, gets mean 0."
UNBIASED = "The variance divides by the number of units, not by one less."
NO_EPS = "Add 1e-5 to the variance, under the root."
GAMMA_OUTSIDE = "gamma differs from unit to unit: it belongs INSIDE the two means, g = gamma * d_out."
CONSTANTS = "Mean and variance depend on the inputs too: two terms are missing in the gradient of X."
PARAMETERS = "gamma and beta serve every example: their gradients are sums over the batch, of shape (units,)."
NORMALISE = "Each row: subtract its mean, divide by the root of its variance + 1e-5, then gamma and beta."
BACK = "With g = gamma * d_out and means over each row: (g - mean(g) - X_hat * mean(g * X_hat)) / sd."


def hidden_caches(batch, units, batch_norm, drop_prob, seed):
    """Send random inputs through a hidden layer; give the caches, and a gradient to send back."""
    random = np.random.RandomState(seed)
    X, W, b = random.normal(size=(batch, 3)), random.normal(size=(3, units)), random.normal(size=units)
    out, affine = d2l.affine_forward(X, W, b)
    norm = None
    if batch_norm:
        out, norm = d2l.batchnorm_forward(out, random.uniform(0.5, 2, units), random.normal(size=units))
    out, relu = d2l.relu_forward(out)
    mask = (random.uniform(size=out.shape) > drop_prob) / (1 - drop_prob)
    return random.normal(size=out.shape), (affine, norm, relu, mask)


def _back(d_out, caches, *, mask=True, relu=True, norm=True, norm_first=False):
    """Give the gradients of a hidden layer, or those of a mistake."""
    affine, norm_cache, relu_cache, mask_cache = caches
    grads = {}

    def through_norm(d_out):
        if norm_cache is None or not norm:
            return d_out
        d_out, grads["gamma"], grads["beta"] = d2l.batchnorm_backward(d_out, norm_cache)
        return d_out

    if norm_first:
        d_out = through_norm(d_out)
    d_out = d_out * (mask_cache if mask else 1) * (relu_cache if relu else 1)
    if not norm_first:
        d_out = through_norm(d_out)
    grads["X"], grads["W"], grads["b"] = d2l.affine_backward(d_out, affine)
    return grads


def check_hidden(hidden_backward, d_out, caches):
    """Raise unless the gradients of a hidden layer are right."""
    norm = "with" if caches[1] is not None else "without"
    text = f"{given(d_out=d_out)}, the caches of a layer {norm} batch normalization"
    grads = call(hidden_backward, d_out.copy(), caches, given=text)
    expected = _back(d_out, caches)
    if not isinstance(grads, dict) or set(grads) != set(expected):
        got = f"the keys {', '.join(map(str, grads))}" if isinstance(grads, dict) else type(grads).__name__
        hint = NOT_NORM if isinstance(grads, dict) and set(grads) == {"X", "W", "b"} else KEYS
        raise MistakeError(given=text, expected=f"the keys {', '.join(sorted(expected))}", got=got, hint=hint)
    for name, right in sorted(expected.items()):
        got = as_numpy(grads[name])
        if got is None or got.shape != right.shape:
            shape = f"shape {getattr(got, 'shape', None)}"
            raise MistakeError(given=text, expected=f"{name} of shape {right.shape}", got=shape, hint=SHAPE)
    if all(agree(grads[name], right) for name, right in expected.items()):
        return
    known = [
        (_back(d_out, caches, mask=False), NOT_DROPOUT),
        (_back(d_out, caches, relu=False), NOT_RELU),
        (_back(d_out, caches, mask=False, relu=False), NOT_DROPOUT),
        (_back(d_out, caches, norm_first=True), MIXED),
        ({**expected, **{name: expected[name] / len(d_out) for name in expected if name != "X"}}, AVERAGED),
    ]

    def same(wrong):
        return all(agree(grads[name], value) for name, value in wrong.items())

    hint = next((sentence for wrong, sentence in known if same(wrong)), ORDER)
    name = next(name for name, right in sorted(expected.items()) if not agree(grads[name], right))
    raise MistakeError(given=text, expected=f"{name}:\n{show(expected[name])}", got=grads[name], hint=hint)


def _layernorm(X, axis=1, ddof=0, eps=EPS):
    """Give X_hat and the standard deviations."""
    sd = np.sqrt(X.var(axis=axis, keepdims=True, ddof=ddof) + eps)
    return (X - X.mean(axis=axis, keepdims=True)) / sd, sd


def check_layernorm(layernorm_forward, layernorm_backward, X, gamma, beta, d_out):
    """Raise unless layer normalization is right in both directions."""
    text = given(X=X, gamma=gamma, beta=beta)
    result = call(layernorm_forward, X.copy(), gamma.copy(), beta.copy(), given=text)
    if not isinstance(result, tuple) or len(result) != 2:
        raise MistakeError(given=text, expected="a pair (out, cache)", got=type(result).__name__, hint=PAIR)
    out, cache = result
    X_hat, sd = _layernorm(X)
    known = [
        (gamma * _layernorm(X, axis=0)[0] + beta, ROWS),
        (gamma * _layernorm(X, ddof=1)[0] + beta, UNBIASED),
        (gamma * _layernorm(X, eps=0)[0] + beta, NO_EPS),
    ]
    _compare("out", out, gamma * X_hat + beta, text, known, NORMALISE)
    text = f"{text}, {given(d_out=d_out)}"
    grads = call(layernorm_backward, d_out.copy(), cache, given=text)
    if not isinstance(grads, tuple) or len(grads) != 3:
        raise MistakeError(given=text, expected="a triple (d_X, d_gamma, d_beta)", got=type(grads).__name__, hint=PAIR)

    def row_mean(array):
        return array.mean(axis=1, keepdims=True)

    def back(g):
        return (g - row_mean(g) - X_hat * row_mean(g * X_hat)) / sd

    known = [
        (gamma * back(d_out), GAMMA_OUTSIDE),
        (gamma * d_out / sd, CONSTANTS),
        (back(d_out), "The gradient passes through gamma first: g = gamma * d_out."),
        ((gamma * d_out - row_mean(gamma * d_out)) / sd, CONSTANTS),
    ]
    _compare("d_X", grads[0], back(gamma * d_out), text, known, BACK)
    _compare("d_gamma", grads[1], (d_out * X_hat).sum(axis=0), text, [], PARAMETERS)
    _compare("d_beta", grads[2], d_out.sum(axis=0), text, [], PARAMETERS)


def _compare(name, got, expected, text, known, hint):
    """Raise unless an array is the expected one to eight digits, so that a missing 1e-5 shows."""
    if agree(got, expected, 1e-8):
        return
    hint = next((sentence for wrong, sentence in known if agree(got, wrong, 1e-8)), hint)
    raise MistakeError(given=text, expected=f"{name}:\n{show(expected)}", got=got, hint=hint)
