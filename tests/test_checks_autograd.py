"""The checks of the chapter on autograd: right answers pass, each feared wrong answer gets the hint that fits it.

Feared of a check: it passes a gradient that is nearly right, such as that of a step to one side; it rejects a right
answer because it is written differently, as with a loop, in float64 or with `retain_graph` instead of new records;
it hangs where the answer does; it names another mistake than the one made.

Feared of a learner, exercise by exercise: (1) a product's own factor, the kink of another function, a head left out,
a detached factor taken for 0; (2) write and add confused, two outputs of one pass taken for two passes; (3) one-sided,
not halved, all entries at once, x left moved; (4) sum for mean, wrong sign, no sigmoid, overflow; (5) the true slope,
no window, d_y forgotten, the sign of 0; (7) one row m times, rows added up, the transpose, the gradient of the sum.
"""

from d2l_utils.checks import _autograd_rules as rules
from d2l_utils.checks import _autograd_slopes as slopes
from d2l_utils.checks import _results as results
from d2l_utils.checks import autograd as checks

import numpy as np
import pytest
from mxnet import autograd, nd
from verdicts import hint, verdict

# Exercise 1: predict gradients
GRADIENTS = {"product_grad": [3, 2, -2], "relu_grad": [0, 0, 3], "head_grad": [20, 4], "detached_grad": [4, 9]}


@pytest.mark.parametrize(
    "answers", [GRADIENTS, {name: np.array(values) for name, values in GRADIENTS.items()}], ids=["lists", "arrays"]
)
def test_right_gradients_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_1, *answers.values()) == "Exercise 1: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("product_grad", [2, 3, -2], "Along one factor of a product the slope is the OTHER factor."),
        ("product_grad", [3, 2, 2], "The slope of x**2 is 2x, and x is negative here."),
        ("product_grad", [3, 2, -1], "The slope of x**2 is 2x."),
        ("product_grad", [3, 2, 1], "That is the value of the last term; its slope is asked for."),
        ("product_grad", 3, "product_grad must be a list of 3 numbers."),
        ("relu_grad", [0, 3, 3], "At 0 nd.relu has the slope 0; it is nd.maximum that has 1 (section 9)."),
        ("relu_grad", [0, 0, 15], "That is the value of L's terms; their slope is asked for."),
        ("relu_grad", [0, 0, 1], "The factor 3 multiplies the slope as well."),
        ("relu_grad", [3, 3, 3], "On the left of 0 relu is flat."),
        ("head_grad", [2, 4], "This is the gradient of the sum: here each output has a weight."),
        ("head_grad", [20, 40], "The second entry has its own weight, 1."),
        ("head_grad", [10, 4], "The weights multiply the slopes 2x, not the values x**2."),
        ("detached_grad", [12, 27], "This is the slope of x**3: nothing was detached."),
        ("detached_grad", [0, 0], "Only one of the two factors is detached."),
        ("detached_grad", [5, 5], "Take what is detached for a constant factor."),
    ],
)
def test_wrong_gradients_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_1, *{**GRADIENTS, name: answer}.values())
    assert hint(report) == sentence
    assert f"expected: something else for {name}\n" in report


# Exercise 2: predict what several passes leave
PASSES = {"write_grad": 5, "add_grad": 11, "together_grad": 11, "kept_grad": 18}


@pytest.mark.parametrize("answers", [PASSES, {"a": 5.0, "b": 6 + 5, "c": np.float32(11), "d": 3 * 6}])
def test_right_passes_pass(capsys, answers):
    assert verdict(capsys, checks.exercise_2, *answers.values()) == "Exercise 2: passed"


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("write_grad", 11, "That is the sum: 'write' replaces what was there."),
        ("write_grad", 6, "That is the first pass, and the second has replaced it."),
        ("add_grad", 5, "That is the last pass alone: 'add' adds it to what was there."),
        ("add_grad", 24, "These are the values; add the slopes."),
        (
            "together_grad",
            5,
            "Both outputs belong to ONE pass, and within a pass all ways add up, whatever grad_req is.",
        ),
        ("kept_grad", 6, "That is one pass: with 'add' each of the three adds its slope."),
        ("kept_grad", [18], "kept_grad must be a number."),
    ],
)
def test_wrong_passes_get_their_hint(capsys, name, answer, sentence):
    report = verdict(capsys, checks.exercise_2, *{**PASSES, name: answer}.values())
    assert hint(report) == sentence


# Exercise 3: central differences, entry by entry
def steps(x):
    """List (place, an array that is 1 there and 0 elsewhere)."""
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = 1
        yield place, nd.array(step, dtype="float64")


def differences(f, x, right, left, width):
    """Give the differences between `right` and `left` of each entry, divided by `width`."""
    grad = nd.zeros_like(x)
    for place, step in steps(x):
        grad[place] = (f(x + right * step) - f(x - left * step)) / width
    return grad


def central(f, x, epsilon):
    return differences(f, x, epsilon, epsilon, 2 * epsilon)


def moved_and_put_back(f, x, epsilon):
    slopes = []
    for place in np.ndindex(x.shape):
        x[place] += epsilon
        above = f(x).asscalar()
        x[place] -= 2 * epsilon
        slopes.append((above - f(x).asscalar()) / (2 * epsilon))
        x[place] += epsilon
    return nd.array(slopes, dtype="float64").reshape(x.shape)


def not_put_back(f, x, epsilon):
    grad = central(f, x, epsilon)
    x += epsilon
    return grad


def with_float32_steps(f, x, epsilon):
    return (f(x + epsilon * nd.ones(x.shape)) - f(x)) / epsilon


@pytest.mark.parametrize("answer", [central, moved_and_put_back])
def test_right_differences_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_3, answer) == "Exercise 3: passed"


WRONG_DIFFERENCES = {
    "to the right": (lambda f, x, e: differences(f, x, e, 0, e), slopes.ONE_SIDED),
    "to the left": (lambda f, x, e: differences(f, x, 0, e, e), slopes.ONE_SIDED),
    "not halved": (lambda f, x, e: differences(f, x, e, e, e), slopes.NOT_HALVED),
    "all at once": (lambda f, x, e: nd.ones_like(x) * (f(x + e) - f(x - e)) / (2 * e), slopes.ALL_AT_ONCE),
    "not put back": (not_put_back, slopes.NOT_PUT_BACK),
    "flat": (lambda f, x, e: central(f, x, e).reshape((-1,)), slopes.GRADIENT_SHAPE),
    "a fixed step": (lambda f, x, e: central(f, x, 1e-3), slopes.DIFFERENCE),
    "float32": (with_float32_steps, slopes.FLOAT64),
    "float32 at the end": (lambda f, x, e: central(f, x, e).astype("float32"), results.OTHER_DTYPE),
    "NumPy": (lambda f, x, e: central(f, x, e).asnumpy(), results.NOT_AN_NDARRAY),
}


@pytest.mark.parametrize("name", WRONG_DIFFERENCES)
def test_wrong_differences_get_their_hint(capsys, name):
    wrong, sentence = WRONG_DIFFERENCES[name]
    assert hint(verdict(capsys, checks.exercise_3, wrong)) == sentence


def test_report_shows_the_smallest_input(capsys):
    report = verdict(capsys, checks.exercise_3, lambda f, x, e: differences(f, x, e, e, e))
    assert report == (
        "Exercise 3: not right yet\n"
        "  given:    f = (x * x * x).sum(), x = [1.549], epsilon = 0.1\n"
        "  expected: [7.206]\n"
        "  got:      [14.413]\n"
        "  hint:     From one point to the other it is 2 * epsilon: divide by that."
    )


# Exercise 4: the logistic loss by hand
def logistic(X, y, w):
    return nd.dot(X.T, nd.sigmoid(nd.dot(X, w)) - y) / len(X)


def example_by_example(X, y, w):
    grad = nd.zeros_like(w)
    for row, label in zip(X, y, strict=True):
        grad += (1 / (1 + nd.exp(-(row * w).sum())) - label) * row
    return grad / X.shape[0]


def with_autograd(X, y, w):
    w.attach_grad()
    with autograd.record():
        z = nd.dot(X, w)
        L = (nd.relu(z) + nd.log(1 + nd.exp(-nd.abs(z))) - y * z).mean()
    L.backward()
    return w.grad


def overflowing(X, y, w):
    z = nd.dot(X, w)
    return nd.dot(X.T, nd.exp(z) / (1 + nd.exp(z)) - y) / len(X)


@pytest.mark.parametrize("answer", [logistic, example_by_example, with_autograd])
def test_right_logistic_gradients_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_4, answer) == "Exercise 4: passed"


WRONG_LOGISTIC = {
    "summed": (lambda X, y, w: logistic(X, y, w) * len(X), rules.NOT_AVERAGED),
    "uphill": (lambda X, y, w: -logistic(X, y, w), rules.WRONG_SIGN),
    "labels added": (lambda X, y, w: logistic(X, -y, w), rules.WRONG_SIGN),
    "scores": (lambda X, y, w: nd.dot(X.T, nd.dot(X, w) - y) / len(X), rules.NO_SIGMOID),
    "without labels": (lambda X, y, w: logistic(X, 0 * y, w), rules.NO_LABELS),
    "overflowing": (overflowing, rules.OVERFLOW),
    "by example": (lambda X, y, w: nd.sigmoid(nd.dot(X, w)) - y, rules.PER_WEIGHT),
    "decisions": (lambda X, y, w: nd.dot(X.T, (nd.dot(X, w) > 0) - y) / len(X), rules.LOGISTIC),
    "over the weights": (lambda X, y, w: logistic(X, y, w) * len(X) / X.shape[1], rules.LOGISTIC),
}


@pytest.mark.parametrize("name", WRONG_LOGISTIC)
def test_wrong_logistic_gradients_get_their_hint(capsys, name):
    wrong, sentence = WRONG_LOGISTIC[name]
    assert hint(verdict(capsys, checks.exercise_4, wrong)) == sentence


# Exercise 5: the sign, straight through
class Sign(autograd.Function):
    def forward(self, x):
        self.save_for_backward(nd.abs(x) <= 1)
        return 2 * (x >= 0) - 1

    def backward(self, d_y):
        return d_y * self.saved_tensors[0]


class SignWithWhere(autograd.Function):
    def forward(self, x):
        self.x = x.copy()
        return nd.where(x < 0, -nd.ones_like(x), nd.ones_like(x))

    def backward(self, d_y):
        return nd.where(nd.abs(self.x) > 1, nd.zeros_like(d_y), d_y)


@pytest.mark.parametrize("answer", [Sign, SignWithWhere])
def test_right_functions_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_5, answer) == "Exercise 5: passed"


def sign(**methods):
    return type("Wrong", (Sign,), methods)


def narrow(self, x):
    self.save_for_backward(nd.abs(x) < 1)
    return 2 * (x >= 0) - 1


def of_output(self, x):
    out = Sign.forward(self, x)
    self._saved = None
    self.save_for_backward(nd.abs(out) <= 1)
    return out


def sign_of_zero(self, x):
    self.save_for_backward(nd.abs(x) <= 1)
    return nd.sign(x)


WRONG_SIGNS = {
    "the true slope": (sign(backward=lambda self, d_y: 0 * d_y), rules.TRUE_SLOPE),
    "no window": (sign(backward=lambda self, d_y: d_y.copy()), rules.NO_WINDOW),
    "a window on the output": (sign(forward=of_output), rules.NO_WINDOW),
    "no d_y": (sign(backward=lambda self, d_y: self.saved_tensors[0].copy()), rules.NO_HEAD),
    "a window on d_y": (sign(backward=lambda self, d_y: d_y * (nd.abs(d_y) <= 1)), rules.WINDOW_ON_D_Y),
    "a narrow window": (sign(forward=narrow), rules.AT_THE_EDGE),
    "the sign of 0": (sign(forward=sign_of_zero), rules.AT_ZERO),
    "the wrong way round": (sign(forward=lambda self, x: 1 - 2 * (x >= 0)), rules.FORWARD),
    "twice": (sign(backward=lambda self, d_y: 2 * d_y * self.saved_tensors[0]), rules.BACKWARD),
    "an object": (Sign(), rules.CLASS),
    "a plain class": (type("Plain", (), {}), rules.CLASS),
}


@pytest.mark.parametrize("name", WRONG_SIGNS)
def test_wrong_functions_get_their_hint(capsys, name):
    wrong, sentence = WRONG_SIGNS[name]
    assert hint(verdict(capsys, checks.exercise_5, wrong)) == sentence


def test_starter_of_a_function_is_not_attempted(capsys):
    starter = sign(forward=lambda self, x: ..., backward=lambda self, d_y: ...)
    assert verdict(capsys, checks.exercise_5, starter) == "Exercise 5: not attempted yet"


# Exercise 6: explain
@pytest.mark.parametrize("answer", ["acg", "gca"])
def test_right_statements_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_6, answer) == "Exercise 6: passed"


@pytest.mark.parametrize(
    ("answer", "letter"),
    [("cg", "a"), ("abcg", "b"), ("ag", "c"), ("acdg", "d"), ("aceg", "e"), ("acfg", "f"), ("ac", "g")],
)
def test_each_wrong_choice_gets_its_reason(capsys, answer, letter):
    assert hint(verdict(capsys, checks.exercise_6, answer)) == checks.STATEMENTS[letter][1]


# Exercise 7: the Jacobian, row by row
def rows(f, x, *, keep=lambda grad: grad.copy(), grad_req="write", retain=True):
    """List the gradients of the outputs."""
    x.attach_grad(grad_req)
    with autograd.record():
        y = f(x)
    kept = []
    for head in nd.eye(len(y), dtype=x.dtype):
        y.backward(head, retain_graph=retain)
        kept.append(keep(x.grad))
    return kept


def jacobian(f, x):
    return nd.stack(*rows(f, x))


def recorded_anew(f, x):
    x = x.copy()
    x.attach_grad()
    matrix = np.zeros((f(x).size, x.size))
    for i in range(len(matrix)):
        with autograd.record():
            y = f(x)[i]
        y.backward()
        matrix[i] = x.grad.asnumpy()
    return nd.array(matrix, dtype=x.dtype)


def by_differences(f, x, epsilon=1e-6):
    x64 = x.astype("float64")
    columns = [(f(x64 + epsilon * step) - f(x64 - epsilon * step)) / (2 * epsilon) for _, step in steps(x)]
    return nd.stack(*columns, axis=1).astype(x.dtype)


def sum_only(f, x):
    x.attach_grad()
    with autograd.record():
        y = f(x)
    y.backward()
    return x.grad


@pytest.mark.parametrize("answer", [jacobian, recorded_anew, by_differences])
def test_right_jacobians_pass(capsys, answer):
    assert verdict(capsys, checks.exercise_7, answer) == "Exercise 7: passed"


WRONG_JACOBIANS = {
    "no copies": (lambda f, x: nd.stack(*rows(f, x, keep=lambda grad: grad)), slopes.OVERWRITTEN),
    "added": (lambda f, x: nd.stack(*rows(f, x, grad_req="add")), slopes.ADDED_UP),
    "transposed": (lambda f, x: jacobian(f, x).T, slopes.TRANSPOSED),
    "the sum": (sum_only, slopes.SUMMED),
    "the sum in every row": (lambda f, x: nd.stack(*[sum_only(f, x)] * f(x).size), slopes.SUMMED),
    "one graph, used up": (lambda f, x: nd.stack(*rows(f, x, retain=False)), slopes.GRAPH),
    "a list": (rows, results.NOT_AN_NDARRAY),
    "float32 always": (lambda f, x: jacobian(f, x).astype("float32"), results.OTHER_DTYPE),
    "twice": (lambda f, x: 2 * jacobian(f, x), slopes.ROW),
    "a column": (lambda f, x: jacobian(f, x).reshape((-1,)), slopes.ROWS),
}


@pytest.mark.parametrize("name", WRONG_JACOBIANS)
def test_wrong_jacobians_get_their_hint(capsys, name):
    wrong, sentence = WRONG_JACOBIANS[name]
    assert hint(verdict(capsys, checks.exercise_7, wrong)) == sentence
