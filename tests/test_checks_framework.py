"""The ground under the checks: limits, placeholders, errors in a learner's code, and the record of what passed.

Feared: a check that hangs, eats the memory or kills the kernel; one that moves the random streams, so that cells after
it depend on whether the exercise was done; a starter that fails; a record that is lost, or written by a tool.
"""

import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time

import d2l_utils as d2l
from d2l_utils import _progress
from d2l_utils.checks import _passed, _sandbox
from d2l_utils.checks._answers import call
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._verdict import MistakeError

import numpy as np
import pytest
from mxnet import autograd, nd


@exercise("09-dropout", 7)
def double(answer):
    """Check a function that doubles."""
    result = call(answer, 3, given="3")
    if not isinstance(result, int):
        raise KeyError("kind")
    if result != 6:
        raise MistakeError(given="3", expected="6", got=repr(result), hint="Add it to itself.")


@pytest.fixture(autouse=True)
def record_file(tmp_path, monkeypatch):
    """Keep the record of the person who runs the tests out of it."""
    monkeypatch.setenv("D2L_PROGRESS_FILE", str(tmp_path / "kept" / "progress.json"))
    return tmp_path / "kept" / "progress.json"


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr(_progress, "is_watched", lambda: True)


def report(capsys, answer, check=double):
    assert check(answer) is None
    return capsys.readouterr().out.removesuffix("\n")


# Verdicts
def test_passed_and_not_right_yet(capsys):
    assert report(capsys, lambda x: 2 * x) == "Exercise 7: passed"
    assert report(capsys, lambda x: x) == (
        "Exercise 7: not right yet\n  given:    3\n  expected: 6\n  got:      3\n  hint:     Add it to itself."
    )


def only_documented(x):
    """Double."""


def dots_in_body(x):
    """Double."""
    ...


def raises_not_implemented(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    "answer",
    [
        ...,
        None,
        NotImplemented,
        lambda x: ...,
        lambda x: None,
        lambda x: NotImplemented,
        only_documented,
        dots_in_body,
        raises_not_implemented,
    ],
)
def test_not_attempted(capsys, answer):
    assert report(capsys, answer) == "Exercise 7: not attempted yet"


def test_forgotten_return_is_an_attempt(capsys):
    def double_it(x):
        x = 2 * x

    shown = report(capsys, double_it)
    assert "  got:      None\n" in shown
    assert shown.endswith("It computes something and gives back nothing: does its last line lack `return`?")


def test_mistake_in_the_check_is_not_the_learners(capsys):
    assert report(capsys, lambda x: "six") == (
        "Exercise 7: not right yet\n  The check itself failed, which is a mistake in it: KeyError: 'kind'"
    )


# Errors in a learner's code
def test_error_is_one_line_with_the_learners_line(capsys):
    def double_it(x):
        half = int("x")
        return 4 * half

    line = double_it.__code__.co_firstlineno + 1
    assert report(capsys, double_it).splitlines()[3] == (
        f"  got:      ValueError in line {line} (half = int(\"x\")): invalid literal for int() with base 10: 'x'"
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda x: nd.ones((2, 3)) * nd.ones((4, 5)), "MXNetError in line"),
        (lambda x: exit(), "SystemExit in line"),
        (lambda x: double_for_ever(x), "RecursionError in line"),
    ],
)
def test_errors_of_any_kind_are_told(capsys, answer, error):
    shown = report(capsys, answer)
    assert f"got:      {error}" in shown
    assert "Traceback" not in shown
    assert len(shown.splitlines()) == 5


def double_for_ever(x):
    return double_for_ever(x)


def test_an_error_that_mxnet_raises_later_is_told(capsys):
    assert "got:      MXNetError" in report(capsys, lambda x: nd.random.normal(scale=-1, shape=2))


def test_what_is_no_function_is_told(capsys):
    assert report(capsys, 6).splitlines()[2:] == [
        "  expected: a function",
        "  got:      int",
        "  hint:     Hand in its name, without brackets.",
    ]


# Limits
def loop_in_python(x):
    while True:
        pass


def loop_that_catches_all(x):
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            continue


def loop_in_mxnet(x):
    X = nd.ones((500, 500))
    while True:
        X = nd.dot(X, X)


@pytest.mark.parametrize("answer", [loop_in_python, loop_that_catches_all, loop_in_mxnet])
def test_endless_loop_is_stopped(capsys, monkeypatch, answer):
    monkeypatch.setattr(_sandbox, "SECONDS", 1)
    started = time.monotonic()
    assert report(capsys, answer) == (
        "Exercise 7: not right yet\n  It gave no answer within 1 seconds and was stopped."
    )
    assert time.monotonic() - started < 5
    assert report(capsys, lambda x: 2 * x) == "Exercise 7: passed", "and the next check runs"


@pytest.fixture
def interruptible():
    """Let SIGINT interrupt, as in a kernel: a shell that starts the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_check_can_be_interrupted():
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        double(loop_that_catches_all)
    assert multiprocessing.active_children() == []
    assert time.monotonic() - started < 5


def grow_a_list(x):
    hoard = []
    while True:
        hoard.append(np.empty(10**8, dtype="uint8"))  # not written to, which would take seconds on a busy machine


@pytest.mark.parametrize(
    "answer", [grow_a_list, lambda x: np.ones(2**30), lambda x: nd.ones(2**30).sum().asscalar(), lambda x: [0] * 2**30]
)
def test_runaway_memory_is_stopped(capsys, answer):
    limit = resource.getrlimit(resource.RLIMIT_AS)
    assert report(capsys, answer) == (
        "Exercise 7: not right yet\n  It needed more than the 1024 MB of memory that are allowed."
    )
    assert resource.getrlimit(resource.RLIMIT_AS) == limit
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3 * 2**20, "kB: this process has not grown with it"


def test_what_would_kill_the_kernel_is_told(capsys):
    assert report(capsys, lambda x: os.abort()) == (
        "Exercise 7: not right yet\n"
        "  It brought Python to an end (exit code -6), most likely for want of memory (1024 MB are allowed)."
    )


def test_what_the_learners_code_prints_is_not_shown(capfd):
    def chatty(x):
        print("debug")
        os.system("echo from the system")
        return 2 * x

    double(chatty)
    assert capfd.readouterr() == ("Exercise 7: passed\n", "")


# Nothing is changed behind the learner's back
def draw(x):
    d2l.seed_everything(5)
    return int((nd.random.uniform(shape=3).sum() * 0).asscalar()) + 2 * x


@pytest.mark.parametrize("answer", [..., draw, lambda x: 1 / 0])
def test_random_streams_stay_where_they_were(capsys, answer):
    def numbers():
        return nd.random.uniform(shape=2).asnumpy().tolist(), np.random.rand(), random.random()

    d2l.seed_everything(1)
    expected = [numbers(), numbers()]
    d2l.seed_everything(1)
    first = numbers()
    report(capsys, answer)
    assert [first, numbers()] == expected


def test_what_is_recorded_goes_on_and_the_mode_stays(capsys):
    x = nd.ones(2)
    x.attach_grad()
    with autograd.record():
        y = (3 * x).sum()
        report(capsys, lambda x: autograd.set_training(False) and 2 * x)
        assert autograd.is_training()
        assert autograd.is_recording()
    y.backward()
    assert x.grad.asnumpy().tolist() == [3, 3]


# The record
def kept(path):
    return json.loads(path.read_text())


def test_what_passes_is_kept_once_and_shown(capsys, record_file, watched):
    for _ in range(2):
        report(capsys, lambda x: 2 * x)
    _passed.record("09-dropout", 2)
    assert kept(record_file) == {"09-dropout": [2, 7]}
    assert [path.name for path in record_file.parent.iterdir()] == ["progress.json"]
    d2l.checks.progress()
    lines = capsys.readouterr().out.splitlines()
    assert "09-dropout: 1 of 6 exercises passed (2)" in lines
    assert [line for line in lines if ": 0 of " not in line] == ["09-dropout: 1 of 6 exercises passed (2)"]


@pytest.mark.parametrize("answer", [..., lambda x: x])
def test_what_does_not_pass_is_not_kept(capsys, record_file, watched, answer):
    report(capsys, answer)
    assert not record_file.exists()


def test_a_pass_stays_when_the_answer_is_changed_later(capsys, record_file, watched):
    report(capsys, lambda x: 2 * x)
    report(capsys, lambda x: x)
    assert kept(record_file) == {"09-dropout": [7]}


def test_a_tool_leaves_no_record(capsys, record_file):
    assert report(capsys, lambda x: 2 * x) == "Exercise 7: passed"
    assert not record_file.exists()


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"09-dropout": 3}', '{"09-dropout": ["x"]}', "\xff"])
def test_damaged_record_is_told_and_set_aside(capsys, record_file, watched, content):
    record_file.parent.mkdir()
    record_file.write_bytes(content.encode("latin-1"))
    d2l.checks.progress()
    told = "progress: progress.json is damaged: it must hold the exercises passed, chapter by chapter"
    assert capsys.readouterr().out == f"{told}; it was left as it is\n"
    assert report(capsys, lambda x: 2 * x) == (
        f"Exercise 7: passed\n{told}; it was renamed to progress.damaged-1.json, and a new one begins"
    )
    assert kept(record_file) == {"09-dropout": [7]}
    assert (record_file.parent / "progress.damaged-1.json").read_bytes() == content.encode("latin-1")


def test_an_earlier_damaged_record_is_not_overwritten(capsys, record_file, watched):
    record_file.parent.mkdir()
    for content in ("first", "second"):
        record_file.write_text(content)
        report(capsys, lambda x: 2 * x)
    names = sorted(path.name for path in record_file.parent.iterdir())
    assert names == ["progress.damaged-1.json", "progress.damaged-2.json", "progress.json"]


def test_chapters_that_are_not_known_here_stay_in_the_record(record_file):
    record_file.parent.mkdir()
    record_file.write_text('{"99-later": [1]}')
    _passed.record("09-dropout", 1)
    assert kept(record_file) == {"09-dropout": [1], "99-later": [1]}


def test_a_record_that_cannot_be_written_fails_no_check(capsys, record_file, watched, monkeypatch):
    def refuse(source, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    assert report(capsys, lambda x: 2 * x) == (
        "Exercise 7: passed\nprogress: progress.json cannot be written (Permission denied), so this pass is not kept"
    )


def test_the_record_is_in_the_users_data_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("D2L_PROGRESS_FILE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in _passed._path().parents


# What a person in Jupyter is, and what a tool is: tests/test_progress.py has the bar, which asks the same function.
@pytest.mark.parametrize("watched_kernel", [True, False])
def test_a_kernel_that_cannot_ask_is_run_by_a_tool(monkeypatch, watched_kernel):
    kernel = type("Kernel", (), {"_allow_stdin": watched_kernel})()
    monkeypatch.setattr(_progress, "get_ipython", lambda: type("Shell", (), {"kernel": kernel})())
    assert _progress.is_watched() is watched_kernel


def test_every_check_has_a_docstring():
    checks = [check for check in vars(d2l.checks.dropout).values() if hasattr(check, "chapter")]
    assert [check.number for check in checks] == list(range(1, len(checks) + 1))
    assert all(check.__doc__.endswith(".") for check in checks)


PENDING = """
import time
from d2l_utils.checks import _sandbox
from mxnet import autograd, nd

class Slow(autograd.Function):
    def forward(self, x):
        return 1 * x

    def backward(self, dy):
        time.sleep(1)
        return dy

x = nd.ones(1)
x.attach_grad()
with autograd.record():
    y = Slow()(x)
y.backward()
print(_sandbox.run(lambda: "an answer"), x.grad.asscalar())
"""


def test_a_check_waits_for_a_rule_in_python_that_mxnet_still_computes():
    run = subprocess.run([sys.executable, "-c", PENDING], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("an answer 1.0\n", "")
