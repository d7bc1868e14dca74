"""The figure of gradient descent on a loss surface; loss_surface.js does the same arithmetic for its three sliders."""

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np

MAX_STEPS = 60
_CORRELATIONS = [0, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99]
_FRACTIONS = [i / 20 for i in range(1, 25)]
_MINIMUM, _START = np.array([2, -3.4]), np.array([0.5, 2.2])
_LEVELS = [0.125, 0.5, 2, 8, 32, 128]
_DIRECTIONS = np.array([[1, 1], [1, -1]]) / np.sqrt(2)  # the steep one, the flat one


def loss_surface(correlation=0.8, *, fraction=0.9, num_steps=12):
    """Show the path of gradient descent over the loss of a linear regression with two features, and its loss.

    Readers move the correlation of the features, the learning rate and the number of steps, in JupyterLab and on the
    site.

    Parameters
    ----------
    correlation : float, one of 0, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99
        How strongly the two features, of mean 0 and variance 1, go together.
    fraction : float in [0.05, 1.2], a multiple of 0.05
        The learning rate, as a fraction of the largest one that does not diverge.
    num_steps : int in [0, 60]
        The number of steps.

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
    The loss is half the mean squared error, without a bias. Its curvatures are the eigenvalues 1 + r and 1 - r of
    X^T X / n, where r is the correlation. After k steps of full-batch gradient descent the error along the direction
    of curvature c is (1 - lr c)^k times what it was; lr = fraction * 2 / (1 + r). The minimum is at (2, -3.4).

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    _check_arguments(correlation, fraction, num_steps)
    path = _path(correlation, fraction, num_steps)
    first, last = (float(_excess(correlation, w)) for w in (path[0], path[-1]))
    curvatures = "{:.2f} and {:.2f}".format(*_curvatures(correlation))
    alt = (
        f"Two panels: contours of the loss over two weights, curvatures {curvatures}, with {num_steps} steps of "
        f"gradient descent at {fraction:.2f} of the largest stable learning rate; and the loss above its minimum "
        f"against the step, from {first:.3g} to {last:.3g}."
    )
    data = {"correlation": correlation, "fraction": fraction, "steps": num_steps}
    data |= {"minimum": _MINIMUM.tolist(), "start": _START.tolist(), "levels": _LEVELS}
    data |= {"correlations": _CORRELATIONS, "fractions": _FRACTIONS, "max_steps": MAX_STEPS}
    _stored.show("loss_surface", data, fig=_picture(correlation, path), alt=alt)


def _check_arguments(correlation, fraction, num_steps):
    """Raise on what no slider can show."""
    for parameter, value, allowed, within in (
        ("correlation", correlation, f"one of {_CORRELATIONS}", _CORRELATIONS.__contains__),
        ("fraction", fraction, "a multiple of 0.05 in [0.05, 1.2]", _FRACTIONS.__contains__),
        ("num_steps", num_steps, f"a whole number in [0, {MAX_STEPS}]", range(MAX_STEPS + 1).__contains__),
    ):
        _validation.number("loss_surface", parameter, value, allowed=allowed, within=within)


def _curvatures(correlation):
    """Give the eigenvalues of [[1, r], [r, 1]], the larger one first."""
    return np.array([1 + correlation, 1 - correlation])


def _factors(correlation, fraction):
    """Give what a step multiplies the error by, along the steep and along the flat direction."""
    steep, flat = _curvatures(correlation)
    return np.array([1 - 2 * fraction, 1 - 2 * fraction * flat / steep])


def _path(correlation, fraction, num_steps):
    """Give the weights after 0, 1, ..., num_steps steps, of shape (num_steps + 1, 2)."""
    powers = _factors(correlation, fraction) ** np.arange(num_steps + 1)[:, None]  # (num_steps + 1, 2)
    return _MINIMUM + (powers * (_DIRECTIONS @ (_START - _MINIMUM))) @ _DIRECTIONS


def _excess(correlation, w):
    """Give the loss above its minimum at weights of shape (..., 2)."""
    return (((w - _MINIMUM) @ _DIRECTIONS.T) ** 2 * _curvatures(correlation)).sum(axis=-1) / 2


def _picture(correlation, path):
    """Draw what the module draws at first."""
    fig, (surface, curve) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    w1, w2 = np.meshgrid(np.linspace(-8, 12, 201), np.linspace(-9.27, 2.47, 121))
    losses = _excess(correlation, np.stack([w1, w2], axis=-1))
    surface.contour(w1, w2, losses, levels=_LEVELS, colors=COLORS[0], linewidths=0.8)
    surface.plot(*path.T, color=COLORS[1], linestyle="-", marker="o", markersize=3, label="gradient descent")
    surface.plot(*_MINIMUM, color="black", linestyle="", marker="x", markersize=7, label="minimum")
    surface.set(xlabel="weight 1", ylabel="weight 2", xlim=(-8, 12), ylim=(-9.27, 2.47), aspect="equal")
    surface.legend(loc="lower right", fontsize=8)
    excess = np.maximum(_excess(correlation, path), 1e-30)
    curve.plot(excess, color=COLORS[1], linestyle="-", marker="o", markersize=3)
    curve.set(xlabel="step", ylabel="loss above its minimum", yscale="log", xlim=(0, MAX_STEPS), ylim=(1e-12, 1e4))
    return fig
