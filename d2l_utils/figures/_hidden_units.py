"""The figure of a curve made of hidden units; hidden_units.js does the same for every position of its sliders."""

import math

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np

_END = 2 * math.pi
_GRID = np.arange(1010) * _END / 1009  # a prime: no step falls on one of these places
_KS = [*range(1, 13), 16, 24, 32, 64]
_ACTIVATIONS = ["relu", "step"]


def hidden_units(k=4, activation="relu"):
    """Show the network of k hidden units that follows a sine, built without training.

    Readers move `k` and choose the activation, in JupyterLab and on the site.

    Parameters
    ----------
    k : int, 1 to 12, 16, 24, 32 or 64
        How many hidden units, where the slider stands at first.
    activation : "relu" or "step"
        "relu" gives straight pieces through k + 1 points of the curve; "step", a sigmoid of very large weight, gives
        k + 1 level pieces, each at the height of the curve in its middle.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `k` is not an integer.
    ValueError
        If `k` or `activation` is none of those named above.

    Notes
    -----
    The curve is sin x from 0 to 2 pi. With relu and pieces of width d = 2 pi / k the error is at most d^2 / 8, since
    the second derivative is at most 1; with steps and d = 2 pi / (k + 1) it is at most d / 2. The largest error is
    taken over 1,010 values of x.

    Introduced in: notebooks/05-activation-functions.ipynb
    """
    _validation.integer("hidden_units", "k", k, at_least=1)
    for name, value, allowed in (("k", k, _KS), ("activation", activation, _ACTIVATIONS)):
        if value not in allowed:
            raise ValueError(f"hidden_units: {name} must be one of {allowed}, got {value!r}")
    ats, weights, bias, bound = _network(k, activation)
    bends = _bends(_GRID, ats, weights, activation)
    values = bias + bends.sum(axis=0)
    error = np.abs(values - np.sin(_GRID)).max()
    alt = (
        f"Two panels from 0 to 2 pi: a dashed sine and the network of {k} hidden units with {activation} that follows "
        f"it, largest error {error:.3f} (bound {bound:.3f}); and what each of the units gives to the sum."
    )
    data = {"ks": _KS, "k": k, "activations": _ACTIVATIONS, "activation": activation}
    _stored.show("hidden_units", data, fig=_picture(values, bends), alt=alt)


def _network(k, activation):
    """Give where the hidden units bend, their output weights, the output's bias and the bound on the error."""
    is_relu = activation == "relu"
    width = _END / (k if is_relu else k + 1)
    places = np.arange(k + 1) if is_relu else np.arange(k + 1) + 0.5
    heights = np.sin(places * width)
    rises = np.diff(heights)
    if is_relu:
        return np.arange(k) * width, np.diff(rises, prepend=0) / width, heights[0], width**2 / 8
    return np.arange(1, k + 1) * width, rises, heights[0], width / 2


def _bends(x, ats, weights, activation):
    """Give what each unit gives to the sum, of shape (units, len(x))."""
    after = x - ats[:, None]
    return weights[:, None] * np.where(after < 0, 0, after if activation == "relu" else 1)


def _picture(values, bends):
    """Draw what the module draws at first."""
    fig, (curve, units) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    curve.plot(_GRID, np.sin(_GRID), color="grey", linestyle="--", marker="", label="curve")
    curve.plot(_GRID, values, color=COLORS[0], linestyle="-", marker="", label="network")
    curve.set(xlabel="x", ylabel="y", ylim=(-1.5, 1.5))
    curve.legend()
    units.plot(_GRID, bends.T, color="#8c8c8c", linestyle="-", marker="")
    units.set(xlabel="x", ylabel="weight × activation", ylim=(-7, 7))
    return fig
