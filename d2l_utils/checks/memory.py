"""Checks of the exercises of notebooks/18-memory.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _memory_counts as counts
from d2l_utils.checks import _memory_passes as passes
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "18-memory"
STATEMENTS = {
    "a": (False, "There is one gradient for each parameter, whatever the batch size is."),
    "b": (True, "A prediction needs what one layer reads and what it writes, wherever it stands."),
    "c": (False, "The same operations meet the same numbers: not a bit is different."),
    "d": (True, "The backward line of ReLU reads its result, so nobody reads what was before it."),
    "e": (False, "50 inputs of segments and 2 layers are 52 arrays; 10 and 10 are 20."),
    "f": (True, "Without momentum there is nothing that an SGD step remembers of the step before."),
}


@exercise(CHAPTER, 1)
def exercise_1(count_parameters, count_momentum, count_intermediates):
    """Check three counts of numbers for a network of three layers."""
    text = "100 inputs, 50 units with ReLU, 20 units with tanh, 10 outputs, a batch of 64"
    known = [
        (6200, "Each unit has a bias too."),
        (4 * 6280, "Count numbers, not bytes."),
        (6280 * 64, "The parameters are there once, not for each row."),
    ]
    hint = "A layer has inputs times units weights, and one bias for each unit."
    equal_number("count_parameters", count_parameters, 6280, given=text, known=known, hint=hint)
    known = [
        (0, "Momentum is a memory of earlier gradients: it has to be kept."),
        (2 * 6280, "Adam keeps two numbers for each parameter, momentum one."),
        (1, "Momentum is not one number: each parameter has its own."),
    ]
    hint = "Momentum is one number for each parameter."
    equal_number("count_momentum", count_momentum, 6280, given=text, known=known, hint=hint)
    known = [
        (64 * 80, "Of a layer with tanh MXNet keeps both sides."),
        (64 * 150, "The array before ReLU is read by nobody."),
        (64 * 130, "It is the other way round: of tanh both sides stay, of ReLU the result only."),
        (64 * 90, "The outputs are kept too: the loss reads them."),
        (64 * 70, "The outputs are kept too, and of tanh both sides."),
        (64 * 200, "The inputs are not an intermediate: nobody has computed them."),
        (100, "This is for one row: the batch has 64."),
        (4 * 6400, "Count numbers, not bytes."),
    ]
    hint = "Add the widths of the arrays that the way back or the loss reads, and multiply by the batch size."
    equal_number("count_intermediates", count_intermediates, 6400, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(kept_bytes):
    """Check a formula for the bytes of the intermediates."""
    for setting in (
        (1, [1], 1, "relu", False),
        (5, [4], 2, "relu", False),
        (5, [4], 2, "tanh", False),
        (5, [4], 2, "relu", True),
        (64, [50, 20, 7], 10, "tanh", True),
        (3, [], 2, "relu", True),
    ):
        counts.check_bytes(kept_bytes, *setting)


@exercise(CHAPTER, 3)
def exercise_3(best_cut):
    """Check the best number of segments for many depths."""
    for num_layers in (1, 2, 3, 4, 5, 7, 9, 16, 20, 36, 50, 100, 1000):
        counts.check_cut(best_cut, num_layers)


@exercise(CHAPTER, 4)
def exercise_4(backward_in_two):
    """Check a backward pass in two segments: the gradients, and what is recorded when."""
    for shape, widths in (((1, 1), (1, 1)), ((5, 3), (4, 2))):
        passes.check_in_two(backward_in_two, shape, widths)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to f were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(accumulated):
    """Check the gradients of a batch that is taken in parts, equal ones and others."""
    for num_rows, num_parts in ((2, 1), (2, 2), (5, 2), (12, 4)):
        passes.check_accumulated(accumulated, num_rows, num_parts)
