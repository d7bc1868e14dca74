"""Data for the chapters: Fashion-MNIST in memory, mini-batches of it, and synthetic linear data.

Where the files come from is the business of `d2l_utils.datasets`, the folder `data/`.
"""

import random
from numbers import Integral, Real

from d2l_utils import _validation, datasets

import numpy as np
from mxnet import nd

_CLASSES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")


class BatchLoader:
    """Mini-batches gathered from two arrays in memory, each pass in a new order if `shuffle` is set.

    The order is drawn from NumPy's global stream when a pass begins, as Gluon's `DataLoader` does, so both give the
    same batches after the same `seed_everything`. The last batch is short where `batch_size` does not divide the
    number of examples.

    Parameters
    ----------
    features, labels : NDArray
        Shapes (n, ...): one row for each of the same n >= 1 examples.
    batch_size : int >= 1
        Examples in a batch.
    shuffle : bool
        Whether to reorder the examples at the beginning of every pass.

    Attributes
    ----------
    features, labels, batch_size, shuffle
        As given.

    Yields
    ------
    tuple of NDArray
        Features and labels of one batch, of the types and on the device of the arrays.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If `batch_size` < 1, or the arrays hold no or different numbers of examples.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """

    def __init__(self, features, labels, batch_size, shuffle):
        """Keep the arrays; nothing is copied."""
        _check_examples("BatchLoader", features, labels)
        _validation.integer("BatchLoader", "batch_size", batch_size, at_least=1)
        _validation.instance("BatchLoader", "shuffle", shuffle, bool, allowed="True or False")
        self.features, self.labels = features, labels
        self.batch_size, self.shuffle = batch_size, shuffle

    def __len__(self):
        """Return the number of batches in a pass, the short one included."""
        return -(-len(self.labels) // int(self.batch_size))

    def __iter__(self):
        """Begin a pass: yield (features, labels) batch by batch."""
        n = len(self.labels)
        # The global stream, not a generator of our own: one seed shall govern these batches and Gluon's.
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        yield from _batches(self.features, self.labels, self.batch_size, order)


class _ResizedLoader(BatchLoader):
    """Images of shape (n, height, width, 1) in bytes, resized and scaled batch by batch: all at once would take GBs."""

    def __init__(self, features, labels, batch_size, *, shuffle, size):
        super().__init__(features, labels, batch_size, shuffle)
        self._size = size

    def __iter__(self):
        for X, y in super().__iter__():
            yield nd.image.to_tensor(nd.image.resize(X, self._size)), y


def load_data_fashion_mnist(batch_size, resize=None, root=None):
    """Return mini-batches of Fashion-MNIST for training, shuffled, and for testing, in order.

    Parameters
    ----------
    batch_size : int >= 1
        Images in a batch; the last batch of a pass holds what is left (96 of 60,000 at 256).
    resize : int or (width, height), optional
        Pixels that the images are resized to, bilinearly; 28 x 28 without it.
    root : str or Path, optional
        A folder that holds the four files, looked at before all other places (`data/README.md` lists them).

    Returns
    -------
    tuple of BatchLoader
        `train_iter` over 60,000 and `test_iter` over 10,000 examples. Each yields X, float32 in [0, 1] of shape
        (batch, 1, height, width), and y, int32 in 0...9 of shape (batch,).

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If a size is < 1 or > 4096, or a folder of the reader's own holds broken files; the message names the file.
    OSError
        If the files have to be downloaded and the cache cannot be written.

    Notes
    -----
    On a machine that can reach no mirror the images are drawn ones, and a line that begins with "STAND-IN" says so.

    References
    ----------
    Xiao, Rasul, Vollgraf (2017): Fashion-MNIST, arXiv:1708.07747.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    _validation.integer("load_data_fashion_mnist", "batch_size", batch_size, at_least=1)
    if resize is None:
        train_images, train_labels, test_images, test_labels = fashion_mnist_arrays(root)
        train_iter = BatchLoader(train_images, train_labels, batch_size, shuffle=True)
        return train_iter, BatchLoader(test_images, test_labels, batch_size, shuffle=False)
    size = _check_size(resize)
    arrays = _fetch_and_tell(root)
    return tuple(
        _ResizedLoader(
            nd.array(arrays[f"{part}_images"][..., None], dtype="uint8"),  # (n, 28, 28, 1)
            _labels(arrays[f"{part}_labels"]),
            batch_size,
            shuffle=part == "train",
            size=size,
        )
        for part in ("train", "test")
    )


def fashion_mnist_arrays(root=None):
    """Return the whole of Fashion-MNIST as four arrays in memory.

    Parameters
    ----------
    root : str or Path, optional
        A folder that holds the four files, looked at before all other places (`data/README.md` lists them).

    Returns
    -------
    train_images, train_labels, test_images, test_labels : NDArray
        60,000 and 10,000 images of shape (n, 1, 28, 28), float32 in [0, 1], and their labels of shape (n,), int32 in
        0...9, which `get_fashion_mnist_labels` puts into words.

    Raises
    ------
    TypeError, ValueError, OSError
        As for `load_data_fashion_mnist`.

    Notes
    -----
    On a machine that can reach no mirror the images are drawn ones, and a line that begins with "STAND-IN" says so.

    References
    ----------
    Xiao, Rasul, Vollgraf (2017): Fashion-MNIST, arXiv:1708.07747.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    arrays = _fetch_and_tell(root)
    return (
        _images(arrays["train_images"]),
        _labels(arrays["train_labels"]),
        _images(arrays["test_images"]),
        _labels(arrays["test_labels"]),
    )


def get_fashion_mnist_labels(labels):
    """Put the labels of Fashion-MNIST into words.

    Parameters
    ----------
    labels : NDArray, ndarray or list of shape (n,)
        Whole numbers in 0...9; their type may be float, as that of `argmax` is.

    Returns
    -------
    list of str
        One name for each label, such as "ankle boot".

    Raises
    ------
    TypeError
        If `labels` is no sequence or a label is not a number.
    ValueError
        If a label is not one of 0...9.

    Introduced in: notebooks/04-softmax-regression.ipynb
    """
    values = labels.asnumpy() if isinstance(labels, nd.NDArray) else labels
    if not hasattr(values, "__iter__") or getattr(values, "shape", None) == ():
        raise TypeError(f"get_fashion_mnist_labels: labels must be an NDArray or a list, got {type(labels).__name__}")
    return [_CLASSES[_check_label(value)] for value in values]


def data_iter(batch_size, features, labels):
    """Return one pass over the examples in shuffled mini-batches, the last of which may be short.

    Parameters
    ----------
    batch_size : int >= 1
        Examples in a batch.
    features, labels : NDArray
        Shapes (n, ...): one row for each of the same n >= 1 examples.

    Returns
    -------
    iterator of (NDArray, NDArray)
        Features and labels of one batch after the other.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If `batch_size` < 1, or the arrays hold no or different numbers of examples.

    Notes
    -----
    The order comes from Python's `random`, as in the books; `seed_everything` seeds it too.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    _validation.integer("data_iter", "batch_size", batch_size, at_least=1)
    _check_examples("data_iter", features, labels)
    order = list(range(len(labels)))
    random.shuffle(order)
    return _batches(features, labels, batch_size, np.array(order))


def synthetic_data(w, b, num_examples):
    """Draw examples of a linear model with a little noise: y = X w + b + noise.

    Parameters
    ----------
    w : NDArray of shape (d,) or (d, 1), or list of d numbers
        The true weights.
    b : float
        The true bias.
    num_examples : int >= 1
        The number n of examples.

    Returns
    -------
    X : NDArray of shape (n, d), float32
        Features from the standard normal distribution.
    y : NDArray of shape (n,) or (n, 1), as that of w, float32
        Labels; the noise is normal with mean 0 and standard deviation 0.01.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If `w` has another shape, `w` or `b` is not finite, or `num_examples` < 1 or too large for one array.

    Notes
    -----
    Both draws come from MXNet's stream, first all features and then all noise.

    Introduced in: notebooks/03-linear-regression.ipynb
    """
    _validation.instance("synthetic_data", "w", w, (nd.NDArray, list, tuple), allowed="an NDArray or a list of numbers")
    finite = "a finite number"  # in float32
    _validation.number("synthetic_data", "b", b, allowed=finite, within=lambda x: abs(x) < 1e38, operand=True)
    _validation.integer("synthetic_data", "num_examples", num_examples, at_least=1)
    w = _weights(w)
    if num_examples * w.shape[0] >= 2**31:
        raise ValueError(
            f"synthetic_data: num_examples must be so small that X has fewer than 2**31 entries, got {num_examples} "
            f"for {w.shape[0]} weights"
        )
    X = nd.random.normal(shape=(num_examples, w.shape[0]), ctx=w.context)
    y = nd.dot(X, w) + b  # (n,) or (n, 1)
    return X, y + nd.random.normal(scale=0.01, shape=y.shape, ctx=w.context)


def _weights(w):
    """Return the weights of `synthetic_data` as float32."""
    if isinstance(w, nd.NDArray):
        _validation.array("synthetic_data", "w", w)
        context, w = w.context, w.asnumpy()
    else:
        context = None
        try:
            w = np.array(w, dtype="float32") if len(w) else np.zeros(0)
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeError(
                f"synthetic_data: w must be an NDArray or a list of numbers, got {_validation.in_short(w)}"
            ) from error
    if w.ndim not in (1, 2) or w.shape[1:] not in ((), (1,)) or w.size == 0:
        raise ValueError(f"synthetic_data: w must be of shape (d,) or (d, 1), got {w.shape}")
    if not np.isfinite(w.astype("float32")).all():
        raise ValueError("synthetic_data: w must hold finite numbers that fit float32, got others among them")
    return nd.array(w, dtype="float32", ctx=context)


def _batches(features, labels, batch_size, order):
    """Gather batch by batch, without waiting for what the last one is still used for: to make an array would wait."""
    batch_size = int(batch_size)  # sums with NumPy's unsigned integers are floats
    order = nd.array(order, dtype="int64", ctx=features.context)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield features.take(rows), labels.take(rows)


def _fetch_and_tell(root):
    """Return the arrays of Fashion-MNIST; say so if they are the stand-in's."""
    found = datasets.fetch("fashion-mnist", root)
    if found.is_stand_in:
        print(
            f"STAND-IN: these images are drawn, they are not Fashion-MNIST ({found.problem}). To get the real ones, "
            "put the four .gz files into a folder fashion-mnist and set D2L_DATA_DIR to the folder above; "
            "see data/README.md."
        )
    return found.arrays


def _images(array):
    """Return bytes of shape (n, height, width) as float32 in [0, 1], shape (n, 1, height, width)."""
    scaled = np.divide(array[:, None], np.float32(255), dtype=np.float32)
    return nd.from_numpy(scaled)  # shares the memory: a copy would double the 220 MB


def _labels(array):
    return nd.array(array, dtype="int32")


def _check_examples(function, features, labels):
    for parameter, value in (("features", features), ("labels", labels)):
        _validation.array(function, parameter, value)
    if len(features) != len(labels) or len(labels) == 0:
        raise ValueError(
            f"{function}: features and labels must hold one row for each of the same n >= 1 examples, got shapes "
            f"{features.shape} and {labels.shape}"
        )


def _check_label(value):
    allowed = "whole numbers in 0...9"
    one_entry = isinstance(value, nd.NDArray) and value.size == 1
    if isinstance(value, bool) or not (one_entry or isinstance(value, Real)):
        got = f"{_validation.in_short(value)} ({type(value).__name__})"
        raise TypeError(f"get_fashion_mnist_labels: labels must be {allowed}, got one of {got}")
    number = value.asscalar() if one_entry else value
    if number not in range(len(_CLASSES)):
        raise ValueError(
            f"get_fashion_mnist_labels: labels must be {allowed}, got one of {_validation.in_short(number)}"
        )
    return int(number)


def _check_size(resize):
    """Return (width, height) for what d2lzh takes: one number for a square, or both."""
    allowed = "an integer in [1, 4096] or a pair of them, (width, height)"
    sizes = resize if isinstance(resize, tuple) else (resize, resize)
    if len(sizes) != 2 or any(isinstance(size, bool) or not isinstance(size, Integral) for size in sizes):
        raise TypeError(f"load_data_fashion_mnist: resize must be {allowed}, got {_validation.in_short(resize)}")
    if min(sizes) < 1 or max(sizes) > 4096:  # one image of 4096 x 4096 takes 64 MB
        raise ValueError(f"load_data_fashion_mnist: resize must be {allowed}, got {_validation.in_short(resize)}")
    return tuple(int(size) for size in sizes)
