"""What a step with momentum (notebook 13, exercise 2), a choice (3) and a limit as a penalty (5) have to give."""

from d2l_utils.checks import _results
from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, given

import numpy as np

SHAPE = "New weights and new velocity have the shape of w."
STEP = "v = momentum * v - lr * grad, then w = w + v; give back (w, v)."
OLD_VELOCITY = "The weights move by the NEW velocity: compute it first."
WITHOUT_VELOCITY = "This is the step without momentum: the old velocity still counts."
UPHILL = "The step goes against the gradient: subtract lr * grad."
AVERAGED = (
    "This takes an average, (1 - momentum) * grad. MXNet adds the whole gradient: so a step grows up to 1 / (1 - m)."
)
WITHOUT_LR = "The gradient is multiplied by the learning rate."
SWAPPED = "Give back the weights first, then the velocity."
NO_PAIR = "Give back two NDArrays: return new_w, new_v."

CHOICE = (
    "Find the lowest mean and its error, sd / sqrt(n); of the rates whose mean is at most their sum, take the smallest."
)
LOWEST = "This rate has the lowest mean. A smaller one lies within the error of that mean."
SD = "The error of a mean is the standard deviation (n - 1) divided by the root of the number of seeds."
LARGEST = "Several rates are within the error: take the SMALLEST of them."
ONE_RATE = "Give back one of the rates."

RIDGE = (
    "Search the lambda at which the weights of ridge regression have the length of the limit, by halving an interval."
)
INSIDE = "Least squares alone stays within the limit here: then nothing holds the weights, and lambda is 0."
PROJECTED = (
    "This is the projection of the least squares solution. It has the right length; others of it have a lower loss."
)
TOO_LONG = "The weights are longer than the limit."
NO_N = "The loss is a MEAN: X^T X and X^T y are divided by n."
TWO_RESULTS = "Give back the weights, of shape (p,), and lambda, a number."


def check_momentum(momentum_step, arrays, lr, momentum):
    """Raise unless a step gives the right weights and the right velocity, and leaves its inputs."""
    text = given(**arrays, lr=lr, momentum=momentum)
    copies = [array.copy() for array in arrays.values()]
    result = call(momentum_step, *copies, lr, momentum, given=text)
    w, v, grad = (as_numpy(array) for array in arrays.values())
    new_v = momentum * v - lr * grad
    pair = (w + new_v, new_v)
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise MistakeError(given=text, expected="two NDArrays", got=type(result).__name__, hint=NO_PAIR)
    for out, expected in zip(result, pair, strict=True):
        _results.like_input(out, expected.astype(copies[0].dtype), given=text, shape_hint=SHAPE)
    for copy, array in zip(copies, arrays.values(), strict=True):
        if not np.array_equal(copy.asnumpy(), array.asnumpy()):
            raise MistakeError(given=text, expected="the inputs as they were", got=copy, hint=_results.INPUT_CHANGED)
    up, average, whole = momentum * v + lr * grad, momentum * v - lr * (1 - momentum) * grad, momentum * v - grad
    known = [
        ((w + v, new_v), OLD_VELOCITY),
        ((w - lr * grad, -lr * grad), WITHOUT_VELOCITY),
        ((w + up, up), UPHILL),
        ((w + average, average), AVERAGED),
        ((w + whole, whole), WITHOUT_LR),
        (pair[::-1], SWAPPED),
    ]
    got = np.stack([as_numpy(out) for out in result])
    if not agree(got, np.stack(pair)):
        hint = next((sentence for wrong, sentence in known if agree(got, np.stack(wrong))), STEP)
        raise MistakeError(given=text, expected=np.stack(pair), got=got, hint=hint)


def check_choice(smallest_good_rate, rates, valid_loss):
    """Raise unless the smallest rate within the error of the best mean comes out."""
    text = given(rates=rates, valid_loss=valid_loss)
    answer = call(smallest_good_rate, list(rates), valid_loss.copy(), given=text)
    means = valid_loss.mean(axis=1)
    best, count = means.argmin(), valid_loss.shape[1]
    sd = valid_loss[best].std(ddof=1)
    good = [rate for rate, mean in zip(rates, means, strict=True) if mean <= means[best] + sd / count**0.5]
    got = as_numpy(answer)
    if got is None or got.shape != ():
        raise MistakeError(given=text, expected="one of the rates", got=repr(answer), hint=ONE_RATE)
    if agree(got, good[0]):
        return
    within_sd = next(rate for rate, mean in zip(rates, means, strict=True) if mean <= means[best] + sd)
    known = [(within_sd, SD), (rates[best], LOWEST), (good[-1], LARGEST)]
    hint = next((sentence for wrong, sentence in known if agree(got, wrong)), CHOICE)
    raise MistakeError(given=text, expected=str(good[0]), got=repr(answer), hint=hint)


def _ridge(X, y, lambd):
    n, p = X.shape
    return np.linalg.solve(X.T @ X / n + lambd * np.eye(p), X.T @ y / n)


def _within(X, y, limit):
    """Give weights and lambda by a search of its own: in steps of the exponent, then halving."""
    free = _ridge(X, y, 0)
    if np.linalg.norm(free) <= limit:
        return free, 0.0
    low, high = 0.0, 1.0
    while np.linalg.norm(_ridge(X, y, high)) > limit:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.linalg.norm(_ridge(X, y, middle)) > limit else (low, middle)
    return _ridge(X, y, high), high


def check_limit(ridge_for_limit, X, y, limit):
    """Raise unless the weights are the best within the limit, and lambda is the penalty that gives the same."""
    text = given(X=X, y=y, limit=limit)
    result = call(ridge_for_limit, X.copy(), y.copy(), limit, given=text)
    pair = tuple(map(as_numpy, result)) if isinstance(result, tuple | list) and len(result) == 2 else (None, None)
    if any(part is None for part in pair) or pair[0].shape != (X.shape[1],) or pair[1].size != 1:
        raise MistakeError(given=text, expected="(weights, lambda)", got=type(result).__name__, hint=TWO_RESULTS)
    got = np.append(pair[0], pair[1])
    weights, lambd = _within(X, y, limit)
    if agree(got, np.append(weights, lambd), 1e-4):
        return
    free = _ridge(X, y, 0)
    if lambd == 0:
        hint = INSIDE
    elif agree(got, np.append(weights, lambd * len(y)), 1e-4):
        hint = NO_N
    elif agree(pair[0], free * limit / np.linalg.norm(free), 1e-4):
        hint = PROJECTED
    elif np.linalg.norm(pair[0]) > limit * 1.001:
        hint = TOO_LONG
    else:
        hint = RIDGE
    raise MistakeError(given=text, expected=np.append(weights, lambd), got=got, hint=hint)
