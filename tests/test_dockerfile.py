"""The Dockerfile follows what the project says elsewhere (it is built nowhere here: there is no Docker engine).

Feared: another Python than the project's; a system library of its own list; learners as root; a command that is no
target; a file that the set-up needs kept out of the image, or this machine's environment let in.
"""

import fnmatch
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
TEXT = "\n".join(LINES)
IGNORED = [line.rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]


def is_ignored(name):
    return any(
        fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name, pattern.removeprefix("**/")) for pattern in IGNORED
    )


def test_python_is_the_projects_and_debian_that_of_the_outputs():
    version = re.search(r'requires-python = ">=([\d.]+)', (ROOT / "pyproject.toml").read_text())[1]
    assert re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE) == [f"python:{version}-bookworm"]


def test_system_libraries_come_from_the_one_list():
    assert "source=apt.txt,target=/tmp/apt.txt" in TEXT
    assert re.findall(r"apt-get install ([^<&]*)<(\S+)", TEXT) == [("--yes --no-install-recommends ", "/tmp/apt.txt")]


def test_nothing_after_the_copy_runs_as_root():
    assert TEXT.index("\nUSER 1000\n") < TEXT.index("\nCOPY ")
    assert re.findall(r"^USER (\S+)", TEXT, re.MULTILINE) == ["1000"]
    assert "--allow-root" not in TEXT


def test_commands_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"^RUN make (\S+)|^CMD \[\"make\", \"(\S+?)\"", TEXT, re.MULTILINE)
    assert {first or second for first, second in named} == {"setup", "lab"} <= targets


def test_the_image_gets_the_project_and_nothing_made_here():
    made = (ROOT / ".gitignore").read_text().split()
    assert [name for name in made if not is_ignored(name.rstrip("/")) and name != ".coverage"] == []
    needed = ["Makefile", "pyproject.toml", "requirements.txt", "requirements-uv.txt", "tools", "site", "data", "tests"]
    assert [name for name in [*needed, "d2l_utils", "notebooks", "package-lock.json"] if is_ignored(name)] == []
