"""The capstone's images and its test set that is opened once, on small drawn images in place of Fashion-MNIST.

Feared: other images after another seed; a class that is short; a second look that is scored; a score told that is not
on disk; a record that a crash, a typing error or another file's content destroys; the stand-in's score taken for the
real one; scores that broadcast, are no numbers or name no class and count all the same.
"""

import inspect
import json
import os
import re
import types

import d2l_utils as d2l
from d2l_utils import capstone, datasets

import numpy as np
import pytest
from hostile import anything
from hypothesis import HealthCheck, given, settings
from mxnet import nd
from test_public_api import complaints

LABELS = np.tile(np.arange(10), 3)  # of 30 test images
IMAGES = [nd.array(np.random.RandomState(0).rand(n, 1, 28, 28)) for n in (1200, 30)]


@pytest.fixture(autouse=True)
def images(monkeypatch):
    """Put small images in place of the data set; the kind of them may be changed."""
    train_labels = nd.array(np.random.RandomState(1).permutation(np.tile(np.arange(10), 120)), dtype="int32")
    arrays = IMAGES[0], train_labels, IMAGES[1], nd.array(LABELS, dtype="int32")
    kind = types.SimpleNamespace(is_stand_in=False)
    monkeypatch.setattr(capstone, "fashion_mnist_arrays", lambda: arrays)
    monkeypatch.setattr(datasets, "fetch", lambda name: kind)
    return kind


@pytest.fixture
def record(tmp_path):
    return tmp_path / "capstone.json"


def always(classes):
    return lambda X: classes


def some_wrong(count):
    classes = LABELS.copy()
    classes[:count] = (classes[:count] + 1) % 10
    return classes


def refusal(predict, record):
    with pytest.raises((ValueError, TypeError)) as raised:
        d2l.capstone.submit(predict, record)
    return str(raised.value)


@pytest.mark.parametrize("name", ["data", "submit"])
def test_docstrings_are_complete(name):
    assert complaints(getattr(d2l.capstone, name)) == []


# The 1,000 images


def test_a_hundred_of_each_class_in_random_order_whatever_the_seed():
    X, y = d2l.capstone.data()
    assert (X.shape, y.shape, y.dtype) == ((1000, 1, 28, 28), (1000,), np.int32)
    assert np.bincount(y.asnumpy()).tolist() == [100] * 10
    assert np.bincount(y[:200].asnumpy()).min() > 5
    assert len(np.unique(X.asnumpy().reshape(1000, -1), axis=0)) == 1000
    d2l.seed_everything(5)
    before = np.random.get_state()[1].copy()
    again = d2l.capstone.data()
    assert all((a == b).asnumpy().all() for a, b in zip(again, (X, y), strict=True))
    assert (np.random.get_state()[1] == before).all()


def test_images_and_labels_belong_together():
    X, y = d2l.capstone.data()
    _, labels, _, _ = capstone.fashion_mnist_arrays()
    label_of = {image.tobytes(): label for image, label in zip(IMAGES[0].asnumpy(), labels.asnumpy(), strict=True)}
    assert [label_of[image.tobytes()] for image in X.asnumpy()] == y.asnumpy().tolist()


# What counts


@pytest.mark.parametrize(
    "classes",
    [
        some_wrong(6),
        some_wrong(6).astype("uint8"),
        nd.array(some_wrong(6)),
        np.eye(10)[some_wrong(6)],
        nd.array(np.eye(10)[some_wrong(6)] * 5 - 7),
        np.where(np.eye(10)[some_wrong(6)] == 1, 0, -np.inf),
    ],
)
def test_the_score_is_recorded_and_the_same_predictions_give_it_again(classes, record, capsys):
    assert d2l.capstone.submit(always(classes), record) == 0.8
    written = record.read_bytes()
    entry = json.loads(written)["Fashion-MNIST"]
    assert (entry["test_acc"], len(entry["predictions"])) == (0.8, 64)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", entry["date"])
    assert d2l.capstone.submit(always(some_wrong(6)), str(record)) == 0.8
    assert record.read_bytes() == written
    assert capsys.readouterr().out == "test accuracy 0.8000 on 30 images, recorded in capstone.json\n" * 2


def test_predict_gets_all_images_once(record):
    seen = []
    d2l.capstone.submit(lambda X: seen.append(X) or LABELS, record)
    assert [X.shape for X in seen] == [(30, 1, 28, 28)]
    assert isinstance(seen[0], nd.NDArray)


@pytest.mark.parametrize("count", [0, 5, 7])
def test_other_predictions_are_refused_and_not_scored(count, record, capsys):
    d2l.capstone.submit(always(some_wrong(6)), record)
    written = record.read_bytes()
    day = json.loads(written)["Fashion-MNIST"]["date"][:10]
    capsys.readouterr()
    assert refusal(always(some_wrong(count)), record) == (
        f"submit: predict must give the predictions that were submitted first ({day}, test accuracy 0.8000), got "
        "others; the test set is opened once, so they are not scored"
    )
    assert (record.read_bytes(), capsys.readouterr().out) == (written, "")


def test_the_record_is_kept_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    d2l.capstone.submit(always(LABELS))
    assert os.listdir(tmp_path) == ["capstone.json"]


def test_drawn_images_have_a_score_of_their_own(record, images):
    images.is_stand_in = True
    assert d2l.capstone.submit(always(some_wrong(3)), record) == 0.9
    images.is_stand_in = False
    assert d2l.capstone.submit(always(some_wrong(6)), record) == 0.8
    kept = {name: entry["test_acc"] for name, entry in json.loads(record.read_text()).items()}
    assert kept == {"stand-in": 0.9, "Fashion-MNIST": 0.8}


# Wrong predictions leave no trace

SHAPES = "submit: predict must give class indices of shape (30,) or scores of shape (30, 10), got shape {}"


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        (LABELS[:29], SHAPES.format("(29,)")),
        (LABELS[:, None], SHAPES.format("(30, 1)")),
        (np.eye(10)[LABELS].T, SHAPES.format("(10, 30)")),
        (np.array(3), SHAPES.format("()")),
        (LABELS.tolist(), "submit: predict must give an NDArray or a NumPy array, got list"),
        (None, "submit: predict must give an NDArray or a NumPy array, got NoneType"),
        (LABELS + 1, "submit: predict must give whole numbers in 0...9, got one of 10"),
        (LABELS - 1.0, "submit: predict must give whole numbers in 0...9, got one of -1.0"),
        (LABELS + 0.5, "submit: predict must give whole numbers in 0...9, got one of 0.5"),
        (np.where(LABELS == 3, np.nan, LABELS), "submit: predict must give numbers, got nan for 3 of 30 images"),
        (np.full((30, 10), np.nan), "submit: predict must give numbers, got nan for 30 of 30 images"),
        (LABELS == 0, "submit: predict must give integers or floats, got dtype bool"),
        (LABELS.astype(str), "submit: predict must give integers or floats, got dtype <U21"),
        (np.eye(10)[LABELS] * 1j, "submit: predict must give integers or floats, got dtype complex128"),
    ],
)
def test_wrong_predictions_are_told_and_not_recorded(classes, sentence, record):
    assert refusal(always(classes), record) == sentence
    assert not record.exists()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(classes=anything())
def test_whatever_predict_gives_is_scored_or_told_in_one_sentence(classes, tmp_path_factory):
    record = tmp_path_factory.mktemp("record") / "capstone.json"
    assert re.fullmatch("submit: predict must give .*, got .*", refusal(always(classes), record))
    assert not record.exists()


def test_wrong_arguments_are_told(record):
    assert refusal(LABELS, record) == "submit: predict must be a function of the images, got ndarray"
    assert refusal(always(LABELS), 7) == "submit: record must be a path, got int"


def test_an_error_in_predict_is_the_learners_own(record):
    with pytest.raises(ZeroDivisionError):
        d2l.capstone.submit(lambda X: 1 / 0, record)
    assert not record.exists()


# The record


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"7",
        b'{"Fashion-MNIST": 0.8}',
        b'{"Fashion-MNIST": {"test_acc": 0.8}}',
        b'{"Fashion-MNIST": {"test_acc": "0.8", "date": "2026-01-01", "predictions": "a"}}',
        b'{"stand-in": null}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_record_is_told_and_loses_nothing(content, record):
    record.write_bytes(content)
    calls = []
    assert refusal(calls.append, record) == (
        "submit: record must be a file that submit wrote, got capstone.json, which is damaged or another file; it was "
        "left as it is, and the test set was not opened"
    )
    assert (record.read_bytes(), calls) == (content, [])


def test_no_score_is_told_that_is_not_on_disk(record, monkeypatch, capsys):
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        d2l.capstone.submit(always(LABELS), record)
    assert (os.listdir(record.parent), capsys.readouterr().out) == ([], "")


def test_a_missing_folder_is_an_error_of_the_system(tmp_path, capsys):
    with pytest.raises(FileNotFoundError):
        d2l.capstone.submit(always(LABELS), tmp_path / "nowhere" / "capstone.json")
    assert capsys.readouterr().out == ""


def test_the_record_is_ignored_by_git():
    root = os.path.dirname(os.path.dirname(inspect.getfile(d2l)))
    with open(os.path.join(root, ".gitignore"), encoding="utf-8") as file:
        assert "capstone.json" in file.read().split()
