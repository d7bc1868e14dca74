"""The figure of training curves at several drop rates; dropout_curves.js shows those that the reader chooses."""

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np


def dropout_curves(drop_probs, epochs, *, accuracy, loss):
    """Show training curves of a rate that the reader chooses, beside those of the first rate.

    Parameters
    ----------
    drop_probs : sequence of two or more floats in [0, 1], increasing
        The rates that were tried. The first picture shows the middle one.
    epochs : sequence of two or more ints >= 1, increasing
        After which epochs was measured.
    accuracy, loss : dict of str to array of shape (len(drop_probs), len(epochs))
        One or two quantities each, such as {"training": ..., "validation": ...}, averaged over the seeds.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `accuracy` or `loss` is not a dict, or a rate or an epoch not a number.
    ValueError
        If rates or epochs do not increase, a shape does not fit, or a value is not finite.

    Notes
    -----
    Three digits are stored.

    Introduced in: notebooks/10-dropout-experiments.ipynb
    """
    rates = _increasing("drop_probs", drop_probs, allowed="rates in [0, 1]", within=lambda rate: 0 <= rate <= 1)
    epochs = _increasing("epochs", epochs, allowed="whole numbers >= 1", within=lambda epoch: epoch in range(1, 10**6))
    shape = len(rates), len(epochs)
    panels = {"accuracy": _rounded("accuracy", accuracy, shape), "loss": _rounded("loss", loss, shape)}
    chosen = len(rates) // 2
    data = {"drop_probs": rates, "drop_prob": rates[chosen], "epochs": epochs, "panels": panels}
    alt = (
        f"Two panels of curves over {epochs[-1]} epochs at drop_prob {rates[chosen]:g}, "
        f"in grey at {rates[0]:g}: {_ends(panels, chosen)}."
    )
    _stored.show("dropout_curves", data, fig=_picture(data, chosen), alt=alt)


def _increasing(parameter, values, *, allowed, within):
    """Give numbers as a list of Python's; raise unless there are two or more and they increase."""
    for value in values:
        _validation.number("dropout_curves", parameter, value, allowed=allowed, within=within)
    if len(values) < 2 or (np.diff(values) <= 0).any():
        raise ValueError(f"dropout_curves: {parameter} must be two or more, increasing, got {list(values)}")
    return np.array(values).tolist()


def _rounded(parameter, curves, shape):
    """Give {name: grid} with the digits that are stored, as lists; raise on what cannot be drawn."""
    _validation.instance("dropout_curves", parameter, curves, dict, allowed="a dict of arrays")
    if len(curves) not in (1, 2):
        raise ValueError(f"dropout_curves: {parameter} must hold one or two quantities, got {len(curves)}")
    rounded = {}
    for name, values in curves.items():
        grid = np.asarray(values.asnumpy() if hasattr(values, "asnumpy") else values, dtype="float64")
        if grid.shape != shape or not np.isfinite(grid).all():
            raise ValueError(
                f"dropout_curves: {parameter}[{name!r}] must be finite, of shape (len(drop_probs), len(epochs)) = "
                f"{shape}, got shape {grid.shape} and {(~np.isfinite(grid)).sum()} values that are not finite"
            )
        rounded[name] = grid.round(3).tolist()
    return rounded


def _ends(panels, chosen):
    """Say where the curves end, at the chosen rate and at the first."""
    return ", ".join(
        f"{name} {quantity} ends at {grid[chosen][-1]:.3f} ({grid[0][-1]:.3f})"
        for quantity, curves in panels.items()
        for name, grid in curves.items()
    )


def _picture(data, chosen):
    """Draw what the module draws at first."""
    rates, epochs = data["drop_probs"], data["epochs"]
    fig, axs = plt.subplots(1, 2, figsize=(7.5, 2.6))
    for ax, (quantity, curves) in zip(axs, data["panels"].items(), strict=True):
        for (name, grid), color, dash in zip(curves.items(), COLORS, ("-", "--"), strict=False):
            ax.plot(epochs, grid[0], color="#a6a6a6", linestyle=dash, marker="")
            ax.plot(epochs, grid[chosen], color=color, linestyle=dash, marker="", label=name)
        ax.set(xlabel="epoch", ylabel=quantity)
        ax.legend(title=f"drop_prob {rates[chosen]:g}; grey: {rates[0]:g}", title_fontsize=8)
    return fig
