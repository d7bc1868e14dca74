"""Figures: what is drawn, that bytes repeat, that words come with every figure, and what is refused."""

import d2l_utils as d2l
from d2l_utils import plotting

import numpy as np
import pytest
from IPython.display import display  # noqa: F401  loads the machinery that show() uses
from mxnet import nd

ALT = "Line chart of nothing in particular, used by a test: the line rises from 0 to 1."


@pytest.fixture(autouse=True)
def close_figures():
    yield
    d2l.plt.close("all")


@pytest.fixture
def displayed(monkeypatch):
    outputs = []
    monkeypatch.setattr(plotting.display, "display", lambda data, **kwargs: outputs.append((data, kwargs)))
    return outputs


def a_figure():
    return d2l.plot([0, 1, 2], [0, 1, 4], x_label="x", y_label="y").figure


def test_plot_draws_the_series_with_labels_and_bands():
    ax = d2l.plot([1, 2], [[1, 2], [3, 5]], x_label="epoch", y_label="loss", legend=["a", "b"], spread=[[0, 1], [1, 1]])
    assert [list(line.get_ydata()) for line in ax.lines] == [[1, 2], [3, 5]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert {tuple(xy) for xy in ax.collections[1].get_paths()[0].vertices} >= {(1, 2), (1, 4), (2, 4), (2, 6)}


def test_series_differ_in_colour_dash_and_marker():
    ax = d2l.plot([1, 2], np.ones((4, 2)), x_label="x", y_label="y")
    for attribute in ("get_color", "get_linestyle", "get_marker"):
        assert len({getattr(line, attribute)() for line in ax.lines}) == 4
    assert tuple(line.get_color() for line in ax.lines) == d2l.COLORS


@pytest.mark.parametrize(("y_vals", "more", "sentence"), [
    ([[1, 2]] * 5, {}, r"^plot: y_vals must be at most 4 series \(use several panels\), got 5$"),
    ([1, 2, 3], {}, r"^plot: y_vals must have as many entries as x_vals, got \(3,\) for 2$"),
    ([1, 2], {"legend": ["a", "b"]}, r"^plot: legend must have one entry per series, got 2 for 1$"),
    ([[1, 2], [1, 2]], {"spread": [1, 2]}, r"^plot: spread must have one entry per series, got 1 for 2$"),
])  # fmt: skip
def test_plot_refuses_what_does_not_fit(y_vals, more, sentence):
    with pytest.raises(ValueError, match=sentence):
        d2l.plot([1, 2], y_vals, x_label="x", y_label="y", **more)


def test_show_stores_both_images_and_the_words(displayed):
    d2l.show(a_figure(), alt=ALT)
    ((data, kwargs),) = displayed
    assert data["image/png"][:4] == b"\x89PNG"
    assert "<svg" in data["image/svg+xml"]
    assert data["text/plain"] == f"Figure: {ALT}"
    assert kwargs == {"metadata": {"image/png": {"alt": ALT}, "image/svg+xml": {"alt": ALT}}, "raw": True}
    assert d2l.plt.get_fignums() == []


def test_the_bytes_of_a_figure_repeat(displayed):
    for _ in range(2):
        d2l.show(a_figure(), alt=ALT)
    assert displayed[0] == displayed[1]


@pytest.mark.parametrize("alt", ["a plot", "x" * 301])
def test_show_wants_words_that_say_something(alt):
    with pytest.raises(ValueError, match=rf"^show: alt must be 40 to 300 characters .*, got {len(alt)}$"):
        d2l.show(a_figure(), alt=alt)


def test_show_wants_a_figure():
    with pytest.raises(TypeError, match=r"^show: fig must be a matplotlib Figure \(of axes ax: ax.figure\), got Axes$"):
        d2l.show(d2l.plt.subplots()[1], alt=ALT)


def test_semilogy_draws_both_curves_on_a_logarithmic_axis():
    ax = d2l.semilogy([1, 2], [10, 1], "epochs", "loss", [1, 2], [20, 2], ["train", "test"], figsize=(3, 2))
    assert ax.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in ax.lines] == [[10, 1], [20, 2]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["train", "test"]
    assert ax.figure.get_size_inches().tolist() == [3, 2]
    with pytest.raises(ValueError, match=r"^semilogy: x2_vals and y2_vals must be given together"):
        d2l.semilogy([1], [1], "x", "y", x2_vals=[1])


def test_set_figsize():
    d2l.set_figsize((3, 2))
    assert d2l.plt.subplots()[0].get_size_inches().tolist() == [3, 2]
    with pytest.raises(ValueError, match=r"^set_figsize: figsize must be two lengths from 0.5 to 100 inches, got -1$"):
        d2l.set_figsize((3, -1))
    with pytest.raises(
        ValueError, match=r"^set_figsize: figsize must be \(width, height\) in inches, got \(3, 2, 1\)$"
    ):
        d2l.set_figsize((3, 2, 1))


@pytest.mark.parametrize("grid", [(1, 1), (1, 3), (2, 2)])
def test_show_images_in_a_grid(grid):
    images = [nd.random.uniform(shape=(4, 4)) for _ in range(4)]
    axs = d2l.show_images(images, *grid)
    assert axs.shape == grid
    for ax, image in zip(axs.flat, images, strict=False):
        assert (ax.images[0].get_array() == image.asnumpy()).all()


def test_show_images_needs_enough_of_them():
    with pytest.raises(ValueError, match=r"^show_images: imgs must hold at least 6 images, got 4$"):
        d2l.show_images([nd.ones((4, 4))] * 4, 2, 3)


def test_show_fashion_mnist_names_each_image():
    images = nd.random.uniform(shape=(3, 1, 28, 28))
    axs = d2l.show_fashion_mnist(images, ["coat", "bag", "shirt"])
    assert [ax.get_title() for ax in axs] == ["coat", "bag", "shirt"]
    assert (axs[2].images[0].get_array() == images[2, 0].asnumpy()).all()
    with pytest.raises(ValueError, match=r"must be equally many, at least one, got 3 and 2$"):
        d2l.show_fashion_mnist(images, ["coat", "bag"])
    with pytest.raises(ValueError, match=r"^show_fashion_mnist: images must have 28 \* 28 entries each, got shape"):
        d2l.show_fashion_mnist([nd.ones((5, 5))], ["coat"])


def test_outside_jupyter_use_svg_display_does_nothing():
    d2l.use_svg_display()
