"""Figures: one style, colors that everybody can tell apart, and words for those who cannot see them.

Importing this module (using any of its names) sets the course's matplotlib style.
"""

import io

from d2l_utils import _validation
from d2l_utils._drawable import _check_place, _check_sequence, as_numbers, as_pixels, as_series

from cycler import cycler
from IPython import display, get_ipython
from matplotlib import pyplot as plt
from matplotlib_inline.backend_inline import set_matplotlib_formats

# Okabe and Ito's palette. In grey the colors merge, so every series has a dash and a marker of its own too.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D")

_STYLE = {
    "axes.prop_cycle": cycler(color=COLORS) + cycler(linestyle=_DASHES) + cycler(marker=_MARKERS),
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.figsize": (4.0, 2.6),
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "grid.color": "#dddddd",
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.markersize": 4,
    "mathtext.fontset": "stix",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # looks the same whatever fonts the reader has
    "svg.hashsalt": "d2l",  # the same ids in every run
}
plt.rcParams.update(_STYLE)


def use_svg_display():
    """Let Jupyter draw figures as SVG: sharp at every size.

    Returns
    -------
    None
        Outside Jupyter nothing happens.

    Raises
    ------
    Nothing of its own.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


def set_figsize(figsize=(3.5, 2.5)):
    """Set the size of the figures to come.

    Parameters
    ----------
    figsize : (float, float)
        Width and height in inches.

    Returns
    -------
    None

    Raises
    ------
    ValueError
        If it is not two numbers from 0.5 to 100.
    TypeError
        If a side is not a number.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    if not isinstance(figsize, list | tuple) or len(figsize) != 2:
        raise ValueError(f"set_figsize: figsize must be (width, height) in inches, got {_validation.in_short(figsize)}")
    for side in figsize:
        allowed = "two lengths from 0.5 to 100 inches"
        _validation.number("set_figsize", "figsize", side, allowed=allowed, within=lambda x: 0.5 <= x <= 100)
    use_svg_display()
    plt.rcParams["figure.figsize"] = tuple(figsize)


def show(fig, *, alt):
    """Show a figure with words for those who cannot see it, then close it.

    Parameters
    ----------
    fig : matplotlib Figure
        What to show.
    alt : str of 40 to 300 characters
        The kind of chart, its axes, and what it shows with a number or two. Stored with the output, where the site
        takes it from.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `fig` is not a Figure or `alt` not a string.
    ValueError
        If `alt` is too short to say something or too long to listen to.

    Notes
    -----
    Both a PNG (shown by Jupyter in notebooks not yet trusted) and an SVG (shown by the site) are stored.

    Introduced in: notebooks/01-ndarray.ipynb
    """
    data, metadata = _bundle(fig, alt=alt)
    display.display(data, metadata=metadata, raw=True)


def plot(x_vals, y_vals, *, x_label, y_label, legend=None, spread=None, ax=None):
    """Draw one to four series against the same x, each with its own color, dash and marker.

    Parameters
    ----------
    x_vals : sequence of float
        The common x coordinates.
    y_vals : sequence of float, or a list of up to four such sequences
        One series, or several; each as long as `x_vals`.
    x_label, y_label : str
        What is drawn, with its unit ("test accuracy, mean of 5 seeds").
    legend : list of str, optional
        A name for each series.
    spread : like `y_vals`, optional
        Half the height of the band around each point, say one standard deviation.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If what shall be drawn is no sequence of numbers, or `ax` no Axes.
    ValueError
        If lengths differ, a number is too large to draw, or there are more than four series: use several panels then.

    Introduced in: notebooks/01-ndarray.ipynb
    """
    x_vals = as_numbers("x_vals", x_vals)
    series = as_series("y_vals", y_vals, len(x_vals))
    bands = as_series("spread", spread, len(x_vals)) if spread is not None else [None] * len(series)
    _check_place(legend, ax)
    for name, values in (("legend", legend or series), ("spread", bands)):
        if len(values) != len(series):
            raise ValueError(f"plot: {name} must have one entry per series, got {len(values)} for {len(series)}")
    ax = plt.subplots()[1] if ax is None else ax
    for number, (ys, band) in enumerate(zip(series, bands, strict=True)):
        label, every = legend[number] if legend else None, 1 + len(x_vals) // 15
        (line,) = ax.plot(x_vals, ys, label=label, markevery=every)
        if band is not None:
            ax.fill_between(x_vals, ys - band, ys + band, color=line.get_color(), alpha=0.2, linewidth=0)
    ax.set(xlabel=x_label, ylabel=y_label)
    if legend:
        ax.legend()
    return ax


def semilogy(x_vals, y_vals, x_label, y_label, x2_vals=None, y2_vals=None, legend=None, figsize=(3.5, 2.5)):
    """Draw one or two curves over a logarithmic y axis.

    Parameters
    ----------
    x_vals, y_vals : sequence of float
        The first curve.
    x_label, y_label : str
        What the axes show.
    x2_vals, y2_vals : sequence of float, optional
        The second curve.
    legend : list of str, optional
        The names of the curves.
    figsize : (float, float)
        Width and height in inches.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If a curve is no sequence of numbers.
    ValueError
        If a curve has not as many y as x values, only half of the second one is given, or `legend` has not one name
        for each curve.

    Introduced in: notebooks/07-underfitting-overfitting.ipynb
    """
    if (x2_vals is None) != (y2_vals is None):
        raise ValueError("semilogy: x2_vals and y2_vals must be given together, got only one of them")
    num_curves = 1 if x2_vals is None else 2
    if legend and (not isinstance(legend, list | tuple) or len(legend) != num_curves):
        got = _validation.in_short(legend)
        raise ValueError(f"semilogy: legend must be a list of one name per curve, got {got} for {num_curves}")
    set_figsize(figsize)
    ax = plot(x_vals, y_vals, x_label=x_label, y_label=y_label)
    if x2_vals is not None:
        plot(x2_vals, y2_vals, x_label=x_label, y_label=y_label, ax=ax)
    ax.set_yscale("log")
    if legend:
        ax.legend(ax.lines, legend)
    return ax


def show_images(imgs, num_rows, num_cols, scale=2):
    """Draw images in a grid, without axes.

    Parameters
    ----------
    imgs : sequence of NDArray of shape (height, width) or (height, width, 3)
        At least `num_rows * num_cols` images.
    num_rows, num_cols : int >= 1
        The grid.
    scale : float > 0
        The side of one cell, in inches; the grid is at most 400 inches wide and high.

    Returns
    -------
    array of matplotlib Axes of shape (num_rows, num_cols)

    Raises
    ------
    TypeError, ValueError
        If the grid is not of whole numbers >= 1, there are too few images for it, or one of them is no image.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _validation.integer("show_images", "num_rows", num_rows, at_least=1)
    _validation.integer("show_images", "num_cols", num_cols, at_least=1)
    allowed, longest = "> 0 inches, and the grid at most 400", max(num_rows, num_cols)
    _validation.number("show_images", "scale", scale, allowed=allowed, within=lambda side: 0 < side <= 400 / longest)
    _check_sequence("show_images", "imgs", imgs)
    if len(imgs) < num_rows * num_cols:
        raise ValueError(f"show_images: imgs must hold at least {num_rows * num_cols} images, got {len(imgs)}")
    imgs = [as_pixels(img) for img in imgs[: num_rows * num_cols]]
    figsize = (num_cols * scale, num_rows * scale)
    _, axs = plt.subplots(num_rows, num_cols, figsize=figsize, squeeze=False)
    for ax, img in zip(axs.flat, imgs, strict=True):
        ax.imshow(img, cmap="gray")
        ax.set_axis_off()
    return axs


def show_fashion_mnist(images, labels):
    """Draw Fashion-MNIST images in a row, each under its name.

    Parameters
    ----------
    images : sequence of NDArray with 28 * 28 entries each
        What to draw.
    labels : sequence of str
        A name for each image, as `get_fashion_mnist_labels` gives them.

    Returns
    -------
    array of matplotlib Axes of shape (len(images),)

    Raises
    ------
    TypeError
        If these are not sequences, or an image is not an NDArray.
    ValueError
        If the numbers of images and labels differ, there are none, or an image has not 28 * 28 entries.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _check_sequence("show_fashion_mnist", "images", images)
    _check_sequence("show_fashion_mnist", "labels", labels)
    if len(images) != len(labels) or len(images) == 0:
        raise ValueError(
            f"show_fashion_mnist: images and labels must be equally many, at least one, "
            f"got {len(images)} and {len(labels)}"
        )
    for image in images:
        _validation.array("show_fashion_mnist", "an image", image)
        if image.size != 28 * 28:
            raise ValueError(f"show_fashion_mnist: images must have 28 * 28 entries each, got shape {image.shape}")
    axs = show_images([image.reshape((28, 28)) for image in images], 1, len(images), scale=0.8)[0]
    for ax, label in zip(axs, labels, strict=True):
        ax.set_title(label, fontsize=8)
    return axs


def _bundle(fig, *, alt):
    """Give what an output stores of a figure, {type: content} and {type: metadata}, and close the figure."""
    _validation.instance("show", "fig", fig, plt.Figure, allowed="a matplotlib Figure (of axes ax: ax.figure)")
    _validation.instance("show", "alt", alt, str, allowed="a string")
    if not 40 <= len(alt) <= 300:
        raise ValueError(f"show: alt must be 40 to 300 characters (chart, axes, what it shows), got {len(alt)}")
    images = {"image/png": _render(fig, "png"), "image/svg+xml": _render(fig, "svg").decode()}
    plt.close(fig)
    return {"text/plain": f"Figure: {alt}", **images}, {kind: {"alt": alt} for kind in images}


def _render(fig, kind):
    """Give the bytes of `fig` as an image, the same in every run."""
    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    fig.savefig(buffer, format=kind, dpi=144, metadata=metadata)
    return buffer.getvalue()
