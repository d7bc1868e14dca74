"""R-Drop and plain dropout on the test images: the two settings that validation chose in `r_drop`, and no other."""

from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import r_drop

CHOSEN = [
    {"lr": 0.03, "passes": 1, "alpha": 0, "num_epochs": 120},
    {"lr": 0.03, "passes": 2, "alpha": 0.3, "num_epochs": 120},
]
GRID = [{"num_train": 500, "drop_prob": 0.5} | setting | {"seed": seed} for setting in CHOSEN for seed in r_drop.SEEDS]


def run(**point):
    """Train as `r_drop` does, and measure on the test images."""
    net, _, _ = r_drop.trained(**point)
    test_acc, test_loss = fashion_mnist.measure(net, *fashion_mnist.test_set())
    return {"test_acc": test_acc, "test_loss": test_loss}
