"""What the gradients of a network with one hidden layer have to be (notebook 06, exercise 4)."""

from d2l_utils.checks import _softmax_answers as answers
from d2l_utils.checks._answers import call
from d2l_utils.checks._mlp_networks import make_params
from d2l_utils.checks._verdict import MistakeError, given
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

FOUR = "Give back four arrays: return dW1, db1, dW2, db2."
SHAPES = "A gradient has the shape of its parameter. Which product of matrices gives it? A bias: sum over the batch."
FORMULAS = {
    "dW1": "With dZ the gradient before relu: dW1 = X^T dZ.",
    "db1": "With dZ the gradient before relu: db1 is its sum over the batch.",
    "dW2": "With D = probabilities minus truth: dW2 = H^T D.",
    "db2": "With D = probabilities minus truth: db2 is its sum over the batch.",
}
MEAN = "This is the gradient of the mean loss: the SUM is asked for, so do not divide by the batch."
NO_TRUTH = "The truth is missing: subtract the one-hot labels from the probabilities."
SIGN = "The sign is turned: it is probability minus truth."
NO_SOFTMAX = "These are the scores minus the truth: take their softmax first."
NO_MASK = "A silent unit passes no gradient on: multiply by H > 0, the slope of relu."
NO_HIDDEN_RELU = "Here the activations before relu are used: H is what comes after it."
NO_BIAS = "The bias b1 is missing in the hidden layer."


def check(mlp_gradients):
    """Raise unless all four gradients are those of the summed cross-entropy."""
    for seed, (batch, *sizes) in enumerate([(1, 1, 1, 2), (1, 2, 3, 2), (2, 2, 3, 2), (4, 3, 5, 3), (6, 5, 8, 10)]):
        for dtype in ("float32", "float64"):
            seed_everything(seed)
            X = nd.random.normal(shape=(batch, sizes[0])).astype(dtype)
            params = [param.astype(dtype) for param in make_params(*sizes)]
            y = nd.array(np.random.randint(0, sizes[-1], batch), dtype="int32")
            _check(mlp_gradients, X, y, params)


def _check(mlp_gradients, X, y, params):
    names = ("X", "y", "W1", "b1", "W2", "b2")
    inputs = (X, y, *params)
    text = given(**dict(zip(names, inputs, strict=True)))
    text += ", in float64" if X.dtype.__name__ == "float64" else ""
    before = [array.copy() for array in inputs]
    hint = "Arrays of two dtypes do not go together: nd.one_hot gives float32, so .astype(X.dtype)."
    options = {"hint": hint} if X.dtype.__name__ == "float64" else {}
    result = call(mlp_gradients, *inputs, given=text, **options)
    if not isinstance(result, tuple | list) or len(result) != 4:
        raise MistakeError(given=text, expected="four arrays", got=type(result).__name__, hint=FOUR)
    for name, old, new in zip(names, before, inputs, strict=True):
        answers.left_alone(name, old, new, given=text)
    right, wrong = gradients(*inputs), _known(inputs)
    # From the output to the input, as the gradients are computed: a mistake is named where it was made.
    for position in (2, 3, 0, 1):
        name = "d" + names[position + 2]
        got = answers.array(result[position], params[position].shape, given=text, name=name, hint=SHAPES)
        known = [(arrays[position], hint) for arrays, hint in wrong]
        answers.equal(got, right[position], given=f"{text}\n{name} is looked at", known=known, hint=FORMULAS[name])


def gradients(X, y, W1, b1, W2, b2, *, difference=None, mask=None, bias=True, bend=True):
    """Compute the four gradients in float64, right or with one mistake."""
    x, V1, c1, V2, c2 = (array.asnumpy().astype("float64") for array in (X, W1, b1, W2, b2))
    Z = x @ V1 + (c1 if bias else 0)
    H = np.maximum(Z, 0) if bend else Z
    scores = H @ V2 + c2
    probs, truth = np.exp(answers.log_softmax(scores)), answers.one_hot(y.asnumpy(), len(c2))
    D = probs - truth if difference is None else difference(probs, truth, scores)
    dZ = D @ V2.T * ((H > 0) if mask is None else mask(Z))
    return [x.T @ dZ, dZ.sum(axis=0), H.T @ D, D.sum(axis=0)]


def _known(inputs):
    """List what else may have been computed, as (four gradients, hint)."""
    n = len(inputs[0])
    return [
        ([array / n for array in gradients(*inputs)], MEAN),
        (gradients(*inputs, difference=lambda probs, truth, scores: probs), NO_TRUTH),
        (gradients(*inputs, difference=lambda probs, truth, scores: truth - probs), SIGN),
        (gradients(*inputs, difference=lambda probs, truth, scores: scores - truth), NO_SOFTMAX),
        (gradients(*inputs, mask=lambda Z: 1), NO_MASK),
        (gradients(*inputs, mask=lambda Z: np.maximum(Z, 0)), "Multiply by the slope of relu, 0 or 1, not by H."),
        (gradients(*inputs, bend=False), NO_HIDDEN_RELU),
        (gradients(*inputs, bend=False, mask=lambda Z: Z > 0), NO_HIDDEN_RELU),
        (gradients(*inputs, bias=False), NO_BIAS),
    ]
