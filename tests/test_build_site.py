"""tools/build_site.py: what reaches the pages, and what must stop them.

Feared: a file name as alt text; the alt text of the PNG beside the SVG; a page from stand-in data without its banner;
a banner on a real one; a dead link, or a wrong formula printed in red, on a site that was built all the same; a
failed build that takes the last good site with it; a stale page; an emptied folder that was not a site.
"""

import hashlib
import html
import json
import re
import shutil
from pathlib import Path

from d2l_utils.figures._modules import MIME, module

import nbformat
import pytest
from sphinxcontrib import katex
from tiny_notebooks import ALT, code, figure, notebook, printed, text

from tools import build_site, site_pages

pytestmark = pytest.mark.whole

HEAD = text("# Dropout\n\nCan *noise* help?\nOr not?\n\n<div class='alert alert-info'>\n\n45 minutes\n\n</div>")
TRICKY_ALT = 'Bar chart with "quotes", <tags> & more: the bar of the mask is 3 times as high.'


def stand_in(*cells):
    """Make a notebook that was executed on the stand-in."""
    result = notebook(*cells)
    result.metadata["d2l"] = {"stand_in": True}
    return result


def write(folder, **notebooks):
    """Write notebooks under the given names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in notebooks.items():
        nbformat.write(content, folder / f"{name}.ipynb")


def build(folder):
    """Build the notebooks of a folder; return the exit code."""
    arguments = ["--notebooks", folder / "notebooks", "--output", folder / "site", "--work", folder / "work"]
    return build_site.main([str(argument) for argument in arguments])


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Build a site of two tiny chapters."""
    folder = tmp_path_factory.mktemp("project")
    link = text("## Its *mean*\n\nSee [there](b.ipynb#Its-variance), $\\mathbb{E}[h'] = h$.\n\n$$\n1 - p \\tag{1}\n$$")
    chapter_a = notebook(HEAD, link, code("print(1)", printed(1)), code("show(fig)", figure(TRICKY_ALT)))
    chapter_b = stand_in(text("# Again\n\nOn other data."), text("## Its variance\n\n[back](a.ipynb)"))
    write(folder / "notebooks", a=chapter_a, b=chapter_b)
    assert build(folder) == 0
    return folder


@pytest.fixture(scope="module")
def page(project):
    """Read a page of the site."""
    return lambda name: (project / "site" / f"{name}.html").read_text(encoding="utf-8")


# What is prepared for Sphinx.


def test_alt_text_is_that_of_the_image_shown():
    both = figure()
    both.metadata["image/png"]["alt"] = "another"
    assert build_site.image_alt(code("show(fig)", printed("line"), both)) == ALT
    only_png = figure()
    del only_png.data["image/svg+xml"], only_png.metadata["image/svg+xml"]
    assert build_site.image_alt(code("show(fig)", only_png)) == ALT
    assert build_site.image_alt(code("1", printed(1))) is None
    assert build_site.image_alt(text("words")) is None


@pytest.mark.parametrize(("points", "wide"), [("540", True), ("400.5", True), ("400", False), ("288", False)])
def test_a_wide_figure_is_marked_so_that_it_scrolls_on_a_phone(points, wide):
    drawn = figure()
    drawn.data["image/svg+xml"] = f'<?xml version="1.0"?>\n<svg height="9pt" width="{points}pt"></svg>'
    cell = code("show(fig)", drawn)
    build_site.prepare_notebook(notebook(cell))
    expected = {"alt": ALT, "classes": "wide"} if wide else {"alt": ALT}
    assert cell.metadata["mystnb"]["image"] == expected


def test_a_figure_to_play_with_keeps_its_picture_and_cannot_end_its_script():
    output = figure()
    output.data[MIME] = {"figure": "dropout_mask", "data": '{"name":"</script><b>"}'}
    picture, played = build_site.with_figure(output)
    assert picture == figure()
    element, content = re.fullmatch(r"(<script [^<>]*>)([^<]*)</script>", played.data["text/html"]).groups()
    assert element == '<script type="application/json" class="d2l-figure">'
    assert json.loads(content) == {"module": module("dropout_mask"), "data": {"name": "</script><b>"}}


def test_another_output_stays_as_it_is():
    for output in (printed("line"), figure()):
        assert build_site.with_figure(output) == [output]


@pytest.mark.parametrize("outputs", [[figure("")], [figure(None)], [figure(), figure()]], ids=["empty", "none", "two"])
def test_a_figure_that_cannot_be_described_is_refused(outputs, tmp_path):
    write(tmp_path / "notebooks", a=notebook(HEAD, code("show(fig)", *outputs)))
    with pytest.raises(SystemExit) as stopped:
        build(tmp_path)
    sentence = "build_site: a.ipynb: cell cell-1 must show one figure with alt text; use d2l.show(fig, alt=...)"
    assert str(stopped.value) == sentence


def test_reading_order_and_no_checkpoints(tmp_path):
    names = ["10-late.ipynb", "02-early.ipynb", "solutions/02-early-solutions.ipynb", ".ipynb_checkpoints/02.ipynb"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    order = [path.as_posix() for path in build_site.chapter_paths(tmp_path)]
    assert order == ["02-early.ipynb", "10-late.ipynb", "solutions/02-early-solutions.ipynb"]


def test_chapter_row_holds_title_question_minutes_and_download():
    row = site_pages.chapter_row(notebook(HEAD), Path("09-dropout.ipynb"))
    link = '<a href="notebooks/09-dropout.ipynb" aria-label="Download Dropout" download>download</a>'
    assert row == f"| [Dropout](09-dropout.ipynb)<br>Can *noise* help? Or not? | 45 min | {link} |"


def test_the_question_is_bold_in_its_chapter_only():
    row = site_pages.chapter_row(notebook(text("# A\n\n**Is it *so*?**\n\nYes.")), Path("a.ipynb"))
    assert row.startswith("| [A](a.ipynb)<br>Is it *so*? |")


def test_chapter_row_of_a_bare_chapter_stays_one_table_row():
    row = site_pages.chapter_row(notebook(text("# A\n\n$|x|$ or\nnot?")), Path("a.ipynb"))
    assert row.startswith("| [A](a.ipynb)<br>$\\|x\\|$ or not? |  | <a ")
    assert "<br> |" in site_pages.chapter_row(notebook(text("# A\n\n<div>\n\nbox</div>")), Path("a.ipynb"))


# What is on the pages.


def test_the_figure_is_the_svg_with_its_alt_text(page):
    (image,) = re.findall(r"<img [^>]*>", page("a"))
    assert f'alt="{html.escape(TRICKY_ALT)}"' in image
    assert re.search(r'src="_images/\w+\.svg"', image)


def test_the_banner_is_on_stand_in_pages_only(page):
    assert page("b").count("Stand-in data.") == 1
    assert page("b").index("<h1>Again") < page("b").index("Stand-in data.") < page("b").index("On other data.")
    assert [name for name in ("a", "index", "data", "about") if "Stand-in data." in page(name)] == []


def test_formulas_are_written_into_the_page(page):
    assert page("a").count('class="katex"') == 2
    assert "katex.min.css" in page("a")
    assert 'class="tag"' in page("a")


def test_links_between_notebooks_lead_to_pages(page):
    assert 'href="b.html#its-variance"' in page("a")
    assert 'id="its-variance"' in page("b")
    assert 'href="a.html"' in page("b")


def test_the_landing_page_lists_the_chapters_in_order(page):
    rows = re.findall(r"<tr.*?</tr>", page("index"), flags=re.DOTALL)[1:]
    assert [re.findall(r'href="([^"]*)"', row) for row in rows] == [
        ["a.html", "notebooks/a.ipynb"],
        ["b.html", "notebooks/b.ipynb"],
    ]
    assert "45 min" in rows[0]


def test_downloads_are_the_notebooks_byte_for_byte(project, page):
    for name in ("a", "b"):
        original = project / "notebooks" / f"{name}.ipynb"
        assert (project / "site" / "notebooks" / f"{name}.ipynb").read_bytes() == original.read_bytes()
        assert f'href="notebooks/{name}.ipynb" download' in page(name)


def test_no_page_or_style_loads_from_another_host(project):
    for path in [*project.glob("site/*.html"), *project.glob("site/_static/**/*.css")]:
        content = path.read_text(encoding="utf-8")
        loads = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", content)
        assert loads + re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']*", content) == [], path.name


# What a second run does.


def test_an_unchanged_site_is_not_rendered_again(project, monkeypatch, capsys):
    monkeypatch.setattr(build_site, "render", lambda source, pages: pytest.fail("rendered again"))
    assert build(project) == 0
    assert capsys.readouterr().out == f"site: 2 notebooks, unchanged; open {project / 'site' / 'index.html'}\n"


def test_a_notebook_that_differs_in_its_bytes_alone_is_a_change(tmp_path):
    write(tmp_path, a=notebook(HEAD))
    stamps = []
    for ending in ("", "\n"):
        with (tmp_path / "a.ipynb").open("a") as file:
            file.write(ending)
        build_site.prepare(tmp_path, tmp_path / "work")
        stamps.append(build_site.fingerprint(tmp_path / "work"))
        shutil.rmtree(tmp_path / "work")
    assert stamps[0] != stamps[1]


def test_every_input_counts_as_a_change(tmp_path):
    (tmp_path / "a.md").write_text("a")
    before = build_site.fingerprint(tmp_path)
    (tmp_path / "a.md").write_text("b")
    assert build_site.fingerprint(tmp_path) != before
    (tmp_path / "a.md").write_text("a")
    assert build_site.fingerprint(tmp_path) == before
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    assert build_site.fingerprint(tmp_path) != before


def test_a_changed_docstring_is_a_change(tmp_path, monkeypatch):
    module = tmp_path / "d2l_utils" / "layers.py"
    module.parent.mkdir()
    monkeypatch.setattr(build_site, "ROOT", tmp_path)
    stamps = []
    for docstring in ("Drop.", "Drop entries."):
        module.write_text(f'"""{docstring}"""')
        stamps.append(build_site.fingerprint(tmp_path / "source"))
    assert stamps[0] != stamps[1]


@pytest.mark.parametrize(
    ("defect", "messages"),
    [
        ("[gone](gone.ipynb) or [gone](#No-such-heading)", ["gone.ipynb", "No-such-heading"]),
        ("$\\frc{1}{2}$", ["Undefined control sequence: \\frc"]),
    ],
    ids=["dead links", "wrong formula"],
)
def test_a_defect_ends_the_build_and_leaves_the_last_good_site(project, tmp_path, capfd, defect, messages):
    before = digests(project / "site")
    write(tmp_path / "notebooks", a=notebook(HEAD, text(defect)))
    arguments = ["--notebooks", tmp_path / "notebooks", "--output", project / "site", "--work", tmp_path / "work"]
    for _ in range(2):  # the second time, too: nothing of a failed build may be taken as done
        assert build_site.main([str(argument) for argument in arguments]) == 1
        complaints = capfd.readouterr().err
        assert [message for message in messages if message not in complaints] == []
    assert digests(project / "site") == before


def test_a_removed_chapter_leaves_no_page(project, tmp_path, monkeypatch):
    write(tmp_path / "notebooks", a=notebook(HEAD))
    monkeypatch.setattr(build_site, "render", lambda source, pages: not pages.mkdir(parents=True))
    site = tmp_path / "site"
    site.mkdir()
    (site / "b.html").touch()
    (site / build_site.STAMP).touch()
    assert build(tmp_path) == 0
    assert not (site / "b.html").exists()


def test_a_folder_that_is_no_site_is_not_replaced(tmp_path, capsys):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").touch()
    with pytest.raises(SystemExit):
        build(tmp_path)
    assert f"--output must be a new folder or an earlier site, got {tmp_path / 'site'}" in capsys.readouterr().err
    assert (tmp_path / "site" / "thesis.txt").exists()


# What comes from npm.


def test_the_style_of_formulas_fits_the_program_that_writes_them():
    package = json.loads((build_site.ROOT / "site" / "package.json").read_text())
    assert package["dependencies"]["katex"] == katex.katex_version


def test_the_npm_lock_names_versions_and_checksums_but_no_registry():
    lock = json.loads((build_site.ROOT / "site" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
