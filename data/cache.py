"""Our own folder for what is downloaded or drawn. Whatever writes into it holds the lock of the data set."""

import fcntl
import gzip
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from d2l_utils.datasets import idx, stand_in
from d2l_utils.datasets.reading import BrokenFileError, missing, read_file

import pooch


def cache_folder(name):
    """Return the folder of the data set `name` in `$D2L_CACHE_DIR` or, without it, in the system's usual place."""
    return expanded("D2L_CACHE_DIR", os.environ.get("D2L_CACHE_DIR") or pooch.os_cache("d2l_utils")) / name


def expanded(parameter, path):
    """Return `path` with the home folder in place of a tilde."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # as in a container whose user has neither a name nor HOME
        raise ValueError(
            f"fetch: {parameter} must be a folder without a tilde where there is no home folder, got {str(path)!r}"
        ) from error


@contextmanager
def locked(folder):
    """Make `folder` and keep other processes from writing into it; the lock ends with the process that holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Never through a link: it may point at a file that is none of our business.
        lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        with open(lock, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:  # also from what was written under the lock, on a full disk say
        raise OSError(
            f"fetch: D2L_CACHE_DIR must be a folder that can be written, got {folder.parent} "
            f"({error.strerror or error})"
        ) from error


def remove_broken(folder, entry):
    """Delete what no process can want any more: broken files, and the remains of processes that were killed."""
    for file in entry.files.values():
        try:
            read_file(folder / file.name, file)
        except FileNotFoundError:
            continue
        except BrokenFileError as error:
            _remove(error.path)
    for remains in folder.glob("tmp*"):  # pooch's names for what it is downloading, and ours
        _remove(remains)


def _remove(path):
    """Delete a file, a link (never what it points at) or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def draw_stand_in(folder, entry):
    """Draw the files of the stand-in `entry` that `folder` lacks."""
    if not missing(folder, entry):
        return
    arrays = stand_in.draw({"train": 6000, "test": 1000})
    for role, file in entry.files.items():
        unfinished = folder / f"tmp-{file.name}"
        with gzip.open(unfinished, "wb", compresslevel=1) as stream:  # 6 would take three times as long
            stream.write(idx.encode(arrays[role]))
        unfinished.replace(folder / file.name)
