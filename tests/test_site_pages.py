"""The reading aids: glossary, notation, bibliography and the reference of the package.

Feared: a work listed twice because two chapters spell it differently; a name of the package without a page, or with the
page of another; a term without its Chinese word, out of order, or sent to a chapter that does not use it; a sign of the
notation that no chapter writes.
"""

import inspect
import re
from pathlib import Path

import d2l_utils as d2l

import nbformat
import pytest
from tiny_notebooks import notebook, text

from tools import site_pages
from tools.build_site import ROOT, chapter_paths

NOTEBOOKS = ROOT / "notebooks"
CHAPTERS = {path: nbformat.read(NOTEBOOKS / path, as_version=4) for path in chapter_paths(NOTEBOOKS)}
GLOSSARY = (ROOT / "site" / "glossary.md").read_text(encoding="utf-8")
TERM = re.compile(r'^(?P<english>\S.*) <span lang="zh">(?P<chinese>.+)</span>\n: (?P<meaning>(?:.+\n?)+)', re.MULTILINE)


def references(*lines):
    return notebook(text("# Title of it"), text("## References\n\n" + "\n".join(lines)))


def words(phrase):
    """List the words of a text in the singular."""
    return [word.removesuffix("s") for word in re.findall(r"[a-z]+", phrase.lower())]


# Bibliography.


def test_a_work_stands_once_with_its_sections_and_chapters():
    page = site_pages.bibliography(
        {
            Path("01-a.ipynb"): references("- B. Writer. *Title.* 2014: sections 1, 2.", "- A. Writer. *Other.* 2010."),
            Path("02-b.ipynb"): references("- B. Writer. *Title.* 2014: chapter 7.", "- Two published runs."),
        }
    )
    assert page.split("\n\n", 2)[2].splitlines() == [
        "- A. Writer. *Other.* 2010.",
        "  - [Title of it](01-a.ipynb): as a whole.",
        "- B. Writer. *Title.* 2014",
        "  - [Title of it](01-a.ipynb): sections 1, 2.",
        "  - [Title of it](02-b.ipynb): chapter 7.",
    ]


def test_no_work_of_the_course_is_spelled_in_two_ways():
    titles = re.findall(r"^- .*?\*(.+?)\.?\*", site_pages.bibliography(CHAPTERS), re.MULTILINE)
    assert titles
    assert len(titles) == len({title.lower() for title in titles})


# Reference.


def test_every_public_function_and_class_has_a_page():
    named = {
        name for name in d2l.__all__ if inspect.isroutine(getattr(d2l, name)) or inspect.isclass(getattr(d2l, name))
    }
    named |= {"capstone.data", "capstone.submit", "launch.launch"}
    assert set(site_pages.documented()) == named
    assert len(site_pages.documented()) == len(named) > 20


def test_the_overview_links_each_name_and_its_chapter():
    overview = site_pages.reference_index(CHAPTERS)
    assert re.findall(r"^\| \[`([\w.]+)`\]\(\1\.md\)", overview, re.MULTILINE) == site_pages.documented()
    (row,) = [line for line in overview.splitlines() if line.startswith("| [`dropout`]")]
    assert row.endswith("| [Dropout](../09-dropout.ipynb) |")
    assert "Zero entries of `X` at random" in row


def test_a_name_whose_chapter_is_to_come_says_which(monkeypatch):
    def sweep():
        """Do it.

        Introduced in: a chapter to come (storms)
        """

    monkeypatch.setattr(d2l, "sweep", sweep)
    assert site_pages.chapter_of("sweep", CHAPTERS) == "a chapter to come (storms)"


def test_a_page_takes_its_text_from_the_docstring():
    assert site_pages.reference_page("dropout", CHAPTERS) == (
        "# d2l.dropout\n\nIntroduced in: [Dropout](../09-dropout.ipynb).\n\n"
        "```{eval-rst}\n.. autofunction:: d2l_utils.dropout\n```\n"
    )
    assert ".. autoclass:: d2l_utils.History" in site_pages.reference_page("History", CHAPTERS)


def test_links_to_chapters_that_are_not_rendered_become_words():
    linked = "[Dropout](09-dropout.ipynb) [Dropout](../09-dropout.ipynb) [this](https://example.org)"
    assert site_pages.without_absent_chapters(linked, CHAPTERS) == linked
    assert site_pages.without_absent_chapters(linked, {}) == "Dropout Dropout [this](https://example.org)"
    with_section = "[09, section 3](09-dropout.ipynb#3.-Masks-by-hand) and [10](10-x.ipynb#1.-Why?)"
    assert site_pages.without_absent_chapters(with_section, {}) == "09, section 3 and 10"


# Glossary and notation.


def test_the_glossary_is_in_order_and_whole():
    terms = [match["english"] for match in TERM.finditer(GLOSSARY)]
    assert len(terms) == len(re.findall(r"^: ", GLOSSARY, re.MULTILINE)) > 40
    assert terms == sorted(set(terms), key=str.lower)


@pytest.mark.parametrize("entry", list(TERM.finditer(GLOSSARY)), ids=lambda entry: entry["english"])
def test_term(entry):
    assert re.search("[\u4e00-\u9fff]", entry["chinese"]) or entry["chinese"] == entry["english"]
    meaning = " ".join(entry["meaning"].split())
    linked = re.search(r"\. (?:\[(?P<title>.+)\]\((?P<path>.+)\)|A chapter to come\.)$", meaning)
    assert linked, "the entry must end with a link to its chapter, or with 'A chapter to come.'"
    if linked["path"]:
        chapter = CHAPTERS[Path(linked["path"])]
        assert linked["title"] == site_pages.title(chapter)
        assert set(words(entry["english"])) <= set(words(" ".join(cell.source for cell in chapter.cells)))


def test_every_name_of_the_notation_is_used_in_a_chapter():
    rows = re.findall(r"^\|[^|]*\|([^|]*)\|", (ROOT / "site" / "notation.md").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    code = "\n".join(cell.source for chapter in CHAPTERS.values() for cell in chapter.cells)
    assert "drop_prob" in names
    assert [name for name in sorted(names) if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)] == []
