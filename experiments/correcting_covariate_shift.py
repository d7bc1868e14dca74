"""Covariate shift corrected by importance weights (chapter 22): mostly upright images to learn from, mostly turned ones
to classify.

5,000 images, a share of `turned` of them rotated by 90 degrees; in the test images it is 0.9. `way` is how the loss is
weighted: "none"; "estimated" from 5,000 unlabeled images of the new mixture, uncut or cut at a largest weight; "known",
the true q/p of the two kinds of images; or "oracle", no weights, and training images of the new mixture.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

import numpy as np
from mxnet import nd

WAYS = ["none", "estimated", "cut at 10", "cut at 3", "known", "oracle"]
SEEDS = range(0, 50, 10)
NEW_SHARE, NUM_IMAGES = 0.9, 5000
SETTINGS = [("linear", 0.1, way) for way in WAYS] + [("deep", 0.1, way) for way in WAYS]
SETTINGS += [("linear", 0, way) for way in ("none", "cut at 10", "oracle")]  # no overlap
GRID = [
    {"net": net, "turned": turned, "way": way, "seed": seed} for net, turned, way in SETTINGS for seed in SEEDS
]  # fmt: skip


def mixture(images, share, rng):
    """Rotate a share of the images by 90 degrees; give them and which ones they are."""
    is_turned = rng.random_sample(len(images)) < share
    which = nd.array(is_turned.reshape(-1, 1, 1, 1)).broadcast_to(images.shape)
    return nd.where(which, d2l.rotate(images, 90), images), is_turned


def features(images):
    """Give the mean brightness of 7 x 7 patches of each image, and its square."""
    means = nd.Pooling(images, kernel=(4, 4), stride=(4, 4), pool_type="avg").reshape((len(images), -1))
    return nd.concat(means, means**2, dim=1)


def weighted_loss(net, X, y_and_weight):
    """Give the weighted loss of each example; the second column are the weights."""
    return fashion_mnist.LOSS(net(X), y_and_weight[:, 0], y_and_weight[:, 1:])


def fit(kind, X, y, weights):
    """Train a linear or a deep network on weighted examples."""
    net = fashion_mnist.mlp(0, width=128, depth={"linear": 0, "deep": 2}[kind])
    weights = weights / weights.mean()
    columns = nd.stack(y.astype("float32"), weights, axis=1)
    fashion_mnist.train(net, X, columns, num_epochs=20, batch_size=200, lr=0.2, loss=weighted_loss)
    return net


def data(turned, way, seed):
    """Give images, labels and weights to learn from, and (images, labels, which are turned) of the new mixture."""
    (X, y), (X_new, _) = fashion_mnist.split(NUM_IMAGES, seed)
    X_test, y_test = (array[:NUM_IMAGES] for array in fashion_mnist.test_set())
    rng = np.random.RandomState(seed)
    test, is_turned_test = mixture(X_test, NEW_SHARE, rng)
    new, _ = mixture(X_new, NEW_SHARE, rng)
    train, is_turned = mixture(X, NEW_SHARE if way == "oracle" else turned, rng)
    weights = nd.ones(len(X))
    if way == "known":
        weights = nd.array(np.where(is_turned, NEW_SHARE / turned, (1 - NEW_SHARE) / (1 - turned)))
    elif way not in ("none", "oracle"):
        largest = float(way.removeprefix("cut at ")) if way.startswith("cut") else None
        weights = d2l.importance_weights(features(train), features(new), largest=largest)
        weights = nd.array(weights.asnumpy().round(4) + 1e-4)  # which another build of NumPy rounds alike
    return (train, y, weights), (test, y_test, is_turned_test)


def run(net, turned, way, seed):
    """Train; give the test accuracy, that of both kinds of images, the loss, and the share of examples in effect."""
    (X, y, weights), (X_test, y_test, is_turned) = data(turned, way, seed)
    d2l.seed_everything(seed)
    fitted = fit(net, X, y, weights)
    acc, loss = fashion_mnist.measure(fitted, X_test, y_test)
    parts = {}
    for name, which in (("upright", ~is_turned), ("turned", is_turned)):
        chosen = nd.array(np.flatnonzero(which), dtype="int64")
        parts[f"{name}_acc"] = fashion_mnist.measure(fitted, X_test.take(chosen), y_test.take(chosen))[0]
    effective = round(d2l.effective_sample_size(weights) / len(X), 6)
    return {"test_acc": acc, "test_loss": loss, **parts, "effective": effective}
