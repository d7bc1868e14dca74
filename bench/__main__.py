"""Let the contestants take turns and write a table and a plot: python -m bench [--rounds N] [--output FOLDER]."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from d2l_utils import _recipe, datasets

import numpy as np

from bench import plots

ROOT = Path(__file__).resolve().parent.parent
PYTORCH = ROOT / ".tools" / "bench" / "bin" / "python"  # made by `make setup-bench`


@dataclass(frozen=True)
class Contestant:
    """Who runs: a name for the table, a module with its arguments, and with how many threads (None: as it comes)."""

    name: str
    module: str
    threads: int | None
    python: str = sys.executable

    def seconds(self, num_epochs, data):
        """Run once; return the seconds of its epochs."""
        command = [self.python, "-m", *self.module.split(), str(num_epochs)]
        environment = self._environment() | {"BENCH_DATA": str(data)}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if run.returncode:
            raise SystemExit(f"bench: {self.name} failed:\n{run.stderr}")
        return json.loads(run.stdout.splitlines()[-1])

    def _environment(self):
        kept = {name: value for name, value in os.environ.items() if name not in _recipe.ARITHMETIC}
        return kept if self.threads is None else kept | {"OMP_NUM_THREADS": str(self.threads)}


def contestants():
    """List who takes part on this machine."""
    ours = [(f"d2l_utils, {kind}, {n} thread{'s'[: n - 1]}", f"bench.ours {kind}", n) for n in (1, 2) for kind in KINDS]
    book = [(f"d2lzh, {kind}", f"bench.book {kind}", None) for kind in KINDS]
    arithmetic = [(f"arithmetic alone, {n} thread{'s'[: n - 1]}", "bench.arithmetic", n) for n in (1, 2)]
    found = [Contestant(*row) for row in ours + book + arithmetic]
    if not PYTORCH.exists():
        print("PyTorch does not take part: `make setup-bench` fetches it (some 3 GB)")
        return found
    return found + [Contestant(f"PyTorch, {n} thread{'s'[: n - 1]}", "bench.pytorch", n, str(PYTORCH)) for n in (1, 2)]


KINDS = ("gluon", "scratch")
# (ours, the peer, the goal for how many times the peer's seconds are ours)
GOALS = [
    ("d2l_utils, gluon, 1 thread", "d2lzh, gluon", 3.2),
    ("d2l_utils, scratch, 1 thread", "d2lzh, scratch", 3.2),
    ("d2l_utils, gluon, 1 thread", "PyTorch, 1 thread", 1 / 0.75),
    ("d2l_utils, gluon, 2 threads", "PyTorch, 2 threads", 1 / 0.75),
    ("d2l_utils, gluon, 1 thread", "arithmetic alone, 1 thread", 1 / 1.3),
    ("d2l_utils, gluon, 2 threads", "arithmetic alone, 2 threads", 1 / 1.3),
    ("d2l_utils, gluon, 2 threads", "d2l_utils, gluon, 1 thread", 1),
    ("d2l_utils, scratch, 2 threads", "d2l_utils, scratch, 1 thread", 1),
]


def take_turns(rounds, num_epochs):
    """Give {name: the best epoch of each round}: the rest of an epoch's time is what else the machine did."""
    best = {}
    with tempfile.TemporaryDirectory() as folder:
        for role, array in datasets.fetch("fashion-mnist").arrays.items():
            np.save(Path(folder) / f"{role}.npy", array)
        taking_part = contestants()
        for turn in range(1, rounds + 1):
            for contestant in taking_part:
                best.setdefault(contestant.name, []).append(min(contestant.seconds(num_epochs, folder)))
            print(f"round {turn} of {rounds} done", flush=True)
    return best


def table(best):
    """Write seconds as lines: median, smallest and largest of the rounds; then the ratios with their goals."""
    title = "seconds for training and test"
    width = max(map(len, [title, *best]))
    lines = [f"{title:{width}}  median  smallest  largest"]
    for name, seconds in best.items():
        lines.append(f"{name:{width}}  {median(seconds):6.2f}  {min(seconds):8.2f}  {max(seconds):7.2f}")
    lines += ["", "times the seconds of ours, median of the rounds (goal)"]
    for ours, peer, goal in GOALS:
        if ours in best and peer in best:
            ratios = [b / a for a, b in zip(best[ours], best[peer], strict=True)]
            verdict = "reached" if median(ratios) >= goal else "missed"
            lines.append(f"{peer} / {ours}: {median(ratios):.2f} ({goal:.2f}, {verdict})")
    return "\n".join(lines)


def machine():
    """Say on what was measured, and when."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return f"{model[1] if model else platform.machine()}, {os.cpu_count()} processors, {date.today()}"


def main():
    """Run the contest and write results.json, table.txt and contest.svg."""
    parser = argparse.ArgumentParser(description="Time the course's training beside its peers.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs")
    parser.add_argument("--epochs", type=int, default=3, help="epochs a run, after one to warm up")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "bench", help="where the results go")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    best = take_turns(options.rounds, options.epochs)
    (options.output / "results.json").write_text(json.dumps(best, indent=1) + "\n", encoding="utf-8")
    (options.output / "table.txt").write_text(f"{machine()}\n\n{table(best)}\n", encoding="utf-8")
    plots.contest(best, options.output / "contest.svg")
    print(table(best))


if __name__ == "__main__":
    main()
