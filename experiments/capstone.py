"""The capstone on the test images (chapter 23): the plain MLP, the chosen solution, and each ingredient changed alone.

All was chosen before by `capstone_choosing`. Nothing is chosen by this table.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _capstone as capstone
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import capstone_choosing as choosing

SOLUTION = choosing.MOVED | {"num_nets": 3, "num_views": 5}
SETTINGS = {
    "plain MLP": capstone.BASELINE,
    "solution": SOLUTION,
    "one network": SOLUTION | {"num_nets": 1},
    "one view": SOLUTION | {"num_views": 1},
    "no moves": SOLUTION | {"size": 0},
    "256 units": SOLUTION | {"width": 256},
    "constant rate": SOLUTION | {"decay": False},
    "no momentum": SOLUTION | {"momentum": 0},
    "N(0, 0.01)": SOLUTION | {"sigma": 0.01},
    "with dropout": SOLUTION | {"drop_prob": 0.2},
}
GRID = {"setting": list(SETTINGS), "seed": list(range(0, 50, 10))}


def run(setting, seed):
    """Train on all 1,000 images; give what these and the 10,000 test images say."""
    options = SETTINGS[setting]
    d2l.seed_everything(seed)
    X, y = capstone.all_images()
    nets = capstone.train_several(X, y, **options)
    train_acc, _ = capstone.measure(nets, X, y, num_views=options["num_views"])
    test_acc, test_loss = capstone.measure(nets, *fashion_mnist.test_set(), num_views=options["num_views"])
    return {"train_acc": train_acc, "test_acc": test_acc, "test_loss": test_loss}
