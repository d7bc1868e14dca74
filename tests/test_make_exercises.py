"""The exercises of the chapters come from the solution notebooks, and making them again changes nothing."""

import contextlib
import io
import re

import nbformat
import pytest
from test_notebooks import CHAPTERS, FOLDER
from tiny_notebooks import code, notebook, printed, text

from tools import make_exercises as tool
from tools.notebook_guards import read

PAIRS = tool.pairs()
chapters = pytest.mark.parametrize(("chapter", "solutions"), PAIRS, ids=[pair[0].stem for pair in PAIRS])
STATEMENT = "## Exercise 1\n\nDo it, as [there](../01-x.ipynb#a) and [here](../00-y.ipynb).\n\n" + tool.HINT
SOLUTION = '''\
import math

name = """
π"""  # some text


def my_net(X, *, lr=0.1):
    """Give π times X."""
    # a remark that gives it away
    return math.pi * X


class MyLayer:
    """Hold."""

    def __init__(self, rate):
        self.rate = rate

    def forward(self, X):
        """Scale.

        By the rate.
        """
        return self.rate * X'''
STARTER = '''\
import math

name = ...  # some text


def my_net(X, *, lr=0.1):
    """Give π times X."""
    return ...  # your code here


class MyLayer:
    """Hold."""

    def __init__(self, rate):
        self.rate = rate

    def forward(self, X):
        """Scale.

        By the rate.
        """
        return ...  # your code here'''


def test_every_chapter_has_solutions():
    assert CHAPTERS
    assert sorted(chapter for chapter, _ in PAIRS) == sorted(CHAPTERS)


@chapters
def test_committed_chapter_is_made_again_unchanged(chapter, solutions):
    assert chapter.read_text(encoding="utf-8") == tool.regenerated(chapter, solutions)


@chapters
def test_exercises_are_five_to_eight_in_order(chapter, solutions):
    cells = [cell for cell in read(solutions).cells if "exercise" in cell.metadata.get("tags", [])]
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    numbers = [int(re.match(r"## Exercise (\d+)\n", text)[1]) for text in texts]
    assert numbers == list(range(1, len(texts) + 1))
    assert 5 <= len(texts) <= 8
    kinds = [re.search(r"\*\*(Predict|Implement|Explain|Stretch)\b", text)[1] for text in texts]
    assert list(dict.fromkeys(kinds)) == ["Predict", "Implement", "Explain", "Stretch"]
    checks = [re.search(r"exercise_(\d+)\(", cell.source)[1] for cell in cells if cell.cell_type == "code"]
    assert list(map(int, checks)) == numbers


@chapters
@pytest.mark.parametrize("verdict", ["not attempted yet", "passed"])
def test_starters_run_and_solutions_pass(chapter, solutions, verdict):
    notebook_ = read(solutions)
    cells = tool.exercise_cells(notebook_, solutions.name) if verdict != "passed" else notebook_.cells
    wanted = {cell.id for cell in notebook_.cells if {"exercise", "solution"} & set(cell.metadata.get("tags", []))}
    first = next(cell.source for cell in notebook_.cells if cell.cell_type == "code")  # the imports
    sources = [first] + [cell.source for cell in cells if cell.cell_type == "code" and cell.id in wanted]
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec("\n\n".join(sources), {})
    numbers = range(1, 1 + len(shown.getvalue().splitlines()))
    assert shown.getvalue().splitlines() == [f"Exercise {number}: {verdict}" for number in numbers]
    assert len(numbers) >= 5


# The tool, on tiny notebooks
def solutions_notebook():
    result = notebook(
        text("# X: solutions"),
        text(STATEMENT),
        code(SOLUTION, tags=["solution"]),
        code("check(my_net)", printed("passed"), tags=["exercise"]),
        text("Because."),
        code("print(1)", printed("1")),
    )
    result.cells[1].metadata["tags"] = ["exercise"]
    for cell in result.cells:
        cell.id = f"solution-{cell.id}"
    return result


def chapter_notebook():
    return notebook(text("# X"), code("print('é')", printed("é")), text("## References\n\n- A book."))


def folder_of(tmp_path, chapter, solutions):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "01-x.ipynb").write_text(nbformat.writes(chapter) + "\n", encoding="utf-8")
    (tmp_path / "solutions" / "01-x-solutions.ipynb").write_text(nbformat.writes(solutions) + "\n", encoding="utf-8")
    return tmp_path / "01-x.ipynb"


def made(chapter=None, solutions=None):
    return tool.with_exercises(chapter or chapter_notebook(), solutions or solutions_notebook(), "01-x-solutions.ipynb")


def test_starter_keeps_names_signatures_and_docstrings():
    assert tool.starter(SOLUTION) == STARTER


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def f(X):\n    return X", "f must have a docstring, which says in the starter what to do, and a body"),
        ('def f(X):\n    """Do."""', "f must have a docstring, which says in the starter what to do, and a body"),
        ("a, b = 1, 2", "a solution cell may define, import and assign to one name, got: a, b = (1, 2)"),
        ("print(1)", "a solution cell may define, import and assign to one name, got: print(1)"),
        ("for i in x:\n    y = 1", "a solution cell may define, import and assign to one name, got: for i in x:"),
    ],
)
def test_solution_that_makes_no_starter_is_refused(source, complaint):
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        tool.starter(source)


def test_section_stands_before_the_references():
    sources = [cell.source for cell in made().cells]
    assert sources == [
        "# X",
        "print('é')",
        tool.INTRODUCTION,
        "### Exercise 1\n\nDo it, as [there](#a) and [here](00-y.ipynb).\n\n" + tool.HINT + "\n\n<details><summary>"
        "Solution</summary>\n\n[Exercise 1, solved and explained](solutions/01-x-solutions.ipynb#Exercise-1)\n\n"
        "</details>",
        STARTER,
        "check(my_net)",
        "## References\n\n- A book.",
    ]


def test_no_solution_and_no_output_of_one_is_in_the_chapter():
    generated = [cell for cell in made().cells if "d2l" in cell.metadata]
    assert all(cell.metadata == {"d2l": {"generated_from": "solutions/01-x-solutions.ipynb"}} for cell in generated)
    assert all(cell.outputs == [] for cell in generated if cell.cell_type == "code")
    assert "math.pi" not in nbformat.writes(made())


def test_ids_are_those_of_the_source():
    ids = [cell.id for cell in made().cells if "d2l" in cell.metadata]
    assert ids == ["exercises", "solution-cell-1", "solution-cell-2", "solution-cell-3"]


def test_making_again_keeps_outputs_and_every_byte():
    executed = made()
    code_cells = [cell for cell in executed.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code_cells, start=1):
        cell.update(execution_count=number, outputs=[printed("not attempted yet")])
    assert nbformat.writes(made(executed)) == nbformat.writes(executed)


def test_a_changed_source_changes_its_cells_and_no_others():
    executed = made()
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=1, outputs=[printed("old")])
    solutions = solutions_notebook()
    solutions.cells[3].source = "check(my_net, 2)"
    changed = made(executed, solutions).cells
    assert [len(cell.outputs) for cell in changed if cell.cell_type == "code"] == [1, 1, 0]
    del solutions.cells[1:4]
    assert [cell.source for cell in made(executed, solutions).cells][2:] == [
        tool.INTRODUCTION,
        "## References\n\n- A book.",
    ]


def test_what_a_learner_wrote_over_a_starter_is_made_anew():
    edited = made()
    edited.cells[4].source = "def my_net(X): return 1"
    assert made(edited) == made()


def test_command_writes_once_and_check_writes_never(tmp_path, capsys):
    path = folder_of(tmp_path, chapter_notebook(), solutions_notebook())
    before = path.read_bytes()
    runs = [tool.main(["--check"], tmp_path), path.read_bytes() == before, tool.main([], tmp_path)]
    after = path.read_bytes()
    runs += [tool.main(["--check"], tmp_path), tool.main([], tmp_path), path.read_bytes() == after]
    assert runs == [1, True, 0, 0, 0, True]
    assert capsys.readouterr().out.splitlines() == [
        "01-x: differs",
        "01-x: written",
        "01-x: unchanged",
        "01-x: unchanged",
    ]
    head = before[: before.index(b'"cell-2"')].rsplit(b"{", 1)[0]
    assert after.startswith(head), "what stands before the exercises is the same byte for byte"


@pytest.mark.parametrize(
    ("position", "source", "complaint"),
    [
        (1, "# References", "the chapter must have one cell that begins with '## References', got 0"),
        (0, STATEMENT.replace(tool.HINT, ""), "the text of an exercise must begin with '## Exercise N' and hold"),
        (0, STATEMENT.replace("## Ex", "### Ex"), "the text of an exercise must begin with '## Exercise N' and hold"),
    ],
)
def test_defects_of_the_sources_are_told(tmp_path, position, source, complaint):
    chapter, solutions = chapter_notebook(), solutions_notebook()
    (solutions.cells[1], chapter.cells[2])[position].source = source
    folder_of(tmp_path, chapter, solutions)
    with pytest.raises(SystemExit, match=f"^make_exercises: 01-x: {re.escape(complaint)}"):
        tool.main([], tmp_path)


def test_solutions_are_in_the_notebooks_folder():
    assert all(solutions.parent == FOLDER / "solutions" for _, solutions in PAIRS)
