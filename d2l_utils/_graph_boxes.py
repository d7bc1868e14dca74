"""What a drawing of a graph shows: boxes with words, edges with gradients, and a large graph folded by block."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

LEAF, OPERATION, FOLDED = "array that went in", "operation", "several operations"


@dataclass
class Box:
    """A box of the drawing: lines of text, and where it stands in the order of recording."""

    lines: list
    kind: str
    unknown: bool = False


@dataclass
class Edge:
    """An arrow from one box to another, with the gradient of the loss along it."""

    start: int
    end: int
    label: list  # of lines


def boxes_and_edges(nodes, known, along, masks):
    """Give a box for each node and an edge for each use of an array."""
    boxes = [_box(node, known[place], along, nodes, place, masks) for place, node in enumerate(nodes)]
    edges = [
        Edge(source, place, in_lines(along[place][position]) if position in along[place] else [])
        for place, node in enumerate(nodes)
        for position, (source, _) in enumerate(node.inputs)
    ]
    return boxes, edges


def in_lines(array, most=4):
    """Write a few numbers out, the rows of a small matrix below each other, and the length of many numbers."""
    hidden = np.ma.getmaskarray(array)  # what cannot be known
    array = np.asarray(array, dtype="float64")
    if array.size > most:
        return ["norm ?" if hidden.any() else f"norm {np.linalg.norm(array):.3g}"]
    each = array.shape[-1] if array.ndim == 2 and 2 <= array.shape[-1] <= 3 else min(array.size, 2)
    pairs = zip(array.ravel(), np.ravel(hidden), strict=True)
    texts = ["?" if is_hidden else f"{number + 0.0:.3g}" for number, is_hidden in pairs]
    return [", ".join(texts[start : start + each]) for start in range(0, len(texts), each)]


def in_short(array):
    """Write the same on one line."""
    return ", ".join(in_lines(array))


def operation(node):
    """Give the name of an operation as a learner knows it: ". + ." for broadcast_add, ". * 0.5" for _mul_scalar."""
    signs = {"add": "+", "plus": "+", "sub": "-", "minus": "-", "mul": "*", "div": "/", "power": "**"}
    word = node.op.removeprefix("broadcast_").removeprefix("elemwise_").strip("_")
    swapped = word.startswith("r") and word[1:].removesuffix("_scalar") in signs
    word = word[1:] if swapped else word
    sign = signs.get(word.removesuffix("_scalar"))
    scalar = node.attrs.get("scalar")
    if sign and scalar is not None:
        number = f"{float(scalar):g}"
        return f"{number} {sign} ." if swapped else f". {sign} {number}"
    if node.op == "Activation":
        return node.attrs["act_type"]
    if node.op == "Dropout":
        return f"Dropout({float(node.attrs.get('p', 0.5)):g})"
    if node.op == "_CachedOp":
        return "hybridized block"
    return f". {sign} ." if sign else word


def _box(node, values, along, nodes, place, masks):
    """Give the box of one node: what it is called, what it does, its shape, its values."""
    names = [name for _, name in sorted(node.names.items())]
    title = ", ".join(names) or ("an array without a name" if node.is_leaf else "")
    value = values.get(0)
    shape = "" if value is None else str(value.shape)
    head = f"{title} = {operation(node)}" if title and not node.is_leaf else title or operation(node)
    lines = [f"{head}  {shape}".strip()]
    if value is not None and (place not in masks or not node.is_leaf):
        lines += in_lines(value.asnumpy())
    if place in masks:
        factors = np.ravel(masks[place][0])
        shown = "".join("?" if np.isnan(factor) else str(int(factor > 0)) for factor in factors[:12])
        lines.append(f"kept {shown}{'...' if factors.size > 12 else ''}")
    if value is None:
        lines.append("values not known")
    return Box(lines, LEAF if node.is_leaf else OPERATION, value is None)


def fold(nodes, known, along, most):
    """Give at most `most` boxes, each a stretch of the recording, cut between blocks where that is possible."""
    order = sorted((place for place, node in enumerate(nodes) if not node.is_leaf), key=lambda p: nodes[p].order)
    stretches = []
    for place in order:
        block = _block(nodes, place)
        if stretches and block in (None, stretches[-1][0]):
            stretches[-1][1].append(place)
        else:
            stretches.append((block, [place]))
    if len(stretches) == 1:  # no blocks: one operation after the other
        stretches = [(None, [place]) for place in order]
    each = -(-len(stretches) // most)
    groups = [stretches[start : start + each] for start in range(0, len(stretches), each)]
    home = {place: number for number, group in enumerate(groups) for _, part in group for place in part}
    boxes = [_folded(group, nodes, known) for group in groups]
    return boxes, _folded_edges(nodes, along, home)


def _block(nodes, place):
    """Give the block whose parameters an operation uses, or whose output it gives."""
    for source, number in nodes[place].inputs:
        name = nodes[source].names.get(number, "") if nodes[source].is_leaf else ""
        if "." in name:
            return name.rpartition(".")[0]
    return None


def _folded(group, nodes, known):
    """Give the box of several stretches: the blocks, the operations, the arrays that went in, the last output."""
    places = [place for _, part in group for place in part]
    blocks = [block for block, _ in group if block]
    title = blocks[0] if len(set(blocks)) == 1 else f"{blocks[0]} to {blocks[-1]}" if blocks else ""
    count = f"{len(places)} operation{'s' * (len(places) > 1)}"
    counted = Counter(operation(nodes[place]) for place in places).most_common(3)
    rest = len({operation(nodes[place]) for place in places}) - len(counted)
    what = ", ".join(f"{number} {name}" for name, number in counted) + (f", {rest} other kinds" if rest else "")
    sources = {source: number for place in places for source, number in nodes[place].inputs if nodes[source].is_leaf}
    used = [nodes[source].names.get(number, "?") for source, number in sources.items()]
    lines = [f"{title}: {count}" if title else count, what]
    if used:
        others = [name for name in used if not any(name.startswith(f"{block}.") for block in blocks)]
        shown = ", ".join(others[:3] if others else [f"{len(used)} parameters"])
        lines.append(f"takes {shown}{' and others' if len(others) > 3 else ''}")
    last = places[-1]
    named = nodes[last].names.get(0)
    value = known[last].get(0)
    result = "values not known" if value is None else f"{value.shape}  {in_short(value.asnumpy())}"
    lines.append(f"{named} = {result}" if named else f"gives {result}")
    return Box(lines, FOLDED, value is None)


def _folded_edges(nodes, along, home):
    """Give one edge for each pair of boxes between which arrays pass."""
    passing = {}
    for place in home:
        for position, (source, _) in enumerate(nodes[place].inputs):
            if source in home and home[source] != home[place]:
                passing.setdefault((home[source], home[place]), []).append(along[place].get(position))
    edges = []
    for (start, end), grads in passing.items():
        one = [] if grads[0] is None else in_lines(grads[0])
        edges.append(Edge(start, end, [f"{len(grads)} arrays"] if len(grads) > 1 else one))
    return edges
