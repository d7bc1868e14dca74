"""How often the classifier two-sample test cries: without a shift, and by kind and strength of a shift.

Each run draws ten pairs of samples from the training images, no image twice in a pair, changes the second sample, and
tests at level 0.05. `balance` is the share of the four kinds of tops in the second sample, 0.4 in the data; `meaning`
tells how many pairs of classes exchange their names, and then the classifier sees the labels too. 200 draws without a
shift for two sizes of samples, 50 for everything else.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments.shift_cost import balance, renamed

import numpy as np
from mxnet import nd

STRENGTHS = {
    "rotation": (2, 5, 10, 20),
    "brightness": (0.9, 0.7, 0.5),
    "balance": (0.5, 0.6, 0.7, 0.9),
    "meaning": (1, 3),
}
GRID = [
    {"shift": "none", "strength": 0, "num_examples": num_examples, "seed": seed}
    for num_examples in (50, 200)
    for seed in range(0, 200, 10)
] + [
    {"shift": shift, "strength": strength, "num_examples": num_examples, "seed": seed}
    for shift, strengths in STRENGTHS.items()
    for strength in strengths
    for num_examples in (50, 200, 800)
    for seed in range(0, 50, 10)
]
NUM_DRAWS = 10


def drawn(shift, strength, num_examples, rng):
    """Draw two samples and change the second."""
    images, labels, _, _ = fashion_mnist._arrays()
    order = rng.permutation(len(images))
    ours, others = nd.array(order[:num_examples]), order[num_examples:]
    if shift == "balance":
        pool = nd.array(others[: 10 * num_examples])
        others = pool.take(d2l.resample_classes(labels.take(pool), balance(strength), num_examples, rng))
    else:
        others = nd.array(others[:num_examples])
    first, second = images.take(ours), images.take(others)
    if shift == "rotation":
        second = d2l.rotate(second, strength)
    if shift == "brightness":
        second = d2l.brighten(second, strength)
    if shift == "meaning":
        first = with_labels(first, labels.take(ours))
        second = with_labels(second, renamed(labels.take(others), strength))
    return first, second


def with_labels(images, labels):
    """Add to the pixels of each image which of the ten classes it has."""
    return nd.concat(images.reshape((len(images), -1)), 3 * nd.one_hot(labels, 10), dim=1)


def run(shift, strength, num_examples, seed):
    """Draw and test ten times; give the accuracies and the p-values."""
    d2l.seed_everything(seed)
    rng = np.random.RandomState(seed)
    results = [d2l.two_sample_test(*drawn(shift, strength, num_examples, rng)) for _ in range(NUM_DRAWS)]
    accuracies, p_values = zip(*results, strict=True)
    return {"accuracies": list(accuracies), "p_values": list(p_values), "alarms": sum(p <= 0.05 for p in p_values)}
