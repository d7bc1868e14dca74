"""Training on several processes: d2l_utils/launch.py with MXNet's real parameter server on the loopback address.

Feared: a loss that is not that of one process; a dead worker or server for which the others wait without end; Ctrl-C or
a killed launcher that leaves processes behind; a signal that the script never hears of; a server that the network
reaches; a failure that ends with exit code 0; a script that is not told its arguments.
"""

import contextlib
import signal
import subprocess
import sys
import time

from d2l_utils import launch

import psutil
import pytest

pytestmark = pytest.mark.whole

TRAIN = """
import sys

import d2l_utils as d2l

import mxnet as mx
from mxnet import autograd, gluon, init, nd

kvstore = mx.kv.create(sys.argv[1])
rank, num_workers = kvstore.rank, kvstore.num_workers
d2l.seed_everything(1)
X = nd.random.normal(shape=(200, 20))
y = nd.dot(X, nd.random.normal(shape=(20, 1)))
net = gluon.nn.Dense(1)
net.initialize(init.Normal(0.1))
net(X)
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05}, kvstore=kvstore)
for start in range(0, 200, 20):
    part = slice(start + rank * 20 // num_workers, start + (rank + 1) * 20 // num_workers)
    with autograd.record():
        loss = d2l.squared_loss(net(X[part]), y[part])
    loss.backward()
    trainer.step(20)
print("loss", rank, num_workers, float(d2l.squared_loss(net(X), y).mean().asscalar()))
"""
WAIT = """
import os, signal, sys, time
from pathlib import Path

import mxnet as mx

kvstore = mx.kv.create("dist_sync")
folder = Path(sys.argv[1])

def note(number, _frame):
    (folder / f"{kvstore.rank} got {signal.Signals(number).name}").touch()
    if "stubborn" not in sys.argv:
        os._exit(0)

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, note)
if "grandchild" in sys.argv:
    import subprocess
    subprocess.Popen(["sleep", "600"])
(folder / f"{kvstore.rank} is {os.getpid()}").touch()
while True:
    time.sleep(0.05)
"""


def command(script, *arguments, workers=2):
    return [sys.executable, "-m", "d2l_utils.launch", "-n", str(workers), str(script), *map(str, arguments)]


def run(script, *arguments, **options):
    return subprocess.run(
        command(script, *arguments, **options), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def script(tmp_path):
    """Give a function that writes a script."""

    def write(text):
        path = tmp_path / "a script.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@contextlib.contextmanager
def waiting(script, folder, *arguments):
    """Launch two workers that wait; give the launcher, all of its processes, and the pids of the workers by rank."""
    launcher = subprocess.Popen(command(script, folder, *arguments), stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 30
        while len(found := list(folder.glob("* is *"))) < 2:
            assert time.monotonic() < deadline, "the workers did not begin"
            assert launcher.poll() is None, "the launcher has ended"
            time.sleep(0.05)
        pids = {int(path.name.split()[0]): int(path.name.split()[2]) for path in found}
        yield launcher, psutil.Process(launcher.pid).children(recursive=True), pids
    finally:
        launcher.kill()
        launcher.wait()
        launcher.stderr.close()


def all_gone(processes, within=5):
    _, alive = psutil.wait_procs(processes, timeout=within)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def losses(output):
    return {line.split()[1]: float(line.split()[3]) for line in output.splitlines() if line.startswith("loss")}


def test_lines_of_two_workers_do_not_mix(script, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # Python then writes each word and each end of a line by itself
    path = script("for _ in range(500): print('a', 'line', 'of', 'words')")
    ended = run(path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == ["a line of words"] * 1000


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_together_compute_what_one_process_does(script, workers):
    path = script(TRAIN)
    alone = subprocess.run([sys.executable, path, "local"], capture_output=True, text=True, check=True)
    together = run(path, "dist_sync", workers=workers)
    assert (together.returncode, together.stderr) == (0, "")
    expected = losses(alone.stdout)["0"]
    assert losses(together.stdout) == pytest.approx({str(rank): expected for rank in range(workers)}, abs=1e-5)
    assert 0.01 < expected < 5  # neither learned to the end nor not at all, so that a lost gradient would show


@pytest.mark.parametrize(("ending", "code"), [("sys.exit(3)", 3), ("os.kill(os.getpid(), 9)", 137), ("1 / 0", 1)])
def test_a_worker_that_fails_stops_all_and_is_named(script, ending, code):
    text = f"import os, sys\nimport mxnet as mx\nkv = mx.kv.create('dist_sync')\nif kv.rank == 1:\n    {ending}\n"
    path = script(
        text + "kv.init(0, mx.nd.ones(1))\nkv.push(0, mx.nd.ones(1))\nkv.pull(0, mx.nd.ones(1))\nmx.nd.waitall()"
    )
    start = time.monotonic()
    ended = run(path)
    assert ended.returncode == code
    why = "was ended by SIGKILL" if code == 137 else f"ended with exit code {code}"
    assert [line for line in ended.stderr.splitlines() if line.startswith("launch: worker")] in (
        [f"launch: worker {number} {why}; the others are stopped"] for number in (0, 1)
    )
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("victim", ["worker", "server", "scheduler"])
def test_whoever_is_killed_the_others_are_stopped(script, tmp_path, victim):
    with waiting(script(WAIT), tmp_path) as (launcher, team, _):
        dead = next(process for process in team if process.environ()["DMLC_ROLE"] == victim)
        dead.send_signal(signal.SIGKILL)
        assert launcher.wait(timeout=15) == 137
        assert f"launch: {victim}" in (said := launcher.stderr.read())
        assert "was ended by SIGKILL; the others are stopped" in said
        assert all_gone(team)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_script_and_nobody_is_left(script, tmp_path, number):
    with waiting(script(WAIT), tmp_path, "grandchild") as (launcher, team, _):
        assert len(team) == 6  # scheduler, server, two workers and their children
        launcher.send_signal(number)
        assert launcher.wait(timeout=15) == 128 + number
        assert all_gone(team)
    assert sorted(path.name for path in tmp_path.glob("* got *")) == [f"{rank} got {number.name}" for rank in (0, 1)]


def test_who_does_not_listen_is_ended_by_force(script, tmp_path):
    with waiting(script(WAIT), tmp_path, "stubborn") as (launcher, team, _):
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(timeout=launch.GRACE + 10) == 143
        assert all_gone(team)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_launcher_leaves_nobody_behind(script, tmp_path):
    with waiting(script(WAIT), tmp_path) as (launcher, team, _):
        launcher.kill()
        assert all_gone(team)


def test_nobody_listens_beyond_this_machine(script, tmp_path):
    with waiting(script(WAIT), tmp_path) as (_, team, _):
        listening = [
            connection.laddr.ip
            for process in team
            for connection in process.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        ]
    assert len(listening) == 4  # scheduler, server and both workers
    assert set(listening) == {launch.LOOPBACK}


def test_arguments_and_settings_reach_the_script(script, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    path = script(
        "import os, sys\nimport mxnet as mx\nkv = mx.kv.create('dist_sync')\n"
        "print(sys.argv[1:], os.environ['OMP_NUM_THREADS'], os.environ['OPENBLAS_CORETYPE'])"
    )
    ended = run(path, "--lr", "0.5", "two words", workers=1)
    assert (ended.returncode, ended.stdout) == (0, "['--lr', '0.5', 'two words'] 2 Haswell\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-n", "2", "no such.py"], "launch: script must be a Python file, got 'no such.py', which is not there"),
        (["-n", "0", "x.py"], "argument -n/--workers: must be 1 or more, got 0"),
        (["-n", "two", "x.py"], "argument -n/--workers: must be a whole number, got 'two'"),
        (["-n", "1", "-s", "0", "x.py"], "argument -s/--servers: must be 1 or more, got 0"),
    ],
)
def test_a_wrong_command_is_one_sentence(capsys, arguments, sentence):
    with pytest.raises(SystemExit, match=r"^2$"):
        launch.main(arguments)
    assert capsys.readouterr().err.splitlines()[-1] == f"python -m d2l_utils.launch: error: {sentence}"
