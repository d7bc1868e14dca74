"""The figure of forward and backward steps, in a browser and behind it.

Feared: slopes that are not those of autograd; the picture and the module disagree; a value shown before what it is
computed from, or a slope before those that it needs; a button that moves the drawing and not the slider; steps beyond
the ends; a slider or a button that the keyboard does not move.
"""

import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _graph_steps, _modules, _stored

import numpy as np
import pytest
from mxnet import autograd, nd
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

PLAYED = "d2l.figures.graph_steps()"

INPUTS = _graph_steps._INPUTS


def by_autograd(x1):
    """Give values and slopes of the same network as MXNet finds them, {name: number}."""
    n = _graph_steps._NETWORK
    W = nd.array([[n["w11"], n["w12"]], [n["w21"], n["w22"]]], dtype="float64")
    b, V, c = (nd.array(a, dtype="float64") for a in ([n["b1"], n["b2"]], [[n["v1"]], [n["v2"]]], [n["c"]]))
    z_moves, h_moves = nd.zeros((1, 2), dtype="float64"), nd.zeros((1, 2), dtype="float64")
    for array in (W, b, V, c, z_moves, h_moves):
        array.attach_grad()
    with autograd.record():
        z = nd.dot(nd.array([[x1, n["x2"]]], dtype="float64"), W) + b + z_moves
        h = nd.sigmoid(z) + h_moves
        y_hat = nd.dot(h, V) + c
        L, S = ((y_hat - n["y"]) ** 2 / 2).sum(), n["lambd"] / 2 * ((W**2).sum() + (V**2).sum())
        J = L + S
    J.backward()
    pairs = (("z", z, z_moves.grad), ("h", h, h_moves.grad))
    values = {f"{name}{k + 1}": array[0, k].asscalar() for name, array, _ in pairs for k in range(2)}
    values |= {"y_hat": y_hat.asscalar(), "L": L.asscalar(), "S": S.asscalar(), "J": J.asscalar()}
    slopes = {f"{name}{k + 1}": grad[0, k].asscalar() for name, _, grad in pairs for k in range(2)}
    slopes |= {f"w{i + 1}{k + 1}": W.grad[i, k].asscalar() for i in range(2) for k in range(2)}
    slopes |= {f"b{k + 1}": b.grad[k].asscalar() for k in range(2)}
    slopes |= {f"v{k + 1}": V.grad[k, 0].asscalar() for k in range(2)}
    return values, slopes | {"c": c.grad.asscalar(), "y_hat": c.grad.asscalar(), "J": 1, "L": 1, "S": 1}


def agrees(got, expected):
    assert set(expected) <= set(got)
    for name, number in expected.items():
        assert got[name] == pytest.approx(number, abs=1e-12), name


@pytest.mark.parametrize("x1", [-2, 0, 1, 1.5])
def test_the_picture_shows_what_autograd_finds(x1):
    values, slopes = by_autograd(x1)
    agrees(_graph_steps._values(x1), values)
    agrees(_graph_steps._slopes(x1), slopes)
    assert set(_graph_steps._slopes(x1)) == set(slopes)


def test_the_module_finds_the_same(tmp_path):
    network = json.dumps(_graph_steps._NETWORK)
    expression = f"{INPUTS}.map((x1) => [m.valuesOf({network}, x1), m.slopesOf({network}, x1)])"
    for x1, (values, slopes) in zip(INPUTS, in_node(tmp_path, "graph_steps", expression), strict=True):
        agrees(values, _graph_steps._values(x1))
        agrees(slopes, _graph_steps._slopes(x1))


NEEDS = {"z1": "x1 x2", "z2": "x1 x2", "h1": "z1", "h2": "z2", "y_hat": "h1 h2", "L": "y_hat", "S": "", "J": "L S"}
ARRIVE = {"J": "", "L": "J", "S": "J", "y_hat": "L", "v1": "y_hat S", "v2": "y_hat S", "c": "y_hat", "h1": "y_hat"}
ARRIVE |= {"h2": "y_hat", "z1": "h1", "z2": "h2", "w11": "z1 S", "w21": "z1 S", "w12": "z2 S", "w22": "z2 S"}
ARRIVE |= {"b1": "z1", "b2": "z2"}


def test_nothing_comes_before_what_it_needs(tmp_path):
    known = {"x1", "x2"}
    for name in _graph_steps._FORWARD:
        assert set(NEEDS[name].split()) <= known
        known.add(name)
    arrived = set()
    for names in _graph_steps._BACKWARD:
        assert all(set(ARRIVE[name].split()) <= arrived for name in names)
        arrived |= set(names)
    assert arrived == set(ARRIVE)
    orders = in_node(tmp_path, "graph_steps", "[m.FORWARD, m.BACKWARD]")
    assert orders == [_graph_steps._FORWARD, _graph_steps._BACKWARD]
    sizes = in_node(tmp_path, "graph_steps", "[0, 8, 9, 19].map((s) => [m.progress(s).known, m.progress(s).arrived])"
                    ".map((sets) => sets.map((set) => set.size))")  # fmt: skip
    assert sizes == [[2, 0], [10, 0], [10, 1], [10, 17]]


def test_numbers_are_short(tmp_path):
    numbers = [0, -1e-9 * 0, 0.75026, -0.640104, 1, 12345.6]
    shown = in_node(tmp_path, "graph_steps", f"{numbers}.map(m.short)")
    assert shown == ["0", "0", "0.75", "-0.64", "1", "12300"]


def test_picture_and_data_are_stored(monkeypatch):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for step in range(20):
        d2l.figures.graph_steps(step, x1=-2)
    stored = json.loads(outputs[-1][_modules.MIME]["data"])
    assert (stored["step"], stored["x1"]) == (19, -2)
    assert "After step 19, 8 of 8 values and 17 slopes are there. J is " in outputs[-1]["text/plain"]
    assert "After step 3, 3 of 8 values and 0 slopes are there." in outputs[3]["text/plain"]


def test_the_picture_hides_what_is_not_there_yet():
    values, slopes = _graph_steps._values(1), _graph_steps._slopes(1)
    counts = []
    for step in (0, 8, 19):
        fig = _graph_steps._picture(step, values, slopes)
        counts.append(sum(len(ax.texts) for ax in fig.axes) - len(_graph_steps._EDGES))
        d2l.plt.close(fig)
    assert np.diff(counts).tolist() == [8, 8], "values above all nodes but the inputs, then slopes below them"


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"step": 20}, ValueError, "step must be in [0, 19], got 20"),
        ({"step": -1}, ValueError, "step must be an integer >= 0, got -1"),
        ({"step": 1.5}, TypeError, "step must be an integer >= 0, got 1.5 (float)"),
        ({"x1": 0.3}, ValueError, "x1 must be a multiple of 0.5 in [-2, 2], got 0.3"),
        ({"x1": math.nan}, ValueError, "x1 must be a multiple of 0.5 in [-2, 2], got nan"),
        ({"x1": "1"}, TypeError, "x1 must be a multiple of 0.5 in [-2, 2], got '1' (str)"),
    ],
)
def test_graph_steps_refuses(changes, error, sentence):
    with pytest.raises(error) as refused:
        d2l.figures.graph_steps(**changes)
    assert str(refused.value) == f"graph_steps: {sentence}"


# On the site.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []
    assert seen["no script"] == {"figures": 0, "pictures": 1}


# At first; Home, End, ArrowLeft on the step; the same on the input; twice one step back, twice one step on.
POSITIONS = [(19, 1), (0, 1), (19, 1), (18, 1), (18, -2), (18, 2), (18, 1.5), (17, 1.5), (16, 1.5), (17, 1.5)]
POSITIONS += [(18, 1.5)]


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_sliders_and_buttons_step_through_the_graph(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["problems"] == []
    (steps,) = seen[mode]["plays"]
    assert len(steps) == len(POSITIONS)
    for look, (step, x1) in zip(steps, POSITIONS, strict=True):
        assert look["sliders"] == [str(step), f"{x1:g}"]
        slopes = _graph_steps._slopes(x1)
        expected = f"{_graph_steps._values(x1)['J']:.4f}" if step >= 8 else "?"
        assert look["told"]["J"] == expected
        assert look["told"]["slope along w11"] == (f"{slopes['w11']:.4f}" if step >= 18 else "?")
        assert f"after step {step} of 19: {min(step, 8)} values" in look["words"][0]
        assert not look["overflows"]
        assert look["background"] == "rgb(255, 255, 255)"
    assert steps[-1]["drawn"] == steps[6]["drawn"], "there and back"
    assert len({tuple(look["drawn"]) for look in steps[:9]}) == 8, "the first is drawn again at the end of the slider"
