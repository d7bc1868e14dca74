"""Memory, counted and measured.

Feared: an array counted that nobody reads, or one forgotten that stays (the mask, the input of tanh); 4 bytes for every
type of number; states of another optimizer; a net changed by counting; a measurement that sees nothing because earlier
work has left free memory, that leaves something behind, hides an error, or deletes a file; a bound that lets twice as
much pass.
"""

import os
import re
import tempfile
from itertools import pairwise

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn


def network(*layers, dtype="float32"):
    net = nn.Sequential()
    net.add(*layers)
    net.cast(dtype)
    net.initialize()
    return net


def intermediates(*layers, rows=5, dtype="float32"):
    X = nd.ones((rows, 3), dtype=dtype)
    return d2l.memory_account(network(*layers, dtype=dtype), X)["intermediates"]


@pytest.mark.parametrize(
    ("layers", "numbers"),
    [
        (lambda: [nn.Dense(7)], 7),
        (lambda: [nn.Dense(7, activation="relu")], 7),
        (lambda: [nn.Dense(7, activation="relu"), nn.Dense(2)], 7 + 2),
        (lambda: [nn.Dense(7, activation="tanh"), nn.Dense(2)], 2 * 7 + 2),
        (lambda: [nn.Dense(7, activation="sigmoid"), nn.Dense(2)], 2 * 7 + 2),
        (lambda: [nn.Lambda("tanh"), nn.Dense(2)], 3 + 2),  # as an operation of its own it needs its result only
        (lambda: [nn.Dense(7), nn.Dropout(0.5), nn.Dense(2)], 2 * 7 + 2),  # result and mask
        (lambda: [nn.Dense(7, activation="relu"), nn.Dropout(0.5)], 3 * 7),
        (lambda: [nn.Flatten(), nn.Dense(2)], 3 + 2),
        (lambda: [nn.Dense(7), nn.BatchNorm(), nn.Dense(2)], 2 * 7 + 2),
        (lambda: [nn.Dense(7), nn.Lambda(lambda X: X + 1), nn.Dense(2)], 7 + 2),  # a sum reads nothing on its way back
    ],
)
def test_intermediates_are_those_that_a_backward_line_reads(layers, numbers):
    assert intermediates(*layers()) == 5 * numbers * 4
    assert intermediates(*layers(), rows=20) == 20 * numbers * 4


def test_convolutions_are_counted_with_their_places():
    net = network(nn.Conv2D(6, kernel_size=3, activation="relu"), nn.MaxPool2D(2), nn.Dense(2))
    account = d2l.memory_account(net, nd.ones((5, 1, 10, 10)))
    assert (
        account["intermediates"] == 4 * 5 * (6 * 8 * 8 + 6 * 4 * 4 + 2) + 5 * 6 * 4 * 4
    )  # the last: where each maximum was


@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("float32", 4)])
def test_bytes_of_other_floats(dtype, size):
    net = network(nn.Dense(7, activation="relu"), nn.Dense(2), dtype=dtype)
    account = d2l.memory_account(net, nd.ones((5, 3), dtype=dtype))
    num_parameters = 3 * 7 + 7 + 7 * 2 + 2
    assert account == {
        "parameters": size * num_parameters,
        "gradients": size * num_parameters,
        "optimizer": 0,
        "inputs": size * 15,
        "intermediates": size * 5 * 9,
    }


@pytest.mark.parametrize(
    ("name", "options", "copies"),
    [("sgd", {}, 0), ("sgd", {"momentum": 0.9}, 1), ("adam", {}, 2), ("rmsprop", {}, 1), ("adagrad", {}, 1)],
)
def test_states_of_the_optimizer(name, options, copies):
    net = network(nn.Dense(7), nn.Dense(2))
    net(nd.ones((1, 3)))
    net[1].bias.grad_req = "null"  # not trained: neither a gradient nor states
    trainer = gluon.Trainer(net.collect_params(), name, options)
    account = d2l.memory_account(net, nd.ones((5, 3)), trainer)
    assert account["parameters"] == 4 * (3 * 7 + 7 + 7 * 2 + 2)
    assert account["gradients"] == 4 * (3 * 7 + 7 + 7 * 2)
    assert account["optimizer"] == copies * account["gradients"]
    assert not trainer._updaters or not trainer._updaters[0].states  # made for counting, and gone


def test_counting_leaves_the_net_alone():
    net = network(nn.Dense(4, activation="relu"), nn.BatchNorm(), nn.Dense(2))
    X = nd.random.normal(shape=(5, 3))
    with autograd.record():
        loss = net(X).mean()
    loss.backward()
    before = [param.data().asnumpy() for param in net.collect_params().values()]
    grads = [param.grad().asnumpy() for param in net.collect_params().values() if param.grad_req != "null"]
    d2l.memory_account(net, X)
    after = [param.data().asnumpy() for param in net.collect_params().values()]
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))
    after = [param.grad().asnumpy() for param in net.collect_params().values() if param.grad_req != "null"]
    assert all(np.array_equal(old, new) for old, new in zip(grads, after, strict=True))


def test_a_net_that_trains_nothing_keeps_its_output_only():
    net = network(nn.Dense(7, activation="tanh"), nn.Dense(2))
    net.collect_params().setattr("grad_req", "null")
    account = d2l.memory_account(net, nd.ones((5, 3)))
    assert (account["gradients"], account["intermediates"]) == (0, 4 * 5 * 2)
    assert intermediates(nn.Lambda(lambda X: X)) == 0  # the inputs themselves


STRANGER = nd.ones((5, 3))


def hybridized():
    net = nn.HybridSequential()
    net.add(nn.Dense(2), nn.Dense(2), nn.Dense(2))
    net.initialize()
    net.hybridize()
    return net


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((len, nd.ones((5, 3))), TypeError, "net must be a gluon Block, got builtin_function_or_method"),
        ((nn.Dense(2), 5), TypeError, "X must be an NDArray of floats, got int"),
        (
            (network(nn.Dense(2)), nd.ones((5, 3)), "adam"),
            TypeError,
            "trainer must be a Trainer or None, got str",
        ),
        (
            (hybridized(), nd.ones((5, 3))),
            ValueError,
            "net must not be hybridized, got one that MXNet records as a single operation",
        ),
        (
            (network(nn.Dense(3), nn.Lambda(lambda X: X * STRANGER)), nd.ones((5, 3))),
            ValueError,
            "net must compute with X and its own parameters only, got another array in its graph",
        ),
        (
            (network(nn.Lambda(lambda X: [X])), nd.ones((5, 3))),
            TypeError,
            "net must give one NDArray, got list",
        ),
        (
            (network(nn.Dense(3), nn.Lambda(lambda X: nd.L2Normalization(X))), nd.ones((5, 3))),
            ValueError,
            "net must be made of operations whose arrays are known, got L2Normalization, which hides one",
        ),
    ],
)
def test_account_refuses(arguments, error, sentence):
    with pytest.raises(error, match=f"^memory_account: {re.escape(sentence)}$"):
        d2l.memory_account(*arguments)


def test_account_says_what_the_net_does_not_take():
    start = "memory_account: net must be initialized and take an input of shape (5, 3), dtype float32 on cpu(0), got "
    for net in (nn.Dense(2), network(nn.Dense(2, in_units=4))):
        with pytest.raises(ValueError, match=f"^{re.escape(start)}the error [^\n]+$"):
            d2l.memory_account(net, nd.ones((5, 3)))
    waiting = nn.Dense(2)
    waiting.initialize()  # gets its numbers with the first batch
    trainer = gluon.Trainer(waiting.collect_params(), "adam")
    words = r"trainer must hold initialized parameters, got \w+ without numbers"
    with pytest.raises(ValueError, match=f"^memory_account: {words}$"):
        d2l.memory_account(network(nn.Dense(2)), nd.ones((5, 3)), trainer)


ROWS, WIDTH = 4096, 128
ARRAY = ROWS * WIDTH * 4


def test_an_array_is_seen_with_its_size():
    d2l.peak_memory(lambda: nd.ones((1, 1)))
    small, large = (d2l.peak_memory(lambda rows=rows: nd.ones((rows, 1024))) for rows in (1, 16384))
    assert abs(large - small - 16384 * 1024 * 4) < 0.05 * large


def test_work_of_before_hides_nothing():
    for _ in range(3):
        nd.ones((2048, 1024)).wait_to_read()  # 8 MB, free again
    small, large = (d2l.peak_memory(lambda rows=rows: nd.ones((rows, 1024))) for rows in (1, 2048))
    assert abs(large - small - 2048 * 1024 * 4) < 0.2 * large


@pytest.mark.parametrize(("activation", "arrays"), [("relu", 8 + 2), ("tanh", 2 * 8 + 2)])
def test_training_needs_what_the_account_says_and_prediction_needs_no_more_with_depth(activation, arrays):
    net = network(*(nn.Dense(WIDTH, activation=activation) for _ in range(8)))
    X = nd.random.normal(shape=(ROWS, WIDTH))

    def train(X):
        with autograd.record():
            loss = net(X).mean()
        loss.backward()

    counts = []
    for work in (net, train):
        work(X[:1])
        row, batch = (d2l.peak_memory(lambda x=x, do=work: do(x), one_by_one=True) for x in (X[:1], X))
        counts.append((batch - row) / ARRAY)
    assert d2l.memory_account(net, X)["intermediates"] == (arrays - 2) * ARRAY
    assert abs(counts[0] - 2) < 1.5
    assert abs(counts[1] - arrays) < 1.5
    row, batch = (d2l.peak_memory(lambda x=x: train(x)) for x in (X[:1], X))
    assert (batch - row) / ARRAY > arrays + 4  # taken together, as by default


def test_nothing_is_left_of_the_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    net, null, seen = network(nn.Dense(2, in_units=2)), os.stat(os.devnull), []

    def work():
        seen.append(1)
        net.weight_is_new = True
        net[0].weight.data()[:] = 7
        print("not shown")

    for one_by_one in (False, True):
        assert d2l.peak_memory(work, one_by_one=one_by_one) >= 0
    assert seen == []
    assert not hasattr(net, "weight_is_new")
    assert net[0].weight.data().asnumpy().max() < 1
    assert os.stat(os.devnull).st_ino == null.st_ino  # MXNet's profiler deletes the file that it is to write
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_printed(capfd):
    d2l.peak_memory(lambda: (print("x", flush=True), os.write(1, b"y"), os.write(2, b"z")))
    assert capfd.readouterr() == ("", "")


def test_errors_of_the_work_are_told():
    def failing():
        raise KeyError("nothing\nhere")

    def later():
        nd.dot(nd.ones((2, 3)), nd.ones((2, 3)))

    cases = [
        (failing, "the error .*here.*"),
        (later, r"the error .*\[2,3\].*"),
        (os.abort, "a process that was stopped from outside, most likely for want of memory"),
        (lambda: os._exit(0), "a process that was stopped from outside, most likely for want of memory"),
    ]
    for work, words in cases:
        with pytest.raises(ValueError, match=f"^peak_memory: work must run to its end, got {words}$"):
            d2l.peak_memory(work)


def test_peak_memory_refuses():
    with pytest.raises(TypeError, match=r"^peak_memory: work must be a function without arguments, got 5$"):
        d2l.peak_memory(5)
    with pytest.raises(TypeError, match=r"^peak_memory: one_by_one must be True or False, got int$"):
        d2l.peak_memory(lambda: None, one_by_one=1)


def deep(num_layers, drop_prob=None):
    net = nn.Sequential()
    for _ in range(num_layers):
        net.add(nn.Dense(16, activation="tanh"))
        if drop_prob is not None:
            net.add(nn.Dropout(drop_prob))
    net.initialize(init.Xavier())
    return net


def grads(net):
    return [param.grad().asnumpy() for param in net.collect_params().values() if param.grad_req != "null"]


def same(ours, theirs):
    return all(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("cuts", [[0, 6], [0, 1, 6], [0, 2, 4, 6], [0, 1, 2, 3, 4, 5, 6]])
def test_gradients_by_segments_are_the_plain_ones_to_the_last_bit(cuts):
    net, X, weights = deep(6), nd.random.normal(shape=(4, 16)), nd.random.normal(shape=(4, 16))
    X.attach_grad()
    net(X)
    with autograd.record():
        loss = (net(X) * weights).sum()
    loss.backward()
    plain = grads(net)
    X.grad[:] = 7
    for param in net.collect_params().values():
        param.zero_grad()
    segments = [net[start:end] for start, end in pairwise(cuts)]
    by_segments = d2l.backward_by_segments(segments, X, lambda out: (out * weights).sum())
    assert same(grads(net), plain)
    assert by_segments.asscalar() == loss.asscalar()
    assert (X.grad.asnumpy() == 7).all()  # the caller's array is not touched
    assert abs(plain[0]).max() > 0


def test_batch_normalization_moves_its_statistics_once():
    net, X = network(nn.Dense(8), nn.BatchNorm(), nn.Dense(4), nn.BatchNorm()), nd.random.normal(shape=(9, 3))
    net(X)
    start = [param.data().copy() for param in net.collect_params().values()]
    with autograd.record():
        loss = (net(X) ** 2).mean()
    loss.backward()
    plain, moved = grads(net), [param.data().asnumpy() for param in net.collect_params().values()]
    for param, old in zip(net.collect_params().values(), start, strict=True):
        param.set_data(old)
    d2l.backward_by_segments([net[:2], net[2:]], X, lambda out: (out**2).mean())
    assert same(grads(net), plain)
    assert same([param.data().asnumpy() for param in net.collect_params().values()], moved)
    assert not same(moved, [old.asnumpy() for old in start])


def test_masks_are_the_same_both_times_with_a_seed_and_new_without():
    net, X = deep(4, drop_prob=0.5), nd.random.normal(shape=(8, 16))
    net(X)
    segments = [net[:4], net[4:]]

    def plain(seed):
        out = X
        with autograd.record():
            for place, segment in enumerate(segments):
                d2l.seed_everything(seed + place)
                out = segment(out)
            loss = out.mean()
        loss.backward()
        return grads(net)

    for seed in (0, 10):
        right = plain(seed)
        d2l.backward_by_segments(segments, X, lambda out: out.mean(), seed=seed)
        assert same(grads(net), right)
    d2l.seed_everything(10)
    d2l.backward_by_segments(segments, X, lambda out: out.mean())
    assert not same(grads(net), right)


@pytest.mark.parametrize(
    ("segments", "X", "loss_of", "error", "sentence"),
    [
        (
            nn.Dense(2),
            nd.ones((2, 2)),
            len,
            TypeError,
            "segments must be a list of gluon Blocks, got Dense(None -> 2, ",
        ),
        (
            [len],
            nd.ones((2, 2)),
            len,
            TypeError,
            "segments must be a list of gluon Blocks, got [<built-in",
        ),
        ([], nd.ones((2, 2)), len, ValueError, "segments must hold at least one Block, got none"),
        ([network(nn.Dense(2))], [1], len, TypeError, "X must be an NDArray of floats, got list"),
        ([network(nn.Dense(2))], nd.ones((2, 2)), 1, TypeError, "loss_of must be callable, got int"),
        (
            [nn.Dense(2)],
            nd.ones((2, 3)),
            len,
            ValueError,
            "segments[0] must be initialized and take an input of shape (2, 3), got the error ",
        ),
        (
            [network(nn.Dense(2))],
            nd.ones((2, 3)),
            lambda out: 1 / 0,
            ValueError,
            "loss_of must take an output of shape (2, 2), got the error 'division by zero'",
        ),
        (
            [network(nn.Dense(2))],
            nd.ones((2, 3)),
            lambda out: 1.0,
            TypeError,
            "loss_of must give an NDArray of floats, got float",
        ),
        (
            [network(nn.Dense(2))],
            nd.ones((2, 3)),
            lambda out: nd.ones(1),
            ValueError,
            "segments and loss_of must compute with MXNet what they give from what they get, got an array that "
            "autograd cannot follow",
        ),
    ],
)
def test_segments_refuse(segments, X, loss_of, error, sentence):
    with pytest.raises(error, match=f"^backward_by_segments: {re.escape(sentence)}"):
        d2l.backward_by_segments(segments, X, loss_of)


def test_a_seed_is_an_integer():
    for seed, words in (("x", r"'x' \(str\)"), (-1, "-1")):
        with pytest.raises(
            (TypeError, ValueError), match=f"^backward_by_segments: seed must be an integer >= 0, got {words}$"
        ):
            d2l.backward_by_segments([network(nn.Dense(2))], nd.ones((2, 3)), len, seed=seed)
