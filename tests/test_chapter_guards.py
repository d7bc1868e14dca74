"""Each guard over a chapter's head and end against one defect; the same chapter without it passes all of them."""

from pathlib import Path

import pytest
from tiny_notebooks import code, notebook, text

from tools import chapter_guards as guards

HEAD = "# Title\n\n**A question?**\n\n**45 minutes** (or more). You need: a pen.\n\n**Afterwards you can** draw."
RECAP = "## 1. Part\n\n## Recap\n\n- One ([section 1](#1.-Part)).\n- Two,\n  in two lines ([section 1](#1.-Part))."
QUIZ = "## Five quick questions\n\n" + "\n\n".join(
    f"**{number}. What is it?**\n\n"
    "<details><summary>a) This</summary>\n\n*No.* This cannot be it, as the formula shows.\n\n</details>\n\n"
    "<details><summary>b) That</summary>\n\n**Right.** That it must be, as the formula shows.\n\n</details>\n\n"
    "<details><summary>c) Nothing</summary>\n\n*No.* It is something, as the formula shows.\n\n</details>"
    for number in range(1, 6)
)
CODE = "import math\n\nslope, bound = 1, 2\n\n\ndef function(x):\n    return slope * x"
STARTER = "import math\n\nmy_slope = ...\n\n\ndef my_function(x):\n    slope = ...\n    return slope"
REFERENCES = "## References\n\n- A. Author. *Title.* 2014: section 1."

DEFECTS = [
    (guards.head, "45 minutes", "some time"),
    (guards.head, "You need: a pen", "Take a pen"),
    (guards.head, "**Afterwards you can** draw", "Draw"),
    (guards.recap, "## Recap", "## Summary"),
    (guards.recap, "- One ([section 1](#1.-Part)).", "- One (section 1)."),
    (guards.recap, "lines ([section 1](#1.-Part)).", "lines."),
    (guards.recap, "- One ([section 1](#1.-Part)).", "- One ([elsewhere](02-x.ipynb))."),
    (guards.questions, "## Five quick questions", "## Questions"),
    (guards.questions, "**5. What is it?**", "What is it?"),
    (guards.questions, "**5. What is it?**", "**6. What is it?**"),
    (guards.questions, "## References", "**6. And more?**\n\n## References"),
    (guards.questions, "*No.* This cannot", "**Right.** This can"),
    (guards.questions, "**Right.** That", "*No.* That"),
    (guards.questions, "*No.* This cannot be it", "This cannot be it"),
    (guards.questions, "*No.* This cannot be it, as the formula shows.", "*No.* Think again."),
    (guards.questions, "<summary>c) Nothing", "<summary>d) Nothing"),
    (guards.questions, "<summary>c) Nothing", "<summary>Nothing"),
    (guards.references, "## References", "## Sources"),
    (guards.starters_overwrite_nothing, "my_slope = ...", "slope = ..."),
    (guards.starters_overwrite_nothing, "def my_function", "def function"),
]


def chapter(old="", new=""):
    """Make a chapter with one defect: the first `old` in it is `new`."""
    sources = [HEAD, CODE, f"{RECAP}\n\n{QUIZ}", STARTER, REFERENCES]
    assert any(old in source for source in sources)
    kinds = text, code, text, code, text
    made = notebook(*(kind(source.replace(old, new, 1)) for kind, source in zip(kinds, sources, strict=True)))
    made.cells[3].metadata["d2l"] = {"generated_from": "solutions/01-part-solutions.ipynb"}
    return made


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.__name__)
def test_faultless_chapter_passes(guard):
    assert guard(chapter()) == []


@pytest.mark.parametrize(
    ("guard", "old", "new"), DEFECTS, ids=[f"{guard.__name__}-{i}" for i, (guard, *_) in enumerate(DEFECTS)]
)
def test_defect_is_found(guard, old, new):
    assert guard(chapter(old, new))


def test_every_guard_has_a_sabotage_test():
    assert {guard for guard, *_ in DEFECTS} == set(guards.GUARDS)


def test_guards_name_the_defect():
    one_right_too_many = chapter("*No.* This cannot", "**Right.** This can")
    assert guards.questions(one_right_too_many) == [
        "question 1: must have one **Right.** and two or more *No.*, got 2 and 1"
    ]
    assert guards.recap(chapter("- One ([section 1](#1.-Part)).", "- One.")) == [
        "a bullet of the recap must link to a section: - One."
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("09-dropout.ipynb", True),
        ("10-weight-decay.ipynb", True),
        ("00-start-here.ipynb", False),
        ("solutions/09-dropout-solutions.ipynb", False),
        ("scratch.ipynb", False),
    ],
)
def test_what_a_chapter_is(path, expected):
    assert guards.is_chapter(Path(path)) is expected
