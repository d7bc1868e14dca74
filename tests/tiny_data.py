"""A data set of a few bytes in the form of Fashion-MNIST, and a server on this machine that is its mirror."""

import gzip
import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from d2l_utils import datasets
from d2l_utils.datasets import idx, registry, stand_in

import numpy as np
import pytest

NAMES = {role: file.name for role, file in registry.entry("fashion-mnist").files.items()}
PAGE = b"<!DOCTYPE html><title>Please log in</title>"
_random = np.random.RandomState(0)


def _arrays(train, test):
    return {
        "train_images": _random.randint(0, 256, (train, 28, 28), dtype=np.uint8),
        "train_labels": _random.randint(0, 10, train, dtype=np.uint8),
        "test_images": _random.randint(0, 256, (test, 28, 28), dtype=np.uint8),
        "test_labels": _random.randint(0, 10, test, dtype=np.uint8),
    }


ARRAYS = _arrays(50, 20)
DRAWN = _arrays(50, 20)  # in place of the 60,000 drawn images


def packed(role, level=9, arrays=ARRAYS):
    """Return a gzip file as bytes; another level gives other bytes of the same content, as Zalando's and Apache's."""
    return gzip.compress(idx.encode(arrays[role]), level, mtime=level)


def entry(mirrors=()):
    """Return a registry entry for `ARRAYS`, with `DRAWN` for its stand-in."""
    standing_in = registry.StandIn("fashion-mnist-stand-in", "the stand-in for Fashion-MNIST", _files(DRAWN))
    mirror = "gluon/dataset/fashion-mnist/"
    return registry.Entry(
        "fashion-mnist",
        "Fashion-MNIST",
        "MIT",
        "",
        _files(ARRAYS),
        tuple(mirrors),
        "fashion-mnist",
        mirror,
        standing_in,
    )


def _files(arrays):
    contents = {role: idx.encode(array) for role, array in arrays.items()}
    return {
        role: registry.DataFile(NAMES[role], len(content), hashlib.sha256(content).hexdigest())
        for role, content in contents.items()
    }


def install(set_attribute, mirrors=()):
    """Put the tiny data set into the registry, and its stand-in into the generator."""
    set_attribute(registry, "entry", lambda name: entry(mirrors))
    set_attribute(stand_in, "draw", lambda per_class: DRAWN)


def real_data_set():
    """Return the real Fashion-MNIST, or skip the test where this machine has none."""
    found = datasets.locate("fashion-mnist")
    if found is None or found.is_stand_in:
        pytest.skip("the real Fashion-MNIST is not on this machine (set D2L_DATA_DIR)")
    return found


def write(folder, level=9):
    """Write the four files of the tiny data set."""
    folder.mkdir(parents=True, exist_ok=True)
    for role, name in NAMES.items():
        (folder / name).write_bytes(packed(role, level))
    return folder


class Mirror(ThreadingHTTPServer):
    """Serves a folder per kind of mirror, and counts what it was asked for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gets = []

    def address(self, kind):
        return f"http://127.0.0.1:{self.server_port}/{kind}/"


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200 if "good" in self.path else 403)
        self.end_headers()

    def do_GET(self):
        kind, _, name = self.path[1:].rpartition("/")
        first_time = self.path not in self.server.gets
        self.server.gets.append(self.path)
        role = next(role for role, known in NAMES.items() if known == name)
        status, body, announced = _answer(kind, role, first_time)
        self.send_response(status)
        self.send_header("Content-Length", announced)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Keep the tests' output clean."""


def _answer(kind, role, first_time):
    """Return status, body and the length that the header announces."""
    good = packed(role)
    other = packed("test_labels" if role != "test_labels" else "train_labels")
    body, announced = {
        "html": (PAGE, len(PAGE)),
        "cut": (good[:-20], len(good)),
        "short": (good[:-20], len(good) - 20),
        "wrong": (other, len(other)),
        "half": (good if "labels" in role else PAGE, len(good if "labels" in role else PAGE)),
        "apache": (packed(role, level=1), len(packed(role, level=1))),
        "gluon/dataset/fashion-mnist": (packed(role, level=1), len(packed(role, level=1))),
    }.get(kind, (good, len(good)))
    failing = kind == "missing" or (kind == "flaky" and first_time)
    status = {"missing": 404, "flaky": 500}[kind] if failing else 200
    if kind == "unsteady" and first_time:
        body = good[: len(good) // 2]
    return status, body, announced


@contextmanager
def mirror():
    """Run a `Mirror` in a thread."""
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
