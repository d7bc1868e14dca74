"""The folders that data sets are read from and written to, on a bad day: a full disk, no rights, no home, a process
killed while it draws, remains of an older version, names that no ASCII holds, links. Wrong answers to catch: an error
without our sentence; a part of a file taken for whole; a next start that fails; a file outside the cache that is
emptied, changed or deleted; a folder that cannot be read and stops the search.
"""

import errno
import json
import os
import pwd
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

from d2l_utils import datasets
from d2l_utils.datasets import cache as cache_module
from d2l_utils.datasets import idx, reading, registry

import numpy as np
import pytest
import tiny_data
from faulty_machine import fetched, full_disk, ordinary_user

pytestmark = pytest.mark.whole

NAMES = set(tiny_data.NAMES.values())
IMAGES = tiny_data.NAMES["train_images"]


@pytest.fixture
def use(monkeypatch):
    """Give a function that moves the places of a machine without data and without network into a folder."""
    tiny_data.install(monkeypatch.setattr)
    for name in ("D2L_STAND_IN", "D2L_DATA_DIR", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)

    def use(folder):
        monkeypatch.setenv("D2L_CACHE_DIR", str(folder / "cache"))
        monkeypatch.setenv("MXNET_HOME", str(folder / "mxnet"))
        return folder / "cache" / "fashion-mnist"

    return use


@pytest.fixture
def cache(use, tmp_path):
    """Give the cache's folder of Fashion-MNIST on an otherwise empty machine."""
    return use(tmp_path)


@pytest.fixture
def stand_in(cache):
    return cache.with_name("fashion-mnist-stand-in")


def names(folder):
    return {path.name for path in folder.iterdir()}


def assert_right(found, source):
    """Check every byte: what was left behind by the fault must not be part of it."""
    assert not isinstance(found, str), found
    assert found.source == source
    wanted = tiny_data.DRAWN if source == "stand-in" else tiny_data.ARRAYS
    for role, array in wanted.items():
        np.testing.assert_array_equal(found.arrays[role], array)


def cannot_write(folder, reason):
    number = os.strerror(reason)
    return f"OSError: fetch: D2L_CACHE_DIR must be a folder that can be written, got {folder} ({number})"


def put(folder, arrays):
    folder.mkdir(parents=True)
    for role, name in tiny_data.NAMES.items():
        (folder / name).write_bytes(tiny_data.packed(role, arrays=arrays))


# A full disk: the first limit stops the note on the mirrors, the others a file.


@pytest.mark.parametrize("num_bytes", [10, 1000, 10_000])
def test_a_disk_that_fills_while_it_draws_is_told_and_the_next_start_is_right(num_bytes, cache, stand_in):
    assert fetched(full_disk(num_bytes)) == cannot_write(cache.parent, errno.EFBIG)
    assert not (stand_in / IMAGES).exists()
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    assert names(stand_in) == NAMES


@pytest.mark.parametrize("num_bytes", [10, 1000, 10_000])
def test_a_disk_that_fills_while_it_downloads_is_told_and_the_next_start_is_right(num_bytes, cache, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    with tiny_data.mirror() as server:
        tiny_data.install(monkeypatch.setattr, [server.address("good")])
        assert fetched(full_disk(num_bytes)) == cannot_write(cache.parent, errno.EFBIG)
        assert names(cache) == set()
        assert_right(datasets.fetch("fashion-mnist"), "mirror")
    assert names(cache) == NAMES


# No rights


@pytest.fixture
def permissions():
    """Give a function that sets permissions until the test is over."""
    changed = []

    def set_permissions(path, mode):
        changed.append((path, path.stat().st_mode))
        path.chmod(mode)

    yield set_permissions
    for path, mode in reversed(changed):
        path.chmod(mode)


def test_the_ordinary_user_of_these_tests_has_no_rights(cache, permissions, tmp_path):
    permissions(tmp_path, 0o555)
    assert fetched(ordinary_user) == cannot_write(cache.parent, errno.EACCES)


def test_a_cache_that_may_only_be_read_is_read(cache, permissions):
    tiny_data.write(cache)
    for path in (*cache.iterdir(), cache, cache.parent):
        permissions(path, 0o555)
    assert_right(fetched(ordinary_user), "cache")


def test_a_cache_that_may_only_be_read_and_is_empty_is_told(cache, permissions):
    cache.mkdir(parents=True)
    permissions(cache.parent, 0o555)
    assert fetched(ordinary_user) == cannot_write(cache.parent, errno.EACCES)
    cache.parent.chmod(0o755)
    assert_right(fetched(ordinary_user), "stand-in")


def test_a_folder_in_the_cache_that_may_only_be_read_is_told(cache, stand_in, permissions):
    stand_in.mkdir(parents=True)
    permissions(stand_in, 0o555)
    assert fetched(ordinary_user) == cannot_write(cache.parent, errno.EACCES)


def test_a_home_that_cannot_be_written_is_told(cache, permissions, monkeypatch, tmp_path):
    for name in ("D2L_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    permissions(tmp_path / "home", 0o555)
    assert fetched(ordinary_user) == cannot_write(cache_module.cache_folder("x").parent, errno.EACCES)


@pytest.fixture
def homeless(cache, monkeypatch):
    """Be a user of a container who has neither HOME nor a name."""
    for name in ("HOME", "XDG_CACHE_HOME", "MXNET_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(key):
        raise KeyError(key)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setattr(pwd, "getpwnam", nobody)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_a_cache_elsewhere_serves():
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")


@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("parameter", ["D2L_CACHE_DIR", "D2L_DATA_DIR", "root"])
def test_without_a_home_a_tilde_is_told(parameter, monkeypatch):
    message = f"fetch: {parameter} must be a folder without a tilde where there is no home folder, got '~/x'"
    if parameter != "root":
        monkeypatch.setenv(parameter, "~/x")
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        datasets.fetch("fashion-mnist", "~/x" if parameter == "root" else None)
    assert not Path("~").exists()


@pytest.mark.parametrize("hidden", ["cache/fashion-mnist", "mxnet", "cache/fashion-mnist/" + IMAGES])
def test_a_place_that_may_not_be_read_does_not_stop_the_search(hidden, cache, permissions, monkeypatch, tmp_path):
    tiny_data.write(cache)
    tiny_data.write(tmp_path / "mxnet" / "datasets" / "fashion-mnist")
    permissions(tmp_path / hidden, 0)
    assert_right(fetched(ordinary_user), "cache" if hidden == "mxnet" else "mxnet")


def test_a_file_of_the_readers_own_that_may_not_be_read_is_named(cache, permissions, monkeypatch, tmp_path):
    own = tiny_data.write(tmp_path / "data" / "fashion-mnist")
    monkeypatch.setenv("D2L_DATA_DIR", str(own.parent))
    permissions(own / IMAGES, 0)
    assert fetched(ordinary_user) == (
        f"BrokenFileError: fetch: {own / IMAGES} must be the published file, got one that cannot be read (Permission "
        "denied); delete it and get it again, as data/README.md describes"
    )


@pytest.mark.parametrize("variable", ["D2L_CACHE_DIR", "D2L_DATA_DIR"])
def test_a_name_too_long_for_any_folder_is_told(variable, cache, monkeypatch):
    monkeypatch.setenv(variable, "/" + "x" * 5000)
    with pytest.raises((OSError, ValueError), match=f"^fetch: {variable} must be a folder "):
        datasets.fetch("fashion-mnist")


# Killed while it draws

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import tiny_data
from d2l_utils import datasets
from d2l_utils.datasets import idx, registry
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell starts in the background
tiny_data.install(setattr)
entry = registry.entry("fashion-mnist")
registry.entry = lambda name: entry
calls, encode = [], idx.encode
def killed_in_the_middle(array):
    calls.append(array)
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), int(sys.argv[3]))
    return encode(array)
idx.encode = killed_in_the_middle
datasets.fetch("fashion-mnist")
"""


@pytest.mark.parametrize(("num_files", "number"), [(1, signal.SIGKILL), (3, signal.SIGKILL), (3, signal.SIGINT)])
def test_after_a_kill_while_it_draws_the_next_start_is_right(num_files, number, stand_in):
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(num_files), str(int(number))]
    run = subprocess.run(command, capture_output=True, timeout=100, check=False)
    assert run.returncode == -number
    assert len(names(stand_in) & NAMES) == num_files - 1
    assert len(names(stand_in) - NAMES) == 1, "it was in the middle of a file"
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    assert names(stand_in) == NAMES


# What an older version, or another process, leaves


def test_the_stand_in_of_an_older_version_is_drawn_again(stand_in):
    put(stand_in, tiny_data.ARRAYS)
    (stand_in / "notes-of-an-older-version.txt").write_text("kept")
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    assert names(stand_in) == {*NAMES, "notes-of-an-older-version.txt"}


@pytest.mark.parametrize("note", ["3", "[]", "{}", '{"problem": "x"}', '{"mirrors": []}', '"x"', "null", b"\xff\xfe"])
def test_a_note_of_an_older_version_is_not_believed(note, cache):
    cache.parent.mkdir()
    cache.with_suffix(".unreachable").write_bytes(note if isinstance(note, bytes) else note.encode())
    found = datasets.fetch("fashion-mnist")
    assert (found.source, found.problem) == ("stand-in", "no mirror answered within 5 s")
    assert json.loads(cache.with_suffix(".unreachable").read_text())["problem"] == found.problem


@pytest.mark.parametrize("name", [IMAGES, "tmp-" + IMAGES])
def test_a_folder_in_the_place_of_a_file_is_removed(name, stand_in):
    (stand_in / name / "inside").mkdir(parents=True)
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    assert names(stand_in) == NAMES


def test_a_file_that_another_process_deletes_meanwhile_is_missing(cache, monkeypatch):
    tiny_data.write(cache)
    original = reading.missing

    def and_then_it_goes(folder, entry):
        lacking = original(folder, entry)
        (folder / IMAGES).unlink(missing_ok=True)
        return lacking

    monkeypatch.setattr(reading, "missing", and_then_it_goes)
    assert datasets.locate("fashion-mnist") is None


# Names and links


@pytest.mark.parametrize("name", ["with spaces and 'quotes'", "数据 集", "données; $(touch x)", "%41#?&"])
def test_any_name_will_do(name, use, tmp_path, monkeypatch):
    folder = tmp_path / name
    folder.mkdir()
    cache = use(folder)
    monkeypatch.setenv("NO_PROXY", "*")
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    cache.with_suffix(".unreachable").unlink()
    with tiny_data.mirror() as server:
        tiny_data.install(monkeypatch.setattr, [server.address("good")])
        assert_right(datasets.fetch("fashion-mnist"), "mirror")
    assert_right(datasets.fetch("fashion-mnist"), "cache")
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "empty"))
    tiny_data.write(folder / "mxnet" / "datasets" / "fashion-mnist")
    assert_right(datasets.fetch("fashion-mnist"), "mxnet")
    assert_right(datasets.fetch("fashion-mnist", cache), "root")


def test_the_cache_may_be_a_link_to_another_disk(cache, tmp_path):
    (tmp_path / "big disk").mkdir()
    cache.parent.symlink_to(tmp_path / "big disk")
    assert_right(datasets.fetch("fashion-mnist"), "stand-in")
    assert names(tmp_path / "big disk" / "fashion-mnist-stand-in") == NAMES


def test_a_link_to_a_whole_file_is_read(cache, tmp_path):
    put(tmp_path / "elsewhere", tiny_data.ARRAYS)
    cache.mkdir(parents=True)
    for name in NAMES:
        (cache / name).symlink_to(tmp_path / "elsewhere" / name)
    assert_right(datasets.fetch("fashion-mnist"), "cache")


@pytest.mark.parametrize(
    "name",
    [
        "stand-in/" + IMAGES,
        "stand-in/tmp-" + IMAGES,
        "stand-in.lock",
        "fashion-mnist.lock",
        "fashion-mnist.unreachable",
    ],
)
@pytest.mark.parametrize("kind", ["file", "folder", "nothing", "itself"])
def test_nothing_is_written_or_deleted_through_a_link(name, kind, cache, stand_in, tmp_path):
    link = cache.parent / name.replace("stand-in", stand_in.name)
    target = {"itself": link}.get(kind, tmp_path / "elsewhere")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    if kind == "file":
        target.write_text("precious")
    elif kind == "folder":
        target.mkdir()
        (target / "precious").touch()
    if name.endswith(".lock"):
        with pytest.raises(OSError, match=r"^fetch: D2L_CACHE_DIR must be a folder that can be written, got "):
            datasets.fetch("fashion-mnist")
    else:
        assert_right(datasets.fetch("fashion-mnist"), "stand-in")
        assert not link.is_symlink()
    if kind == "file":
        assert target.read_text() == "precious"
    elif kind == "folder":
        assert names(target) == {"precious"}
    else:
        assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["../x.gz", "/etc/x.gz", "a/b.gz", "..", ".", "", ".x", "a\\b", "a\nb", "a\0b", "~x"])
def test_a_name_in_the_registry_cannot_lead_out_of_the_cache(name, tmp_path):
    message = f"fetch: a name in registry.toml must be a plain one of letters, digits, '.-_', got {name!r}"
    for wrong in (lambda: registry.DataFile(name, 1, ""), lambda: registry._entry(name, fields()),
                  lambda: registry._entry("x", fields() | {"mxnet_folder": name})):  # fmt: skip
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            wrong()


def fields():
    text = Path(registry.__file__).with_name("registry.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["fashion-mnist"]


def test_idx_cannot_be_made_to_hold_more_than_it_has():
    """A header may announce 64 GB: nothing is allocated for it."""
    with pytest.raises(ValueError, match=r"^decode: content must hold \d+ values for the shape"):
        idx.decode(bytes([0, 0, 8, 3]) + b"\xff" * 12)
