"""The matrix products alone, at the rate of the largest of them: python -m bench.arithmetic NUM_EPOCHS."""

import sys

import d2l_utils as d2l

from mxnet import nd

from bench.work import BATCH_SIZE, LAYERS, flops, time_epochs


def products(num_products, X, W):
    """Multiply so many times, and wait."""
    for _ in range(num_products):
        nd.dot(X, W)
    nd.waitall()


if __name__ == "__main__":
    d2l.seed_everything(1)
    X, W = nd.random.uniform(shape=(BATCH_SIZE, LAYERS[0])), nd.random.normal(shape=LAYERS[:2])
    num_products = round(flops() / (2 * BATCH_SIZE * LAYERS[0] * LAYERS[1]))  # as many as make the epoch's work
    time_epochs(lambda: products(num_products, X, W), int(sys.argv[1]))
