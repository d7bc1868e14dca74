"""The exercises that ask which of several statements are true: every chapter has one."""

from d2l_utils.checks._verdict import MistakeError


def statements(answer, reasons):
    """Raise unless a string of letters names the true statements; `reasons` is {letter: (is it true, why)}."""
    text = f"true_statements = {answer!r}"
    letters = answer.lower().replace(",", "").replace(" ", "") if isinstance(answer, str) else None
    if letters is None or set(letters) - set(reasons):
        hint = 'Write the letters of the true ones together, such as "xyz".'
        expected = f"letters from {min(reasons)} to {max(reasons)}"
        raise MistakeError(given=text, expected=expected, got=repr(answer), hint=hint)
    for letter, (is_true, reason) in reasons.items():
        if (letter in letters) != is_true:
            words = ("left out", "chosen") if is_true else ("chosen", "left out")
            got, expected = (f"statement {letter} {word}" for word in words)
            raise MistakeError(given=text, expected=expected, got=got, hint=reason)
