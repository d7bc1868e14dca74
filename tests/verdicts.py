"""What a check prints about an answer, for the tests of the checks."""

import re


def verdict(capsys, check, *answers):
    """Give what a check prints about answers."""
    check(*answers)
    return capsys.readouterr().out.rstrip("\n")


def hint(report):
    """Give the hint of a report on a mistake."""
    return re.search(r"hint: +(.*)\Z", report, re.DOTALL)[1]
