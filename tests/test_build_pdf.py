"""tools/build_pdf.py: the course on paper.

Feared: an entry of the contents, a bookmark or a link that leads to another page, above all where two chapters have
sections of the same name; a chapter left out; a wrong page number; an empty page; an answer that stays folded; a
formula or a Chinese word that is lost; a link to a file of the machine that printed it.
"""

import re
import shutil
import unicodedata

import pytest
from pypdf import PdfReader
from test_build_site import build, write
from tiny_notebooks import code, figure, notebook, text

from tools import build_pdf

pytestmark = pytest.mark.whole

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FOLDED = "<details><summary>Answer</summary>\n\nIt was folded away.\n\n</details>"
CHAPTER_A = notebook(
    text("# First\n\nWhat is it?\n\nSee [there](b.ipynb#Recap) and [below](#Recap)."),
    text("## Mean\n\n$$\\operatorname{Mean}[h'] = h$$\n\n" + FOLDED),
    code("show(fig)", figure()),
    text("\n\n".join(f"Paragraph {number}." for number in range(80))),  # so that its recap is on another page
    text("## Recap\n\nThe end of the first."),
)
CHAPTER_B = notebook(
    text("# Second\n\nAgain?"), text("## Recap\n\nThe end of the second. [Back](a.ipynb) or [up](/index.md).")
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Print a course of two tiny chapters and the site's own pages."""
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    folder = tmp_path_factory.mktemp("book")
    write(folder / "notebooks", a=CHAPTER_A, b=CHAPTER_B)
    write(folder / "notebooks" / "solutions", a_solutions=notebook(text("# Solved\n\nThus.")))
    assert build(folder) == 0
    assert build_pdf.main(["--site", str(folder / "site"), "--output", str(folder / "new" / "course.pdf")]) == 0
    return PdfReader(folder / "new" / "course.pdf")


def words(reader, number):
    """Return the text of a page, counted from 1, on one line and without ligatures."""
    return " ".join(unicodedata.normalize("NFKC", reader.pages[number - 1].extract_text()).split())


def bookmarks(reader, entries=None):
    """List the outline as (title, page, its own entries)."""
    found = []
    for entry in reader.outline if entries is None else entries:
        if isinstance(entry, list):
            found[-1][2].extend(bookmarks(reader, entry))
        else:
            found.append((entry.title, reader.get_destination_page_number(entry) + 1, []))
    return found


def links(reader, number):
    """List where the links of a page lead: to a page's number, or to an address."""
    places = build_pdf.page_numbers(reader.stream)
    annotations = [item.get_object() for item in reader.pages[number - 1].get("/Annots", [])]
    return [
        places[item["/Dest"].removeprefix("/")] if "/Dest" in item else item["/A"]["/URI"]
        for item in annotations
        if item["/Subtype"] == "/Link"
    ]


def test_bookmarks_name_every_part_in_the_order_of_the_site_and_lead_to_it(printed):
    found = bookmarks(printed)
    parts = ["Contents", "First", "Second", "Solved", "Glossary", "Notation", "Bibliography"]
    parts += ["Coverage of the sources", "Reference"]
    titles = [title for title, *_ in found]
    assert titles[:9] == parts
    assert titles[-3:] == ["Data", "Performance", "About"]
    assert all(title.startswith("d2l.") for title in titles[9:-3])
    assert titles[9:-3]
    assert [title for title, page, _ in found if title not in words(printed, page)] == []


def test_sections_of_the_same_name_are_told_apart(printed):
    found = {title: sections for title, _, sections in bookmarks(printed)}
    assert [title for title, *_ in found["First"]] == ["Mean", "Recap"]
    assert "The end of the first." in words(printed, found["First"][1][1])
    assert "The end of the second." in words(printed, found["Second"][0][1])


def test_contents_give_the_pages_and_lead_there(printed):
    found = {title: page for title, page, _ in bookmarks(printed)}
    listed = words(printed, found["Contents"])
    order = [entry for title, page, inner in bookmarks(printed) for entry in [(title, page), *[s[:2] for s in inner]]]
    expected = [(title, page) for title, page in order if title != "Contents" and not title.startswith("d2l.")]
    assert " ".join(f"{title} {page}" for title, page in expected) in listed
    assert links(printed, found["Contents"]) == [page for _, page in expected]


def test_links_between_chapters_stay_in_the_book(printed):
    found = {title: (page, sections) for title, page, sections in bookmarks(printed)}
    first, second = found["First"], found["Second"]
    assert links(printed, first[0]) == [second[1][0][1], first[1][1][1]]
    assert links(printed, second[0]) == [first[0]]


def test_no_link_leads_to_a_file_of_this_machine(printed):
    everywhere = [link for number in range(1, len(printed.pages) + 1) for link in links(printed, number)]
    addresses = [link for link in everywhere if isinstance(link, str)]
    assert addresses
    assert [address for address in addresses if not address.startswith("https://")] == []


def test_every_page_has_its_number_and_something_else(printed):
    assert len(printed.pages) > 10
    for number in range(1, len(printed.pages) + 1):
        assert re.search(rf"\S {number}$", words(printed, number)), f"page {number} is empty"


def test_nothing_stays_folded_and_formulas_and_chinese_are_there(printed):
    everything = " ".join(words(printed, number) for number in range(1, len(printed.pages) + 1))
    assert "It was folded away." in everything
    assert re.search(r"Mean ?\[ ?h", everything)
    assert "丢弃" in everything
    assert "Download this notebook" not in everything


def test_it_is_tagged_for_screen_readers(printed):
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert printed.metadata.title == "Regularization in MXNet"


def test_a_folder_that_is_no_site_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        build_pdf.main(["--site", str(tmp_path)])
    assert f"--site must be a folder that tools/build_site.py wrote, got {tmp_path}" in capsys.readouterr().err


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"^build_pdf: Chromium must be installed; Debian, Ubuntu: apt-get install"):
        build_pdf.find_chromium()


def test_a_link_that_leads_nowhere_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(build_pdf, "book", lambda site, numbers: '<a href="#there">1</a> <a href="#lost">2</a>')
    monkeypatch.setattr(build_pdf, "print_book", lambda html, pdf: None)
    monkeypatch.setattr(build_pdf, "page_numbers", lambda pdf: {"there": 1})
    with pytest.raises(SystemExit, match=r"^build_pdf: links in the PDF lead nowhere: lost$"):
        build_pdf.print_numbered(tmp_path, tmp_path / "book.html", tmp_path / "book.pdf")


def test_a_missing_font_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build_pdf, "book", lambda site, numbers: "dropout 丢弃法")
    monkeypatch.setattr(build_pdf, "print_book", lambda html, pdf: None)
    monkeypatch.setattr(build_pdf, "page_numbers", lambda pdf: {})
    complaints = []
    for printed_text in ("dropout 丢弃法", "dropout \ufffd\ufffd\ufffd"):
        monkeypatch.setattr(build_pdf, "words", lambda pdf, shown=printed_text: shown)
        build_pdf.print_numbered(tmp_path, tmp_path / "book.html", tmp_path / "book.pdf")
        complaints.append(capsys.readouterr().err)
    sentence = "build_pdf: no font here has Chinese characters: apt-get install fonts-droid-fallback\n"
    assert complaints == ["", sentence]


def test_a_failed_print_leaves_no_pdf(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / build_pdf.STAMP).touch()
    monkeypatch.setattr(build_pdf, "book", lambda site, numbers: "")
    monkeypatch.setattr(build_pdf, "find_chromium", lambda: "false")
    with pytest.raises(SystemExit, match=r"^build_pdf: Chromium could not print the course, see above$"):
        build_pdf.main(["--site", str(tmp_path / "site"), "--output", str(tmp_path / "course.pdf")])
    assert not (tmp_path / "course.pdf").exists()
