"""A machine on which everything is as it must be, to be changed in one thing, and how a check's complaint is read."""

from d2l_utils._machine import CheckError, Machine

import pytest

GOOD = Machine(
    system="Linux",
    architecture="x86_64",
    features=frozenset({"sse2", "avx", "avx2"}),
    libc=("glibc", "2.36"),
    missing_libraries=(),
)


def problem(check, *args):
    """Return the sentence of a check that must fail."""
    with pytest.raises(CheckError) as caught:
        check(*args)
    return str(caught.value)
