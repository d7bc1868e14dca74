"""The recorded graph, read and drawn.

Feared: a name at an array that only has the same numbers; a graph that is drawn and spoilt, so that the learner's own
backward pass goes without its mask; running averages or the random stream moved by the drawing; a mask drawn anew; one
gradient where two ways add up; a value shown that nobody can know; boxes over each other, arrows that point up; a graph
of thousands of operations drawn in full; an array that was overwritten, drawn as if it had not been.
"""

import d2l_utils as d2l
from d2l_utils import _graph_boxes as boxes_module
from d2l_utils import _graph_layout as layout
from d2l_utils import _graph_values as graph_values
from d2l_utils import _recorded_graph as graphs
from d2l_utils import graph_drawing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import autograd, gluon, init, nd
from mxnet.gluon import nn


@pytest.fixture
def shown(monkeypatch):
    """Collect the figures in place of showing them."""
    figures = []
    monkeypatch.setattr(graph_drawing, "show", lambda fig, alt: figures.append((fig, alt)))
    yield figures
    for fig, _ in figures:
        d2l.plt.close(fig)


def texts(figures):
    """Give the texts of the last figure."""
    return [text.get_text() for text in figures[-1][0].axes[0].texts]


def leaf(values, dtype="float64"):
    array = nd.array(values, dtype=dtype)
    array.attach_grad()
    return array


def read(loss, names):
    nodes, head, missing = graphs.read_graph("show_graph", loss, graphs.named_arrays("show_graph", names))
    known, masks = graph_values.values(nodes)
    return nodes, known, graph_values.gradients(nodes, head, known, masks), masks, missing


def total_gradients(loss, names):
    """Give {name: sum of the gradients along all uses} as the drawing has it."""
    nodes, _, along, _, _ = read(loss, names)
    totals = {}
    for place, node in enumerate(nodes):
        for position, (source, number) in enumerate(node.inputs):
            name = nodes[source].names.get(number)
            if name and position in along[place]:
                totals[name] = totals.get(name, 0) + along[place][position]
    return totals


def small_network():
    d2l.seed_everything(3)
    v = {"X": nd.random.normal(shape=(4, 3), dtype="float64"), "Y": nd.random.normal(shape=(4, 2), dtype="float64")}
    for name, shape in (("W1", (3, 5)), ("b1", (5,)), ("W2", (5, 2)), ("b2", (2,))):
        v[name] = leaf(np.random.normal(size=shape))
    with autograd.record():
        v["Z"] = nd.dot(v["X"], v["W1"]) + v["b1"]
        v["H"] = nd.tanh(v["Z"])
        v["Y_hat"] = nd.dot(v["H"], v["W2"]) + v["b2"]
        v["J"] = ((v["Y_hat"] - v["Y"]) ** 2).mean() + 0.1 * (v["W1"] ** 2).sum()
    return v


def test_gradients_are_those_of_autograd():
    v = small_network()
    ours = total_gradients(v["J"], v)
    v["J"].backward()
    for name in ("W1", "b1", "W2", "b2"):
        np.testing.assert_allclose(ours[name], v[name].grad.asnumpy(), rtol=1e-12)
    assert abs(v["W1"]).min().asscalar() > 0, "else the penalty's way could be missing"


def test_every_intermediate_is_known_with_and_without_its_name():
    v = small_network()
    for names in (v, {name: v[name] for name in ("X", "Y", "W1", "b1", "W2", "b2")}):
        nodes, known, *_ = read(v["J"], names)
        assert all(0 in values for values in known)
        (product,) = [known[k][0] for k, node in enumerate(nodes) if node.op == "tanh"]
        np.testing.assert_array_equal(product.asnumpy(), v["H"].asnumpy())


def test_names_go_by_identity_not_by_values():
    a, b, c = leaf([0, 0]), leaf([0, 0]), nd.zeros(2, dtype="float64")
    with autograd.record():
        loss = (a * 2 + b * 3 + c).sum()
    nodes, *_, missing = read(loss, {"b": b, "twin": nd.zeros(2, dtype="float64"), "c": c, "a": a})
    assert missing == ["twin"]
    uses = {node.attrs["scalar"]: nodes[node.inputs[0][0]].names[0] for node in nodes if node.op == "_mul_scalar"}
    assert uses == {"2.0": "a", "3.0": "b"}


def test_two_names_of_one_array_are_both_written():
    a = leaf([1, 2])
    with autograd.record():
        loss = a.sum()
    nodes, *_ = read(loss, {"a": a, "same": a})
    assert nodes[0].names == {0: "a = same"}


def test_outputs_of_a_split_keep_their_names():
    a = leaf([[1, 2, 3]])
    with autograd.record():
        left, middle, right = nd.split(a, num_outputs=3, axis=1)
        loss = (left * right * right).sum() + 0 * middle.sum()
    nodes, *_ = read(loss, {"a": a, "right": right, "left": left})
    (split,) = [node for node in nodes if "split" in node.op.lower() or node.op == "SliceChannel"]
    assert (split.names[0], split.names[2]) == ("left", "right")
    np.testing.assert_array_equal(total_gradients(loss, {"a": a})["a"], [[9, 0, 6]])


def dropout_network(layer, seed=5):
    d2l.seed_everything(seed)
    W = leaf(np.random.normal(size=(3, 6)), dtype="float32")
    X = nd.random.normal(shape=(4, 3))
    with autograd.record():
        h = nd.tanh(nd.dot(X, W))
        dropped = layer(h)
        loss = (dropped**2).sum()
    return {"X": X, "W": W, "h": h, "dropped": dropped}, loss


LAYERS = {"gluon": nn.Dropout(0.5), "scratch": lambda h: d2l.dropout(h, 0.5)}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_masks_are_those_of_the_forward_pass_and_stay(shown, layer):
    names, loss = dropout_network(layer)
    _, _, _, masks, _ = read(loss, names)
    kept = names["dropped"].asnumpy() != 0
    assert 0 < kept.sum() < kept.size
    (mask,) = [value[0] for key, value in masks.items() if isinstance(key, int)]
    np.testing.assert_array_equal(mask > 0, kept)
    d2l.show_graph(loss, names=names)
    assert any(text.startswith("kept ") for text in texts(shown))
    ours = total_gradients(loss, names)["W"]
    loss.backward()  # after all that the mask is still there
    np.testing.assert_allclose(ours, names["W"].grad.asnumpy(), rtol=1e-5)
    expected = np.where(kept, 2 * names["dropped"].asnumpy() / 0.5, 0) * (1 - names["h"].asnumpy() ** 2)
    np.testing.assert_allclose(ours, names["X"].asnumpy().T @ expected, rtol=1e-5)


def test_a_hidden_mask_is_said_to_be_hidden(shown):
    h = leaf([0.0, 1.0, 0.0, 2.0, 3.0], dtype="float32")
    d2l.seed_everything(1)
    with autograd.record():
        dropped = nd.Dropout(h, p=0.5)
        loss = (3 * dropped).sum()
    _, _, _, masks, _ = read(loss, {"h": h, "dropped": dropped})
    ((mask, _),) = masks.values()
    np.testing.assert_array_equal(np.isnan(mask), [True, False, True, False, False])
    gradient = total_gradients(loss, {"h": h, "dropped": dropped})["h"]
    np.testing.assert_array_equal(np.ma.getmaskarray(gradient), np.isnan(mask))
    d2l.show_graph(loss, names={"h": h, "dropped": dropped})
    assert any(text.startswith("kept ?") for text in texts(shown))


def test_after_relu_only_the_arrow_at_the_mask_is_unknown():
    u = leaf([-1.0, 1.0, -2.0, 2.0], dtype="float32")
    with autograd.record():
        h = nd.relu(u)
        dropped = nd.Dropout(h, p=0.5)
        loss = dropped.sum()
    ours = total_gradients(loss, {"u": u, "h": h, "dropped": dropped})
    assert np.ma.getmaskarray(ours["h"]).any()
    loss.backward()
    assert not np.ma.getmaskarray(ours["u"]).any()
    np.testing.assert_array_equal(ours["u"], u.grad.asnumpy())


def test_without_the_name_of_its_output_dropout_is_unknown(shown):
    names, loss = dropout_network(nn.Dropout(0.5))
    del names["dropped"]
    nodes, known, along, _, _ = read(loss, names)
    (place,) = [place for place, node in enumerate(nodes) if node.op == "Dropout"]
    assert not known[place]
    assert not along[place]
    d2l.show_graph(loss, names=names)
    assert "values not known" in texts(shown)


def test_random_operations_are_not_drawn_again():
    a = leaf([1.0, 2.0, 3.0], dtype="float32")
    with autograd.record():
        loss = (nd.sample_normal(a, nd.ones(3)) * 1).sum()
    nodes, known, *_ = read(loss, {"a": a})
    unknown = [node.op for node, values in zip(nodes, known, strict=True) if not node.is_leaf and not values]
    assert [op.lstrip("_") for op in unknown] == ["sample_normal", "mul_scalar"]


def test_drawing_draws_no_random_numbers(shown):
    names, loss = dropout_network(nn.Dropout(0.5))
    expected = nd.random.uniform(shape=3)
    names, loss = dropout_network(nn.Dropout(0.5))
    d2l.show_graph(loss, names=names)
    assert (nd.random.uniform(shape=3) == expected).min() == 1


def test_batch_normalization_is_read_and_left_alone(shown):
    d2l.seed_everything(2)
    net = nn.Sequential()
    net.add(nn.Dense(4), nn.BatchNorm(), nn.Dense(2))
    net.initialize(init.Normal(1))
    X, y = nd.random.normal(shape=(6, 3)), nd.array([0, 1, 0, 1, 1, 0])
    with d2l.layer_outputs(net) as outputs, autograd.record():
        loss = gluon.loss.SoftmaxCrossEntropyLoss()(net(X), y).mean()
    before = net[1].running_mean.data().asnumpy()
    names = outputs | {"net": net, "X": X, "y": y}
    d2l.show_graph(loss, names=names)
    np.testing.assert_array_equal(net[1].running_mean.data().asnumpy(), before)
    ours = total_gradients(loss, names)
    loss.backward()
    for name in ("net[0].weight", "net[1].gamma", "net[2].bias"):
        parameter = graphs.named_arrays("test", {"net": net})[name]
        np.testing.assert_allclose(ours[name], parameter.grad.asnumpy(), rtol=1e-4, atol=1e-6)


def test_layer_outputs_names_layers_and_lets_go():
    class Two(nn.Block):
        def __init__(self):
            super().__init__()
            self.hidden = nn.Dense(3, activation="relu")
            self.out = nn.Dense(2)

        def forward(self, X):
            return self.out(self.hidden(X))

    net = Two()
    net.initialize()
    with d2l.layer_outputs(net) as outputs:
        y_hat = net(nd.ones((1, 2)))
        assert set(outputs) == {"net.hidden", "net.out"}
        assert outputs["net.out"] is y_hat
    net(2 * nd.ones((1, 2)))
    assert outputs["net.out"] is y_hat


def test_a_hybridized_net_is_one_box(shown):
    net = nn.HybridSequential()
    net.add(nn.Dense(3), nn.Dense(3), nn.Dense(2))  # MXNet writes out a net of two operations, hybridized or not
    net.initialize()
    net.hybridize()
    X = nd.ones((2, 4))
    net(X)
    with autograd.record():
        loss = net(X).sum()
    d2l.show_graph(loss, names={"net": net, "X": X})
    assert "hybridized block" in texts(shown)
    assert "values not known" in texts(shown)


def test_names_default_to_the_callers_variables(shown):
    W = leaf([[1.0], [2.0]], dtype="float32")
    X = nd.array([[3.0, 4.0]])
    with autograd.record():
        my_product = nd.dot(X, W)
        total = my_product.sum()
    d2l.show_graph(total)
    assert {"X  (1, 2)", "W  (2, 1)", "my_product = dot  (1, 1)", "total = sum  (1,)"} <= set(texts(shown))
    assert "3, 4" in texts(shown), "the gradient of W"


def chain(length):
    W = leaf([[0.5, 0.1], [0.2, 0.4]], dtype="float32")
    X = x = nd.array([[1.0, 2.0]])
    with autograd.record():
        for _ in range(length):
            x = nd.tanh(nd.dot(x, W))
        loss = x.sum()
    return loss, {"W": W, "X": X}


def test_thousands_of_operations_are_folded(shown):
    loss, names = chain(1500)
    d2l.show_graph(loss, names=names)
    fig, alt = shown[-1]
    assert "3001 operations on 2 arrays, folded into 12 boxes" in alt
    assert max(fig.get_size_inches()) < 16
    assert len(texts(shown)) < 100


def test_folding_keeps_every_operation_and_cuts_between_blocks():
    net = nn.Sequential()
    for _ in range(24):
        net.add(nn.Dense(3, activation="tanh"))
    net.initialize()
    X = nd.ones((2, 3))
    with autograd.record():
        loss = net(X).sum()
    nodes, known, along, _, _ = read(loss, {"net": net, "X": X})
    boxes, edges = boxes_module.fold(nodes, known, along, 12)
    counts = [int(box.lines[0].split(": ")[1].split()[0]) for box in boxes]
    assert sum(counts) == sum(not node.is_leaf for node in nodes) == 24 * 2 + 1
    assert boxes[0].lines[0] == "net[0] to net[1]: 4 operations"
    assert len(boxes) == 12
    assert sorted((edge.start, edge.end) for edge in edges) == [(k, k + 1) for k in range(11)]


def test_a_residual_net_folds_without_a_circle(shown):
    W = leaf(np.eye(2), dtype="float32")
    x = nd.array([[1.0, 2.0]])
    with autograd.record():
        for _ in range(50):
            x = x + 0.1 * nd.tanh(nd.dot(x, W))
        loss = x.sum()
    d2l.show_graph(loss, names={"W": W})
    assert "folded into 12 boxes" in shown[-1][1]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_arrows_point_down_and_boxes_do_not_overlap(data):
    count = data.draw(st.integers(1, 14))
    pairs = [(i, j) for j in range(count) for i in range(j)]
    edges = data.draw(st.lists(st.sampled_from(pairs), max_size=25)) if pairs else []
    sizes = [(data.draw(st.floats(0.3, 3)), 0.3) for _ in range(count)]
    ends = {end for _, end in edges}
    leaves = [box for box in range(count) if box not in ends]
    xs, level, bends, width = layout.place(sizes, edges, leaves)
    assert all(level[start] < level[end] for start, end in edges)
    for i in range(count):
        assert xs[i] - sizes[i][0] / 2 >= -1e-9
        assert xs[i] + sizes[i][0] / 2 <= width + 1e-9
        for j in range(i):
            if level[i] == level[j]:
                assert abs(xs[i] - xs[j]) >= (sizes[i][0] + sizes[j][0]) / 2 + layout.GAP - 1e-6
    for (start, end), points in zip(edges, bends, strict=True):
        assert sorted(points) == list(range(level[start] + 1, level[end]))


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ([1.0], ["1"]),
        ([[0.123456, -2]], ["0.123, -2"]),
        ([[1, 2], [3, 4]], ["1, 2", "3, 4"]),
        ([1, 2, 3, 4], ["1, 2", "3, 4"]),
        ([-0.0], ["0"]),
        (np.ma.masked_array([5.0, 1], [True, False]), ["?, 1"]),
        ([np.nan, np.inf], ["nan, inf"]),
        ([3, 0, 0, 0, 4], ["norm 5"]),
        (np.ma.masked_array([3.0, 0, 0, 1, 4], [0, 0, 0, 1, 0]), ["norm ?"]),
        (2.5, ["2.5"]),
    ],
)
def test_numbers_in_short(values, lines):
    assert boxes_module.in_lines(values) == lines


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda a: a + a, ". + ."),
        (lambda a: a - 1, ". - 1"),
        (lambda a: 1 - a, "1 - ."),
        (lambda a: 2 / a, "2 / ."),
        (lambda a: a**2, ". ** 2"),
        (lambda a: nd.Activation(a, act_type="relu"), "relu"),
        (lambda a: nd.Dropout(a, p=0.25), "Dropout(0.25)"),
        (nd.exp, "exp"),
    ],
)
def test_operations_are_named_as_learners_know_them(make, word):
    a = leaf([1, 2])
    with autograd.record():
        y = make(a)
    nodes, *_ = read(y, {"a": a})
    assert boxes_module.operation(nodes[-1]) == word


def test_words_are_of_a_length_that_can_be_listened_to(shown):
    for length in (1, 30, 200):
        loss, names = chain(length)
        d2l.show_graph(loss, names=names | {f"a_long_name_{k}" * 5: names["W"] for k in range(10)})
        assert 40 <= len(shown[-1][1]) <= 300


def test_a_rule_of_ones_own_is_one_unknown_slope():
    class Twice(autograd.Function):
        def forward(self, x):
            return 2 * x

        def backward(self, d_y):
            return 2 * d_y

    a = leaf([1.0, 2.0])
    with autograd.record():
        loss = Twice()(a).sum()
    _, known, along, _, _ = read(loss, {"a": a})
    assert known[1] == {}
    assert along[1] == {}


RECORDED = "computed inside of autograd.record() from an array with attach_grad(), and shown before backward(), which"


def recorded():
    a = leaf([1.0, 2.0])
    with autograd.record():
        b = a * 2
        loss = b.sum()
    return a, b, loss


def after_backward():
    _, _, loss = recorded()
    loss.backward()
    return loss, {}


def overwritten():
    a, b, loss = recorded()
    a[:] = 5
    return loss, {"a": a, "b": b}


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: (3.0, None), TypeError, "loss must be an NDArray of floats, got float"),
        (lambda: (nd.ones(2, dtype="int32"), None), TypeError, "loss must be an NDArray of floats, got dtype int32; "),
        (
            lambda: (nd.ones(2), {}),
            ValueError,
            f"loss must be {RECORDED} frees the graph, got an array without a graph",
        ),
        (after_backward, ValueError, f"loss must be {RECORDED} frees the graph, got an array without a graph"),
        (
            lambda: (recorded()[2], ["a"]),
            TypeError,
            "names must be a dict of names to NDArrays, Parameters or Blocks, ",
        ),
        (lambda: (recorded()[2], {1: nd.ones(1)}), TypeError, "a key of names must be a string, got int"),
        (
            lambda: (recorded()[2], {"a": [1, 2]}),
            TypeError,
            "names['a'] must be an NDArray, a Parameter or a Block, got list",
        ),
        (
            lambda: (recorded()[2], {"other": nd.ones(1)}),
            ValueError,
            "names must be of arrays in the graph of loss, got 'other', which is not in it; was this array computed "
            "outside of record, or replaced since?",
        ),
        (
            overwritten,
            ValueError,
            "the arrays must be as they were recorded, got 'b', which does not follow from its inputs; was one of them "
            "overwritten since?",
        ),
    ],
)
def test_show_graph_refuses(shown, make, error, sentence):
    loss, names = make()
    with pytest.raises(error) as refused:
        d2l.show_graph(loss, names=names)
    assert str(refused.value).startswith(f"show_graph: {sentence}")
    assert not shown


@pytest.mark.parametrize("max_nodes", [1, 2.5, "many"])
def test_show_graph_refuses_a_strange_size(max_nodes):
    _, _, loss = recorded()
    with pytest.raises((ValueError, TypeError), match=r"^show_graph: max_nodes must be an integer >= 2, got "):
        d2l.show_graph(loss, max_nodes=max_nodes)


def test_layer_outputs_refuses_what_is_no_block():
    with pytest.raises(TypeError) as refused, d2l.layer_outputs([1]):
        pass
    assert str(refused.value) == "layer_outputs: net must be a gluon Block, got list"


def test_a_net_without_numbers_names_nothing():
    net = nn.Dense(3)
    assert graphs.named_arrays("show_graph", {"net": net}) == {}
    net.initialize()
    named = graphs.named_arrays("show_graph", {"net": net})
    assert list(named) == ["net.bias"], "the shape of the weight is not known before the first batch"
