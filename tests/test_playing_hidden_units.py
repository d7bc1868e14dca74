"""The figure of hidden units that follow a curve, in a browser and behind it.

Feared: an error that is not the largest one, or taken where the network is exact anyway; a bound that the error breaks;
slopes in place of changes of slope; a hinge too many; steps at the wrong height; numbers or drawings that stay when a
slider moves; a picture that shows another network than the module.
"""

import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _hidden_units, _modules, _stored

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

PLAYED = "d2l.figures.hidden_units(4)"

KS, X = _hidden_units._KS, _hidden_units._GRID
NETWORKS = [(k, activation) for k in KS for activation in ("relu", "step")]


def followed(k, activation):
    """Give the network's values by their definition: straight pieces between points, or level ones."""
    if activation == "relu":
        points = np.linspace(0, 2 * math.pi, k + 1)
        return np.interp(X, points, np.sin(points))
    width = 2 * math.pi / (k + 1)
    piece = np.minimum(np.floor(X / width + 1e-12), k)
    return np.sin((piece + 0.5) * width)


def largest_error(k, activation):
    return np.abs(followed(k, activation) - np.sin(X)).max()


# The arithmetic, of the picture and of the module.


@pytest.mark.parametrize(("k", "activation"), NETWORKS)
def test_the_picture_follows_the_curve_within_its_bound(k, activation):
    ats, weights, bias, bound = _hidden_units._network(k, activation)
    values = bias + _hidden_units._bends(X, ats, weights, activation).sum(axis=0)
    assert len(ats) == len(weights) == k
    np.testing.assert_allclose(values, followed(k, activation), atol=1e-12)
    assert largest_error(k, activation) <= bound + 1e-12
    if activation == "relu" and k >= 8:
        assert largest_error(k, activation) > 0.9 * bound, "the bound is reached where the curve bends most"


def test_twice_as_many_units_give_a_quarter_of_the_error_with_relu_and_half_with_steps():
    assert largest_error(32, "relu") / largest_error(64, "relu") == pytest.approx(4, rel=0.02)
    assert largest_error(32, "step") / largest_error(64, "step") == pytest.approx(2, rel=0.1)


def test_the_module_computes_the_same(tmp_path):
    expression = (
        f"{json.dumps(NETWORKS)}.map(([k, activation]) => [m.network(k, activation)].map((net) => "
        f"({{ bound: net.bound, values: {X[::10].tolist()}.map((x) => m.output(x, net, activation)) }}))[0])"
    )
    results = in_node(tmp_path, "hidden_units", expression)
    for (k, activation), result in zip(NETWORKS, results, strict=True):
        np.testing.assert_allclose(result["values"], followed(k, activation)[::10], atol=1e-12)
        assert result["bound"] == pytest.approx(_hidden_units._network(k, activation)[3])


# What is stored, and what is refused.


def test_what_is_stored(monkeypatch):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for _ in range(2):
        d2l.figures.hidden_units(6)
    assert outputs[0] == outputs[1]
    words = outputs[0]["text/plain"]
    assert f"6 hidden units with relu that follows it, largest error {largest_error(6, 'relu'):.3f} (bound" in words
    stored = json.loads(outputs[0][_modules.MIME]["data"])
    assert stored == {"ks": KS, "k": 6, "activations": ["relu", "step"], "activation": "relu"}


def test_the_picture_shows_network_and_units():
    ats, weights, bias, _ = _hidden_units._network(5, "relu")
    bends = _hidden_units._bends(X, ats, weights, "relu")
    fig = _hidden_units._picture(bias + bends.sum(axis=0), bends)
    curve, units = fig.axes
    np.testing.assert_allclose(curve.lines[0].get_ydata(), np.sin(X))
    np.testing.assert_allclose(curve.lines[1].get_ydata(), followed(5, "relu"), atol=1e-12)
    assert len(units.lines) == 5
    d2l.plt.close(fig)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"k": 13}, ValueError, f"hidden_units: k must be one of {KS}, got 13"),
        ({"k": 0}, ValueError, "hidden_units: k must be"),
        ({"k": 2.0}, TypeError, "hidden_units: k must be"),
        ({"activation": "tanh"}, ValueError, "activation must be one of ['relu', 'step'], got 'tanh'"),
    ],
)
def test_what_is_refused(arguments, error, sentence):
    with pytest.raises(error) as caught:
        d2l.figures.hidden_units(**arguments)
    assert sentence in str(caught.value)


# In the browser.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_it_stands_on_screen_as_a_picture_on_paper_and_within_its_card(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["onPaper"] == {"figures": 0, "pictures": 1}
    assert seen[mode]["problems"] == []
    for step in seen[mode]["plays"][0]:
        assert step["background"] == "rgb(255, 255, 255)"
        assert not step["overflows"]


@IN_BROWSER
def test_without_scripts_the_picture_stays(seen):
    assert seen["no script"] == {"figures": 0, "pictures": 1}


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_it_follows_its_sliders_and_agrees_with_the_formula(seen, mode):
    steps = seen[mode]["plays"][0]
    # At first; Home, End, ArrowLeft on k; Home, End, ArrowLeft on the activation.
    networks = [(4, "relu"), (1, "relu"), (64, "relu"), (32, "relu"), (32, "relu"), (32, "step"), (32, "relu")]
    for step, (k, activation) in zip(steps, networks, strict=True):
        assert step["sliders"] == [str(k), activation]
        assert step["labels"] == [f"hidden units k = {k}", f"activation = {activation}"]
        width = 2 * math.pi / (k if activation == "relu" else k + 1)
        name, bound = ("bound d²/8", width**2 / 8) if activation == "relu" else ("bound d/2", width / 2)
        error = f"{largest_error(k, activation):.3f}"
        assert step["told"] == {"largest error": error, name: f"{bound:.3f}"}
        assert step["drawn"][1].count("<polyline") == k + 2, "an axis, k units, and the key"
        assert f"largest error {error}" in step["words"][0]
    assert len({tuple(step["drawn"]) for step in steps}) == len(set(networks))
