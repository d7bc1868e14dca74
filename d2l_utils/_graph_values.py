"""Values and gradients of a recorded graph, found without touching it: each operation is run again on copies.

A backward pass through the recorded graph itself would use it up, and take the masks of its dropout layers.
"""

import numpy as np
from mxnet import MXNetError, autograd, nd

_RANDOM = ("random", "sample", "shuffle", "multinomial")


class ChangedError(Exception):
    """An array does not follow from those that it was computed from."""


def is_random(node):
    """Tell whether running an operation again would give other numbers; dropout has ways of its own."""
    drops = node.op == "RNN" and float(node.attrs.get("p", 0)) > 0
    return drops or any(word in node.op for word in _RANDOM)


def values(nodes):
    """Give for each node {output: NDArray}, as far as they are known: held by the learner or computed again."""
    known = [dict(node.held) for node in nodes]
    masks = {}
    for place, node in enumerate(nodes):
        sources = [known[source].get(output) for source, output in node.inputs]
        if node.is_leaf:
            continue
        if node.op == "Dropout":
            if sources[0] is not None and 0 in node.held:
                masks[place] = _factors(node.held[0], sources[0])
            continue
        if node.op == "broadcast_mul" and 0 not in node.held:
            _find_mask(nodes, known, masks, place)
            sources = [known[source].get(output) for source, output in node.inputs]
        if is_random(node) or any(source is None for source in sources):
            continue
        outputs = _run(node, sources)
        for number, output in enumerate(outputs or []):
            held = node.held.get(number)
            if held is not None and not _close(held, output):
                raise ChangedError(node.names.get(number, "an array"))
            known[place].setdefault(number, output)
    return known, masks


def gradients(nodes, head, known, masks):
    """Give for each node the gradients of the head's sum along its inputs, {position: array}; masked where unknown."""
    passes = [_backward(nodes, head, known, masks, fill) for fill in (0, 1)] if masks else []
    first = passes[0] if passes else _backward(nodes, head, known, masks, 0)
    if not passes:
        return first
    both = [{} for _ in nodes]
    for place, edges in enumerate(first):
        for position, grad in edges.items():
            other = passes[1][place][position]
            same = (grad == other) | (np.isnan(grad) & np.isnan(other))
            both[place][position] = np.ma.masked_array(grad, ~same)
    return both


def _backward(nodes, head, known, masks, fill):
    """Walk from the head to the leaves, one operation at a time; unknown entries of masks become `fill`."""
    place, output = head
    slopes = [{} for _ in nodes]  # {output: gradient, None if it is unknown}
    slopes[place][output] = np.ones(known[place][output].shape, dtype=known[place][output].dtype)
    along = [{} for _ in nodes]
    for place in range(len(nodes) - 1, -1, -1):
        node, slope = nodes[place], slopes[place]
        if node.is_leaf or not slope:
            continue
        grads = [None] * len(node.inputs)
        if all(value is not None for value in slope.values()):
            grads = _slopes(place, node, slope, known, masks, fill)
        for position, ((source, number), grad) in enumerate(zip(node.inputs, grads, strict=True)):
            before = slopes[source].get(number, 0)
            slopes[source][number] = None if grad is None or before is None else before + grad
            if grad is not None:
                along[place][position] = grad
    return along


def _slopes(place, node, slope, known, masks, fill):
    """Give the gradient along each input of one operation, None where it is unknown."""
    if node.op == "Dropout":
        if place not in masks:
            return [None]
        factors, largest = masks[place]
        return [slope[0] * np.where(np.isnan(factors), fill * largest, factors)]
    sources = [known[source].get(number) for source, number in node.inputs]
    filled = [masks.get((source, fill)) for source, _ in node.inputs]  # a mask of our own function
    sources = [source if other is None else other for source, other in zip(sources, filled, strict=True)]
    if is_random(node) or any(source is None for source in sources):
        return [None] * len(sources)
    copies = [source.copy() for source in sources]
    try:
        for copy in copies:
            copy.attach_grad()
        with autograd.record():
            outputs = _call(node, copies)
        heads = {k: output for k, output in enumerate(outputs) if k in slope}
        autograd.backward(list(heads.values()), [_like(slope[k], heads[k]) for k in heads])
        return [copy.grad.asnumpy() for copy in copies]
    except (MXNetError, AttributeError, TypeError, ValueError):
        return [None] * len(sources)


def _run(node, sources):
    """Give the outputs of an operation on copies, in training mode as it was recorded; None if it cannot be run."""
    try:
        with autograd.pause(train_mode=True):
            outputs = _call(node, [source.copy() for source in sources])
            for output in outputs:
                output.wait_to_read()
    except (MXNetError, AttributeError, TypeError, ValueError):
        return None
    return outputs


def _call(node, sources):
    function = getattr(nd, node.op, None) or getattr(nd._internal, node.op)
    attrs = {key: value for key, value in node.attrs.items() if not key.startswith("__")}
    outputs = function(*sources, **attrs)
    return outputs if isinstance(outputs, list) else [outputs]


def _like(values, array):
    """Give values as an NDArray of the dtype of another one, and on its device."""
    return nd.array(values, dtype=array.dtype, ctx=array.context)


def _close(held, output):
    held, output = held.asnumpy(), output.asnumpy()
    return held.shape == output.shape and np.allclose(held, output, rtol=1e-3, atol=1e-5, equal_nan=True)


def _factors(after, before):
    """Give what dropout multiplied each entry with, NaN where 0 hides it, and the factor of what was kept."""
    after, before = after.asnumpy().astype("float64"), before.asnumpy().astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where(before != 0, after / before, np.nan)
    kept = factors[factors > 0]
    largest = float(np.median(kept)) if kept.size else 1.0
    return np.where(factors > 0, largest, factors), largest


def _find_mask(nodes, known, masks, place):
    """Find a mask of zeros and ones that nobody holds, from what it was multiplied with and what came of it.

    This is how dropout from scratch is recorded: a product with the mask, divided by the chance to be kept.
    """
    node = nodes[place]
    unknown = [source for source, number in node.inputs if nodes[source].is_leaf and not known[source]]
    if len(unknown) != 1:
        return
    later = next((n for n in nodes if n.op == "_div_scalar" and (place, 0) in n.inputs and 0 in n.held), None)
    others = [known[source].get(number) for source, number in node.inputs if source not in unknown]
    if later is None or not others or others[0] is None or others[0].shape != later.held[0].shape:
        return
    factors, _ = _factors(later.held[0], others[0])
    mask = np.where(np.isnan(factors), np.nan, factors > 0)
    for fill in (0, 1):
        masks[unknown[0], fill] = _like(np.where(np.isnan(mask), fill, mask), others[0])
    known[unknown[0]][0] = masks[unknown[0], 0]
    nodes[unknown[0]].names.setdefault(0, "mask")
    masks[unknown[0]] = (mask, 1.0)
