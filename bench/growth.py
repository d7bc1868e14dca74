"""How the time of an epoch grows with images, width and depth: python -m bench.growth [--output FOLDER]."""

import argparse
import json
import time
from pathlib import Path

import d2l_utils as d2l

from mxnet import nd

from bench import plots
from bench.arithmetic import products
from bench.ours import gluon_epoch
from bench.work import BATCH_SIZE, LAYERS, NUM_TRAIN, flops

SWEEPS = {
    "training images": [(images, LAYERS, images) for images in (3750, 7500, 15000, 30000, 60000)],
    "units in each of two layers": [(width, (784, width, width, 10), NUM_TRAIN) for width in (64, 128, 256, 512, 1024)],
    "hidden layers of 256 units": [(depth, (784, *[256] * depth, 10), NUM_TRAIN) for depth in (1, 2, 4, 8)],
}


def best_of(run, times=3):
    """Give the seconds of the fastest of some runs, after one to warm up."""
    seconds = []
    for _ in range(1 + times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


def main():
    """Measure the sweeps and write growth.json and growth.svg."""
    parser = argparse.ArgumentParser(description="Time an epoch of networks and data of growing size.")
    parser.add_argument("--output", type=Path, default=Path("_build/bench"), help="where the results go")
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    d2l.seed_everything(1)
    X, W = nd.random.uniform(shape=(BATCH_SIZE, LAYERS[0])), nd.random.normal(shape=LAYERS[:2])
    rate = 500 * 2 * BATCH_SIZE * LAYERS[0] * LAYERS[1] / best_of(lambda: products(500, X, W))
    measured = {what: [] for what in SWEEPS}
    for what, sweep in SWEEPS.items():
        for value, layers, num_train in sweep:
            row = value, best_of(gluon_epoch(layers, num_train)), flops(layers, num_train) / rate
            measured[what].append(row)
            print(f"{what} {value}: {row[1]:.2f} s, matrix products alone {row[2]:.2f} s", flush=True)
    (output / "growth.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    plots.growth(measured, output / "growth.svg")


if __name__ == "__main__":
    main()
