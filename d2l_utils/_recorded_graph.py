"""The graph that MXNet recorded for a loss: its operations, its arrays, and the names that the learner gave them.

Values and gradients are in `_graph_values`, the picture is in `graph_drawing`.
"""

import contextlib
import json
import re
from dataclasses import dataclass, field

from d2l_utils import _validation

from mxnet import MXNetError, autograd, nd
from mxnet.gluon import Block, Parameter
from mxnet.gluon.parameter import DeferredInitializationError

_OUTPUT = re.compile(r"_output(\d*)$")
_NAMES = "a dict of names to NDArrays, Parameters or Blocks"


@dataclass
class Node:
    """An operation of the recorded graph, or an array that went into it (`op` is "null")."""

    op: str
    attrs: dict
    inputs: list  # of (position of the node, number of its output)
    order: int  # when it was recorded; an array that went in has that of its first use
    names: dict = field(default_factory=dict)  # {number of output: the learner's name}
    held: dict = field(default_factory=dict)  # {number of output: the learner's NDArray}

    @property
    def is_leaf(self):
        """Tell whether this is an array that went in."""
        return self.op == "null"


def read_graph(function, loss, arrays):
    """Give the nodes that lead to `loss`, inputs first, and set in which of `arrays` were not found among them."""
    _validation.array(function, "loss", loss)
    symbol = _symbol(loss)
    if symbol is None:
        raise ValueError(
            f"{function}: loss must be computed inside of autograd.record() from an array with attach_grad(), and "
            "shown before backward(), which frees the graph, got an array without a graph"
        )
    read = json.loads(symbol.tojson())
    nodes, places = [], {}
    for place, entry in enumerate(read["nodes"]):
        order = int(entry["name"].split("_")[1]) if entry["op"] != "null" else -1
        inputs = [(source, output) for source, output, _version in entry["inputs"]]
        nodes.append(Node(entry["op"], entry.get("attrs", {}), inputs, order))
        places[entry["name"]] = place
    for node in sorted(nodes, key=lambda node: -node.order):
        for source, _ in node.inputs:
            if nodes[source].is_leaf:
                nodes[source].order = node.order - 0.5
    missing = _set_names(nodes, places, arrays)
    head, output, _ = read["heads"][0]
    nodes[head].names.setdefault(output, "loss")
    nodes[head].held[output] = loss
    return nodes, (head, output), missing


def named_arrays(function, names):
    """Give {name: NDArray} of what learners name: arrays, parameters, and the parameters of blocks."""
    _validation.instance(function, "names", names, dict, allowed=_NAMES)
    arrays = {}
    for name, value in names.items():
        _validation.instance(function, "a key of names", name, str, allowed="a string")
        if not isinstance(value, (nd.NDArray, Parameter, Block)):
            allowed = "an NDArray, a Parameter or a Block"
            raise TypeError(f"{function}: names[{name!r}] must be {allowed}, got {type(value).__name__}")
        arrays |= _arrays(name, value)
    return arrays


def variables_of(frame):
    """Give the arrays and blocks among the variables that a function sees, its own before those of its file."""
    seen = {**frame.f_globals, **frame.f_locals}
    kinds = (nd.NDArray, Parameter, Block)
    named = {name: value for name, value in seen.items() if not name.startswith("_") and isinstance(value, kinds)}
    return {name: array for key, value in named.items() for name, array in _arrays(key, value).items()}


def _arrays(name, value):
    """Give {name: NDArray} of one array, parameter or block; what holds no numbers yet is left out."""
    if type(value) is nd.NDArray:
        return {name: value}
    if isinstance(value, Block):
        found = {}
        for key, parameter in value._collect_params_with_prefix().items():
            found |= _arrays(re.sub(r"\.(\d+)(?=\.)", r"[\1]", f"{name}.{key}"), parameter)
        return found
    if isinstance(value, Parameter):
        with contextlib.suppress(DeferredInitializationError, RuntimeError):
            return {name: value.data()}
    return {}


def _symbol(array):
    """Give the recorded history of an array, None where there is none."""
    try:
        return autograd.get_symbol(array)
    except MXNetError:
        return None


def _set_names(nodes, places, arrays):
    """Write names and arrays into the nodes that are theirs; give the names that belong to none.

    An array and its node are matched by MXNet's own mark on the array, not by its numbers: two arrays of zeros are
    told apart, and an array that only looks the same gets no name.
    """
    missing = []
    for name, array in arrays.items():
        symbol = _symbol(array)
        place = places.get(symbol.name) if symbol is not None else None
        if place is None:
            missing.append(name)
            continue
        number = _OUTPUT.search(symbol.list_outputs()[0])
        output = int(number[1] or 0) if number else 0
        nodes[place].held.setdefault(output, array)
        nodes[place].names[output] = " = ".join(filter(None, [nodes[place].names.get(output), name]))
    return missing
