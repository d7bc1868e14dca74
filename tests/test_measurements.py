"""`layer_statistics`. Feared: the mean where the sum is wanted (a factor of the batch); biases or frozen weights in the
norm; a gradient before an activation given for the one after it; numbers of prediction, with dropout off; layers out of
order, or a nested net taken for one layer; a net that is not the same afterwards.
"""

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

ENTROPY = gloss.SoftmaxCrossEntropyLoss()


def sequential(*layers, cls=nn.Sequential):
    net = cls()
    net.add(*layers)
    return net


def by_hand(W1, b1, W2, X, y):
    """Give (means, stds, weight norms, output stds) of a tanh layer and a linear one under the mean squared loss."""
    H = np.tanh(X @ W1.T + b1)
    Y_hat = H @ W2.T
    d_Y_hat = (Y_hat - y) / y.size
    d_H = d_Y_hat @ W2
    d_W1 = (d_H * (1 - H**2)).T @ X
    norms = np.linalg.norm(d_W1), np.linalg.norm(d_Y_hat.T @ H)
    return [H.mean(), Y_hat.mean()], [H.std(), Y_hat.std()], norms, [d_H.std(), d_Y_hat.std()]


def two_layers(hybridize=False):
    np.random.seed(3)
    W1, b1, W2 = np.random.normal(size=(5, 3)), np.random.normal(size=5), np.random.normal(size=(2, 5))
    X, y = np.random.normal(size=(7, 3)), np.random.normal(size=(7, 2))
    net = sequential(
        nn.Dense(5, activation="tanh", in_units=3), nn.Dense(2, use_bias=False, in_units=5), cls=nn.HybridSequential
    )
    net.cast("float64")
    net.initialize()
    for param, value in zip(net.collect_params().values(), (W1, b1, W2), strict=True):
        param.set_data(nd.array(value, dtype="float64"))
    if hybridize:
        net.hybridize()
    return net, nd.array(X, dtype="float64"), nd.array(y, dtype="float64"), by_hand(W1, b1, W2, X, y)


@pytest.mark.parametrize("hybridize", [False, True])
def test_two_layers_by_hand(hybridize):
    net, X, y, (means, stds, norms, slopes) = two_layers(hybridize)
    found = d2l.layer_statistics(net, X, gloss.L2Loss(), y)
    assert [one.name for one in found] == ["net[0]", "net[1]"]
    assert np.allclose([one.activation_mean for one in found], means, rtol=1e-12)
    assert np.allclose([one.activation_std for one in found], stds, rtol=1e-12)
    assert np.allclose([one.weight_grad_norm for one in found], norms, rtol=1e-12)
    assert np.allclose([one.output_grad_std for one in found], slopes, rtol=1e-12)
    assert all(type(value) is float for one in found for value in one[1:])


def test_without_a_loss_there_are_no_gradients():
    net, X, _, (means, _, _, _) = two_layers()
    found = d2l.layer_statistics(net, X)
    assert np.allclose([one.activation_mean for one in found], means, rtol=1e-12)
    assert [one[3:] for one in found] == [(None, None)] * 2


def test_one_number_and_one_loss_per_example_are_the_same():
    net, X, y, _ = two_layers()
    loss = gloss.L2Loss()
    of_each = d2l.layer_statistics(net, X, loss, y)
    of_all = d2l.layer_statistics(net, X, lambda y_hat, y: loss(y_hat, y).mean(), y)
    assert np.allclose([one[1:] for one in of_each], [one[1:] for one in of_all], rtol=1e-12)


def test_nested_nets_are_entered_in_order():
    inner = sequential(nn.Dense(4, activation="relu"), sequential(nn.Dropout(0.5)), nn.Dense(3))
    net = sequential(nn.Flatten(), inner, nn.Dense(2))
    net.initialize()
    found = d2l.layer_statistics(net, nd.ones((5, 2, 3)), ENTROPY, nd.zeros(5))
    assert [one.name for one in found] == ["net[0]", "net[1][0]", "net[1][1][0]", "net[1][2]", "net[2]"]
    assert [one.weight_grad_norm is None for one in found] == [True, False, True, False, False]
    assert found[0].activation_mean == 1
    assert found[0].activation_std == 0


def test_training_mode():
    net = sequential(nn.Dropout(0.5))
    d2l.seed_everything(1)
    (found,) = d2l.layer_statistics(net, nd.ones((100, 100)))
    d2l.seed_everything(1)
    with autograd.train_mode():
        expected = net(nd.ones((100, 100))).asnumpy()
    assert found.activation_std == expected.astype("float64").std()
    assert abs(found.activation_std - 1) < 0.05  # entries 0 and 2; in prediction it would be 0


def test_the_gradient_of_the_output_is_that_after_the_activation():
    net = sequential(nn.Dense(2, activation="relu", in_units=2))
    net.initialize(init.One())
    X, heads = nd.array([[-1, -1], [1, 1]]), nd.array([[1, 2], [3, 4]])
    (found,) = d2l.layer_statistics(net, X, lambda y_hat, heads: (y_hat * heads).sum(), heads)
    assert found.output_grad_std == np.std([1, 2, 3, 4])  # before the activation: of 0, 0, 3, 4
    assert found.weight_grad_norm == pytest.approx(np.linalg.norm([3, 3, 4, 4]))


def test_frozen_weights_have_no_norm():
    net, X, y, _ = two_layers()
    net[0].weight.grad_req = "null"
    found = d2l.layer_statistics(net, X, gloss.L2Loss(), y)
    assert found[0].weight_grad_norm is None
    assert found[1].weight_grad_norm > 0


def test_a_layer_used_twice_has_the_gradient_over_both_ways():
    layer = nn.Dense(3, in_units=3, use_bias=False)
    net = sequential(layer, layer)
    net.initialize(init.Normal(1))
    X = nd.random.normal(shape=(4, 3))
    found = d2l.layer_statistics(net, X, lambda y_hat, y: y_hat.sum(), nd.zeros(1))
    with autograd.record():
        total = net(X).sum()
    total.backward()
    assert found[0].weight_grad_norm == pytest.approx(layer.weight.grad().norm().asscalar())
    assert found[0].weight_grad_norm == found[1].weight_grad_norm


def test_the_net_stays_as_it_is():
    d2l.seed_everything(2)
    net = sequential(nn.Dense(4), nn.BatchNorm(), nn.Activation("relu"), nn.Dense(2))
    net.initialize(init.Normal(1))
    X, y = nd.random.normal(3, shape=(6, 3)), nd.array([0, 1, 0, 1, 1, 0])
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    with autograd.record():
        loss = ENTROPY(net(X), y)
    loss.backward()
    trainer.step(6)
    params = net.collect_params().values()
    before = [param.data().asnumpy() for param in params]
    grads = [param.grad().asnumpy() for param in params if param.grad_req != "null"]
    d2l.layer_statistics(net, X, ENTROPY, y)
    for param, value in zip(params, before, strict=True):
        np.testing.assert_array_equal(param.data().asnumpy(), value)
    for param, value in zip((p for p in params if p.grad_req != "null"), grads, strict=True):
        np.testing.assert_array_equal(param.grad().asnumpy(), value)


def test_what_overflows_is_told_not_raised():
    net = sequential(nn.Dense(1, in_units=1), nn.Dense(1, in_units=1))
    net.initialize(init.Constant(1e30))
    first, second = d2l.layer_statistics(net, nd.ones((1, 1)), gloss.L2Loss(), nd.zeros((1, 1)))
    assert first.activation_mean == pytest.approx(1e30)
    assert second.activation_mean == float("inf")
    assert not np.isfinite(first.weight_grad_norm)


def ready(*layers):
    net = sequential(*layers)
    net.initialize()
    return net


@pytest.mark.parametrize(("arguments", "error", "sentence"), [
    ((nn.Dense(2), nd.ones((1, 2))), TypeError, "net must be a Sequential, got Dense"),
    ((sequential(), nd.ones((1, 2))), ValueError, "net must have layers, got none"),
    ((ready(nn.Dense(2)), [1]), TypeError, "X must be an NDArray of floats, got list"),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2), dtype="int32")), TypeError,
        "X must be an NDArray of floats, got dtype int32; convert it with X.astype('float32')",
    ),
    (
        (sequential(nn.Dense(2, prefix="first_")), nd.ones((1, 2))), ValueError,
        "net must be initialized, got first_weight without numbers; call net.initialize()",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2), ctx=mx.cpu(1))), ValueError,
        "X must be where the parameters are, cpu(0), got cpu(1); move it with as_in_context",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2)), ENTROPY), TypeError,
        "y must be an NDArray where loss_fn is given, got NoneType",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2)), None, nd.ones(1)), TypeError,
        "loss_fn must be callable where y is given, got None",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2)), lambda y_hat, y: 1.0, nd.ones(1)), TypeError,
        "what loss_fn gives must be an NDArray of floats, got float",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2)), lambda y_hat, y: nd.ones(1), nd.ones(1)), ValueError,
        "loss_fn must compute its result from y_hat with MXNet, got one that autograd cannot follow",
    ),
    (
        (ready(nn.Lambda(lambda X: X.astype("int32"))), nd.ones((1, 2))), TypeError,
        "the output of net[0] must be an NDArray of floats, got int32",
    ),
    (
        (ready(nn.Lambda(lambda X: 1 / 0)), nd.ones((1, 2))), ValueError,
        "net[0] must take an input of shape (1, 2) and dtype float32, got the error 'division by zero'",
    ),
    (
        (ready(nn.Dense(2)), nd.ones((1, 2)), lambda y_hat, y: 1 / 0, nd.ones(1)), ValueError,
        "loss_fn must take y_hat of shape (1, 2) and y of shape (1,), got the error 'division by zero'",
    ),
])  # fmt: skip
def test_sentences(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.layer_statistics(*arguments)
    assert str(refused.value) == f"layer_statistics: {sentence}"


def test_a_wrong_shape_names_the_layer():
    net = ready(nn.Dense(2, in_units=2), nn.Dense(2, in_units=3))
    with pytest.raises(ValueError, match=r"^layer_statistics: net\[1\] must take an input of shape \(1, 2\) and dtype"):
        d2l.layer_statistics(net, nd.ones((1, 2)))
