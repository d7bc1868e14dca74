"""train_ch3 and History: steps by the batch's own size, both kinds of net, what is measured, what is refused."""

import time

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import autograd, gluon, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

LOSS = gloss.SoftmaxCrossEntropyLoss()


def batches(*sizes):
    return [(nd.random.normal(shape=(size, 4)), nd.array(np.arange(size) % 3)) for size in sizes]


def scratch_net():
    W, b = nd.random.normal(shape=(4, 3)), nd.zeros(3)
    for param in (W, b):
        param.attach_grad()
    return (lambda X: d2l.linreg(X, W, b)), [W, b]


def test_history_prints_the_familiar_lines():
    history = d2l.History([1.1165, 0.5763], [0.562, 0.784], [0.785, 0.81])
    assert repr(history) == (
        "epoch 1, loss 1.1165, train acc 0.562, test acc 0.785\nepoch 2, loss 0.5763, train acc 0.784, test acc 0.810"
    )


def test_history_plots_what_it_holds():
    ax = d2l.History([1, 0.5], [0.5, 0.75], [0.25, 0.5]).plot()
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.5, 0.75], [0.25, 0.5]]
    d2l.plt.close(ax.figure)


def test_every_step_is_scaled_by_its_own_batch():
    """Dividing the last batch of 2 by 5, as d2lzh does, ends elsewhere."""
    train = batches(5, 2)
    net, params = scratch_net()
    expected = [param.copy() for param in params]
    for X, y in train:
        for param in expected:
            param.attach_grad()
        with autograd.record():
            loss = LOSS(d2l.linreg(X, *expected), y).mean()
        loss.backward()
        expected = [param - 0.1 * param.grad for param in expected]
    d2l.train_ch3(net, train, train, LOSS, 1, 5, params, 0.1)
    for ours, theirs in zip(params, expected, strict=True):
        np.testing.assert_allclose(ours.asnumpy(), theirs.asnumpy(), rtol=1e-5)


def test_scratch_and_gluon_train_alike():
    train = batches(6, 6, 3)
    net, params = scratch_net()
    layer = nn.Dense(3, in_units=4)
    layer.initialize()
    layer.weight.set_data(params[0].T)
    trainer = gluon.Trainer(layer.collect_params(), "sgd", {"learning_rate": 0.3})
    ours = d2l.train_ch3(net, train, train, LOSS, 4, 6, params, 0.3)
    theirs = d2l.train_ch3(layer, train, train, LOSS, 4, 6, trainer=trainer)
    np.testing.assert_allclose(ours.train_loss, theirs.train_loss, rtol=1e-5)
    assert ours.test_acc == theirs.test_acc
    assert ours.train_loss[-1] < ours.train_loss[0]
    assert len(ours.train_loss) == len(ours.train_acc) == len(ours.test_acc) == 4


def test_history_weighs_examples_not_batches():
    train = batches(8, 1)
    net, params = scratch_net()
    expected = sum(LOSS(net(X), y).sum().asscalar() for X, y in train) / 9
    history = d2l.train_ch3(net, train, train, LOSS, 1, 8, params, 1e-12)
    assert history.train_loss[0] == pytest.approx(expected, rel=1e-5)
    assert history.train_acc[0] == pytest.approx(d2l.evaluate_accuracy(train, net))


def test_test_accuracy_is_measured_on_the_test_set_after_the_epoch():
    net, params = scratch_net()
    test = batches(40)
    history = d2l.train_ch3(net, batches(8), test, LOSS, 1, 8, params, 0.5)
    assert history.test_acc == [d2l.evaluate_accuracy(test, net)]
    assert history.test_acc != history.train_acc


def test_training_mode_in_training_predict_mode_in_evaluation():
    modes = []
    net, params = scratch_net()
    watched = lambda X: (modes.append(autograd.is_training()), net(X))[1]
    d2l.train_ch3(watched, batches(2), batches(2), LOSS, 2, 2, params, 0.1)
    assert modes == [True, False, True, False]


def test_a_run_repeats_after_the_same_seed():
    def run():
        d2l.seed_everything(7)
        data = d2l.BatchLoader(nd.random.normal(shape=(50, 4)), nd.array(np.arange(50) % 3), 8, shuffle=True)
        net, params = scratch_net()
        return d2l.train_ch3(net, data, data, LOSS, 2, 8, params, 0.1)

    assert run() == run()


@pytest.mark.parametrize(("arguments", "sentence"), [
    ({}, r"^train_ch3: either trainer .* must be given, got params None, lr None, trainer None$"),
    ({"params": []}, r"^train_ch3: either trainer .* must be given, got params given, lr None, trainer None$"),
    ({"params": [], "lr": 0.1, "trainer": 1}, r"got params given, lr 0.1, trainer given$"),
])  # fmt: skip
def test_one_way_to_update(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        d2l.train_ch3(len, batches(2), batches(2), LOSS, 1, 2, **arguments)


def test_a_wrong_batch_size_is_told():
    net, params = scratch_net()
    with pytest.raises(ValueError, match=r"^train_ch3: batch_size must be that of train_iter, got 2 for a batch of 5$"):
        d2l.train_ch3(net, batches(5), batches(5), LOSS, 1, 2, params, 0.1)


def test_divergence_names_the_likely_cause():
    net, params = scratch_net()
    params[0][:] = np.nan
    with pytest.raises(
        FloatingPointError, match=r"^train_ch3: the loss of epoch 1 must be finite, got nan; the learning"
    ):
        d2l.train_ch3(net, batches(5), batches(5), LOSS, 1, 5, params, 0.1)


def test_python_does_not_run_a_whole_epoch_ahead_of_the_computation():
    """What is queued cannot be interrupted."""
    data = d2l.BatchLoader(nd.ones((20, 700)), nd.zeros(20), 1, shuffle=False)
    W, begun = nd.ones((700, 700)), []
    net = nn.Dense(2)
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 1e-6})

    def slow(X):
        begun.append(time.perf_counter())
        with autograd.pause():
            work = nd.dot(nd.dot(W, W), W).sum() * 0
        return net(X + work)

    d2l.train_ch3(slow, data, data, gloss.SoftmaxCrossEntropyLoss(), 1, 1, trainer=trainer)
    first, last, tested = begun[0], begun[19], begun[20]  # the test pass begins when the epoch has been computed
    assert last - first > (tested - first) / 2


def test_other_refusals():
    net, params = scratch_net()
    with pytest.raises(TypeError, match=r"^train_ch3: train_iter must be an iterable of \(X, y\), got Dense$"):
        d2l.train_ch3(net, nn.Dense(1), batches(2), LOSS, 1, 2, params, 0.1)
    with pytest.raises(TypeError, match=r"^train_ch3: loss must be callable, got float$"):
        d2l.train_ch3(net, batches(2), batches(2), 0.1, 1, 2, params, 0.1)
    with pytest.raises(ValueError, match=r"^train_ch3: num_epochs must be an integer >= 1, got 0$"):
        d2l.train_ch3(net, batches(2), batches(2), LOSS, 0, 2, params, 0.1)
    with pytest.raises(ValueError, match=r"^train_ch3: train_iter must hold at least one example, got none"):
        d2l.train_ch3(net, [], batches(2), LOSS, 1, 2, params, 0.1)
