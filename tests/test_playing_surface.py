"""The figure of gradient descent on a loss surface, in a browser and behind it.

Feared: numbers that disagree with the formula, in the module or in the picture; steep and flat swapped, so that the
bound is the wrong one; a path that does not start where it should or is drawn outside of its axes once it diverges; a
verdict that is wrong exactly on the bound; contours that are not those of the loss; a slider that the keyboard does not
move.
"""

import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _modules, _stored, _surface

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

PLAYED = "d2l.figures.loss_surface(0.8, fraction=0.6, num_steps=12)"

GRID = [(r, f) for r in _surface._CORRELATIONS for f in (0.05, 0.5, 0.9, 1.0, 1.2)]


def walk(correlation, fraction, num_steps):
    """Walk by the definition: w <- w - lr * H (w - minimum)."""
    H = np.array([[1, correlation], [correlation, 1]])
    lr = fraction * 2 / np.linalg.eigvalsh(H).max()
    path = [np.array(_surface._START, dtype="float64")]
    for _ in range(num_steps):
        path.append(path[-1] - lr * H @ (path[-1] - _surface._MINIMUM))
    errors = np.array(path) - _surface._MINIMUM
    return np.array(path), ((errors @ H) * errors).sum(axis=1) / 2


# The arithmetic, of the picture and of the module.


@pytest.mark.parametrize(("correlation", "fraction"), GRID)
def test_the_picture_walks_by_the_definition(correlation, fraction):
    path, losses = walk(correlation, fraction, 20)
    np.testing.assert_allclose(_surface._path(correlation, fraction, 20), path, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(_surface._excess(correlation, path), losses, rtol=1e-9, atol=1e-12)


def test_the_module_walks_by_the_definition(tmp_path):
    start, minimum = _surface._START.tolist(), _surface._MINIMUM.tolist()
    expression = (
        f"{json.dumps(GRID)}.map(([r, f]) => [m.descent(r, f)].map((now) => ({{ now, said: m.verdict(now.factors), "
        f"path: m.path(now, {start}, {minimum}, 20) }}))[0])"
        f".map((one) => ({{ ...one, losses: one.path.map((w) => m.excess(one.now, {minimum}, w)) }}))"
    )
    results = in_node(tmp_path, "loss_surface", expression)
    for (correlation, fraction), result in zip(GRID, results, strict=True):
        path, losses = walk(correlation, fraction, 20)
        np.testing.assert_allclose(result["path"], path, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(result["losses"], losses, rtol=1e-9, atol=1e-12)
        H = np.array([[1, correlation], [correlation, 1]])
        np.testing.assert_allclose(result["now"]["curvatures"], np.linalg.eigvalsh(H)[::-1], atol=1e-12)
        assert result["now"]["condition"] == pytest.approx(np.linalg.cond(H))
        diverges, on_the_edge = losses[-1] > 1.5 * losses[0], fraction == 1
        start_of_words = "diverges" if diverges else "neither" if on_the_edge else "converges"
        assert result["said"].startswith(start_of_words)


def test_lines_are_cut_at_the_axes(tmp_path):
    cases = {
        "inside": ([[1, 1], [2, 2]], [[1, 1], [2, 2]]),
        "leaves": ([[1, 1], [1, 9]], [[1, 1], [1, 4]]),
        "crosses": ([[-4, 2], [8, 2]], [[0, 2], [4, 2]]),
        "misses": ([[-1, 3], [1, 6]], None),
        "beside": ([[5, 1], [5, 3]], None),
        "far": ([[-1e9, -1e9], [1e9, 1e9]], [[0, 0], [4, 4]]),
    }
    lines = [line for line, _ in cases.values()]
    results = in_node(tmp_path, "loss_surface", f"{lines}.map(([p, q]) => m.clip(p, q, [0, 4], [0, 4]))")
    for name, expected, result in zip(cases, [part for _, part in cases.values()], results, strict=True):
        assert (result is None) == (expected is None), name
        if expected is not None:
            np.testing.assert_allclose(result, expected, atol=1e-6, err_msg=name)


# What is stored, and what is refused.


def test_what_is_stored(monkeypatch):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for _ in range(2):
        d2l.figures.loss_surface(0.5, fraction=1.1, num_steps=3)
    assert outputs[0] == outputs[1]
    first, last = walk(0.5, 1.1, 3)[1][[0, -1]]
    words = outputs[0]["text/plain"]
    assert "curvatures 1.50 and 0.50, with 3 steps of gradient descent at 1.10 of the largest" in words
    assert f"from {first:.3g} to {last:.3g}." in words
    stored = json.loads(outputs[0][_modules.MIME]["data"])
    assert (stored["correlation"], stored["fraction"], stored["steps"]) == (0.5, 1.1, 3)


def test_the_picture_shows_the_path():
    path = _surface._path(0.8, 0.9, 5)
    fig = _surface._picture(0.8, path)
    surface, curve = fig.axes
    np.testing.assert_allclose(surface.lines[0].get_xydata(), path)
    np.testing.assert_allclose(curve.lines[0].get_ydata(), walk(0.8, 0.9, 5)[1])
    d2l.plt.close(fig)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"correlation": 0.7}, ValueError, f"correlation must be one of {_surface._CORRELATIONS}, got 0.7"),
        ({"correlation": math.nan}, ValueError, f"correlation must be one of {_surface._CORRELATIONS}, got nan"),
        ({"fraction": 0}, ValueError, "fraction must be a multiple of 0.05 in [0.05, 1.2], got 0"),
        ({"fraction": 1.25}, ValueError, "fraction must be a multiple of 0.05 in [0.05, 1.2], got 1.25"),
        ({"fraction": "1"}, TypeError, "fraction must be a multiple of 0.05 in [0.05, 1.2], got '1' (str)"),
        ({"num_steps": 61}, ValueError, "num_steps must be a whole number in [0, 60], got 61"),
        ({"num_steps": 1.5}, ValueError, "num_steps must be a whole number in [0, 60], got 1.5"),
    ],
)
def test_loss_surface_refuses(changes, error, sentence):
    with pytest.raises(error) as refused:
        d2l.figures.loss_surface(**changes)
    assert str(refused.value) == f"loss_surface: {sentence}"


# On the site.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []
    assert seen["no script"] == {"figures": 0, "pictures": 1}


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_the_figure_follows_its_sliders_and_agrees_with_the_formula(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["problems"] == []
    (steps,) = seen[mode]["plays"]
    # At first; then Home, End and ArrowLeft on the learning rate, on the steps, on the correlation.
    positions = [(0.6, 12, 0.8), (0.05, 12, 0.8), (1.2, 12, 0.8), (1.15, 12, 0.8)]
    positions += [(1.15, 0, 0.8), (1.15, 60, 0.8), (1.15, 59, 0.8), (1.15, 59, 0), (1.15, 59, 0.99), (1.15, 59, 0.95)]
    for step, (fraction, count, correlation) in zip(steps, positions, strict=True):
        assert step["sliders"] == [f"{fraction:g}", f"{count}", f"{correlation:g}"]
        told = step["told"]
        assert told["curvatures"] == f"{1 + correlation:.2f} and {1 - correlation:.2f}"
        assert float(told["largest stable learning rate"]) == pytest.approx(2 / (1 + correlation), abs=6e-4)
        assert float(told["learning rate"]) == pytest.approx(fraction * 2 / (1 + correlation), abs=6e-4)
        assert float(told["loss above minimum"]) == pytest.approx(walk(correlation, fraction, count)[1][-1], rel=6e-3)
        assert told["descent"].startswith("diverges" if fraction > 1 else "converges")
        assert told["descent"] in step["words"][0]
        assert not step["overflows"]
        assert step["background"] == "rgb(255, 255, 255)"
        assert step["drawn"][0].count("<path") >= 3, "contours, minimum, way"
    assert len({tuple(step["drawn"]) for step in steps}) == len(steps)
