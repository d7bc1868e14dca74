"""The figure of a small net's thinned networks, in a browser and behind it.

Feared: votes that do not add up to 1, or with keep and drop swapped; a mask that keeps what it should drop; ReLU where
the layer is to be linear, or the other way round; a scaled network that scales by p; a picture and a module that
disagree with each other or with the net; a gap that is not 0 where weight scaling is exact; a slider that the keyboard
does not move.
"""

import itertools
import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _modules, _stored, _thinned

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

PLAYED = 'd2l.figures.thinned_networks(0.5, layer="relu")'

GRID = [(rate, layer) for rate in (0, 0.05, 0.5, 0.8, 1) for layer in ("linear", "relu")]


def vote(x, factors, layer):
    """Compute the net unit by unit."""
    net = _thinned._NET
    hidden = [max(w * x + b, 0) * factor for w, b, factor in zip(net["W1"], net["b1"], factors, strict=True)]
    z = [sum(a * h for a, h in zip(row, hidden, strict=True)) + b for row, b in zip(net["W2"], net["b2"], strict=True)]
    return sum(w * (max(value, 0) if layer == "relu" else value) for w, value in zip(net["w3"], z, strict=True))


def summary(drop_prob, layer):
    """Give average, scaled network and spread for every input, from coins."""
    rows = []
    for x in _thinned._INPUTS:
        votes = {mask: vote(x, mask, layer) for mask in itertools.product((0, 1), repeat=6)}
        chances = {mask: math.prod((drop_prob, 1 - drop_prob)[kept] for kept in mask) for mask in votes}
        average = sum(chances[mask] * votes[mask] for mask in votes)
        spread = math.sqrt(sum(chances[mask] * (votes[mask] - average) ** 2 for mask in votes))
        rows.append((average, vote(x, [1 - drop_prob] * 6, layer), spread))
    return np.array(rows)


# The arithmetic, of the picture and of the module.


@pytest.mark.parametrize(("drop_prob", "layer"), GRID)
def test_the_picture_shows_the_average(drop_prob, layer):
    expected = summary(drop_prob, layer)
    average, scaled, gap = _thinned._summary(drop_prob, layer)
    np.testing.assert_allclose(average, expected[:, 0], atol=1e-9)
    np.testing.assert_allclose(scaled, expected[:, 1], atol=1e-9)
    np.testing.assert_allclose(gap, abs(expected[:, 0] - expected[:, 1]), atol=1e-9)
    if layer == "linear" or drop_prob in (0, 1):
        assert gap.max() < 1e-12
    else:
        assert gap.max() > 0.1


def test_the_module_computes_the_same(tmp_path):
    net, inputs = json.dumps(_thinned._NET), json.dumps(_thinned._INPUTS)
    expression = (
        f"{json.dumps(GRID)}.map(([p, layer]) => {{ const rows = m.summary({net}, {inputs}, p, layer); "
        "return { rows: rows.map((row) => [row.average, row.scaled, row.spread, row.gap]), at: m.widest(rows).x, "
        "sum: m.chances(p).reduce((a, b) => a + b) }; })"
    )
    for (drop_prob, layer), result in zip(GRID, in_node(tmp_path, "thinned_networks", expression), strict=True):
        expected, rows = summary(drop_prob, layer), np.array(result["rows"])
        np.testing.assert_allclose(rows[:, :3], expected, atol=1e-7)
        np.testing.assert_allclose(rows[:, 3], abs(expected[:, 0] - expected[:, 1]), atol=1e-9)
        assert result["sum"] == pytest.approx(1)
        assert result["at"] == _thinned._INPUTS[int(rows[:, 3].round(9).argmax())]


def test_masks_are_in_the_same_order(tmp_path):
    assert in_node(tmp_path, "thinned_networks", "m.masks") == _thinned._masks().tolist()


# What is stored, and what is refused.


def test_what_is_stored(monkeypatch):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for _ in range(2):
        d2l.figures.thinned_networks(0.5, layer="relu")
    assert outputs[0] == outputs[1]
    rows = summary(0.5, "relu")
    at = abs(rows[:, 0] - rows[:, 1]).argmax()
    words = f"which differ most: {rows[at, 0]:.2f} and {rows[at, 1]:.2f} at input {_thinned._INPUTS[at]:g}"
    assert words in outputs[0]["text/plain"]
    stored = json.loads(outputs[0][_modules.MIME]["data"])
    assert (stored["drop_prob"], stored["layer"]) == (0.5, "relu")


@pytest.mark.parametrize("layer", ["linear", "relu"])
def test_every_rate_has_words_of_the_right_length(monkeypatch, layer):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for drop_prob in (0, 0.35, 1):
        d2l.figures.thinned_networks(drop_prob, layer=layer)
    agree = ["agree everywhere" in output["text/plain"] for output in outputs]
    assert agree == [True, layer == "linear", True]


ALLOWED = "drop_prob must be a multiple of 0.05 in [0, 1] (the chance of zeroing)"


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"drop_prob": 0.52}, ValueError, f"{ALLOWED}, got 0.52"),
        ({"drop_prob": 1.05}, ValueError, f"{ALLOWED}, got 1.05"),
        ({"drop_prob": "0.5"}, TypeError, f"{ALLOWED}, got '0.5' (str)"),
        ({"layer": "tanh"}, ValueError, 'layer must be "linear" or "relu", got \'tanh\''),
        ({"layer": None}, ValueError, 'layer must be "linear" or "relu", got None'),
    ],
)
def test_thinned_networks_refuses(arguments, error, sentence):
    with pytest.raises(error) as refused:
        d2l.figures.thinned_networks(**arguments)
    assert str(refused.value) == f"thinned_networks: {sentence}"


# On the site.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []
    assert seen["no script"] == {"figures": 0, "pictures": 1}


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_the_figure_follows_its_sliders_and_agrees_with_the_coins(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["problems"] == []
    (steps,) = seen[mode]["plays"]
    # At first; then Home, End and ArrowLeft on drop_prob, then on the layer.
    positions = [(0.5, "relu"), (0, "relu"), (1, "relu"), (0.95, "relu")]
    positions += [(0.95, "linear"), (0.95, "relu"), (0.95, "linear")]
    for step, (drop_prob, layer) in zip(steps, positions, strict=True):
        assert step["sliders"] == [f"{drop_prob:g}", layer]
        rows, told = summary(drop_prob, layer), step["told"]
        gaps = abs(rows[:, 0] - rows[:, 1])
        at = int(gaps.round(9).argmax())
        assert told["farthest apart at input"] == f"{_thinned._INPUTS[at]:.1f}"
        for name, value in zip(("average", "scaled weights", "sd of the 64 there"), rows[at], strict=True):
            assert float(told[name]) == pytest.approx(value, abs=0.006)
        assert float(told["gap"]) == pytest.approx(gaps.max(), abs=0.006)
        assert float(told["chance of the whole net"]) == pytest.approx((1 - drop_prob) ** 6, abs=6e-4)
        assert told["average"] in step["words"][0]
        assert step["drawn"][0].count("<polyline") >= 68, "axes, 64 networks, average, scaled network, legend"
        assert not step["overflows"]
        assert step["background"] == "rgb(255, 255, 255)"
    drawings = [tuple(step["drawn"]) for step in steps]
    assert len(set(drawings[:5])) == 5
    assert drawings[5] == drawings[3]
    assert drawings[6] == drawings[4]
