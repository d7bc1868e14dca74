"""The figure of the minimum under a growing penalty, in a browser and behind it.

Feared: numbers that disagree with the closed forms, in the module or in the picture; L1 and L2 swapped; a half too many
or too few; coordinate descent that stops too early where the inputs go together; a weight under L1 that is small in
place of 0, or shown as -0.00; contours or balls that do not pass through the minimum they belong to; a slider that the
keyboard does not move.
"""

import json
import math

import d2l_utils as d2l
from d2l_utils.figures import _modules, _penalty, _stored

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

PLAYED = "d2l.figures.penalty_path(0.8, correlation=0.5)"

GRID = [(lambd, r) for lambd in (0, 0.1, 0.8, 1.5, 3) for r in _penalty._CORRELATIONS]
W = _penalty._MINIMUM


def hessian(r):
    return np.array([[1, r], [r, 1]])


def ridge(lambd, r):
    return np.linalg.inv(hessian(r) + lambd * np.eye(2)) @ hessian(r) @ W


def lasso(lambd, r):
    """Try all patterns of signs: the one whose forces balance is the minimum."""
    H, goal = hessian(r), hessian(r) @ W
    for pattern in ((a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
        signs, w = np.array(pattern), np.zeros(2)
        used = signs != 0
        if used.any():
            w[used] = np.linalg.solve(H[np.ix_(used, used)], (goal - lambd * signs)[used])
        slope = goal - H @ w
        if (np.sign(w) == signs).all() and (abs(slope[~used]) <= lambd + 1e-9).all():
            return w
    raise AssertionError("no minimum found")


# The arithmetic, of the picture and of the module.


@pytest.mark.parametrize(("lambd", "r"), GRID)
def test_the_picture_shows_the_minima(lambd, r):
    np.testing.assert_allclose(_penalty._l2_minimum(lambd, r), ridge(lambd, r), atol=1e-9)
    found, expected = _penalty._l1_minimum(lambd, r), lasso(lambd, r)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert ((found == 0) == (expected == 0)).all(), "exact zeros"


def test_independent_inputs_have_closed_forms():
    for lambd in _penalty._LAMBDAS:
        soft = np.sign(W) * np.maximum(abs(W) - lambd, 0)
        np.testing.assert_allclose(_penalty._l1_minimum(lambd, 0), soft, atol=1e-12)
        np.testing.assert_allclose(_penalty._l2_minimum(lambd, 0), W / (1 + lambd), atol=1e-12)


def test_the_module_computes_the_minima(tmp_path):
    minimum, rounds = W.tolist(), _penalty._ROUNDS
    expression = (
        f"{json.dumps(GRID)}.map(([lambd, r]) => [m.ridge, m.lasso].map((f) => f(lambd, r, {minimum}, {rounds})))"
        f".map(([l2, l1], i) => ({{ l2, l1, excess: m.excess({json.dumps(GRID)}[i][1], {minimum}, l1), "
        f"negative_zero: [...l1, ...l2].some((value) => Object.is(value, -0)) }}))"
    )
    for (lambd, r), result in zip(GRID, in_node(tmp_path, "penalty_path", expression), strict=True):
        np.testing.assert_allclose(result["l2"], ridge(lambd, r), atol=1e-9)
        np.testing.assert_allclose(result["l1"], lasso(lambd, r), atol=1e-9)
        assert [value == 0 for value in result["l1"]] == (lasso(lambd, r) == 0).tolist()
        d = lasso(lambd, r) - W
        assert result["excess"] == pytest.approx(d @ hessian(r) @ d / 2, abs=1e-9)
        assert not result["negative_zero"]


def test_contours_and_balls_are_what_they_say(tmp_path):
    minimum = W.tolist()
    expression = (
        f"[m.contour(0.9, 0.5, {minimum}), m.contour(0.4, -0.8, {minimum}), m.circle([3, -4]), m.diamond([1, -2])]"
    )
    first, second, circle, diamond = map(np.array, in_node(tmp_path, "penalty_path", expression))
    for ring, level, r in ((first, 0.9, 0.5), (second, 0.4, -0.8)):
        d = ring - W
        np.testing.assert_allclose(((d @ hessian(r)) * d).sum(axis=1) / 2, level, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 5, atol=1e-9)
    np.testing.assert_allclose(abs(diamond).sum(axis=1), 3, atol=1e-9)


def test_lines_are_cut_at_the_axes(tmp_path):
    cases = [
        ([[1, 1], [2, 2]], [[1, 1], [2, 2]]),
        ([[1, 1], [1, 9]], [[1, 1], [1, 4]]),
        ([[-4, 2], [8, 2]], [[0, 2], [4, 2]]),
        ([[-1, 3], [1, 6]], None),
        ([[5, 1], [5, 3]], None),
    ]
    expression = f"{[way for way, _ in cases]}.map(([p, q]) => m.clip(p, q, [[0, 4], [0, 4]]))"
    assert in_node(tmp_path, "penalty_path", expression) == [part for _, part in cases]


# What is stored, and what is refused.


def test_what_is_stored(monkeypatch):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for _ in range(2):
        d2l.figures.penalty_path(1.5, correlation=0.5)
    assert outputs[0] == outputs[1]
    pairs = ["({:.2f}, {:.2f})".format(*find(1.5, 0.5)) for find in (ridge, lasso)]
    words = outputs[0]["text/plain"]
    assert f"at lambda 1.5 {pairs[0]} under L2 and {pairs[1]} under L1" in words
    assert pairs[1].endswith("0.00)")
    stored = json.loads(outputs[0][_modules.MIME]["data"])
    assert (stored["lambd"], stored["correlation"]) == (1.5, 0.5)


@pytest.mark.parametrize("lambd", [0, 0.8, 3])
def test_every_setting_has_words_of_the_right_length(monkeypatch, lambd):
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append(data))
    for correlation in _penalty._CORRELATIONS:
        d2l.figures.penalty_path(lambd, correlation=correlation)
    assert all("-0.00" not in output["text/plain"] for output in outputs)


def test_the_picture_marks_both_minima():
    fig = _penalty._picture(0.8, 0.5)
    plane, _ = fig.axes
    marked = [tuple(drawn.get_xydata()[0]) for drawn in plane.lines if len(drawn.get_xydata()) == 1]
    for expected in (ridge(0.8, 0.5), lasso(0.8, 0.5), W):
        assert any(np.allclose(point, expected) for point in marked)
    d2l.plt.close(fig)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"lambd": 0.85}, ValueError, "lambd must be a multiple of 0.1 in [0, 3], got 0.85"),
        ({"lambd": -0.1}, ValueError, "lambd must be a multiple of 0.1 in [0, 3], got -0.1"),
        ({"lambd": math.nan}, ValueError, "lambd must be a multiple of 0.1 in [0, 3], got nan"),
        ({"lambd": "1"}, TypeError, "lambd must be a multiple of 0.1 in [0, 3], got '1' (str)"),
        ({"correlation": 0.7}, ValueError, f"correlation must be one of {_penalty._CORRELATIONS}, got 0.7"),
    ],
)
def test_penalty_path_refuses(changes, error, sentence):
    with pytest.raises(error) as refused:
        d2l.figures.penalty_path(**changes)
    assert str(refused.value) == f"penalty_path: {sentence}"


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
    # At first; then Home, End and ArrowLeft on lambda, then on the correlation.
    positions = [(0.8, 0.5), (0, 0.5), (3, 0.5), (2.9, 0.5), (2.9, -0.8), (2.9, 0.8), (2.9, 0.5)]
    for step, (lambd, r) in zip(steps, positions, strict=True):
        assert step["sliders"] == [f"{lambd:g}", f"{r:g}"]
        told = step["told"]
        for name, w in (("L2", ridge(lambd, r)), ("L1", lasso(lambd, r))):
            numbers = [float(number) for number in told[f"weights under {name}"].split(", ")]
            np.testing.assert_allclose(numbers, w, atol=0.006)
            assert told[f"zeros under {name}"] == str((w == 0).sum())
            d = w - W
            assert float(told[f"loss above its minimum, {name}"]) == pytest.approx(d @ hessian(r) @ d / 2, abs=6e-4)
            assert told[f"weights under {name}"] in step["words"][0]
        assert not step["overflows"]
        assert step["background"] == "rgb(255, 255, 255)"
        assert step["drawn"][0].count("<path") >= 10, "axes, contours, balls, paths, minimum"
    # The last position is the one before the second slider moved.
    assert len({tuple(step["drawn"]) for step in steps[:-1]}) == len(steps) - 1
    assert steps[-1]["drawn"] == steps[3]["drawn"]
