"""A learner's answers, used with care: placeholders are recognised, and errors become one line."""

import dis
import traceback

from d2l_utils.checks._verdict import MistakeError, NotAttemptedError, as_numpy
from d2l_utils.checks._verdict import given as written

from mxnet import nd

_TRY_IT = "Call it yourself with this input and look at what happens, line by line."
_UNKNOWN_NAME = "Python does not know this name: is it spelled right, and was the cell run that defines it?"
_NO_RETURN = "It computes something and gives back nothing: does its last line lack `return`?"


def is_placeholder(value):
    """Tell whether a value is what a starter holds in place of an answer."""
    return value is None or value is ... or value is NotImplemented


def call(function, *arguments, given, hint=_TRY_IT):
    """Call a learner's function and wait for what it computes; `hint` is for an error in it."""
    if not callable(function):
        raise MistakeError(
            given=given, expected="a function", got=type(function).__name__, hint="Hand in its name, without brackets."
        )
    try:
        result = function(*arguments)
        nd.waitall()  # MXNet computes later, and so an error may come later
    except NotImplementedError:
        raise NotAttemptedError from None
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        if "Failed to allocate" in str(error):  # MXNet's own words for it
            raise MemoryError from None
        hint = _UNKNOWN_NAME if isinstance(error, NameError | AttributeError) else hint
        raise MistakeError(given=given, expected="no error", got=story(error, function), hint=hint) from None
    if is_placeholder(result):
        if result is None and not _does_nothing(function):
            raise MistakeError(given=given, expected="a result", got="None", hint=_NO_RETURN)
        raise NotAttemptedError
    return result


def array(result, like, *, given, name="the result"):
    """Give a result back if it is an NDArray of the shape and dtype of `like`."""
    if not isinstance(result, nd.NDArray):
        hint = "Stay with operations of nd: autograd does not see what NumPy or Python compute."
        raise MistakeError(given=given, expected=f"{name} an NDArray", got=type(result).__name__, hint=hint)
    if result.shape != like.shape:
        hint = "Draw the mask with shape X.shape; a smaller one is stretched, a larger one stretches X."
        expected = f"{name} of the shape of X, {like.shape}"
        raise MistakeError(given=given, expected=expected, got=f"shape {result.shape}", hint=hint)
    if result.dtype != like.dtype:
        expected = f"{name} of the dtype of X, {like.dtype.__name__}"
        hint = "A comparison gives float32, whatever X is: use mask.astype(X.dtype)."
        raise MistakeError(given=given, expected=expected, got=f"dtype {result.dtype.__name__}", hint=hint)
    return result


def equal_number(name, answer, expected, *, given, known, hint):
    """Raise unless an answer is the expected number or list; `known` lists (wrong answer, hint that fits it)."""
    got = as_numpy(answer)
    right = as_numpy(expected)
    if got is not None and got.shape == right.shape and abs(got - right).max() < 1e-3:
        return
    if got is None or got.shape != right.shape:
        hint = f"{name} must be {'a number' if right.ndim == 0 else f'a list of {right.size} numbers'}."
    else:
        hint = next((text for wrong, text in known if abs(got - as_numpy(wrong)).max() < 1e-3), hint)
    # The number itself is not told: a learner who reads it here has nothing left to find.
    raise MistakeError(given=given, expected=f"something else for {name}", got=written(**{name: answer}), hint=hint)


def story(error, function):
    """Tell an error in one line, with the line of the learner's code where it came up."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = f": {lines[-1][:300]}" if lines else ""
    code = _code(function)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if code and f.filename == code.co_filename]
    where = f" in line {frames[-1].lineno} ({frames[-1].line})" if frames else ""
    return f"{type(error).__name__}{where}{message.removeprefix(f': {type(error).__name__}')}"


def _code(function):
    owner = function.__init__ if isinstance(function, type) else function
    return getattr(owner, "__code__", None)


def _does_nothing(function):
    """Tell whether a function's body is `...`, `pass` or a docstring."""
    code = _code(function)
    operations = {instruction.opname for instruction in dis.get_instructions(code)} if code else {"unknown"}
    return operations <= {"RESUME", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}  # the last one since Python 3.12
