"""The checks of the appendix: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes an epoch whose short batch counts like a full one, since full batches hide it; a mean of
means, for the same reason; a square weight that was not turned; a loader that is read twice and pairs images with
other labels; a step that still holds the gradients of the call before. It rejects a right answer written differently.
"""

import d2l_utils as d2l
from d2l_utils.checks import _coming_carrying as carrying
from d2l_utils.checks import _coming_loops as loops
from d2l_utils.checks import coming_from_d2l as checks

import numpy as np
import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict

# Exercise 1: predict
ANSWERS = {"num_steps": 20, "last_batch": 136, "factor": 136 / 256, "num_equal": 2}


@pytest.mark.parametrize(
    "answers", [ANSWERS, {"num_steps": 20.0, "last_batch": 5000 % 256, "factor": 0.53125, "num_equal": np.int64(2)}]
)
def test_right_predictions_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("num_steps", 19, "The short batch at the end is a step too."),
        (
            "num_steps",
            19.53125,
            "There is no part of a step: the images that are left make a batch of their own.",
        ),
        ("num_steps", 21, "Divide 5,000 by 256 and round up."),
        ("last_batch", 96, "That is what is left of 60,000; here there are 5,000."),
        ("last_batch", 120, "That is what is lacking to a full batch: how many are there?"),
        ("last_batch", 256, "256 does not divide 5,000."),
        ("last_batch", 1, "It is what the full batches leave over."),
        (
            "factor",
            256 / 136,
            "This is the factor the other way round: d2lzh divides the sum by the larger number.",
        ),
        ("factor", 0.375, "That belongs to a last batch of 96."),
        ("factor", 120 / 256, "This is the part that is lacking."),
        ("factor", 1, "d2lzh divides by 256 whatever the size of the batch."),
        ("factor", 0.5, "Both sum over the same images; d2lzh divides by 256, ours by their number."),
        ("num_equal", 3, "The test accuracy is measured after the last step, which differs."),
        ("num_equal", 0, "Up to the last step both runs are one and the same."),
        ("num_equal", 1, "Loss and training accuracy are counted in the same passes."),
        ("num_equal", 7, "Which of the three are counted before the last step is taken?"),
        ("num_equal", [2], "num_equal must be a number."),
    ],
)
def test_wrong_predictions_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**ANSWERS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: an epoch
def epoch(*, divisor=len, mean=False, late=True, result=None):
    """Make an epoch function, right or wrong in one point."""

    def train_epoch(net, train_iter, loss, update):
        sums, sizes = [], []
        for X, y in train_iter:
            with autograd.record():
                losses = loss(net(X), y)
                batch_loss = losses.mean() if mean else losses.sum()
            if late:
                batch_loss.backward()
            update(divisor(y))
            if not late:
                batch_loss.backward()
            sums.append(losses.sum().asscalar())
            sizes.append(len(y))
        return sum(sums) / sum(sizes) if result is None else result(sums, sizes)

    return train_epoch


def in_one_loop(net, train_iter, loss, update):
    total = n = 0
    for X, y in train_iter:
        with autograd.record():
            losses = loss(net(X), y)
        losses.backward()
        update(y.shape[0])
        total = total + losses.sum()
        n += y.size
    return float((total / n).asscalar())


def with_mean_and_one(net, train_iter, loss, update):
    return epoch(mean=True, divisor=lambda y: 1)(net, train_iter, loss, update)


@pytest.mark.parametrize("answer", [epoch(), in_one_loop, with_mean_and_one])
def test_right_epochs_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_2, answer) == "Exercise 2: passed"


def by_the_first():
    first = []
    return epoch(divisor=lambda y: (first or first.append(len(y)) or first)[0])


def fixed_for_each_call(net, train_iter, loss, update):
    return by_the_first()(net, train_iter, loss, update)


def once_at_the_end(net, train_iter, loss, update):
    batches = list(train_iter)
    X, y = (nd.concat(*parts, dim=0) for parts in zip(*batches, strict=True))
    return in_one_loop(net, [(X, y)], loss, update)


WRONG_EPOCHS = {
    "the book's fixed size": (fixed_for_each_call, loops.FIXED),
    "update first": (epoch(late=False), loops.STALE),
    "a mean divided again": (epoch(mean=True), loops.DIVIDED_TWICE),
    "not divided": (epoch(divisor=lambda y: 1), loops.NOT_DIVIDED),
    "no update": (epoch(divisor=lambda y: float("inf")), loops.NOT_MOVED),
    "one step at the end": (once_at_the_end, loops.ONE_STEP),
    "half steps": (epoch(divisor=lambda y: 2 * len(y)), loops.STEP),
    "a mean of means": (
        epoch(result=lambda sums, sizes: np.mean(np.divide(sums, sizes))),
        loops.MEAN_OF_MEANS,
    ),
    "the sum": (epoch(result=lambda sums, sizes: sum(sums)), loops.SUMMED),
    "by the number of batches": (epoch(result=lambda sums, sizes: sum(sums) / len(sums)), loops.PER_BATCH),
    "the last batch": (epoch(result=lambda sums, sizes: sums[-1] / sizes[-1]), loops.LAST),
    "an NDArray": (epoch(result=lambda sums, sizes: nd.array([sum(sums) / sum(sizes)])), loops.NUMBER),
    "another number": (epoch(result=lambda sums, sizes: -1), loops.MEAN_LOSS),
}


@pytest.mark.parametrize("name", WRONG_EPOCHS)
def test_wrong_epochs_get_their_hint(capsys, name):
    wrong, sentence = WRONG_EPOCHS[name]
    assert hint(verdict(capsys, checks.exercise_2, wrong)) == sentence


def test_a_short_batch_is_what_brings_the_fixed_size_out(capsys):
    report = verdict(capsys, checks.exercise_2, fixed_for_each_call)
    assert "batches of 4, 4, 2 examples" in report


# Exercise 3: PyTorch's form
def state_of(params, places, turn=lambda W: W.T.asnumpy(), bias=lambda b: b.asnumpy(), keys=None):
    state = {}
    for number, place in enumerate(places):
        place = place if keys is None else keys[number]
        state[f"{place}.weight"] = turn(params[2 * number])
        state[f"{place}.bias"] = bias(params[2 * number + 1])
    return state


def in_one_line(params, places):
    names = [f"{place}.{name}" for place in places for name in ("weight", "bias")]
    return dict(zip(names, (np.transpose(param.asnumpy()) for param in params), strict=True))


@pytest.mark.parametrize("answer", [state_of, in_one_line])
def test_right_states_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


def shifted(params, places):
    return state_of(params[2:] + params[:2], places)


WRONG_STATES = {
    "not turned": (lambda p, q: state_of(p, q, turn=lambda W: W.asnumpy()), carrying.NOT_TURNED),
    "only those that do not fit": (
        lambda p, q: state_of(p, q, turn=lambda W: (W if W.shape[0] == W.shape[1] else W.T).asnumpy()),
        carrying.NOT_TURNED,
    ),
    "reshaped": (
        lambda p, q: state_of(p, q, turn=lambda W: W.asnumpy().reshape(W.shape[::-1])),
        carrying.RESHAPED,
    ),
    "NDArrays": (lambda p, q: state_of(p, q, turn=lambda W: W.T), carrying.ASNUMPY),
    "a bias in a row": (lambda p, q: state_of(p, q, bias=lambda b: b.asnumpy()[None]), carrying.BIAS),
    "counted": (lambda p, q: state_of(p, q, keys=range(len(q))), carrying.PLACES),
    "no bias": (
        lambda p, q: {key: value for key, value in state_of(p, q).items() if "bias" not in key},
        carrying.BOTH,
    ),
    "a list": (lambda p, q: [param.asnumpy() for param in p], carrying.DICTIONARY),
    "other keys": (lambda p, q: state_of(p, q, keys=[f"layer{i}" for i in q]), carrying.KEYS),
    "another layer": (shifted, carrying.OTHER_LAYER),
    "other numbers": (lambda p, q: state_of(p, q, turn=lambda W: 2 * W.T.asnumpy()), carrying.VALUES),
}


@pytest.mark.parametrize("name", WRONG_STATES)
def test_wrong_states_get_their_hint(capsys, name):
    wrong, sentence = WRONG_STATES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


# Exercise 4: a loader in memory
def concatenated(loader, batch_size, shuffle, columns=lambda X, y: (X, y)):
    batches = list(loader)
    X, y = (nd.concat(*parts, dim=0) for parts in zip(*batches, strict=True))
    return d2l.BatchLoader(*columns(X, y), batch_size, shuffle)


def filled_in(loader, batch_size, shuffle):
    features, labels = None, None
    for X, y in loader:
        features = X if features is None else nd.concat(features, X, dim=0)
        labels = y if labels is None else nd.concat(labels, y, dim=0)
    return d2l.BatchLoader(features=features, labels=labels, batch_size=batch_size, shuffle=shuffle)


@pytest.mark.parametrize("answer", [concatenated, filled_in])
def test_right_loaders_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


def two_passes(loader, batch_size, shuffle):
    features, labels = (nd.concat(*(batch[i] for batch in loader), dim=0) for i in (0, 1))
    return d2l.BatchLoader(features, labels, batch_size, shuffle)


def without_the_short_one(loader, batch_size, shuffle):
    batches = list(loader)
    full = [batch for batch in batches if len(batch[1]) == len(batches[0][1])]
    return concatenated(full, batch_size, shuffle)


WRONG_LOADERS = {
    "two passes": (two_passes, carrying.READ_TWICE),
    "not read": (lambda it, n, s: d2l.BatchLoader(it.features, it.labels, n, s), carrying.NOT_READ),
    "the short batch lost": (without_the_short_one, carrying.LOST),
    "twice": (
        lambda it, n, s: concatenated(it, n, s, lambda X, y: (nd.concat(X, X, dim=0), nd.concat(y, y, dim=0))),
        carrying.TOO_MANY,
    ),
    "flattened": (lambda it, n, s: concatenated(it, n, s, lambda X, y: (X.flatten(), y)), carrying.SHAPE),
    "float labels": (
        lambda it, n, s: concatenated(it, n, s, lambda X, y: (X, nd.array(y.asnumpy().tolist()))),
        carrying.DTYPE,
    ),
    "turned round": (lambda it, n, s: concatenated(it, n, s, lambda X, y: (X[::-1], y[::-1])), carrying.ORDER),
    "only the labels": (lambda it, n, s: concatenated(it, n, s, lambda X, y: (X, y[::-1])), carrying.UNPAIRED),
    "the loader's batch size": (lambda it, n, s: concatenated(it, it.step, s), carrying.OPTIONS),
    "always shuffled": (lambda it, n, s: concatenated(it, n, True), carrying.OPTIONS),
    "a list": (lambda it, n, s: list(it), carrying.LOADER),
}


@pytest.mark.parametrize("name", WRONG_LOADERS)
def test_wrong_loaders_get_their_hint(capsys, name):
    wrong, sentence = WRONG_LOADERS[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: explain
@pytest.mark.parametrize("answer", ["adf", "fda"])
def test_the_true_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


@pytest.mark.parametrize(
    ("answer", "letter"), [("df", "a"), ("abdf", "b"), ("acdf", "c"), ("af", "d"), ("adef", "e"), ("adfg", "g")]
)
def test_wrong_statements_get_their_reason(capsys, answer, letter):
    report = verdict(capsys, checks.exercise_5, answer)
    assert hint(report) == checks.STATEMENTS[letter][1]


# Exercise 6: small batches
def step(*, gather=None, divisor=None, sign=-1, result=None):
    """Make a step function, right or wrong in one point."""

    def accumulated_step(loss_of, params, small_batches, lr):
        gradients, losses, sizes = [], [], []
        for X, y in small_batches:
            with autograd.record():
                batch = loss_of(X, y)
            batch.backward()
            gradients.append([param.grad.copy() for param in params])
            losses.append(batch.sum().asscalar())
            sizes.append(len(y))
        for i, param in enumerate(params):
            of_param = [gradient[i] for gradient in gradients]
            total = sum(of_param) if gather is None else gather(of_param, sizes)
            param[:] = param + sign * lr * total / (sum(sizes) if divisor is None else divisor(sizes))
        return sum(losses) / sum(sizes) if result is None else result(losses, sizes)

    return accumulated_step


def with_grad_req(loss_of, params, small_batches, lr):
    for param in params:
        param.attach_grad(grad_req="add")  # begins with zeros
    total = n = 0
    for X, y in small_batches:
        with autograd.record():
            batch_loss = loss_of(X, y).sum()
        batch_loss.backward()
        total, n = total + batch_loss.asscalar(), n + len(y)
    d2l.sgd(params, lr, n)
    return total / n


def as_one_large_batch(loss_of, params, small_batches, lr):
    X, y = (nd.concat(*parts, dim=0) for parts in zip(*small_batches, strict=True))
    with autograd.record():
        losses = loss_of(X, y)
    losses.backward()
    d2l.sgd(params, lr, len(y))
    return losses.mean().asscalar()


@pytest.mark.parametrize("answer", [step(), with_grad_req, as_one_large_batch])
def test_right_steps_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


class LeftOver:
    """Add gradients up and never set them to 0."""

    def __init__(self):
        self.sums = {}

    def __call__(self, loss_of, params, small_batches, lr):
        total = n = 0
        for X, y in small_batches:
            with autograd.record():
                batch_loss = loss_of(X, y).sum()
            batch_loss.backward()
            for param in params:
                self.sums[id(param)] = self.sums.get(id(param), 0) + param.grad
            total, n = total + batch_loss.asscalar(), n + len(y)
        for param in params:
            param[:] = param - lr * self.sums[id(param)] / n
        return total / n


def stepping_each_time(loss_of, params, small_batches, lr):
    total = n = 0
    for X, y in small_batches:
        total += step()(loss_of, params, [(X, y)], lr) * len(y)
        n += len(y)
    return total / n


def rebinding(loss_of, params, small_batches, lr):
    copies = [param.copy() for param in params]
    mean = step()(loss_of, params, small_batches, lr)
    for param, copy in zip(params, copies, strict=True):
        param[:] = copy  # what `params[i] = params[i] - ...` does to the arrays themselves: nothing
    return mean


WRONG_STEPS = {
    "replaced": (step(gather=lambda g, sizes: g[-1], divisor=lambda sizes: sizes[-1]), loops.REPLACED),
    "the last over all": (step(gather=lambda g, sizes: g[-1]), loops.LAST_OVER_ALL),
    "a mean of means": (
        step(
            gather=lambda g, sizes: sum(a / n for a, n in zip(g, sizes, strict=True)),
            divisor=len,
        ),
        loops.UNWEIGHTED,
    ),
    "by the number of batches": (step(divisor=len), loops.BY_BATCHES),
    "not divided": (step(divisor=lambda sizes: 1), loops.UNDIVIDED),
    "uphill": (step(sign=1), loops.UPHILL),
    "a step for each": (stepping_each_time, loops.STEPPED_EACH),
    "new arrays": (rebinding, loops.IN_PLACE),
    "left over": (LeftOver(), loops.LEFT_OVER),
    "half": (step(divisor=lambda sizes: 2 * sum(sizes)), loops.ACCUMULATED),
    "mean loss of means": (
        step(result=lambda losses, sizes: np.mean(np.divide(losses, sizes))),
        loops.MEAN_OF_MEANS,
    ),
}


@pytest.mark.parametrize("name", WRONG_STEPS)
def test_wrong_steps_get_their_hint(capsys, name):
    wrong, sentence = WRONG_STEPS[name]
    assert hint(verdict(capsys, checks.exercise_6, wrong)) == sentence


def test_placeholders_are_not_attempted(capsys):
    for number, answers in ((1, 4), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)):
        check = getattr(checks, f"exercise_{number}")
        assert verdict(capsys, check, *[...] * answers) == f"Exercise {number}: not attempted yet"
