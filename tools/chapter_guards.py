"""Guards over what only a chapter has: each takes the notebook and returns what is missing, one sentence each.

A chapter is a numbered notebook in notebooks/ itself; 00, which prepares the reader, and the solutions are none.
"""

import re

from tools.make_exercises import is_generated
from tools.notebook_text_guards import defined_names, markdown, syntax_tree

NUM_QUESTIONS = 5
MIN_REASON = 40  # characters; "Wrong." teaches nothing
RIGHT, WRONG = "**Right.** ", "*No.* "  # site/_static/course.css colours an open answer by these

_QUESTION = re.compile(r"^\*\*(?P<number>\d+)\. [^\n]+\*\*$", re.MULTILINE)
_CHOICE = re.compile(
    r"<details><summary>(?P<choice>[a-z]\) [^\n]+)</summary>\n\n(?P<reason>.+?)\n\n</details>", re.DOTALL
)
_HEAD = {
    "its minutes (**45 minutes.**)": re.compile(r"\*\*\d+ minutes\b"),
    "what is needed (You need: ...)": re.compile(r"\bYou need: \S"),
    "the objectives (**Afterwards you can** ...)": re.compile(r"\*\*Afterwards you can\*\* \S"),
}


def is_chapter(path):
    """Tell whether a path, relative to notebooks/, is that of a chapter."""
    return len(path.parts) == 1 and re.match(r"(?!00)\d\d-", path.name) is not None


def section(notebook, title):
    """Return the text below a heading of the second level, or None where there is no such heading."""
    text = "\n\n".join(markdown(notebook))
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found and found[1]


def head(notebook):
    """The box at the head says how long it takes, what is needed and what it is good for."""
    text = notebook.cells[0].source
    return [f"the first cell must say {what}" for what, pattern in _HEAD.items() if not pattern.search(text)]


def recap(notebook):
    """Every bullet of the recap links to the section that showed it."""
    bullets = re.findall(r"^- .*(?:\n  .*)*", section(notebook, "Recap") or "", re.MULTILINE)
    if not bullets:
        return ["there must be bullets below '## Recap'"]
    return [f"a bullet of the recap must link to a section: {bullet}" for bullet in bullets if "](#" not in bullet]


def questions(notebook):
    """Five questions at the end: each with one right and at least two wrong choices, all of them with a reason."""
    text = section(notebook, "Five quick questions") or ""
    starts = list(_QUESTION.finditer(text))
    numbers = [int(start["number"]) for start in starts]
    if numbers != list(range(1, NUM_QUESTIONS + 1)):
        return [f"the five quick questions must be '**1. ...**' to '**5. ...**', got the numbers {numbers}"]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [
        f"question {number}: {complaint}"
        for number, start, end in zip(numbers, starts, ends, strict=True)
        for complaint in _choices(text[start.end() : end])
    ]


def _choices(text):
    choices = list(_CHOICE.finditer(text))
    letters = "".join(choice["choice"][0] for choice in choices)
    rights, wrongs = (sum(choice["reason"].startswith(verdict) for choice in choices) for verdict in (RIGHT, WRONG))
    complaints = []
    if len(choices) != text.count("<details") or letters != "abcdefgh"[: len(choices)]:
        complaints.append("each choice must read '<details><summary>a) ...</summary>', reason, '</details>'")
    if rights != 1 or wrongs < 2 or rights + wrongs != len(choices):
        complaints.append(f"must have one {RIGHT.strip()} and two or more {WRONG.strip()}, got {rights} and {wrongs}")
    short = [choice["choice"] for choice in choices if len(choice["reason"]) < MIN_REASON]
    return complaints + [f"must say why: {choice}" for choice in short]


def references(notebook):
    """The sources are named, from which the site makes its bibliography."""
    return [] if section(notebook, "References") else ["there must be a section '## References'"]


def starters_overwrite_nothing(notebook):
    """No answer takes a name of the chapter: who went back to an earlier cell would meet the answer there."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    defined = [(is_generated(cell), defined_names(syntax_tree(cell))) for cell in cells]
    chapter = set().union(*(names for generated, names in defined if not generated))
    taken = sorted(name for generated, names in defined if generated for name in names & chapter)
    return [f"an exercise assigns the chapter's {name}: give it another name in the solutions" for name in taken]


GUARDS = (head, recap, questions, references, starters_overwrite_nothing)
