"""R-Drop's loss against values worked by hand, against NumPy and Gluon, under frozen masks, and at padding.

Feared: one direction of KL, or no half; cross-entropies added and not averaged; a mean over the classes in place of a
sum; log of a probability that is 0; a gradient that stops at one of the passes; examples
of the doubled batch paired with the wrong partner; padding that counts, in the sum or in the number by which it is
divided, or that spreads NaN; a mask that lands on the classes.
"""

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn

LOG3 = np.log(3)


def logits_of(*probs, dtype="float64"):
    return nd.log(nd.array([probs], dtype=dtype))


def draw(*shape, scale=2, dtype="float64"):
    return nd.array(np.random.normal(scale=scale, size=shape), dtype=dtype)


def labels(*shape, num_classes=4):
    return nd.array(np.random.randint(num_classes, size=shape), dtype="float64")


def expected(logits1, logits2, y, alpha, mask=None):
    """Compute the formula place by place."""
    log_p, log_q = (x - np.log(np.exp(x).sum(-1, keepdims=True)) for x in (logits1.asnumpy(), logits2.asnumpy()))
    result = np.zeros(len(log_p))
    for i in range(len(log_p)):
        places = [()] if log_p.ndim == 2 else [(t,) for t in range(log_p.shape[1])]
        kept = [place for place in places if mask is None or mask[(i, *place)].asscalar()]
        for place in kept:
            a, b, label = log_p[(i, *place)], log_q[(i, *place)], int(y[(i, *place)].asscalar())
            kl = (np.exp(a) * (a - b)).sum() + (np.exp(b) * (b - a)).sum()
            result[i] += (-(a[label] + b[label]) / 2 + alpha * kl / 2) / len(kept)
    return result


def test_by_hand():
    # KL(p||q) = log(4/3)/2, KL(q||p) = 3/4 log(3/2) - 1/4 log(2): their sum is log(3)/4
    loss = d2l.r_drop_loss(logits_of(0.5, 0.5), logits_of(0.25, 0.75), nd.array([1]), alpha=8)
    assert loss.asscalar() == pytest.approx(-np.log(0.5 * 0.75) / 2 + 8 * LOG3 / 8, rel=1e-12)


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 1), (4, 6)])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("alpha", [0, 0.7, 5])
def test_agrees_with_the_formula(shape, masked, alpha):
    first, second, y = draw(*shape, 4), draw(*shape, 4), labels(*shape)
    mask = nd.array(np.random.randint(2, size=shape), dtype="float64") if masked else None
    loss = d2l.r_drop_loss(first, second, y, alpha=alpha, mask=mask)
    assert (loss.shape, loss.dtype) == (shape[:1], np.float64)
    np.testing.assert_allclose(loss.asnumpy(), expected(first, second, y, alpha, mask), rtol=1e-10, atol=1e-12)


def test_equal_passes_cost_only_their_cross_entropy():
    logits, y = draw(6, 4, dtype="float32"), labels(6)
    loss = d2l.r_drop_loss(logits, logits, y, alpha=100)
    assert loss.asnumpy().tolist() == d2l.softmax_cross_entropy(logits, y).asnumpy().tolist()


def test_alpha_0_is_the_mean_of_two_cross_entropies():
    first, second, y = draw(6, 4), draw(6, 4), labels(6)
    mean = (d2l.softmax_cross_entropy(first, y) + d2l.softmax_cross_entropy(second, y)) / 2
    assert d2l.r_drop_loss(first, second, y, alpha=0).asnumpy().tolist() == mean.asnumpy().tolist()


@given(seed=st.integers(0, 1000), alpha=st.floats(0, 20), shift=st.floats(-50, 50))
@settings(max_examples=30, deadline=None)
def test_symmetric_never_below_alpha_0_and_blind_to_a_shift(seed, alpha, shift):
    np.random.seed(seed)
    first, second, y = draw(5, 4), draw(5, 4), labels(5)
    loss = d2l.r_drop_loss(first, second, y, alpha=alpha).asnumpy()
    swapped = d2l.r_drop_loss(second, first, y, alpha=alpha).asnumpy()
    shifted = d2l.r_drop_loss(first + shift, second, y, alpha=alpha).asnumpy()
    np.testing.assert_allclose(swapped, loss, rtol=1e-12)
    np.testing.assert_allclose(shifted, loss, rtol=1e-9)
    assert (loss >= d2l.r_drop_loss(first, second, y, alpha=0).asnumpy()).all()


def test_large_scores_do_not_overflow():
    far = nd.array([[1000, -1000, 0]])
    loss = d2l.r_drop_loss(far, -far, nd.array([0]), alpha=1)
    assert loss.asscalar() == pytest.approx(1000 + 2000, rel=1e-5)  # (0 + 2000) / 2, and (1 - 0) * 2000 twice, halved


def test_gradients():
    first, second, y, mask = draw(3, 5, 4), draw(3, 5, 4), labels(3, 5), nd.ones((3, 5), dtype="float64")
    mask[0, 2:] = 0
    assert d2l.gradcheck(lambda a, b: d2l.r_drop_loss(a, b, y, alpha=2).sum(), first, second) < 1e-6
    assert d2l.gradcheck(lambda a, b: d2l.r_drop_loss(a, b, y, alpha=2, mask=mask).sum(), first, second) < 1e-6


def test_gradient_through_both_passes_of_a_network_under_frozen_masks():
    X, y = draw(6, 5), labels(6)
    masks = [nd.array(np.random.randint(2, size=(6, 8)) * 2, dtype="float64") for _ in range(2)]

    def loss(W1, W2):
        passes = [nd.dot(nd.tanh(nd.dot(X, W1)) * mask, W2) for mask in masks]
        return d2l.r_drop_loss(*passes, y, alpha=3).mean()

    assert d2l.gradcheck(loss, draw(5, 8, scale=0.5), draw(8, 4, scale=0.5)) < 1e-6


def network():
    net = nn.HybridSequential()
    net.add(nn.Dense(16, activation="relu", in_units=5), nn.Dropout(0.5), nn.Dense(4, in_units=16))
    net.initialize(init.Xavier())
    return net


def frozen(net, X, mask):
    """Run a net with a given mask in place of the drawn one."""
    return net[2](net[0](X) * mask)


def test_two_passes_are_one_pass_over_the_doubled_batch_under_the_same_masks():
    net, X, y = network(), draw(6, 5, dtype="float32"), labels(6)
    masks = [nd.array(np.random.randint(2, size=(6, 16)) * 2) for _ in range(2)]
    results = []
    for doubled in (False, True):
        with autograd.record():
            if doubled:
                passes = nd.split(frozen(net, nd.concat(X, X, dim=0), nd.concat(*masks, dim=0)), 2, axis=0)
            else:
                passes = [frozen(net, X, mask) for mask in masks]
            loss = d2l.r_drop_loss(*passes, y, alpha=2)
        loss.backward()
        results.append([loss.asnumpy(), *(param.grad().asnumpy() for param in net.collect_params().values())])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_gluon_adds_kl_over_the_places_of_a_sequence():  # as its documentation does not say, and the chapter does
    log_p, log_q = nd.log_softmax(draw(2, 5, 4)), nd.log_softmax(draw(2, 5, 4))
    added = (log_p.exp() * (log_p - log_q)).sum(axis=(1, 2))
    of_gluon = gluon.loss.KLDivLoss(from_logits=True)(log_q, log_p.exp())
    np.testing.assert_allclose(of_gluon.asnumpy(), added.asnumpy(), rtol=1e-6)


class InGluon(gluon.loss.Loss):
    """The loss of the doubled batch as a block of Gluon, which can be hybridized."""

    def __init__(self, alpha):
        super().__init__(None, 0)
        self.alpha = alpha

    def hybrid_forward(self, F, logits, y, mask=None):
        return d2l.r_drop_loss(*F.split(logits, 2, axis=0), y, alpha=self.alpha, mask=mask)


@pytest.mark.parametrize("shape", [(6,), (6, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_hybridized_equals_imperative(shape, masked):
    if masked and len(shape) == 1:
        mask = nd.array([1, 1, 0, 1, 0, 1], dtype="float64")
    else:
        mask = nd.array(np.random.randint(2, size=shape), dtype="float64")
    first, second, y = draw(*shape, 4), draw(*shape, 4), labels(*shape)
    loss = InGluon(2)
    loss.hybridize()
    masks = [mask] if masked else []
    got = loss(nd.concat(first, second, dim=0), y, *masks)
    ours = d2l.r_drop_loss(first, second, y, alpha=2, mask=mask if masked else None)
    assert got.shape == (6,)
    np.testing.assert_allclose(got.asnumpy(), ours.asnumpy(), rtol=1e-12)


@pytest.mark.parametrize("junk", [0, 7, float("nan"), float("inf")])
def test_padding_changes_nothing_neither_loss_nor_gradient(junk):
    first, second, y = draw(3, 4, 4), draw(3, 4, 4), labels(3, 4)
    bare = d2l.r_drop_loss(first, second, y, alpha=2).asnumpy()
    extra = nd.full((3, 2, 4), junk, dtype="float64")
    padded = [nd.concat(part, extra, dim=1) for part in (first, second)]
    y = nd.concat(y, nd.full((3, 2), -1, dtype="float64"), dim=1)
    mask = nd.concat(nd.ones((3, 4), dtype="float64"), nd.zeros((3, 2), dtype="float64"), dim=1)
    for part in padded:
        part.attach_grad()
    with autograd.record():
        loss = d2l.r_drop_loss(*padded, y, alpha=2, mask=mask)
    loss.backward()
    assert loss.asnumpy().tolist() == bare.tolist()
    for part in padded:
        assert (part.grad[:, 4:].asnumpy() == 0).all()
        assert (part.grad[:, :4].asnumpy() != 0).all()


def test_an_example_without_a_real_place_costs_nothing():
    mask = nd.array([[1, 1], [0, 0]], dtype="float64")
    loss = d2l.r_drop_loss(draw(2, 2, 4), draw(2, 2, 4), labels(2, 2), alpha=1, mask=mask).asnumpy()
    assert loss[0] > 0
    assert loss[1] == 0


GOOD = {"logits1": nd.ones((2, 3)), "logits2": nd.ones((2, 3)), "y": nd.array([0, 2]), "alpha": 1, "mask": nd.ones(2)}
SCORES = "an NDArray of floats of 32 or 64 bits"


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"alpha": -0.5}, ValueError, "alpha must be a finite number >= 0, got -0.5"),
        ({"alpha": float("nan")}, ValueError, "alpha must be a finite number >= 0, got nan"),
        ({"alpha": "1"}, TypeError, "alpha must be a finite number >= 0, got '1' (str)"),
        ({"logits1": np.ones((2, 3))}, TypeError, f"logits1 must be {SCORES}, got ndarray"),
        (
            {"logits2": nd.ones((2, 3), dtype="float16")},
            TypeError,
            f"logits2 must be {SCORES}, got dtype float16; convert it with logits2.astype('float32')",
        ),
        (
            {"logits2": nd.ones((2, 3), dtype="float64")},
            TypeError,
            "logits1 and logits2 must have the same dtype, got float32 and float64; convert with "
            "logits2.astype('float32')",
        ),
        (
            {"logits2": nd.ones((4, 3))},
            ValueError,
            "logits1 and logits2 must have the same shape, got (2, 3) and (4, 3); both are scores of the same examples",
        ),
        (
            {"y": nd.array([0, 2, 0, 2])},
            ValueError,
            "logits1 must have shape (batch, num_classes) or (batch, length, num_classes) and y its shape without "
            "classes, got (2, 3) and (4,); y holds class numbers, once and not doubled",
        ),
        ({"y": [0, 2]}, TypeError, "y must be an NDArray, got list"),
        ({"y": nd.array([0, 3])}, ValueError, "y must hold whole numbers in [0, 2], got 3 among them"),
        ({"y": nd.array([0, 0.5])}, ValueError, "y must hold whole numbers in [0, 2], got 0.5 among them"),
        (
            {"mask": nd.ones((2, 3))},
            ValueError,
            "y and mask must have the same shape, got (2,) and (2, 3); a mask has one entry per label",
        ),
        (
            {"mask": nd.array([1, 0.5])},
            ValueError,
            "mask must hold 1 at real places and 0 at padding, got 0.5 among them",
        ),
        (
            {"mask": nd.ones(2, dtype="float64")},
            TypeError,
            "logits1 and mask must have the same dtype, got float32 and float64; convert with mask.astype('float32')",
        ),
    ],
)
def test_refuses(changed, error, sentence):
    arguments = GOOD | changed
    with pytest.raises(error) as refused:
        d2l.r_drop_loss(**arguments)
    assert str(refused.value) == f"r_drop_loss: {sentence}"


def test_labels_at_padding_may_be_anything():
    y, mask = nd.array([0, -100]), nd.array([1, 0])
    assert d2l.r_drop_loss(GOOD["logits1"], GOOD["logits2"], y, alpha=1, mask=mask).asnumpy()[1] == 0
