"""For experiments that measure seconds: wait for a quiet moment, and tell how much others computed."""

import contextlib
import os
import time

import psutil

QUIET = 15  # percent of the machine


def wait_for_quiet(most=4):
    """Wait until the machine has been nearly idle for a second, for `most` seconds at most."""
    deadline = time.monotonic() + most
    while psutil.cpu_percent(interval=1) > QUIET and time.monotonic() < deadline:
        pass


@contextlib.contextmanager
def watched():
    """Give a dict that holds, at the end, the cores of this machine and how many of them others used meanwhile."""
    told, before, start = {}, _times(), time.perf_counter()
    yield told
    machine, ours = (now - then for now, then in zip(_times(), before, strict=True))
    told["cores"] = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told["others"] = round(max(0, machine - ours) / (time.perf_counter() - start), 2)


def _times():
    """Give the processor seconds of the whole machine, and those of this process and its ended children."""
    machine, ours = psutil.cpu_times(), os.times()
    idle = machine.idle + getattr(machine, "iowait", 0) + getattr(machine, "steal", 0)
    guests = getattr(machine, "guest", 0) + getattr(machine, "guest_nice", 0)  # counted twice
    return sum(machine) - idle - guests, sum(ours[:4])
