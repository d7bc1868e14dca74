"""The capstone's search (chapter 23): each setting validated on five folds of the 1,000 images, no test image used.

`seed` names the fold, 0, 10, ..., 40, and is the seed of the network that is validated on it.
"""

import d2l_utils as d2l
from d2l_utils.experiments import _capstone as capstone

STRONGER = capstone.BASELINE | {"width": 512, "num_epochs": 40, "momentum": 0.9, "sigma": 0, "decay": True}
MOVED = STRONGER | {"size": 0.1}
SETTINGS = {
    "plain, rate 0.1": capstone.BASELINE,
    "plain, rate 0.5": capstone.BASELINE | {"lr": 0.5},
    "trained better": STRONGER,
    "moved by 0.05": STRONGER | {"size": 0.05},
    "moved by 0.1": MOVED,
    "moved by 0.2": STRONGER | {"size": 0.2},
    "moved, dropout": MOVED | {"drop_prob": 0.2},
    "moved, weight decay": MOVED | {"wd": 0.001},
    "moved, smoothed labels": MOVED | {"smoothing": 0.1},
    "moved, 80 epochs": MOVED | {"num_epochs": 80},
    "moved, three networks": MOVED | {"num_nets": 3},
    "moved, five views": MOVED | {"num_views": 5},
    "moved, three networks, five views": MOVED | {"num_nets": 3, "num_views": 5},
}
GRID = {"setting": list(SETTINGS), "seed": list(range(0, 50, 10))}


def run(setting, seed):
    """Train on four folds of five; give what the fifth says."""
    train, valid = capstone.split(seed // 10)
    d2l.seed_everything(seed)
    options = SETTINGS[setting]
    nets = capstone.train_several(*train, **options)
    train_acc, _ = capstone.measure(nets, *train, num_views=options["num_views"])
    valid_acc, valid_loss = capstone.measure(nets, *valid, num_views=options["num_views"])
    return {"train_acc": train_acc, "valid_acc": valid_acc, "valid_loss": valid_loss}
