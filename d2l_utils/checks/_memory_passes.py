"""What a backward pass in two segments (notebook 18, exercise 4) and one over parts of a batch (6) must do."""

from itertools import pairwise

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy

import numpy as np
from mxnet import autograd, gluon, init, nd, random
from mxnet.gluon import nn

SLOPE = "Give back the slope along X: an NDArray of the shape of X."
RECORDED = "The first pass through `first` is recorded, so everything stays: leave it out of record."
NOT_AGAIN = "`first` has to run twice: without a record, and later with one."
TOO_OFTEN = "Each part runs as often as needed and no more: `first` twice, `second` once."
NO_HEAD = "The way back through `first` begins with the slope of its result: end.backward(slope)."
NOT_MEAN = "The loss is the MEAN of what `second` gives."
LOST = "The gradients of one part are missing: both need a backward()."
PASSES = "Compare with the plain pass: record both parts together, and backward() once."

LIST = "Give back a list of NDArrays: one gradient for each parameter, in the order of net.collect_params()."
AT_ONCE = "No part may have more rows than the batch size divided by num_parts, rounded up."
MEANS = "The parts differ in size: divide the SUM over each part by the number of all rows."
SUMS = "It is the gradient of a mean: divide by the number of all rows."
ONE_PART = "This is the gradient of one part: backward() overwrites the one before, so add them up yourself."
ACCUMULATED = "The mean over the batch is the sum over all rows, divided by their number: add up part by part."


def check_in_two(backward_in_two, shape, widths):
    """Raise unless a function computes the plain gradients, and records `first` in its second pass only."""
    random.seed(3)
    first, second = (_layer(width) for width in widths)
    X = nd.random.uniform(0.5, 1, shape=shape)
    text = f"first = Dense({widths[0]}, 'tanh'), second = Dense({widths[1]}, 'tanh'), X of shape {shape}"
    slope, expected = _plain(first, second, X)
    calls = {"first": [], "second": []}
    for name, block in (("first", first), ("second", second)):
        block.register_forward_hook(lambda *_, name=name: calls[name].append(autograd.is_recording()))
        for param in block.collect_params().values():
            param.zero_grad()
    result = call(backward_in_two, first, second, X.copy(), given=text)
    grads = [param.grad().asnumpy() for block in (first, second) for param in block.collect_params().values()]
    _check_calls(calls, text)
    if not all(np.array_equal(ours, right) for ours, right in zip(grads, expected, strict=True)):
        got = "other gradients of the parameters"
        hint = _hint(first, second, X, grads, expected)
        raise MistakeError(given=text, expected="the gradients of the plain pass, bit for bit", got=got, hint=hint)
    if not isinstance(result, nd.NDArray) or result.shape != shape:
        raise MistakeError(given=text, expected="the slope along X", got=_kind(result), hint=SLOPE)
    if not np.array_equal(result.asnumpy(), slope):
        raise MistakeError(given=text, expected=f"slope along X\n{slope}", got=result, hint=SLOPE)


def _check_calls(calls, text):
    written = ", ".join(f"{name}: {['not recorded', 'recorded'][one]}" for name in calls for one in calls[name])
    hint = None
    if calls["first"][:1] == [True]:
        hint = RECORDED if len(calls["first"]) > 1 or calls["second"] else NOT_AGAIN
    elif len(calls["first"]) < 2:
        hint = NOT_AGAIN
    elif len(calls["first"]) > 2 or len(calls["second"]) != 1:
        hint = TOO_OFTEN
    elif calls["first"] != [False, True]:
        hint = NOT_AGAIN
    if hint:
        expected = "first: not recorded, first: recorded, second: recorded"
        raise MistakeError(given=text, expected=expected, got=written or "no calls", hint=hint)


def _hint(first, second, X, grads, expected):
    """Find out which mistake gives such gradients."""
    half = len(grads) // 2
    if not all(grad.any() for grad in (grads[0], grads[half])):
        return LOST
    if np.allclose(grads[half], expected[half], rtol=1e-5):
        return NO_HEAD
    with autograd.record():
        loss = second(first(X)).sum()
    loss.backward()
    summed = second.weight.grad().asnumpy()
    return NOT_MEAN if np.allclose(grads[half], summed, rtol=1e-5) else PASSES


def _plain(first, second, X):
    X = X.copy()
    first(X)
    second(first(X))
    X.attach_grad()
    with autograd.record():
        loss = second(first(X)).mean()
    loss.backward()
    grads = [param.grad().asnumpy() for block in (first, second) for param in block.collect_params().values()]
    return X.grad.asnumpy(), grads


def _layer(width):
    layer = nn.Dense(width, activation="tanh")
    layer.initialize(init.Uniform(1))
    return layer


def check_accumulated(accumulated, num_rows, num_parts):
    """Raise unless a function gives the gradients of the mean loss, and sees a part of the batch at a time."""
    random.seed(5)
    net = nn.Sequential()
    net.add(nn.Dense(4, activation="tanh"), nn.Dense(1))
    net.initialize(init.Uniform(1))
    X, y = nd.random.normal(shape=(num_rows, 3)), nd.random.normal(shape=(num_rows, 1))
    loss_of = gluon.loss.L2Loss()
    net(X)
    right = _gradients(net, loss_of, [(X, y)], [1 / num_rows])
    parts = _parts(X, y, num_parts)
    most, seen = -(-num_rows // num_parts), []
    net.register_forward_hook(lambda _net, inputs, _output: seen.append(len(inputs[0])))
    text = f"a batch of {num_rows} rows in {num_parts} parts"
    result = call(accumulated, net, loss_of, X.copy(), y.copy(), num_parts, given=text)
    _check_list(result, right, text)
    if max(seen, default=0) > most:
        raise MistakeError(given=text, expected=f"at most {most} rows", got=f"{max(seen)} rows", hint=AT_ONCE)
    got = [as_numpy(one) for one in result]
    known = [
        (_gradients(net, loss_of, parts, [1] * num_parts), SUMS),
        (_gradients(net, loss_of, parts, [1 / len(part[0]) / num_parts for part in parts]), MEANS),
        (_gradients(net, loss_of, parts, [1 / len(part[0]) for part in parts]), SUMS),
        *(
            (_gradients(net, loss_of, [part], [1 / rows]), ONE_PART)
            for part in parts
            for rows in (len(part[0]), num_rows)
        ),
    ]
    if not _agree(got, right):
        hint = next((words for wrong, words in known if _agree(got, wrong)), ACCUMULATED)
        raise MistakeError(given=text, expected=f"first gradient\n{right[0]}", got=got[0], hint=hint)


def _check_list(result, right, text):
    fits = isinstance(result, list | tuple) and all(isinstance(one, nd.NDArray) for one in result)
    if not fits or [one.shape for one in result] != [one.shape for one in right]:
        raise MistakeError(given=text, expected=f"{len(right)} NDArrays", got=_kind(result), hint=LIST)


def _parts(X, y, num_parts):
    cuts = [len(X) * k // num_parts for k in range(num_parts + 1)]
    return [(X[start:end], y[start:end]) for start, end in pairwise(cuts)]


def _gradients(net, loss_of, parts, factors):
    """Give the gradients of the sum of the losses of all parts, each part times its factor."""
    totals = None
    for (X, y), factor in zip(parts, factors, strict=True):
        with autograd.record():
            loss = loss_of(net(X), y).sum() * factor
        loss.backward()
        grads = [param.grad().asnumpy() for param in net.collect_params().values()]
        totals = grads if totals is None else [old + new for old, new in zip(totals, grads, strict=True)]
    return totals


def _agree(ours, right):
    return all(np.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in zip(ours, right, strict=True))


def _kind(value):
    return f"an NDArray of shape {value.shape}" if isinstance(value, nd.NDArray) else type(value).__name__
