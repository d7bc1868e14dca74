"""How sure a network is, and whether it should be: many passes with dropout on, and calibration."""

from d2l_utils import _validation

import numpy as np
from mxnet import autograd, gluon, nd


def mc_predict(net, X, num_samples):
    """Predict with dropout on, `num_samples` times: Monte Carlo dropout.

    Parameters
    ----------
    net : Block
        A network that gives scores of shape (batch, num_classes). Its parameters are left as they are.
    X : NDArray of shape (batch, ...)
        The inputs.
    num_samples : int >= 2
        How many passes, each under new masks.

    Returns
    -------
    tuple of two NDArrays of shape (batch, num_classes)
        The mean of the passes' probabilities (softmax of the scores), and their standard deviation over the passes,
        with num_samples - 1 below the sum of squares.

    Raises
    ------
    TypeError
        If `net` is no Block, `X` no NDArray, or `num_samples` no integer.
    ValueError
        If `num_samples` is below 2, `net` has a batch normalization, or its scores have not two axes.

    Notes
    -----
    The probabilities are averaged, not the scores. Batch normalization is refused: in train mode it uses the
    statistics of this batch, so the answer about an image would depend on the other images. The masks come from
    MXNet's random stream. Without dropout the spread is 0. It knows nothing of how much data there was.

    Examples
    --------
    >>> from mxnet import nd
    >>> from mxnet.gluon import nn
    >>> mean, sd = mc_predict(nn.Dropout(0), nd.zeros((1, 2)), num_samples=3)
    >>> mean.asnumpy().tolist(), sd.asnumpy().tolist()
    ([[0.5, 0.5]], [[0.0, 0.0]])

    References
    ----------
    Gal and Ghahramani, Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning, ICML
    (2016), section 4.

    Introduced in: notebooks/15-dropout-family.ipynb
    """
    _validation.instance("mc_predict", "net", net, gluon.Block, allowed="a Block of Gluon")
    _validation.array("mc_predict", "X", X)
    _validation.integer("mc_predict", "num_samples", num_samples, at_least=2)
    net.apply(_refuse_batch_norm)
    with autograd.pause(train_mode=True):
        passes = [net(X) for _ in range(num_samples)]
    if not isinstance(passes[0], nd.NDArray) or passes[0].ndim != 2:
        got = getattr(passes[0], "shape", type(passes[0]).__name__)
        raise ValueError(f"mc_predict: net must give scores of shape (batch, num_classes), got {got}")
    probs = nd.stack(*[nd.softmax(scores) for scores in passes])  # (num_samples, batch, num_classes)
    mean = probs.mean(axis=0)
    variance = nd.broadcast_sub(probs, mean.expand_dims(0)).square().sum(axis=0) / (num_samples - 1)
    return mean, variance.sqrt()


def expected_calibration_error(probs, y, num_bins=10):
    """Compute by how much confidence and accuracy differ, on average.

    Parameters
    ----------
    probs : NDArray of shape (batch, num_classes), float
        The probabilities of the classes.
    y : NDArray of shape (batch,)
        The numbers of the right classes.
    num_bins : int >= 1
        Into how many bins of equal width the confidences are sorted.

    Returns
    -------
    float in [0, 1]
        The sum over the bins of (share of the examples) * abs(accuracy - mean confidence).

    Raises
    ------
    TypeError
        If `probs` is no NDArray of floats, `y` no NDArray, or `num_bins` no integer.
    ValueError
        If shapes do not fit, an entry of `probs` is no probability, or `num_bins` is below 1.

    Notes
    -----
    The confidence of an answer is its probability, the largest one of the row. Bin i holds the confidences above
    i / num_bins up to (i + 1) / num_bins. 0 says that of the answers given with confidence c the share c is right. It
    is 0 too for a network that answers all images alike: it says nothing about accuracy. With few examples it is too
    large, since noise of either sign counts as an error.

    Examples
    --------
    >>> from mxnet import nd
    >>> probs = nd.array([[0.75, 0.25], [0.75, 0.25]])
    >>> expected_calibration_error(probs, nd.array([0, 1]))  # one of two is right: 0.5 in place of 0.75
    0.25

    References
    ----------
    Guo, Pleiss, Sun, Weinberger, On Calibration of Modern Neural Networks, ICML (2017), section 2.

    Introduced in: notebooks/15-dropout-family.ipynb
    """
    _validation.integer("expected_calibration_error", "num_bins", num_bins, at_least=1)
    confidence, right = _answers(probs, y)
    bins = np.ceil(confidence * num_bins)
    gaps = [(right - confidence)[bins == i].sum() for i in np.unique(bins)]
    return float(np.abs(gaps).sum() / len(right))


def _refuse_batch_norm(block):
    if isinstance(block, gluon.nn.BatchNorm):
        raise ValueError(
            "mc_predict: net must have no batch normalization, whose train mode mixes the images of a batch; "
            f"got {block.name}"
        )


def _answers(probs, y):
    """Give the confidences and whether the answers are right, as NumPy arrays of 64 bits."""
    function = "expected_calibration_error"
    _validation.floating(function, "probs", probs)
    _validation.array(function, "y", y)
    if probs.ndim != 2 or y.shape != probs.shape[:1]:
        raise ValueError(
            f"{function}: probs must have shape (batch, num_classes) and y (batch,), got {probs.shape} and {y.shape}"
        )
    values = probs.asnumpy().astype("float64")
    wrong = values[~((values >= 0) & (values <= 1.001))]
    if len(wrong):
        raise ValueError(
            f"{function}: probs must hold probabilities, got {wrong[0]:g} among them; is a softmax missing?"
        )
    confidence = values.max(axis=1)
    return confidence, (values.argmax(axis=1) == y.asnumpy()).astype("float64")
