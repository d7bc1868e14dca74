"""The figure of a dropout mask; dropout_mask.js does the same arithmetic for every position of its slider."""

import math

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

_MAX_SIZE = 1024  # more squares could not be told apart
_SLIDER = [i / 20 for i in range(21)]
_BLUES = LinearSegmentedColormap.from_list("activations", ["#e6f0f8", "#002d50"])


def dropout_mask(activations, drop_prob=0.5):
    """Show a layer's activations under a mask, beside the distribution of the number dropped.

    Readers move `drop_prob` and draw new masks, in JupyterLab and on the site.

    Parameters
    ----------
    activations : NDArray of shape (n,), float, 1 <= n <= 1024
        What the layer gives for one example: finite, >= 0 (after ReLU) and not all 0.
    drop_prob : float in [0, 1], a multiple of 0.05
        The chance that an activation is zeroed, where the slider stands at first.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `activations` is not an NDArray of floats or `drop_prob` not a number.
    ValueError
        If one of them is not as said above.

    Notes
    -----
    The number dropped has the distribution Binomial(n, p): mean np, standard deviation sqrt(np(1 - p)). An activation
    h becomes h / (1 - p) or 0. The masks come from a small generator that is the same in every browser (Park and
    Miller's), not from MXNet's stream, which stays where it is.

    References
    ----------
    Park and Miller, Random number generators: good ones are hard to find, Communications of the ACM 31 (1988), with
    the multiplier 48271 that they give in the same journal in 1993.

    Introduced in: notebooks/09-dropout.ipynb
    """
    rounded = _checked(activations, drop_prob)
    kept = _uniforms(len(rounded)) < 1 - drop_prob
    dropped, mean = int((~kept).sum()), len(rounded) * drop_prob
    alt = (
        f"Two panels: {len(rounded)} activations as squares, darker where larger, {dropped} of them crossed out at "
        f"drop_prob {drop_prob:.2f}; and the binomial distribution of the number dropped, with {dropped} marked "
        f"near its mean {mean:.1f}."
    )
    data = {"activations": rounded.tolist(), "drop_prob": drop_prob}
    _stored.show("dropout_mask", data, fig=_picture(rounded, kept, drop_prob), alt=alt)


def _checked(activations, drop_prob):
    """Give the activations with the three digits that are stored; raise on what cannot be drawn."""
    _validation.floating("dropout_mask", "activations", activations)
    allowed = "a multiple of 0.05 in [0, 1] (the chance of zeroing)"
    _validation.number("dropout_mask", "drop_prob", drop_prob, allowed=allowed, within=_SLIDER.__contains__)
    if len(activations.shape) != 1 or not 1 <= activations.size <= _MAX_SIZE:
        raise ValueError(
            f"dropout_mask: activations must have shape (n,) with 1 <= n <= {_MAX_SIZE}, got {activations.shape}; "
            "take those of one example"
        )
    rounded = activations.astype("float64").asnumpy().round(3)
    if not np.isfinite(rounded).all() or rounded.min() < 0 or rounded.max() == 0:
        raise ValueError(
            "dropout_mask: activations must be finite, >= 0 and not all 0 to three digits, "
            f"got values from {rounded.min()} to {rounded.max()}"
        )
    return rounded


def _uniforms(count):
    """Give the first numbers in [0, 1) that dropout_mask.js draws."""
    state, numbers = 1, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        numbers.append(state / 2147483647)
    return np.array(numbers)


def _binomial(n, p):
    """Give the probabilities that 0, 1, ..., n of n are dropped."""
    if p in (0, 1):
        return (np.arange(n + 1) == n * p).astype("float64")
    log_choose = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)]
    return np.exp(log_choose + np.arange(n + 1) * math.log(p) + np.arange(n, -1, -1) * math.log(1 - p))


def _picture(activations, kept, drop_prob):
    """Draw what the module draws at first."""
    n, mean, dropped = len(kept), len(kept) * drop_prob, int((~kept).sum())
    fig, (layer, distribution) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    columns = math.ceil(math.sqrt(n))
    grid = np.full(columns**2, np.nan)
    grid[:n] = np.where(kept, activations / (1 - drop_prob or 1), np.nan)
    layer.imshow(grid.reshape(columns, columns), cmap=_BLUES, vmin=0, vmax=2 * activations.max())
    rows, cols = np.divmod(np.flatnonzero(~kept), columns)
    layer.plot(cols, rows, linestyle="", marker="x", markersize=40 / columns, color=COLORS[1])
    layer.set_axis_off()
    distribution.fill_between(np.arange(n + 1), _binomial(n, drop_prob), step="mid", color=COLORS[0], alpha=0.4)
    distribution.axvline(mean, color="grey", linestyle="--", marker="", label=f"mean np = {mean:.1f}")
    distribution.axvline(dropped, color=COLORS[1], linestyle="-", marker="", label=f"dropped: {dropped}")
    distribution.set(xlabel=f"number dropped, of {n}", ylabel="probability", xlim=(0, n), ylim=(0, None))
    distribution.legend()
    return fig
