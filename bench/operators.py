"""Where the time of an epoch goes, by MXNet's own profiler: python -m bench.operators [--output FOLDER]."""

import argparse
import json
import tempfile
import time
from pathlib import Path

import d2l_utils as d2l

from mxnet import profiler

from bench.ours import gluon_epoch, scratch_epoch

SHOWN = 12


def profiled(run_epoch):
    """Run an epoch; give its seconds and {operator: seconds}."""
    profiler.set_state("run")
    start = time.perf_counter()
    run_epoch()
    seconds = time.perf_counter() - start
    profiler.set_state("stop")
    rows = json.loads(profiler.dumps(reset=True, format="json"))["Time"]["operator"]
    return seconds, {name: row["Total"] / 1000 for name, row in rows.items()}


def table(kind, seconds, operators):
    """Write the operators that take longest, the others together, and the time in which none ran."""
    ranked = sorted(operators.items(), key=lambda item: -item[1])
    rest = sum(time for _, time in ranked[SHOWN:])
    rows = [*ranked[:SHOWN], ("the others", rest), ("no operator", seconds - sum(operators.values()))]
    lines = [f"{kind}: {seconds:.2f} s under the profiler"]
    return "\n".join(lines + [f"  {name:26} {time:5.2f} s  {100 * time / seconds:3.0f} %" for name, time in rows])


def main():
    """Profile both networks on the threads of the recipe and write operators.txt."""
    parser = argparse.ArgumentParser(description="Say which of MXNet's operators an epoch spends its time on.")
    parser.add_argument("--output", type=Path, default=Path("_build/bench"), help="where the table goes")
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    d2l.seed_everything(1)
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        # Operators alone: to record each call of Python into MXNet would slow the epoch down.
        kinds = {"profile_imperative": True, "profile_symbolic": True, "profile_api": False}
        profiler.set_config(filename=f"{folder}/profile.json", aggregate_stats=True, **kinds)
        for kind, epoch in (("gluon", gluon_epoch()), ("scratch", scratch_epoch())):
            epoch()  # to warm up
            tables.append(table(kind, *min((profiled(epoch) for _ in range(3)), key=lambda run: run[0])))
    (output / "operators.txt").write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    print("\n\n".join(tables))


if __name__ == "__main__":
    main()
