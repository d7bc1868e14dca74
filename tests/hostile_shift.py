"""What `test_hostile_inputs.py` tries: shifts made on purpose, and the test that looks for one."""

import math

import numpy as np
from hostile import arrays, case, floats, same, wide
from hypothesis import strategies as st
from mxnet import nd

PIXELS = {"dtypes": ["float32", "float64"]}


def pictures(*shapes):
    """Draw images: numbers from 0 to 1."""
    return floats(*shapes, **PIXELS).map(lambda array: nd.clip(array, 0, 1))


SMALL = pictures((3, 4, 4), (3, 4, 5), (2, 1, 3, 3), (2, 9), (1, 1, 1))


@case("brighten", good={"images": SMALL, "factor": st.floats(0, 9)}, strange={"images": arrays()})
def _(result, images, factor):
    assert ((wide(images) >= 0) & (wide(images) <= 1 + 1e-6)).all()
    same(result, np.minimum(wide(images) * float(factor), 1), images.dtype)
    assert result.context == images.context


@case("rotate", good={"images": SMALL, "degrees": st.floats(-360, 360)}, strange={"images": arrays()})
def _(result, images, degrees):
    values = wide(images)
    assert ((values >= 0) & (values <= 1 + 1e-6)).all()
    assert (result.shape, result.dtype, result.context) == (images.shape, images.dtype, images.context)
    assert 0 <= result.min().asscalar() <= result.max().asscalar() <= 1
    quarters = float(degrees) / 90
    if quarters == round(quarters) and (images.ndim == 2 or images.shape[-1] == images.shape[-2]):
        side = images.shape[-1] if images.ndim > 2 else round(images.shape[-1] ** 0.5)
        turned = np.rot90(values.reshape(len(values), -1, side, side), round(quarters), (2, 3))
        same(result, turned.reshape(values.shape))


@case(
    "resample_classes",
    good={
        "labels": arrays([(40,)], ["int32", "float32"], []).map(lambda array: nd.abs(nd.sign(array))),
        "proportions": st.sampled_from([[0.5, 0.5], (0.25, 0.75), np.array([0, 1.0]), [0.4, 0.3, 0.3]]),
        "num_examples": st.integers(1, 12),
        "rng": st.integers(0, 9).map(np.random.RandomState) | st.integers(0, 9).map(np.random.default_rng),
    },
    strange={"labels": arrays(), "proportions": st.lists(st.floats(0, 1), max_size=3)},
)
def _(result, labels, proportions, num_examples, rng):
    chosen = result.asnumpy()
    assert len(set(chosen.tolist())) == len(chosen) == num_examples
    classes = wide(labels)[chosen]
    for label, share in enumerate(proportions):
        assert abs((classes == label).sum() - float(share) * num_examples) < 1
    assert result.context == labels.context


@case("coin_p_value", good={"hits": st.integers(0, 9), "num_tosses": st.integers(1, 40)})
def _(result, hits, num_tosses):
    tail = sum(math.comb(int(num_tosses), k) for k in range(int(hits), int(num_tosses) + 1))
    assert abs(result - tail / 2 ** int(num_tosses)) < 1e-12


SAMPLES = floats((6, 2), (6, 1, 2, 2), dtypes=["float16", "float32", "float64"])


@case(
    "two_sample_test",
    good={
        "first": SAMPLES,
        "second": SAMPLES,
        "num_hidden": st.integers(0, 3),
        "num_steps": st.integers(1, 3),
        "lr": st.floats(0.001, 1),
    },
    strange={"first": arrays(), "second": arrays()},
    times=60,
)
def _(result, first, second, num_hidden, num_steps, lr):
    accuracy, p_value = result
    judged = 2 * (len(first) - len(first) // 2)
    hits = round(accuracy * judged)
    assert accuracy == hits / judged
    assert abs(p_value - sum(math.comb(judged, k) for k in range(hits, judged + 1)) / 2**judged) < 1e-12
    assert np.isfinite(wide(first)).all()
    assert np.isfinite(wide(second)).all()
