"""The capstone of chapter 23: 1,000 labelled images, and a test set that is opened once: `d2l.capstone.submit`."""

import datetime
import hashlib
import json
import os
import tempfile
from pathlib import Path

from d2l_utils import _validation, datasets
from d2l_utils.data import fashion_mnist_arrays

import numpy as np
from mxnet import nd

_PER_CLASS, _SEED = 100, 1000  # the draw is a part of the task: nobody chooses his images
_ENTRY = {"test_acc": float, "date": str, "predictions": str}  # what the record holds of a submission


def data():
    """Return the 1,000 labelled images of the capstone: 100 of each class, the same for everybody.

    Returns
    -------
    X : NDArray of shape (1000, 1, 28, 28), float32 in [0, 1]
        Images of Fashion-MNIST's training set, in random order.
    y : NDArray of shape (1000,), int32 in 0...9
        Their labels.

    Raises
    ------
    ValueError, OSError
        As for `load_data_fashion_mnist`.

    Notes
    -----
    By the rules of the capstone nothing of the other 59,000 training images is used, neither labels nor pixels. The
    draw comes from a generator of its own, so the reader's seeds change nothing.

    Introduced in: notebooks/23-capstone.ipynb
    """
    images, labels, _, _ = fashion_mnist_arrays()
    rows = nd.array(_draw(labels.asnumpy()), dtype="int64")
    return images.take(rows), labels.take(rows)


def submit(predict, record="capstone.json"):
    """Open the test set, once: score the predictions for 10,000 images and record the score on this machine.

    Parameters
    ----------
    predict : callable
        It is called once, with the test images, NDArray of shape (10000, 1, 28, 28), float32 in [0, 1]. It gives an
        NDArray or a NumPy array: class indices of shape (10000,), whole numbers in 0...9, or scores of shape
        (10000, 10), of which the highest in a row is the answer.
    record : str or path
        The file that keeps the score, made if it is missing. Its folder must be there.

    Returns
    -------
    float
        The test accuracy, fraction in [0, 1].

    Raises
    ------
    TypeError
        If an argument or what `predict` gives is of another type.
    ValueError
        If the predictions have another shape or range; if `record` is damaged, and then it is left as it is; or if
        other predictions were submitted before: the first ones count, and others are not scored.
    OSError
        If the record cannot be written; then no score is told.

    Notes
    -----
    The same predictions may be submitted again and give the same accuracy, so that a notebook can be run again. The
    record is JSON: accuracy, date and the SHA-256 of the class indices, for Fashion-MNIST and its stand-in apart.
    Nothing is sent anywhere. It is an agreement and no lock: whoever removes the file has opened the test set twice.

    Introduced in: notebooks/23-capstone.ipynb
    """
    if not callable(predict):
        raise TypeError(f"submit: predict must be a function of the images, got {type(predict).__name__}")
    _validation.instance("submit", "record", record, (str, os.PathLike), allowed="a path")
    path = Path(record)
    kept = _read(path)
    _, _, images, labels = fashion_mnist_arrays()
    classes = _classes(predict(images), len(labels))
    images_are = "stand-in" if datasets.fetch("fashion-mnist").is_stand_in else "Fashion-MNIST"
    digest = hashlib.sha256(classes.astype("uint8").tobytes()).hexdigest()
    if images_are not in kept:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        test_acc = float((classes == labels.asnumpy()).mean())
        kept[images_are] = {"test_acc": test_acc, "date": now, "predictions": digest}
        _write(path, kept)
    entry = kept[images_are]
    if entry["predictions"] != digest:
        raise ValueError(
            f"submit: predict must give the predictions that were submitted first ({entry['date'][:10]}, test accuracy "
            f"{entry['test_acc']:.4f}), got others; the test set is opened once, so they are not scored"
        )
    print(f"test accuracy {entry['test_acc']:.4f} on {len(labels)} images, recorded in {path.name}")
    return entry["test_acc"]


def _draw(labels):
    """Give the places of the capstone's images, in random order."""
    generator = np.random.RandomState(_SEED)  # its numbers are the same in every version of NumPy
    order = generator.permutation(len(labels))
    places = np.concatenate([order[labels[order] == label][:_PER_CLASS] for label in range(10)])
    return generator.permutation(places)


def _classes(predictions, n):
    """Give the class indices, of shape (n,), that `predict` gave or that its scores say."""
    if isinstance(predictions, nd.NDArray):
        predictions = predictions.asnumpy()
    if not isinstance(predictions, np.ndarray):
        kind = type(predictions).__name__
        raise TypeError(f"submit: predict must give an NDArray or a NumPy array, got {kind}")
    if predictions.shape not in ((n,), (n, 10)):
        allowed = f"class indices of shape ({n},) or scores of shape ({n}, 10)"
        raise ValueError(f"submit: predict must give {allowed}, got shape {predictions.shape}")
    if predictions.dtype.kind not in "iuf":
        raise TypeError(f"submit: predict must give integers or floats, got dtype {predictions.dtype}")
    if np.isnan(predictions).any():
        raise ValueError(f"submit: predict must give numbers, got nan for {_rows_with_nan(predictions)} of {n} images")
    if predictions.ndim == 2:
        return predictions.argmax(axis=1)
    wrong = predictions[~np.isin(predictions, np.arange(10))]
    if wrong.size:
        raise ValueError(f"submit: predict must give whole numbers in 0...9, got one of {wrong[0]}")
    return predictions.astype("int64")


def _rows_with_nan(predictions):
    return np.isnan(predictions).reshape(len(predictions), -1).any(axis=1).sum()


def _read(path):
    """Give the submissions that a record holds by the images they were for: {name: entry}."""
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(entry[key], kind) for entry in kept.values() for key, kind in _ENTRY.items()):
            raise TypeError
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise ValueError(
            f"submit: record must be a file that submit wrote, got {path.name}, which is damaged or another file; it "
            "was left as it is, and the test set was not opened"
        ) from None
    return kept


def _write(path, kept):
    """Write the record so that at every moment it is either the old one or the new one."""
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
