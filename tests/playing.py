"""For the tests of figures to play with: a notebook that holds some, its page, and what Chromium saw there."""

import nbformat
import pytest
from test_site import CHROMIUM, browse, served
from tiny_notebooks import code, notebook, text

from tools import build_site, execute_notebooks

IN_BROWSER = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium")
MODES = ["desktop light", "desktop dark", "phone light", "phone dark"]


def execute(folder, *sources):
    """Write play.ipynb, with these code cells, into a new folder and execute it; give the folder."""
    folder.mkdir()
    nbformat.write(notebook(text("# Play\n\nDoes it move?"), *map(code, sources)), folder / "play.ipynb")
    execute_notebooks.update_in_place(folder / "play.ipynb")
    return folder


def render(notebooks):
    """Build the site of a folder of notebooks beside it; give the site's folder."""
    site, work = notebooks.parent / "site", notebooks.parent / "work"
    assert build_site.main(["--notebooks", str(notebooks), "--output", str(site), "--work", str(work)]) == 0
    return site


def figure_pages(folder, figures):
    """Execute {name: code that makes a figure} in one kernel; give the folder of a site with a page for each."""
    played = execute(folder / "notebooks", "import d2l_utils as d2l", *figures.values()) / "play.ipynb"
    title, imports, *cells = nbformat.read(played, as_version=4).cells
    played.unlink()
    for name, cell in zip(figures, cells, strict=True):
        nbformat.write(notebook(title, imports, cell), played.with_name(f"{name}.ipynb"))
    return render(played.parent)


def play_page(site, name):
    """Play with the figure on one page of a site.

    Gives what site/browser/use_figures.mjs saw, and as "complaints" what check_pages.mjs found.
    """
    with served(site) as base:
        report = browse("use_figures.mjs", f"{base}{name}.html")
        return report | {"complaints": browse("check_pages.mjs", base, f"{name}.html")}
