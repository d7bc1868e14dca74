"""seed_everything reaches all three streams; the devices fall back on the CPU."""

import random

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, init, nd
from mxnet.gluon import nn


def draw():
    layer = nn.Dense(2, in_units=3)
    layer.initialize(init.Normal(1))
    with autograd.train_mode():
        mask = nn.Dropout(0.5)(nd.ones(20))
    streams = nd.random.uniform(shape=3), layer.weight.data(), mask
    return [*(array.asnumpy().tolist() for array in streams), np.random.permutation(9).tolist(), random.random()]


def test_every_stream_repeats_after_the_same_seed_and_differs_after_another():
    d2l.seed_everything(5)
    first = draw()
    d2l.seed_everything(5)
    assert draw() == first
    d2l.seed_everything(6)
    assert all(one != other for one, other in zip(draw(), first, strict=True))


@pytest.mark.parametrize(("seed", "error", "sentence"), [
    (-1, ValueError, r"^seed_everything: seed must be an integer >= 0, got -1$"),
    (2**32, ValueError, r"^seed_everything: seed must be an integer < 2\*\*32, got 4294967296$"),
    (1.0, TypeError, r"^seed_everything: seed must be an integer >= 0, got 1.0 \(float\)$"),
])  # fmt: skip
def test_seeds_that_cannot_be(seed, error, sentence):
    with pytest.raises(error, match=sentence):
        d2l.seed_everything(seed)


def test_without_a_gpu_the_cpu_is_used(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 0)
    assert (d2l.try_gpu(), d2l.try_all_gpus()) == (mx.cpu(), [mx.cpu()])


def test_all_gpus_are_found(monkeypatch):
    monkeypatch.setattr(mx.context, "num_gpus", lambda: 2)
    assert (d2l.try_gpu(), d2l.try_all_gpus()) == (mx.gpu(0), [mx.gpu(0), mx.gpu(1)])
