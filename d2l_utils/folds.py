"""Cross-validation: which examples serve for training and which for validation, fold by fold."""

from d2l_utils import _validation

import numpy as np


def k_fold(n, k):
    """Cut n examples at random into k folds, and give for each the split that validates on it.

    Parameters
    ----------
    n : int >= 2
        The number of examples.
    k : int in 2...n
        The number of folds; their sizes differ by at most one.

    Returns
    -------
    list of k tuples (train_part, valid_part)
        Two integer arrays of places in 0...n-1, without an overlap. Each example is in one `valid_part`.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If `n` < 2 or too large for an array, or `k` lies outside of 2...n.

    Notes
    -----
    The order comes from NumPy's global stream, which `seed_everything` seeds.

    References
    ----------
    M. Stone (1974): Cross-Validatory Choice and Assessment of Statistical Predictions, Journal of the Royal
    Statistical Society B 36.

    Introduced in: notebooks/07-underfitting-overfitting.ipynb
    """
    _check_sizes(n, k)
    folds = np.array_split(np.random.permutation(n), k)
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k)]


def _check_sizes(n, k):
    _validation.integer("k_fold", "n", n, at_least=2)
    _validation.integer("k_fold", "k", k, at_least=2)
    if n >= 2**31:
        raise ValueError(f"k_fold: n must be < 2**31, got {n}")
    if k > n:
        raise ValueError(f"k_fold: k must be at most the number of examples, {n}, got {k}")
