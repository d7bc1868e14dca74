"""Write the exercises at the end of each chapter from its solution notebook, which is their source.

    python -m tools.make_exercises              writes the chapters that differ
    python -m tools.make_exercises --check      writes nothing and fails if one differs

In `notebooks/solutions/NN-topic-solutions.ipynb` cells tagged `exercise` (statement with hint, check) are copied, code
cells tagged `solution` become starters, and all others stay where they are. The rest of the chapter is not touched.
"""

import argparse
import ast
import copy
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.execute_notebooks import write

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SUFFIX = "-solutions"
YOUR_CODE = "return ...  # your code here"
INTRODUCTION = """\
## Exercises

Write your answer over the dots, run the cell, then the check below it. A check says in one line that the answer is \
right, or shows an input, what was expected, what came and a hint. `d2l.checks.progress()` lists what has passed on \
this machine; nothing is sent anywhere. What your function prints is not shown during a check: call it yourself to see \
it. After a restart of the kernel run the first cell and the starter before the check. Hints and solutions are folded \
away."""
HINT = "<details><summary>Hint</summary>"
_HEADING = re.compile(r"## (Exercise \d+)$", re.MULTILINE)


def starter(source):
    """Turn the code of a solution into the code to begin with: names, signatures and docstrings stay."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        for first, last, replacement in reversed(_replacements(node, lines)):
            lines[first - 1 : last] = [replacement]
    return "\n".join(lines)


def _replacements(node, lines):
    """List (first line, last line, what stands there instead), from top to bottom."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return []
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):  # dots cannot be unpacked
        comment = lines[node.end_lineno - 1].encode()[node.end_col_offset :].decode()
        return [(node.lineno, node.end_lineno, f"{node.targets[0].id} = ...{comment}")]
    if isinstance(node, ast.ClassDef):
        methods = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name != "__init__"]
        return [_without_body(method) for method in methods]
    if isinstance(node, ast.FunctionDef):
        return [_without_body(node)]
    raise ValueError(
        f"a solution cell may define, import and assign to one name, got: {ast.unparse(node).splitlines()[0]}"
    )


def _without_body(function):
    if ast.get_docstring(function) is None or len(function.body) < 2:
        raise ValueError(f"{function.name} must have a docstring, which says in the starter what to do, and a body")
    docstring = function.body[0]
    return docstring.end_lineno + 1, function.end_lineno, " " * docstring.col_offset + YOUR_CODE


def exercise_cells(solutions, name):
    """Make the cells of the section from a solution notebook of the given file name."""
    origin = {"d2l": {"generated_from": f"solutions/{name}"}}
    cells = [new_markdown_cell(INTRODUCTION, id="exercises", metadata=copy.deepcopy(origin))]
    for cell in solutions.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and {"exercise", "solution"} & set(tags):
            source = starter(cell.source) if "solution" in tags else cell.source
            cells.append(new_code_cell(source, id=cell.id, metadata=copy.deepcopy(origin)))
        elif "exercise" in tags:
            cells.append(new_markdown_cell(_text(cell.source, name), id=cell.id, metadata=copy.deepcopy(origin)))
    return cells


def _text(source, name):
    """Move a text from the solutions into the chapter: a lower heading, a link to the solution, links from here."""
    heading = _HEADING.match(source)
    if not heading or HINT not in source:
        raise ValueError(f"the text of an exercise must begin with '## Exercise N' and hold {HINT}, got: {source[:40]}")
    link = f"[{heading[1]}, solved and explained](solutions/{name}#{heading[1].replace(' ', '-')})"
    text = f"#{source}\n\n<details><summary>Solution</summary>\n\n{link}\n\n</details>"
    return text.replace(f"](../{name.replace(SUFFIX, '')}#", "](#").replace("](../", "](")


def with_exercises(chapter, solutions, name):
    """Give the chapter with its exercises made anew; an unchanged cell keeps its outputs."""
    result = copy.deepcopy(chapter)
    stored = {cell.id: cell for cell in result.cells if is_generated(cell)}
    result.cells = [cell for cell in result.cells if not is_generated(cell)]
    made = exercise_cells(solutions, name)
    for cell in made:
        old = stored.get(cell.id)
        if old and (old.cell_type, old.source) == (cell.cell_type, cell.source) and cell.cell_type == "code":
            cell.update(outputs=old.outputs, execution_count=old.execution_count)
    place = [number for number, cell in enumerate(result.cells) if cell.source.startswith("## References")]
    if len(place) != 1:
        raise ValueError(f"the chapter must have one cell that begins with '## References', got {len(place)}")
    result.cells[place[0] : place[0]] = made
    return result


def is_generated(cell):
    """Tell whether a cell was made from a solution notebook."""
    return "generated_from" in cell.metadata.get("d2l", {})


def pairs(notebooks=NOTEBOOKS):
    """List (chapter, solution notebook)."""
    found = sorted((notebooks / "solutions").glob(f"*{SUFFIX}.ipynb"))
    return [(notebooks / path.name.replace(SUFFIX, ""), path) for path in found]


def regenerated(chapter_path, solutions_path):
    """Give the chapter's file as it has to be."""
    chapter, solutions = (nbformat.read(path, as_version=4) for path in (chapter_path, solutions_path))
    try:
        return nbformat.writes(with_exercises(chapter, solutions, solutions_path.name)) + "\n"
    except ValueError as error:
        raise SystemExit(f"make_exercises: {chapter_path.stem}: {error}") from None


def main(arguments=None, notebooks=NOTEBOOKS):
    """Write or check every chapter that has solutions; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the chapters' exercises from the solution notebooks.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a chapter differs")
    check = parser.parse_args(arguments).check
    stale = 0
    for chapter_path, solutions_path in pairs(notebooks):
        text = regenerated(chapter_path, solutions_path)
        same = chapter_path.read_text(encoding="utf-8") == text
        stale += not same
        if not same and not check:
            write(chapter_path, text)
        print(f"{chapter_path.stem}: {'unchanged' if same else 'differs' if check else 'written'}")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
