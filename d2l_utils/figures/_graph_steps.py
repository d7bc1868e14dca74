"""The figure of forward and backward propagation, step by step; graph_steps.js does the same arithmetic."""

import math

from d2l_utils import _validation
from d2l_utils.figures import _stored
from d2l_utils.plotting import COLORS, plt

_INPUTS = [i / 2 for i in range(-4, 5)]
_NETWORK = {
    "x2": 2, "w11": 0.5, "w21": -0.5, "w12": 0.1, "w22": 0.4, "b1": 0.5, "b2": 0.2, "v1": 0.8, "v2": -0.4, "c": 0.1,
    "y": 1, "lambd": 0.1,
}  # fmt: skip
_WEIGHTS = ["w11", "w21", "w12", "w22", "v1", "v2"]  # w21 leads from input 2 to unit 1, v1 from unit 1 to the output
_FORWARD = ["z1", "z2", "h1", "h2", "y_hat", "L", "S", "J"]
_BACKWARD = [["J"], ["L"], ["S"], ["y_hat"], ["v1", "v2", "c"], ["h1"], ["h2"], ["z1"], ["z2"]]
_BACKWARD += [["w11", "w21", "b1"], ["w12", "w22", "b2"]]
_LAST = len(_FORWARD) + len(_BACKWARD)
_PLACES = {"x1": (0, 2), "x2": (0, 0), "z1": (1, 2), "z2": (1, 0), "h1": (2, 2), "h2": (2, 0), "y_hat": (3, 1)}
_PLACES |= {"L": (4, 1), "S": (4, -0.7), "J": (5, 1)}
_EDGES = [("x1", "z1"), ("x1", "z2"), ("x2", "z1"), ("x2", "z2"), ("z1", "h1"), ("z2", "h2"), ("h1", "y_hat")]
_EDGES += [("h2", "y_hat"), ("y_hat", "L"), ("L", "J"), ("S", "J")]
_SHOWN = {"y_hat": "ŷ"}


def graph_steps(step=_LAST, *, x1=1):
    """Show how values go forward through a 2-2-1 network and slopes come back, one step at a time.

    Readers step with a slider, with two buttons or with the arrow keys, and change an input, in JupyterLab and on the
    site.

    Parameters
    ----------
    step : int in [0, 19]
        How many steps are done at first: 8 forward, then 11 back.
    x1 : float in [-2, 2], a multiple of 0.5
        The first input; the second is 2.

    Returns
    -------
    None

    Raises
    ------
    TypeError
        If an argument is not a number.
    ValueError
        If an argument is not one of its slider's values.

    Notes
    -----
    The network is the one worked on paper in the chapter: h = sigmoid(z), L = (y_hat - y)^2 / 2, and the penalty S is
    half of lambda times the sum of the squared weights, lambda = 0.1. A slope belongs to J = L + S.

    References
    ----------
    Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, Nature 323 (1986).

    Introduced in: notebooks/17-backpropagation.ipynb
    """
    _validation.integer("graph_steps", "step", step, at_least=0)
    _validation.number("graph_steps", "step", step, allowed=f"in [0, {_LAST}]", within=lambda value: value <= _LAST)
    allowed = "a multiple of 0.5 in [-2, 2]"
    _validation.number("graph_steps", "x1", x1, allowed=allowed, within=_INPUTS.__contains__)
    values, slopes = _values(x1), _slopes(x1)
    there = f"{min(step, len(_FORWARD))} of {len(_FORWARD)} values and {_arrived(step)} slopes are there"
    alt = (
        f"Graph of a 2-2-1 network from its inputs {x1:g} and 2 to the objective J, with values above the nodes and "
        f"slopes below, beside a table of the weights. After step {step}, {there}."
    )
    if step >= len(_FORWARD):
        alt += f" J is {values['J']:.3f}."
    data = {"step": step, "x1": x1, "inputs": _INPUTS, "network": _NETWORK}
    _stored.show("graph_steps", data, fig=_picture(step, values, slopes), alt=alt)


def _arrived(step):
    return sum(len(names) for names in _BACKWARD[: max(step - len(_FORWARD), 0)])


def _values(x1):
    """Give the value of every node and parameter."""
    v = {**_NETWORK, "x1": x1}
    for unit in "12":
        v[f"z{unit}"] = v["x1"] * v[f"w1{unit}"] + v["x2"] * v[f"w2{unit}"] + v[f"b{unit}"]
        v[f"h{unit}"] = 1 / (1 + math.exp(-v[f"z{unit}"]))
    v["y_hat"] = v["h1"] * v["v1"] + v["h2"] * v["v2"] + v["c"]
    v["L"] = (v["y_hat"] - v["y"]) ** 2 / 2
    v["S"] = v["lambd"] / 2 * sum(v[name] ** 2 for name in _WEIGHTS)
    v["J"] = v["L"] + v["S"]
    return v


def _slopes(x1):
    """Give the slope of J along every node and parameter."""
    v = _values(x1)
    d = {"J": 1, "L": 1, "S": 1, "y_hat": v["y_hat"] - v["y"]}
    d["c"] = d["y_hat"]
    for unit in "12":
        d[f"v{unit}"] = v[f"h{unit}"] * d["y_hat"] + v["lambd"] * v[f"v{unit}"]
        d[f"h{unit}"] = v[f"v{unit}"] * d["y_hat"]
        d[f"z{unit}"] = d[f"h{unit}"] * v[f"h{unit}"] * (1 - v[f"h{unit}"])
        d[f"b{unit}"] = d[f"z{unit}"]
        for i in "12":
            d[f"w{i}{unit}"] = v[f"x{i}"] * d[f"z{unit}"] + v["lambd"] * v[f"w{i}{unit}"]
    return d


def _picture(step, values, slopes):
    """Draw what the module draws at first."""
    known = {"x1", "x2", *_FORWARD[:step]}
    arrived = {name for names in _BACKWARD[: max(step - len(_FORWARD), 0)] for name in names}
    now = set(_FORWARD[step - 1 : step] if step <= len(_FORWARD) else _BACKWARD[step - len(_FORWARD) - 1])
    fig, (graph, table) = plt.subplots(1, 2, figsize=(7.5, 2.8), width_ratios=[3, 2])
    for start, end in _EDGES:
        graph.annotate("", _PLACES[end], _PLACES[start], arrowprops={"arrowstyle": "->", "shrinkA": 11, "shrinkB": 11})
    for name, (x, y) in _PLACES.items():
        fill = "#cfe3f1" if name in now else "white"
        circle = {"boxstyle": "circle,pad=0.35", "facecolor": fill, "edgecolor": COLORS[0]}
        graph.text(x, y, _SHOWN.get(name, name), ha="center", va="center", bbox=circle)
        look = {"ha": "center", "va": "center", "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
        if name in known:
            graph.text(x, y + 0.45, f"{values[name] + 0.0:.3g}", **look)
        if name in arrived:
            graph.text(x, y - 0.45, f"{slopes[name] + 0.0:.3g}", color="#a84300", weight="bold", **look)
    graph.set(xlim=(-0.4, 5.4), ylim=(-1.4, 2.7))
    rows = [*_WEIGHTS[:4], "b1", "b2", "v1", "v2", "c"]
    for k, text in enumerate(("parameter", "value", "slope of J")):
        table.text(k, 0, text, ha="right", weight="bold")
    for row, name in enumerate(rows, start=1):
        slope = f"{slopes[name] + 0.0:.3g}" if name in arrived else "?"
        for k, text in enumerate((name, f"{values[name]:g}", slope)):
            color = "#a84300" if k == 2 else "black"
            table.text(k, -row, text, ha="right", color=color, weight="bold" if name in now else "normal")
    table.set(xlim=(-0.8, 2.3), ylim=(-len(rows) - 0.5, 1))
    for ax in (graph, table):
        ax.axis("off")
    return fig
