"""Read the files of a data set, and take none for whole that is not, byte for byte, what the registry says."""

import gzip
import hashlib
import os
import zlib

from d2l_utils.datasets import idx


class BrokenFileError(ValueError):
    """A file of a data set that holds something else; the message names the file, the fault and the cure."""

    def __init__(self, path, fault):
        """Keep path and fault by themselves as well, for those who can mend it or say where it came from."""
        self.path, self.fault = path, fault
        super().__init__(
            f"fetch: {path} must be the published file, got {fault}; delete it and get it again, "
            "as data/README.md describes"
        )


def read_folder(folder, entry):
    """Return the arrays of the data set `entry` in `folder` by role, or None if one of its files is missing."""
    if missing(folder, entry):
        return None
    try:
        return {role: read_file(folder / file.name, file) for role, file in entry.files.items()}
    except FileNotFoundError:  # another process has just deleted a broken file
        return None


def missing(folder, entry):
    """Return the names of the files that `folder` lacks."""
    # os.path.exists, since Path's raises an error where a folder may not be looked into.
    return [file.name for file in entry.files.values() if not os.path.exists(folder / file.name)]


def read_file(path, file):
    """Return the array in the gzip file `path` if it holds what the registry's `file` says.

    The checksum is taken of what the gzip holds: Zalando and Apache pack the same images into different bytes. It
    costs an eighth of the time of the unzipping, so every file is checked whenever it is read.

    Raises
    ------
    BrokenFileError
        If the file cannot be read, is no gzip file, is cut short, is damaged, or holds something else.
    FileNotFoundError
        If there is none.
    """
    content = _unzip(path, file.size)
    digest = hashlib.sha256(content).hexdigest()
    if digest != file.sha256:
        raise BrokenFileError(
            path, f"other data, SHA-256 {digest[:16]}... instead of {file.sha256[:16]}... (MNIST's files have its name)"
        )
    return idx.decode(content)


def _unzip(path, size):
    try:
        with gzip.open(path) as stream:
            content = stream.read(size + 1)  # one more than it should be, and never a whole bomb
    except gzip.BadGzipFile as error:
        raise BrokenFileError(path, _describe(path) or f"a damaged gzip file ({error})") from error
    except zlib.error as error:
        raise BrokenFileError(path, f"a damaged gzip file ({error})") from error
    except EOFError as error:
        raise BrokenFileError(path, "a gzip file that ends too early (was a download cut short?)") from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BrokenFileError(path, f"one that cannot be read ({error.strerror})") from error
    if len(content) != size:
        raise BrokenFileError(path, _describe(path) or f"{_count(len(content), size)} bytes instead of {size}")
    return content


def _count(found, size):
    return f"more than {size}" if found > size else found


def _describe(path):
    """Say in words what a file is that is not a gzip file; None if it begins like one."""
    with open(path, "rb") as stream:
        beginning = stream.read(16)
    if not beginning:
        return "an empty file"
    if beginning.startswith(b"\x1f\x8b"):
        return None
    page = " (a web page in its place)" if beginning.lstrip()[:1] == b"<" else ""
    return f"a file that is not a gzip file and begins with {beginning!r}{page}"
