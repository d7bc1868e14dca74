"""Do two samples come from one distribution? A classifier is asked to tell them apart."""

import math

from d2l_utils import _validation

import numpy as np
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn


def coin_p_value(hits, num_tosses):
    """Give the chance that a fair coin shows heads `hits` times or more.

    Parameters
    ----------
    hits : int in [0, num_tosses]
        How often it was right.
    num_tosses : int in [1, 100000]
        How often it was thrown.

    Returns
    -------
    float in [0, 1]
        The upper tail of the binomial distribution with chance 1/2: a p-value.

    Raises
    ------
    TypeError
        If an argument is no integer.
    ValueError
        If it lies outside its limits.

    Notes
    -----
    The sum of C(num_tosses, k) over k >= hits, divided by 2**num_tosses, in whole numbers and so exact. A test that
    cries at p <= level cries without a cause in at most that share of cases, often a little less: tosses are counted in
    whole numbers, and no count may have just this p-value.

    Examples
    --------
    >>> coin_p_value(2, 2), coin_p_value(1, 2)
    (0.25, 0.75)

    Introduced in: notebooks/21-distribution-shift.ipynb
    """
    _check_tosses(hits, num_tosses)
    ways, favorable = math.comb(num_tosses, hits), 0
    for k in range(hits, num_tosses + 1):
        favorable += ways
        ways = ways * (num_tosses - k) // (k + 1)  # C(n, k + 1) from C(n, k)
    return favorable / 2**num_tosses


def two_sample_test(first, second, num_hidden=32, num_steps=60, lr=0.005):
    """Test whether two samples come from one distribution, by a classifier that learns to tell them apart.

    Parameters
    ----------
    first, second : NDArray of shape (n, ...), floats, n >= 2
        Independent examples, as many of each.
    num_hidden : int >= 0
        Units in the classifier's hidden layer, with ReLU; 0 is a logistic regression.
    num_steps : int >= 1
        Steps of Adam, each on all that it learns from.
    lr : float in (0, 1]
        Adam's learning rate.

    Returns
    -------
    accuracy : float in [0, 1]
        On the half of each sample that the classifier has not seen. Near 0.5 if the samples are alike.
    p_value : float in [0, 1]
        The chance of this accuracy or a higher one if they come from one distribution.

    Raises
    ------
    TypeError
        If a sample is no NDArray of floats, or another argument no number of its kind.
    ValueError
        If the samples have different shapes or a single example, an entry is not finite or beyond 1e30, or another
        argument lies outside its limits.

    Notes
    -----
    Half of each sample, drawn at random, is learned from; the other half is judged. Among the judged ones both kinds
    are equally frequent, so a classifier that has learned nothing is right as often as a coin, however it answers. The
    inputs are centered by the mean of the learned half and divided by its standard deviation. The halves come from
    NumPy's global random stream, the first weights from MXNet's: seed both with `seed_everything`.

    Examples
    --------
    >>> from mxnet import nd
    >>> zeros = nd.zeros((100, 3))
    >>> two_sample_test(zeros, zeros)[0], two_sample_test(zeros, zeros + 1)[0]
    (0.5, 1.0)

    References
    ----------
    Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, ICLR (2017), section 3.

    Introduced in: notebooks/21-distribution-shift.ipynb
    """
    _check_samples(first, second)
    _check_training(num_hidden, num_steps, lr)
    X_train, X_test = _halves(first, second)
    y_train, y_test = (np.repeat([0, 1], len(X) // 2) for X in (X_train, X_test))
    net = _trained_judge(X_train, nd.array(y_train), num_hidden, num_steps, lr)
    hits = int((net(X_test).asnumpy().argmax(axis=1) == y_test).sum())
    return hits / len(y_test), coin_p_value(hits, len(y_test))


def _halves(first, second):
    """Give what to learn from and what to judge: of either sample one half, in rows of the same scale."""
    learned, judged = [], []
    for sample in (first, second):
        rows = np.random.permutation(sample.asnumpy().reshape(len(sample), -1).astype("float64"))
        learned.append(rows[: len(rows) // 2])
        judged.append(rows[len(rows) // 2 :])
    X_train, X_test = np.concatenate(learned), np.concatenate(judged)
    center, scale = X_train.mean(axis=0), X_train.std() or 1
    return nd.array((X_train - center) / scale), nd.array((X_test - center) / scale)


def _trained_judge(X, y, num_hidden, num_steps, lr):
    """Train a classifier of two kinds, with all examples at each step."""
    net = nn.HybridSequential()
    if num_hidden:
        net.add(nn.Dense(num_hidden, activation="relu"))
    net.add(nn.Dense(2))
    net.initialize(init.Xavier())
    net.hybridize()
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": lr})
    for _ in range(num_steps):
        with autograd.record():
            batch_loss = loss(net(X), y)
        batch_loss.backward()
        trainer.step(len(X))
    return net


def _check_tosses(hits, num_tosses):
    function = "coin_p_value"
    _validation.integer(function, "num_tosses", num_tosses, at_least=1)
    if num_tosses > 100_000:  # the whole numbers have as many digits
        raise ValueError(f"{function}: num_tosses must be at most 100000, got {num_tosses}")
    _validation.integer(function, "hits", hits, at_least=0)
    if hits > num_tosses:
        raise ValueError(f"{function}: hits must be at most num_tosses, {num_tosses}, got {hits}; are they swapped?")


def _check_samples(first, second):
    function = "two_sample_test"
    for name, sample in (("first", first), ("second", second)):
        _validation.floating(function, name, sample)
        largest = float(abs(sample.asnumpy()).max())
        if not largest <= 1e30:
            raise ValueError(f"{function}: {name} must hold finite numbers of at most 1e30, got {largest:g}")
    cause = "take as many examples of each"
    _validation.same_shape(function, ("first", first), ("second", second), cause=cause)
    if len(first) < 2:
        raise ValueError(f"{function}: first must have two examples or more, got shape {first.shape}")


def _check_training(num_hidden, num_steps, lr):
    function = "two_sample_test"
    _validation.integer(function, "num_hidden", num_hidden, at_least=0)
    _validation.integer(function, "num_steps", num_steps, at_least=1)
    for name, value in (("num_hidden", num_hidden), ("num_steps", num_steps)):
        if value > 10_000:
            raise ValueError(f"{function}: {name} must be at most 10000, got {value}")
    _validation.number(function, "lr", lr, allowed="in (0, 1]", within=lambda value: 0 < value <= 1, operand=True)
