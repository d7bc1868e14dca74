"""Checks of the exercises of notebooks/06-mlp.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _mlp_counts, _mlp_gradients, _mlp_networks
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "06-mlp"
STATEMENTS = {
    "a": (True, "Nearly all parameters are in the first layer, and there are 785 for each hidden unit."),
    "b": (False, "Biases of 0 are equal too: zeros leave every weight where it is (section 12)."),
    "c": (False, "Any number of linear layers is one linear map, however wide they are (section 11)."),
    "d": (True, "Its activation is 0 and so is the slope of relu: no gradient reaches the weights that lead into it."),
    "e": (False, "Who chooses by the test set has used it for training: choose on validation images (section 9)."),
    "f": (True, "The sum over the hidden units is the same in any order, if all of a unit's weights move with it."),
}


@exercise(CHAPTER, 1)
def exercise_1(num_params, h2_shape, gluon_shape, multiply_adds):
    """Check the count of parameters, two shapes and the arithmetic for one image of a 784-100-50-10 network."""
    text = "layer sizes 784, 100, 50, 10 and a batch of 32 images"
    known = [
        (83900, "These are the weights: each layer also has a bias for every output."),
        (84844, "The inputs are given, not computed: they have no biases."),
        (84060 * 32, "All images of a batch share the parameters."),
    ]
    hint = "A layer with n inputs and m outputs has (n + 1) m parameters; here there are three layers."
    equal_number("num_params", num_params, 84060, given=text, known=known, hint=hint)
    known = [
        ([50, 32], "One example is a row: the batch comes first."),
        ([32, 100], "This is the first hidden layer."),
        ([32, 10], "These are the scores."),
        ([100, 50], "This is the shape of the weights that lead to H2."),
    ]
    hint = "One row for each image, one column for each unit of the second hidden layer."
    equal_number("h2_shape", h2_shape, [32, 50], given=text, known=known, hint=hint)
    known = [
        ([784, 100], "This is our way round: Gluon keeps weights as (outputs, inputs)."),
        ([50, 100], "This is the second layer."),
        ([32, 100], "Weights do not know how many images there are in a batch."),
    ]
    hint = "The first layer has 784 inputs and 100 outputs; section 5 says which comes first in Gluon."
    equal_number("gluon_shape", gluon_shape, [100, 784], given=text, known=known, hint=hint)
    known = [
        (84060, "A bias is added, not multiplied: count the weights only."),
        (83900 * 32, "This is for the whole batch."),
        (83900 * 2, "A multiplication and the addition that goes with it count as one."),
    ]
    hint = "Each weight is used once for each image."
    equal_number("multiply_adds", multiply_adds, 83900, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(count_params, count_multiply_adds):
    """Check the counts of parameters and of multiply-adds for layers of any sizes."""
    _mlp_counts.check(count_params, count_multiply_adds)


@exercise(CHAPTER, 3)
def exercise_3(forward):
    """Check the scores of a network of any depth, for rows and for images, and that gradients pass through."""
    _mlp_networks.check_forward(forward)


@exercise(CHAPTER, 4)
def exercise_4(mlp_gradients):
    """Check the gradients of all four parameters of a network with one hidden layer."""
    _mlp_gradients.check(mlp_gradients)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(permute_hidden):
    """Check the reordering of the hidden units that keeps the function of the network."""
    _mlp_networks.check_permutation(permute_hidden)
