"""Relatives of dropout as Gluon blocks: what is zeroed is a weight, a block of a feature map, or nothing at all.

Spatial dropout and stochastic depth need no block of their own: they are `gluon.nn.Dropout` with `axes`.
"""

from d2l_utils import _validation

import numpy as np
from mxnet import nd
from mxnet.gluon import nn


class DropConnectDense(nn.Dense):
    """A dense layer that drops weights, and not units, while it trains.

    Parameters
    ----------
    units : int
        The number of outputs.
    drop_prob : float in [0, 1)
        The chance that a weight is ZEROED (not kept), each by itself; the bias is never dropped.
    **options : object
        Those of `gluon.nn.Dense`, such as `activation` and `in_units`.

    Raises
    ------
    TypeError
        If `drop_prob` is not a number.
    ValueError
        If `drop_prob` lies outside [0, 1).

    Notes
    -----
    y = (M * W / (1 - drop_prob)) x + b with M ~ Bernoulli(1 - drop_prob), so the mean of y is kept and its variance is
    drop_prob / (1 - drop_prob) * sum of (w_j x_j)**2. One mask is drawn per batch, the same for all of its examples;
    the paper draws one per example. Prediction uses all weights, the mean, where the paper draws from a normal
    distribution.

    Examples
    --------
    >>> from mxnet import init, nd
    >>> layer = DropConnectDense(2, drop_prob=0.5, in_units=3)
    >>> layer.initialize(init.One())
    >>> layer(nd.array([[1, 2, 3]])).asnumpy().tolist()  # in prediction an ordinary dense layer
    [[6.0, 6.0]]

    References
    ----------
    Wan et al., Regularization of Neural Networks using DropConnect, ICML (2013), section 3.

    Introduced in: notebooks/15-dropout-family.ipynb
    """

    def __init__(self, units, drop_prob, **options):
        """Make a layer; see the class."""
        rate = _rate("DropConnectDense", drop_prob)
        super().__init__(units, **options)
        self.drop_prob = rate

    def hybrid_forward(self, F, x, weight, bias=None):
        """Compute the layer with the weights that are left."""
        mask = F.Dropout(F.ones_like(weight), p=self.drop_prob)  # no Dropout(weight): that hides its shape from Gluon
        return super().hybrid_forward(F, x, weight * mask, bias)


class GaussianDropout(nn.HybridBlock):
    """Multiply each entry by normal noise of mean 1 while training, with the variance that dropout has.

    Parameters
    ----------
    drop_prob : float in [0, 1)
        The rate of the dropout that has the same mean and variance. Nothing is zeroed.

    Raises
    ------
    TypeError
        If `drop_prob` is not a number.
    ValueError
        If `drop_prob` lies outside [0, 1).

    Notes
    -----
    h' = h * xi with xi ~ N(1, drop_prob / (1 - drop_prob)): E[h'] = h and Var[h'] = drop_prob / (1 - drop_prob) * h**2,
    as with `d2l.dropout`. The noise may be negative. In prediction the block is the identity.

    Examples
    --------
    >>> from mxnet import nd
    >>> GaussianDropout(0.5)(nd.ones((1, 3))).asnumpy().tolist()
    [[1.0, 1.0, 1.0]]

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014), section 10.

    Introduced in: notebooks/15-dropout-family.ipynb
    """

    def __init__(self, drop_prob):
        """Make a layer; see the class."""
        rate = _rate("GaussianDropout", drop_prob)
        super().__init__()
        self.drop_prob = rate

    def hybrid_forward(self, F, X):
        """Multiply by the noise."""
        if F is nd:
            _validation.floating("GaussianDropout", "X", X, half=False)
        # In a hybridized network only operators know the mode: this one leaves ones in prediction, else 0 or 2.
        is_training = F.Dropout(F.ones_like(X), p=0.5) != 1
        sd = (self.drop_prob / (1 - self.drop_prob)) ** 0.5
        noise = sd * F.random.normal_like(F.zeros_like(X))  # which an infinite X would make NaN
        return F.where(is_training, X * (1 + noise), X)


class DropBlock(nn.HybridBlock):
    """Zero square blocks of feature maps while training and rescale the rest so that the mean is kept.

    Parameters
    ----------
    drop_prob : float in [0, 1)
        The chance that an entry is ZEROED (not kept), by whichever block.
    block_size : int >= 1
        The side of a block, in entries; 1 is dropout.

    Raises
    ------
    TypeError
        If `drop_prob` is not a number or `block_size` not an integer, or the input is no NDArray of floats.
    ValueError
        If `drop_prob` lies outside [0, 1), `block_size` is below 1, or the input has not the four axes (batch,
        channels, height, width).

    Notes
    -----
    Every place is a seed with chance gamma, also those outside the map whose block reaches into it, so that each entry
    lies in the blocks of block_size**2 places. It is kept if none of them is a seed:
    (1 - gamma)**block_size**2 = 1 - drop_prob gives gamma, and dividing by 1 - drop_prob keeps the mean of each entry.
    The paper takes only blocks that lie inside, an approximate gamma, and divides by the share that was kept.

    Examples
    --------
    >>> from mxnet import nd
    >>> DropBlock(0.5, block_size=3)(nd.ones((1, 1, 2, 2))).asnumpy().tolist()
    [[[[1.0, 1.0], [1.0, 1.0]]]]

    References
    ----------
    Ghiasi, Lin, Le, DropBlock: A Regularization Method for Convolutional Networks, NeurIPS (2018), section 3.

    Introduced in: notebooks/15-dropout-family.ipynb
    """

    def __init__(self, drop_prob, block_size):
        """Make a layer; see the class."""
        rate = _rate("DropBlock", drop_prob)
        _validation.integer("DropBlock", "block_size", block_size, at_least=1)
        super().__init__()
        self.drop_prob, self.block_size = rate, block_size

    def hybrid_forward(self, F, X):
        """Zero the blocks."""
        if F is nd:
            _check_maps(X)
        size = self.block_size
        gamma = 1 - (1 - self.drop_prob) ** (1 / size**2)
        around = (0, 0, 0, 0, size - 1, 0, size - 1, 0)
        ones = F.pad(F.ones_like(X), mode="constant", constant_value=1, pad_width=around)
        no_seeds = F.Dropout(ones, p=gamma)  # 0 at a seed, else 1 / (1 - gamma); all 1 in prediction
        lowest = -F.Pooling(-no_seeds, kernel=(size, size), pool_type="max")  # of each block that covers an entry
        return X * lowest ** (size**2)


def _rate(function, drop_prob):
    """Give the rate as MXNet's Dropout reads it: a float of 32 bits, which knows none between 0 and 1.2e-38."""
    allowed = "in [0, 1) (the chance of zeroing)"
    _validation.number(
        function, "drop_prob", drop_prob, allowed=allowed, within=lambda p: 0 <= p < 1 and np.float32(p) < 1
    )
    return float(drop_prob) if drop_prob >= np.finfo("float32").tiny else 0.0


def _check_maps(X):
    _validation.floating("DropBlock", "X", X, half=False)
    if X.ndim != 4:
        raise ValueError(f"DropBlock: X must have shape (batch, channels, height, width), got {X.shape}")
