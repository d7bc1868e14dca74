"""Every public function with arguments that nobody should pass. Feared: an error from inside that names neither the
function nor the argument, perhaps only when the result is read; a crash of the process; a hang; and worst, a wrong
number without a word: integers halved and rounded, a label that is no class, a NaN that counts as right, a bias that
makes a matrix of a column, a mean where one loss per example is wanted.

The result of a call that succeeds is compared with NumPy. The calls of one function run in a copy of this process.
"""

import os
import re
import time
import traceback

import d2l_utils as d2l
from d2l_utils.checks import _sandbox

import hostile_importance  # noqa: F401 - fills the table
import hostile_memory  # noqa: F401 - fills the table
import hostile_networks  # noqa: F401 - fills the table
import hostile_numbers  # noqa: F401 - fills the table
import hostile_runs  # noqa: F401 - fills the table
import hostile_shift  # noqa: F401 - fills the table
import mxnet as mx
import pytest
import tiny_data
from hostile import CASES, Case, calls, in_words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mxnet import nd

SENTENCE = "^({}): .*must .*got .*"


def problem(name, case, arguments):
    """Call a function; return what is wrong with what it does, or None."""
    function = case.call or getattr(d2l, name)
    try:
        result = function(**arguments)
        nd.waitall()
    except (ValueError, TypeError, FloatingPointError, AssertionError, OSError) as error:
        ours = re.match(SENTENCE.format("|".join((name, *case.helpers))), str(error)) and "\n" not in str(error)
        ours = ours and not isinstance(error, mx.base.MXNetError | AssertionError)
        if ours or re.match(case.errors, str(error)):
            return None
        return "".join(traceback.format_exception(error)[-3:])
    except Exception as error:
        return "".join(traceback.format_exception(error)[-3:])
    try:
        case.judge(result, **arguments)
    except Exception as error:
        return "a wrong result: " + "".join(traceback.format_exception(error)[-2:])
    return None


def first_problem(name, case, diary):
    """Try a function with many arguments; return the first problem, made small, or an empty text."""
    found = []

    @settings(max_examples=case.times, database=None, suppress_health_check=list(HealthCheck))
    @given(arguments=calls(case.good, case.strange))
    def attempt(arguments):
        words = ", ".join(f"{key}={in_words(value)}" for key, value in arguments.items())
        diary.write_text(words)
        wrong = problem(name, case, arguments)
        if wrong:
            found[:] = [f"{name}({words})\n{wrong}"]
            raise AssertionError

    try:
        attempt()
    except BaseException as error:
        return found[0] if found else "".join(traceback.format_exception(error))
    return ""


def test_the_table_has_every_public_function():
    assert set(CASES) == {name for name in d2l.__all__ if callable(getattr(d2l, name))}


@pytest.fixture
def fashion_mnist(tmp_path, monkeypatch):
    """Make this machine one that has the tiny data set, and no network."""
    tiny_data.install(monkeypatch.setattr)
    for name in ("D2L_STAND_IN", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("D2L_DATA_DIR", str(tmp_path))
    tiny_data.write(tmp_path / "fashion-mnist")


def outcome(name, case, diary):
    """Try a function in a copy of this process; return the first problem, which may be its end, or an empty text."""
    diary.touch()
    try:
        return _sandbox.run(lambda: first_problem(name, case, diary))
    except _sandbox.StoppedError as stopped:
        return f"{name}({diary.read_text()}): it {stopped}"


@pytest.mark.usefixtures("fashion_mnist")
@pytest.mark.parametrize("name", CASES)
def test_a_right_result_or_our_sentence(name, tmp_path, monkeypatch):
    monkeypatch.setattr(_sandbox, "SECONDS", 100)
    monkeypatch.setattr(_sandbox, "MEGABYTES", 3000)
    found = outcome(name, CASES[name], tmp_path / "diary")
    assert not found, found


def raises(error):
    def function(x):
        raise error

    return function


BAD = {
    "an error of MXNet": raises(mx.base.MXNetError("f: x must be 1, got 2")),
    "an error from inside": raises(AttributeError("f: x must be 1, got 2")),
    "another function's sentence": raises(ValueError("g: x must be 1, got 2")),
    "no sentence": raises(ValueError("f: wrong")),
    "several lines": raises(ValueError("f: x must be 1, got\n2")),
    "an error that comes late": lambda x: nd.ones((2, 3)) + nd.ones((3, 2)),
    "a wrong result": lambda x: 2,
    "the end of the process": lambda x: os.abort(),
    "no end": lambda x: time.sleep(60),
}


def is_one(result, x):
    assert result == 1


@pytest.mark.parametrize("what", BAD)
def test_every_kind_of_problem_is_seen(what, tmp_path, monkeypatch):
    monkeypatch.setattr(_sandbox, "SECONDS", 5)
    found = outcome("f", Case(good={"x": st.just(1)}, judge=is_one, call=BAD[what], times=5), tmp_path / "diary")
    assert found.startswith("f(x=")


@pytest.mark.parametrize("good", [lambda x: 1, raises(TypeError("f: x must be 1, got 2"))])
def test_what_is_right_is_no_problem(good, tmp_path):
    assert outcome("f", Case(good={"x": st.just(1)}, judge=is_one, call=good, times=5), tmp_path / "diary") == ""
