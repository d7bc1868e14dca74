"""Ctrl-C, and the stop button of a notebook. Wrong answers to catch: parameters that are half written, of another
shape or not numbers; a network that cannot predict or go on training; the epochs so far lost; an epoch counted in one
list and not in the other; a loop over seeds that goes on with a half-trained network; a process left behind.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import d2l_utils as d2l

import jupyter_client
import nbformat
import numpy as np
import pytest
from mxnet import autograd, gluon, nd
from mxnet.gluon import loss as gloss
from mxnet.gluon import nn
from test_execute_notebooks import is_running, read_number, wait_for

from tools import execute_notebooks

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parent.parent
LOSS = gloss.SoftmaxCrossEntropyLoss()
EXAMPLES = nd.random.normal(shape=(40, 4)), nd.array(np.arange(40) % 3)
MESSAGE = (
    "train_ch3: stopped in epoch {} of 5; the parameters hold all steps so far, "
    "sys.last_value.history the epochs before"
)


class StopsIn:
    """Batches that are interrupted before one of them, counted over all passes."""

    def __init__(self, count):
        self.count = count
        self.loader = d2l.BatchLoader(*EXAMPLES, 10, shuffle=True)

    def __iter__(self):
        for batch in self.loader:
            self.count -= 1
            if self.count == 0:
                raise KeyboardInterrupt
            yield batch


def dense(how):
    """Give a net and what `train_ch3` moves it with."""
    if how == "Gluon":
        net = nn.Dense(3, in_units=4)
        net.initialize()
        return net, {"trainer": gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})}
    params = [nd.random.normal(shape=(4, 3)), nd.zeros(3)]
    for param in params:
        param.attach_grad()
    return (lambda X: d2l.linreg(X, *params)), {"params": params, "lr": 0.1}


@pytest.mark.parametrize("how", ["from scratch", "Gluon"])
@pytest.mark.parametrize(("train_stop", "test_stop"), [(1, 99), (6, 99), (99, 2), (99, 9)])
def test_after_an_interrupt_the_net_predicts_trains_on_and_the_history_is_there(how, train_stop, test_stop):
    """Of 4 batches an epoch, the 6th of training is in epoch 2; the 2nd and 9th of testing are in epochs 1 and 3."""
    net, moved = dense(how)
    with pytest.raises(KeyboardInterrupt) as stopped:
        d2l.train_ch3(net, StopsIn(train_stop), StopsIn(test_stop), LOSS, 5, 10, **moved)
    epochs = (min(train_stop, test_stop) - 1) // 4
    assert str(stopped.value) == MESSAGE.format(epochs + 1)
    history = stopped.value.history
    assert len(history.train_loss) == len(history.train_acc) == len(history.test_acc) == epochs
    assert len(repr(history).splitlines()) == epochs
    assert not autograd.is_recording()
    assert not autograd.is_training()
    scores = net(EXAMPLES[0])
    assert scores.shape == (40, 3)
    assert np.isfinite(scores.asnumpy()).all()
    again = d2l.train_ch3(net, StopsIn(99), StopsIn(99), LOSS, 5, 10, **moved)
    assert again.train_loss[-1] < again.train_loss[0]


def test_the_steps_before_an_interrupt_count():
    net, moved = dense("from scratch")
    before = moved["params"][0].asnumpy()
    with pytest.raises(KeyboardInterrupt):
        d2l.train_ch3(net, StopsIn(3), StopsIn(99), LOSS, 5, 10, **moved)
    assert np.abs(moved["params"][0].asnumpy() - before).min() > 0


class PressesWhenFreed:
    """Ctrl-C while an object is freed: what is raised there, Python drops."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def ctrl_c():
    """Let SIGINT raise, as it does for a person: what a shell starts in the background ignores it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, usual) is signal.default_int_handler


class Pressed:
    """Batches between which Ctrl-C comes, so many times before one of them, counted over all passes."""

    def __init__(self, press, before=6):
        self.press, self.before = press, before
        self.loader = d2l.BatchLoader(*EXAMPLES, 10, shuffle=True)
        self.seen = 0

    def __iter__(self):
        for batch in self.loader:
            self.seen += 1
            if self.seen == self.before:
                self.press()
            yield batch


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("which", ["training", "testing"])
def test_a_ctrl_c_while_an_array_is_freed_is_not_lost(which):
    net, moved = dense("Gluon")
    pressed, calm = Pressed(PressesWhenFreed), StopsIn(99)
    iterators = (pressed, calm) if which == "training" else (calm, pressed)
    with pytest.raises(KeyboardInterrupt) as stopped:
        d2l.train_ch3(net, *iterators, LOSS, 5, 10, **moved)
    assert str(stopped.value) == MESSAGE.format(2)
    assert len(stopped.value.history.train_loss) == 1


@pytest.mark.usefixtures("ctrl_c")
def test_a_second_ctrl_c_does_not_wait_for_the_step():
    def press_twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second did not come through")

    net, moved = dense("Gluon")
    with pytest.raises(KeyboardInterrupt):
        d2l.train_ch3(net, Pressed(press_twice), StopsIn(99), LOSS, 5, 10, **moved)


@pytest.mark.usefixtures("ctrl_c")
def test_a_ctrl_c_after_the_last_test_ends_a_loop_over_seeds():
    net, moved = dense("Gluon")
    with pytest.raises(KeyboardInterrupt):
        d2l.train_ch3(net, StopsIn(99), Pressed(PressesWhenFreed, before=4), LOSS, 1, 10, **moved)


def test_a_thread_that_cannot_be_interrupted_trains():
    with ThreadPoolExecutor(1) as threads:
        net, moved = dense("Gluon")
        history = threads.submit(d2l.train_ch3, net, StopsIn(99), StopsIn(99), LOSS, 1, 10, **moved).result()
    assert len(history.test_acc) == 1


TRAINING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell starts in the background
import d2l_utils as d2l
import numpy as np
from mxnet import gluon, init, nd
from mxnet.gluon import nn
net = nn.Sequential()
net.add(nn.Dense(256, activation="relu"), nn.Dropout(0.5), nn.Dense(10))
net.initialize(init.Xavier())
data = d2l.BatchLoader(nd.random.normal(shape=(2000, 784)), nd.array(np.arange(2000) % 10), 100, shuffle=True)
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
entropy, calls = gluon.loss.SoftmaxCrossEntropyLoss(), []
def loss(y_hat, y):
    calls.append(len(calls))
    if len(calls) == 25:  # of 20 an epoch: the first is over, however slow the machine
        print("training", flush=True)
    return entropy(y_hat, y)
try:
    d2l.train_ch3(net, data, data, loss, 10**6, 100, trainer=trainer)
except KeyboardInterrupt as stop:
    history = stop.history
    scores = net(data.features).asnumpy()
    sizes = len(history.train_loss), len(history.train_acc), len(history.test_acc)
    print(*sizes, np.isfinite(scores).all(), scores.shape, d2l.evaluate_accuracy(data, net) > 0.2)
"""


@pytest.mark.parametrize("seconds", [0.05, 0.8, 2.1])
def test_a_real_ctrl_c_in_the_middle_of_training(seconds):
    command = [sys.executable, "-c", TRAINING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout.readline() == "training\n"
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "")
    losses, train_accs, test_accs, *rest = out.split(maxsplit=3)
    assert int(losses) >= 1
    assert losses == train_accs == test_accs
    assert rest[0].startswith("True (2000, 10) ")


STOPPED_CELL = (
    TRAINING.split("signal.signal")[0]
    + TRAINING.split("try:")[0].split("background\n")[1]
    + """
d2l.train_ch3(net, data, data, loss, 10**6, 100, trainer=trainer)
"""
)


def messages_of(client, code):
    """Run a cell; yield what the kernel publishes until it is idle again."""
    request = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") == request:
            yield message["msg_type"], message["content"]
            if message["content"].get("execution_state") == "idle":
                return


def test_the_stop_button_of_a_notebook_leaves_the_history_where_the_message_says():
    manager = jupyter_client.KernelManager(transport="ipc")  # over TCP it warns that others may listen
    manager.start_kernel(cwd=ROOT)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        for kind, content in messages_of(client, STOPPED_CELL):
            if kind == "stream" and content["text"] == "training\n":
                manager.interrupt_kernel()
            if kind == "error":
                assert content["ename"] == "KeyboardInterrupt"
                assert re.match("train_ch3: stopped in epoch [0-9]+ of 1000000; ", content["evalue"])
        told = [content for kind, content in messages_of(client, "import sys; print(repr(sys.last_value.history)[:7])")]
        assert {"name": "stdout", "text": "epoch 1\n"} in told
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


# No process is left behind.

CHECKING = """
import os, sys, time
from d2l_utils.checks import _sandbox
_sandbox.SECONDS = 3
def work():
    with open(sys.argv[1], "w") as file:
        file.write(str(os.getpid()))
    while True:
        pass
_sandbox.run(work)
"""


def test_the_copy_that_a_check_runs_in_ends_soon_after_a_kill_of_the_kernel(tmp_path):
    """Its own clock ends it: nobody else is left to do so."""
    process = subprocess.Popen([sys.executable, "-c", CHECKING, str(tmp_path / "pid.txt")], cwd=ROOT)
    pid = wait_for(lambda: read_number(tmp_path / "pid.txt"))
    process.kill()
    process.wait()
    try:
        wait_for(lambda: not is_running(pid), seconds=10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


EXECUTING = """
import runpy, sys, types
from d2l_utils import datasets, doctor
datasets.fetch = lambda name: types.SimpleNamespace(is_stand_in=False)
doctor.bits_may_differ = lambda: None
sys.argv[:1] = []
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("arguments", [[], ["--in-place"]], ids=["copy", "in place"])
def test_ctrl_c_ends_the_execution_of_notebooks_and_its_kernels(arguments, tmp_path):
    for name in ("notebooks", "d2l_utils", "data", "tools"):
        (tmp_path / name).mkdir()
    (tmp_path / "requirements.txt").touch()
    tool = tmp_path / "tools" / "execute_notebooks.py"  # takes the folder above its own for the course
    tool.write_text(Path(execute_notebooks.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    waits = "import os, time\nopen('pid.txt', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    path = tmp_path / "notebooks" / "01-tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(waits)]), path)
    before = path.read_bytes()
    process = subprocess.Popen([sys.executable, "-c", EXECUTING, str(tool), *arguments], cwd=ROOT)
    pid = wait_for(lambda: read_number(tmp_path / "notebooks" / "pid.txt"))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == -signal.SIGINT
    wait_for(lambda: not is_running(pid))
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["01-tiny.ipynb", "pid.txt"]
    assert not list(tmp_path.rglob("_build/**/*.ipynb"))
