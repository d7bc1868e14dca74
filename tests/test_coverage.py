"""The page of coverage. Feared: a test that it names is gone or renamed; a line of a source that names none; a link to
a cell that is no more (the site's build stops at that one).
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "site" / "coverage.md").read_text(encoding="utf-8")
ROWS = [row for row in re.findall(r"^\|(.+)\|(.+)\|(.+)\|$", PAGE, re.M) if not set(row[0]) <= set("- ")]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py(?:::\w+)?)`", PAGE))))
def test_a_named_test_exists(name):
    module, _, function = name.partition("::")
    source = (TESTS / module).read_text(encoding="utf-8")
    assert not function or f"\ndef {function}(" in source


def test_every_line_names_a_cell_and_a_check():
    lines = [row for row in ROWS if row[0].strip() != "what it teaches"]
    assert len(lines) > 30
    for what, where, check in lines:
        assert ".ipynb" in where, what
        assert re.search(r"`test_\w+\.py|asserts|the same|strict comparison", check), what
