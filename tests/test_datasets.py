"""Where a data set is looked for. Wrong answers to catch: another order of the places; a broken file of the reader's
own passed over in silence, or deleted; a broken one in the cache kept, or an error; the stand-in where real images were
at hand; a broken or incomplete set taken for whole; anything printed or written that was not asked for.
"""

import hashlib
import itertools
import re
import tomllib
from pathlib import Path

from d2l_utils import datasets
from d2l_utils.datasets import cache, idx, registry

import numpy as np
import pytest
import tiny_data

README = Path(datasets.__file__).with_name("README.md")
PLACES = ("root", "cache", "D2L_DATA_DIR", "mxnet")
OWN = ("root", "D2L_DATA_DIR")


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Give the folder of each place, all still empty, for the tiny data set without any mirror."""
    tiny_data.install(monkeypatch.setattr)
    for name in ("D2L_STAND_IN", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("D2L_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "mxnet"))
    (tmp_path / "data").mkdir()
    return {
        "root": tmp_path / "root",
        "cache": tmp_path / "cache" / "fashion-mnist",
        "D2L_DATA_DIR": tmp_path / "data" / "fashion-mnist",
        "mxnet": tmp_path / "mxnet" / "datasets" / "fashion-mnist",
    }


def break_one(folder, role="test_images"):
    """Cut a file short and return its path."""
    path = folder / tiny_data.NAMES[role]
    path.write_bytes(path.read_bytes()[:-9])
    return path


def expected_source(states):
    """Walk the places as README.md says; None stands for an error."""
    for place, state in zip(PLACES, states, strict=True):
        if state == "whole":
            return place
        if state == "broken" and place in OWN:
            return None
    return "stand-in"


@pytest.mark.parametrize("states", list(itertools.product(("absent", "whole", "broken"), repeat=4)), ids="-".join)
def test_the_first_place_that_has_the_files_wins(states, places):
    for place, state in zip(PLACES, states, strict=True):
        if state != "absent":
            tiny_data.write(places[place])
        if state == "broken":
            break_one(places[place])
    source = expected_source(states)
    if source is None:
        with pytest.raises(ValueError, match="must be the published file, got a gzip file that ends too early"):
            datasets.fetch("fashion-mnist", places["root"])
        return
    found = datasets.fetch("fashion-mnist", places["root"])
    assert (found.source, found.is_stand_in, found.name) == (
        source,
        source == "stand-in",
        "fashion-mnist-stand-in" if source == "stand-in" else "fashion-mnist",
    )
    wanted = tiny_data.DRAWN if source == "stand-in" else tiny_data.ARRAYS
    for role, array in wanted.items():
        np.testing.assert_array_equal(found.arrays[role], array)
        assert found.files[role].exists()
        if source in places:
            assert found.files[role] == places[source] / tiny_data.NAMES[role]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("level", [1, 9])
def test_every_place_takes_either_packing(place, level, places):
    tiny_data.write(places[place], level)
    assert datasets.fetch("fashion-mnist", places["root"]).source == place


@pytest.mark.parametrize("place", OWN)
def test_a_broken_file_of_the_readers_own_is_named_and_left_alone(place, places):
    broken = break_one(tiny_data.write(places[place]))
    content = broken.read_bytes()
    message = (
        f"fetch: {broken} must be the published file, got a gzip file that ends too early (was a download cut short?); "
        "delete it and get it again, as data/README.md describes"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        datasets.fetch("fashion-mnist", places["root"])
    assert broken.read_bytes() == content


@pytest.mark.parametrize("place", OWN)
def test_a_folder_of_the_readers_own_with_some_of_the_files_is_an_error(place, places):
    tiny_data.write(places[place])
    for role in ("train_labels", "test_images"):
        (places[place] / tiny_data.NAMES[role]).unlink()
    message = (
        f"fetch: {places[place]} must hold all 4 files of Fashion-MNIST, got none named train-labels-idx1-ubyte.gz or "
        "t10k-images-idx3-ubyte.gz; add what is missing, as data/README.md describes"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        datasets.fetch("fashion-mnist", places["root"])


def test_broken_files_in_the_cache_are_gone_after_a_fetch_that_had_to_write_there(places):
    broken = break_one(tiny_data.write(places["cache"]))
    (places["cache"] / "tmpq1w2e3").write_bytes(b"the remains of a killed process")
    assert datasets.fetch("fashion-mnist").is_stand_in
    assert not broken.exists()
    assert len(list(places["cache"].iterdir())) == 3


def test_a_broken_stand_in_is_drawn_again(places):
    first = datasets.fetch("fashion-mnist")
    break_one(places["cache"].with_name("fashion-mnist-stand-in"))
    again = datasets.fetch("fashion-mnist")
    np.testing.assert_array_equal(again.arrays["test_images"], first.arrays["test_images"])
    assert sorted(path.name for path in again.files["test_images"].parent.iterdir()) == sorted(tiny_data.NAMES.values())


def test_a_fetch_from_a_folder_writes_nothing(places):
    tiny_data.write(places["D2L_DATA_DIR"])
    datasets.fetch("fashion-mnist")
    assert not places["cache"].parent.exists()


def test_paths_may_begin_with_a_tilde(places, tmp_path, monkeypatch):
    tiny_data.write(tmp_path / "mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert datasets.fetch("fashion-mnist", "~/mine").source == "root"
    monkeypatch.setenv("D2L_CACHE_DIR", "~/elsewhere")
    tiny_data.write(tmp_path / "elsewhere" / "fashion-mnist")
    assert datasets.fetch("fashion-mnist").source == "cache"


def test_the_stand_in_can_be_asked_for(places, monkeypatch):
    tiny_data.write(places["D2L_DATA_DIR"])
    monkeypatch.setenv("D2L_STAND_IN", "1")
    found = datasets.fetch("fashion-mnist")
    assert (found.source, found.problem) == ("stand-in", "D2L_STAND_IN=1 asks for it")


@pytest.mark.parametrize("value", ["", "0"])
def test_the_stand_in_can_be_declined(value, places, monkeypatch):
    tiny_data.write(places["D2L_DATA_DIR"])
    monkeypatch.setenv("D2L_STAND_IN", value)
    assert datasets.fetch("fashion-mnist").source == "D2L_DATA_DIR"


def test_the_reason_for_the_stand_in_says_that_the_data_folder_lacks_it(places, monkeypatch):
    found = datasets.fetch("fashion-mnist")
    assert found.problem == "D2L_DATA_DIR holds no folder fashion-mnist; no mirror answered within 5 s"
    monkeypatch.delenv("D2L_DATA_DIR")
    assert datasets.fetch("fashion-mnist").problem == "no mirror answered within 5 s"


def test_locate_finds_without_writing(places):
    assert datasets.locate("fashion-mnist") is None
    assert not places["cache"].parent.exists()
    tiny_data.write(places["mxnet"])
    assert datasets.locate("fashion-mnist").source == "mxnet"


def test_locate_takes_the_stand_in_last(places, monkeypatch):
    datasets.fetch("fashion-mnist")
    assert datasets.locate("fashion-mnist").source == "stand-in"
    tiny_data.write(places["root"])
    assert datasets.locate("fashion-mnist", places["root"]).source == "root"
    monkeypatch.setenv("D2L_STAND_IN", "1")
    assert datasets.locate("fashion-mnist", places["root"]).source == "stand-in"


def test_nothing_is_printed(places, capfd):
    datasets.fetch("fashion-mnist")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (("fashion-mnist",), {"D2L_STAND_IN": "yes"}, "fetch: D2L_STAND_IN must be 0 or 1, got 'yes'"),
        (
            ("fashion-mnist",),
            {"D2L_DATA_DIR": "no/such/folder"},
            "fetch: D2L_DATA_DIR must be a folder that holds one folder per data set, got 'no/such/folder'",
        ),
    ],
)
def test_wrong_variables_are_refused(arguments, variables, message, places, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for function in (datasets.fetch, datasets.locate):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function(*arguments)


def test_root_must_be_a_path(places):
    with pytest.raises(TypeError, match=r"^fetch: root must be a path or None, got int$"):
        datasets.fetch("fashion-mnist", 3)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"^fetch: name must be one of fashion-mnist, got 'cifar'$"):
        datasets.fetch("cifar")


def test_a_cache_that_cannot_be_written_is_named(places, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "file"))
    message = f"fetch: D2L_CACHE_DIR must be a folder that can be written, got {tmp_path / 'file'} (Not a directory)"
    with pytest.raises(OSError, match=f"^{re.escape(message)}$"):
        datasets.fetch("fashion-mnist")


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.delenv("D2L_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder("fashion-mnist").parts[-2:] == ("d2l_utils", "fashion-mnist")


# The registry and the real files


def test_every_file_of_the_registry_has_a_size_a_checksum_and_a_drawn_counterpart():
    entry = registry.entry("fashion-mnist")
    assert list(entry.files) == list(entry.stand_in.files) == list(tiny_data.NAMES)
    for file in (*entry.files.values(), *entry.stand_in.files.values()):
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    assert [file.size for file in entry.files.values()] == [16 + 60000 * 784, 8 + 60000, 16 + 10000 * 784, 8 + 10000]
    assert all(address.endswith("/") for address in (*entry.mirrors, entry.mxnet_mirror))


def test_the_readme_says_what_the_registry_says():
    entry, text = registry.entry("fashion-mnist"), " ".join(README.read_text(encoding="utf-8").split())
    for part in (*(file.name for file in entry.files.values()), entry.licence, *entry.citation.split(": ")):
        assert " ".join(part.split()) in text


def test_the_registry_is_plain_toml():
    assert list(tomllib.loads(README.with_name("registry.toml").read_text(encoding="utf-8"))) == ["fashion-mnist"]


def test_the_real_files_are_those_of_the_registry():
    arrays = tiny_data.real_data_set().arrays
    md5 = [hashlib.md5(idx.encode(arrays[role])).hexdigest() for role in ("train_images", "test_images")]
    assert md5 == ["f4a8712d7a061bf5bd6d2ca38dc4d50a", "8181f5470baa50b63fa0f6fddb340f0a"]
    assert arrays["train_images"].mean() / 255 == pytest.approx(0.28604, abs=5e-6)
    assert arrays["train_images"].std() / 255 == pytest.approx(0.35302, abs=5e-6)
    assert [np.bincount(arrays[role]).tolist() for role in ("train_labels", "test_labels")] == [
        [6000] * 10,
        [1000] * 10,
    ]
    assert arrays["train_labels"][:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]


def test_the_readme_names_the_real_gzip_files_as_zalando_packs_them():
    text = README.read_text(encoding="utf-8")
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in tiny_data.real_data_set().files.values()]
    if not any(digest in text for digest in digests):
        pytest.skip("the files here are packed in another way")
    assert all(digest in text for digest in digests)
