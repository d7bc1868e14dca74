"""What a learner takes of a machine: memory and seconds of the processes behind an open notebook.

Two of each at the same time, as two learners would have them: a JupyterLab server, or kernels that have just begun,
imported d2l_utils and MXNet, loaded Fashion-MNIST, or trained the network 784-256-256-10 for an epoch. Means over the
two, in megabytes: `resident` is all that is in memory; `own` what no other process has; `share` is `own` and a fair
part of what is shared. `wait_seconds` passed until the process answered or the code of this step was done, on a machine
that had other work too; `processor_seconds` are those that the process has computed since it began. `seed` counts the
repetitions.
"""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from d2l_utils.launch import _free_port

import psutil
from jupyter_client.manager import KernelManager

GRID = {"seed": list(range(0, 50, 10)), "process": ["server", "kernel", "import", "images", "training"]}
TOGETHER = 2
STEPS = {
    "kernel": "pass",
    "import": "import d2l_utils as d2l\nfrom mxnet import autograd, gluon, init, nd",
    "images": "X, y, X_test, y_test = d2l.fashion_mnist_arrays()\nnd.waitall()",
    "training": """
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
net = fashion_mnist.mlp(0.5)
fashion_mnist.train(net, X, y, num_epochs=1, batch_size=256, lr=0.1)
nd.waitall()
""",
}


def run(seed, process):
    """Start two of them, bring them there, and look."""
    with contextlib.ExitStack() as stack:
        start = server if process == "server" else kernel
        found = [start(stack, process) for _ in range(TOGETHER)]
        processes = [psutil.Process(pid) for pid, _ in found]
        sizes = [process.memory_full_info() for process in processes]
        work = [sum(process.cpu_times()[:2]) for process in processes]
    return {
        "resident": megabytes(size.rss for size in sizes),
        "own": megabytes(size.uss for size in sizes),
        "share": megabytes(size.pss for size in sizes),
        "wait_seconds": round(statistics.mean(seconds for _, seconds in found), 3),
        "processor_seconds": round(statistics.mean(work), 3),
    }


def megabytes(sizes):
    """Give the mean of sizes in bytes."""
    return round(statistics.mean(sizes) / 1e6, 2)


def kernel(stack, last):
    """Start a kernel and run what comes up to `last`; give its process and the seconds of the last step."""
    manager = KernelManager(kernel_name="python3", transport_encryption="auto")
    start = time.perf_counter()
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(manager.shutdown_kernel, now=True)
    client = manager.client()
    client.start_channels()
    stack.callback(client.stop_channels)
    client.wait_for_ready(timeout=60)
    for name, code in STEPS.items():
        if name != "kernel":
            start = time.perf_counter()
        reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=120)["content"]
        if reply["status"] != "ok":
            raise RuntimeError(f"{name}: {reply['evalue']}")
        if name == last:
            return manager.provisioner.pid, time.perf_counter() - start
    raise ValueError(f"no step is called {last}")


def server(stack, _last):
    """Start a JupyterLab server; give its process and the seconds until it answered."""
    port, folder = _free_port(), stack.enter_context(tempfile.TemporaryDirectory())
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, "--IdentityProvider.token=learner"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    address = f"http://127.0.0.1:{port}/lab?token=learner"
    while time.perf_counter() < start + 60:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=10) as answer:
            answer.read()
            return process.pid, time.perf_counter() - start
        time.sleep(0.05)
    raise TimeoutError("the server has not answered")
