"""Downloads, from a server on this machine. Wrong answers to catch: a broken download that gets its name, or stays; no
second try; a mirror after a bad one not asked; one packing refused; long waits for silent mirrors, or in every process;
several processes that disturb each other; anything on stdout or stderr, which would enter a notebook.
"""

import json
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from d2l_utils import datasets
from d2l_utils.datasets import mirrors

import numpy as np
import pooch
import pytest
import tiny_data

pytestmark = pytest.mark.whole

NAMES = set(tiny_data.NAMES.values())


@pytest.fixture(scope="module")
def server():
    with tiny_data.mirror() as server:
        yield server


@pytest.fixture
def cache(tmp_path, monkeypatch, server):
    """Give the cache's folder of an otherwise empty machine whose only network is `server`; nobody waits."""
    for name in ("D2L_STAND_IN", "D2L_DATA_DIR", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "mxnet"))
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)
    server.gets.clear()
    return tmp_path / "cache" / "fashion-mnist"


@pytest.fixture
def fetch_from(monkeypatch, server):
    def fetch(*kinds):
        tiny_data.install(monkeypatch.setattr, [server.address(kind) for kind in kinds])
        return datasets.fetch("fashion-mnist")

    return fetch


def names(folder):
    return {path.name for path in folder.iterdir()}


def assert_real(found, source):
    assert found.source == source
    for role, array in tiny_data.ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[role], array)


@pytest.mark.parametrize("kinds", [["good"], ["apache"], ["flaky"], ["unsteady"]], ids="".join)
def test_a_mirror_is_read_and_then_the_cache(kinds, cache, fetch_from, server, capfd):
    assert_real(fetch_from(*kinds), "mirror")
    assert names(cache) == NAMES
    asked = len(server.gets)
    assert_real(fetch_from(*kinds), "cache")
    assert len(server.gets) == asked == (4 if kinds[0] in ("good", "apache") else 8)
    assert not cache.with_suffix(".unreachable").exists()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("bad", ["html", "cut", "short", "wrong", "missing", "half"])
def test_after_a_bad_mirror_the_next_one_is_asked(bad, cache, fetch_from, capfd):
    assert_real(fetch_from(bad, "good"), "mirror")
    assert names(cache) == NAMES
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("html", "a file that is not a gzip file and begins with b'<!DOCTYPE html><' (a web page in its place)"),
        ("cut", "ChunkedEncodingError"),
        ("short", "a gzip file that ends too early (was a download cut short?)"),
        ("missing", "HTTP status 404"),
    ],
)
def test_a_bad_mirror_alone_leaves_nothing_behind_but_the_reason(bad, problem, cache, fetch_from, server, capfd):
    found = fetch_from(bad)
    assert (found.source, found.problem) == ("stand-in", f"{server.address(bad)} gave {problem}")
    assert names(cache) == set()
    assert len(server.gets) == 1 + mirrors.RETRIES
    assert capfd.readouterr() == ("", "")


def test_other_data_under_the_right_name_is_refused(cache, fetch_from):
    assert "gave 28 bytes instead of " in fetch_from("wrong").problem
    assert names(cache) == set()


def test_what_a_failed_try_has_got_is_kept(cache, fetch_from, server):
    fetch_from("half")
    assert names(cache) == set()  # its first file, of images, was the bad one
    cache.with_suffix(".unreachable").unlink()
    tiny_data.write(cache)
    (cache / tiny_data.NAMES["test_labels"]).write_bytes(tiny_data.PAGE)
    server.gets.clear()
    assert_real(fetch_from("good"), "mirror")
    assert server.gets == ["/good/t10k-labels-idx1-ubyte.gz"]


def test_the_mirror_that_mxnet_was_told_to_use_comes_first(cache, fetch_from, server, monkeypatch):
    monkeypatch.setenv("MXNET_GLUON_REPO", server.address("x").removesuffix("/x/"))
    assert_real(fetch_from("good"), "mirror")
    assert {path.rpartition("/")[0] for path in server.gets} == {"/gluon/dataset/fashion-mnist"}


def test_a_failed_try_is_not_repeated_at_once(cache, fetch_from, server):
    first = fetch_from("missing")
    server.gets.clear()
    assert fetch_from("missing").problem == first.problem
    assert server.gets == []


@pytest.mark.parametrize("age", [-60, mirrors.PAUSE + 1])
def test_a_failed_try_is_repeated_after_the_pause_or_a_change_of_the_clock(age, cache, fetch_from, server):
    fetch_from("missing")
    when = time.time() - age
    os.utime(cache.with_suffix(".unreachable"), (when, when))
    server.gets.clear()
    fetch_from("missing")
    assert server.gets


@pytest.mark.parametrize("note", ["", "{", '{"mirrors": ["http://elsewhere/"], "problem": "none"}'])
def test_an_unreadable_note_or_one_on_other_mirrors_is_not_believed(note, cache, fetch_from):
    cache.parent.mkdir()
    cache.with_suffix(".unreachable").write_text(note)
    assert_real(fetch_from("good"), "mirror")


def test_a_note_does_not_keep_back_what_is_there(cache, fetch_from, server):
    fetch_from("missing")
    assert json.loads(cache.with_suffix(".unreachable").read_text())["mirrors"] == [server.address("missing")]
    tiny_data.write(cache)
    assert_real(fetch_from("missing"), "cache")


def test_silent_mirrors_cost_one_time_limit_together(cache, monkeypatch):
    monkeypatch.setattr(mirrors, "PATIENCE", 0.3)
    silent = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    try:
        addresses = [f"http://127.0.0.1:{listener.getsockname()[1]}/" for listener in silent]
        tiny_data.install(monkeypatch.setattr, addresses)
        start = time.monotonic()
        found = datasets.fetch("fashion-mnist")
        assert time.monotonic() - start < 1.0
    finally:
        for listener in silent:
            listener.close()
    assert (found.source, found.problem) == ("stand-in", "no mirror answered within 0.3 s")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/", "http://no-such-host.invalid/", "no address", "http://a..b/"]
)
def test_an_unreachable_mirror_is_passed_over(address, cache, monkeypatch, server, capfd):
    tiny_data.install(monkeypatch.setattr, [address, server.address("good")])
    assert_real(datasets.fetch("fashion-mnist"), "mirror")
    assert capfd.readouterr() == ("", "")


def test_a_person_at_a_terminal_sees_the_progress(cache, fetch_from, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    fetch_from("good")
    out, err = capsys.readouterr()
    assert out == ""
    assert "100%" in err


def test_the_messages_of_pooch_are_silenced_only_for_the_download(cache, fetch_from, capfd):
    logger = pooch.get_logger()
    logger.setLevel("DEBUG")
    try:
        fetch_from("missing", "good")
        assert logger.level == logging.DEBUG
    finally:
        logger.setLevel("NOTSET")
    assert capfd.readouterr() == ("", "")


PROCESS = """
import sys
sys.path.insert(0, sys.argv[1])
import tiny_data
from d2l_utils import datasets
tiny_data.install(setattr, sys.argv[2:])
print(datasets.fetch("fashion-mnist").source)
"""


@pytest.mark.parametrize(("kind", "count"), [("good", 8), ("missing", 4)])
def test_of_several_processes_one_downloads_or_draws_and_none_disturbs_another(kind, count, cache, server):
    tiny_data.write(cache)
    (cache / tiny_data.NAMES["train_images"]).write_bytes(tiny_data.PAGE)
    command = [sys.executable, "-c", PROCESS, str(Path(__file__).parent), server.address(kind)]
    processes = [subprocess.Popen(command, stdout=-1, stderr=-1, text=True) for _ in range(count)]
    outputs = [process.communicate(timeout=100) for process in processes]
    assert [err for _, err in outputs] == [""] * count
    sources = sorted(out.strip() for out, _ in outputs)
    if kind == "good":
        assert sources == ["cache"] * (count - 1) + ["mirror"]
        assert server.gets == ["/good/train-images-idx3-ubyte.gz"]
        assert names(cache) == NAMES
    else:
        assert sources == ["stand-in"] * count
        assert len(server.gets) == 1 + mirrors.RETRIES
        assert names(cache.with_name("fashion-mnist-stand-in")) == NAMES
