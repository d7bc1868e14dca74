"""The locks, pyproject.toml, environment.yml and apt.txt say the same.

Wrong answers to catch: a requirement added, changed or removed without compiling the lock; a line without a hash, which
pip would then refuse or take unchecked; an address of an index; the optional lock holding another version than the main
one; environment.yml with a Python or a pin of its own; a Python that the project allows and the lock holds nothing for,
or another version for it where the same one would do.
"""

import re
import tomllib
from pathlib import Path

from d2l_utils import _machine

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
REQUIREMENTS = {
    "requirements.txt": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["build-system"]["requires"],
        *(requirement for group in ("build", "test", "site") for requirement in GROUPS[group]),
    ],
    "requirements-books.txt": GROUPS["books"],
    "requirements-bench.txt": GROUPS["bench"],
    "requirements-uv.txt": GROUPS["uv"],
}
PYTHONS = ("3.11", "3.12", "3.13")
SMALL_LOCK = """\
furo==2.1 ; sys_platform == 'linux' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via d2l-utils (pyproject.toml:site)
sphinx==9.0 \\
    --hash=sha256:cc
    # via furo
"""


def applies(marker, python):
    """Say whether a requirement with this marker is meant for that Python on Linux; one without is always."""
    environment = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
    return not marker or Marker(str(marker)).evaluate(environment)


def locked(text, python="3.11"):
    """Read what a lock holds for a Python as {name: version}."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; ([^\\\n]+))?", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version, marker in found if applies(marker.strip(), python)}


def format_problems(text):
    """List the lines of a lock that are no package at one version with its hashes."""
    lines = text.replace("\\\n", " ").splitlines()
    packages = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    form = re.compile(r"[\w.-]+==[^\s;]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]+)+ *")
    return [line[:60] for line in packages if not form.fullmatch(line)]


def requirement_problems(requirements, text, python="3.11"):
    """List what the lock lacks, holds at a version that does not do, or holds for a requirement that is no more."""
    versions, parsed = locked(text, python), [Requirement(requirement) for requirement in requirements]
    parsed = [requirement for requirement in parsed if applies(requirement.marker, python)]
    problems = [
        f"{requirement} but the lock has {versions.get(canonicalize_name(requirement.name))}"
        for requirement in parsed
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
        or canonicalize_name(requirement.name) not in versions
    ]
    asked_for = re.findall(r"^([\w.-]+)==(?:.*\n)(?: +--hash.*\n)*(?: +#.*\n)*? +#.* d2l-utils \(", text, re.MULTILINE)
    names = {canonicalize_name(requirement.name) for requirement in parsed}
    return problems + [f"{name} is not in pyproject.toml" for name in asked_for if canonicalize_name(name) not in names]


def conda_problems(text, requires_python):
    """List what environment.yml says beside the one Python, pip and the lock."""
    environment = yaml.safe_load(text)
    *plain, pip = environment["dependencies"]
    minor = re.match(r">=(3\.\d+)", requires_python)[1]
    problems = [] if plain == [f"python={minor}", "pip"] else [f"dependencies {plain}"]
    problems += [] if pip == {"pip": ["-r requirements.txt"]} else [f"pip {pip}"]
    return problems + [f"key {key}" for key in environment if key not in ("name", "channels", "dependencies")]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_lock_is_complete_and_satisfies_pyproject(name, python):
    text = (ROOT / name).read_text()
    assert locked(text, python)
    assert format_problems(text) == []
    assert requirement_problems(REQUIREMENTS[name], text, python) == []


ON_NUMPY = {"numpy", "scipy", "scikit-learn", "narwhals"}  # SciPy is built for a range of NumPys; what needs it follows


def test_the_pythons_differ_in_numpy_and_what_is_built_on_it_alone():
    text = (ROOT / "requirements.txt").read_text()
    of_outputs, *others = (locked(text, python) for python in PYTHONS)
    assert of_outputs["numpy"] == "1.23.5"  # with it the committed outputs were made
    for other in others:
        assert {name for name in other if of_outputs.get(name) != other[name]} == ON_NUMPY


def test_every_group_is_locked():
    assert set(GROUPS) == {"build", "test", "site", "books", "bench", "uv"}


def test_the_books_lock_only_adds():
    texts = [(ROOT / name).read_text() for name in ("requirements.txt", "requirements-books.txt")]
    for python in PYTHONS:
        main, books = (locked(text, python) for text in texts)
        shared = main.keys() & books.keys()
        assert {"mxnet", "numpy"} <= shared
        assert {name: books[name] for name in shared} == {name: main[name] for name in shared}


def test_any_python_can_fetch_uv():
    assert ";" not in (ROOT / "requirements-uv.txt").read_text()  # a marker would exclude the Python that runs pip


def test_environment_yml_agrees():
    assert conda_problems((ROOT / "environment.yml").read_text(), PROJECT["project"]["requires-python"]) == []


def test_the_locked_pythons_are_the_allowed_ones():
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    assert tuple(f"3.{minor}" for minor in range(8, 20) if f"3.{minor}.5" in allowed) == PYTHONS


def test_apt_txt_holds_what_the_check_asks_for():
    packages = (ROOT / "apt.txt").read_text().split()
    machine = _machine.Machine("Linux", "x86_64", None, ("glibc", "2.36"), ("libgomp.so.1",))
    with pytest.raises(_machine.CheckError, match=f"apt-get install {' '.join(packages)} "):
        _machine.check_libraries(machine)


# The checks above, on what is wrong.


def test_a_good_small_lock_passes():
    assert locked(SMALL_LOCK) == {"furo": "2.1", "sphinx": "9.0"}
    assert format_problems(SMALL_LOCK) == []
    assert requirement_problems(["Furo>=2"], SMALL_LOCK) == []


def test_each_python_has_its_lines():
    fork = SMALL_LOCK + "".join(
        f"numpy=={version} ; python_full_version {limit} and sys_platform == 'linux' \\\n    --hash=sha256:dd\n"
        for version, limit in (("1.23.5", "< '3.12'"), ("2.5", ">= '3.12'"))
    )
    assert format_problems(fork) == []
    assert [locked(fork, python)["numpy"] for python in PYTHONS] == ["1.23.5", "2.5", "2.5"]
    asked = ["furo", "numpy==1.23.5 ; python_version < '3.12'", "numpy==2.4 ; python_version >= '3.12'"]
    assert requirement_problems(asked, fork, "3.11") == []
    (problem,) = requirement_problems(asked, fork, "3.13")
    assert problem.endswith("but the lock has 2.5")


@pytest.mark.parametrize(
    "line",
    [
        "pooch==1.8\n",
        "pooch>=1.8 --hash=sha256:aa\n",
        "--index-url somewhere\n",
        "-e .\n",
        "pooch @ somewhere --hash=sha256:aa\n",
    ],
)
def test_a_line_that_pip_would_not_check_is_found(line):
    assert format_problems(SMALL_LOCK + line) == [line.strip()]


@pytest.mark.parametrize(
    ("requirements", "problem"),
    [
        (["furo", "pooch"], "pooch but the lock has None"),
        (["furo<2"], "furo<2 but the lock has 2.1"),
        (["furo==2.1.1"], "furo==2.1.1 but the lock has 2.1"),
        (["sphinx"], "furo is not in pyproject.toml"),
    ],
)
def test_a_lock_that_was_not_compiled_again_is_found(requirements, problem):
    assert requirement_problems(requirements, SMALL_LOCK) == [problem]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("python=3.11", "python=3.12", "dependencies ['python=3.12', 'pip']"),
        ("  - pip\n", "  - pip\n  - numpy=1.23.5\n", "dependencies ['python=3.11', 'pip', 'numpy=1.23.5']"),
        ("- -r requirements.txt", "- mxnet==1.9.1", "pip {'pip': ['mxnet==1.9.1']}"),
        ("name:", "prefix: /opt/env\nname:", "key prefix"),
    ],
)
def test_another_environment_yml_is_found(old, new, problem):
    text = (ROOT / "environment.yml").read_text()
    assert conda_problems(text.replace(old, new, 1), ">=3.11,<3.14") == [problem]
