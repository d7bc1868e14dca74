"""How strong should each regularizer be (chapter 16)? A small grid at four sizes, with its own seeds; no test image.

Every run takes 300 steps of 100 images with the same learning rates, which are 60 epochs of 500 images and three of
10,000; for 55,000, which 60,000 leave when 5,000 are kept to validate on, it takes 550 steps, one epoch.
"""

import functools
import itertools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import autograd, gluon

NUM_STEPS = {500: 300, 2000: 300, 10000: 300, 55000: 550}
SIZES = list(NUM_STEPS)
SEEDS = [100, 110]
BATCH_SIZE, LR, MOMENTUM = 100, 0.05, 0.9
CHECK_EVERY = 50  # steps from one look at the validation images to the next, for early stopping
NOTHING = {"drop_prob": 0, "wd": 0, "limit": 0, "alpha": 0}
GRIDS = {
    "weight decay": [{"wd": wd} for wd in (0.001, 0.01)],
    "max-norm": [{"limit": limit} for limit in (1, 2)],
    "dropout": [{"drop_prob": drop_prob} for drop_prob in (0.2, 0.5)],
    "dropout + decay": [{"drop_prob": drop_prob, "wd": 0.001} for drop_prob in (0.2, 0.5)],
    "R-Drop": [{"drop_prob": 0.2, "alpha": 1}, {"drop_prob": 0.5, "alpha": 0.3}],
}


def points(settings, seeds):
    """List the runs of (size, method, what differs from NOTHING); methods take turns, so that each meets every load."""
    return [
        {"num_train": size, "method": method} | NOTHING | strength | {"seed": seed}
        for seed in seeds
        for size, method, strength in settings
    ]


GRID = points([(size, m, strength) for size in SIZES for m, grid in GRIDS.items() for strength in grid], SEEDS)


def run(**point):
    """Train once; give what validation says."""
    net, _, valid = trained(**point)
    valid_acc, valid_loss = fashion_mnist.measure(net, *valid)
    return {"valid_acc": valid_acc, "valid_loss": valid_loss}


def trained(num_train, method, *, seed, **strength):
    """Give a trained network, its training images and its validation images."""
    train, valid = fashion_mnist.split(num_train, seed)
    net = fashion_mnist.mlp(strength["drop_prob"])
    if method == "early stopping":
        stop_early(net, fit(net, *train, **strength), valid)
    else:
        for _ in fit(net, *train, **strength):
            pass
    return net, train, valid


def fit(net, X, y, *, wd, limit, alpha, drop_prob):
    """Train, and give the number of each step; the last quarter of the steps has a tenth of the learning rate."""
    net(X[:2])  # now all shapes are known
    net.collect_params(".*bias").setattr("wd_mult", 0)
    weights = [param.data() for param in net.collect_params(".*weight").values()]
    options = {"learning_rate": LR, "momentum": MOMENTUM, "wd": wd}
    trainer = gluon.Trainer(net.collect_params(), "sgd", options)
    loss = functools.partial(fashion_mnist.r_drop, alpha=alpha) if alpha else fashion_mnist.cross_entropy
    num_steps = NUM_STEPS[len(X)]
    for step, (X_batch, y_batch) in enumerate(batches(X, y, num_steps), start=1):
        trainer.set_learning_rate(LR if step <= 0.75 * num_steps else LR / 10)
        with autograd.record():
            batch_loss = loss(net, X_batch, y_batch)
        batch_loss.backward()
        trainer.step(len(X_batch))
        if limit:
            d2l.max_norm(weights, limit)
        yield step


def batches(X, y, num_steps):
    """Go through the images again and again, each time in another order, for so many batches."""
    train_iter = d2l.BatchLoader(X, y, BATCH_SIZE, shuffle=True)
    endless = itertools.chain.from_iterable(itertools.repeat(train_iter))
    return itertools.islice(endless, num_steps)


def stop_early(net, steps, valid):
    """Train to the end, and go back to the weights whose validation loss was lowest."""
    lowest, best = float("inf"), None
    for step in steps:
        if step % CHECK_EVERY == 0:
            _, valid_loss = fashion_mnist.measure(net, *valid)
            if valid_loss < lowest:
                lowest, best = valid_loss, [param.data().copy() for param in net.collect_params().values()]
    for param, value in zip(net.collect_params().values(), best, strict=True):
        param.set_data(value)
