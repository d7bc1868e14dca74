"""What the backward pass of a recorded graph reads, in bytes: MXNet's own backward graph says it."""

import collections
import contextlib
import json
import math
import re

from d2l_utils import _validation

import numpy as np
from mxnet import MXNetError, autograd


def num_bytes(array):
    """Give the bytes of an array's entries."""
    return array.size * np.dtype(array.dtype).itemsize


def intermediate_bytes(out, X, params):
    """Add up the output and what the backward graph reads of the other arrays that were computed from `X`."""
    leaves, symbol = _known_leaves(out, [X, *params])
    if symbol is None:
        return 0 if out is X else num_bytes(out)
    shapes = {name: array.shape for name, array in leaves.items()}
    types = {name: array.dtype for name, array in leaves.items()}
    trained = {name: "null" if array is X or array.grad is None else "write" for name, array in leaves.items()}
    executor = _bound(symbol, out.context, grad_req=trained, type_dict=types, **shapes)
    graph = json.loads(symbol.tojson())
    head, output, _ = graph["heads"][0]
    nodes = {node["name"]: node for node in graph["nodes"] if node["op"] != "null"}
    needed = {(graph["nodes"][head]["name"], output)}
    needed |= {entry for entry in _read_by_backward(executor) if entry[0] in nodes}
    sizes = _visible_sizes(symbol, shapes, types)
    return sum(math.prod(sizes[entry]) if entry in sizes else _hidden_bytes(nodes[entry[0]], sizes) for entry in needed)


def _known_leaves(out, arrays):
    """Give {name in the graph: array that went in} and the recorded graph, or None if nothing was computed."""
    try:
        symbol = autograd.get_symbol(out)
    except MXNetError:
        return {}, None
    nodes = json.loads(symbol.tojson())["nodes"]
    if any(node["op"] == "_CachedOp" for node in nodes):
        raise ValueError("memory_account: net must not be hybridized, got one that MXNet records as a single operation")
    known = {}
    for array in arrays:
        with contextlib.suppress(MXNetError):  # of an array that the net does not use
            known[autograd.get_symbol(array).name] = array
    names = symbol.list_inputs()
    if set(names) - set(known):
        raise ValueError(
            "memory_account: net must compute with X and its own parameters only, got another array in its graph"
        )
    computes = any(node["op"] != "null" for node in nodes)
    return {name: known[name] for name in names}, symbol if computes else None


def _bound(symbol, *arguments, **options):
    """Bind a graph to shapes, which makes MXNet write its backward pass; nothing is computed."""
    try:
        return symbol.simple_bind(*arguments, **options)
    except MXNetError as error:
        words = _validation.last_line(error)
        raise ValueError(
            f"memory_account: net must be made of operations that a symbol can hold, got the error {words}"
        ) from error


def _read_by_backward(executor):
    """Give (node, number of its output) for everything that the backward graph of an executor reads."""
    _, _, backward = executor.debug_str().partition("Variable:_head_grad_0")
    return {(node, int(output)) for node, output in re.findall(r"^\targ\[\d+\]=(\S+)\((\d+)\)", backward, re.M)}


def _visible_sizes(symbol, shapes, types):
    """Give {(node, number of its output): (entries, bytes of one)} for what the forward graph computes and shows."""
    internals = symbol.get_internals()
    _, out_shapes, _ = internals.infer_shape(**shapes)
    _, out_types, _ = internals.infer_type(**types)
    sizes, counts = {}, collections.Counter()
    for name, shape, dtype in zip(internals.list_outputs(), out_shapes, out_types, strict=True):
        node = re.match(r"node_\d+(?=_)", name)
        if node:  # others are arrays that went in
            sizes[node[0], counts[node[0]]] = int(np.prod(shape)), np.dtype(dtype).itemsize
            counts[node[0]] += 1
    return sizes


def _hidden_bytes(node, sizes):
    """Give the bytes of what an operation keeps beside its result and does not show."""
    entries, itemsize = sizes[node["name"], 0]
    if node["op"] == "Dropout" and node.get("attrs", {}).get("axes", "()") == "()":
        return entries * itemsize  # the mask
    if node["op"] == "Pooling":
        return entries  # where each maximum was, a byte each
    if node["op"] == "BatchNorm":
        return 0  # mean and variance of each unit: of no account beside the batch
    raise ValueError(
        f"memory_account: net must be made of operations whose arrays are known, got {node['op']}, which hides one"
    )
