"""The figure of activations by layer, in a browser and behind it.

Feared: rows of another layer than the slider says; a standard deviation of another scheme or activation than the lists
show; 0 as a logarithm; an axis that jumps from choice to choice; values beyond the range that vanish from the bars, or
zeros that hide all others; a list that the keyboard does not move.
"""

import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _histograms, _modules, _stored

import numpy as np
import pytest
from mxnet import nd
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

SIZES = {"small": {"tanh": 0.1, "relu": 0.05}, "large": {"tanh": 1, "relu": 2}, "zero": {"tanh": 0, "relu": 0}}
NUM_LAYERS, DEPTHS, RANGES = 4, [1, 2, 4], {"tanh": (-1, 1), "relu": (0, 3)}
MAKE = f"""import numpy as np
grid = np.linspace(-1, 1, 21)
outputs = {{
    name: {{a: [s**k * (grid if a == "tanh" else abs(grid)) for k in range({NUM_LAYERS})] for a, s in by.items()}}
    for name, by in {SIZES}.items()
}}
"""
PLAYED = f"{MAKE}d2l.figures.layer_histograms(outputs, depths={DEPTHS}, ranges={RANGES})"
scope = {}
exec(MAKE, scope)  # what the page of the browser computes, too
OUTPUTS = scope["outputs"]


def shown(monkeypatch, **changes):
    displayed = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: displayed.append(data))
    d2l.figures.layer_histograms(**{"outputs": OUTPUTS, "depths": DEPTHS, "ranges": RANGES} | changes)
    return displayed[0]


def std(name, activation, layer):
    return OUTPUTS[name][activation][layer - 1].std()


def test_what_is_stored(monkeypatch):
    output = shown(monkeypatch)
    assert output == shown(monkeypatch)
    assert "(tanh) of layers 1, 2, 4 from small" in output["text/plain"]
    assert "0.606 in layer 1, 0.000606 in layer 4" in output["text/plain"]
    stored = json.loads(output[_modules.MIME]["data"])
    assert stored["schemes"]["large"]["relu"]["stds"] == [float(f"{std('large', 'relu', k):.3g}") for k in (1, 2, 3, 4)]
    assert stored["schemes"]["zero"]["tanh"]["stds"][1:] == [0, 0, 0]
    assert len(output[_modules.MIME]["data"]) < 4000


def test_an_ndarray_gives_what_its_numbers_give(monkeypatch):
    as_ndarrays = {
        name: {a: [nd.array(layer, dtype="float64") for layer in layers] for a, layers in by.items()}
        for name, by in OUTPUTS.items()
    }
    assert shown(monkeypatch, outputs=as_ndarrays) == shown(monkeypatch)


def test_bars_by_hand():
    values = np.array([-5, -1, 0, 0, 0.01, 1, 7])
    bars = _histograms._bars(values, (-1, 1))
    assert len(bars) == 41
    assert (bars[0], bars[20], bars[-1]) == (1000, 500, 1000), "what lies beyond is at the ends, zeros are left out"
    assert sum(bars) == 2500
    assert _histograms._bars(np.zeros(5), (-1, 1))[20] == 1000, "where there is nothing else zeros are shown"


def test_the_picture_shows_bars_and_deviations(monkeypatch):
    data = json.loads(shown(monkeypatch)[_modules.MIME]["data"])
    fig = _histograms._picture(data, "large", "relu")
    left, right = fig.axes
    assert [text.get_text() for text in left.texts] == [f"{k}: {std('large', 'relu', k):.2g}" for k in DEPTHS]
    np.testing.assert_allclose(right.lines[0].get_xydata()[:, 0], [1, 2, 3, 4])
    np.testing.assert_allclose(right.lines[0].get_ydata(), [std("large", "relu", k) for k in (1, 2, 3, 4)], rtol=0.01)
    zero = _histograms._picture(data, "zero", "tanh")
    assert len(zero.axes[1].lines[0].get_xdata()) == 1, "0 has no logarithm"
    for one in (fig, zero):
        d2l.plt.close(one)


LAYERS = [np.ones(3), np.ones(3)]
SAME = "outputs must hold for all first weights the same activations and the same number of layers, got"
TWO = "depths must be two to eight, increasing, the last one at most the 4 layers, got"


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"outputs": [1]}, TypeError, "outputs must be a dict of dicts of lists of arrays, got list"),
        ({"outputs": {"He": LAYERS}}, TypeError, "outputs['He'] must be a dict of lists of arrays, got list"),
        ({"outputs": {}}, ValueError, f"{SAME} {{}}"),
        (
            {"outputs": {"a": {"tanh": LAYERS}, "b": {"relu": LAYERS}}},
            ValueError,
            f"{SAME} {{'a': {{'tanh': 2}}, 'b': {{'relu': 2}}}}",
        ),
        (
            {"outputs": {"a": {"tanh": LAYERS}, "b": {"tanh": LAYERS[:1]}}},
            ValueError,
            f"{SAME} {{'a': {{'tanh': 2}}, 'b': {{'tanh': 1}}}}",
        ),
        ({"depths": [4]}, ValueError, f"{TWO} [4]"),
        ({"depths": [2, 1]}, ValueError, f"{TWO} [2, 1]"),
        ({"depths": [1, 5]}, ValueError, f"{TWO} [1, 5]"),
        ({"depths": [0, 1]}, ValueError, "depths must be an integer >= 1, got 0"),
        ({"depths": [1.0, 2]}, TypeError, "depths must be an integer >= 1, got 1.0 (float)"),
        ({"ranges": [(0, 1)]}, TypeError, "ranges must be a dict of pairs, got list"),
        ({"ranges": {"tanh": (-1, 1)}}, ValueError, "ranges['relu'] must be a lower and a higher number, got None"),
        (
            {"ranges": RANGES | {"tanh": (1, 1)}},
            ValueError,
            "ranges['tanh'] must be a lower and a higher number, got (1, 1)",
        ),
        (
            {"outputs": {"a": {"tanh": [np.ones(2), np.array([math.nan, math.inf, 1])]}}, "depths": [1, 2]},
            ValueError,
            "the outputs of layer 2 must be finite numbers, got shape (3,) and 2 values that are not finite",
        ),
    ],
)
def test_layer_histograms_refuses(monkeypatch, changes, error, sentence):
    with pytest.raises(error) as refused:
        shown(monkeypatch, **changes)
    assert str(refused.value) == f"layer_histograms: {sentence}"


def test_the_module_computes(tmp_path):
    schemes = json.dumps({"a": {"tanh": {"stds": [0.5, 0]}}, "b": {"tanh": {"stds": [20, 1e-3]}}})
    same = json.dumps({"a": {"tanh": {"stds": [1, 1]}}})
    expression = (
        f"[m.range({schemes}, 'tanh'), m.range({same}, 'tanh'), [0, 1e-40, 0.1].map(m.height), "
        "[0, 0.626, 0.01, 0.0099, 12, 4321].map(m.digits)]"
    )
    ranges, equal, heights, digits = in_node(tmp_path, "layer_histograms", expression)
    assert (ranges, equal) == ([-12, 2], [0, 1])
    assert heights == [-12, -12, -1]
    assert digits == ["0", "0.63", "0.010", "9.9e-3", "12", "4.3e+3"]


# On the site.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []
    assert seen["no script"] == {"figures": 0, "pictures": 1}


# At first; End, Home and ArrowDown on both lists; Home, End and ArrowLeft on the slider.
POSITIONS = [
    *(("small", "tanh", 4), ("zero", "tanh", 4), ("small", "tanh", 4), ("large", "tanh", 4)),
    *(("large", "relu", 4), ("large", "tanh", 4), ("large", "relu", 4)),
    *(("large", "relu", 1), ("large", "relu", 4), ("large", "relu", 2)),
]


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_the_figure_follows_its_lists_and_its_slider(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["problems"] == []
    (steps,) = seen[mode]["plays"]
    for step, (name, activation, depth) in zip(steps, POSITIONS, strict=True):
        assert step["choices"] == [name, activation]
        assert step["sliders"] == [str(depth)]
        layers = [k for k in DEPTHS if k <= depth]
        assert list(step["told"]) == [f"layer {k}" for k in layers]
        for k in layers:
            told = step["told"][f"layer {k}"]
            assert float(told) == pytest.approx(std(name, activation, k), rel=0.06)
            assert f"{told} in layer {k}" in step["words"][0]
            assert f"{k}: {told}" in step["texts"]
        assert f"({activation}) from {name}" in step["words"][0]
        bars = [_histograms._bars(OUTPUTS[name][activation][k - 1], RANGES[activation]) for k in layers]
        assert step["drawn"][0].count("<rect") == sum(bar > 0 for row in bars for bar in row)
        assert step["drawn"][1].count("<circle") == 1
        assert not step["overflows"]
        assert step["background"] == "rgb(255, 255, 255)"
