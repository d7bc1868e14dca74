"""What shifts cost a trained network, and what it says about them: 10,000 images to learn from, of 784-256-256-10.

Trained with dropout 0.5 and measured on images that it has not seen: turned by `strength` degrees; brightened by this
factor; of another class balance, in which the four kinds of tops have the share `strength`; or with `strength` pairs of
classes that have exchanged their names. Entropies in nats: of one pass with dropout off, of the mean of 20 passes with
dropout on, and how much of it is disagreement between the passes. An image raises an alarm if its number is above that
of 95 percent of 2,500 other images without a shift.
"""

import functools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

import numpy as np
from mxnet import autograd, nd

STRENGTHS = {
    "rotation": (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180),
    "brightness": (0.1, 0.2, 0.35, 0.5, 0.7, 1.4, 2, 4),
    "balance": (0.1, 0.4, 0.7, 0.9),
    "meaning": (1, 2, 3),
}
GRID = [
    {"shift": shift, "strength": strength, "seed": seed}
    for shift, strengths in STRENGTHS.items()
    for strength in strengths
    for seed in range(0, 50, 10)
]
NUM_SAMPLES = 20
TOPS = 0, 2, 4, 6  # T-shirt, pullover, coat, shirt
PAIRS = (2, 4), (0, 6), (7, 9)  # pullover and coat, T-shirt and shirt, sneaker and ankle boot


@functools.cache
def trained(seed):
    """Give a trained network and 5,000 (images, labels) that it has not seen."""
    train, valid = fashion_mnist.split(10000, seed)
    net = fashion_mnist.mlp(drop_prob=0.5)
    fashion_mnist.train(net, *train, num_epochs=12, batch_size=100, lr=0.2)
    return net, valid


def balance(share):
    """Give the proportions of the ten classes if the four kinds of tops together have this share."""
    return [share / 4 if label in TOPS else (1 - share) / 6 for label in range(10)]


def renamed(y, num_pairs):
    """Give the labels after the first pairs of classes have exchanged their names."""
    names = np.arange(10)
    for one, other in PAIRS[:num_pairs]:
        names[[one, other]] = other, one
    return nd.array(names[y.asnumpy()], dtype=y.dtype)


def shifted(X, y, shift, strength, seed):
    """Give images and labels after a shift."""
    if shift == "rotation":
        return d2l.rotate(X, strength), y
    if shift == "brightness":
        return d2l.brighten(X, strength), y
    if shift == "meaning":
        return X, renamed(y, strength)
    chosen = d2l.resample_classes(y, balance(strength), 1000, np.random.RandomState(seed))
    return X.take(chosen), y.take(chosen)


def entropy(probs):
    """Give the entropy of each row's distribution, in nats."""
    return -(probs * nd.log(nd.maximum(probs, 1e-30))).sum(axis=-1)


def doubts(net, X):
    """Give three numbers for each image: entropy of one pass, of the mean of many, and their disagreement."""
    with autograd.pause(train_mode=True):
        probs = nd.stack(*[nd.softmax(net(X)) for _ in range(NUM_SAMPLES)])  # (pass, image, class)
    of_mean = entropy(probs.mean(axis=0))
    return {
        "once": entropy(nd.softmax(net(X))).asnumpy().astype("float64"),
        "mc": of_mean.asnumpy().astype("float64"),
        "spread": (of_mean - entropy(probs).mean(axis=0)).asnumpy().astype("float64"),
    }


def recalls(net, X, y):
    """Give for each class the share of its images that is recognized."""
    right = (net(X).argmax(axis=1).asnumpy() == y.asnumpy()).astype("float64")
    return [float(right[y.asnumpy() == label].mean()) for label in range(10)]


def run(shift, strength, seed):
    """Shift and measure; the network of a seed is trained once."""
    net, (X, y) = trained(seed)
    d2l.seed_everything(seed)
    usual = doubts(net, X[2500:])
    part = slice(None) if shift == "balance" else slice(2500)  # the rare classes of a balance need more to draw from
    X, y = shifted(X[part], y[part], shift, strength, seed)
    result = {"acc": d2l.accuracy(net(X), y), "confidence": float(nd.softmax(net(X)).max(axis=1).mean().asscalar())}
    for name, numbers in doubts(net, X).items():
        result[name] = float(numbers.mean())
        result[f"{name}_alarms"] = float((numbers > np.quantile(usual[name], 0.95)).mean())
    return result | {"recalls": recalls(net, X, y)}
