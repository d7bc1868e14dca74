"""Mirrors on a bad day, from a server on this machine; `test_mirrors.py` has those that give wrong files. Wrong answers
to catch: a wait without end for one that hangs, drips or never stops; a connection that is reset and not tried again; a
redirect not followed, followed for ever, or followed to a file of this machine; a part of a file taken for whole by the
next start, or by a process that waited for one that was killed.
"""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from d2l_utils import datasets
from d2l_utils.datasets import mirrors

import numpy as np
import pytest
import requests
import tiny_data
from faulty_server import FAULTS, Server

pytestmark = pytest.mark.whole

NAMES = set(tiny_data.NAMES.values())


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Give the cache's folder of an otherwise empty, impatient machine."""
    for name in ("D2L_STAND_IN", "D2L_DATA_DIR", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "mxnet"))
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    monkeypatch.setattr(mirrors, "PATIENCE", 0.5)  # 3 s for an answer to a GET
    return tmp_path / "cache" / "fashion-mnist"


@pytest.fixture
def fetch_from(monkeypatch, server):
    def fetch(*kinds):
        tiny_data.install(monkeypatch.setattr, [server.address(kind) for kind in kinds])
        start = time.monotonic()
        found = datasets.fetch("fashion-mnist")
        assert time.monotonic() - start < 15, "no fault of a mirror may hold a reader for ever"
        return found

    return fetch


def names(folder):
    return {path.name for path in folder.iterdir()}


def assert_real(found, source):
    assert found.source == source
    for role, array in tiny_data.ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[role], array)


MENDED = ["hangs_once", "not_found_once", "error_twice", "redirects", "redirects_to_another_name", "has_no_length"]
PROBLEMS = {
    "hangs": "ReadTimeout",
    "hangs_half_way": "ConnectionError",
    "resets_half_way": "ChunkedEncodingError",
    "redirects_for_ever": "TooManyRedirects",
    "redirects_to_a_file": "InvalidSchema",
    "never_ends": "more than ",
    "is_slow": "ReadTimeout",
    "speaks_no_http": "ConnectionError",
    "has_no_length_and_breaks_off": "a gzip file that ends too early (was a download cut short?)",
}


def test_every_fault_is_tried():
    assert {*MENDED, *PROBLEMS} == set(FAULTS)


@pytest.mark.parametrize("kind", MENDED)
def test_a_fault_that_passes_is_waited_for(kind, cache, fetch_from, capfd):
    assert_real(fetch_from(kind), "mirror")
    assert names(cache) == NAMES
    assert not cache.with_suffix(".unreachable").exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", PROBLEMS)
def test_a_fault_that_stays_is_told_and_the_next_mirror_or_the_next_start_is_right(
    kind, cache, fetch_from, server, monkeypatch
):
    monkeypatch.setattr(mirrors, "RETRIES", 0)
    found = fetch_from(kind)
    assert found.source == "stand-in"
    assert found.problem.startswith(f"{server.address(kind)} gave {PROBLEMS[kind]}")
    assert names(cache) == set()
    assert_real(fetch_from(kind, "good"), "mirror")
    assert names(cache) == NAMES


def test_a_slow_mirror_that_is_fast_enough_is_not_given_up(cache, fetch_from, monkeypatch):
    monkeypatch.setattr(mirrors, "SLOWEST", 0)
    monkeypatch.setitem(FAULTS, "is_slow", drips)
    assert_real(fetch_from("is_slow"), "mirror")


def drips(handler, body, name):
    """Send without a length, for longer than the patience with a mirror that is slow, in seven parts."""
    handler.begin(200)
    size = -(-len(body) // 7)
    for start in range(0, len(body), size):
        handler.wfile.write(body[start : start + size])
        time.sleep(0.5 if name == tiny_data.NAMES["train_images"] else 0)


def test_what_pooch_reports_at_the_end_is_no_download(monkeypatch):
    monkeypatch.setattr(mirrors, "PATIENCE", -1)  # at once too slow
    file = tiny_data.entry().files["train_images"]
    watch = mirrors._Watch(Path(file.name), file)
    with pytest.raises(requests.ReadTimeout):
        watch.update(0)
    watch.reset()
    watch.update(0)
    watch.update(2 * file.size + 2**20)
    watch.close()


# Killed in the middle of a download

PROCESS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell starts in the background
sys.path.insert(0, sys.argv[1])
import tiny_data
from d2l_utils import datasets
tiny_data.install(setattr, sys.argv[2:])
print(datasets.fetch("fashion-mnist").source)
"""


def start(server, kind):
    command = [sys.executable, "-c", PROCESS, str(Path(__file__).parent), server.address(kind)]
    return subprocess.Popen(command, stdout=-1, stderr=-1, text=True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_after_a_kill_in_the_middle_of_a_download_the_next_start_is_right(number, cache, server, fetch_from):
    process = start(server, "hangs_half_way")
    assert server.half_sent.wait(60)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == -number
    assert not names(cache) & NAMES
    assert bool(names(cache)) == (number == signal.SIGKILL), "what Ctrl-C stops cleans up behind itself"
    assert_real(fetch_from("good"), "mirror")
    assert names(cache) == NAMES


def test_a_process_that_waits_for_one_that_is_killed_takes_over(cache, server):
    first = start(server, "hangs_once")
    assert server.half_sent.wait(60)
    second = start(server, "hangs_once")
    time.sleep(1)  # time to come to the lock; if it is late, the test is easier but no less right
    first.kill()
    first.communicate(timeout=60)
    assert second.communicate(timeout=60) == ("mirror\n", "")
    assert names(cache) == NAMES
