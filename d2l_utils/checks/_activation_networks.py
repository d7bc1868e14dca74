"""Linear layers made one, and networks of hinges (notebook 05, exercises 4 and 5)."""

import itertools

from d2l_utils.checks._activation_answers import array, equal, left_alone
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, given

import numpy as np
from mxnet import nd

PAIR = "Give back both, the matrix and the bias: return W, b."
SHAPE_W = "The product of all matrices, in the order of the layers, has the shape (inputs, outputs)."
SHAPE_B = "The one bias has an entry for every output and the shape (outputs,): take row 0 of a batch of one."
ORDER = "X meets the first matrix first: W is weights[0] times weights[1] times the next ones."
LAST_ONLY = "Only the last bias is left: the earlier ones pass through the layers behind them and are added."
ADDED = "The biases are added as they are: each has to pass through the matrices behind it."
NO_LAST = "The bias of the last layer is missing: it passes through nothing and is added as it is."
FOUR = "Give back a list of four arrays: return [W1, b1, W2, b2]."
SHAPES = "With k + 1 points there are k straight pieces and k hinges: (1, k), (k,), (k, 1) and (1,)."
SLOPES = "The output weights are the slopes: as every hinge goes on to the end, each has to add the CHANGE of slope."
SIGN = "relu(x - t) has the bias -t, not t."
EQUAL = "The points are not equally far apart: divide each rise by the width of its own piece."
START = "The bias of the output is the height of the first point: there all hinges are still 0."
RISES = "These are rises, not slopes: divide each by the width of its piece."
THROUGH = "The network misses a point: slope j is (heights[j + 1] - heights[j]) / (t[j + 1] - t[j])."


def check_collapse(collapse, sizes):
    """Raise unless one matrix and one bias do what layers of these sizes do."""
    pairs = list(itertools.pairwise(sizes))
    weights = [nd.random.normal(shape=pair) for pair in pairs]
    biases = [nd.random.normal(shape=pair[1]) for pair in pairs]
    text = f"layers of sizes {', '.join(map(str, sizes))}: " + given(
        **{f"W{i}": W for i, W in enumerate(weights, 1)}, **{f"b{i}": b for i, b in enumerate(biases, 1)}
    )
    copies = [array.copy() for array in weights + biases]
    answer = call(collapse, weights, biases, given=text)
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise MistakeError(given=text, expected="a pair W, b", got=type(answer).__name__, hint=PAIR)
    W = array(answer[0], (sizes[0], sizes[-1]), given=text, name="W", hint=SHAPE_W)
    b = array(answer[1], (sizes[-1],), given=text, name="b", hint=SHAPE_B)
    for copy, now in zip(copies, weights + biases, strict=True):
        left_alone("A weight or a bias", copy, now, given=text)
    Ws, bs = ([param.asnumpy().astype("float64") for param in params] for params in (weights, biases))
    right_W, passed = np.eye(sizes[0]), np.zeros(sizes[-1])
    for next_W in Ws:
        right_W = right_W @ next_W
    reverse = [(np.linalg.multi_dot(Ws[::-1]), ORDER)] if len(Ws) > 1 and len(set(sizes)) == 1 else []
    equal(W, right_W, given=text, known=reverse, hint=SHAPE_W)
    for i, bias in enumerate(bs):
        behind = bias
        for next_W in Ws[i + 1 :]:
            behind = behind @ next_W
        passed = passed + behind
    known = [(bs[-1], LAST_ONLY), (passed - bs[-1], NO_LAST)]
    known += [(sum(bs), ADDED)] if len(set(sizes[1:])) == 1 else []
    equal(b, passed, given=text, known=known, hint=ADDED)


def check_hinges(through_points, t, heights):
    """Raise unless the network of hinges goes through the points, in straight pieces."""
    t, heights = (nd.array(values, dtype="float64") for values in (t, heights))
    text = given(t=t, heights=heights)
    k = len(t) - 1
    copies = t.copy(), heights.copy()
    answer = call(through_points, *copies, given=text)
    if not isinstance(answer, tuple | list) or len(answer) != 4:
        raise MistakeError(given=text, expected="four arrays", got=type(answer).__name__, hint=FOUR)
    for name, param, shape in zip(("W1", "b1", "W2", "b2"), answer, ((1, k), (k,), (k, 1), (1,)), strict=True):
        array(param, shape, given=text, name=name, hint=SHAPES)
    left_alone("t", t, copies[0], given=text)
    left_alone("heights", heights, copies[1], given=text)
    points, y = t.asnumpy(), heights.asnumpy()
    x = np.sort(np.concatenate([points, (points[1:] + points[:-1]) / 2]))
    W1, b1, W2, b2 = (param.asnumpy().astype("float64") for param in answer)
    got = (np.maximum(x[:, None] * W1 + b1, 0) @ W2 + b2)[:, 0]
    equal(got, np.interp(x, points, y), given=f"{text}, x = {x}", known=_known(points, y, x), hint=THROUGH)


def _known(points, y, x):
    """List what wrong output weights and biases give at x, each with its hint."""
    k, widths = len(points) - 1, np.diff(points)
    slopes = np.diff(y) / widths
    changes = np.diff(slopes, prepend=0)

    def net(changes, bends=points[:-1], start=y[0]):
        return np.maximum(x[:, None] - bends, 0) @ changes + start

    average = np.diff(y) * k / (points[-1] - points[0])
    return [
        (net(slopes), SLOPES),
        (net(changes, bends=-points[:-1]), SIGN),
        (net(np.diff(average, prepend=0)), EQUAL),
        (net(np.diff(np.diff(y) / widths[0], prepend=0)), EQUAL),
        (net(changes, start=0), START),
        (net(np.diff(y)), RISES),
        (net(np.diff(np.diff(y), prepend=0)), RISES),
    ]
