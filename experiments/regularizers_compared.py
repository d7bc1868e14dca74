"""All regularizers beside each other on the test images (chapter 16), each as strong as validation chose it.

At the largest size all learn from all 60,000 images, except early stopping: it keeps 5,000 back and learns from 55,000.
"""

import statistics

from d2l_utils import experiments
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import regularizers_choosing as choosing

SEEDS = range(0, 50, 10)
FIXED = ["nothing", "early stopping"]  # they have no strength


def chosen(rows, size, method):
    """Give the strength of a method whose mean validation loss is lowest at a size."""

    def mean_loss(strength):
        wanted = ({"num_images": size, "method": method} | choosing.NOTHING | strength).items()
        return statistics.mean(row["valid_loss"] for row in rows if wanted <= row.items())

    return min(choosing.candidates(method, size), key=mean_loss)


def strengths(rows, size):
    """Give the strength of every method at a size."""
    return {method: {} for method in FIXED} | {method: chosen(rows, size, method) for method in choosing.GRIDS}


def points():
    """List all runs. The methods take turns, so that each meets every load of the machine."""
    rows = experiments.table("regularizers_choosing")
    for size in choosing.SIZES:
        at_this_size = strengths(rows, size)
        for seed in SEEDS:
            yield from (choosing.point(size, *setting, seed) for setting in at_this_size.items())


GRID = list(points())


def run(**point):
    """Train once; give what 2,000 of the training images say (or all, if they are fewer), and the test images.

    `zeros` is the share of the weights that are exactly 0.
    """
    net, (X, y), _ = choosing.trained(**point)
    train_acc, train_loss = fashion_mnist.measure(net, X[:2000], y[:2000])
    test_acc, test_loss = fashion_mnist.measure(net, *fashion_mnist.test_set())
    weights = [param.data() for param in net.collect_params(".*weight").values()]
    zeros = sum(float((w == 0).sum().asscalar()) for w in weights) / sum(w.size for w in weights)
    results = {"train_acc": train_acc, "train_loss": train_loss, "test_acc": test_acc, "test_loss": test_loss}
    return results | {"zeros": zeros}
