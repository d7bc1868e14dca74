"""Run what is missing in the tables: python -m d2l_utils.experiments [--workers N] [NAME ...]."""

import argparse
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

from d2l_utils import _recipe, experiments
from d2l_utils.datasets import fetch


def main():
    """Run the named experiments, or all."""
    parser = argparse.ArgumentParser(prog="python -m d2l_utils.experiments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(experiments.NAMES)}; default: all")
    parser.add_argument("--workers", type=int, default=2, help="processes at a time (default 2)")
    arguments = parser.parse_args()
    if _recipe.overridden():
        found = ", ".join(_recipe.overridden())
        parser.error(f"the tables hold numbers under the recipe only, and the environment has {found}")
    images = fetch("fashion-mnist")
    if images.is_stand_in:
        parser.error(f"the tables hold numbers of the real images only, and here are drawn ones ({images.problem})")
    # Spawned and not forked: a process that has used MXNet must not be copied while its threads run.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.workers, mp_context=spawn) as executor:
        for name in arguments.names or experiments.NAMES:
            start = time.perf_counter()
            rows = experiments.run_missing(name, executor)
            print(f"{name:32}{len(rows):5} runs{time.perf_counter() - start:8.0f} s", flush=True)


if __name__ == "__main__":
    main()
