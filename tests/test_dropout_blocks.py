"""The relatives of dropout: mean, variance, what falls together, identity in prediction; hybridized or not.

Feared: keep and drop swapped; a missing 1 / (1 - drop_prob); noise in prediction; a mode frozen by hybridizing; one
mask for all channels or examples; blocks that reach their rate only away from the border; a bias that is dropped;
weights that are changed; shapes that Gluon cannot find by itself.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, init, nd
from mxnet.gluon import nn

BLOCKS = {
    "GaussianDropout": d2l.GaussianDropout,
    "DropBlock of 1": lambda drop_prob: d2l.DropBlock(drop_prob, 1),
    "DropBlock of 3": lambda drop_prob: d2l.DropBlock(drop_prob, 3),
}


def made(name, drop_prob, hybridize=False):
    block = BLOCKS[name](drop_prob)
    if hybridize:
        block.hybridize()
    return block


def in_training(block, X):
    with autograd.train_mode():
        return block(X)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("drop_prob", [0.2, 0.5])
def test_mean_and_variance_of_each_entry(name, drop_prob, hybridize):
    X = nd.array([[1, -2, 3, 0.5]]).reshape((1, 1, 2, 2))
    runs = in_training(made(name, drop_prob, hybridize), nd.repeat(X, 20000, axis=0)).asnumpy()
    variance = drop_prob / (1 - drop_prob) * X.asnumpy()[0] ** 2
    np.testing.assert_allclose(runs.mean(axis=0), X.asnumpy()[0], atol=5 * np.sqrt(variance.max() / 20000))
    np.testing.assert_allclose(runs.var(axis=0), variance, rtol=0.1)


@pytest.mark.parametrize("hybridize", [False, True])
@pytest.mark.parametrize("name", BLOCKS)
def test_identity_in_prediction_before_and_after_training(name, hybridize):
    block, X = made(name, 0.3, hybridize), nd.random.normal(shape=(2, 3, 5, 4))
    for _ in range(2):
        np.testing.assert_array_equal(block(X).asnumpy(), X.asnumpy())
        assert (in_training(block, X) != X).sum().asscalar() > 0


@pytest.mark.parametrize("name", BLOCKS)
def test_rate_0_changes_nothing(name):
    X = nd.random.normal(shape=(2, 3, 5, 4))
    np.testing.assert_array_equal(in_training(made(name, 0), X).asnumpy(), X.asnumpy())


def test_every_hole_of_drop_block_is_made_of_squares():
    out = in_training(d2l.DropBlock(0.1, 3), nd.ones((50, 2, 9, 9))).asnumpy()
    assert np.unique(out.round(4)).tolist() == [0, np.float32(1 / 0.9).round(4)]
    inside = 0
    for kept in out.reshape((-1, 9, 9)) > 0:
        padded = np.pad(~kept, 2, constant_values=True)  # a block may reach out of the map
        corners = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).all(axis=(2, 3))
        covered = np.zeros_like(padded)
        for i, j in np.argwhere(corners):
            covered[i : i + 3, j : j + 3] = True
        assert (covered[2:-2, 2:-2] == ~kept).all()
        inside += (~kept)[1:-1, 1:-1].any()
    assert inside > 50


@pytest.mark.parametrize("place", [(0, 0), (0, 4), (4, 4)])
def test_drop_block_drops_corners_and_edges_as_often_as_the_middle(place):
    out = in_training(d2l.DropBlock(0.25, 3), nd.ones((20000, 1, 9, 9))).asnumpy()
    share = (out[:, 0][:, place[0], place[1]] == 0).mean()
    assert abs(share - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 20000)


def test_channels_and_examples_have_blocks_of_their_own():
    kept = in_training(d2l.DropBlock(0.3, 2), nd.ones((4000, 2, 3, 3))).asnumpy()[:, :, 1, 1] > 0
    assert abs(np.corrcoef(kept[:, 0], kept[:, 1])[0, 1]) < 5 / np.sqrt(4000)
    assert abs(np.corrcoef(kept[1:, 0], kept[:-1, 0])[0, 1]) < 5 / np.sqrt(4000)


@pytest.mark.parametrize("name", BLOCKS)
def test_gradient_goes_through_the_same_noise(name):
    X = nd.random.uniform(1, 2, (2, 2, 4, 4))
    X.attach_grad()
    with autograd.record():
        out = made(name, 0.4)(X)
    out.backward()
    np.testing.assert_allclose(X.grad.asnumpy(), (out / X).asnumpy(), rtol=1e-4, atol=1e-5)


def drop_connect(drop_prob=0.4, hybridize=False, **options):
    layer = d2l.DropConnectDense(3, drop_prob, in_units=4, **options)
    layer.initialize(init.Normal(1))
    layer.bias.set_data(nd.array([1, 2, 3]))
    if hybridize:
        layer.hybridize()
    return layer


@pytest.mark.parametrize("hybridize", [False, True])
def test_drop_connect_mean_and_variance(hybridize):
    layer, X = drop_connect(hybridize=hybridize), nd.array([[1, -2, 0.5, 3]])
    weight = layer.weight.data().asnumpy()
    runs = np.stack([in_training(layer, X).asnumpy()[0] for _ in range(5000)])
    variance = 0.4 / 0.6 * (weight**2) @ X.asnumpy()[0] ** 2
    np.testing.assert_allclose(runs.mean(axis=0), layer(X).asnumpy()[0], atol=5 * np.sqrt(variance.max() / 5000))
    np.testing.assert_allclose(runs.var(axis=0), variance, rtol=0.15)
    np.testing.assert_array_equal(layer.weight.data().asnumpy(), weight)


def test_drop_connect_predicts_as_dense():
    layer, X = drop_connect(activation="relu"), nd.random.normal(shape=(5, 4))
    dense = nn.Dense(3, activation="relu", in_units=4)
    dense.initialize()
    dense.weight.set_data(layer.weight.data())
    dense.bias.set_data(layer.bias.data())
    np.testing.assert_array_equal(layer(X).asnumpy(), dense(X).asnumpy())


def test_drop_connect_keeps_the_bias_and_shares_its_mask_over_the_batch():
    layer = drop_connect()
    assert (in_training(layer, nd.zeros((2, 4))) == layer.bias.data()).min().asscalar() == 1
    twice = in_training(layer, nd.repeat(nd.random.normal(shape=(1, 4)), 2, axis=0)).asnumpy()
    np.testing.assert_array_equal(twice[0], twice[1])


def test_drop_connect_drops_single_weights():
    layer = drop_connect()
    layer.weight.set_data(nd.ones((3, 4)))
    effective = (in_training(layer, nd.concat(nd.eye(4), nd.zeros((1, 4)), dim=0)) - layer.bias.data()).asnumpy()[:4]
    assert set(np.unique(effective.round(3))) <= {0, np.float32(1 / 0.6).round(3)}
    many = [(in_training(layer, nd.eye(4)) - layer.bias.data()).asnumpy() == 0 for _ in range(2000)]
    assert abs(np.mean(many) - 0.4) < 0.02
    assert abs(np.corrcoef(np.array(many)[:, 0, 0], np.array(many)[:, 1, 0])[0, 1]) < 0.12


@pytest.mark.parametrize("hybridize", [False, True])
def test_drop_connect_finds_its_inputs_by_itself(hybridize):
    net = nn.HybridSequential()
    net.add(nn.Dense(5), d2l.DropConnectDense(2, 0.5))
    net.initialize()
    if hybridize:
        net.hybridize()
    assert net(nd.ones((1, 3))).shape == (1, 2)
    assert net[1].weight.shape == (2, 5)


@pytest.mark.parametrize(("name", "more"), [("GaussianDropout", ()), ("DropBlock", (3,)), ("DropConnectDense", ())])
@pytest.mark.parametrize(
    ("drop_prob", "error", "came"),
    [
        (1, ValueError, "1"),
        (-0.1, ValueError, "-0.1"),
        (float("nan"), ValueError, "nan"),
        ("x", TypeError, "'x' (str)"),
    ],
)
def test_refuses_a_rate(name, more, drop_prob, error, came):
    with pytest.raises(error) as refused:
        getattr(d2l, name)(*((2,) if name == "DropConnectDense" else ()), drop_prob, *more)
    assert str(refused.value) == f"{name}: drop_prob must be in [0, 1) (the chance of zeroing), got {came}"


def test_drop_block_refuses_its_size_and_its_input():
    with pytest.raises(ValueError, match=r"^DropBlock: block_size must be an integer >= 1, got 0$"):
        d2l.DropBlock(0.1, 0)
    with pytest.raises(
        ValueError, match=r"^DropBlock: X must have shape \(batch, channels, height, width\), got \(3, 4\)$"
    ):
        d2l.DropBlock(0.1, 2)(nd.ones((3, 4)))


@pytest.mark.parametrize("name", BLOCKS)
def test_refuses_integers(name):
    sentence = (
        f"{name.split()[0]}: X must be an NDArray of floats of 32 or 64 bits, got dtype int32; "
        "convert it with X.astype('float32')"
    )
    with pytest.raises(TypeError) as refused:
        made(name, 0.1)(nd.ones((1, 1, 2, 2), dtype="int32"))
    assert str(refused.value) == sentence
