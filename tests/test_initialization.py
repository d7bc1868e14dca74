"""Fans counted by hand, and LSUV against a copy in NumPy.

Feared of fans: inputs and outputs swapped, a kernel that is left out or counted on one side only. Of LSUV: sums
measured behind the activation, or of all layers before the first division; a deviation of the batch without dropout's
masks; weights that were there before and stay; biases or batch normalization scaled; hooks that stay in the net; an
endless loop; zeros divided by.
"""

import math

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn


@pytest.mark.parametrize(
    ("shape", "fans"),
    [
        ((10, 784), (784, 10)),
        ([16, 3, 5, 5], (75, 400)),
        ((8, 4, 3), (12, 24)),
        ((1, 1), (1, 1)),
        ((np.int64(2), 3, 2, 2, 2), (24, 16)),
    ],
)
def test_fans_by_hand(shape, fans):
    assert d2l.fan_in_and_out(shape) == fans
    assert all(type(fan) is int for fan in d2l.fan_in_and_out(shape))


@settings(max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=5))
def test_both_fans_count_all_weights(shape):
    fan_in, fan_out = d2l.fan_in_and_out(shape)
    assert fan_in * shape[0] == fan_out * shape[1] == math.prod(shape)


def test_they_are_the_fans_of_a_convolution():
    layer = nn.Conv2D(6, (3, 5), use_bias=False)
    layer.initialize(init.One())
    image = nd.ones((1, 4, 9, 9))
    image.attach_grad()
    with autograd.record():
        out = layer(image)
    out.backward()
    fan_in, fan_out = d2l.fan_in_and_out(layer.weight.shape)
    assert (out == fan_in).min().asscalar() == 1, "a sum of ones"
    assert image.grad[0, 0, 4, 4].asscalar() == fan_out, "from the middle of the image every place is reached"


SIDES = "shape must have two sides or more, outputs and inputs first, got"


@pytest.mark.parametrize(
    ("shape", "error", "sentence"),
    [
        ((3,), ValueError, f"{SIDES} (3,); is it a bias?"),
        ([], ValueError, f"{SIDES} []; is it a bias?"),
        (3, TypeError, "shape must be a tuple or list of integers, got int"),
        ("33", TypeError, "shape must be a tuple or list of integers, got str"),
        ((3, 0), ValueError, "shape must be an integer >= 1, got 0"),
        ((3, -1), ValueError, "shape must be an integer >= 1, got -1"),
        ((3, 2.0), TypeError, "shape must be an integer >= 1, got 2.0 (float)"),
        ((3, True), TypeError, "shape must be an integer >= 1, got True (bool)"),
    ],
)
def test_fan_in_and_out_refuses(shape, error, sentence):
    with pytest.raises(error) as refused:
        d2l.fan_in_and_out(shape)
    assert str(refused.value) == f"fan_in_and_out: {sentence}"


def dense_net(*sizes, activation="relu"):
    net = nn.HybridSequential()
    for size in sizes[:-1]:
        net.add(nn.Dense(size, activation=activation))
    net.add(nn.Dense(sizes[-1]))
    return net


def in_numpy(net, X, activation):
    """Follow the sums of a net of Dense layers; give their standard deviations."""
    H, stds = X.asnumpy().astype("float64"), []
    for layer in net:
        sums = H @ layer.weight.data().asnumpy().T.astype("float64") + layer.bias.data().asnumpy()
        stds.append(sums.std())
        H = activation(sums)
    return stds


@pytest.mark.parametrize(
    ("name", "activation"), [("relu", lambda z: np.maximum(z, 0)), ("sigmoid", lambda z: 1 / (1 + np.exp(-z)))]
)
def test_all_sums_have_the_deviation_1_and_weights_keep_their_directions(name, activation):
    net = dense_net(30, 20, 10, activation=name)
    X = nd.random.normal(2, 7, shape=(60, 40))
    stds = d2l.lsuv(net, X)
    np.testing.assert_allclose(stds, 1, atol=1e-4)
    np.testing.assert_allclose(in_numpy(net, X, activation), stds, rtol=1e-4)
    for layer in net:
        W = layer.weight.data().asnumpy()
        product = W @ W.T
        np.testing.assert_allclose(product, product[0, 0] * np.eye(len(W)), atol=1e-5 * product[0, 0])
        assert not layer.bias.data().asnumpy().any()


def test_what_was_learned_before_is_gone_and_a_seed_repeats():
    weights = []
    for start in (0.1, 3):
        net = dense_net(8, 4)
        net.initialize(init.Constant(start))
        X = nd.array(np.random.RandomState(1).normal(size=(50, 6)))
        net(X)
        net[0].bias.set_data(nd.ones(8))
        d2l.seed_everything(5)
        d2l.lsuv(net, X)
        assert not net[0].bias.data().asnumpy().any()
        weights.append([param.data().asnumpy() for param in net.collect_params().values()])
    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_layer_that_is_near_1_keeps_its_bits():
    net = nn.Dense(8, weight_initializer=init.Normal(0.5), in_units=4)
    X = nd.array(np.random.RandomState(1).normal(size=(500, 4)))
    d2l.seed_everything(5)
    net.initialize()
    start = net.weight.data().asnumpy()
    std = net(X).asnumpy().std()
    assert 1e-3 < abs(std**2 - 1) < 0.5
    d2l.seed_everything(5)
    assert d2l.lsuv(net, X, tolerance=0.5) == [pytest.approx(std, rel=1e-5)]
    np.testing.assert_array_equal(net.weight.data().asnumpy(), start)
    d2l.seed_everything(5)
    assert d2l.lsuv(net, X, tolerance=0.001) == [pytest.approx(1, abs=1e-5)]


def test_convolutions_batch_normalization_and_nested_nets():
    class Residual(nn.Block):
        def __init__(self):
            super().__init__()
            self.branch = nn.Dense(12, activation="relu")

        def forward(self, X):
            return X + self.branch(X)

    net = nn.Sequential()
    net.add(nn.Conv2D(4, 3, activation="tanh"), nn.BatchNorm(), nn.Flatten(), nn.Dense(12), Residual(), nn.Dense(3))
    X = nd.random.normal(0, 5, shape=(40, 2, 6, 6))
    stds = d2l.lsuv(net, X)
    assert len(stds) == 4
    assert all(abs(std**2 - 1) < 0.1 for std in stds)
    batch_norm = net[1]
    np.testing.assert_array_equal(batch_norm.gamma.data().asnumpy(), 1)
    np.testing.assert_array_equal(batch_norm.running_mean.data().asnumpy(), 0)
    with autograd.train_mode():
        assert net[0](X).asnumpy().std() < 1, "behind tanh"
        assert net(X).asnumpy().std() == pytest.approx(stds[-1], rel=1e-4)


def test_masks_of_dropout_belong_to_it():
    net = nn.Sequential()
    net.add(nn.Dropout(0.5), nn.Dense(200, in_units=400))
    X = nd.ones((300, 400))  # without masks every row is the same
    d2l.lsuv(net, X)
    with autograd.train_mode():
        assert net(X).asnumpy().std() == pytest.approx(1, abs=0.06)
    assert net(X).asnumpy().std() < 0.9


def test_it_ends_where_the_goal_is_never_reached(monkeypatch):
    calls = []
    net = nn.Sequential()
    net.add(nn.Dense(5, in_units=4))
    set_data = gluon.Parameter.set_data
    monkeypatch.setattr(
        gluon.Parameter, "set_data", lambda self, data: calls.append(1) or set_data(self, data * np.float32(3))
    )
    (std,) = d2l.lsuv(net, nd.random.normal(0, 7, shape=(50, 4)), max_steps=4)
    assert len(calls) == 4
    assert std == pytest.approx(3, rel=1e-4)


def test_nothing_stays_in_the_net_also_after_an_error():
    net = dense_net(6, 3)
    d2l.lsuv(net, nd.random.normal(shape=(9, 4)))
    with pytest.raises(ValueError, match="must fit the net"):
        d2l.lsuv(net, nd.random.normal(shape=(9, 5)))
    blocks = [*net, net[0].act]
    assert not any(block._forward_hooks or block._forward_pre_hooks for block in blocks)
    net.hybridize()
    assert net(nd.ones((2, 4))).shape == (2, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_device_and_dtype_of_the_batch(dtype):
    net = dense_net(6, 3)
    net.cast(dtype)
    d2l.lsuv(net, nd.random.normal(shape=(9, 4), dtype=dtype, ctx=mx.cpu(1)))
    assert {param.list_ctx()[0] for param in net.collect_params().values()} == {mx.cpu(1)}
    assert net[0].weight.data(mx.cpu(1)).dtype == np.dtype(dtype).type


def hybridized():
    net = dense_net(6, 3)
    net.hybridize()
    return net


SEEN = "net must have Dense or convolutional layers and not be hybridized, got none that could be watched"
DEVIATION = "must have a finite standard deviation > 0, got"
CAUSE = "are all inputs equal, or all units before it dead?"
BATCH = nd.ones((5, 4)) * nd.arange(5).reshape((5, 1))


@pytest.mark.parametrize(
    ("arguments", "options", "error", "sentence"),
    [
        ((None, BATCH), {}, TypeError, "net must be a gluon Block, got NoneType"),
        ((dense_net(2), [1]), {}, TypeError, "X must be an NDArray of floats of 32 or 64 bits, got list"),
        (
            (dense_net(2), BATCH.astype("int32")),
            {},
            TypeError,
            "X must be an NDArray of floats of 32 or 64 bits, got dtype int32; convert it with X.astype('float32')",
        ),
        ((dense_net(2), BATCH), {"tolerance": 0}, ValueError, "tolerance must be in [0.001, 1), got 0"),
        ((dense_net(2), BATCH), {"tolerance": math.nan}, ValueError, "tolerance must be in [0.001, 1), got nan"),
        ((dense_net(2), BATCH), {"tolerance": "1"}, TypeError, "tolerance must be in [0.001, 1), got '1' (str)"),
        ((dense_net(2), BATCH), {"max_steps": 0}, ValueError, "max_steps must be an integer >= 1, got 0"),
        ((dense_net(2), BATCH), {"max_steps": 1.5}, TypeError, "max_steps must be an integer >= 1, got 1.5 (float)"),
        ((dense_net(2), BATCH), {"max_steps": 2000}, ValueError, "max_steps must be an integer in [1, 1000], got 2000"),
        ((nn.Sequential(), BATCH), {}, ValueError, SEEN),
        ((hybridized(), BATCH), {}, ValueError, SEEN),
        ((dense_net(2), 0 * BATCH), {}, ValueError, f"the sums of layer 1 {DEVIATION} 0.0; {CAUSE}"),
        ((dense_net(2), BATCH * math.inf), {}, ValueError, f"the sums of layer 1 {DEVIATION} nan; {CAUSE}"),
    ],
)
def test_lsuv_refuses(arguments, options, error, sentence):
    with pytest.raises(error) as refused:
        d2l.lsuv(*arguments, **options)
    assert str(refused.value) == f"lsuv: {sentence}"


def test_dead_units_are_named():
    net = nn.Sequential()
    net.add(nn.Dense(3, activation="relu", bias_initializer=init.Constant(-1e6)), nn.Dense(2))
    with pytest.raises(ValueError, match=rf"^lsuv: the sums of layer 2 {DEVIATION} 0.0; {CAUSE[:-1]}\?$"):
        d2l.lsuv(net, nd.random.normal(shape=(9, 4)))


def test_a_batch_that_does_not_fit_is_told_with_its_shape():
    with pytest.raises(ValueError, match=r"^lsuv: X must fit the net, got shape \(9, 5\) and the error '.+'$"):
        d2l.lsuv(nn.Dense(3, in_units=4), nd.random.normal(shape=(9, 5)))
