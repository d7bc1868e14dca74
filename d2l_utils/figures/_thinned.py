"""The figure of a small net's thinned networks; thinned_networks.js does the same arithmetic for its sliders."""

import itertools

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np

_RATES = [i / 20 for i in range(21)]
_LAYERS = ["linear", "relu"]
_NET = {
    "W1": [-1.5, 0.5, 1, -0.5, 1, 0.5],  # one input, six hidden units, which dropout may zero
    "b1": [0, -1, 0, 0.5, -0.5, 0.5],
    "W2": [[-0.5, 1, 0.5, 0, -0.5, 1], [-0.5, -1, 1.5, 1.5, -0.5, -1], [0, 1, 0.5, 1.5, -0.5, 0]],
    "b2": [0, -0.5, -0.5],
    "w3": [1, 1, -0.5],
}
_INPUTS = [round(-3 + i / 10, 1) for i in range(61)]
_FAINTEST = 0.06  # what is drawn of a network that hardly counts


def thinned_networks(drop_prob=0.5, *, layer="relu"):
    """Show all 64 networks that dropout can leave of a small one, their average, and the one with scaled weights.

    Readers move `drop_prob` and choose what follows the dropped layer, in JupyterLab and on the site.

    Parameters
    ----------
    drop_prob : float in [0, 1], a multiple of 0.05
        The chance that one of the six hidden units is zeroed.
    layer : "linear" or "relu"
        What the three units after the dropped layer compute.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `drop_prob` is not a number.
    ValueError
        If an argument is not one of the slider's values.

    Notes
    -----
    A network with k of its six hidden units dropped counts with the weight p**k (1 - p)**(6 - k) in the average. The
    weight-scaling rule multiplies the hidden layer by 1 - p in place of averaging. Without ReLU after the dropped
    layer the two agree for every input and every p.

    References
    ----------
    Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 15 (2014): section 4.

    Introduced in: notebooks/11-dropout-mathematics.ipynb
    """
    allowed = "a multiple of 0.05 in [0, 1] (the chance of zeroing)"
    _validation.number("thinned_networks", "drop_prob", drop_prob, allowed=allowed, within=_RATES.__contains__)
    if layer not in _LAYERS:
        raise ValueError(f'thinned_networks: layer must be "linear" or "relu", got {_validation.in_short(layer)}')
    average, scaled, gap = _summary(drop_prob, layer)
    at = int(np.argmax(gap.round(9)))
    apart = "which differ most" if gap[at] > 1e-9 else "which agree everywhere"
    alt = (
        f"Two panels, drop_prob {drop_prob:g}, {layer} after the dropped layer: the outputs of 64 thinned networks "
        f"against the input, their average and the scaled network, {apart}: {average[at]:.2f} and {scaled[at]:.2f} at "
        f"input {_INPUTS[at]:g}; and their largest gap against drop_prob."
    )
    data = {"drop_prob": drop_prob, "layer": layer, "rates": _RATES, "layers": _LAYERS, "inputs": _INPUTS}
    _stored.show("thinned_networks", data | {"net": _NET}, fig=_picture(drop_prob, layer), alt=alt)


def _masks():
    """Give all masks of six units, one a row: shape (64, 6)."""
    return np.array(list(itertools.product([1, 0], repeat=6)))


def _chances(drop_prob):
    """Give the probability of each mask."""
    kept = _masks().sum(axis=1)
    return drop_prob ** (6 - kept) * (1 - drop_prob) ** kept


def _outputs(factors, layer):
    """Give what the net computes, for every input, with its hidden layer multiplied by `factors`."""
    net = {name: np.array(values) for name, values in _NET.items()}
    hidden = np.maximum(np.outer(_INPUTS, net["W1"]) + net["b1"], 0) * factors  # (input, 6)
    z = hidden @ net["W2"].T + net["b2"]  # (input, 3)
    return (np.maximum(z, 0) if layer == "relu" else z) @ net["w3"]


def _summary(drop_prob, layer):
    """Give the average of the thinned networks, the scaled network, and the distance of the two, for every input."""
    thinned = np.array([_outputs(mask, layer) for mask in _masks()])
    average, scaled = _chances(drop_prob) @ thinned, _outputs(1 - drop_prob, layer)
    return average, scaled, abs(average - scaled)


def _picture(drop_prob, layer):
    """Draw what the module draws at first."""
    fig, (outputs, gaps) = plt.subplots(1, 2, figsize=(7.5, 2.8))
    chances = _chances(drop_prob)
    for mask, chance in zip(_masks(), chances, strict=True):
        strength = max(_FAINTEST, 0.4 * chance / chances.max())
        outputs.plot(_INPUTS, _outputs(mask, layer), color="grey", alpha=strength, linestyle="-", marker="", lw=0.8)
    average, scaled, _ = _summary(drop_prob, layer)
    outputs.plot(_INPUTS, average, color=COLORS[0], linestyle="-", marker="", lw=2.2, label="average of all 64")
    outputs.plot(_INPUTS, scaled, color=COLORS[1], linestyle="--", marker="", lw=2.2, label="scaled weights")
    outputs.set(xlabel="input", ylabel="output", xlim=(-3, 3), ylim=(-5, 6))
    outputs.legend(fontsize=7, loc="upper left")
    for name, color, dash in zip(_LAYERS, COLORS[2:], ("--", "-"), strict=True):
        curve = [_summary(rate, name)[2].max() for rate in _RATES]
        gaps.plot(_RATES, curve, color=color, linestyle=dash, marker="", label=name)
        if name == layer:
            gaps.plot(drop_prob, curve[_RATES.index(drop_prob)], color=color, marker="o", markersize=6)
    gaps.axvline(drop_prob, color="grey", linestyle="--", marker="")
    gaps.set(xlabel="drop_prob", ylabel="largest gap of the two", xlim=(0, 1), ylim=(-0.05, 1.2))
    gaps.legend(fontsize=7, loc="upper right")
    return fig
