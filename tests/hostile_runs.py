"""What `test_hostile_inputs.py` tries: measures, gradients, training, devices and figures."""

import warnings

import d2l_utils as d2l

import mxnet as mx
import numpy as np
from hostile import arrays, case, floats, wide
from hypothesis import strategies as st
from mxnet import autograd, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn

FLOATS = {"dtypes": ["float16", "float32", "float64"]}
LABELS = st.sampled_from([[0, 2, 1, 1], [0, 0, 9, -1], [float("nan"), 0, 0.5, 1]]).map(nd.array)


def share_right(y_hat, y):
    """Compute the accuracy with NumPy; a row with a NaN is wrong."""
    scores, labels = wide(y_hat), wide(y)
    right = np.where(np.isnan(scores).any(axis=1), np.nan, np.nanargmax(np.nan_to_num(scores, nan=0), axis=1))
    return (right == labels).mean()


@case(
    "accuracy",
    good={"y_hat": floats((4, 3), (4, 1), **FLOATS), "y": LABELS},
    strange={"y_hat": arrays(**FLOATS), "y": arrays(shapes=[(4,), (4, 1), (3,)])},
)
def _(result, y_hat, y):
    assert result == share_right(y_hat, y)


def batches(width=3):
    """Draw (X, y) pairs of which some do not fit."""
    X = st.one_of(floats((4, 3), (1, 3), fills=[float("nan")]), arrays(shapes=[(4, 3), (4,)]))
    pair = st.one_of(st.tuples(X, arrays(shapes=[(4,), (1,), (4, 1)])), st.just((nd.ones((4, 3)), nd.zeros(4))))
    strange = st.sampled_from([None, 1, (), (nd.ones((4, 3)),), [nd.ones((4, 3)), nd.zeros(4), 1], "ab", (1, 2)])
    return st.lists(st.one_of(pair, strange), max_size=2)


RIGHT_BATCHES = st.just([0, 2, 1, 1]).map(
    lambda y: [(nd.array(np.eye(3)[y]), nd.array(y)), (nd.ones((1, 3)), nd.ones(1))]
)
NETS = st.sampled_from(
    [
        lambda X: X,
        lambda X: X * float("nan"),
        lambda X: X.reshape((-1,)),
        lambda X: X.reshape((1, -1)),
        lambda X: X.astype("int32"),
        lambda X: None,
        lambda X: 1.0,
        lambda X: X.asnumpy(),
        lambda X: [X],
        lambda X: mx.np.ones((4, 3)),
        lambda X: nd.array([]),
    ]
)
CONTEXTS = st.sampled_from([None, mx.cpu(), [mx.cpu(0), mx.cpu(1)], [mx.cpu(0)] * 3, [], "cpu", [None], mx.cpu])


@case(
    "evaluate_accuracy",
    good={"data_iter": RIGHT_BATCHES, "net": st.just(lambda X: X), "ctx": CONTEXTS},
    strange={"data_iter": batches(), "net": NETS},
)
def _(result, data_iter, net, ctx):
    pairs = [(wide(net(X)), wide(y)) for X, y in data_iter]
    y_hat, y = (nd.array(np.concatenate(parts), dtype="float64") for parts in zip(*pairs, strict=True))
    assert result == share_right(y_hat, y)


FUNCTIONS = st.sampled_from(
    [
        lambda *xs: nd.ones(1),
        lambda *xs: None,
        lambda *xs: 1.0,
        lambda *xs: xs[0],
        lambda *xs: xs[0].sum().asscalar(),
        lambda *xs: nd.array([1]),
        lambda *xs: xs[0].sum().detach(),
        lambda *xs: mx.np.ones(1),
        lambda *xs: xs[0].sum() * float("inf"),
        lambda *xs: nd.array(xs[0].asnumpy()).sum(),
    ]
)


def check_gradient(f, x, grads, num_directions, tolerance):
    return d2l.gradcheck(f, x, grads=grads, num_directions=num_directions, tolerance=tolerance)


@case(
    "gradcheck",
    call=check_gradient,
    good={
        "f": st.just(lambda x: (x**2).sum()),
        "x": floats((3,), (2, 2)),
        "grads": st.none(),
        "num_directions": st.integers(1, 3),
        "tolerance": st.just(1e-6),
    },
    strange={"f": FUNCTIONS, "x": arrays(), "grads": st.lists(arrays(), max_size=2), "num_directions": st.just(0)},
    errors="gradcheck: along a random direction the gradient gives the slope ",
)
def _(result, f, x, grads, num_directions, tolerance):
    assert 0 <= result <= tolerance
    if grads is not None:  # those given were right: here the gradient of the sum of squares is 2 x
        np.testing.assert_allclose(wide(grads[0]), 2 * wide(x), atol=1e-2)


def recorded(array):
    """Double an array inside of record, and add up."""
    array.attach_grad()
    with autograd.record():
        return (array * 2).sum()


@case(
    "show_graph",
    good={
        "loss": floats((3,), (4, 3), fills=[float("nan"), float("inf")], **FLOATS).map(recorded),
        "names": st.just({}),
        "max_nodes": st.integers(2, 5),
    },
    strange={
        "loss": st.one_of(arrays(), arrays().map(recorded)),
        "names": st.sampled_from([["a"], {1: nd.ones(1)}, {"a": 1}, {"a": nd.ones(1)}, {"net": nn.Dense(2)}, "a"]),
    },
    times=40,
)
def _(result, loss, names, max_nodes):
    assert result is None


@case(
    "layer_outputs",
    call=lambda net: d2l.layer_outputs(net).__enter__(),
    good={"net": st.builds(nn.Dense, st.integers(1, 3))},
    times=40,
)
def _(result, net):
    assert result == {}


@st.composite
def perceptrons(draw):
    """Draw a net of two layers, initialized."""
    net = nn.Sequential()
    net.add(nn.Dense(draw(st.integers(1, 3)), activation="relu"), nn.Dense(3))
    net.initialize()
    return net


@case(
    "layer_statistics",
    good={"net": perceptrons(), "X": floats((4, 3)), "loss_fn": st.just(gloss.SoftmaxCrossEntropyLoss()), "y": LABELS},
    strange={
        "net": st.sampled_from([nn.Dense(2), nn.Sequential(), lambda X: X]),
        "X": arrays(),
        "loss_fn": st.sampled_from([None, lambda y_hat, y: y_hat, lambda y_hat, y: nd.ones(1), lambda y_hat: 1.0]),
        "y": arrays(),
    },
    times=40,
)
def _(result, net, X, loss_fn, y):
    assert [one.name for one in result] == ["net[0]", "net[1]"]
    means = [wide(net[0](X)).mean(), wide(net(X)).mean()]
    np.testing.assert_allclose([one.activation_mean for one in result], means, rtol=1e-3, atol=1e-6)
    assert all((one.weight_grad_norm is None) == (loss_fn is None) for one in result)


@case(
    "lsuv",
    good={
        "net": perceptrons(),
        "X": floats((4, 3), (30, 5)),
        "tolerance": st.floats(0.001, 0.9),
        "max_steps": st.integers(1, 9),
    },
    strange={"net": st.sampled_from([nn.Dense(2), nn.Sequential(), lambda X: X]), "X": arrays()},
    times=40,
)
def _(result, net, X, tolerance, max_steps):
    assert all(abs(std**2 - 1) < float(tolerance) + 1e-3 for std in result)


@case(
    "fan_in_and_out",
    good={"shape": st.lists(st.integers(1, 99), min_size=2, max_size=5)},
    strange={"shape": st.lists(st.integers(-1, 5) | st.floats(1, 2), max_size=4).map(tuple)},
)
def _(result, shape):
    outputs, inputs, *kernel = map(int, shape)
    assert result == (inputs * int(np.prod(kernel, dtype=object)), outputs * int(np.prod(kernel, dtype=object)))


FIELDS = {"name": st.just("net[0]"), "activation_mean": st.floats(), "activation_std": st.floats()}


@case("LayerStatistics", good=FIELDS | {"weight_grad_norm": st.none(), "output_grad_std": st.none()}, times=5)
def _(result, name, **numbers):
    assert result.name is name
    assert result[1:] == tuple(numbers.values())


COLUMN = st.lists(st.floats(0, 1), min_size=2, max_size=2)


@case("History", good={"train_loss": COLUMN, "train_acc": COLUMN, "test_acc": COLUMN}, times=60)
def _(result, train_loss, train_acc, test_acc):
    assert len(repr(result).splitlines()) == len(train_loss) == len(train_acc) == len(test_acc)


class Net:
    """Softmax regression whose parameters tell whether anything happened to them."""

    def __init__(self):
        self.params = [nd.ones((3, 3)) * 0.1, nd.zeros(3)]
        for param in self.params:
            param.attach_grad()

    def __call__(self, X):
        return nd.dot(X, self.params[0]) + self.params[1]


def train(net, train_iter, test_iter, loss, num_epochs, batch_size, lr, given):
    arguments = {"trainer": given} if given is not None else {"params": getattr(net, "params", None), "lr": lr}
    return d2l.train_ch3(net, train_iter, test_iter, loss, num_epochs, batch_size, **arguments)


ENTROPY = gloss.SoftmaxCrossEntropyLoss()
LOSSES = st.sampled_from(
    [
        lambda y_hat, y: ENTROPY(y_hat, y).mean(),
        lambda y_hat, y: y_hat,
        lambda y_hat, y: None,
        lambda y_hat, y: 0.5,
        lambda y_hat, y: y_hat.sum(axis=1) * float("inf"),
        lambda y_hat, y: y_hat.sum(axis=1).astype("int32"),
    ]
)


@case(
    "train_ch3",
    call=train,
    good={
        "net": st.builds(Net),
        "train_iter": RIGHT_BATCHES,
        "test_iter": RIGHT_BATCHES,
        "loss": st.just(ENTROPY),
        "num_epochs": st.integers(1, 2),
        "batch_size": st.just(4),
        "lr": st.floats(0.01, 1),
        "given": st.none(),
    },
    strange={
        "net": st.sampled_from([lambda X: None, lambda X: X.sum(), nd.ones(3), nn.Dense(3)]),
        "train_iter": batches(),
        "test_iter": batches(),
        "loss": LOSSES,
        "num_epochs": st.sampled_from([0, -1, 1.0, True, "1", None]),
        "lr": st.sampled_from([0, -1, float("nan"), float("inf"), "x", 1e30]),
    },
    helpers=("evaluate_accuracy",),
    times=80,
)
def _(result, net, train_iter, test_iter, loss, num_epochs, batch_size, lr, given):
    assert len(result.train_loss) == len(result.train_acc) == len(result.test_acc) == num_epochs
    assert np.isfinite(result.train_loss).all()
    assert 0 <= min(result.train_acc + result.test_acc) <= max(result.train_acc + result.test_acc) <= 1
    assert result.test_acc[-1] == d2l.evaluate_accuracy(test_iter, net)


NO_FILE = r"\[Errno \d+\] .*: '|embedded null byte"  # the system's own words, which name the file


def swept(**arguments):
    """Call `sweep`; what its calls raise comes in a sentence that begins as its own do."""
    try:
        return d2l.sweep(**arguments)
    except RuntimeError as error:
        raise FloatingPointError(f"sweep: must succeed, got {error}") from error


@case(
    "sweep",
    call=swept,
    good={
        "fn": st.just(lambda lr, seed: {"loss": lr * seed}),
        "grid": st.just({"lr": [0.1, 0.5], "seed": [0, 1]}),
        "executor": st.none(),
        "path": st.none(),
    },
    strange={
        "fn": st.sampled_from([lambda lr, seed: None, lambda lr: {}, lambda lr, seed: {"a": nd.ones(2)}, print]),
        "grid": st.sampled_from([{"lr": [nd.ones(2)], "seed": [0]}, [{}], [[]], {"lr": "ab"}, {1: [2]}, {"a": [{}]}]),
        "path": st.sampled_from(["/", "", "\0", "/proc/nothing/table.csv"]),
    },
    errors=NO_FILE,
)
def _(result, fn, grid, executor, path):
    assert [(row["lr"], row["seed"], row["loss"]) for row in result] == [
        (lr, seed, lr * seed) for lr in (0.1, 0.5) for seed in (0, 1)
    ]


@case(
    "read_table",
    good={"path": st.just("requirements-uv.txt")},
    strange={"path": st.sampled_from(["/", "", "\0"])},
    errors=NO_FILE,
)
def _(result, path):
    assert isinstance(result, list)


@case("try_gpu", good={}, times=1)
def _(result):
    assert result in (mx.cpu(), mx.gpu(0))


@case("try_all_gpus", good={}, times=1)
def _(result):
    assert result
    assert all(isinstance(context, mx.Context) for context in result)


# Figures: drawn with pixels, since some faults show only then. Everything is closed again.


def drawn(function):
    """Call a function that draws, and render what it has drawn."""

    def call(**arguments):
        d2l.plt.close("all")
        try:
            result = function(**arguments)
            for number in d2l.plt.get_fignums():
                with warnings.catch_warnings():  # no fault of ours: a very small figure has no room for its words
                    warnings.filterwarnings("ignore", "constrained_layout not applied")
                    d2l.plt.figure(number).savefig("/dev/null", format="png", dpi=20)
        finally:
            d2l.plt.close("all")
            d2l.plt.rcParams["figure.figsize"] = (4.0, 2.6)
        return result

    return call


CURVE = st.lists(st.floats(-9, 9), min_size=3, max_size=3)
HUGE = st.just([1e308, -1e308, 0])
CURVES = st.one_of(arrays(shapes=[(3,), (4,)]), st.lists(arrays(shapes=[(3,)]), max_size=2), HUGE)


def lines_hold(ax, *curves):
    for line, (xs, ys) in zip(ax.lines, curves, strict=True):
        for seen, given in ((line.get_xdata(), xs), (line.get_ydata(), ys)):
            given = given.asnumpy() if isinstance(given, nd.NDArray) else given
            np.testing.assert_array_equal(np.asarray(seen, "float64"), np.asarray(given, "float64"))


@case(
    "plot",
    call=drawn(lambda names, **arguments: d2l.plot(x_label="x", y_label="y", legend=names, **arguments)),
    good={"x_vals": st.just([1, 2, 3]), "y_vals": CURVE, "names": st.none(), "spread": st.none(), "ax": st.none()},
    strange={"y_vals": CURVES, "spread": CURVES, "names": st.sampled_from([["a"], ["a", "b"], "a", 1])},
    times=25,
)
def _(axes, x_vals, y_vals, **others):
    if np.ndim(y_vals) == 1 and not isinstance(y_vals, nd.NDArray):
        lines_hold(axes, (x_vals, y_vals))


@case(
    "semilogy",
    call=drawn(lambda **arguments: d2l.semilogy(x_label="x", y_label="y", **arguments)),
    good={
        **{"x_vals": st.just([1, 2, 3]), "y_vals": CURVE, "x2_vals": st.just([1, 2]), "y2_vals": st.just([2, 1])},
        **{"legend": st.just(["a", "b"]), "figsize": st.just((3, 2))},
    },
    strange={"y_vals": CURVES, "legend": st.sampled_from([["a"], "ab", 2, []])},
    helpers=("plot", "set_figsize"),
    times=12,
)
def _(ax, **arguments):
    assert ax.get_yscale() == "log"


SIZES = st.sampled_from([(0, 1), (1,), (1, 2, 3), (1e9, 1), (float("nan"), 1), (True, 1), "12", ["a", 1]])


@case("set_figsize", good={"figsize": st.just((3, 2))}, strange={"figsize": SIZES}, times=60)
def _(result, figsize):
    assert d2l.plt.rcParams["figure.figsize"] == [float(side) for side in figsize]


@case(
    "show_images",
    call=drawn(d2l.show_images),
    good={
        "imgs": st.one_of(arrays(shapes=[(4, 3, 4), (4, 3, 4, 3)]), st.lists(floats((3, 4)), min_size=4)),
        "num_rows": st.integers(1, 2),
        "num_cols": st.integers(1, 2),
        "scale": st.just(0.3),
    },
    strange={"imgs": st.lists(arrays(shapes=[(3, 4), (1,), (3, 4, 3), (2, 2, 2, 2)]), max_size=4)},
    times=25,
)
def _(axs, imgs, num_rows, num_cols, scale):
    assert axs.shape == (num_rows, num_cols)
    for ax, img in zip(axs.flat, imgs, strict=False):
        seen = np.ma.getdata(ax.images[0].get_array())
        pixels = img.asnumpy()
        if img.ndim == 3:  # colours that are too strong are shown as the strongest
            pixels = np.clip(pixels, 0, 1 if pixels.dtype.kind == "f" else 255)
        np.testing.assert_allclose(seen, pixels, rtol=1e-3)


IMAGES = st.lists(floats((28, 28), (1, 28, 28), (784,)), min_size=1, max_size=2)


@case(
    "show_fashion_mnist",
    call=drawn(d2l.show_fashion_mnist),
    good={"images": IMAGES, "labels": st.just(["bag"])},
    strange={"images": st.lists(arrays(), max_size=2), "labels": st.sampled_from(["ab", [1], [None, None], {}])},
    times=15,
)
def _(axs, images, labels):
    assert [ax.get_title() for ax in axs] == [str(label) for label in labels]


@case("use_svg_display", good={}, times=1)
def _(result):
    assert result is None


@case("show", call=drawn(d2l.show), good={"fig": st.builds(d2l.plt.Figure), "alt": st.just("word " * 20)}, times=15)
def _(result, fig, alt):
    assert result is None


@case(
    "expected_calibration_error",
    good={
        "probs": st.sampled_from(["float16", "float32", "float64"]).map(
            lambda dtype: nd.array([[0.5, 0.25, 0.25], [0, 1, 0]], dtype=dtype)
        ),
        "y": st.just([0, 2]).map(nd.array),
        "num_bins": st.integers(1, 20),
    },
    strange={"probs": arrays(**FLOATS), "y": arrays(shapes=[(2,), (4,), (2, 1)])},
)
def _(result, probs, y, num_bins):
    values, labels = wide(probs), wide(y)
    gaps = (values.argmax(axis=1) == labels) - values.max(axis=1)
    bins = np.ceil(values.max(axis=1) * int(num_bins))
    expected = sum(abs(gaps[bins == i].sum()) for i in set(bins)) / len(gaps)
    np.testing.assert_allclose(result, expected, rtol=1e-6)


@case(
    "mc_predict",
    good={"net": st.just(None).map(lambda _: nn.Dropout(0)), "X": floats((4, 3)), "num_samples": st.integers(2, 5)},
    strange={"X": arrays(shapes=[(4, 3), (4,), (2, 3, 4)], dtypes=["float32"])},
)
def _(result, net, X, num_samples):
    values = wide(X)
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    same = np.isfinite(shifted).all(axis=1)
    expected = shifted / shifted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(wide(result[0])[same], expected[same], atol=1e-5)
    assert abs(wide(result[1])[same]).max(initial=0) < 1e-5


MAPS = nd.array(np.arange(16).reshape((4, 1, 2, 2)))
RATES = st.floats(0, 0.99)


@case(
    "DropBlock",
    call=lambda **options: d2l.DropBlock(**options)(MAPS),
    good={"drop_prob": RATES, "block_size": st.integers(1, 3)},
)
def _(result, drop_prob, block_size):
    np.testing.assert_array_equal(wide(result), wide(MAPS))


@case("GaussianDropout", call=lambda **options: d2l.GaussianDropout(**options)(MAPS), good={"drop_prob": RATES})
def _(result, drop_prob):
    np.testing.assert_array_equal(wide(result), wide(MAPS))


def dense_of_ones(drop_prob):
    layer = d2l.DropConnectDense(2, drop_prob, in_units=3)
    layer.initialize(mx.init.One())
    return layer(nd.ones((1, 3)))


@case("DropConnectDense", call=dense_of_ones, good={"drop_prob": RATES})
def _(result, drop_prob):
    assert result.asnumpy().tolist() == [[3, 3]]
