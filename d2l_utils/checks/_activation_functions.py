"""Sigmoid and swish, with their gradients, and maxout (notebook 05, exercises 2, 3 and 7)."""

from d2l_utils.checks._activation_answers import NO_GRADIENT, array, check_gradient, equal, left_alone
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, given
from d2l_utils.gradients import gradcheck
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import MXNetError, autograd, nd

SAME_SHAPE = "An activation function works on every number by itself: the result has the shape of z."
OVERFLOW = "exp overflows for large numbers, and infinity divided by infinity is not a number."
NAN_SLOPE = "The values are right, the gradient is not a number: exp overflows on the way, and 0 times infinity is nan."
SLOPE_AT_0 = "At 0 the slope is 1/4. MXNet's abs has slope 0 there, so nothing passes; maximum and minimum have a kink."
CUT_OFF = "The slope is 0 too early: do not cut z off at small numbers."
SIGMOID = "The sigmoid is 1 / (1 + exp(-z)), which is (1 + tanh(z / 2)) / 2."
METHODS = "Hand in the name of the class; its methods are forward(z) and backward(d_out)."
ONE_TERM = "Both factors of z * sigmoid(z) depend on z: the product rule gives a second term, z * sigmoid'(z)."
OTHER_TERM = "The product rule gives two terms: sigmoid(z), and z times its slope. The first one is missing."
NO_CHAIN = "This is the slope alone: the chain rule multiplies it by d_out."
NO_Z = "The second term of the product rule is z times the slope of the sigmoid: the factor z is missing."
SWISH = "The slope of swish is s + z s (1 - s), with s the sigmoid of z."
UNITS = "Each unit has as many pieces as W has matrices: the result has the shape (batch, units)."
SMALLEST = "This is the smallest of the pieces: a maxout unit gives the largest."
NO_BIAS = "The biases are left out: add b[i] to piece i before the maximum."
BIAS_LATE = "The largest bias is added after the maximum: add b[i] to piece i before it."
SUM = "The pieces are summed: a maxout unit gives the largest of them."


def check_sigmoid(stable_sigmoid, z):
    """Raise unless value and gradient of the sigmoid are right in every entry."""
    text = given(z=z)
    expected = np.exp(-np.logaddexp(0, -z.asnumpy().astype("float64")))
    handed_in = z.copy()
    handed_in.attach_grad()
    with autograd.record():
        out = call(stable_sigmoid, handed_in, given=text)
        total = array(out, z.shape, given=text, name="the result", hint=SAME_SHAPE).sum()
    hint = SIGMOID if np.isfinite(out.asnumpy()).all() else OVERFLOW
    known = [(1 - expected, "This is the sigmoid of -z: look at the sign in the exponent.")]
    equal(out, expected, given=text, known=known, hint=hint)
    left_alone("z", z, handed_in, given=text)
    try:
        total.backward()
    except MXNetError as error:
        got = str(error).strip().splitlines()[-1]
        raise MistakeError(given=text, expected="a gradient", got=got, hint=NO_GRADIENT) from None
    slope, right = handed_in.grad, expected * (1 - expected)
    if agree(slope, right):
        return
    hint = "The gradient of the sigmoid is s (1 - s)."
    if not np.isfinite(slope.asnumpy()).all():
        hint = NAN_SLOPE
    elif not agree(slope * (z == 0), right * (z.asnumpy() == 0)):
        hint = SLOPE_AT_0
    elif (slope.asnumpy() == 0)[right > 1e-4].any():
        hint = CUT_OFF
    raise MistakeError(given=text, expected=f"the slopes\n{right.round(5)}", got=slope, hint=hint)


def _make(my_layer):
    layer = call(my_layer, given="no arguments")
    for method in ("forward", "backward"):
        if not callable(getattr(layer, method, None)):
            expected, got = f"an object with the method {method}", type(layer).__name__
            raise MistakeError(given="no arguments", expected=expected, got=got, hint=METHODS)
    return layer


def _swish(z):
    return z / (1 + np.exp(-z))


def check_swish(my_layer, z):
    """Raise unless one pass forward and one backward give swish and its gradient."""
    text, layer, numbers = given(z=z), _make(my_layer), z.asnumpy().astype("float64")
    out = call(layer.forward, z.copy(), given=text)
    out = array(out, z.shape, given=text, name="the output of forward", hint=SAME_SHAPE)
    known = [(1 / (1 + np.exp(-numbers)), "This is the sigmoid: multiply it by z.")]
    equal(out, _swish(numbers), given=text, known=known, hint="Swish is z times the sigmoid of z.")
    d_out = nd.random.uniform(1, 2, shape=z.shape).astype(z.dtype)
    text = f"{text}, d_out = {d_out.asnumpy()}"
    grad = call(layer.backward, d_out.copy(), given=text)
    grad = array(grad, z.shape, given=text, name="the output of backward", hint=SAME_SHAPE)
    s, d = 1 / (1 + np.exp(-numbers)), d_out.asnumpy()
    slope = s + numbers * s * (1 - s)
    known = [(d * s, ONE_TERM), (d * numbers * s * (1 - s), OTHER_TERM)]
    known += [(slope, NO_CHAIN), (d * (s + s * (1 - s)), NO_Z)]
    equal(grad, d * slope, given=text, known=known, hint=SWISH)


def check_swish_differences(my_layer):
    """Raise unless `backward` agrees with central differences, to seven digits."""
    seed_everything(2)
    z, weights = nd.random.uniform(-3, 3, shape=(2, 3, 4)).astype("float64")
    text, layer = given(z=z, d_out=weights), _make(my_layer)
    call(layer.forward, z.copy(), given=text)
    grad = call(layer.backward, weights.copy(), given=text)
    try:
        gradcheck(lambda z: (_make(my_layer).forward(z) * weights).sum(), z, grads=[grad])
    except AssertionError as error:
        raise MistakeError(given=text, expected="the gradient", got=str(error), hint=SWISH) from None


def check_maxout(maxout, batch, shape):
    """Raise unless the largest of the pieces comes out; `shape` is (pieces, inputs, units)."""
    pieces, inputs, units = shape
    X, W = nd.random.normal(shape=(batch, inputs)), nd.random.normal(shape=shape)
    b = nd.random.normal(shape=(pieces, units))
    text = given(X=X, W=W, b=b)
    out = array(call(maxout, X, W, b, given=text), (batch, units), given=text, name="the result", hint=UNITS)
    linear = np.einsum("ni,piu->pnu", X.asnumpy(), W.asnumpy())
    each = linear + b.asnumpy()[:, None, :]
    known = [
        (each.min(axis=0), SMALLEST),
        (linear.max(axis=0), NO_BIAS),
        (linear.max(axis=0) + b.asnumpy().max(axis=0), BIAS_LATE),
        (each.sum(axis=0), SUM),
        (np.maximum(each.max(axis=0), 0), "Nothing else comes after the maximum: there is no ReLU in a maxout unit."),
    ]
    equal(out, each.max(axis=0), given=text, known=known, hint="Take the maximum over the pieces, unit by unit.")


def check_maxout_gradient(maxout):
    """Raise unless a gradient passes through the largest piece."""
    W, b = nd.random.normal(shape=(3, 2, 4)).astype("float64"), nd.random.normal(shape=(3, 4)).astype("float64")
    check_gradient(maxout, nd.random.normal(shape=(5, 2)).astype("float64"), W, b)
