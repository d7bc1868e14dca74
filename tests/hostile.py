"""For `test_hostile_inputs.py`: arguments that nobody should pass, and the table of what is tried."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import mxnet as mx
import numpy as np
from hypothesis import strategies as st
from mxnet import gluon, nd

DTYPES = ["float16", "float32", "float64", "int8", "int32", "int64", "uint8"]
SHAPES = [(1,), (3,), (4,), (1, 1), (4, 1), (1, 4), (4, 3), (3, 4), (2, 3, 4), (4, 1, 2, 2)]
FILLS = [0, 1, -1, 2, 0.5, 300, 1e30, -1e30, float("nan"), float("inf"), float("-inf")]
SCALARS = [
    *(None, True, False, -1, 0, 1, 2, 3, 2**31, 2**32, 2**63, 2**64, 10**400, -(10**400)),
    *(0.5, -0.5, 1.0, 1.5, -0.0, 1e-300, 1e300, float("nan"), float("inf"), -float("inf"), 1 - 1e-9, 1 - 1e-16),
    *(1j, Fraction(1, 2), Decimal("0.5"), np.float16(0.5), np.float32(0.5), np.float64("nan"), np.int8(1)),
    *(np.uint8(2), np.uint64(3), np.int64(-1), np.bool_(True), np.longdouble(0.5), np.float32(2)),
]


MAKERS = [
    *(list, dict, set, tuple, object, str, lambda: "x", lambda: b"x", lambda: "\0", lambda: [1, 2], lambda: (1, 2)),
    *(lambda: [[1], [2, 3]], lambda: [None], lambda: ["a"], lambda: {"a": 1}, lambda: range(4), lambda: [float("nan")]),
    *(lambda: np.ones(4), lambda: np.ones((4, 3)), lambda: np.array(2.0), lambda: np.array([])),
    *(
        lambda: np.array(["a"]),
        lambda: np.array([None]),
        lambda: np.ones((2, 2), complex),
        lambda: nd.array([]),
        lambda: mx.np.ones((4, 3)),
    ),
    *(lambda: nd.ones((4, 3)).tostype("csr"), lambda: nd.ones((4, 3)).tostype("row_sparse"), lambda: [nd.ones(4)]),
    *(lambda: gluon.Parameter("weight"), lambda: mx.cpu(1), lambda: [mx.cpu(0), mx.cpu(1)]),
    *(lambda: [nd.ones((4, 3)), None], lambda: [[nd.ones(1)]], lambda: iter([]), lambda: {3: nd.ones(3)}.values()),
]


@st.composite
def arrays(draw, shapes=SHAPES, dtypes=DTYPES, fills=FILLS, with_grad=False):
    """Draw an NDArray: random numbers of either sign, some of them replaced by a strange one, here or on a device 1."""
    shape, dtype, seed = draw(st.sampled_from(shapes)), draw(st.sampled_from(dtypes)), draw(st.integers(0, 99))
    values = np.random.RandomState(seed).normal(size=shape) * 2
    fill = draw(st.sampled_from([None, *fills]))
    if fill is not None:
        values.flat[:: draw(st.sampled_from([1, 2]))] = fill
    context = draw(st.sampled_from([mx.cpu(0), mx.cpu(0), mx.cpu(1)]))
    with np.errstate(all="ignore"):
        cast = values.astype(dtype)  # NumPy 2 warns of an overflow
    array = nd.array(cast, dtype=dtype, ctx=context)
    if with_grad:
        array.attach_grad()
        array.grad[:] = nd.array(cast[::-1], dtype=dtype, ctx=array.context)
    return array


def floats(*shapes, dtypes=("float32",), fills=(), **options):
    """Draw what a function wants: an NDArray of floats of one of the shapes."""
    return arrays(list(shapes), list(dtypes), list(fills), **options)


def anything():
    """Draw what no function can foresee."""
    return st.one_of(st.sampled_from(SCALARS), st.sampled_from(MAKERS).map(lambda make: make()), arrays())


@st.composite
def calls(draw, good, strange):
    """Draw the arguments of a call: right ones, of which up to two are replaced by anything else."""
    arguments = {name: draw(strategy) for name, strategy in good.items()}
    names = sorted(good)
    for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []:
        arguments[name] = draw(st.one_of(anything(), strange[name]) if name in strange else anything())
    return arguments


def in_words(value):
    """Describe an argument in one line, without reading what a broken operator computes."""
    if isinstance(value, nd.NDArray):
        return f"NDArray {value.shape} {np.dtype(value.dtype)} on {value.context}"
    return f"{value!r:.100}" if not isinstance(value, int) or abs(value) < 2**64 else "a huge int"


LIMITS = {"float16": 5e-3, "float32": 1e-5, "float64": 1e-5}  # the last one: constants pass through float32


@dataclass
class Case:
    """How a public function is tried: right arguments, strange ones of its own, and what makes a result right."""

    good: dict
    judge: object  # judge(result, **arguments) asserts
    strange: dict = field(default_factory=dict)
    call: object = None  # where calling the function by itself does not do the work
    helpers: tuple = ()  # the public functions that may speak in its place
    errors: str = "$^"  # messages of other kinds that it documents
    times: int = 100


def same(result, expected, dtype=None, rtol=None):
    """Compare with NumPy: shape, dtype and numbers, NaN and infinity in the same places."""
    result = result.asnumpy() if isinstance(result, nd.NDArray) else np.asarray(result)
    if dtype is not None:
        assert result.dtype == dtype
    assert result.shape == expected.shape
    with np.errstate(all="ignore"):
        expected = expected.astype(result.dtype).astype("float64")  # which may overflow, as it does in MXNet
    rtol = rtol or LIMITS.get(result.dtype.name, 0)
    np.testing.assert_allclose(result.astype("float64"), expected, rtol=rtol, atol=rtol)


def wide(array):
    return array.asnumpy().astype("float64")


CASES = {}


def case(name, **options):
    """Enter the judge that follows into the table."""

    def enter(judge):
        CASES[name] = Case(judge=judge, **options)
        return judge

    return enter
