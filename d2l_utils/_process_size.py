"""A process that does some work and tells how large it was at most."""

import contextlib
import ctypes
import faulthandler
import functools
import json
import os
import resource
import signal
import sys
import tempfile
import warnings

from d2l_utils import _validation

from mxnet import nd, profiler

OWN_PAGES = -3, 2**16  # glibc: M_MMAP_THRESHOLD, bytes
FETCH_PAGES = 22  # Linux 5.14: MADV_POPULATE_READ


def largest_in_a_copy(work, one_by_one):
    """Give (True, bytes by which a copy of this process grew at most during the work) or (False, what came instead)."""
    receiver, sender = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: MXNet starts its own anew after a fork
            pid = os.fork()
        if pid == 0:
            _measure_in_the_copy(work, os.path.join(folder, "profile.json") if one_by_one else None, sender)
        os.close(sender)
        return _answer(pid, receiver)


def use_own_pages():
    """Let every large array have pages of its own, and give back to the system what is free."""
    with contextlib.suppress(AttributeError):  # of another C library
        libc = ctypes.CDLL(None)
        libc.mallopt(*OWN_PAGES)
        libc.malloc_trim(0)


def _fetch_libraries():
    """Fetch all pages of the libraries: a copy begins without them, and grows when it first calls a function.

    How many come with one call depends on how the system keeps the file, so the size would differ between machines.
    """
    with contextlib.suppress(OSError, AttributeError):  # of another system
        libc = ctypes.CDLL(None)
        with open("/proc/self/maps", encoding="utf-8") as maps:
            ranges = [line.split()[0] for line in maps if ".so" in line]
        for start, end in (map(functools.partial(int, base=16), addresses.split("-")) for addresses in ranges):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), FETCH_PAGES)


def _measure_in_the_copy(work, profile, sender):
    """Send (True, bytes) or (False, what came instead), and end this process."""
    try:
        faulthandler.disable()  # Jupyter and pytest let it write to a stream of its own
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
        sys.stdout = sys.stderr = nowhere
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
        if profile:  # a file of its own: MXNet DELETES what has this name, be it a device
            profiler.set_config(filename=profile, aggregate_stats=True, profile_memory=True)
            profiler.set_state("run")
        _fetch_libraries()
        start = _largest_size()
        work()
        nd.waitall()
        answer = True, _largest_size() - start
    except BaseException as error:
        answer = False, f"the error {_validation.last_line(error)}"
    finally:
        with open(sender, "w", encoding="utf-8") as pipe:
            json.dump(answer, pipe)
        os._exit(0)


def _largest_size():
    """Give the largest size that this process has had in memory, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def _answer(pid, receiver):
    """Give what the copy sends, or why it sent nothing; wait for its end."""
    try:
        with open(receiver, encoding="utf-8") as pipe:
            answer = pipe.read()
    finally:  # also when the learner interrupts the cell
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if not answer:
        return False, "a process that was stopped from outside, most likely for want of memory"
    return tuple(json.loads(answer))
