"""How strong should each regularizer be (chapter 16)? A small grid at four sizes, with its own seeds; no test image.

Every method takes equally many steps at a size: 80 epochs of 500 images, 25 of 2,000, 20 of 10,000 and 6 of 60,000.
Of the 60,000, 5,000 are kept back to validate on; at the other sizes 5,000 more images are there for it.
"""

import functools
import itertools

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist

from mxnet import autograd, gluon

BUDGETS = {500: (400, 100), 2000: (500, 100), 10000: (800, 250), 60000: (1440, 250)}  # steps, images in a batch
SIZES = list(BUDGETS)
ALL = 60000
SEEDS = [100, 110]
WIDTH, LR, MOMENTUM = 128, 0.05, 0.9
CHECK_EVERY = 40  # steps from one look at the validation images to the next, for early stopping
NOTHING = {"drop_prob": 0, "wd": 0, "l1": 0, "limit": 0, "alpha": 0}
GRIDS = {
    "weight decay": [{"wd": wd} for wd in (0.0003, 0.002, 0.015)],
    "L1": [{"l1": l1} for l1 in (0.00003, 0.0002, 0.001)],
    "max-norm": [{"limit": limit} for limit in (2, 1.2, 0.7)],
    "dropout": [{"drop_prob": drop_prob} for drop_prob in (0.1, 0.3, 0.5)],
    "dropout + decay": [
        {"drop_prob": drop_prob, "wd": wd} for drop_prob, wd in ((0.1, 0.0003), (0.3, 0.002), (0.5, 0.01))
    ],
    "R-Drop": [{"drop_prob": drop_prob, "alpha": alpha} for drop_prob, alpha in ((0.1, 0.3), (0.3, 1), (0.5, 1))],
}  # from weak to strong


def candidates(method, size):
    """Give the strengths to choose from: from 10,000 images on, where a run takes long, only the two weaker ones."""
    return GRIDS[method][: 3 if size < 10000 else 2]


def seeds(size):
    """Give the seeds to choose by: two, and one from 10,000 images on."""
    return SEEDS if size < 10000 else SEEDS[:1]


def point(size, method, strength, seed):
    """Give a run by what differs from NOTHING."""
    return {"num_images": size, "method": method} | NOTHING | strength | {"seed": seed}


GRID = [
    point(size, method, strength, seed)
    for size in SIZES
    for seed in seeds(size)
    for method in GRIDS
    for strength in candidates(method, size)
]


def run(**point):
    """Train once; give what validation says."""
    net, _, valid = trained(**point, keep_back=True)
    valid_acc, valid_loss = fashion_mnist.measure(net, *valid)
    return {"valid_acc": valid_acc, "valid_loss": valid_loss}


def trained(num_images, method, *, seed, keep_back=False, **strength):
    """Give a trained network, its training images and its validation images.

    All images are learned from, unless some are to be kept back: early stopping does so in any case.
    """
    keep_back = num_images == ALL and (keep_back or method == "early stopping")
    train, valid = fashion_mnist.split(num_images - keep_back * fashion_mnist.NUM_VALID, seed)
    net = fashion_mnist.mlp(strength["drop_prob"], WIDTH)
    steps = fit(net, *train, *BUDGETS[num_images], **strength)
    if method == "early stopping":
        stop_early(net, steps, valid)
    else:
        for _ in steps:
            pass
    return net, train, valid


def fit(net, X, y, num_steps, batch_size, *, wd, l1, limit, alpha, drop_prob):
    """Train, and give the number of each step; the last quarter of the steps has a tenth of the learning rate."""
    net(X[:2])  # now all shapes are known
    net.collect_params(".*bias").setattr("wd_mult", 0)
    weights = [param.data() for param in net.collect_params(".*weight").values()]
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": LR, "momentum": MOMENTUM, "wd": wd})
    loss = functools.partial(fashion_mnist.r_drop, alpha=alpha) if alpha else fashion_mnist.cross_entropy
    for step, (X_batch, y_batch) in enumerate(batches(X, y, num_steps, batch_size), start=1):
        trainer.set_learning_rate(LR if step <= 0.75 * num_steps else LR / 10)
        with autograd.record():
            batch_loss = loss(net, X_batch, y_batch)
        batch_loss.backward()
        trainer.step(len(X_batch))
        if l1:
            soft_threshold(weights, l1 * trainer.learning_rate / (1 - MOMENTUM))
        if limit:
            d2l.max_norm(weights, limit)
        yield step


def soft_threshold(weights, threshold):
    """Move each weight by `threshold` towards 0, and to 0 if it is not farther away (chapter 8), in place.

    With momentum a slope moves a weight by lr / (1 - momentum) times itself in the end, so L1's slope has to as well.
    """
    for w in weights:
        w[:] = w - w.clip(-threshold, threshold)


def batches(X, y, num_steps, batch_size):
    """Go through the images again and again, each time in another order, for so many batches."""
    train_iter = d2l.BatchLoader(X, y, batch_size, shuffle=True)
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
