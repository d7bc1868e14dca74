"""What earlier versions answered with a wrong number or with an error from inside MXNet, each now with its sentence.

`test_hostile_inputs.py` finds such things; here they stand by name, so that none comes back.
"""

import re

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from mxnet import nd

NAN = float("nan")


def score_rows(n):
    return nd.array(np.eye(3)[np.arange(n) % 3])


def train(net=lambda X: X, y=None, loss=None):
    batch = (score_rows(4), nd.zeros(4) if y is None else y)
    W = nd.ones(1)
    W.attach_grad()
    loss = loss or (lambda y_hat, y: (y_hat * W).sum(axis=1))
    return d2l.train_ch3(net, [batch], [batch], loss, 1, 4, [W], 0.1)


HALVES = nd.ones((2, 2), dtype="float16")
SENTENCES = {
    "a bias makes a matrix of a column": (
        lambda: d2l.linreg(nd.ones((4, 3)), nd.ones((3, 1)), nd.ones(4)),
        "linreg: b must have one entry or one per output, got b (4,) for an output (4, 1)",
    ),
    "float16 has no matrix product on a CPU": (
        lambda: d2l.linreg(HALVES, HALVES, HALVES[0]),
        "linreg: X must be an NDArray of floats of 32 or 64 bits, got dtype float16; convert it with "
        "X.astype('float32')",
    ),
    "two dtypes": (
        lambda: d2l.linreg(nd.ones((2, 2)), nd.ones((2, 2), dtype="float64"), nd.ones(2)),
        "linreg: X and w must have the same dtype, got float32 and float64; convert with w.astype('float32')",
    ),
    "a rate so near 1 that float16 gives 0 / 0": (
        lambda: d2l.dropout(HALVES, 1 - 1e-9),
        "dropout: drop_prob must be 1 or at most 0.99994 for an X of float16, got 0.999999999",
    ),
    "an empty array": (
        lambda: d2l.dropout(nd.array([]), 0.5),
        "dropout: X must be an NDArray of floats with at least one entry, got shape (0,)",
    ),
    "an array of mx.np": (
        lambda: d2l.dropout(mx.np.ones(3), 0.5),
        "dropout: X must be an NDArray of floats, got ndarray",
    ),
    "integers are halved and rounded": (
        lambda: d2l.squared_loss(nd.array([3], dtype="int32"), nd.array([0], dtype="int32")),
        "squared_loss: y_hat must be an NDArray of floats, got dtype int32; convert it with y_hat.astype('float32')",
    ),
    "a class beyond the last is taken for the last": (
        lambda: d2l.softmax_cross_entropy(nd.ones((2, 3)), nd.array([0, 3])),
        "softmax_cross_entropy: y must hold whole numbers in [0, 2], got 3 among them",
    ),
    "a class below 0 is taken for 0": (
        lambda: d2l.softmax_cross_entropy(nd.ones((2, 3)), nd.array([-1, 1])),
        "softmax_cross_entropy: y must hold whole numbers in [0, 2], got -1 among them",
    ),
    "half a class": (
        lambda: d2l.softmax_cross_entropy(nd.ones((2, 3)), nd.array([0, 1.5])),
        "softmax_cross_entropy: y must hold whole numbers in [0, 2], got 1.5 among them",
    ),
    "an infinite step": (lambda: d2l.sgd([], float("inf"), 1), "sgd: lr must be > 0, got inf"),
    "a rate that MXNet cannot read": (
        lambda: d2l.sgd([], 1e-310, 1),
        "sgd: lr must be > 0 and not so near 0, got 1e-310",
    ),
    "a number that fits no float": (
        lambda: d2l.sgd([], 10**400, 1),
        "sgd: lr must be > 0 and fit a float, got an integer of 1329 bits",
    ),
    "a batch that fits no computer": (
        lambda: d2l.sgd([], 0.1, 2**63),
        "sgd: batch_size must be an integer >= 1 and < 2**63, got 9223372036854775808",
    ),
    "labels in a column give an accuracy above 1": (
        lambda: d2l.evaluate_accuracy([(score_rows(4), nd.zeros((4, 1)))], lambda X: X),
        "evaluate_accuracy: what net gives must have shape (batch, num_classes) and y shape (batch,), got (4, 3) and "
        "(4, 1); y holds class numbers, not one-hot rows",
    ),
    "what is no pair": (
        lambda: d2l.evaluate_accuracy([1], lambda X: X),
        "evaluate_accuracy: data_iter must yield pairs (X, y), got int",
    ),
    "a device by name": (
        lambda: d2l.evaluate_accuracy([(score_rows(4), nd.zeros(4))], lambda X: X, "cpu"),
        "evaluate_accuracy: ctx must be a Context, a list of them or None, got 'cpu'",
    ),
    "a mean for a loss makes small steps": (
        lambda: train(loss=lambda y_hat, y: y_hat.mean()),
        "train_ch3: loss must give one value per example, got shape (1,) for 4",
    ),
    "labels in a column, in training": (
        lambda: train(y=nd.zeros((4, 1))),
        "train_ch3: what net gives must have shape (batch, num_classes) and y shape (batch,), got (4, 3) and (4, 1); y "
        "holds class numbers, not one-hot rows",
    ),
    "a history of unequal columns": (
        lambda: d2l.History([1.0], [0.5], []),
        "History: test_acc must have one entry per epoch as train_loss has, got 0 for 1",
    ),
    "a function that leaves MXNet": (
        lambda: d2l.gradcheck(lambda x: nd.array(x.asnumpy()).sum(), nd.ones(3)),
        "gradcheck: f must compute its result from its arguments with MXNet, got one that autograd cannot follow",
    ),
    "more examples than an array can hold": (
        lambda: d2l.synthetic_data([1, 2], 0, 2**31),
        "synthetic_data: num_examples must be so small that X has fewer than 2**31 entries, got 2147483648 for 2 "
        "weights",
    ),
    "infinite weights": (
        lambda: d2l.synthetic_data([1, NAN], 0, 5),
        "synthetic_data: w must hold finite numbers that fit float32, got others among them",
    ),
    "words for weights": (
        lambda: d2l.synthetic_data(["a"], 0, 5),
        "synthetic_data: w must be an NDArray or a list of numbers, got ['a']",
    ),
    "a curve of nothing": (
        lambda: d2l.plot([1], [None], x_label="x", y_label="y"),
        "plot: y_vals must be numbers, got [None]",
    ),
    "a curve that leaves every figure": (
        lambda: d2l.plot([1, 2], [1e308, -1e308], x_label="x", y_label="y"),
        "plot: y_vals must be numbers within 1e300 on either side, got [1e+308, -1e+308]",
    ),
    "a row of numbers for an image": (
        lambda: d2l.show_images([nd.ones(3)], 1, 1),
        "show_images: an image must be of shape (height, width) or (height, width, 3), got (3,)",
    ),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_it_is_refused_with_a_whole_sentence(what):
    call, sentence = SENTENCES[what]
    with pytest.raises((ValueError, TypeError), match=f"^{re.escape(sentence)}$"):
        call()


def test_gradients_that_no_factor_can_mend_are_told():
    param = nd.ones(2)
    param.attach_grad()
    param.grad[:] = nd.array([1, NAN])
    with pytest.raises(FloatingPointError, match=r"^grad_clipping: the norm of all gradients must be finite, got nan$"):
        d2l.grad_clipping([param], 1)


def test_gradients_of_float16_are_clipped_although_their_squares_overflow():
    param = nd.ones(2, dtype="float16")
    param.attach_grad()
    param.grad[:] = nd.array([300, 400], dtype="float16")
    d2l.grad_clipping([param], 1)
    np.testing.assert_allclose(param.grad.asnumpy(), [0.6, 0.8], rtol=1e-3)
    d2l.grad_clipping([], 1)


def test_scores_that_are_not_numbers_are_never_right():
    """MXNet's argmax passes over NaN, so that a net that has diverged seems to guess class 0."""
    y_hat = nd.array([[NAN, 0, 0], [NAN, NAN, NAN], [1, 0, 0], [0, 1, 0]])
    assert d2l.accuracy(y_hat, nd.zeros(4)) == 0.25
    assert d2l.evaluate_accuracy([(y_hat, nd.zeros(4))], lambda X: X) == 0.25


def test_a_last_batch_smaller_than_the_number_of_devices_is_measured():
    batch = (score_rows(1), nd.zeros(1))
    assert d2l.evaluate_accuracy([batch], lambda X: X, [mx.cpu(0), mx.cpu(1)]) == 1


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint8, np.uint64])
def test_numpys_integers_will_do(kind):
    d2l.seed_everything(kind(3))
    first = nd.random.uniform(shape=2).asnumpy().tolist()
    d2l.seed_everything(3)
    assert nd.random.uniform(shape=2).asnumpy().tolist() == first
    loader = d2l.BatchLoader(nd.ones((5, 2)), nd.ones(5), kind(2), False)
    assert [len(y) for _, y in loader] == [2, 2, 1]
    assert len(loader) == 3


@pytest.mark.parametrize("y_hat", [nd.ones((2, 3), dtype="float16"), nd.ones((2, 3), dtype="float64")])
def test_accuracy_of_floats_of_any_size(y_hat):
    y_hat[0, 1] = 5
    assert d2l.accuracy(y_hat, nd.array([1, 2], dtype="int32")) == 0.5
