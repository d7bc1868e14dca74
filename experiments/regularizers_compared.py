"""All regularizers beside each other on the test images (chapter 16), each as strong as validation chose it."""

import statistics

from d2l_utils import experiments
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import regularizers_choosing as choosing

SEEDS = range(0, 50, 10)
FIXED = ["nothing", "early stopping"]  # they have no strength


def chosen(rows, size, method):
    """Give the strength of a method whose mean validation loss is lowest at a size."""

    def mean_loss(strength):
        wanted = ({"num_train": size, "method": method} | choosing.NOTHING | strength).items()
        return statistics.mean(row["valid_loss"] for row in rows if wanted <= row.items())

    return min(choosing.GRIDS[method], key=mean_loss)


def settings():
    """Give (size, method, strength) for all methods at all sizes."""
    rows = experiments.table("regularizers_choosing")
    for size in choosing.SIZES:
        yield from ((size, method, {}) for method in FIXED)
        yield from ((size, method, chosen(rows, size, method)) for method in choosing.GRIDS)


GRID = choosing.points(list(settings()), SEEDS)


def run(**point):
    """Train once; give what 2,000 of the training images say (or all, if they are fewer), and the test images."""
    net, (X, y), _ = choosing.trained(**point)
    train_acc, train_loss = fashion_mnist.measure(net, X[:2000], y[:2000])
    test_acc, test_loss = fashion_mnist.measure(net, *fashion_mnist.test_set())
    return {"train_acc": train_acc, "train_loss": train_loss, "test_acc": test_acc, "test_loss": test_loss}
