"""One call that makes a run repeat: the random streams of MXNet, NumPy and Python."""

import random

from d2l_utils import _validation

import mxnet as mx
import numpy as np


def seed_everything(seed):
    """Seed every random stream that the course uses.

    MXNet's stream gives initial weights, `nd.random` and dropout masks; NumPy's shuffles the mini-batches of Gluon's
    and of our loaders; Python's shuffles those of `data_iter`. A run repeats only if all three are seeded.

    Parameters
    ----------
    seed : int in [0, 2**32 - 1]
        The number that all three streams start from.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `seed` is not an integer.
    ValueError
        If `seed` is negative or needs more than 32 bits, which NumPy's generator cannot take.

    Examples
    --------
    >>> from mxnet import nd
    >>> seed_everything(0)
    >>> first = nd.random.uniform(shape=3)
    >>> seed_everything(0)
    >>> (first == nd.random.uniform(shape=3)).sum().asscalar()
    3.0

    Introduced in: notebooks/01-ndarray.ipynb
    """
    _validation.integer("seed_everything", "seed", seed, at_least=0)
    if seed >= 2**32:
        raise ValueError(f"seed_everything: seed must be an integer < 2**32, got {seed!r}")
    seed = int(seed)  # MXNet and Python take no NumPy integers
    mx.random.seed(seed)
    np.random.seed(seed)  # Gluon's DataLoader shuffles by this stream and no other
    random.seed(seed)
