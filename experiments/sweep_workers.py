"""How the time of a sweep falls with its workers: twelve trainings of `dropout_by_size`, each of 100 steps.

A fresh pool of `workers` processes: seconds until all have imported MXNet and read the images (`start_seconds`), then
until all twelve rows are there (`work_seconds`). The machine had `cores`, of which other people's processes used
`others` in the mean. Such seconds say little where others compute too, so the processes' own seconds of the processor
are counted as well: `start_processor` until a worker is ready, the mean of the workers; `processor` of all of them
together, the start among them; `longest` of the worker that computed most. A machine with nothing else to do needs
`longest`, or `processor` / `cores` if there are more workers than cores. `seed` counts the repetitions; within one of
them the numbers of workers take turns.
"""

import functools
import multiprocessing
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import dropout_by_size
from d2l_utils.experiments._machine_load import wait_for_quiet, watched
from d2l_utils.sweeps import sweep

GRID = {"seed": list(range(0, 50, 10)), "workers": [1, 2, 3, 4]}
NUM_CALLS, NUM_TRAIN, NUM_STEPS = 12, 500, 100


def run(seed, workers):
    """Start a pool, let it work, and time both."""
    wait_for_quiet()
    with watched() as told:
        seconds = time_pool(workers)
    return seconds | told


def time_pool(workers):
    """Give the seconds of a pool's start and work."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(workers + 1)
    start = time.perf_counter()
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin, initargs=(barrier,)) as executor:
        for _ in range(workers):
            executor.submit(int)  # a pool starts no more workers than it has calls
        barrier.wait(120)
        ready = time.perf_counter()
        rows = sweep(functools.partial(train_once, num_train=NUM_TRAIN), {"call": list(range(NUM_CALLS))}, executor)
        done = time.perf_counter()
    first, last = {}, {}
    for row in rows:
        first[row["process"]] = min(row["begun"], first.get(row["process"], row["begun"]))
        last[row["process"]] = max(row["ended"], last.get(row["process"], 0))
    return {
        "start_seconds": round(ready - start, 3),
        "work_seconds": round(done - ready, 3),
        "start_processor": round(statistics.mean(first.values()), 3),
        "processor": round(sum(last.values()), 3),
        "longest": round(max(last.values()), 3),
    }


def train_once(call, num_train):
    """Train once; tell which process did, and its seconds of the processor before and after."""
    begun = time.process_time()
    result = dropout_by_size.run(num_train, 0.5, seed=10 * call, num_steps=NUM_STEPS)
    ended = time.process_time()
    return {"valid_loss": result["valid_loss"], "process": os.getpid(), "begun": begun, "ended": ended}


def _begin(barrier):
    """Read the images, and wait until all workers have; MXNet came with this module."""
    fashion_mnist._arrays()
    barrier.wait(120)
