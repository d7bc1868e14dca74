"""What the bytes of the intermediates (notebook 18, exercise 2) and the best number of segments (3) must be."""

from d2l_utils.checks._answers import call
from d2l_utils.checks._verdict import MistakeError, as_numpy

NUMBER = "Give back one number."
NO_OUTPUTS = "The outputs are kept too: the loss reads them."
NUMBERS = "A number of type float32 has 4 bytes."
NO_BATCH = "Each row of the batch has its own intermediates."
ONE_SIDE = "Of a layer with tanh MXNet keeps both sides."
BOTH_SIDES = "Of a layer with ReLU only the result stays: nobody reads what was before it."
NO_MASK = "Dropout keeps its mask beside its result."
NO_DROPOUT = "Dropout adds two arrays: its result and its mask."
INSTEAD = "The result of the activation stays beside that of dropout: its own backward line reads it."
ON_OUTPUTS = "The outputs have neither activation nor dropout."
BYTES = "Add up for each hidden layer the arrays that stay, then the outputs; multiply by rows and by 4 bytes."

WHOLE = "Give back a whole number from 1 to the number of layers."
ROOT = "Not every depth is a square: try the numbers of segments, and take the best one."
FLOOR = "The longest segment counts: divide and round UP."
LARGER = "A smaller number is as good: round the longest segment UP, and take the smallest number of the best."
CUT = "Add the number of segments and the layers of the longest one, for each possible number."


def num_bytes(batch_size, widths, num_outputs, activation, dropout, wrong=""):
    """Give the bytes of what stays; `wrong` names a mistake to make."""
    sides = {"relu": 1, "tanh": 2}[activation]
    sides = {"one side": 1, "both sides": 2}.get(wrong, sides)
    extra = {"no mask": 1, "no dropout": 0, "instead": 1}.get(wrong, 2) if dropout else 0
    hidden = sum(widths) * (sides + extra)
    outputs = {"no outputs": 0, "on outputs": num_outputs * (sides + extra)}.get(wrong, num_outputs)
    rows = 1 if wrong == "no batch" else batch_size
    return (1 if wrong == "numbers" else 4) * rows * (hidden + outputs)


_MISTAKES = {
    "numbers": NUMBERS,
    "no outputs": NO_OUTPUTS,
    "no batch": NO_BATCH,
    "one side": ONE_SIDE,
    "both sides": BOTH_SIDES,
    "no dropout": NO_DROPOUT,
    "no mask": NO_MASK,
    "on outputs": ON_OUTPUTS,
}


def check_bytes(kept_bytes, *setting):
    """Raise unless a function gives the bytes of a network."""
    names = ("batch_size", "widths", "num_outputs", "activation", "dropout")
    text = ", ".join(f"{name} = {value!r}" for name, value in zip(names, setting, strict=True))
    batch_size, widths, *rest = setting
    got = _one_number(call(kept_bytes, batch_size, list(widths), *rest, given=text), text, NUMBER)
    expected = num_bytes(*setting)
    if got != expected:
        fitting = (words for wrong, words in _MISTAKES.items() if got == num_bytes(*setting, wrong=wrong))
        raise MistakeError(given=text, expected=f"{expected} bytes", got=f"{got:g}", hint=next(fitting, BYTES))


def arrays(num_layers, num_segments):
    """Count the inputs of the segments and the layers of the longest one."""
    return num_segments - -num_layers // num_segments


def best(num_layers):
    """Give the smallest number of segments with the fewest arrays."""
    return min(range(1, num_layers + 1), key=lambda k: arrays(num_layers, k))


def check_cut(best_cut, num_layers):
    """Raise unless a function gives the best number of segments."""
    text = f"num_layers = {num_layers}"
    got = _one_number(call(best_cut, num_layers, given=text), text, WHOLE)
    expected = best(num_layers)
    if got == expected:
        return
    if got != int(got) or not 1 <= got <= num_layers:
        raise MistakeError(given=text, expected="a number of segments", got=f"{got:g}", hint=WHOLE)
    k = int(got)
    few, many = arrays(num_layers, expected), arrays(num_layers, k)
    floor = min(range(1, num_layers + 1), key=lambda k: k + num_layers // k)
    hint = LARGER if few == many else FLOOR if k == floor else ROOT if abs(k - num_layers**0.5) <= 1 else CUT
    raise MistakeError(given=text, expected=f"{expected} segments: {few} arrays", got=f"{k}: {many} arrays", hint=hint)


def _one_number(answer, text, hint):
    got = as_numpy(answer)
    if got is None or got.size != 1:
        raise MistakeError(given=text, expected="a number", got=type(answer).__name__, hint=hint)
    return float(got.ravel()[0])
