"""Find a data set on this machine, get it from a mirror, or draw its stand-in."""

import os
from dataclasses import dataclass
from pathlib import Path

from d2l_utils import _validation
from d2l_utils.datasets import cache, registry
from d2l_utils.datasets.reading import BrokenFileError, missing, read_folder

import numpy as np


@dataclass(frozen=True)
class DataSet:
    """A data set that was found and read.

    Attributes
    ----------
    name : str
    source : str
        Where it was: "root", "cache", "D2L_DATA_DIR", "mxnet", "mirror" or "stand-in".
    files : dict of str to Path
        The gzip files by role, such as "train_images".
    arrays : dict of str to ndarray, uint8, read-only
        What the files hold: images of shape (n, height, width), labels of shape (n,).
    problem : str or None
        For a stand-in, why the data set itself is not there.
    """

    name: str
    source: str
    files: dict[str, Path]
    arrays: dict[str, np.ndarray]
    problem: str | None = None

    @property
    def is_stand_in(self):
        """Whether these are not the images of the data set but drawn ones."""
        return self.source == "stand-in"


def fetch(name, root=None):
    """Return a data set from wherever it can be had.

    It is looked for in `root`, our cache, `$D2L_DATA_DIR/<name>`, MXNet's own folder and on the mirrors; where none has
    it, its stand-in is drawn. `data/README.md` describes the places and the environment variables. Several processes
    may call this at once: one of them downloads or draws and the others wait for it.

    Parameters
    ----------
    name : str
        A name in the registry, such as "fashion-mnist".
    root : str or Path, optional
        A folder of the reader's own that holds the files.

    Returns
    -------
    DataSet

    Raises
    ------
    TypeError
        If `root` is neither a path nor None.
    ValueError
        If the registry has no such name, if `root` or `$D2L_DATA_DIR/<name>` holds a broken file or only some of the
        files, if `D2L_DATA_DIR` is no folder, if a tilde stands for a home folder that is not there, or if
        `D2L_STAND_IN` is neither 0 nor 1.
    OSError
        If the cache cannot be written.
    """
    entry = registry.entry(name)
    if _stand_in_is_forced():
        return _obtain_stand_in(entry.stand_in, "D2L_STAND_IN=1 asks for it")
    return _find(entry, root) or _obtain(entry)


def locate(name, root=None):
    """Return a data set that this machine has already, its stand-in as a last resort, or None.

    Parameters and errors are those of `fetch`, but nothing is downloaded, drawn or written.
    """
    entry = registry.entry(name)
    found = None if _stand_in_is_forced() else _find(entry, root)
    if found:
        return found
    folder = cache.cache_folder(entry.stand_in.name)
    return _read_unbroken("stand-in", folder, entry.stand_in, "nothing else is on this machine")


def _stand_in_is_forced():
    value = os.environ.get("D2L_STAND_IN", "")
    if value not in ("", "0", "1"):
        raise ValueError(f"fetch: D2L_STAND_IN must be 0 or 1, got {value!r}")
    return value == "1"


def _find(entry, root):
    """Return the data set from the first folder that has it whole, or None."""
    own, data_dir = _reader_folder(root), _data_dir(entry)
    mxnet_home = Path(os.path.expanduser(os.environ.get("MXNET_HOME") or "~/.mxnet"))  # stays as it is without a home
    return (
        (own and _read_whole("root", own, entry))
        or _read_unbroken("cache", cache.cache_folder(entry.name), entry)
        or (data_dir and _read_whole("D2L_DATA_DIR", data_dir, entry))
        or _read_unbroken("mxnet", mxnet_home / "datasets" / entry.mxnet_folder, entry)
    )


def _reader_folder(root):
    if root is None:
        return None
    _validation.instance("fetch", "root", root, (str, os.PathLike), allowed="a path or None")
    return cache.expanded("root", root)


def _data_dir(entry):
    value = os.environ.get("D2L_DATA_DIR")
    if not value:
        return None
    folder = cache.expanded("D2L_DATA_DIR", value)
    if not os.path.isdir(folder):  # Path's raises an error of its own for a name that is too long
        raise ValueError(f"fetch: D2L_DATA_DIR must be a folder that holds one folder per data set, got {value!r}")
    return folder / entry.name


def _read_whole(source, folder, entry):
    """Read from a folder of the reader's own, who wants to hear of every file that is broken or forgotten."""
    lacking = missing(folder, entry)
    if 0 < len(lacking) < len(entry.files):
        raise ValueError(
            f"fetch: {folder} must hold all {len(entry.files)} files of {entry.title}, got none named "
            f"{' or '.join(lacking)}; add what is missing, as data/README.md describes"
        )
    return _read(source, folder, entry)


def _read_unbroken(source, folder, entry, problem=None):
    """Read from a folder that is not the reader's own: there, a broken file is as good as none."""
    try:
        return _read(source, folder, entry, problem)
    except BrokenFileError:
        return None


def _read(source, folder, entry, problem=None):
    arrays = read_folder(folder, entry)
    files = {role: folder / file.name for role, file in entry.files.items()}
    return arrays and DataSet(entry.name, source, files, arrays, problem)


def _obtain(entry):
    """Download the data set into the cache or, where that cannot be, draw its stand-in."""
    from d2l_utils.datasets import mirrors  # only here: it needs requests, which takes a while to import

    folder = cache.cache_folder(entry.name)
    with cache.locked(folder):
        found = _read_unbroken("cache", folder, entry)  # whoever held the lock before may have got it
        if found:
            return found
        cache.remove_broken(folder, entry)
        problem = mirrors.download(entry, folder)
        if problem is None:
            return _read("mirror", folder, entry)
    if _data_dir(entry):
        problem = f"D2L_DATA_DIR holds no folder {entry.name}; {problem}"  # it may well be set one level too deep
    return _obtain_stand_in(entry.stand_in, problem)


def _obtain_stand_in(entry, problem):
    folder = cache.cache_folder(entry.name)
    found = _read_unbroken("stand-in", folder, entry, problem)
    if found:
        return found
    with cache.locked(folder):
        cache.remove_broken(folder, entry)
        cache.draw_stand_in(folder, entry)
        return _read("stand-in", folder, entry, problem)
