"""Checks of the exercises of notebooks/90-coming-from-d2l.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _coming_carrying, _coming_loops
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "90-coming-from-d2l"
STATEMENTS = {
    "a": (True, "After 234 full batches 96 images are left, and d2lzh divides their sum by 256: 96 / 256 = 0.375."),
    "b": (False, "DataLoader shuffles by NumPy's stream, which mx.random.seed leaves alone."),
    "c": (False, "The English package counts the right answers; ours gives their fraction."),
    "d": (True, "Both keep (outputs, inputs); only our nets from scratch keep (inputs, outputs)."),
    "e": (False, "PyTorch adds gradients up: that is what zero_grad() is for."),
    "f": (True, "no_grad() stops the recording; whether dropout is on is a matter of train() and eval()."),
    "g": (False, "Section 10 shows it: small arrays agree, and one of 256 by 256 does not."),
}


@exercise(CHAPTER, 1)
def exercise_1(num_steps, last_batch, factor, num_equal):
    """Check the number of steps, the last batch, its factor in d2lzh, and how many first numbers must agree."""
    text = "5,000 images, batches of 256"
    known = [
        (19, "The short batch at the end is a step too."),
        (5000 / 256, "There is no part of a step: the images that are left make a batch of their own."),
    ]
    hint = "Divide 5,000 by 256 and round up."
    equal_number("num_steps", num_steps, 20, given=text, known=known, hint=hint)
    known = [
        (96, "That is what is left of 60,000; here there are 5,000."),
        (120, "That is what is lacking to a full batch: how many are there?"),
        (256, "256 does not divide 5,000."),
    ]
    hint = "It is what the full batches leave over."
    equal_number("last_batch", last_batch, 136, given=text, known=known, hint=hint)
    known = [
        (256 / 136, "This is the factor the other way round: d2lzh divides the sum by the larger number."),
        (96 / 256, "That belongs to a last batch of 96."),
        (120 / 256, "This is the part that is lacking."),
        (1, "d2lzh divides by 256 whatever the size of the batch."),
    ]
    hint = "Both sum over the same images; d2lzh divides by 256, ours by their number."
    equal_number("factor", factor, 136 / 256, given=text, known=known, hint=hint)
    known = [
        (3, "The test accuracy is measured after the last step, which differs."),
        (0, "Up to the last step both runs are one and the same."),
        (1, "Loss and training accuracy are counted in the same passes."),
    ]
    hint = "Which of the three are counted before the last step is taken?"
    equal_number("num_equal", num_equal, 2, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(train_epoch):
    """Check an epoch that steps by each batch's own size: the weights afterwards, then the mean loss."""
    for sizes in ((3, 3), (4, 4, 2), (5, 1)):
        _coming_loops.check_epoch(train_epoch, sizes)


@exercise(CHAPTER, 3)
def exercise_3(to_state_dict):
    """Check the parameters of a net from scratch as PyTorch keeps them."""
    for widths, places in (((3, 2), (0,)), ((3, 3, 2), (0, 2)), ((4, 3, 3, 2), (1, 4, 7))):
        _coming_carrying.check_state_dict(to_state_dict, widths, places)


@exercise(CHAPTER, 4)
def exercise_4(in_memory):
    """Check a loader that was read once and put into memory."""
    for num_examples, step, batch_size, shuffle in ((4, 2, 3, False), (5, 2, 2, False), (7, 3, 4, True)):
        _coming_carrying.check_in_memory(in_memory, num_examples, step, batch_size, shuffle=shuffle)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which of the statements a to g were chosen as the true ones."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(accumulated_step):
    """Check a step on several small batches that counts as one on a large batch, twice in a row."""
    for sizes in ((3, 3), (3, 5), (4, 4, 1)):
        _coming_loops.check_accumulated(accumulated_step, sizes)
