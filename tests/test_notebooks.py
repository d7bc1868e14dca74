"""Every committed notebook passes every guard (that each guard bites is tested in test_notebook_guards.py)."""

from pathlib import Path

import pytest

from tools import chapter_guards, notebook_guards, notebook_text_guards
from tools.execute_notebooks import find_notebooks

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
PATHS = find_notebooks(FOLDER)
CHAPTERS = [path for path in PATHS if chapter_guards.is_chapter(path.relative_to(FOLDER))]
notebooks = pytest.mark.parametrize("path", PATHS, ids=[path.relative_to(FOLDER).as_posix() for path in PATHS])


def test_there_are_notebooks():
    assert CHAPTERS, "without notebooks all the tests below pass in vain"


@notebooks
@pytest.mark.parametrize(
    "guard", notebook_guards.GUARDS + notebook_text_guards.GUARDS, ids=lambda guard: guard.__name__
)
def test_guard(path, guard):
    assert guard(notebook_guards.read(path)) == []


@notebooks
def test_links(path):
    assert notebook_text_guards.broken_links(notebook_guards.read(path), path.parent) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
@pytest.mark.parametrize("guard", chapter_guards.GUARDS, ids=lambda guard: guard.__name__)
def test_chapter_guard(path, guard):
    assert guard(notebook_guards.read(path)) == []
