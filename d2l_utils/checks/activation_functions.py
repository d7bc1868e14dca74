"""Checks of the exercises of notebooks/05-activation-functions.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _activation_functions, _activation_networks
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements
from d2l_utils.seeding import seed_everything

from mxnet import nd

CHAPTER = "05-activation-functions"
STATEMENTS = {
    "a": (False, "Linear layers in a row are one linear layer, whatever their number and width."),
    "b": (True, "It is saturated: its slope is close to 0, and every gradient is multiplied by it."),
    "c": (False, "Dead means 0 for EVERY example; a unit that is 0 for some still learns from the others."),
    "d": (True, "Section 3 wrote such weights down; in section 8 most networks with two units did not find them."),
    "e": (False, "The theorem says that weights exist, not that training finds them."),
    "f": (True, "Equal units with equal weights behind them get equal gradients, in every step."),
}


@exercise(CHAPTER, 1)
def exercise_1(values, slopes, num_params, num_layers):
    """Check the values and slopes of a sum of two hinges, the size of a collapsed net, and a product of slopes."""
    text = "g(x) = 2 relu(x) - 3 relu(x - 1), x = -1, 0.5, 1, 3"
    known = [
        ([-2, 1, 2, 6], "The second hinge is left out, and relu of a negative number is 0."),
        ([0, 1, 2, 6], "Beyond x = 1 the second hinge is not 0 any more."),
        ([4, 2.5, 2, 0], "relu of a negative number is 0: each hinge is flat on its left."),
        ([0, 1, 2, -6], "Beyond x = 1 both hinges count: the first one goes on."),
    ]
    hint = "Write down both hinges for each x, multiply them by 2 and by -3, and add."
    equal_number("values", values, [0, 1, 2, 0], given=text, known=known, hint=hint)
    text = "g(x) = 2 relu(x) - 3 relu(x - 1), x = 0.5, 3"
    known = [
        ([2, -3], "Beyond x = 1 the second hinge is added to the first, it does not replace it."),
        ([2, 2], "Beyond x = 1 the second hinge has the slope -3."),
        ([-1, -1], "At 0.5 the second hinge is still flat."),
        ([1, 0], "These are the values of g: how fast does it change there?"),
    ]
    hint = "The slope of relu is 0 left of its kink and 1 right of it."
    equal_number("slopes", slopes, [2, -1], given=text, known=known, hint=hint)
    text = "layers of sizes 10, 20, 20, 5 without activation"
    known = [
        (50, "This is the matrix alone: count the biases too."),
        (745, "These are the numbers of all three layers: how many are left in the one that replaces them?"),
        (700, "These are the matrices of all three layers: what has the one that replaces them?"),
    ]
    hint = "The one layer has a matrix from 10 inputs to 5 outputs, and a bias."
    equal_number("num_params", num_params, 55, given=text, known=known, hint=hint)
    text = "a product of num_layers slopes of the sigmoid, at most 1/1000"
    known = [
        (4, "Four factors of 1/4 are 1/256."),
        (10, "Ten factors of 1/2 are that small; the slope of the sigmoid is smaller than 1/2."),
    ]
    hint = "Each factor is at most the largest slope of the sigmoid: which power of it is below 1/1000?"
    equal_number("num_layers", num_layers, 5, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(stable_sigmoid):
    """Check a sigmoid's values and gradients, also where the exponential overflows and at 0."""
    for z in ([1.0], [-2, -0.5, 0.5, 2], [[-8, -4], [4, 8]], [0.0], [100.0], [-100.0], [-1000, 0, 1000]):
        _activation_functions.check_sigmoid(stable_sigmoid, nd.array(z))


@exercise(CHAPTER, 3)
def exercise_3(my_layer):
    """Check a layer class for swish with `forward(z)` and `backward(d_out)`."""
    seed_everything(0)
    for z in (nd.array([2]), nd.array([-2, 0, 3]), nd.random.normal(shape=(2, 3))):
        _activation_functions.check_swish(my_layer, z)
    _activation_functions.check_swish_differences(my_layer)


@exercise(CHAPTER, 4)
def exercise_4(collapse):
    """Check that linear layers are made one, matrix and bias."""
    seed_everything(0)
    for sizes in ((2, 3), (2, 2, 2), (2, 3, 1), (1, 2, 2, 2), (4, 6, 5, 7, 3)):
        _activation_networks.check_collapse(collapse, sizes)


@exercise(CHAPTER, 5)
def exercise_5(through_points):
    """Check the network of hinges through given points."""
    for t, heights in (
        ([0, 2, 4], [2, 4, 3]),
        ([1, 2, 4], [1, 0, 5]),
        ([-3, -1, 0, 0.5, 4], [2, -1, -1, 3, 1]),
    ):
        _activation_networks.check_hinges(through_points, t, heights)


@exercise(CHAPTER, 6)
def exercise_6(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 7)
def exercise_7(maxout):
    """Check a layer of maxout units and its gradient."""
    seed_everything(0)
    for batch, shape in ((1, (2, 1, 1)), (2, (2, 2, 3)), (3, (4, 2, 3)), (4, (3, 5, 4))):
        _activation_functions.check_maxout(maxout, batch, shape)
    _activation_functions.check_maxout_gradient(maxout)
