"""The NumPy layers of a deep network, each against values by hand, central differences and Gluon, and the whole net.

Feared: a mean where the batch is summed, or the other way round; a transpose that only square layers hide; a variance
divided by n - 1; mean and variance of the batch taken as constants in the backward pass; running statistics in
training, or those of the batch in prediction; statistics averaged the wrong way round; a running mean that is the same
array as beta; dropout in prediction; masks that are drawn anew in the backward pass; gradients under the wrong name;
float64 made of float32.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn

SETTINGS = [(depth, drop_prob, norm) for depth in (0, 1, 2, 4) for drop_prob in (0, 0.4) for norm in (False, True)]


def slope(f, array, direction, step=1e-6):
    """Give the central difference of `f()` as `array` moves along a direction, in place."""
    before = array.copy()
    values = []
    for sign in (1, -1):
        array[...] = before + sign * step * direction
        values.append(f())
    array[...] = before
    return (values[0] - values[1]) / (2 * step)


def agrees(f, array, grad):
    """Assert a gradient along three random directions."""
    assert grad.shape == array.shape
    for _ in range(3):
        direction = np.random.normal(size=array.shape)
        expected = slope(f, array, direction)
        assert abs((grad * direction).sum() - expected) < 1e-6 * max(1e-2, abs(expected))


def net_and_data(depth, drop_prob, norm, batch=7):
    net = d2l.FullyConnectedNet([5, *[6, 4, 7, 3][:depth], 3], drop_prob=drop_prob, batch_norm=norm)
    for name, param in net.params.items():  # biases and betas off 0, so that a wrong gradient cannot hide
        param[...] += 0.1 * np.random.normal(size=param.shape) * (name[0] != "W")
    X, y = np.random.normal(size=(batch, 5)), np.random.randint(0, 3, batch)
    masks = [(np.random.random((batch, n)) > drop_prob) / (1 - drop_prob) for n in [6, 4, 7, 3][:depth]]
    return net, X, y, masks


# the layers


def test_affine_by_hand():
    X, W, b = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.0, 2.0], [3.0, -1.0, 0.0]]), np.array([0.5, 0, 1])
    out, cache = d2l.affine_forward(X, W, b)
    assert out.tolist() == [[7.5, -2, 3], [-2.5, 1, 1]]
    d_X, d_W, d_b = d2l.affine_backward(np.array([[1.0, 0, 0], [2.0, 1, 0]]), cache)
    assert d_X.tolist() == [[1, 3], [2, 5]]
    assert d_W.tolist() == [[1, 0, 0], [0, -1, 0]]
    assert d_b.tolist() == [3, 1, 0]


def test_relu_by_hand():
    out, cache = d2l.relu_forward(np.array([[-1.0, 0.0, 2.0]]))
    assert out.tolist() == [[0, 0, 2]]
    assert d2l.relu_backward(np.array([[3.0, 4.0, 5.0]]), cache).tolist() == [[0, 0, 5]]


def test_layers_against_central_differences():
    X, W, b = (np.random.normal(size=shape) for shape in ((4, 3), (3, 5), (5,)))
    gamma, beta, weights = np.random.normal(size=3), np.random.normal(size=3), np.random.normal(size=(4, 5))
    affine = lambda: (d2l.affine_forward(X, W, b)[0] * weights).sum()
    for array, grad in zip((X, W, b), d2l.affine_backward(weights, d2l.affine_forward(X, W, b)[1]), strict=True):
        agrees(affine, array, grad)
    weights = weights[:, :3]
    norm = lambda: (d2l.batchnorm_forward(X, gamma, beta)[0] * weights).sum()
    grads = d2l.batchnorm_backward(weights, d2l.batchnorm_forward(X, gamma, beta)[1])
    for array, grad in zip((X, gamma, beta), grads, strict=True):
        agrees(norm, array, grad)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (40, 7)])
def test_batchnorm_is_that_of_gluon(dtype, shape):
    X, gamma, beta, d_out = (np.random.normal(2, 3, size=s).astype(dtype) for s in (shape, shape[1:], shape[1:], shape))
    layer = nn.BatchNorm()
    layer.cast(dtype)
    layer.initialize()
    X_nd = nd.array(X, dtype=dtype)
    layer(X_nd)
    layer.gamma.set_data(nd.array(gamma))
    layer.beta.set_data(nd.array(beta))
    X_nd.attach_grad()
    with autograd.record():
        out_nd = layer(X_nd)
    out_nd.backward(nd.array(d_out, dtype=dtype))
    out, cache = d2l.batchnorm_forward(X, gamma, beta)
    d_X, d_gamma, d_beta = d2l.batchnorm_backward(d_out, cache)
    ours = [out, d_X, d_gamma, d_beta]
    theirs = [out_nd, X_nd.grad, layer.gamma.grad(), layer.beta.grad()]
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b.asnumpy(), rtol=2e-3, atol=2e-3 if dtype == "float32" else 1e-5)
    np.testing.assert_allclose(layer.running_var.data().asnumpy(), 0.9 + 0.1 * X.var(axis=0), rtol=1e-5)


def test_batchnorm_in_prediction_uses_what_it_is_given():
    out, cache = d2l.batchnorm_forward(
        np.array([[7.0]]), np.array([3.0]), np.array([1.0]), (np.ones(1), 4 * np.ones(1))
    )
    np.testing.assert_allclose(out, 3 * 6 / np.sqrt(4 + 1e-5) + 1)
    assert cache is None


def test_softmax_loss_is_that_of_gluon():
    scores, y = np.random.normal(0, 5, size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])
    loss, d_scores = d2l.softmax_loss(scores, y)
    scores_nd = nd.array(scores, dtype="float64")
    scores_nd.attach_grad()
    with autograd.record():
        expected = gluon.loss.SoftmaxCrossEntropyLoss()(scores_nd, nd.array(y)).mean()
    expected.backward()
    np.testing.assert_allclose(loss, expected.asscalar(), rtol=1e-6)
    np.testing.assert_allclose(d_scores, scores_nd.grad.asnumpy(), atol=1e-7)


def test_softmax_loss_does_not_overflow():
    loss, d_scores = d2l.softmax_loss(np.array([[1000.0, 0.0]]), np.array([1]))
    assert loss == 1000
    assert d_scores.tolist() == [[1, -1]]


# the network


@pytest.mark.parametrize(("depth", "drop_prob", "norm"), SETTINGS)
def test_net_against_central_differences(depth, drop_prob, norm):
    net, X, y, masks = net_and_data(depth, drop_prob, norm)
    _, grads = net.loss(X, y, masks)
    assert set(grads) == set(net.params)
    for name, param in net.params.items():
        agrees(lambda: net.loss(X, y, masks)[0], param, grads[name])


@pytest.mark.parametrize(("depth", "drop_prob", "norm"), SETTINGS)
def test_net_is_that_of_gluon(depth, drop_prob, norm):
    net, X, y, masks = net_and_data(depth, drop_prob, norm, batch=20)
    twin, norms = gluon_twin(net, norm, X)
    for _ in range(3):
        with autograd.record():
            loss = gluon.loss.SoftmaxCrossEntropyLoss()(forward(twin, X, masks), nd.array(y)).mean()
        loss.backward()
        ours, grads = net.loss(X, y, masks)
        np.testing.assert_allclose(ours, loss.asscalar(), rtol=1e-5)
        for name, param in twin.items():
            grad = param.grad().asnumpy()
            np.testing.assert_allclose(grads[name], grad.T if name[0] == "W" else grad, atol=1e-5)
            net.params[name] -= 0.1 * grads[name]
            param.set_data(param.data() - 0.1 * param.grad())
    for layer, gluon_norm in enumerate(norms, start=1):
        for ours, theirs in zip(net.running[layer], (gluon_norm.running_mean, gluon_norm.running_var), strict=True):
            np.testing.assert_allclose(ours, theirs.data().asnumpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(net.predict(X), forward(twin, X, [1] * depth).asnumpy(), rtol=1e-4, atol=1e-5)


LAYERS = {}


def gluon_twin(net, norm, X):
    """Make Gluon layers with the parameters of `net`; give {name: parameter} and the batch normalizations."""
    params, norms = {}, []
    LAYERS["dense"], LAYERS["norm"] = [], norms
    for layer in range(1, net.depth + 2):
        W, b = net.params[f"W{layer}"], net.params[f"b{layer}"]
        dense = nn.Dense(W.shape[1], in_units=W.shape[0], dtype="float64")
        dense.initialize()
        dense.weight.set_data(nd.array(W.T))
        dense.bias.set_data(nd.array(b))
        params |= {f"W{layer}": dense.weight, f"b{layer}": dense.bias}
        LAYERS["dense"].append(dense)
        if norm and layer <= net.depth:
            gluon_norm = nn.BatchNorm(in_channels=W.shape[1])
            gluon_norm.cast("float64")
            gluon_norm.initialize()
            gluon_norm.gamma.set_data(nd.array(net.params[f"gamma{layer}"]))
            gluon_norm.beta.set_data(nd.array(net.params[f"beta{layer}"]))
            params |= {f"gamma{layer}": gluon_norm.gamma, f"beta{layer}": gluon_norm.beta}
            norms.append(gluon_norm)
    return params, norms


def forward(_, X, masks):
    H = nd.array(X, dtype="float64")
    for layer, mask in enumerate(masks):
        H = LAYERS["dense"][layer](H)
        if LAYERS["norm"]:
            H = LAYERS["norm"][layer](H)
        H = nd.relu(H) * (nd.array(mask, dtype="float64") if isinstance(mask, np.ndarray) else mask)
    return LAYERS["dense"][-1](H)


def test_bias_before_batch_norm_has_no_gradient():
    net, X, y, masks = net_and_data(2, 0.4, True)
    _, grads = net.loss(X, y, masks)
    assert abs(grads["b1"]).max() < 1e-15
    assert abs(grads["b2"]).max() < 1e-15
    assert abs(grads["b3"]).max() > 1e-3


def test_own_masks_are_used_forward_and_backward():
    net, X, y, _ = net_and_data(2, 0.4, False)
    np.random.seed(3)
    masks = [d2l.dropout_forward(np.ones((7, n)), 0.4, "train")[1] for n in (6, 4)]
    given = net.loss(X, y, masks)
    np.random.seed(3)
    drawn = net.loss(X, y)
    assert drawn[0] == given[0]
    for name, grad in drawn[1].items():
        np.testing.assert_array_equal(grad, given[1][name])


def test_prediction_repeats_and_changes_nothing():
    net, X, y, _ = net_and_data(2, 0.4, True)
    net.loss(X, y)
    before = {layer: [part.copy() for part in parts] for layer, parts in net.running.items()}
    np.random.seed(5)
    first = np.random.random()
    np.random.seed(5)
    np.testing.assert_array_equal(net.predict(X), net.predict(X))
    assert np.random.random() == first
    np.testing.assert_allclose(net.predict(X)[:1], net.predict(X[:1]))
    for layer, parts in before.items():
        for old, new in zip(parts, net.running[layer], strict=True):
            np.testing.assert_array_equal(old, new)


def test_rate_one_leaves_the_last_bias():
    net = d2l.FullyConnectedNet([4, 5, 3], drop_prob=1)
    loss, grads = net.loss(np.ones((2, 4)), np.array([0, 1]))
    np.testing.assert_allclose(loss, np.log(3))
    assert all((grads[name] == 0).all() for name in ("W1", "b1", "W2"))


def test_first_weights_are_he_normal():
    net = d2l.FullyConnectedNet([400, 300, 10], batch_norm=True)
    assert abs(net.params["W1"].std() / np.sqrt(2 / 400) - 1) < 0.02
    assert abs(net.params["W1"].mean()) < 0.001
    assert sorted(net.params) == ["W1", "W2", "b1", "b2", "beta1", "gamma1"]


def test_float32_stays_float32():
    net = d2l.FullyConnectedNet([4, 5, 3], drop_prob=0.5, batch_norm=True, dtype="float32")
    X = np.random.normal(size=(6, 4)).astype("float32")
    _, grads = net.loss(X, np.zeros(6, "int64"))
    assert {grad.dtype for grad in grads.values()} == {np.dtype("float32")}
    assert net.predict(X).dtype == "float32"
    assert {part.dtype for part in net.running[1]} == {np.dtype("float32")}


# what is refused

ONES, F32 = np.ones((2, 3)), np.ones((2, 3), "float32")
NET = d2l.FullyConnectedNet([3, 4, 2])
LIKE_OUTPUT = "it has the shape of the output of the forward pass"
REFUSED = {
    "affine_forward: X must have the shape (batch, features), got (3,); is a reshape to (batch, features) missing?": (
        lambda: d2l.affine_forward(np.ones(3), ONES.T, np.ones(2))
    ),
    "affine_forward: W must have a row for each column of X, got X (2, 3) and W (2, 3); is W missing a transpose?": (
        lambda: d2l.affine_forward(ONES, ONES, np.ones(3))
    ),
    "affine_forward: b must have the shape (2,), got (1, 2); it has one entry per column of W": (
        lambda: d2l.affine_forward(ONES, ONES.T, np.ones((1, 2)))
    ),
    "affine_forward: X and W must have the same dtype, got float32 and float64": (
        lambda: d2l.affine_forward(F32, ONES.T, np.ones(2))
    ),
    "affine_forward: X must be a NumPy array of floats of 32 or 64 bits, got NDArray; convert it with .asnumpy()": (
        lambda: d2l.affine_forward(nd.ones((2, 3)), ONES.T, np.ones(2))
    ),
    "affine_backward: cache must be the second result of affine_forward, got NoneType": (
        lambda: d2l.affine_backward(ONES, None)
    ),
    f"affine_backward: d_out must have the shape (2, 2), got (2, 3); {LIKE_OUTPUT}": (
        lambda: d2l.affine_backward(ONES, (ONES, ONES.T))
    ),
    "relu_backward: cache must be the second result of relu_forward, got ndarray of dtype float64": (
        lambda: d2l.relu_backward(ONES, ONES)
    ),
    "relu_backward: d_out and cache must have the same shape, got (2, 3) and (3, 2); is the cache that of another "
    "layer?": lambda: d2l.relu_backward(ONES, ONES.T > 0),
    "batchnorm_forward: gamma must have the shape (3,), got (2,); it has one entry per column of X": (
        lambda: d2l.batchnorm_forward(ONES, np.ones(2), np.ones(3))
    ),
    "batchnorm_forward: statistics must be a pair (mean, var) or None, got 1": (
        lambda: d2l.batchnorm_forward(ONES, np.ones(3), np.ones(3), 1)
    ),
    "batchnorm_forward: var of statistics must be >= 0, got -1.0": (
        lambda: d2l.batchnorm_forward(ONES, np.ones(3), np.ones(3), (np.ones(3), -np.ones(3)))
    ),
    "batchnorm_backward: cache must be the second result of batchnorm_forward, got NoneType": (
        lambda: d2l.batchnorm_backward(ONES, None)
    ),
    "softmax_loss: y must be a NumPy array of 2 integers from 0 to 2, got 3": (
        lambda: d2l.softmax_loss(ONES, np.array([0, 3]))
    ),
    "softmax_loss: y must be a NumPy array of 2 integers from 0 to 2, got dtype float64; convert it with "
    ".astype('int64')": lambda: d2l.softmax_loss(ONES, np.array([0.0, 1.0])),
    "softmax_loss: y must be a NumPy array of 2 integers from 0 to 2, got shape (2, 1)": (
        lambda: d2l.softmax_loss(ONES, np.array([[0], [1]]))
    ),
    "FullyConnectedNet: sizes must be a list of two or more integers >= 1, got [3]": (
        lambda: d2l.FullyConnectedNet([3])
    ),
    "FullyConnectedNet: sizes[1] must be an integer >= 1, got 0": lambda: d2l.FullyConnectedNet([3, 0, 2]),
    "FullyConnectedNet: drop_prob must be in [0, 1] (the chance of zeroing), got 1.5": (
        lambda: d2l.FullyConnectedNet([3, 2], drop_prob=1.5)
    ),
    "FullyConnectedNet: batch_norm must be True or False, got int": (
        lambda: d2l.FullyConnectedNet([3, 2], batch_norm=1)
    ),
    'FullyConnectedNet: dtype must be "float64" or "float32", got \'float16\'': (
        lambda: d2l.FullyConnectedNet([3, 2], dtype="float16")
    ),
    "FullyConnectedNet.predict: X must have the shape (2, 3), got (2, 4); is a reshape to (batch, num_inputs) "
    "missing?": lambda: NET.predict(np.ones((2, 4))),
    "FullyConnectedNet.loss: masks must be a list of one per hidden layer, 1, got 2": (
        lambda: NET.loss(ONES, np.zeros(2, int), [ONES, ONES])
    ),
    "FullyConnectedNet.loss: masks[0] must have the shape (2, 4), got (2, 3); a mask has an entry for each example "
    "and unit": lambda: NET.loss(ONES, np.zeros(2, int), [ONES]),
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_refuses(sentence):
    with pytest.raises((TypeError, ValueError)) as refused:
        REFUSED[sentence]()
    assert str(refused.value) == sentence
