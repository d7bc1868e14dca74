"""What turns a function that raises on a mistake into a check that a learner calls."""

import functools

from d2l_utils import _progress
from d2l_utils.checks import _passed, _sandbox
from d2l_utils.checks._answers import is_placeholder
from d2l_utils.checks._verdict import MistakeError, NotAttemptedError

PASSED, NOT_ATTEMPTED, NOT_YET = "passed", "not attempted yet", "not right yet"


def exercise(chapter, number):
    """Make the check of an exercise: it runs apart, prints its verdict and gives back nothing."""

    def decorate(inspect):
        @functools.wraps(inspect)
        def check(*answers, **named_answers):
            verdict, details = _judge(functools.partial(inspect, *answers, **named_answers))
            print("\n".join([f"Exercise {number}: {verdict}", *details]))
            if verdict == PASSED and _progress.is_watched():
                _passed.record(chapter, number)

        check.chapter, check.number = chapter, number
        return check

    return decorate


def _judge(inspection):
    """Give a verdict and the lines that explain it."""
    if any(is_placeholder(answer) for answer in (*inspection.args, *inspection.keywords.values())):
        return NOT_ATTEMPTED, []
    try:
        return _sandbox.run(functools.partial(_verdict, inspection))
    except _sandbox.StoppedError as reason:
        return NOT_YET, [f"  It {reason}."]


def _verdict(inspection):
    try:
        inspection()
    except NotAttemptedError:
        return NOT_ATTEMPTED, []
    except MistakeError as mistake:
        return NOT_YET, [str(mistake)]
    except MemoryError:
        raise
    except Exception as error:  # an answer of a kind that the check did not foresee
        return NOT_YET, [f"  The check itself failed, which is a mistake in it: {type(error).__name__}: {error}"]
    return PASSED, []
