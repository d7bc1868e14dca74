"""The drawn stand-in. Wrong answers to catch: other bytes than the registry's; a disturbed global random stream;
classes that are missing, unequal or in another order; images that are empty, alike, cut off or overflown; a data set
too easy or too hard to teach with.
"""

import hashlib

from d2l_utils.datasets import drawing, idx, registry, stand_in
from d2l_utils.datasets.garments import GARMENTS

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, gluon, nd
from mxnet.gluon import nn

T_SHIRT, TROUSER, PULLOVER, DRESS, COAT, SANDAL, SHIRT, SNEAKER, BAG, ANKLE_BOOT = range(10)


@pytest.fixture(scope="module")
def drawn():
    return stand_in.draw({"train": 6000, "test": 1000})


def test_the_bytes_are_those_of_the_registry(drawn):
    files = registry.entry("fashion-mnist").stand_in.files
    contents = {role: idx.encode(array) for role, array in drawn.items()}
    assert {role: len(content) for role, content in contents.items()} == {role: f.size for role, f in files.items()}
    digests = {role: hashlib.sha256(content).hexdigest() for role, content in contents.items()}
    assert digests == {role: file.sha256 for role, file in files.items()}


def test_no_global_random_stream_is_touched():
    before = np.random.get_state()[1].copy(), np.random.get_state()[2]
    stand_in.draw({"train": 1})
    after = np.random.get_state()[1], np.random.get_state()[2]
    np.testing.assert_array_equal(after[0], before[0])
    assert after[1] == before[1]


def test_ten_equal_classes_shuffled(drawn):
    for part, count in (("train", 6000), ("test", 1000)):
        labels = drawn[f"{part}_labels"]
        assert np.bincount(labels).tolist() == [count] * 10
        # Of n shuffled labels, about n / 10 equal their predecessor; in sorted order all would.
        repeats = np.mean(labels[1:] == labels[:-1])
        assert abs(repeats - 0.1) < 5 * (0.1 * 0.9 / len(labels)) ** 0.5


def test_training_and_test_images_share_none(drawn):
    digests = [{image.tobytes() for image in drawn[f"{part}_images"]} for part in ("train", "test")]
    assert [len(part) for part in digests] == [60000, 10000]
    assert not digests[0] & digests[1]


def test_the_drawing_functions_are_in_the_order_of_the_labels():
    names = ["t_shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle_boot"]
    assert [garment.__name__ for garment in GARMENTS] == names


def extents(images):
    """Return mean height and width of what is drawn, in pixels."""
    drawn = images > 0
    return drawn.any(axis=2).sum(axis=1).mean(), drawn.any(axis=1).sum(axis=1).mean()


def test_garments_have_the_proportions_of_garments(drawn):
    by_class = [drawn["test_images"][drawn["test_labels"] == label] for label in range(10)]
    heights, widths = np.transpose([extents(images) for images in by_class])
    for upright in (TROUSER, DRESS):
        assert heights[upright] > 1.5 * widths[upright]
    for flat in (SANDAL, SNEAKER):
        assert widths[flat] > 1.5 * heights[flat]
    assert heights[ANKLE_BOOT] > heights[SNEAKER] + 4
    assert min(widths[[PULLOVER, COAT]]) > widths[DRESS] + 5
    between_the_legs = [images[:, 22, 12:16].min(axis=1).mean() for images in by_class]
    assert between_the_legs[TROUSER] < 20 < 60 < between_the_legs[DRESS]


def test_images_are_neither_empty_nor_flat_nor_cut_off(drawn):
    images = drawn["test_images"]
    covered = (images > 0).mean(axis=(1, 2))
    assert covered.min() > 0.03
    assert covered.max() < 0.85
    assert 0.15 < images.mean() / 255 < 0.3
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    assert (border > 0).mean() < 0.06
    assert min(images[drawn["test_labels"] == label].std(axis=0).max() for label in range(10)) > 60


def exact_coverage(corners):
    """Return the share of each pixel inside a convex polygon, from 32 x 32 points in it."""
    points = (np.arange(28 * 32) + 0.5) / 32 * drawing.UNIT - 14 * drawing.UNIT
    x, y = np.meshgrid(points, points)
    inside = np.ones_like(x, dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        inside &= (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0
    return inside.reshape(28, 32, 28, 32).mean(axis=(1, 3))


def plain_pen():
    """Return a pen that puts shapes exactly where they are asked for."""
    pen = drawing.Pen(np.random.RandomState(0), 1)
    pen._shift_x = pen._shift_y = pen._slant = np.zeros(1, np.int32)
    pen._size_x = pen._size_y = np.full(1, 256, np.int32)
    return pen


@pytest.mark.parametrize(
    "corners",
    [
        [(-80, -80), (80, -80), (80, 80), (-80, 80)],
        [(-100, -150), (120, -60), (60, 170), (-90, 100)],
        [(0, -200), (200, 0), (0, 200), (-200, 0)],
        [(-300, -300), (300, -300), (300, 300), (-300, 300)],  # beyond the image: the distances must not overflow
        [(-60, -200), (0, -200), (60, 200), (0, 200)],
    ],
)
@pytest.mark.parametrize("turn", [1, -1], ids=["clockwise", "anticlockwise"])
def test_a_polygon_covers_what_it_should(corners, turn):
    pen = plain_pen()
    coverage = pen.polygon([(np.array([x]), np.array([y])) for x, y in corners[::turn]])[0] / drawing.FULL
    exact = exact_coverage(corners)
    assert np.abs(coverage - exact).mean() < 0.02  # only pixels on an edge may differ, most at sharp corners
    assert abs(coverage.sum() - exact.sum()) < 0.06 * exact.sum()


def test_both_sides_are_mirror_images():
    pen = plain_pen()
    coverage = pen.both_sides([(np.array([x]), np.array([y])) for x, y in [(20, -100), (120, 0), (40, 90)]])[0]
    assert np.abs(coverage - coverage[:, ::-1]).max() <= drawing.FULL // 5  # whole numbers are rounded to one side
    assert coverage[:, :12].max() == drawing.FULL


def test_paint_lays_tones_over_each_other():
    canvas = np.full((1, 1, 3), 10, np.int16)
    drawing.paint(canvas, np.array([[[0, drawing.FULL // 2, drawing.FULL]]], np.int16), 250)
    assert canvas.tolist() == [[[10, 130, 250]]]


# How hard it is, by training: the numbers that chapters rely on. Three seeds, about 30 seconds.


@pytest.fixture(scope="module")
def arrays(drawn):
    def flat(role):
        return nd.array(drawn[role].reshape(len(drawn[role]), -1), dtype="float32") / 255

    def labels(role):
        return nd.array(drawn[role], dtype="float32")

    return flat("train_images"), labels("train_labels"), flat("test_images"), labels("test_labels")


def trained(hidden, drop_probs, X, y, *, lr, num_epochs, batch_size):
    net = nn.HybridSequential()
    for width, drop_prob in zip(hidden, drop_probs, strict=True):
        net.add(nn.Dense(width, activation="relu"), nn.Dropout(drop_prob))
    net.add(nn.Dense(10))
    net.initialize(mx.init.Normal(0.01))
    net.hybridize()
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": lr})
    for _ in range(num_epochs):
        order = nd.array(np.random.permutation(len(X)))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            with autograd.record():
                losses = loss(net(X.take(rows)), y.take(rows))
            losses.backward()
            trainer.step(len(rows))
    return net


def accuracy(net, X, y):
    return (net(X).argmax(axis=1) == y).mean().asscalar()


@pytest.mark.whole
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_as_hard_as_the_chapters_need(seed, arrays):
    X, y, X_test, y_test = arrays
    mx.random.seed(seed)
    np.random.seed(seed)
    mlp = trained((256, 256), (0.2, 0.5), X, y, lr=0.5, num_epochs=5, batch_size=256)
    softmax = trained((), (), X, y, lr=0.1, num_epochs=5, batch_size=256)
    assert 0.80 <= accuracy(mlp, X_test, y_test) <= 0.92
    assert accuracy(softmax, X_test, y_test) <= accuracy(mlp, X_test, y_test) - 0.03
    few = trained((256, 256), (0, 0), X[:500], y[:500], lr=0.1, num_epochs=150, batch_size=32)
    assert accuracy(few, X[:500], y[:500]) > 0.97
    assert accuracy(few, X_test, y_test) < accuracy(few, X[:500], y[:500]) - 0.08
