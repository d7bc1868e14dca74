"""The figure of learning rates and momenta with and without dropout; learning_rates.js shows those that are chosen."""

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np


def learning_rates(lrs, momenta, *, accuracy, loss):
    """Show validation accuracy and loss against the learning rate, for a momentum that the reader chooses.

    Parameters
    ----------
    lrs : sequence of two or more floats > 0, increasing
        The learning rates that were tried. The first picture marks the middle one.
    momenta : sequence of two or more floats in [0, 1), increasing
        The momenta that were tried. The first picture shows the middle one.
    accuracy, loss : dict of str to array of shape (len(momenta), len(lrs), number of seeds)
        The same two names in both, such as {"no dropout": ..., "dropout 0.5": ...}: one number for each seed.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `accuracy` or `loss` is not a dict, or a learning rate or a momentum not a number.
    ValueError
        If learning rates or momenta do not increase, a shape does not fit, or a value is not finite.

    Notes
    -----
    Drawn are the mean and a band of one standard deviation (n - 1) over the seeds. Three digits are stored. The
    effective learning rate is lr / (1 - momentum).

    Introduced in: notebooks/13-dropout-in-practice.ipynb
    """
    lrs = _increasing("lrs", lrs, allowed="learning rates > 0", within=lambda lr: 0 < lr < float("inf"))
    momenta = _increasing("momenta", momenta, allowed="momenta in [0, 1)", within=lambda momentum: 0 <= momentum < 1)
    panels = {"accuracy": accuracy, "loss": loss}
    for name, runs in panels.items():
        _validation.instance("learning_rates", name, runs, dict, allowed="a dict of arrays")
        if len(runs) != 2 or list(runs) != list(accuracy):
            raise ValueError(f"learning_rates: {name} must hold the same two names as accuracy, got {list(runs)}")
    panels = {name: _summaries(name, runs, (len(momenta), len(lrs))) for name, runs in panels.items()}
    at, now = len(momenta) // 2, len(lrs) // 2
    data = {"lrs": lrs, "lr": lrs[now], "momenta": momenta, "momentum": momenta[at], "panels": panels}
    alt = (
        f"Two panels against the learning rate, {lrs[0]:g} to {lrs[-1]:g}, at momentum {momenta[at]:g}, mean of seeds "
        f"with bands: at {lrs[now]:g} {_numbers(panels, at, now)}."
    )
    _stored.show("learning_rates", data, fig=_picture(data, at, now), alt=alt)


def _increasing(parameter, values, *, allowed, within):
    """Give numbers as a list of Python's; raise unless there are two or more and they increase."""
    for value in values:
        _validation.number("learning_rates", parameter, value, allowed=allowed, within=within)
    if len(values) < 2 or (np.diff(values) <= 0).any():
        raise ValueError(f"learning_rates: {parameter} must be two or more, increasing, got {list(values)}")
    return np.array(values).tolist()


def _summaries(parameter, runs, shape):
    """Give {name: {"mean": ..., "sd": ...}} with the digits that are stored; raise on what cannot be drawn."""
    summaries = {}
    for name, values in runs.items():
        values = np.asarray(values, dtype="float64")
        if values.ndim != 3 or values.shape[:2] != shape or values.shape[2] < 2 or not np.isfinite(values).all():
            raise ValueError(
                f"learning_rates: {parameter}[{name!r}] must be finite, of shape (len(momenta), len(lrs), seeds) = "
                f"{(*shape, '2 or more')}, got shape {values.shape} and {(~np.isfinite(values)).sum()} values that are "
                "not finite"
            )
        mean, sd = values.mean(axis=2), values.std(axis=2, ddof=1)
        summaries[name] = {"mean": mean.round(3).tolist(), "sd": sd.round(3).tolist()}
    return summaries


def _numbers(panels, at, now):
    """Say both quantities of both ways of training at one setting."""
    return ", ".join(
        f"{quantity} {summary['mean'][at][now]:.3f} ({name})"
        for quantity, runs in panels.items()
        for name, summary in runs.items()
    )


def _picture(data, at, now):
    """Draw what the module draws at first."""
    lrs = data["lrs"]
    fig, axs = plt.subplots(1, 2, figsize=(7.5, 2.6))
    for ax, (quantity, runs) in zip(axs, data["panels"].items(), strict=True):
        for (name, summary), color, dash in zip(runs.items(), COLORS, ("-", "--"), strict=False):
            mean, sd = (np.array(summary[key][at]) for key in ("mean", "sd"))
            ax.plot(lrs, mean, color=color, linestyle=dash, label=name)
            ax.fill_between(lrs, mean - sd, mean + sd, color=color, alpha=0.2, linewidth=0)
        ax.axvline(lrs[now], color="grey", linestyle="--", marker="")
        ax.set(xlabel="learning rate", ylabel=f"validation {quantity}", xscale="log")
    axs[0].legend(title=f"momentum {data['momenta'][at]:g}", title_fontsize=8)
    return fig
