"""Start the node process that renders formulas, and talk to it over a socket file.

The extension's own way over a file gives up where node is slow between creating the file and listening, and its way
over the network waits for two acknowledgements of the kernel, 80 ms, at each formula.
"""

import socket
import time
from subprocess import PIPE, Popen

from sphinxcontrib import katex


def start_server(rundir, timeout):
    """Start it in the folder `rundir`; give the process and a socket that is connected within `timeout` seconds."""
    path = rundir / "katex.sock"
    process = Popen(katex.KaTeXServer.build_command(socket=path), stdin=PIPE, stdout=PIPE, cwd=rundir)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deadline = time.monotonic() + timeout
    while True:
        try:
            sock.connect(str(path))
            return process, sock
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                process.kill()
                raise katex.KaTeXServer.timeout_error(timeout) from None
            time.sleep(0.01)
