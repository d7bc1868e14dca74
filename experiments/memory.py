"""Memory of prediction and training: megabytes of the process beside those of a formula, and seconds of the processor.

A network of `depth` layers of 128 units sees a batch of random rows. What is measured runs in a copy of the process,
which says how large it was at most; the same work on a single row is measured too and subtracted. `work` is a
prediction; a training pass with ReLU or with tanh, MXNet's operations one at a time; the same with ReLU and the
operations together, as MXNet does by default; or a training pass in segments that are computed twice. The formula
counts arrays of (batch, 128) numbers that are in memory at the same time.
"""

import time
from itertools import pairwise

from d2l_utils import backward_by_segments, peak_memory, seed_everything

from mxnet import autograd, init, nd
from mxnet.gluon import nn

WIDTH, NUM_BYTES = 128, 4
TOGETHER = 15  # operations at a time: MXNet's default
SEEDS = range(0, 50, 10)
WORKS = ["predict", "train", "train tanh", "train together"]
SIZES = [(8, 1024), (8, 2048), (8, 4096), (8, 8192), (4, 4096), (16, 4096), (32, 4096)]  # (depth, batch)
SEGMENTS = [1, 2, 3, 4, 6, 9, 12, 18, 36]
DEEP = {"depth": 36, "batch": 4096}
GRID = [
    *(
        {"work": work, "depth": depth, "batch": batch, "segments": 0, "seed": seed}
        for work in WORKS
        for depth, batch in SIZES
        for seed in SEEDS
    ),
    *({"work": "train", **DEEP, "segments": 0, "seed": seed} for seed in SEEDS),
    *({"work": "segments", **DEEP, "segments": segments, "seed": seed} for segments in SEGMENTS for seed in SEEDS),
]


def network(depth, activation="relu"):
    """Give a network of `depth` equal layers."""
    net = nn.Sequential()
    for _ in range(depth):
        net.add(nn.Dense(WIDTH, activation=activation))
    net.initialize(init.Xavier(magnitude=2.24))
    net(nd.zeros((1, WIDTH)))
    return net


def in_segments(net, num_segments):
    """Cut a network into segments of the same number of layers, up to one."""
    cuts = [len(net) * k // num_segments for k in range(num_segments + 1)]
    return [net[start:end] for start, end in pairwise(cuts)]


def train(net, X):
    """Do the forward and backward pass of a training step."""
    with autograd.record():
        loss = net(X).mean()
    loss.backward()


def work_on(net, work, segments):
    """Give the function of a batch that does the work."""
    if work == "predict":
        return net
    if work == "segments":
        parts = in_segments(net, segments)
        return lambda X: backward_by_segments(parts, X, lambda out: out.mean())
    return lambda X: train(net, X)


def arrays(work, depth, segments):
    """Count by formula the arrays of (batch, 128) numbers in memory at the same time, those of the input left out."""
    if work == "predict":
        return 2  # what a layer reads and what it writes
    if work == "segments":
        return segments + depth / segments + 2  # boundaries with one slope, a segment, and two slopes on the way back
    if work == "train together":
        return depth + min(2 * depth, TOGETHER)  # two operations a layer on the way back, none of their results freed
    return {"train": depth, "train tanh": 2 * depth}[work] + 2  # and two slopes on the way back


def grown_memory(do, X, *, one_by_one):
    """Give the megabytes that the work on a batch needs beyond those of the work on a single row."""
    row = X[:1].copy()
    do(X)  # what libraries load and take at the first time only, and keep, belongs to neither
    do(row)
    peaks = [peak_memory(lambda part=part: do(part), one_by_one=one_by_one) for part in (X, row)]
    return (peaks[0] - peaks[1]) / 1e6


def processor_seconds(do, X, repeats=3):
    """Give the shortest time of the processor that the work on a batch takes."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        do(X)
        nd.waitall()
        seconds.append(time.process_time() - start)
    return min(seconds)


def run(work, depth, batch, segments, seed):
    """Measure one kind of work on a batch."""
    seed_everything(seed)
    net = network(depth, "tanh" if work == "train tanh" else "relu")
    do = work_on(net, work, segments)
    X = nd.random.normal(shape=(batch, WIDTH))
    return {
        "megabytes": round(grown_memory(do, X, one_by_one=work != "train together"), 3),
        "formula": arrays(work, depth, segments) * batch * WIDTH * NUM_BYTES / 1e6,
        "processor_seconds": processor_seconds(do, X),
    }
