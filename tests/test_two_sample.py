"""The classifier two-sample test. Feared: a p-value of exactly so many hits, of more, or of the other end; a test that
judges what it has learned, cries more often than it may, or never; halves of unequal kinds; inputs of a large scale
that nobody can learn from; halves in the order of the examples; a seed set inside.
"""

from fractions import Fraction
from math import comb

import d2l_utils as d2l

import numpy as np
import pytest
from mxnet import nd


# The coin
@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_p_values_are_binomial_tails(n):
    for hits in range(n + 1):
        tail = sum(Fraction(comb(n, k), 2**n) for k in range(hits, n + 1))
        assert d2l.coin_p_value(hits, n) == float(tail)


def test_many_tosses():
    assert d2l.coin_p_value(4000, 4000) == 0  # 2**-4000 is no float
    assert abs(d2l.coin_p_value(2000, 4000) - 0.5) < 0.01
    assert d2l.coin_p_value(2100, 4000) < 0.001
    assert d2l.coin_p_value(1900, 4000) > 0.999


# The test
def normal(shape, seed, mean=0, sd=1):
    return nd.array(np.random.RandomState(seed).normal(mean, sd, size=shape))


def test_result_is_the_p_value_of_its_accuracy():
    accuracy, p_value = d2l.two_sample_test(normal((31, 3), 0), normal((31, 3), 1))
    hits = round(accuracy * 32)  # of 31 each, 15 are learned and 16 judged
    assert accuracy == hits / 32
    assert p_value == d2l.coin_p_value(hits, 32)


def test_false_alarms_are_as_rare_as_they_should_be():
    alarms = 0
    for seed in range(60):
        d2l.seed_everything(seed)
        samples = normal((40, 5), 2 * seed), normal((40, 5), 2 * seed + 1)
        alarms += d2l.two_sample_test(*samples, num_hidden=4, num_steps=15, lr=0.05)[1] <= 0.05
    level = max(d2l.coin_p_value(hits, 40) for hits in range(41) if d2l.coin_p_value(hits, 40) <= 0.05)
    assert 0 < alarms < 60 * level + 4 * (60 * level) ** 0.5  # who judges what it has learned cries each time


@pytest.mark.parametrize("scale", [1e-9, 1, 1e9])
def test_a_shift_is_seen_at_every_scale(scale):
    first, second = normal((100, 1, 2, 2), 0), normal((100, 1, 2, 2), 1, mean=2)
    d2l.seed_everything(0)
    accuracy, p_value = d2l.two_sample_test(first * scale, second * scale)
    assert accuracy > 0.9
    assert p_value < 1e-10


def test_only_a_hidden_layer_sees_a_change_of_the_spread():
    first, second = normal((400, 2), 0), normal((400, 2), 1, sd=3)
    results = []
    for num_hidden in (0, 32):
        d2l.seed_everything(0)
        results.append(d2l.two_sample_test(first, second, num_hidden=num_hidden, num_steps=150)[1])
    assert results[1] < 1e-6 < 0.01 < results[0]


def test_the_same_seed_gives_the_same_result_and_another_seed_another():
    samples = normal((60, 4), 0), normal((60, 4), 1, mean=0.5)
    results = []
    for seed in (1, 1, 2, 3):
        d2l.seed_everything(seed)
        results.append(d2l.two_sample_test(*samples)[0])
    assert results[0] == results[1]
    assert len(set(results)) > 1


def test_examples_in_order_are_shuffled_before_they_are_halved():
    first, second = nd.zeros((100, 2)), nd.concat(nd.ones((50, 2)), nd.zeros((50, 2)), dim=0)
    d2l.seed_everything(0)
    accuracy, _ = d2l.two_sample_test(first, second)
    assert accuracy > 0.65  # unshuffled, all that is judged is 0


def test_the_samples_stay_as_they_are():
    first, second = normal((6, 2), 0), normal((6, 2), 1)
    before = first.asnumpy(), second.asnumpy()
    d2l.two_sample_test(first, second)
    np.testing.assert_array_equal(before, (first.asnumpy(), second.asnumpy()))


ONES = nd.ones((4, 2))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: d2l.coin_p_value(5, 3),
            ValueError,
            "coin_p_value: hits must be at most num_tosses, 3, got 5; are they swapped?",
        ),
        (lambda: d2l.coin_p_value(0.5, 3), TypeError, "coin_p_value: hits must be an integer >= 0, got 0.5 (float)"),
        (lambda: d2l.coin_p_value(0, 0), ValueError, "coin_p_value: num_tosses must be an integer >= 1, got 0"),
        (
            lambda: d2l.coin_p_value(0, 10**6),
            ValueError,
            "coin_p_value: num_tosses must be at most 100000, got 1000000",
        ),
        (
            lambda: d2l.two_sample_test(ONES, nd.ones((5, 2))),
            ValueError,
            "two_sample_test: first and second must have the same shape, got (4, 2) and (5, 2); take as many examples "
            "of each",
        ),
        (
            lambda: d2l.two_sample_test(ONES[:1], ONES[:1]),
            ValueError,
            "two_sample_test: first must have two examples or more, got shape (1, 2)",
        ),
        (
            lambda: d2l.two_sample_test(ONES, ONES / 0),
            ValueError,
            "two_sample_test: second must hold finite numbers of at most 1e30, got inf",
        ),
        (
            lambda: d2l.two_sample_test(ONES, ONES, num_hidden=-1),
            ValueError,
            "two_sample_test: num_hidden must be an integer >= 0, got -1",
        ),
        (
            lambda: d2l.two_sample_test(ONES, ONES, num_hidden=10**6),
            ValueError,
            "two_sample_test: num_hidden must be at most 10000, got 1000000",
        ),
        (
            lambda: d2l.two_sample_test(ONES, ONES, num_steps=10**6),
            ValueError,
            "two_sample_test: num_steps must be at most 10000, got 1000000",
        ),
        (lambda: d2l.two_sample_test(ONES, ONES, lr=0), ValueError, "two_sample_test: lr must be in (0, 1], got 0"),
    ],
)
def test_errors_say_what_is_wrong(call, error, sentence):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == sentence
