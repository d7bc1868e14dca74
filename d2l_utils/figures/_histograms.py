"""The figure of activations by layer for several first weights; layer_histograms.js shows those that are chosen."""

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

import numpy as np

NUM_BINS = 41


def layer_histograms(outputs, *, depths, ranges):
    """Show histograms of what layers give, for first weights, an activation and a depth that the reader chooses.

    Parameters
    ----------
    outputs : dict of str to dict of str to list of arrays
        {"He": {"tanh": [layer 1, layer 2, ...], ...}, ...}: for all first weights the same activations, and for each
        the same number of layers, finite.
    depths : sequence of two to eight ints >= 1, increasing
        The layers whose histogram is drawn; the last one is at most the number of layers. The first picture shows
        all of them.
    ranges : dict of str to (float, float)
        For each activation the lowest and the highest value of its histograms. What lies beyond is counted in the
        bars at the ends.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `outputs`, a part of it or `ranges` is no dict, or a depth no integer.
    ValueError
        If names or numbers of layers differ, depths do not increase or go too far, a range is empty, or a value is
        not finite.

    Notes
    -----
    Stored are the standard deviation of every layer with three digits, and for each histogram its bars as whole
    per mille of the highest one. Exact zeros, which ReLU gives, would hide all others: where there are others, they are
    left out of the bars, not of the standard deviation.

    Introduced in: notebooks/20-initialization.ipynb
    """
    activations, num_layers = _check_outputs(outputs)
    _check_depths(depths, num_layers)
    _check_ranges(ranges, activations)
    depths = [int(depth) for depth in depths]
    schemes = {
        scheme: {name: _summary(layers, depths, ranges[name]) for name, layers in by_activation.items()}
        for scheme, by_activation in outputs.items()
    }
    data = {
        "depths": depths,
        "ranges": {name: list(map(float, ranges[name])) for name in activations},
        "schemes": schemes,
    }
    scheme, activation = next(iter(schemes)), activations[0]
    stds = schemes[scheme][activation]["stds"]
    alt = (
        f"Histograms of the activations ({activation}) of layers {', '.join(map(str, depths))} from {scheme}, and "
        f"their standard deviation against the layer: {stds[0]:.3g} in layer 1, {stds[depths[-1] - 1]:.3g} in layer "
        f"{depths[-1]}."
    )
    _stored.show("layer_histograms", data, fig=_picture(data, scheme, activation), alt=alt)


def _check_outputs(outputs):
    """Give the activations' names and the number of layers; raise unless all parts have the same."""
    _validation.instance("layer_histograms", "outputs", outputs, dict, allowed="a dict of dicts of lists of arrays")
    shapes = {}
    for scheme, by_activation in outputs.items():
        name = f"outputs[{scheme!r}]"
        _validation.instance("layer_histograms", name, by_activation, dict, allowed="a dict of lists of arrays")
        shapes[scheme] = {activation: len(layers) for activation, layers in by_activation.items()}
    first = next(iter(shapes.values()), {})
    lengths = {tuple(shape.items()) for shape in shapes.values()}
    if not first or len(lengths) != 1 or len(set(first.values())) != 1:
        raise ValueError(
            "layer_histograms: outputs must hold for all first weights the same activations and the same number of "
            f"layers, got {_validation.in_short(shapes)}"
        )
    return list(first), next(iter(first.values()))


def _check_depths(depths, num_layers):
    for depth in depths:
        _validation.integer("layer_histograms", "depths", depth, at_least=1)
    if not 2 <= len(depths) <= 8 or (np.diff(depths) <= 0).any() or depths[-1] > num_layers:
        raise ValueError(
            f"layer_histograms: depths must be two to eight, increasing, the last one at most the {num_layers} layers, "
            f"got {_validation.in_short(list(depths))}"
        )


def _check_ranges(ranges, activations):
    _validation.instance("layer_histograms", "ranges", ranges, dict, allowed="a dict of pairs")
    for name in activations:
        pair = ranges.get(name)
        if not isinstance(pair, tuple | list) or len(pair) != 2 or not -np.inf < pair[0] < pair[1] < np.inf:
            raise ValueError(
                f"layer_histograms: ranges[{name!r}] must be a lower and a higher number, got "
                f"{_validation.in_short(pair)}"
            )


def _summary(layers, depths, bounds):
    """Give standard deviations and bars with the digits that are stored; raise on what cannot be drawn."""
    arrays = [np.asarray(layer.asnumpy() if hasattr(layer, "asnumpy") else layer, dtype="float64") for layer in layers]
    for number, array in enumerate(arrays, start=1):
        if array.size == 0 or not np.isfinite(array).all():
            raise ValueError(
                f"layer_histograms: the outputs of layer {number} must be finite numbers, got shape {array.shape} and "
                f"{(~np.isfinite(array)).sum()} values that are not finite"
            )
    stds = [float(f"{array.std():.3g}") for array in arrays]
    return {"stds": stds, "bars": [_bars(arrays[depth - 1], bounds) for depth in depths]}


def _bars(values, bounds):
    """Count values that are not 0, if there are any, in bins of equal width, as per mille of the fullest."""
    shown = values[values != 0] if values.any() else values
    counts, _ = np.histogram(np.clip(shown, *bounds), bins=NUM_BINS, range=bounds)
    return (1000 * counts / counts.max()).round().astype(int).tolist()


def _picture(data, scheme, activation):
    """Draw what the module draws at first."""
    depths, (low, high) = data["depths"], data["ranges"][activation]
    chosen = data["schemes"][scheme][activation]
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.2))
    width = (high - low) / NUM_BINS
    places = low + width * (np.arange(NUM_BINS) + 0.5)
    for row, (depth, bars) in enumerate(zip(depths, chosen["bars"], strict=True)):
        bottom = len(depths) - 1 - row
        left.bar(places, np.array(bars) / 1000 * 0.85, width, bottom=bottom, color=COLORS[0])
        left.text(high + width / 2, bottom + 0.2, f"{depth}: {chosen['stds'][depth - 1]:.2g}", fontsize=8)
    left.set_axisbelow(True)
    left.set_title("layer: sd", loc="right", fontsize=8)
    left.set(xlabel=f"{activation}, from {scheme}", ylabel="a histogram a layer", yticks=[], xlim=(low, high))
    stds = np.array(chosen["stds"][: depths[-1]])
    layers = np.arange(1, len(stds) + 1)
    right.plot(layers[stds > 0], stds[stds > 0], marker="", color=COLORS[0])
    right.set(xlabel="layer", ylabel="standard deviation", yscale="log")
    return fig
