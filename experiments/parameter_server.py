"""What a step costs on MXNet's parameter server, all processes on one machine: one process against two workers.

A network 784-`width`-`width`-10 on random rows, `batch_size` of them in a step, divided among the workers. Medians over
20 steps of worker 0: seconds to compute the gradients, and seconds of `trainer.step`, which for two workers sends
gradients and fetches parameters, and waits for the other one. `loopback_megabytes` are those that the machine sent to
itself meanwhile, a step; `formula_megabytes` 2 x parameters x 4 bytes for each worker. The machine had
`cores`, of which other people's processes used `others` in the mean. `seed` counts the repetitions, in each of which
all settings take turns.
"""

from d2l_utils.experiments._launched import answers
from d2l_utils.experiments._machine_load import wait_for_quiet, watched

SIZES = [(256, 256), (1024, 256), (256, 4096)]  # (width, batch_size)
GRID = [
    {"seed": seed, "width": width, "batch_size": batch_size, "workers": workers}
    for seed in range(0, 50, 10)
    for width, batch_size in SIZES
    for workers in (1, 2)
]


def run(seed, width, batch_size, workers):
    """Time the steps of one process, or of two with a server."""
    wait_for_quiet()
    with watched() as machine:
        first, *_ = answers("time", workers, width=width, batch_size=batch_size, num_steps=20, seed=seed)
    return {
        "parameters": first["parameters"],
        "compute_seconds": round(first["compute_seconds"], 6),
        "exchange_seconds": round(first["exchange_seconds"], 6),
        "loopback_megabytes": round(first["loopback_bytes"] / 1e6, 3),
        "formula_megabytes": 0 if workers == 1 else workers * 2 * first["parameters"] * 4 / 1e6,
    } | machine
