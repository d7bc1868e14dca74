"""The figure of the minimum's path under two penalties; penalty_path.js does the same arithmetic for its sliders."""

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np

_LAMBDAS = [i / 10 for i in range(31)]
_CORRELATIONS = [-0.8, -0.5, 0, 0.5, 0.8]
_MINIMUM = np.array([2, 0.7])
_LEVELS = [0.1, 0.4, 0.9, 1.6, 2.5]
_X_RANGE, _Y_RANGE = (-1.7, 3.3), (-1.47, 1.47)  # as wide and high as the drawing, so that a circle is round
_ROUNDS = 300  # of coordinate descent; each multiplies the distance to the minimum by the squared correlation or less


def penalty_path(lambd=0.8, *, correlation=0.5):
    """Show how the minimum of a loss of two weights moves as the L1 or the L2 penalty on them grows.

    Readers move the factor of the penalty and the correlation of the inputs, in JupyterLab and on the site.

    Parameters
    ----------
    lambd : float in [0, 3], a multiple of 0.1
        The factor of the penalty, lambda.
    correlation : float, one of -0.8, -0.5, 0, 0.5, 0.8
        How strongly the two inputs, of mean 0 and variance 1, go together.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If an argument is not a number.
    ValueError
        If an argument is not one of the slider's values.

    Notes
    -----
    The loss is (w - w*)^T H (w - w*) / 2 with H = [[1, r], [r, 1]], r the correlation, and its minimum w* = (2, 0.7).
    With lambda / 2 ||w||^2 the minimum is (H + lambda I)^-1 H w*. With lambda ||w||_1 coordinate descent finds it:
    each weight in turn becomes the soft threshold, at lambda, of what would be best for it alone. For r = 0 that is
    w* soft-thresholded.

    References
    ----------
    Tibshirani, Regression Shrinkage and Selection via the Lasso, Journal of the Royal Statistical Society, Series B 58
    (1996): section 2.

    Introduced in: notebooks/08-weight-decay.ipynb
    """
    for parameter, value, allowed, values in (
        ("lambd", lambd, "a multiple of 0.1 in [0, 3]", _LAMBDAS),
        ("correlation", correlation, f"one of {_CORRELATIONS}", _CORRELATIONS),
    ):
        _validation.number("penalty_path", parameter, value, allowed=allowed, within=values.__contains__)
    l2, l1 = _l2_minimum(lambd, correlation), _l1_minimum(lambd, correlation)
    alt = (
        f"Two panels: contours of a loss of two weights, correlation {correlation:g}, and paths of the minimum from "
        f"(2, 0.7) towards 0, at lambda {lambd:g} {_pair(l2)} under L2 and {_pair(l1)} under L1; and the weights "
        "against lambda."
    )
    data = {"lambd": lambd, "correlation": correlation, "minimum": _MINIMUM.tolist(), "levels": _LEVELS}
    data |= {"lambdas": _LAMBDAS, "correlations": _CORRELATIONS, "ranges": [_X_RANGE, _Y_RANGE], "rounds": _ROUNDS}
    _stored.show("penalty_path", data, fig=_picture(lambd, correlation), alt=alt)


def _pair(w):
    return "({:.2f}, {:.2f})".format(*(w + 0.0))  # + 0.0 makes 0 of -0


def _hessian(correlation):
    return np.array([[1, correlation], [correlation, 1]])


def _l2_minimum(lambd, correlation):
    """Give the weights of the smallest loss + lambda / 2 * ||w||^2."""
    H = _hessian(correlation)
    return np.linalg.solve(H + lambd * np.eye(2), H @ _MINIMUM)


def _l1_minimum(lambd, correlation):
    """Give the weights of the smallest loss + lambda * ||w||_1."""
    goal, w = _hessian(correlation) @ _MINIMUM, _MINIMUM.copy()
    for _ in range(_ROUNDS):
        for i in (0, 1):
            alone = goal[i] - correlation * w[1 - i]  # the best value of this weight without a penalty
            w[i] = np.sign(alone) * max(abs(alone) - lambd, 0)
    return w


def _paths(correlation):
    """Give the minima for every lambda of the slider, under L2 and under L1, each of shape (31, 2)."""
    return [np.array([find(lambd, correlation) for lambd in _LAMBDAS]) for find in (_l2_minimum, _l1_minimum)]


def _picture(lambd, correlation):
    """Draw what the module draws at first."""
    fig, (plane, curves) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    w1, w2 = np.meshgrid(np.linspace(*_X_RANGE, 201), np.linspace(*_Y_RANGE, 121))
    d = np.stack([w1, w2], axis=-1) - _MINIMUM
    surface = ((d @ _hessian(correlation)) * d).sum(axis=-1) / 2
    plane.contour(w1, w2, surface, levels=_LEVELS, colors="#bbbbbb", linewidths=0.8)
    paths, now = _paths(correlation), _LAMBDAS.index(lambd)
    turn = np.linspace(0, 2 * np.pi, 121)
    edges = [
        np.linalg.norm(paths[0][now]) * np.array([np.cos(turn), np.sin(turn)]),
        abs(paths[1][now]).sum() * np.array([[1, 0, -1, 0, 1], [0, 1, 0, -1, 0]]),
    ]
    for name, path, edge, color, dash in zip(("L2", "L1"), paths, edges, COLORS, ("-", "--"), strict=False):
        plane.plot(*edge, color=color, linestyle=":", marker="", linewidth=1.5)
        gap = path[now] - _MINIMUM
        if gap.any():  # the contour through the minimum touches the ball there
            level = gap @ _hessian(correlation) @ gap / 2
            plane.contour(w1, w2, surface, levels=[level], colors=color, linewidths=1)
        plane.plot(*path.T, color=color, linestyle=dash, marker="", label=f"path under {name}")
        plane.plot(*path[now], color=color, marker="o", markersize=6)
        for i, width in ((0, 1.8), (1, 1)):
            label = f"{name}: weight {i + 1}"
            curves.plot(_LAMBDAS, path[:, i], color=color, linestyle=dash, marker="", linewidth=width, label=label)
    plane.plot(*_MINIMUM, color="black", linestyle="", marker="x", markersize=7)
    plane.set(xlabel="weight 1", ylabel="weight 2", xlim=_X_RANGE, ylim=_Y_RANGE, aspect="equal")
    curves.axvline(lambd, color="grey", linestyle="--", marker="")
    curves.set(xlabel=r"$\lambda$", ylabel="weight", xlim=(0, _LAMBDAS[-1]))
    for ax, where in ((plane, "lower left"), (curves, "upper right")):
        ax.legend(loc=where, fontsize=7)
    return fig
