"""Get the files of a data set from its mirrors."""

import json
import os
import sys
import threading
import time
from contextlib import contextmanager, suppress

from d2l_utils.datasets.reading import BrokenFileError, read_file

import pooch
import requests

PATIENCE = 5  # seconds that a mirror has to answer
RETRIES = 2  # after a failed download; pooch waits 1 s before the first and 2 s before the second
PAUSE = 600  # seconds during which a failed try is not repeated: every notebook starts a new process


def download(entry, folder):
    """Get the files that `folder` lacks from the first mirror that has them.

    Every file is written under another name, checked, and then renamed, so that `folder` never shows a part of one.
    After a failure a note beside `folder` spares the next calls the wait, for `PAUSE` seconds.

    Parameters
    ----------
    entry : registry.Entry
    folder : Path
        An existing folder. The caller holds the lock on it.

    Returns
    -------
    str or None
        None if all files are there; otherwise why not, in a few words.
    """
    addresses = _addresses(entry)
    note = folder.with_suffix(".unreachable")
    problem = _noted(note, addresses)
    if problem is None:
        problem = _try_all(addresses, entry, folder)
        if problem is not None:
            note.write_text(json.dumps({"mirrors": addresses, "problem": problem}), encoding="utf-8")
    return problem


def _addresses(entry):
    """Return the mirrors' folders, first the one that a reader has told MXNet to use."""
    own = os.environ.get("MXNET_GLUON_REPO")
    first = [f"{own.rstrip('/')}/{entry.mxnet_mirror}"] if own and entry.mxnet_mirror else []
    return first + list(entry.mirrors)


def _noted(note, addresses):
    """Return the problem of a failed try of the same mirrors that is not yet `PAUSE` seconds old, or None."""
    try:
        age = time.time() - note.stat().st_mtime
        written = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return written["problem"] if 0 <= age < PAUSE and written["mirrors"] == addresses else None


def _try_all(addresses, entry, folder):
    """Return None after a success, otherwise what was wrong with every mirror."""
    answering = _answering(addresses, next(iter(entry.files.values())).name)
    if not answering:
        return f"no mirror answered within {PATIENCE} s"
    problems = []
    for address in answering:
        try:
            _get_missing(address, entry, folder)
        except (ValueError, requests.RequestException) as error:
            problems.append(f"{address} gave {_in_short(error)}")
        else:
            return None
    return "; ".join(problems)


def _answering(addresses, file_name):
    """Return those that answer at all, asked at once: a silent one costs its time limit for every address it has."""
    answered = set()

    def ask(address):
        with suppress(requests.RequestException, ValueError):  # the latter from a host name that cannot be one
            requests.head(address + file_name, timeout=PATIENCE)
            answered.add(address)

    threads = [threading.Thread(target=ask, args=(address,), daemon=True) for address in addresses]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    return [address for address in addresses if address in answered]


def _get_missing(address, entry, folder):
    for file in entry.files.values():
        # No checksum for pooch: it would be one of the gzip file, whose bytes depend on who packed it.
        storage = pooch.create(folder, address, registry={file.name: None}, retry_if_failed=RETRIES)
        with _quiet_pooch():
            storage.fetch(file.name, downloader=_checked_download(file))


def _checked_download(file):
    """Return a downloader for pooch that refuses a file before it gets its name."""
    # Only people at a terminal see a progress bar: in a notebook it would become part of the output.
    get = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=(PATIENCE, 6 * PATIENCE))

    def download_and_check(url, path, storage):
        get(url, path, storage)
        read_file(path, file)

    return download_and_check


@contextmanager
def _quiet_pooch():
    """Keep pooch's messages about what it does out of a notebook's stored output."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)


def _in_short(error):
    if isinstance(error, BrokenFileError):
        return error.fault
    if isinstance(error, requests.HTTPError):
        return f"HTTP status {error.response.status_code}"
    return type(error).__name__
