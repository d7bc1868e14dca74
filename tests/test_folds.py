"""Folds for cross-validation.

Feared: an example on both sides or on none, one validated twice, a fold that is lost or empty where k does not divide
n, the stored order kept, a seed that decides nothing or is set inside.
"""

import re

import d2l_utils as d2l

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=30)
@given(st.integers(2, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(2, n))))
def test_each_example_is_validated_once_and_trained_on_otherwise(sizes):
    n, k = sizes
    splits = d2l.k_fold(n, k)
    assert len(splits) == k
    assert {len(valid_part) for _, valid_part in splits} <= {n // k, n // k + 1} - {0}
    assert sorted(np.concatenate([valid_part for _, valid_part in splits])) == list(range(n))
    for train_part, valid_part in splits:
        assert sorted([*train_part, *valid_part]) == list(range(n))


def test_the_order_is_random_and_the_seed_decides_it():
    splits = {}
    for seed in (1, 2, 1):
        d2l.seed_everything(seed)
        splits.setdefault(seed, []).append([valid_part.tolist() for _, valid_part in d2l.k_fold(40, 4)])
    assert splits[1][0] == splits[1][1] != splits[2][0]
    assert splits[1][0][0] != list(range(10))


@pytest.mark.parametrize(
    ("n", "k", "kind", "sentence"),
    [
        (1, 2, ValueError, "k_fold: n must be an integer >= 2, got 1"),
        (10.0, 2, TypeError, "k_fold: n must be an integer >= 2, got 10.0 (float)"),
        (2**31, 2, ValueError, "k_fold: n must be < 2**31, got 2147483648"),
        (10, 1, ValueError, "k_fold: k must be an integer >= 2, got 1"),
        (10, True, TypeError, "k_fold: k must be an integer >= 2, got True (bool)"),
        (10, 11, ValueError, "k_fold: k must be at most the number of examples, 10, got 11"),
    ],
)
def test_wrong_sizes_are_told(n, k, kind, sentence):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        d2l.k_fold(n, k)
