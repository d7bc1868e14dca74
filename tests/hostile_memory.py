"""What `test_hostile_inputs.py` tries: bytes counted and measured, and backward passes in segments."""

import numpy as np
from hostile import arrays, case, floats
from hypothesis import strategies as st
from mxnet import gluon, nd
from mxnet.gluon import nn


@st.composite
def perceptrons(draw, **options):
    """Draw a net of two layers, initialized."""
    net = nn.HybridSequential()
    net.add(nn.Dense(draw(st.integers(1, 3)), activation="relu"), nn.Dense(3))
    net.initialize(**options)
    return net


def hybridized(net):
    net.hybridize()
    return net


STRANGE_NETS = st.sampled_from(
    [
        nn.Dense(2),
        nn.Sequential(),
        nn.Lambda(lambda X: [X]),
        nn.Lambda(lambda X: X * nd.ones(3)),
        nn.Lambda(lambda X: nd.array(X.asnumpy())),
        nn.Lambda(lambda X: None),
        lambda X: X,
    ]
)


@case(
    "memory_account",
    good={"net": perceptrons(), "X": floats((4, 3), (2, 5)), "trainer": st.none()},
    strange={
        "net": STRANGE_NETS | perceptrons().map(hybridized),
        "X": arrays(),
        "trainer": perceptrons().map(lambda net: gluon.Trainer(net.collect_params(), "adam")),
    },
    times=40,
)
def _(result, net, X, trainer):
    assert list(result) == ["parameters", "gradients", "optimizer", "inputs", "intermediates"]
    assert all(type(size) is int and size >= 0 for size in result.values())
    assert result["inputs"] == X.size * np.dtype(X.dtype).itemsize
    if isinstance(net, nn.HybridSequential):
        assert result["intermediates"] == 4 * len(X) * (net[0]._units + 3)
        assert result["parameters"] == sum(4 * param.data().size for param in net.collect_params().values())


@case(
    "peak_memory",
    good={"work": st.just(lambda: nd.ones((4, 3))), "one_by_one": st.booleans()},
    strange={"work": st.sampled_from([lambda: None, lambda X: X, lambda: 1 / 0, len, nd.ones])},
    times=15,
)
def _(result, work, one_by_one):
    assert type(result) is int
    assert 0 <= result < 100e6


@case(
    "backward_by_segments",
    good={
        "segments": perceptrons().map(lambda net: [net[:1], net[1:]]),
        "X": floats((4, 3), (2, 5)),
        "loss_of": st.just(lambda out: out.mean()),
        "seed": st.none() | st.integers(0, 2**40),
    },
    strange={
        "segments": st.lists(STRANGE_NETS | perceptrons(), max_size=3),
        "X": arrays(),
        "loss_of": st.sampled_from([lambda out: None, lambda out: 1.0, lambda out: nd.ones(1), lambda out: out]),
    },
    times=40,
)
def _(result, segments, X, loss_of, seed):
    for segment in segments:
        X = segment(X)
    np.testing.assert_array_equal(result.asnumpy(), loss_of(X).asnumpy())
