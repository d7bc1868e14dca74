"""Covariate shift corrected: weights for the training examples, and how many examples are left behind them."""

from d2l_utils import _validation

import numpy as np
from mxnet import nd

_MAX_STEPS, _LARGEST_SCORE = 100, 80.0  # exp(80) is in the range of float32


def importance_weights(X_train, X_test, *, wd=0.001, largest=None):
    """Estimate q(x) / p(x) at the training inputs: how much more often each of them is met in the test distribution.

    Parameters
    ----------
    X_train : NDArray of shape (num_train, ...), floats of 32 or 64 bits
        Inputs from the training distribution p. Few good features are better than many pixels.
    X_test : NDArray of shape (num_test, ...), of the same features
        Inputs from the test distribution q; no labels are needed.
    wd : float in [1e-6, 1e6]
        Weight decay of the logistic regression, for features that are scaled to the standard deviation 1.
    largest : float in [1e-30, 1e30], optional
        Larger weights are cut to it. By default none is.

    Returns
    -------
    NDArray of shape (num_train,), float32, on the device of `X_train`
        One weight > 0 for each training input. Their mean is near 1 if nothing is cut.

    Raises
    ------
    TypeError
        If the inputs are not NDArrays of floats, or a number not a number.
    ValueError
        If the features of the two differ in shape, an entry is not finite, or a number is out of range.

    Notes
    -----
    A logistic regression learns to tell test inputs (1) from training inputs (0), from all of both. By Bayes' rule its
    odds are num_test q(x) / (num_train p(x)), so the weight is the odds times num_train / num_test. It minimizes the
    mean log loss plus wd/2 times the squared length of the weights, without the bias, by Newton's method in float64.
    Scores above 80 are cut, so that no weight is infinite.

    Examples
    --------
    >>> from mxnet import nd
    >>> X_train, X_test = nd.array([[0], [0], [0], [1]]), nd.array([[0], [1]])  # a quarter and a half are 1
    >>> [round(float(weight), 2) for weight in importance_weights(X_train, X_test, wd=1e-6).asnumpy()]
    [0.67, 0.67, 0.67, 2.0]

    References
    ----------
    Bickel, Brückner, Scheffer, Discriminative Learning Under Covariate Shift, Journal of Machine Learning Research 10
    (2009); Zhang et al., Dive into Deep Learning, section 4.7.3.

    Introduced in: notebooks/22-correcting-shift.ipynb
    """
    train, test = _check_inputs(X_train, X_test)
    _validation.number(
        "importance_weights", "wd", wd, allowed="in [1e-6, 1e6]", within=lambda value: 1e-6 <= value <= 1e6
    )
    if largest is not None:
        _validation.number(
            "importance_weights", "largest", largest, allowed="in [1e-30, 1e30] or None",
            within=lambda value: 1e-30 <= value <= 1e30,
        )  # fmt: skip
    A = _standardized(np.concatenate([train, test]))
    z = np.repeat([0.0, 1.0], [len(train), len(test)])
    scores = (A @ _logistic_regression(A, z, float(wd)))[: len(train)]
    weights = np.exp(np.minimum(scores, _LARGEST_SCORE)) * (len(train) / len(test))
    if largest is not None:
        weights = np.minimum(weights, float(largest))
    tiny = np.finfo("float32").tiny  # what is smaller would become 0
    return nd.array(np.maximum(weights, tiny), ctx=X_train.context, dtype="float32")


def effective_sample_size(weights):
    """Count how many equally weighted examples would tell as much: (sum of w)**2 / (sum of w**2).

    Parameters
    ----------
    weights : NDArray of shape (n,), floats of 32 or 64 bits
        Finite weights >= 0, at least one of them above 0. Their scale does not matter.

    Returns
    -------
    float in [1, n]
        n if all weights are equal, 1 if all but one are 0.

    Raises
    ------
    TypeError
        If `weights` is no NDArray of floats.
    ValueError
        If it has another shape, a weight is negative or not finite, or all are 0.

    Notes
    -----
    A weighted mean of independent numbers of equal variance has the variance of a plain mean of so many numbers.

    Examples
    --------
    >>> from mxnet import nd
    >>> effective_sample_size(nd.array([1, 1, 1, 1]))
    4.0
    >>> round(effective_sample_size(nd.array([3, 1, 0, 0])), 6)
    1.6

    References
    ----------
    Kong, Liu, Wong, Sequential Imputations and Bayesian Missing Data Problems, Journal of the American Statistical
    Association 89 (1994).

    Introduced in: notebooks/22-correcting-shift.ipynb
    """
    function = "effective_sample_size"
    _validation.floating(function, "weights", weights, half=False)
    values = weights.asnumpy().astype("float64")
    if values.ndim != 1:
        raise ValueError(f"{function}: weights must have shape (n,), got {values.shape}")
    if not (np.isfinite(values).all() and (values >= 0).all() and values.max() > 0):
        strange = values[~(np.isfinite(values) & (values >= 0))]
        got = f"{strange[0]:g} among them" if len(strange) else "only zeros"
        raise ValueError(f"{function}: weights must be finite, >= 0 and not all 0, got {got}")
    values /= values.max()  # the squares of large or small ones would overflow or vanish
    return float(values.sum() ** 2 / (values**2).sum())


def _standardized(X):
    """Scale each column to mean 0 and standard deviation 1, a constant one to 0; add a column of ones."""
    scale = abs(X).max(axis=0)
    X = X / np.where(scale > 0, scale, 1)
    X = X - X.mean(axis=0)
    std = X.std(axis=0)
    X = np.where(std > 1e-9, X / np.where(std > 1e-9, std, 1), 0)
    return np.concatenate([X, np.ones((len(X), 1))], axis=1)


def _logistic_regression(A, z, wd):
    """Give the parameters with the smallest mean log loss; the last column of `A` is that of the bias."""
    theta, decay = np.zeros(A.shape[1]), np.full(A.shape[1], wd)
    decay[-1] = 0

    def objective(theta):
        scores = A @ theta
        return (np.logaddexp(0, scores) - z * scores).mean() + (decay * theta**2).sum() / 2

    value = objective(theta)
    for _ in range(_MAX_STEPS):
        probs = (1 + np.tanh(A @ theta / 2)) / 2  # the sigmoid, which does not overflow this way
        grad = A.T @ (probs - z) / len(z) + decay * theta
        if abs(grad).max() < 1e-10:
            break
        H = (A.T * (probs * (1 - probs))) @ A / len(z)
        H[np.diag_indices_from(H)] += decay + 1e-12  # of the bias, where all probabilities are 0 or 1
        step = np.linalg.solve(H, grad)
        size = 1.0
        while size > 1e-6 and objective(theta - size * step) > value:
            size /= 2  # a full step may jump over the minimum
        if size <= 1e-6:
            break  # rounding decides: this is the minimum
        theta = theta - size * step
        value = objective(theta)
    return theta


def _check_inputs(X_train, X_test):
    """Raise unless both are finite inputs with the same features; give them as matrices of float64."""
    matrices = []
    for name, X in (("X_train", X_train), ("X_test", X_test)):
        _validation.floating("importance_weights", name, X, half=False)
        values = X.asnumpy().astype("float64")
        if not np.isfinite(values).all():
            strange = values[~np.isfinite(values)][0]
            raise ValueError(f"importance_weights: {name} must be finite, got {strange:g} among its entries")
        matrices.append(values.reshape(len(values), -1))
    if X_train.shape[1:] != X_test.shape[1:]:
        raise ValueError(
            "importance_weights: X_train and X_test must have the same features, got shapes "
            f"{X_train.shape} and {X_test.shape}"
        )
    return matrices
