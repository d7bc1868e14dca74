"""The work that is timed: an epoch of training and a pass over the test set of a network with dropout."""

import contextlib
import itertools
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

LAYERS = (784, 256, 256, 10)
DROP_PROBS = (0.2, 0.5)
BATCH_SIZE, LR, SIGMA = 256, 0.5, 0.01
NUM_TRAIN, NUM_TEST = 60000, 10000


def flops(layers=LAYERS, num_train=NUM_TRAIN, num_test=NUM_TEST):
    """Count the multiplications and additions of the matrix products.

    Forward one product a layer; backward one for the weights and, but for the first layer, one for the inputs.
    """
    products = [a * b for a, b in itertools.pairwise(layers)]
    return 2 * num_train * (3 * sum(products) - products[0]) + 2 * num_test * sum(products)


def arrays(part):
    """Give the images and labels of "train" or "test" as bytes, from where `__main__` has put them."""
    folder = Path(os.environ["BENCH_DATA"])
    return np.load(folder / f"{part}_images.npy"), np.load(folder / f"{part}_labels.npy")


def num_threads():
    """Return how many threads a contestant may compute with."""
    return int(os.environ["OMP_NUM_THREADS"])


def time_epochs(run_epoch, num_epochs):
    """Print how many seconds each epoch took, after one to warm up; what an epoch itself prints goes to stderr."""
    seconds = []
    for _ in range(1 + num_epochs):
        start = time.perf_counter()
        with contextlib.redirect_stdout(sys.stderr):
            run_epoch()
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds[1:]))
