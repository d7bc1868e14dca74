"""Run the package's tests and one notebook on each other Python that the project allows: `make test-matrix`.

    python -m tools.test_matrix [--notebook notebooks/09-dropout.ipynb] [3.12 ...]

Each gets an environment of its own from the lock, in .tools/matrix/. A test module is the package's if it imports
`d2l_utils` and nothing of `tools` or `bench`: set-up, site and guards run on one Python, that of .venv.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/09-dropout.ipynb"  # trains from scratch and with Gluon, on the real images
_PACKAGE = re.compile(r"^(from|import) d2l_utils\b", re.MULTILINE)
_OTHERS = re.compile(r"^\s*(from|import) (tools|bench)\b", re.MULTILINE)
_IDENTIFY = "import ctypes, sqlite3, ssl, platform; print(platform.python_version())"
_PYTEST = ("-m", "pytest", "--quiet", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile")
_STRICT = ("-p", "tools.nbval_plugin", "--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/sanitize.cfg")


class FailedError(Exception):
    """A step did not succeed; the message is the last line that it printed."""


def other_minors(pyproject):
    """List the versions that `requires-python` allows after the first, on which `make test` runs."""
    first, limit = map(int, re.search(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"', pyproject, re.MULTILINE).groups())
    return [f"3.{minor}" for minor in range(first + 1, limit)]


def package_tests(folder):
    """List the test modules that are the package's."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("test_*.py"))}
    return [path for path, text in texts.items() if _PACKAGE.search(text) and not _OTHERS.search(text)]


def find_python(minor, environ=os.environ):
    """Find a complete Python of that version on the path or where pyenv and uv put theirs: (program, its version)."""
    folders = [Path(folder) for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "")) / ".pyenv")
    fetched = ROOT / ".tools/python"
    candidates = [folder / name for folder in folders for name in (f"python{minor}", "python3")]
    candidates += [*pyenv.glob(f"versions/{minor}.*/bin/python"), *fetched.glob(f"*/bin/python{minor}")]
    for program in candidates:
        version = _version_of(program)
        if version.startswith(f"{minor}."):
            return program, version
    return None


def run_on(python, version, tests, notebook):
    """Make the environment, run the tests and the notebook in it; gives the table's row and whether all went well."""
    program = ROOT / ".tools/matrix" / version / "bin/python"
    row = version
    try:
        make_environment(python, program)
        row += f" NumPy {_run(program, '-c', 'import numpy; print(numpy.__version__)').strip()}"
        passed = count(r"^(?:.*, )?(\d+) passed", _run(program, *_PYTEST, *tests))
        compared = count(r"^cells: (\d+) compared", _run(program, *_PYTEST, *_STRICT, notebook))
    except FailedError as error:
        return f"{row}: FAILED: {error}", False
    return f"{row}: {passed} passed, {compared} cells compared", True


def make_environment(python, program):
    """Make the environment hold what the lock has for this Python; nothing is fetched where it does."""
    uv = ROOT / ".tools/bin/uv"
    uv = uv if uv.exists() else "uv"
    if not program.exists():
        _run(uv, "venv", "--quiet", "--python", python, program.parent.parent)
    _run(
        uv, "pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", "--python", program, "requirements.txt"
    )
    editable = ("--no-deps", "--no-build-isolation", "--editable", ".")
    _run(uv, "pip", "install", "--quiet", "--python", program, *editable)


def count(pattern, output):
    """Read a number of what was run; that nothing was is a failure."""
    found = re.findall(pattern, output, re.MULTILINE)
    if not found or int(found[-1]) == 0:
        raise FailedError("nothing was run")
    return int(found[-1])


def _run(*command):
    command = [str(part) for part in command]
    print("test-matrix:", *command[:4], "..." if command[4:] else "", flush=True)
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        print(result.stdout[-6000:], result.stderr[-2000:], sep="\n", flush=True)
        if result.returncode < 0:
            raise FailedError(f"ended by {signal.Signals(-result.returncode).name}")
        lines = [line.strip(" =") for line in (result.stderr + "\n" + result.stdout).splitlines() if line.strip()]
        raise FailedError(lines[-1] if lines else f"exit code {result.returncode}")
    return result.stdout


def _version_of(program):
    """Ask a Python for its version; one that does not start, or lacks what MXNet or Jupyter needs, has none."""
    try:
        command = [program, "-c", _IDENTIFY]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def main(arguments=None):
    """Run on each Python that is there and print the table; the exit code is 1 if one failed."""
    minors = other_minors((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description="Run the package's tests and one notebook on other Pythons.")
    parser.add_argument("minors", nargs="*", default=minors, help=f"of {', '.join(minors)} (default: all)")
    parser.add_argument("--notebook", default=NOTEBOOK, help=f"compared with its stored outputs (default: {NOTEBOOK})")
    options = parser.parse_args(arguments)
    tests = [path.relative_to(ROOT) for path in package_tests(ROOT / "tests")]
    rows = []
    for minor in options.minors:
        found = find_python(minor)
        absent = (f"{minor} not run: no Python {minor} on this machine", True)
        rows.append(run_on(*found, tests, options.notebook) if found else absent)
    print(*(row for row, _ in rows), sep="\n")
    return 0 if all(succeeded for _, succeeded in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
