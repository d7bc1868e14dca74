"""The run on other Pythons, with programs that only pretend to be Python or uv: no environment is made here.

Wrong answers to catch: a Python of another version, or one that does not start, taken; one that is not there passed
over in silence; a failure, or a run of nothing, that ends well; a test of the tools run, one of the package left
out.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tools import test_matrix

ROOT = Path(__file__).resolve().parent.parent


def add_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Make a machine with nothing on it, and a way to ask it for a Python."""
    monkeypatch.setattr(test_matrix, "ROOT", tmp_path)
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    return tmp_path, lambda minor: test_matrix.find_python(minor, environ)


def test_the_other_pythons_are_those_that_the_project_allows_after_the_first():
    assert test_matrix.other_minors('requires-python = ">=3.11,<3.14"\n') == ["3.12", "3.13"]
    assert test_matrix.other_minors((ROOT / "pyproject.toml").read_text()) == ["3.12", "3.13"]


def test_a_python_is_known_by_what_it_says_and_not_by_its_name(machine):
    folder, find = machine
    assert find("3.12") is None
    add_program(folder / "bin/python3.12", "exit 127  # a shim of pyenv for a version that is not set")
    add_program(folder / "bin/python3", "echo 3.13.0")
    assert find("3.12") is None
    assert find("3.1") is None
    assert find("3.13") == (folder / "bin/python3", "3.13.0")
    program = add_program(folder / ".pyenv/versions/3.12.1/bin/python", "echo 3.12.1")
    assert find("3.12") == (program, "3.12.1")
    fetched = add_program(folder / ".tools/python/cpython-3.14/bin/python3.14", "echo 3.14.0")
    assert find("3.14") == (fetched, "3.14.0")


def test_the_packages_tests_are_those_that_import_it_and_no_tools(tmp_path):
    texts = {
        "test_layers.py": "import d2l_utils as d2l\n",
        "test_doctor.py": "import os\nfrom d2l_utils import doctor\n",
        "test_site.py": "from d2l_utils import datasets\nfrom tools import build_site\n",
        "test_late.py": "import d2l_utils\n\ndef test_it():\n    from bench import work\n",
        "test_setup.py": "import os  # d2l_utils is only named here\n",
        "helper.py": "import d2l_utils\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert [path.name for path in test_matrix.package_tests(tmp_path)] == ["test_doctor.py", "test_layers.py"]


def test_the_real_modules_are_divided():
    names = {path.name for path in test_matrix.package_tests(ROOT / "tests")}
    assert {"test_compat.py", "test_reproducibility.py", "test_books.py", "test_checks_dropout.py"} <= names
    assert not {"test_setup.py", "test_site.py", "test_notebook_comparison.py", "test_test_matrix.py"} & names


def answers(monkeypatch, **outputs):
    """Have each step print what is given for the word that its command has; a FailedError is raised."""
    commands = []

    def run(*command):
        commands.append(" ".join(map(str, command)))
        output = next((text for word, text in outputs.items() if re.search(word, commands[-1])), "")
        if isinstance(output, Exception):
            raise output
        return output

    monkeypatch.setattr(test_matrix, "_run", run)
    return commands


GOOD = {"nbval": "data: real\ncells: 49 compared, 2 only executed\n51 passed in 9s\n", "numpy": "2.4.6\n"}
TESTED = {"pytest": "....\n1580 passed, 3 skipped in 466.64s\n"}


def test_a_row_says_what_was_run(monkeypatch, tmp_path):
    monkeypatch.setattr(test_matrix, "ROOT", tmp_path)  # where no environment is yet
    commands = answers(monkeypatch, **GOOD, **TESTED)
    row = test_matrix.run_on("python3.12", "3.12.1", ["tests/test_layers.py"], "notebooks/09-dropout.ipynb")
    assert row == ("3.12.1 NumPy 2.4.6: 1580 passed, 49 cells compared", True)
    steps = [
        step for command in commands for step in ("venv", "sync", "editable", "test_layers", "nbval") if step in command
    ]
    assert steps == ["venv", "sync", "editable", "test_layers", "nbval"]
    assert "--require-hashes" in commands[1]


@pytest.mark.parametrize(
    ("outputs", "row"),
    [
        ({"sync": test_matrix.FailedError("no wheel")}, "3.12.1: FAILED: no wheel"),
        ({**GOOD, "pytest": test_matrix.FailedError("1 failed")}, "3.12.1 NumPy 2.4.6: FAILED: 1 failed"),
        ({**GOOD, "pytest": "3 skipped in 1s\n"}, "3.12.1 NumPy 2.4.6: FAILED: nothing was run"),
        (
            {"nbval": "cells: 0 compared, 51 only executed\n51 passed\n", "numpy": "2.4.6", **TESTED},
            "3.12.1 NumPy 2.4.6: FAILED: nothing was run",
        ),
    ],
    ids=["environment", "tests", "no tests", "no cells"],
)
def test_a_failure_or_a_run_of_nothing_is_told(outputs, row, monkeypatch):
    answers(monkeypatch, **outputs)
    assert test_matrix.run_on("python3.12", "3.12.1", [], "a notebook") == (row, False)


@pytest.mark.parametrize(("succeeded", "exit_code"), [(True, 0), (False, 1)])
def test_the_table_has_a_line_for_each_and_a_failure_ends_badly(succeeded, exit_code, monkeypatch, capsys):
    monkeypatch.setattr(test_matrix, "find_python", lambda minor: ("python", "3.12.1") if minor == "3.12" else None)
    monkeypatch.setattr(test_matrix, "run_on", lambda *_: ("a row", succeeded))
    assert test_matrix.main([]) == exit_code
    assert capsys.readouterr().out == "a row\n3.13 not run: no Python 3.13 on this machine\n"


def test_the_last_line_of_what_failed_is_the_message(tmp_path, capfd):
    failing = add_program(tmp_path / "pytest", "echo '=== 2 failed, 7 passed ==='; echo a warning >&2; exit 1")
    with pytest.raises(test_matrix.FailedError) as caught:
        test_matrix._run(failing)
    assert str(caught.value) == "2 failed, 7 passed"
    assert "a warning" in capfd.readouterr().out
    silent = add_program(tmp_path / "silent", "exit 3")
    with pytest.raises(test_matrix.FailedError, match=r"^exit code 3$"):
        test_matrix._run(silent)
    killed = add_program(tmp_path / "killed", "echo '...'; kill -9 $$")
    with pytest.raises(test_matrix.FailedError, match=r"^ended by SIGKILL$"):
        test_matrix._run(killed)


def test_a_python_that_hangs_is_none(monkeypatch):
    def hang(*_args, **options):
        raise subprocess.TimeoutExpired("python", options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    assert test_matrix._version_of("python") == ""
