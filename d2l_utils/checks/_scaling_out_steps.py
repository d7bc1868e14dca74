"""What a server does with the gradients of all workers (notebook 24, exercise 4), and how many workers pay (6)."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy

import numpy as np
from mxnet import nd

KIND = "Give back an NDArray of the shape of w."
CHANGED = "The arguments were changed: the workers still read them. Make a new array."
MEAN_OF_WORKERS = "What is pushed are sums over rows: add them, and divide by the rows of all, not by the workers too."
NOT_DIVIDED = "A sum over rows is pushed: divide by batch_size."
LAST_ONLY = "This is the step of one worker: the gradients of the others are lost."
UPHILL = "Against the gradient: subtract."
STEP = "Add what all workers have pushed, divide by batch_size, multiply by lr, subtract from w."

# (seconds of computing, parameters, bytes per second, the most workers that there are)
SETTINGS = [
    (0.01, 269_322, 125e6, 8),
    (1.0, 269_322, 125e6, 4),
    (1.0, 269_322, 125e6, 32),
    (0.05, 100_000, 125e6, 16),
    (0.02, 100_000, 125e6, 16),
    (0.5, 1_000_000, 125e6, 16),
]
WHOLE = "Give back a whole number from 1 to most."
NO_SERVER = "One worker needs no server: its step takes compute seconds alone. Compare with that too."
ONE_LINK = "The bytes of ALL workers go through the one server: they grow with their number."
ONE_WAY = "Gradients in, parameters out: twice 4 bytes for each parameter."
TOO_MANY = "There are no more than `most` workers."
COMPUTE = (
    "The computing is divided among the workers, and the exchange grows with them: compare all numbers up to most."
)


def check_server_step(server_step, num_workers):
    """Raise unless a function takes the step of synchronous SGD."""
    w = nd.array([[1, 2, 3], [4, 5, 6]])
    pushed = [nd.array(np.arange(6).reshape(2, 3) * (k + 1) + 2 * k) for k in range(num_workers)]
    lr, batch_size = 0.5, 5 * num_workers
    gradients = [gradient.asnumpy() for gradient in pushed]
    before, total = w.asnumpy(), sum(gradients)
    text = f"w of shape (2, 3), {num_workers} gradients, lr = {lr}, batch_size = {batch_size}"
    result = call(server_step, w, pushed, lr, batch_size, given=text)
    same = [np.array_equal(now.asnumpy(), then) for now, then in zip([w, *pushed], [before, *gradients], strict=True)]
    if len(pushed) != num_workers or not all(same):
        raise MistakeError(given=text, expected="unchanged arguments", got="others", hint=CHANGED)
    if not isinstance(result, nd.NDArray) or result.shape != w.shape:
        raise MistakeError(given=text, expected="an NDArray of shape (2, 3)", got=type(result).__name__, hint=KIND)
    expected = before - lr * total / batch_size
    if agree(result, expected):
        return
    known = [
        (before + lr * total / batch_size, UPHILL),
        (before - lr * total, NOT_DIVIDED),
        (before - lr * total / num_workers, NOT_DIVIDED),
        (before - lr * total / batch_size / num_workers, MEAN_OF_WORKERS),
        *((before - lr * gradient / batch_size, LAST_ONLY) for gradient in gradients),
    ]  # fmt: skip
    hint = next((text for wrong, text in known if agree(result, wrong)), STEP)
    raise MistakeError(given=text, expected=f"w =\n{expected}", got=result, hint=hint)


def step_seconds(compute, num_parameters, bytes_per_second, workers):
    """Give the seconds of a step when one server's link carries everything."""
    exchange = 0 if workers == 1 else 2 * 4 * num_parameters * workers / bytes_per_second
    return compute / workers + exchange


def best(compute, num_parameters, bytes_per_second, most, seconds=step_seconds):
    """Give the number of workers with the shortest step."""
    times = {n: seconds(compute, num_parameters, bytes_per_second, n) for n in range(1, most + 1)}
    return min(times, key=times.get)


def _with_server(compute, num_parameters, bytes_per_second, workers):
    return compute / workers + 8 * num_parameters * workers / bytes_per_second


def _own_link(compute, num_parameters, bytes_per_second, workers):
    return compute / workers + (workers > 1) * 8 * num_parameters / bytes_per_second


def _one_way(compute, num_parameters, bytes_per_second, workers):
    return step_seconds(compute, num_parameters / 2, bytes_per_second, workers)


def check_best_workers(best_workers, compute, num_parameters, bytes_per_second, most):
    """Raise unless a function gives the number of workers with the shortest step."""
    text = f"compute = {compute}, num_parameters = {num_parameters}, {bytes_per_second:g} bytes a second, most = {most}"
    got = as_numpy(call(best_workers, compute, num_parameters, bytes_per_second, most, given=text))
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got="something else", hint=WHOLE)
    n, setting = float(got.ravel()[0]), (compute, num_parameters, bytes_per_second)
    expected = best(*setting, most)
    if n == expected:
        return
    if n != int(n) or n < 1:
        raise MistakeError(given=text, expected="a whole number, 1 or more", got=f"{n:g}", hint=WHOLE)
    known = [(_own_link, ONE_LINK), (_one_way, ONE_WAY), (_with_server, NO_SERVER)]
    hints = (hint for wrong, hint in known if n == best(*setting, most, wrong))
    hint = TOO_MANY if n > most else next(hints, COMPUTE)
    words = [f"{k} workers, {1000 * step_seconds(*setting, k):.1f} ms" for k in (expected, int(n))]
    raise MistakeError(given=text, expected=words[0], got=words[1], hint=hint)
