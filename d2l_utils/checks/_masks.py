"""What can be wrong with dropped values, whatever drops them: their size, their number, and who shares a coin."""

from d2l_utils.checks._verdict import MistakeError, show

import numpy as np

DEVIATIONS = 5  # a right answer lands further off once in two million draws; the mistakes are hundreds away
NOT_A_NUMBER = "0 / 0 is not a number: drop_prob = 1 needs a line of its own."
SWAPPED = "Keep and drop are swapped: drop_prob is the chance that an entry is ZEROED."
NOT_RESCALED = "The kept entries are not enlarged: divide them by 1 - drop_prob, so that the mean stays what it was."
DIVIDED_BY_DROP_PROB = "The kept entries are divided by drop_prob: divide by the chance to be KEPT, 1 - drop_prob."
NOTHING_DROPPED = "No entry was dropped: does the training mode take the branch that drops?"
ONE_MASK_FOR_ALL = "One mask serves the whole batch: draw a coin for every example, with the full shape of X."
ONE_COIN_PER_ROW = "An example is dropped as a whole or not at all: draw a coin for each of its entries."
SAME_EVERY_TIME = "Every call draws the same mask: is the random stream seeded inside, or the mask drawn only once?"


def check_values(X, dropped, drop_prob, *, given):
    """Raise unless every entry is 0 or x / (1 - drop_prob)."""
    x, out = X.asnumpy(), dropped.asnumpy()
    right = np.zeros_like(x) if drop_prob == 1 else x / (1 - drop_prob)
    if made_of(out, right):
        return
    expected = f"every entry 0 or x / (1 - drop_prob), so 0 or\n{show(right)}"
    raise MistakeError(given=given, expected=expected, got=dropped, hint=_size_hint(x, out, drop_prob))


def made_of(out, kept):
    """Tell whether every entry is 0 or that of `kept`."""
    return bool(((out == 0) | np.isclose(out, kept, rtol=1e-5, atol=0)).all())


def _size_hint(x, out, drop_prob):
    if not np.isfinite(out).all():
        return NOT_A_NUMBER
    if drop_prob == 1:
        return "At drop_prob = 1 everything is dropped: the result is 0 everywhere."
    if made_of(out, x):
        return NOT_RESCALED
    if drop_prob > 0 and made_of(out, x / drop_prob):
        return DIVIDED_BY_DROP_PROB
    if made_of(out, x * (1 - drop_prob)):
        return "The kept entries are made smaller: divide by 1 - drop_prob instead of multiplying."
    return "An entry is either 0 or x / (1 - drop_prob), with the x of its own place."


def check_rate(dropped, drop_prob, *, given, what="entries"):
    """Raise unless the number of entries kept is one that a fair coin gives."""
    n, kept = dropped.size, int((dropped != 0).sum())
    if _likely(kept, n, 1 - drop_prob):
        return
    hint = f"Each of the {what} is to be dropped by itself with probability drop_prob."
    if kept == n:
        hint = NOTHING_DROPPED
    elif _likely(kept, n, drop_prob):
        hint = SWAPPED
    deviation = DEVIATIONS * (n * drop_prob * (1 - drop_prob)) ** 0.5
    expected = f"{n * (1 - drop_prob):.0f} of {n} {what} kept, give or take {deviation:.0f}"
    raise MistakeError(given=given, expected=expected, got=f"{kept} of {n} {what} kept", hint=hint)


def _likely(count, n, prob):
    return abs(count - n * prob) <= DEVIATIONS * (n * prob * (1 - prob)) ** 0.5


def check_sharing(first, second, *, given, rows_share=ONE_MASK_FOR_ALL, row_alike=ONE_COIN_PER_ROW):
    """Raise if two draws, NumPy arrays of shape (batch, entries), show that entries share a coin."""
    kept, again = first != 0, second != 0
    if kept.all():  # no coin was tossed: check_rate says so
        return
    for shared, expected, hint in (
        ((kept == kept[:1]).all(), "another mask for every example", rows_share),
        ((kept == kept[:, :1]).all(), "another coin for every entry of an example", row_alike),
        ((kept == again).all(), "another mask in every call", SAME_EVERY_TIME),
    ):
        if shared:
            raise MistakeError(given=given, expected=expected, got="the same one", hint=hint)
