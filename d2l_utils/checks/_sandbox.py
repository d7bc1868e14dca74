"""Where a learner's code is tried: in a copy of the process, with a limit on time and on memory.

The copy has all that the process has, and what it does to itself ends with it: random streams stay as they were, an
endless loop inside MXNet is stopped like one in Python, and what would crash the process crashes the copy.
"""

import contextlib
import faulthandler
import multiprocessing
import os
import resource
import signal
import sys

import mxnet as mx

SECONDS = 10
MEGABYTES = 1024


class StoppedError(Exception):
    """The work did not come to its end; the message says why, as the end of a sentence that begins with "It"."""


def run(work):
    """Give what `work()` returns in a copy of this process; what it prints is not shown."""
    context = multiprocessing.get_context("fork")  # the only way that copies functions defined in a notebook
    _finish_pending_work()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_in_the_copy, args=(work, sender), daemon=True)
    process.start()
    sender.close()
    try:
        succeeded, result = receiver.recv()
    except EOFError:
        process.join()
        raise StoppedError(_reason(process.exitcode)) from None
    finally:  # also when the learner interrupts the cell
        process.kill()
        process.join()
        receiver.close()
    if not succeeded:
        raise StoppedError(result)
    return result


def _finish_pending_work():
    """Wait for what MXNet still computes.

    MXNet itself waits for it before a process is copied, but then Python stands still, and the `backward` of a rule
    written in Python (`autograd.Function`) would never end.
    """
    with contextlib.suppress(mx.base.MXNetError):  # of an earlier cell: it belongs to no answer
        mx.nd.waitall()


def _reason(exit_code):
    if exit_code == -signal.SIGALRM:
        return f"gave no answer within {SECONDS} seconds and was stopped"
    memory = f"most likely for want of memory ({MEGABYTES} MB are allowed)"
    return f"brought Python to an end (exit code {exit_code}), {memory}"


def _in_the_copy(work, sender):
    """Send (True, result) or (False, reason); a copy that is stopped sends nothing."""
    _silence()
    _limit_time()
    _limit_memory()
    try:
        answer = True, work()
    except MemoryError:
        answer = False, f"needed more than the {MEGABYTES} MB of memory that are allowed"
    sender.send(answer)  # only here is the memory free again that the error held


def _silence():
    """Show nothing that Python, MXNet or a signal handler prints."""
    faulthandler.disable()  # Jupyter and pytest let it write to a stream of its own
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the copy ends
    sys.stdout = sys.stderr = nowhere
    for stream in (1, 2):
        os.dup2(nowhere.fileno(), stream)


def _limit_time():
    """Let the system end this process; Python itself could not interrupt a loop inside MXNet."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)


def _limit_memory():
    """Allow so much more than is in use. Only Linux tells and enforces it; elsewhere the time limit has to do."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as sizes:
            used = int(sizes.read().split()[0]) * resource.getpagesize()
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = used + MEGABYTES * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
