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
import tqdm

PATIENCE = 5  # seconds that a mirror has to answer
RETRIES = 2  # after a failed download; pooch waits 1 s before the first and 2 s before the second
SLOWEST = 10_000  # bytes a second on average, measured from when a mirror's patience is used up
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
            unfinished = folder / "tmp-note"  # renamed, so that a link in its place is replaced and not followed
            unfinished.write_text(json.dumps({"mirrors": addresses, "problem": problem}), encoding="utf-8")
            unfinished.replace(note)
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
        return str(written["problem"]) if 0 <= age < PAUSE and written["mirrors"] == addresses else None
    except (OSError, ValueError, KeyError, TypeError):  # none, or not one of ours
        return None


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

    def download_and_check(url, path, storage):
        get = pooch.HTTPDownloader(progressbar=_Watch(path, file), timeout=(PATIENCE, 6 * PATIENCE))
        get(url, path, storage)
        read_file(path, file)

    return download_and_check


class _Watch:
    """A progress bar as pooch wants it, which also ends a download without an end, or almost without."""

    def __init__(self, path, file):
        self.total, self._path, self._start, self._bytes, self._ended = 0, path, time.monotonic(), 0, False
        self._most = file.size + 2**20  # gzip adds a few bytes even to what cannot be packed
        # Only people at a terminal see the bar: in a notebook it would become part of the output.
        self._bar = tqdm.tqdm(disable=not sys.stderr.isatty(), unit="B", unit_scale=True, ncols=79, leave=True)

    def update(self, num_bytes):
        """Take note of what came in."""
        self._bytes += num_bytes
        seconds = time.monotonic() - self._start
        if self._bytes > self._most and not self._ended:
            raise BrokenFileError(self._path, f"more than {self._most} bytes")
        if seconds > 6 * PATIENCE and self._bytes < SLOWEST * seconds and not self._ended:
            raise requests.ReadTimeout(f"fewer than {SLOWEST} bytes a second")
        self._bar.total = self.total
        self._bar.update(num_bytes)

    def reset(self):
        """Begin the bar anew, as pooch does when the end has come and before it reports the whole once more."""
        self._ended = True
        self._bar.reset()

    def close(self):
        """Leave the bar as it is."""
        self._bar.close()


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
