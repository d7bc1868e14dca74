"""What an epoch with a short last batch, and a step on several small batches, have to do (notebook 90, 2 and 6).

Both train a linear model without bias by the squared loss, whose gradients NumPy knows as well.
"""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, agree, as_numpy, show
from d2l_utils.losses import squared_loss
from d2l_utils.seeding import seed_everything

import numpy as np
from mxnet import nd

LR = 0.5

NOT_MOVED = "The parameters have not moved: call update(...) once for each batch."
FIXED = "Every step is divided by the size of the first batch: a short batch has a size of its own, len(y)."
STALE = "update is called before backward, and so takes the gradient of the batch before."
DIVIDED_TWICE = "The loss is a mean already, and update divides again: sum the losses."
NOT_DIVIDED = "The gradient of a sum is divided by the number of its examples: update(len(y))."
ONE_STEP = "An epoch takes a step after each batch, not one at the end."
STEP = "For each batch: forward, backward, then update(len(y))."
MEAN_OF_MEANS = "A short batch counts as much as a full one here: add all losses, then divide by all examples."
SUMMED = "This is the sum over all examples: divide by their number."
LAST = "This is the loss of the last batch only."
PER_BATCH = "The sum is divided by the number of batches: divide by the number of examples."
NUMBER = "A number is asked for: .asscalar() makes one of an NDArray with one entry."
MEAN_LOSS = "Add the losses of all batches, each as it was before its step, and divide by the number of examples."

IN_PLACE = "The parameters have not moved: write into them, param[:] = ..."
REPLACED = "This is the gradient of the last small batch: the others were replaced. Keep sums of your own."
LAST_OVER_ALL = "The sum holds the gradient of the last small batch only: add after each backward()."
UNWEIGHTED = "A small batch of few examples counts as much as a large one: sum, then divide by ALL examples once."
UNDIVIDED = "The summed gradient has to be divided by the number of all examples."
BY_BATCHES = "The sum is divided by the number of batches: divide by the number of examples."
STEPPED_EACH = "The parameters have moved between the small batches: one step, after the last one."
UPHILL = "The step goes uphill: subtract."
LEFT_OVER = "The first call is right and the second is not: gradients of the first are still in the sums."
ACCUMULATED = "Sum the gradients of all small batches, divide by the number of examples, take one step."


def _data(sizes):
    """Give weights and the batches, on examples of three features."""
    seed_everything(sum(sizes) + len(sizes))
    w = nd.random.normal(shape=(3, 1))
    w.attach_grad()
    return w, [(nd.random.normal(shape=(n, 3)), nd.random.normal(shape=n)) for n in sizes]


def _gradient(w, batch):
    """Give the summed gradient of a batch and its losses, with NumPy."""
    X, y = (part.asnumpy().astype("float64") for part in batch)
    errors = X @ w - y.reshape((-1, 1))
    return X.T @ errors, errors.ravel() ** 2 / 2


def _run(w, batches, divisor=len, *, stale=False):
    """Give the weights after an epoch and the losses of its batches; `divisor(y)` belongs to a step."""
    w, before, losses = w.asnumpy().astype("float64"), 0.0, []
    for batch in batches:
        gradient, batch_losses = _gradient(w, batch)
        w = w - LR * (before if stale else gradient) / divisor(batch[1])
        before = gradient
        losses.append(batch_losses)
    return w, losses


def check_epoch(train_epoch, sizes):
    """Raise unless an epoch gives the weights and the mean loss that it must."""
    w, batches = _data(sizes)
    start = w.copy()

    def update(n):
        w[:] = w - LR * w.grad / n

    text = f"a linear model, batches of {_list(sizes)} examples, lr = {LR}"
    result = call(train_epoch, lambda X: nd.dot(X, w), iter(batches), squared_loss, update, given=text)
    expected, losses = _run(start, batches)
    if not agree(w, expected, 1e-4):
        hint = next((hint for wrong, hint in _known_epochs(start, batches) if agree(w, wrong, 1e-4)), STEP)
        raise MistakeError(given=text, expected=f"w = {show(expected.T)}", got=f"w = {show(w.T)}", hint=hint)
    _check_mean(result, losses, text)


def _known_epochs(start, batches):
    """List the weights that wrong epochs end with, and the hint for each."""
    first, total = len(batches[0][1]), sum(len(y) for _, y in batches)
    sums = sum(_gradient(start.asnumpy(), batch)[0] for batch in batches)
    return [
        (start, NOT_MOVED),
        (_run(start, batches, lambda y: first)[0], FIXED),
        (_run(start, batches, stale=True)[0], STALE),
        (_run(start, batches, lambda y: len(y) ** 2)[0], DIVIDED_TWICE),
        (_run(start, batches, lambda y: 1)[0], NOT_DIVIDED),
        (start.asnumpy() - LR * sums / total, ONE_STEP),
    ]


def _check_mean(result, losses, text):
    """Raise unless a number is the mean of the losses, which come as one array for each batch."""
    everything = np.concatenate(losses)
    expected = everything.mean()
    value = as_numpy(result)
    if value is None or value.ndim != 0 or hasattr(result, "asnumpy"):
        raise MistakeError(given=text, expected="the mean loss, a number", got=_kind(result), hint=NUMBER)
    if not agree(value, expected, 1e-4):
        known = [
            (np.mean([batch.mean() for batch in losses]), MEAN_OF_MEANS),
            (everything.sum(), SUMMED),
            (everything.sum() / len(losses), PER_BATCH),
            (losses[-1].mean(), LAST),
            (losses[-1].sum(), LAST),
        ]
        hint = next((hint for wrong, hint in known if agree(value, wrong, 1e-4)), MEAN_LOSS)
        expected, got = (f"the mean loss {number:.4f}" for number in (expected, float(value)))
        raise MistakeError(given=text, expected=expected, got=got, hint=hint)


def check_accumulated(accumulated_step, sizes):
    """Raise unless two steps in a row are those on one large batch, and give its mean loss."""
    w, batches = _data(sizes)
    text = f"a linear model, small batches of {_list(sizes)} examples, lr = {LR}"
    for turn, when in enumerate(("", ", called a second time")):
        start = w.copy()
        loss_of = lambda X, y: squared_loss(nd.dot(X, w), y)  # noqa: E731
        result = call(accumulated_step, loss_of, [w], iter(batches), LR, given=text + when)
        parts = [_gradient(start.asnumpy().astype("float64"), batch) for batch in batches]
        gradients, losses = zip(*parts, strict=True)
        expected = start.asnumpy() - LR * sum(gradients) / sum(sizes)
        if not agree(w, expected, 1e-4):
            hint = _accumulated_hint(w, start, batches, gradients)
            hint = LEFT_OVER if turn == 1 and hint == ACCUMULATED else hint
            expected, got = f"w = {show(expected.T)}", f"w = {show(w.T)}"
            raise MistakeError(given=text + when, expected=expected, got=got, hint=hint)
        _check_mean(result, losses, text + when)


def _accumulated_hint(w, start, batches, gradients):
    sizes = [len(y) for _, y in batches]
    means = [gradient / n for gradient, n in zip(gradients, sizes, strict=True)]
    known = [
        (0, IN_PLACE),
        (-sum(gradients) / sum(sizes), UPHILL),
        (sum(gradients), UNDIVIDED),
        (means[-1], REPLACED),
        (gradients[-1] / sum(sizes), LAST_OVER_ALL),
        (sum(means) / len(means), UNWEIGHTED),
        (sum(means), UNWEIGHTED),
        (sum(gradients) / len(sizes), BY_BATCHES),
    ]
    if agree(w, _run(start, batches)[0], 1e-4):
        return STEPPED_EACH
    moves = ((start.asnumpy() - LR * step, hint) for step, hint in known)
    return next((hint for wrong, hint in moves if agree(w, wrong, 1e-4)), ACCUMULATED)


def _list(sizes):
    return ", ".join(map(str, sizes))


def _kind(value):
    return f"{type(value).__name__} of shape {value.shape}" if hasattr(value, "shape") else type(value).__name__
