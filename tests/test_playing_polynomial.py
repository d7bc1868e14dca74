"""The figure of polynomial fits, in a browser and behind it.

Feared: errors that disagree with NumPy's least squares, since powers up to 12 are nearly parallel and rounding eats
the digits; examples that the browser draws otherwise than the picture; training and validation swapped, or validation
examples that are trained on; a "lowest" that is not the lowest; a curve drawn outside of its axes; more examples that
are other examples; a slider that the keyboard does not move.
"""

import json

import d2l_utils as d2l
from d2l_utils.figures import _modules, _polynomial, _stored

import numpy as np
import pytest
from playing import IN_BROWSER, MODES
from test_figures import in_node

pytestmark = pytest.mark.whole

W, NOISE = [5.0, 1.2, -3.4, 5.6], 1
PLAYED = f"d2l.figures.polynomial_fit({W}, {NOISE}, degree=9, num_examples=20)"
POWERS = np.arange(13)


def study(draw, count, w=W, noise=NOISE):
    """Fit the powers of x, as the chapter does, to the examples of a draw."""
    x, y = _polynomial._examples(w, noise, draw)
    parts = (x[:count], y[:count]), (x[-100:], y[-100:])
    errors = np.zeros((2, 13))
    for degree in range(13):
        A = [part[:, None] ** POWERS[: degree + 1] for part, _ in parts]
        fitted = np.linalg.lstsq(A[0], parts[0][1], rcond=None)[0]
        errors[:, degree] = [((a @ fitted - y) ** 2).mean() for a, (_, y) in zip(A, parts, strict=True)]
    return errors


def shown(value):
    """Write an error as the figure does."""
    if value < 1e6:
        return f"{value:.3f}" if value < 1000 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".split("e+")
    return f"{digits}e+{int(exponent)}"


# The arithmetic, of the picture and of the module.


@pytest.mark.parametrize("count", _polynomial._NUM_TRAIN)
def test_picture_and_module_agree_with_least_squares_to_the_digits_shown(tmp_path, count):
    expression = f"[0, 1, 2, 3].map((draw) => m.study({W}, {NOISE}, draw, {count}))"
    expression = (
        f"{expression}.map((one) => ({{ ...one, said: [one.training, one.validation].map((e) => e.map(m.shown)) }}))"
    )
    for draw, result in enumerate(in_node(tmp_path, "polynomial_fit", expression)):
        here, expected = _polynomial._study(W, NOISE, draw=draw, count=count), study(draw, count)
        for k, name in enumerate(("training", "validation")):
            np.testing.assert_allclose(here[name], expected[k], rtol=1e-5)  # powers lose what Legendre's basis keeps
            np.testing.assert_allclose(result[name], here[name], rtol=1e-7)
            assert result["said"][k] == [shown(value) for value in here[name]]
        assert result["best"] == here["best"] == np.argmin(expected[1])
        for fitted, coefficients in zip(here["fits"], result["coefficients"], strict=True):
            np.testing.assert_allclose(coefficients, fitted, rtol=1e-6, atol=1e-6 * abs(fitted).max())
        assert (np.diff(result["training"]) < 1e-9).all()


def test_browser_and_picture_draw_the_same_examples(tmp_path):
    results = in_node(tmp_path, "polynomial_fit", f"[0, 3].map((draw) => m.examples({W}, 0.5, draw))")
    for draw, result in zip((0, 3), results, strict=True):
        x, y = _polynomial._examples(W, 0.5, draw)
        np.testing.assert_allclose(result["x"], x, rtol=0, atol=1e-12)
        np.testing.assert_allclose(result["y"], y, rtol=0, atol=1e-9)


def test_more_examples_keep_the_earlier_ones_and_none_is_for_validation(tmp_path):
    few, many = in_node(tmp_path, "polynomial_fit", f"[20, 200].map((n) => m.study({W}, 1, 1, n))")
    assert many["xs"][:20] == few["xs"]
    assert len(set(many["xs"])) == 200
    x, _ = _polynomial._examples(W, 1, 1)
    assert len(x) == 300
    assert not set(x[:200]) & set(x[-100:])


def test_the_noise_is_normal_and_x_uniform():
    draws = [_polynomial._examples([0], 2, draw) for draw in range(40)]
    x, noise = np.concatenate([draw[0] for draw in draws]), np.concatenate([draw[1] for draw in draws])
    n = len(x)
    assert abs(noise.mean()) < 5 * 2 / n**0.5
    assert abs(noise.var() / 4 - 1) < 5 * (2 / n) ** 0.5
    assert abs((abs(noise) < 2).mean() - 0.6827) < 5 * (0.6827 * 0.3173 / n) ** 0.5
    assert abs(x.mean()) < 5 / (3 * n) ** 0.5
    assert abs((x < 0.5).mean() - 0.75) < 5 * (0.75 * 0.25 / n) ** 0.5
    assert abs(np.corrcoef(x, noise)[0, 1]) < 5 / n**0.5


def test_legendre_and_heights(tmp_path):
    x = [-1, -0.3, 0, 0.7, 1]
    values = in_node(tmp_path, "polynomial_fit", f"{x}.map((at) => m.legendre(at, 12))")
    np.testing.assert_allclose(values, np.polynomial.legendre.legvander(np.array(x), 12), atol=1e-12)
    assert in_node(tmp_path, "polynomial_fit", "m.legendre(0.5, 0)") == [1]
    assert in_node(tmp_path, "polynomial_fit", f"m.heights({W}, 1)") == [-9, 12]  # the cubic goes from -5.2 to 8.4


# What is stored and what is refused.


@pytest.fixture
def displayed(monkeypatch):
    """Return a list that gets what is displayed."""
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append((data, kwargs["metadata"])))
    return outputs


def test_the_words_tell_the_numbers_and_the_data_are_stored(displayed):
    d2l.seed_everything(7)
    after = np.random.uniform()
    d2l.seed_everything(7)
    for _ in range(2):
        d2l.figures.polynomial_fit(np.array(W), NOISE, degree=9, num_examples=30)
    assert np.random.uniform() == after
    (data, metadata), again = displayed
    assert (data, metadata) == again
    training, validation = study(0, 30)
    words = data["text/plain"]
    assert f"at degree 9 training {training[9]:.2f} and validation {validation[9]:.2f}" in words
    assert f"the lowest validation error {validation.min():.2f} at degree {validation.argmin()}" in words
    stored = json.loads(data[_modules.MIME]["data"])
    assert stored == {"coefficients": W, "noise": NOISE, "degree": 9, "num_examples": 30}


def test_the_picture_shows_the_data():
    found = _polynomial._study(W, NOISE, draw=0, count=20)
    fig = _polynomial._picture(found, W, NOISE, 2)
    left, right = fig.axes
    np.testing.assert_array_equal(left.lines[1].get_xydata(), np.transpose(found["examples"]))
    x, y = left.lines[2].get_xydata().T
    np.testing.assert_allclose(y, np.polynomial.legendre.legval(x, found["fits"][2]))
    assert right.lines[0].get_ydata().tolist() == found["training"]
    assert right.lines[2].get_ydata().tolist() == found["validation"]
    assert [line.get_xydata()[0].tolist() for line in (right.lines[1], right.lines[3])] == [
        [2, found["training"][2]],
        [2, found["validation"][2]],
    ]
    d2l.plt.close(fig)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"coefficients": []}, ValueError, "coefficients must be 1 to 13, got 0"),
        ({"coefficients": [1, float("inf")]}, ValueError, "coefficients must be finite numbers, got inf"),
        ({"coefficients": ["1"]}, TypeError, "coefficients must be finite numbers, got '1' (str)"),
        ({"noise": 0}, ValueError, "noise must be > 0, got 0"),
        ({"degree": 13}, ValueError, "degree must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, got 13"),
        ({"degree": 2.0}, TypeError, "degree must be an integer >= 0, got 2.0 (float)"),
        ({"num_examples": 25}, ValueError, "num_examples must be one of 20, 30, 50, 100, 200, got 25"),
        ({"num_examples": 12}, ValueError, "num_examples must be an integer >= 20, got 12"),
    ],
)
def test_polynomial_fit_refuses(changes, error, sentence):
    arguments = {"coefficients": W, "noise": NOISE, **changes}
    with pytest.raises(error) as refused:
        d2l.figures.polynomial_fit(**arguments)
    assert str(refused.value) == f"polynomial_fit: {sentence}"


# In a browser.


@IN_BROWSER
def test_nothing_is_wrong_on_the_page(seen):
    assert seen["complaints"] == []


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_figure_on_screen_and_no_error(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 1, "pictures": 0}
    assert seen[mode]["onPaper"] == {"figures": 0, "pictures": 1}
    assert seen[mode]["problems"] == []
    for step in seen[mode]["plays"][0]:
        assert step["background"] == "rgb(255, 255, 255)"
        assert not step["overflows"]


# At first; Home, End, ArrowLeft on the degree; the same on the examples; two presses of the button.
POSITIONS = [(9, 20, 0), (0, 20, 0), (12, 20, 0), (11, 20, 0), (11, 20, 0), (11, 200, 0), (11, 100, 0)]
POSITIONS += [(11, 100, 1), (11, 100, 2)]


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_sliders_and_button_move_numbers_words_and_drawings(seen, mode):
    steps = seen[mode]["plays"][0]
    for step, (degree, count, draw) in zip(steps, POSITIONS, strict=True):
        training, validation = study(draw, count)
        best = int(validation.argmin())
        assert step["sliders"] == [str(degree), str(count)]
        assert step["labels"] == [f"degree = {degree}", f"training examples = {count}"]
        assert step["told"] == {
            "training error": shown(training[degree]),
            "validation error": shown(validation[degree]),
            "lowest validation error": f"{shown(validation[best])} at degree {best}",
        }
        assert f"at degree {degree} training {shown(training[degree])}" in step["words"][1]
        heights = _polynomial._examples(W, NOISE, draw)[1][:count]
        inside = ((heights >= -9) & (heights <= 12)).sum()
        assert step["drawn"][0].count("<circle") == inside
        assert step["drawn"][1].count("<circle") == 2
    assert len({tuple(step["drawn"]) for step in steps}) == len(set(POSITIONS))


@IN_BROWSER
@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_drawn_outside_of_its_axes(seen, mode):
    for step in seen[mode]["plays"][0]:
        for drawn in step["drawn"]:
            for points in drawn.split('points="')[1:]:
                places = [pair.split(",") for pair in points.split('"')[0].split()]
                assert all(53 <= float(x) <= 331 and (float(y) == 10 or 33 <= float(y) <= 197) for x, y in places)
