"""Label shift corrected (chapter 22): few tops to learn from, many to classify.

T-shirts, pullovers and coats are 4 % each of 3,000 images to learn from and of 3,000 to validate on, and 20 % each of
3,000 test images; the other classes share the rest. `way` says what is done about it: "none"; "outputs", the predicted
probabilities are multiplied by q(y) / p(y); "loss", the network is trained again with these weights; "oracle", it is
trained on images of the new shares. q is estimated from the answers on the unlabeled test images ("estimated"), taken
from the joint table in place of the conditional one ("joint", divided by its sum), or "known".
"""

import d2l_utils as d2l
from d2l_utils.experiments import _fashion_mnist as fashion_mnist
from d2l_utils.experiments import correcting_covariate_shift as covariate

import numpy as np
from mxnet import nd

TOPS = [0, 2, 4]  # T-shirt, pullover, coat
SEEDS = range(0, 50, 10)
NUM_IMAGES = 3000
WAYS = [("none", ""), ("outputs", "joint"), ("outputs", "estimated"), ("outputs", "known"), ("loss", "estimated")]
WAYS += [("loss", "known"), ("oracle", "")]
GRID = [
    {"net": net, "way": way, "shares": shares, "seed": seed}
    for net in ("linear", "deep")
    for way, shares in WAYS
    for seed in SEEDS
]


def shares_with_tops(share):
    """Give the shares of all classes, of which each top has `share`."""
    shares = np.full(10, (1 - len(TOPS) * share) / (10 - len(TOPS)))
    shares[TOPS] = share
    return shares


P, Q = shares_with_tops(0.04), shares_with_tops(0.2)


def data(way, seed):
    """Give (images, labels) to learn from, to validate on and to test on."""
    (X, y), _ = fashion_mnist.split(60000, seed)
    rng, half = np.random.RandomState(seed), len(X) // 2
    X_test, y_test = fashion_mnist.test_set()
    parts = [(X_test, y_test, Q), (X[half:], y[half:], P), (X[:half], y[:half], Q if way == "oracle" else P)]
    chosen = [d2l.resample_classes(labels, shares, NUM_IMAGES, rng) for _, labels, shares in parts]
    sets = [(images.take(one), labels.take(one)) for (images, labels, _), one in zip(parts, chosen, strict=True)]
    return sets[::-1]


def new_shares(shares, net, valid, X_test):
    """Estimate the shares of the classes in the test images, or give the known ones."""
    if shares == "known":
        return Q
    C = d2l.conditional_confusion(net(valid[0]), valid[1])
    mu = np.bincount(net(X_test).argmax(axis=1).asnumpy().astype(int), minlength=10) / len(X_test)
    if shares == "estimated":
        return d2l.target_label_distribution(C, mu)
    ratio = np.maximum(np.linalg.solve(C * P, mu), 0)  # what the formula gives with joint shares
    return ratio / ratio.sum()


def run(net, way, shares, seed):
    """Train and correct; give test and validation accuracy, and `distance`, the part of the shares that is misplaced.

    Half the sum of the differences to the true shares; -1 where no shares are used.
    """
    train, valid, (X_test, y_test) = data(way, seed)
    d2l.seed_everything(seed)
    fitted = covariate.fit(net, *train, nd.ones(NUM_IMAGES))
    probs, distance = nd.softmax(fitted(X_test)), -1.0
    if way in ("outputs", "loss"):
        q = new_shares(shares, fitted, valid, X_test)
        distance = round(abs(q - Q).sum() / 2, 6)
        weights = nd.array((q / P).round(4))  # which another build of NumPy rounds alike
        if way == "outputs":
            probs = probs * weights
        else:
            d2l.seed_everything(seed)
            of_examples = weights.take(train[1]) + 1e-4
            probs = nd.softmax(covariate.fit(net, *train, of_examples)(X_test))
    valid_acc = fashion_mnist.measure(fitted, *valid)[0]
    return {"test_acc": d2l.accuracy(probs, y_test), "valid_acc": valid_acc, "distance": distance}
