"""Which exercises passed on this machine: a small file in the user's data folder, read and written here only."""

import importlib
import json
import os
import pkgutil
import tempfile
from pathlib import Path

import platformdirs


def progress():
    """Show which exercises of which chapters passed on this machine.

    Returns
    -------
    None
        One line a chapter is printed.

    Notes
    -----
    A check that passes while a person runs it is noted in `progress.json` in the user's data folder, or in the file
    that the environment variable D2L_PROGRESS_FILE names. Nothing is sent anywhere. Delete the file to start again.

    Introduced in: notebooks/09-dropout.ipynb
    """
    path = _path()
    try:
        passed = _read(path)
    except ValueError as error:
        print(f"progress: {error}; it was left as it is")
        return
    for chapter, numbers in _chapters().items():
        done = sorted(set(passed.get(chapter, [])) & set(numbers))
        which = f" ({', '.join(map(str, done))})" if done else ""
        print(f"{chapter}: {len(done)} of {len(numbers)} exercises passed{which}")


def record(chapter, number):
    """Note that an exercise passed; a file that cannot be read is set aside, never overwritten."""
    path = _path()
    try:
        passed = _read(path)
    except ValueError as error:
        aside = _free_name(path)
        os.replace(path, aside)
        print(f"progress: {error}; it was renamed to {aside.name}, and a new one begins")
        passed = {}
    passed[chapter] = sorted({*passed.get(chapter, []), number})
    try:
        _write(path, passed)
    except OSError as error:
        print(f"progress: {path.name} cannot be written ({error.strerror}), so this pass is not kept")


def _path():
    named = os.environ.get("D2L_PROGRESS_FILE")
    return Path(named) if named else platformdirs.user_data_path("d2l_utils", appauthor=False) / "progress.json"


def _read(path):
    """Give {chapter: numbers of the exercises that passed}."""
    if not path.exists():
        return {}
    try:
        passed = json.loads(path.read_text(encoding="utf-8"))
        if not all(type(number) is int for numbers in passed.values() for number in numbers):
            raise TypeError
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"{path.name} is damaged: it must hold the exercises passed, chapter by chapter") from None
    return passed


def _write(path, passed):
    """Write the file so that at every moment it is either the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as unfinished:
        json.dump(passed, unfinished, indent=1, sort_keys=True)
    os.replace(unfinished.name, path)


def _free_name(path):
    names = (path.with_name(f"{path.stem}.damaged-{n}{path.suffix}") for n in range(1, 1000))
    return next(name for name in names if not name.exists())


def _chapters():
    """Give {chapter: numbers of its exercises} from the chapters' modules, in the course's order."""
    package = importlib.import_module("d2l_utils.checks")
    names = [info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_")]
    chapters = {}
    for module in (importlib.import_module(f"d2l_utils.checks.{name}") for name in names):
        for check in vars(module).values():
            if hasattr(check, "chapter"):
                chapters.setdefault(check.chapter, []).append(check.number)
    return dict(sorted(chapters.items()))
