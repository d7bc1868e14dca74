"""What holds for the files of the project as a whole: nothing of one machine in them, and CI that tells the truth.

Wrong answers to catch: an index or mirror in a committed file, in whatever option or lock; a person's home folder; an
action that its owner can change under us; a run of .ci/run that ends well although a test failed.
"""

import hashlib
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LIST = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
LISTED = subprocess.run(LIST, cwd=ROOT, capture_output=True, text=True, check=False)
FILES = [ROOT / name for name in LISTED.stdout.splitlines() if (ROOT / name).is_file()]
needs_git = pytest.mark.skipif(not FILES, reason="git lists no files here: this is no clone")


# Written so that this file does not match itself. Home pages of packages are no addresses of an index.
INDEX = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"files\.pythonhosted\.org",
        r"test\.pypi\.org|pypi\.(org|python\.org)/(simple|pypi|legacy)",
        r"://[^\s\"'<>)]*/simple\b",
        r"registry\.(npmjs|yarnpkg|npmmirror)\.",
        r"(conda\.anaconda|repo\.anaconda|conda\.binstar)\.",
        r"(deb|security|ftp\.\w+)\.debian\.org|(archive|security)\.ubuntu\.com",
        r"\bmirrors?\.[\w-]+\.(com|cn|edu|org|net)\b|(pypi|mirrors)\.tuna\.",
        r"--?(index-url|extra-index-url|find-links|trusted-host)[ =]+\S*[/.:]",
        r"\b(index-url|find-links|registry)\s*=\s*\S*://",
    )
]
OWN_FOLDER = re.compile(r"(?<![\w.~}\"')-])/(home|Users|root|work)/[\w.]+")
SHARED = re.compile(r"\.\./shared\b")


def addresses(text):
    """List what looks like the address of a package index."""
    return [match[0] for pattern in INDEX for match in pattern.finditer(text)]


def resolved(lock):
    """List the packages of an npm lock that say where they were fetched."""
    packages = json.loads(lock).get("packages", {}) | json.loads(lock).get("dependencies", {})
    return [name for name, package in packages.items() if "resolved" in package]


def unpinned_actions(workflow):
    """List the actions that are not named by the hash of a commit with the version beside it."""
    used = re.findall(r"uses: *(.+)", workflow)
    return [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v\d+(\.\d+)*", action)]


def text_of(path):
    """Return a file's text; what is no text in an image and the like does no harm here."""
    return path.read_text(encoding="utf-8", errors="replace")


@needs_git
@pytest.mark.parametrize(
    ("check", "known"),
    [
        (addresses, set()),
        (OWN_FOLDER.findall, {"tests/test_notebook_guards.py"}),  # where invented ones are defects to be found
    ],
    ids=["addresses", "own folders"],
)
def test_no_file_names_an_index_or_a_folder_of_one_machine(check, known):
    assert {path.relative_to(ROOT).as_posix() for path in FILES if check(text_of(path))} == known


@needs_git
def test_the_shared_folder_is_known_to_ci_alone():
    assert [path.relative_to(ROOT).as_posix() for path in FILES if SHARED.search(text_of(path))] == [".ci/run"]


@needs_git
def test_no_lock_holds_addresses():
    locks = [path for path in FILES if path.name == "package-lock.json"]
    assert locks
    assert [resolved(text_of(path)) for path in locks] == [[] for _ in locks]
    assert not [path for path in FILES if path.name in ("uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock")]


def test_the_workflow_calls_make_and_only_pinned_actions():
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    assert unpinned_actions(text) == []
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [run for run in runs if run.startswith("make ")] == ["make test", "make test-matrix", "make site"]


def test_the_workflow_audits_every_lock_and_ignores_no_advisory_in_silence():
    """Without --strict, pip-audit ends well where it could look nothing up."""
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    job = yaml.safe_load(text)["jobs"]["audit"]
    (run,) = [step["run"] for step in job["steps"] if "run" in step]
    assert run.endswith("$(printf -- '--requirement %s ' requirements*.txt)")
    assert re.search(r"\bpip-audit==\d+\.\d+\.\d+ --strict ", run)
    assert "continue-on-error" not in text
    comment = " ".join(line.strip(" #") for line in text.splitlines() if line.strip().startswith("#"))
    assert all(f"{name}: " in comment for name in re.findall(r"--ignore-vuln (\S+)", run))


def test_licence_and_version():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"  # as Apache publishes it
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load(text_of(ROOT / "CITATION.cff"))
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


# The checks above, on what is wrong. Addresses are put together here so that this file holds none.


@pytest.mark.parametrize(
    "pieces",
    [
        ("--index-url=", "https://", "pypi", ".org/simple"),
        ("https://files", ".pythonhosted", ".org/packages/ab/c.whl"),
        ("https://pip.example.com", "/simple", "/numpy"),
        ("https://registry", ".npmjs", ".org/katex/-/katex-0.16.22.tgz"),
        ("registry", "=", "https://npm.example.com"),
        ("deb http://deb", ".debian", ".org/debian bookworm main"),
        ("https://conda", ".anaconda", ".org/conda-forge"),
        ("https://mirrors", ".aliyun", ".com/pypi"),
        ("pip install --find-links", " /opt/", "wheels"),
        ("index-url", " = ", "http://10.0.0.1:3141/root"),
    ],
)
def test_an_index_is_found(pieces):
    assert addresses("a line\n" + "".join(pieces) + "\n") != []


@pytest.mark.parametrize(
    "line",
    [
        "https://pypi.org/project/d2l/",
        "a simple index",
        "find-links are not used",
        "[Sphinx](https://www.sphinx-doc.org)",
    ],
)
def test_no_index_no_finding(line):
    assert addresses(line) == []


def test_folders_of_one_machine_are_found():
    for folder in ("home/ana", "Users/ana", "root/.cache", "work/course"):
        assert OWN_FOLDER.search(f"open /{folder}/file")
    for harmless in ("https://example.org/home/ana", "data/root/x", "~/work/x", "a/home/b"):
        assert not OWN_FOLDER.search(harmless)


def test_resolved_is_found_wherever_npm_writes_it():
    lock = {
        "packages": {"": {}, "a": {"version": "1"}, "b": {"resolved": "x"}},
        "dependencies": {"c": {"resolved": "x"}},
    }
    assert resolved(json.dumps(lock)) == ["b", "c"]


def test_unpinned_actions_are_found():
    pinned = f"uses: actions/checkout@{'0a' * 20}  # v4.2.2\n"
    assert unpinned_actions(pinned) == []
    assert unpinned_actions(pinned + "uses: actions/cache@v4\n") == ["actions/cache@v4"]


# .ci/run, with a `make` that only records how it was called, and as a person who may not install packages.


@pytest.fixture
def ci(tmp_path):
    folder, programs = tmp_path / "course", tmp_path / "bin"
    (folder / ".ci").mkdir(parents=True)
    programs.mkdir()
    (folder / ".ci/run").write_text((ROOT / ".ci/run").read_text())
    (folder / "apt.txt").write_text("libgomp1\n")
    fake_make = '#!/bin/sh\necho "make $@ with ${D2L_DATA_DIR-nothing}"\n[ "$1" != "$FAILING" ]\n'
    for name, text in {"make": fake_make, "id": "#!/bin/sh\necho 1000\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)

    def run(failing=""):
        environ = {"PATH": f"{programs}:/usr/bin:/bin", "FAILING": failing}
        command = ["bash", str(folder / ".ci/run")]
        return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)

    return run, tmp_path


def test_ci_takes_the_shared_data_if_there_are_any(ci):
    run, folder = ci
    assert [line for line in run().stdout.splitlines() if line.startswith("make")] == [
        "make setup with nothing",
        "make test with nothing",
    ]
    (folder / "shared/datasets").mkdir(parents=True)
    assert f"make test with {folder}/shared/datasets" in run().stdout.splitlines()


@pytest.mark.parametrize("failing", ["setup", "test"])
def test_ci_fails_when_a_part_fails(ci, failing):
    run, _ = ci
    assert run().returncode == 0
    assert run(failing).returncode != 0
