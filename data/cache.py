"""Our own folder for what is downloaded or drawn. Whatever writes into it holds the lock of the data set."""

import fcntl
import gzip
import os
from contextlib import contextmanager
from pathlib import Path

from d2l_utils.datasets import idx, stand_in
from d2l_utils.datasets.reading import BrokenFileError, missing, read_file

import pooch


def cache_folder(name):
    """Return the folder of the data set `name` in `$D2L_CACHE_DIR` or, without it, in the system's usual place."""
    return Path(os.environ.get("D2L_CACHE_DIR") or pooch.os_cache("d2l_utils")).expanduser() / name


@contextmanager
def locked(folder):
    """Make `folder` and keep other processes from writing into it; the lock ends with the process that holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder.with_suffix(".lock"), "w")  # noqa: SIM115  closed below, whatever happens in between
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise OSError(
            f"fetch: D2L_CACHE_DIR must be a folder that can be written, got {folder.parent} ({error.strerror})"
        ) from error
    with lock:
        yield


def remove_broken(folder, entry):
    """Delete what no process can want any more: broken files, and the remains of processes that were killed."""
    for file in entry.files.values():
        try:
            read_file(folder / file.name, file)
        except FileNotFoundError:
            continue
        except BrokenFileError as error:
            error.path.unlink()
    for remains in folder.glob("tmp*"):  # pooch's names for what it is downloading, and ours
        remains.unlink()


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
