"""Run a script on several processes that train together: python -m d2l_utils.launch -n 2 script.py [ARGUMENT ...].

Starts MXNet's parameter server on this machine (a scheduler and servers) and the workers, which run the script and meet
in `mxnet.kv.create("dist_sync")`. It ends when the script does and leaves no process behind.
"""

import argparse
import contextlib
import ctypes
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

from d2l_utils import _recipe

LOOPBACK = "127.0.0.1"
GRACE = 5  # seconds in which a process that was asked to end may do so
_SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
_PARENT_DIED = 1  # PR_SET_PDEATHSIG in prctl(2)


def launch(script, arguments=(), *, num_workers, num_servers=1):
    """Run a script in `num_workers` processes beside MXNet's scheduler and servers, all on this machine.

    Parameters
    ----------
    script : str or path
        A Python file; each worker runs it.
    arguments : list of str
        What the script is given.
    num_workers, num_servers : int >= 1
        How many of each.

    Returns
    -------
    int
        0 if all workers ended well; else the exit code of the process that failed first, 128 + its number for one that
        a signal ended. What happened is said on stderr, and the others are stopped.

    Raises
    ------
    FileNotFoundError
        If there is no such script.
    SystemExit
        With 128 + its number on SIGINT, SIGTERM or SIGHUP: the workers are sent it too.

    Notes
    -----
    All of them listen on the loopback address alone: the traffic is neither encrypted nor authenticated. Each process
    has one thread, by the recipe, unless OMP_NUM_THREADS says otherwise.

    Introduced in: notebooks/24-scaling-out.ipynb
    """
    if not Path(script).is_file():
        raise FileNotFoundError(f"launch: script must be a Python file, got {str(script)!r}, which is not there")
    environment = os.environ | {
        "DMLC_PS_ROOT_URI": LOOPBACK,
        "DMLC_PS_ROOT_PORT": str(_free_port()),
        "DMLC_NODE_HOST": LOOPBACK,
        "DMLC_NUM_WORKER": str(num_workers),
        "DMLC_NUM_SERVER": str(num_servers),
    }
    _recipe.apply(environment, modules=())
    # MXNet becomes what DMLC_ROLE says when it is imported, which Pythons from 3.12 on can do with d2l_utils alone.
    serve = [sys.executable, "-c", "import d2l_utils, mxnet"]
    work = [sys.executable, "-c", "from d2l_utils import launch; launch._work()", str(script), *arguments]
    roles = {"scheduler": serve}
    roles |= {f"server {number}": serve for number in range(num_servers)}
    roles |= {f"worker {number}": work for number in range(num_workers)}
    with _stop_on_signals(), _Team() as team:
        for name, command in roles.items():
            team.start(name, command, environment | {"DMLC_ROLE": name.split()[0]})
        return team.wait()


class _Team:
    """Processes that end together."""

    def __init__(self):
        self.processes = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _traceback):
        """Stop who is left: by the signal that stops us, else by SIGTERM, and by force if that does not help."""
        self.send(error.code - 128 if kind is SystemExit else signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
        self.send(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()

    def start(self, name, command, environment):
        """Start one in a session of its own, so that Ctrl-C reaches it once, through us."""
        self.processes[name] = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent
        )

    def send(self, number):
        """Send a signal to all that run, and to the processes that they have started."""
        for process in self.processes.values():
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)

    def wait(self):
        """Wait until all workers are done, or one process fails; give the exit code."""
        while True:
            codes = {name: process.poll() for name, process in self.processes.items()}
            working = [name for name, code in codes.items() if name.startswith("worker") and code is None]
            for name, code in codes.items():
                if code:
                    print(f"launch: {name} {_ending(code)}; the others are stopped", file=sys.stderr)
                    return 128 - code if code < 0 else code
            if not working:
                return self.wait_for_servers()
            time.sleep(0.05)

    def wait_for_servers(self):
        """Give scheduler and servers, which end by themselves when the last worker has left, the time to do so."""
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
        return 0


@contextlib.contextmanager
def _stop_on_signals():
    """Turn the signals that stop a program into SystemExit, with the code that shells give."""

    def stop(number, _frame):
        for other in _SIGNALS:
            signal.signal(other, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the cleaning up
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _work():
    """Run a worker's script. If it fails, leave at once: MXNet's exit would wait for workers that wait for this one."""
    sys.stdout.reconfigure(line_buffering=True, write_through=False)  # unbuffered lines would mix
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    code = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        code = 1
    if code:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _die_with_parent():
    """Ask Linux to end this process when the launcher is killed; elsewhere nothing can be asked."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGKILL)


def _free_port():
    with socket.socket() as sock:
        sock.bind((LOOPBACK, 0))
        return sock.getsockname()[1]


def _ending(code):
    """Say how a process ended."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _positive(text):
    if not text.lstrip("-").isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text!r}")
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {number}")
    return number


def main(argv=None):
    """Read the command line, launch, and end with its exit code."""
    parser = argparse.ArgumentParser(prog="python -m d2l_utils.launch", description=__doc__)
    parser.add_argument("-n", "--workers", type=_positive, required=True, help="processes that run the script")
    parser.add_argument("-s", "--servers", type=_positive, default=1, help="processes that sum gradients (default 1)")
    parser.add_argument("script", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    options = parser.parse_args(argv)
    try:
        code = launch(options.script, options.arguments, num_workers=options.workers, num_servers=options.servers)
    except FileNotFoundError as error:
        parser.error(str(error))
    raise SystemExit(code)


if __name__ == "__main__":
    main()
