"""Render the notebooks, from the outputs stored in them, to a static site.

    python -m tools.build_site --notebooks notebooks --output _site

`site/` holds the configuration and the pages that are not notebooks; a copy of it, with the notebooks prepared for
reading, is what Sphinx sees. A warning is a failure, and a failure leaves the last good site as it was.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from d2l_utils.figures._modules import MIME, module

import nbformat
from nbformat.v4 import new_output

from tools import site_pages

ROOT = Path(__file__).resolve().parent.parent
STAMP = ".site-stamp"  # marks a folder as one that this tool wrote, and what it was written from
TOOLS = ("sphinx", "myst-nb", "furo", "sphinx-copybutton", "sphinxcontrib-katex")
BANNER = """
<div class="alert alert-warning stand-in">

**Stand-in data.** The outputs on this page come from drawn garments, made because no copy of Fashion-MNIST could be
reached. The numbers differ from those of the real images; the [data page](/data.md) tells how to get them.

</div>
"""


def chapter_paths(notebooks):
    """List the notebooks below a folder in reading order: chapters by file name, then the solutions."""
    found = (path.relative_to(notebooks) for path in notebooks.rglob("*.ipynb"))
    visible = (path for path in found if not any(part.startswith(".") for part in path.parts))
    return sorted(visible, key=lambda path: (len(path.parts), path.as_posix()))


def image_alt(cell):
    """Return the alt text of a code cell's figure, or None where it shows none."""
    alts = []
    for output in cell.get("outputs", []):
        images = [mime for mime in output.get("data", {}) if mime.startswith("image/")]
        if images:
            # The site shows the SVG where there is one.
            mime = "image/svg+xml" if "image/svg+xml" in images else images[0]
            alts.append(output.metadata.get(mime, {}).get("alt"))
    if not alts:
        return None
    if len(alts) > 1 or not alts[0]:
        raise ValueError(f"cell {cell.id} must show one figure with alt text; use d2l.show(fig, alt=...)")
    return alts[0]


def is_wide(cell):
    """Tell whether a code cell's figure is too wide to be read at a phone's width, and scrolls there instead."""
    pictures = [output.get("data", {}).get("image/svg+xml", "") for output in cell.get("outputs", [])]
    widths = [re.search(r'<svg[^>]*? width="([\d.]+)pt"', picture) for picture in pictures]
    return any(width and float(width[1]) > 400 for width in widths)


def with_figure(output):
    """Give an output and, if it is a figure to play with, what site/_static/figures.js puts in its place."""
    figure = output.get("data", {}).pop(MIME, None)
    if figure is None:
        return [output]
    content = json.dumps({"module": module(figure["figure"]), "data": json.loads(figure["data"])})
    content = content.replace("<", "\\u003c")  # or a </script> in it would end it
    script = f'<script type="application/json" class="d2l-figure">{content}</script>'
    return [output, new_output("display_data", data={"text/html": script})]


def prepare_notebook(notebook):
    """Put alt texts where myst-nb looks for them, and the banner on what was computed from stand-in data."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [part for output in cell.outputs for part in with_figure(output)]
        alt = image_alt(cell)
        if alt:
            image = {"alt": alt, "classes": "wide"} if is_wide(cell) else {"alt": alt}
            cell.metadata.setdefault("mystnb", {})["image"] = image
    if notebook.metadata.get("d2l", {}).get("stand_in"):
        title, _, rest = notebook.cells[0].source.partition("\n")
        notebook.cells[0].source = f"{title}\n{BANNER}\n{rest}"
    return notebook


def copy_pages(source):
    """Copy what is not a notebook: `site/`, style and fonts of the formulas, accounts of the data and of the speed."""
    katex = ROOT / "site" / "node_modules" / "katex" / "dist"
    if not katex.is_dir():
        raise SystemExit("build_site: site/node_modules must hold KaTeX; run `make setup`")
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT / "site", source, ignore=shutil.ignore_patterns("node_modules", "browser", "*.json"))
    shutil.copytree(katex / "fonts", source / "_static/katex/fonts", ignore=shutil.ignore_patterns("*.ttf", "*.woff"))
    shutil.copy(katex / "katex.min.css", source / "_static/katex")
    shutil.copy(ROOT / "data" / "README.md", source / "data.md")
    shutil.copytree(ROOT / "bench" / "results", source / "bench")


def prepare(notebooks, source):
    """Fill the folder that Sphinx reads; return the notebooks' paths in reading order."""
    copy_pages(source)
    paths = chapter_paths(notebooks)
    chapters = {path: nbformat.read(notebooks / path, as_version=4) for path in paths}
    site_pages.write_pages(source, chapters)
    for path, notebook in chapters.items():
        try:
            prepare_notebook(notebook)
        except ValueError as error:
            raise SystemExit(f"build_site: {path}: {error}") from None
        download = source / "_downloads" / "notebooks" / path
        for target in (download, source / path):
            target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebooks / path, download)
        nbformat.write(notebook, source / path)
    return paths


def fingerprint(source):
    """Digest everything that the pages depend on, so that an unchanged site is not rendered again."""
    digest = hashlib.sha256(" ".join(version(tool) for tool in TOOLS).encode())
    package = (ROOT / "d2l_utils").rglob("*.py")  # the reference shows its docstrings
    for path in sorted(path for path in [*source.rglob("*"), *package] if path.is_file()):
        digest.update(os.path.relpath(path, source).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def render(source, pages):
    """Run Sphinx; return whether it ended without a warning."""
    shutil.rmtree(pages, ignore_errors=True)
    # Never -j: the node process that prerenders the formulas would outlive the build.
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--fresh-env", "-d", str(source.parent / "doctrees")]
    command = [sys.executable, "-m", "sphinx", "--builder", "html", *options, str(source), str(pages)]
    return subprocess.run(command, check=False).returncode == 0


def publish(pages, output, stamp):
    """Replace the site by the pages just rendered."""
    (pages / STAMP).write_text(stamp, encoding="utf-8")
    shutil.rmtree(output, ignore_errors=True)
    shutil.copytree(pages, output)


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Render the notebooks' stored outputs to a static site.")
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks", help="folder with the notebooks")
    parser.add_argument("--output", type=Path, default=ROOT / "_site", help="folder that the site is written to")
    parser.add_argument("--work", type=Path, default=ROOT / "_build" / "site", help="folder for intermediate files")
    args = parser.parse_args(arguments)
    if args.output.exists() and any(args.output.iterdir()) and not (args.output / STAMP).is_file():
        parser.error(f"--output must be a new folder or an earlier site, got {args.output}")
    return args


def main(arguments=None):
    """Build the site and say where to open it; return the exit code."""
    args = parse(arguments)
    source, pages = args.work / "source", args.work / "html"
    paths = prepare(args.notebooks, source)
    stamp = fingerprint(source)
    old_stamp = args.output / STAMP
    if old_stamp.is_file() and old_stamp.read_text(encoding="utf-8") == stamp:
        print(f"site: {len(paths)} notebooks, unchanged; open {args.output / 'index.html'}")
        return 0
    if not render(source, pages):
        print("site: not rendered, see the warnings above", file=sys.stderr)
        return 1
    publish(pages, args.output, stamp)
    print(f"site: {len(paths)} notebooks, rendered; open {args.output / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
