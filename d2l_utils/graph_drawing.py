"""The picture of a recorded graph, drawn without Graphviz."""

import sys
from itertools import pairwise

from d2l_utils import _validation
from d2l_utils._graph_boxes import FOLDED, LEAF, boxes_and_edges, fold, in_short
from d2l_utils._graph_layout import place
from d2l_utils._graph_values import ChangedError, gradients, values
from d2l_utils._recorded_graph import named_arrays, read_graph, variables_of
from d2l_utils.plotting import COLORS, plt, show

from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

_LINE, _LETTER, _POINTS = 0.15, 0.072, 8  # height of a line and width of a letter in inches, size of letters
_BETWEEN, _NARROWEST = 0.22, 3.2  # inches between layers, beside the room for gradients; the least width
_FOLDED = 12  # boxes of a folded graph
_FILL = {LEAF: "#e6f0f8", FOLDED: "#f3f3f3"}


def show_graph(loss, names=None, *, max_nodes=40):
    """Draw the graph that MXNet recorded for `loss`: values in the boxes, gradients on the arrows.

    Parameters
    ----------
    loss : NDArray of floats
        Computed inside of `autograd.record()`; no `backward` has used up its graph yet.
    names : dict {str: NDArray, Parameter or Block}, optional
        What is called how; a block names its parameters. By default the variables of the function that calls. The
        outputs of layers come from `layer_outputs`.
    max_nodes : int >= 2
        A graph of more operations and arrays is folded by block, to at most 12 boxes.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If `loss` is not an NDArray of floats, or `names` not such a dict.
    ValueError
        If `loss` has no recorded graph, a name belongs to no array of it, or an array was overwritten since.

    Notes
    -----
    The recorded graph is only read, and `backward` works afterwards as before. Every operation is run once more on
    copies, backward too; the number on an arrow is the gradient of the sum of `loss` along this one use of an array,
    and the gradient of the array is the sum over its arrows. Random operations are not drawn again: the mask of a
    dropout layer is read from its input and its output, if the output has a name. Where the input is 0 the mask cannot
    be seen, and `?` stands for it. What cannot be known is said to be so.

    References
    ----------
    Sugiyama, Tagawa and Toda, Methods for Visual Understanding of Hierarchical System Structures, IEEE Transactions on
    Systems, Man, and Cybernetics 11 (1981): the layout in layers.

    Introduced in: notebooks/17-backpropagation.ipynb
    """
    _validation.floating("show_graph", "loss", loss)
    _validation.integer("show_graph", "max_nodes", max_nodes, at_least=2)
    arrays = variables_of(sys._getframe(1)) if names is None else named_arrays("show_graph", names)
    nodes, head, missing = read_graph("show_graph", loss, arrays)
    given = [name for name in missing if names and name in names]
    if given:
        raise ValueError(
            f"show_graph: names must be of arrays in the graph of loss, got {given[0]!r}, which is not in it; "
            "was this array computed outside of record, or replaced since?"
        )
    try:
        known, masks = values(nodes)
    except ChangedError as error:
        raise ValueError(
            f"show_graph: the arrays must be as they were recorded, got {str(error)!r}, which does not follow from its "
            "inputs; was one of them overwritten since?"
        ) from None
    along = gradients(nodes, head, known, masks)
    folded = len(nodes) > max_nodes
    boxes, edges = fold(nodes, known, along, _FOLDED) if folded else boxes_and_edges(nodes, known, along, masks)
    show(_picture(boxes, edges), alt=_words(nodes, boxes, loss, folded))


def _words(nodes, boxes, loss, folded):
    """Say what the picture shows in at most 300 characters."""
    leaves = [", ".join(node.names.values()) or "one without a name" for node in nodes if node.is_leaf]
    counts = f"{len(nodes) - len(leaves)} operations on {len(leaves)} arrays"
    ends = f"from {boxes[0].lines[0]} to {boxes[-1].lines[0]}"
    parts = f"folded into {len(boxes)} boxes, {ends}" if folded else "a box each"
    text = (
        f"Recorded graph from top to bottom: {counts}, {parts}; the loss is {in_short(loss.asnumpy())}. "
        "Values stand in the boxes, gradients on the arrows."
    )
    text += "" if folded else f" Arrays: {', '.join(leaves)}."
    return text if len(text) <= 300 else f"{text[:297]}..."


def _picture(boxes, edges):
    """Draw boxes and edges."""
    sizes = [_size(box.lines) for box in boxes]
    labels = [_size(edge.label) if edge.label else (0.1, 0) for edge in edges]
    leaves = [number for number, box in enumerate(boxes) if box.kind == LEAF]
    below = [sum(labels[k][0] for k, edge in enumerate(edges) if edge.start == box) for box in range(len(boxes))]
    room = [(max(size[0], wide), size[1]) for size, wide in zip(sizes, below, strict=True)]  # labels stand under a box
    xs, level, bends, width = place(room, [(edge.start, edge.end) for edge in edges], leaves)
    middles, height = _middles(
        sizes, level, [(edge.start, label[1]) for edge, label in zip(edges, labels, strict=True)]
    )
    width = max(width, _NARROWEST)
    shift = (width - max(x + size[0] / 2 for x, size in zip(xs, room, strict=True))) / 2
    fig, ax = plt.subplots(figsize=(width + 0.2, height + 0.2))
    ax.set(xlim=(-0.1 - shift, width + 0.1 - shift), ylim=(-height - 0.1, 0.1))
    ax.axis("off")
    ports = _ports(edges, labels, xs, bends, level)
    for edge, points, x, label in zip(edges, bends, ports, labels, strict=True):
        start = (x, middles[level[edge.start]] - sizes[edge.start][1] / 2)
        end = (xs[edge.end], middles[level[edge.end]] + sizes[edge.end][1] / 2)
        _arrow(ax, [start, *((at, middles[row]) for row, at in sorted(points.items())), end], edge.label, label[1])
    for box, x, row, size in zip(boxes, xs, level, sizes, strict=True):
        _draw_box(ax, box, (x, middles[row]), size)
    return fig


def _size(lines):
    """Give the width and height of lines of text in inches."""
    return _LETTER * max(map(len, lines)) + 0.16, _LINE * len(lines) + 0.1


def _middles(sizes, level, labels):
    """Give the y of the middle of each layer, and the height of it all."""
    middles, y = [], 0
    for row in range(max(level) + 1):
        high = max(size[1] for size, at in zip(sizes, level, strict=True) if at == row)
        middles.append(-(y + high / 2))
        y += high + _BETWEEN + max([label for box, label in labels if level[box] == row], default=0)
    return middles, -middles[-1] + high / 2


def _ports(edges, labels, xs, bends, level):
    """Give the x where each edge leaves its box, from left to right as it goes on, a label's width apart."""
    ports = [xs[edge.start] for edge in edges]
    for box in range(len(xs)):
        leaving = [k for k, edge in enumerate(edges) if edge.start == box]
        leaving.sort(key=lambda k: bends[k].get(level[box] + 1, xs[edges[k].end]))
        x = xs[box] - sum(labels[k][0] for k in leaving) / 2
        for k in leaving:
            ports[k] = x + labels[k][0] / 2
            x += labels[k][0]
    return ports


def _draw_box(ax, box, middle, size):
    (x, y), (wide, high) = middle, size
    look = {"facecolor": _FILL.get(box.kind, "white"), "edgecolor": "#767676" if box.unknown else COLORS[0]}
    look |= {"linestyle": "--" if box.unknown else "-", "zorder": 3}
    style = "square,pad=0.04" if box.kind == LEAF else "round,pad=0.04"
    corner = (x - wide / 2 + 0.04, y - high / 2 + 0.04)
    ax.add_patch(FancyBboxPatch(corner, wide - 0.08, high - 0.08, boxstyle=style, **look))
    for number, text in enumerate(box.lines):
        at = y + _LINE * ((len(box.lines) - 1) / 2 - number)
        weight = "bold" if number == 0 else "normal"
        ax.text(x, at, text, ha="center", va="center", fontsize=_POINTS, zorder=4, weight=weight)


def _arrow(ax, points, label, high):
    """Draw a curve down through points, with an arrow at its end and the label at its beginning."""
    (x, y), codes = points[0], [Path.MOVETO, Path.LINETO]
    points = [(x, y - high), *points[1:]]  # straight down past the label
    path = [(x, y), points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        path += [(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2), (x1, y1)]
        codes += [Path.CURVE4] * 3
    ax.add_patch(PathPatch(Path(path, codes), fill=False, edgecolor="#767676", linewidth=0.9, zorder=1))
    tip = [(x1, y1), (x1 - 0.04, y1 + 0.08), (x1 + 0.04, y1 + 0.08)]
    ax.add_patch(plt.Polygon(tip, color="#767676", linewidth=0, zorder=1))
    if label:
        back = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        look = {"color": "#a84300", "ha": "center", "va": "center", "fontsize": _POINTS, "weight": "bold", "zorder": 2}
        ax.text(x, y - high / 2, "\n".join(label), bbox=back, **look)
