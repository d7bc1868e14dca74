"""The loaders that notebooks call. Wrong answers to catch: another order than the books' for the same seed; the last
batch dropped or filled up; rows and labels out of step; the same order in every pass; shuffled test data; another scale
or layout than Gluon's `ToTensor`; the stand-in taken in silence; a validation that only speaks at the first batch.
"""

import gzip
import random
import re
import subprocess
import sys
import time

import d2l_utils as d2l

import d2lzh
import mxnet as mx
import numpy as np
import pytest
import tiny_data
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import nd
from mxnet.gluon import data as gdata


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Give a folder with the tiny data set, on a machine without any other and without network."""
    tiny_data.install(monkeypatch.setattr)
    for name in ("D2L_STAND_IN", "D2L_DATA_DIR", "MXNET_GLUON_REPO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("D2L_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "mxnet"))
    return tiny_data.write(tmp_path / "root")


def numbered(n):
    """Return features and labels that tell which example they belong to."""
    return nd.arange(3 * n).reshape((n, 3)), nd.arange(n).astype("int32")


def seed_all(seed):
    mx.random.seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def assert_same_batches(ours, theirs):
    ours, theirs = list(ours), list(theirs)
    assert [X.shape for X, _ in ours] == [X.shape for X, _ in theirs]
    for (X, y), (their_X, their_y) in zip(ours, theirs, strict=True):
        assert (X.dtype, y.dtype) == (their_X.dtype, their_y.dtype)
        np.testing.assert_array_equal(X.asnumpy(), their_X.asnumpy())
        np.testing.assert_array_equal(y.asnumpy(), their_y.asnumpy())


# BatchLoader


@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), shuffle=st.booleans(), seed=st.integers(0, 9))
def test_a_pass_has_every_example_once_and_in_step(n, batch_size, shuffle, seed):
    features, labels = numbered(n)
    np.random.seed(seed)
    loader = d2l.BatchLoader(features, labels, batch_size, shuffle)
    batches = list(loader)
    assert len(batches) == len(loader) == -(-n // batch_size)
    assert [len(y) for _, y in batches] == [min(batch_size, n - start) for start in range(0, n, batch_size)]
    order = np.concatenate([y.asnumpy() for _, y in batches])
    assert sorted(order) == list(range(n))
    rows = np.concatenate([X.asnumpy() for X, _ in batches])
    np.testing.assert_array_equal(rows, features.asnumpy()[order])
    if not shuffle:
        assert order.tolist() == list(range(n))


@settings(max_examples=8)  # Gluon's loader takes a quarter of a second to be made
@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), seed=st.integers(0, 99))
def test_the_order_is_that_of_gluons_dataloader(n, batch_size, seed):
    features, labels = numbered(n)
    theirs = gdata.DataLoader(gdata.ArrayDataset(features, labels), batch_size, shuffle=True)
    ours = d2l.BatchLoader(features, labels, batch_size, True)
    np.random.seed(seed)
    expected = [*theirs, *theirs]  # two passes
    np.random.seed(seed)
    assert_same_batches([*ours, *ours], expected)


def test_each_pass_has_a_new_order_and_a_seed_repeats_it():
    loader = d2l.BatchLoader(*numbered(100), 100, True)

    def order():
        return next(iter(loader))[1].asnumpy().tolist()

    d2l.seed_everything(1)
    first, second = order(), order()
    assert first != second
    d2l.seed_everything(1)
    assert [order(), order()] == [first, second]


def test_passes_over_one_loader_may_overlap():
    loader = d2l.BatchLoader(*numbered(10), 4, False)
    pairs = [(a[1].asnumpy().tolist(), b[1].asnumpy().tolist()) for a, b in zip(loader, loader, strict=True)]
    assert all(a == b for a, b in pairs)
    assert len(pairs) == 3


def test_an_unshuffled_loader_leaves_the_random_stream_alone():
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    list(d2l.BatchLoader(*numbered(10), 4, False))
    assert np.random.rand() == expected


def test_batches_are_copies():
    features, labels = numbered(4)
    for X, y in d2l.BatchLoader(features, labels, 2, False):
        X[:] = -1
        y[:] = -1
    assert features.min().asscalar() == 0
    assert labels.min().asscalar() == 0


def test_a_loader_shows_what_it_was_given():
    features, labels = numbered(4)
    loader = d2l.BatchLoader(features, labels, 2, True)
    assert loader.features is features
    assert loader.labels is labels
    assert (loader.batch_size, loader.shuffle) == (2, True)


X, Y = numbered(4)
ROWS = "must hold one row for each of the same n >= 1 examples, got shapes (4, 3) and (3,)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: d2l.BatchLoader(X, Y, 0, True), ValueError, "batch_size must be an integer >= 1, got 0"),
        (lambda: d2l.BatchLoader(X, Y, 2.0, True), TypeError, "batch_size must be an integer >= 1, got 2.0 (float)"),
        (lambda: d2l.BatchLoader(X, Y, True, True), TypeError, "batch_size must be an integer >= 1, got True (bool)"),
        (lambda: d2l.BatchLoader(X, Y, 2, 1), TypeError, "shuffle must be True or False, got int"),
        (lambda: d2l.BatchLoader([1], Y, 2, True), TypeError, "features must be an NDArray, got list"),
        (lambda: d2l.BatchLoader(X, Y.asnumpy(), 2, True), TypeError, "labels must be an NDArray, got ndarray"),
        (lambda: d2l.BatchLoader(X, Y[:3], 2, True), ValueError, f"features and labels {ROWS}"),
        (lambda: d2l.data_iter(X, 2, Y), TypeError, "batch_size must be an integer >= 1, got "),
        (lambda: d2l.data_iter(0, X, Y), ValueError, "batch_size must be an integer >= 1, got 0"),
        (lambda: d2l.data_iter(2, X, Y[:3]), ValueError, f"features and labels {ROWS}"),
        (lambda: d2l.data_iter(2, X.asnumpy(), Y), TypeError, "features must be an NDArray, got ndarray"),
    ],
)
def test_wrong_arguments_are_refused_at_once(call, error, message):
    with pytest.raises(
        error, match=f"^(BatchLoader|data_iter): {re.escape(message)}" + ("" if message[-1] == " " else "$")
    ):
        call()


# data_iter, get_fashion_mnist_labels


@given(n=st.integers(1, 40), batch_size=st.integers(1, 50), seed=st.integers(0, 99))
def test_data_iter_gives_the_batches_of_d2lzh(n, batch_size, seed):
    features, labels = numbered(n)
    random.seed(seed)
    expected = list(d2lzh.data_iter(batch_size, features, labels))
    random.seed(seed)
    assert_same_batches(d2l.data_iter(batch_size, features, labels), expected)


@pytest.mark.parametrize("kind", [list, np.array, lambda v: nd.array(v), lambda v: nd.array(v, dtype="int32"), tuple])
def test_labels_are_those_of_d2lzh(kind):
    labels = kind([9, 0, 3, 3, 1, 2, 4, 5, 6, 7, 8])
    expected = d2lzh.get_fashion_mnist_labels(labels.asnumpy() if isinstance(labels, nd.NDArray) else labels)
    assert d2l.get_fashion_mnist_labels(labels) == expected


@pytest.mark.parametrize(
    ("labels", "error", "got"),
    [
        ([-1], ValueError, "-1"),
        ([0, 10], ValueError, "10"),
        ([0.5], ValueError, "0.5"),
        ([float("nan")], ValueError, "nan"),
        (["bag"], TypeError, "'bag' (str)"),
        ([True], TypeError, "True (bool)"),
    ],
)
def test_other_labels_are_refused(labels, error, got):
    message = f"get_fashion_mnist_labels: labels must be whole numbers in 0...9, got one of {got}"
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        d2l.get_fashion_mnist_labels(labels)


# synthetic_data


def test_synthetic_data_is_a_line_with_noise_of_a_hundredth():
    true_w, true_b, n = nd.array([2, -3.4]), 4.2, 20000
    features, labels = d2l.synthetic_data(true_w, true_b, n)
    assert (features.shape, labels.shape) == ((n, 2), (n,))
    features, labels = features.asnumpy().astype("float64"), labels.asnumpy().astype("float64")
    noise = labels - features @ np.array([2, -3.4]) - 4.2
    # A mean of n values has the sd 1/sqrt(n) of theirs, a standard deviation 1/sqrt(2 n).
    assert abs(noise.mean()) < 5 * 0.01 / n**0.5
    assert abs(noise.std() / 0.01 - 1) < 5 / (2 * n) ** 0.5
    assert np.abs(features.mean(axis=0)).max() < 5 / n**0.5
    assert np.abs(features.std(axis=0) - 1).max() < 5 / (2 * n) ** 0.5
    assert abs(np.corrcoef(noise, features[:, 0])[0, 1]) < 5 / n**0.5
    assert abs(np.corrcoef(features.T)[0, 1]) < 5 / n**0.5


def test_synthetic_data_repeats_the_books_lines():
    d2l.seed_everything(3)
    expected_X = nd.random.normal(scale=1, shape=(10, 2))
    expected_y = 2 * expected_X[:, 0] - 3.4 * expected_X[:, 1] + 4.2
    expected_y += nd.random.normal(scale=0.01, shape=expected_y.shape)
    d2l.seed_everything(3)
    features, labels = d2l.synthetic_data([2, -3.4], 4.2, 10)
    np.testing.assert_array_equal(features.asnumpy(), expected_X.asnumpy())
    np.testing.assert_allclose(labels.asnumpy(), expected_y.asnumpy(), rtol=0, atol=2e-6)


def test_synthetic_data_keeps_a_column_of_weights():
    features, labels = d2l.synthetic_data(nd.ones((200, 1)) * 0.01, 0.05, 7)
    assert (features.shape, labels.shape) == ((7, 200), (7, 1))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((2, 0, 5), TypeError, "w must be an NDArray or a list of numbers, got int"),
        ((nd.ones((2, 2)), 0, 5), ValueError, "w must be of shape (d,) or (d, 1), got (2, 2)"),
        ((nd.ones((1, 2, 1)), 0, 5), ValueError, "w must be of shape (d,) or (d, 1), got (1, 2, 1)"),
        (([1], "0", 5), TypeError, "b must be a finite number, got '0' (str)"),
        (([1], float("inf"), 5), ValueError, "b must be a finite number, got inf"),
        (([1], 0, 0), ValueError, "num_examples must be an integer >= 1, got 0"),
    ],
)
def test_synthetic_data_refuses_other_arguments(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape('synthetic_data: ' + message)}$"):
        d2l.synthetic_data(*arguments)


# Fashion-MNIST


@pytest.mark.parametrize("resize", [None, 40, 14, (20, 50)])
@pytest.mark.parametrize("batch_size", [16, 100])
def test_batches_are_those_of_d2lzh(resize, batch_size, root, monkeypatch):
    monkeypatch.setattr("mxnet.gluon.utils.check_sha1", lambda *args: True)
    original = gdata.DataLoader  # with its four workers, every test would start eight processes
    monkeypatch.setattr(gdata, "DataLoader", lambda data, size, shuffle, num_workers: original(data, size, shuffle))
    theirs = d2lzh.load_data_fashion_mnist(batch_size, resize, str(root))
    ours = d2l.load_data_fashion_mnist(batch_size, resize, str(root))
    for our_iter, their_iter in zip(ours, theirs, strict=True):
        assert len(our_iter) == len(their_iter)
        seed_all(7)
        expected = list(their_iter)
        seed_all(7)
        assert_same_batches(our_iter, expected)


def test_arrays_are_scaled_bytes(root):
    arrays = d2l.fashion_mnist_arrays(root)
    for array, role in zip(arrays, tiny_data.ARRAYS, strict=True):
        expected = tiny_data.ARRAYS[role]
        if "images" in role:
            assert array.dtype == np.float32
            expected = (expected / 255).astype("float32")[:, None]
        else:
            assert array.dtype == np.int32
        assert array.shape == expected.shape
        np.testing.assert_array_equal(array.asnumpy(), expected)


def test_the_scale_is_exactly_that_of_to_tensor():
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    expected = gdata.vision.transforms.ToTensor()(nd.array(grey.reshape(16, 16, 1), dtype="uint8"))
    np.testing.assert_array_equal(d2l.data._images(grey)[0].asnumpy(), expected.asnumpy())


def test_arrays_outlive_the_loader_and_may_be_written(root):
    images = d2l.fashion_mnist_arrays(root)[0]
    expected = images[1:].asnumpy()
    images[0] = 7
    assert images[0].min().asscalar() == 7
    np.testing.assert_array_equal(images[1:].asnumpy(), expected)


def test_training_is_shuffled_and_testing_is_not(root):
    train_iter, test_iter = d2l.load_data_fashion_mnist(8, root=root)
    assert (train_iter.shuffle, test_iter.shuffle) == (True, False)
    assert (len(train_iter.labels), len(test_iter.labels)) == (50, 20)


def test_real_images_come_without_a_word(root, capfd):
    d2l.load_data_fashion_mnist(8, root=root)
    d2l.load_data_fashion_mnist(8, resize=40, root=root)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("load", [d2l.fashion_mnist_arrays, lambda: d2l.load_data_fashion_mnist(8, resize=40)])
def test_the_stand_in_is_announced_on_one_line(load, root, capfd):
    load()
    assert capfd.readouterr() == (
        "STAND-IN: these images are drawn, they are not Fashion-MNIST (no mirror answered within 5 s). To get the real "
        "ones, put the four .gz files into a folder fashion-mnist and set D2L_DATA_DIR to the folder above; see "
        "data/README.md.\n",
        "",
    )


SIZE = "resize must be an integer in [1, 4096] or a pair of them, (width, height), got "


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0,), ValueError, "batch_size must be an integer >= 1, got 0"),
        (("8",), TypeError, "batch_size must be an integer >= 1, got '8' (str)"),
        ((8, 0), ValueError, SIZE + "0"),
        ((8, (20, 0)), ValueError, SIZE + "(20, 0)"),
        ((8, (20, 20, 20)), TypeError, SIZE + "(20, 20, 20)"),
        ((8, 20.0), TypeError, SIZE + "20.0"),
        ((8, True), TypeError, SIZE + "True"),
        ((8, "20"), TypeError, SIZE + "'20'"),
    ],
)
def test_the_loader_refuses_other_arguments(arguments, error, message, root):
    with pytest.raises(error, match=f"^{re.escape('load_data_fashion_mnist: ' + message)}$"):
        d2l.load_data_fashion_mnist(*arguments, root=root)


def test_a_wrong_root_is_refused(root):
    with pytest.raises(TypeError, match=r"^fetch: root must be a path or None, got int$"):
        d2l.load_data_fashion_mnist(8, root=1)


# The cost, on the real files

PEAK = """
import d2l_utils as d2l
from mxnet import nd
import d2l_utils.data
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024
nd.ones(3).wait_to_read()
before = peak()
arrays = d2l.fashion_mnist_arrays()
print((peak() - before) / (70000 * 784 * 4))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_loading_takes_little_more_memory_than_the_images():
    tiny_data.real_data_set()
    run = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    assert 1.0 < float(run.stdout) < 1.35


def seconds(function):
    times = []
    for _ in range(4):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def test_the_next_batches_do_not_wait_for_the_work_in_hand():
    batches = iter(d2l.BatchLoader(nd.ones((40, 3)), nd.ones(40), 1, shuffle=True))
    next(batches)
    X = nd.ones((1200, 1200))
    nd.waitall()
    start = time.perf_counter()
    for _ in range(10):
        X = nd.dot(X, X) / 1200
    rest = list(batches)
    handed_out = time.perf_counter() - start
    nd.waitall()
    assert len(rest) == 39
    assert handed_out < (time.perf_counter() - start) / 2


def test_loading_takes_little_longer_than_unzipping():
    paths = tiny_data.real_data_set().files.values()

    def unzip():
        for path in paths:
            with gzip.open(path) as stream:
                stream.read()

    assert seconds(d2l.fashion_mnist_arrays) < 2.5 * seconds(unzip)  # 1.3 on a quiet machine


def test_a_pass_over_the_real_images_takes_a_fraction_of_a_second():
    tiny_data.real_data_set()
    train_iter, _ = d2l.load_data_fashion_mnist(256)

    def one_pass():
        for X, _ in train_iter:
            X.wait_to_read()

    assert seconds(one_pass) < 1  # 0.05 on a quiet machine; d2lzh takes 3
    assert [len(y) for _, y in train_iter] == [256] * 234 + [96]
