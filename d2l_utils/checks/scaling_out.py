"""Checks of the exercises of notebooks/24-scaling-out.ipynb.

Inputs are tried from small to large, so that what is shown of a mistake is the smallest input that brings it out.
"""

from d2l_utils.checks import _scaling_out_steps as steps
from d2l_utils.checks import _scaling_out_sweeps as sweeps
from d2l_utils.checks._answers import equal_number
from d2l_utils.checks._exercise import exercise
from d2l_utils.checks._statements import statements

CHAPTER = "24-scaling-out"
STATEMENTS = {
    "a": (True, "The loss of a row must not depend on the rows before it, or an interruption changes it."),
    "b": (False, "Twice the workers, at most the cores: beyond them only the start grows."),
    "c": (False, "One gradient for each parameter is sent, whatever the number of rows."),
    "d": (True, "The server adds up what all have pushed: until the last one it has nothing to answer."),
    "e": (False, "With equal seeds both draw the same mask in every step: masks need a seed for each worker."),
    "f": (True, "The optimizer comes as a pickle, which may hold any program; nobody is asked who they are."),
}


@exercise(CHAPTER, 1)
def exercise_1(sweep_time, megabytes, learners):
    """Check the time of a sweep, the traffic of a server and the size of a class."""
    text = "24 calls of 10 s, a start of 6 s, 4 workers on 8 cores"
    known = [
        (36, "There are 4 workers: the other cores have nothing to do."),
        (60, "And the start?"),
        (61.5, "Each worker has to start: this time is not divided."),
        (246, "This is one worker."),
    ]
    hint = "The start, and then all calls divided by the smaller of workers and cores."
    equal_number("sweep_time", sweep_time, 66, given=text, known=known, hint=hint)
    text = "500,000 parameters of 4 bytes, 4 workers, one server, both directions"
    known = [
        (4, "This is what one worker sends and fetches; there are four."),
        (8, "Gradients come in AND parameters go out."),
        (2, "These are the bytes of the parameters once."),
        (128, "Bytes, not bits."),
    ]
    hint = "For each worker the server takes 4 bytes a parameter and gives as many."
    equal_number("megabytes", megabytes, 16, given=text, known=known, hint=hint)
    text = "64 GB, of which 8 are the system's, 0.4 GB for each learner"
    known = [(160, "And the system?"), (22.4, "Divide by what one learner needs.")]
    hint = "What is left beside the system, divided by what one learner needs."
    equal_number("learners", learners, 140, given=text, known=known, hint=hint)


@exercise(CHAPTER, 2)
def exercise_2(pending):
    """Check which points of a grid a resumed sweep computes."""
    for num_rows in (0, 1, 3):
        sweeps.check_pending(pending, num_rows)


@exercise(CHAPTER, 3)
def exercise_3(shares):
    """Check how a batch is divided among workers."""
    for num_rows, num_workers in ((4, 1), (4, 2), (7, 2), (9, 4), (3, 4)):
        sweeps.check_shares(shares, num_rows, num_workers)


@exercise(CHAPTER, 4)
def exercise_4(server_step):
    """Check the step that a server takes."""
    for num_workers in (1, 2, 3):
        steps.check_server_step(server_step, num_workers)


@exercise(CHAPTER, 5)
def exercise_5(true_statements):
    """Check which statements on many processes are true."""
    statements(true_statements, STATEMENTS)


@exercise(CHAPTER, 6)
def exercise_6(best_workers):
    """Check the number of workers with the shortest step."""
    for setting in steps.SETTINGS:
        steps.check_best_workers(best_workers, *setting)
