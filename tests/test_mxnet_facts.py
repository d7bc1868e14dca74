"""What MXNet 1.9.1 does silently wrong with dropout, as the dropout chapter tells and `d2l.dropout` does not.

Should a test fail after a change of the version, the chapter's sections 11 and 13 have to be written anew.
"""

import json
from pathlib import Path

import d2l_utils as d2l

import mxnet as mx
import numpy as np
import pytest
from mxnet import autograd, nd
from mxnet.gluon import nn

CHAPTER = Path(__file__).parent.parent / "notebooks" / "09-dropout.ipynb"


def in_training(layer, X):
    with autograd.train_mode():
        return layer(X).asnumpy()


def test_a_rate_of_1_gives_nan_and_ours_gives_zeros():
    assert np.isnan(in_training(nn.Dropout(1), nd.ones(8))).all()
    assert d2l.dropout(nd.ones(8), 1).asnumpy().tolist() == [0] * 8


def test_a_negative_rate_is_silently_the_identity_and_ours_is_an_error():
    assert in_training(nn.Dropout(-0.1), nd.ones(1000)).tolist() == [1] * 1000
    with pytest.raises(ValueError, match=r"^dropout: drop_prob must be in \[0, 1\]"):
        d2l.dropout(nd.ones(8), -0.1)


def test_a_rate_above_1_fails_only_when_called():
    layer = nn.Dropout(1.5)
    with pytest.raises(mx.MXNetError):
        in_training(layer, nd.ones(8))


def two_gradients(dropout_fn, X):
    X.attach_grad()
    with autograd.record():
        out = dropout_fn(X)
        total = out.sum()
    gradients = []
    for _ in range(2):
        total.backward(retain_graph=True)
        gradients.append(X.grad.asnumpy().tolist())
    return out.asnumpy().tolist(), gradients


def test_a_second_backward_has_lost_the_mask_and_ours_has_not():
    out, (first, second) = two_gradients(nn.Dropout(0.5), nd.ones(100))
    assert first == out, "of ones, the gradient is the output: 0 or 2"
    assert second == [1] * 100
    out, (first, second) = two_gradients(lambda X: d2l.dropout(X, 0.5), nd.ones(100))
    assert first == second == out


def test_two_losses_in_one_backward_have_the_mask():
    X = nd.ones(100)
    X.attach_grad()
    with autograd.record():
        out = nn.Dropout(0.5)(X)
        losses = [out.sum(), 2 * out.sum()]
    autograd.backward(losses)
    assert X.grad.asnumpy().tolist() == (3 * out).asnumpy().tolist()


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("layer = nn.Dropout(rate)", "nn.Dropout(-0.1) on three ones: [1. 1. 1.]"),
        ("layer = nn.Dropout(rate)", "nn.Dropout(1) on three ones: [nan nan nan]"),
        ('in (("from scratch", lambda X: dropout(X, 0.5))', "second [1. 1. 1. 1. 1. 1. 1. 1.]"),
    ],
)
def test_the_chapter_shows_it_in_an_output_that_is_compared(code, printed):
    """`make test` executes the chapter and compares every output whose cell has not the tag `bits` or the like."""
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    (cell,) = [cell for cell in cells if cell["cell_type"] == "code" and code in "".join(cell["source"])]
    assert printed in "".join("".join(output.get("text", "")) for output in cell["outputs"])
    assert cell["metadata"].get("tags", []) == []
