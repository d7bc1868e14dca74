"""Guards over a notebook's text and code: each takes the notebook and returns what is wrong, one sentence each.

What concerns the record of the run (counts, outputs, figures, metadata) is in tools/notebook_guards.py.
"""

import ast
import re
from urllib.parse import unquote, urlsplit

from IPython.core.inputtransformer2 import TransformerManager

from tools.notebook_guards import ALT_LENGTH, code_cells, read

MAX_CELL_LINES = 20
UNCOMPARED_TAGS = ("fashion-mnist", "bits")  # tools/nbval_plugin.py leaves their outputs out where it must
KNOWN_TAGS = {*UNCOMPARED_TAGS, "exercise", "solution"}  # the last two: tools/make_exercises.py

_LOADS = re.compile(r"\bfashion_mnist_arrays\(|\bload_data_fashion_mnist\(|\bcapstone\.(data|submit)\(")
_FENCED = re.compile(r"^(?P<open>(?P<fence>`{3,}|~{3,})[^\n]*\n).*?^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
# JupyterLab shows these as raw text, or Sphinx and JupyterLab read them differently.
_NOT_PORTABLE = {
    "a role such as {ref}`...`": re.compile(r"\{[\w:.+-]+\}`"),
    "a directive fence such as ```{note}": re.compile(r"^\s*(`{3,}|~{3,})\s*\{", re.MULTILINE),
    "a colon fence (:::)": re.compile(r"^\s*:{3,}", re.MULTILINE),
    "a target line such as (label)=": re.compile(r"^\s*\([\w:. -]+\)=\s*$", re.MULTILINE),
    "an alert such as > [!NOTE]": re.compile(r"^\s*>\s*\[!", re.MULTILINE),
    "a footnote [^1]": re.compile(r"\[\^[^\]]+\]"),
    "a substitution {{ name }}": re.compile(r"\{\{\s*\w+\s*\}\}"),
    "a link without words [](target)": re.compile(r"(?<!!)\[\]\("),
    r"\begin{align} or {equation}, numbered twice (take aligned, or \tag)": re.compile(
        r"\\begin\{(align|equation)\*?\}"
    ),
    "a <div> with no blank line after it": re.compile(r"^\s*<div[^>]*>[ \t]*\n[ \t]*\S", re.MULTILINE),
    "a <summary> with no blank line after it": re.compile(r"</summary>[ \t]*\n[ \t]*\S"),
    "Markdown in a <summary>, shown as it is typed": re.compile(r"<summary>[^\n]*[`$*][^\n]*</summary>"),
}
_SWITCH = re.compile(r"^\s*#+\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)", re.MULTILINE)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(|<img\b(?P<attributes>[^>]*)>")
_LINK = re.compile(r"\]\(<?(?P<markdown>[^)\s>]+)>?[^)]*\)|\b(?:href|src)=\"(?P<html>[^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def markdown(notebook):
    """List the Markdown cells' texts; of fenced code only the opening line is kept."""
    return [_FENCED.sub(r"\g<open>", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]


def syntax_tree(cell):
    """Parse a code cell, IPython's magics included."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def short_cells(notebook):
    """A code cell is short enough to be followed aloud."""
    lengths = [(number, len(cell.source.splitlines())) for number, cell in code_cells(notebook)]
    return [
        f"code cell {number} has {length} lines, at most {MAX_CELL_LINES} are allowed"
        for number, length in lengths
        if length > MAX_CELL_LINES
    ]


def portable_markdown(notebook):
    """The text reads well in JupyterLab and on the site alike."""
    return [
        f"not portable Markdown: {what}: {match[0].strip()}"
        for what, pattern in _NOT_PORTABLE.items()
        for text in markdown(notebook)
        for match in pattern.finditer(text)
    ]


def images_have_alt_text(notebook):
    """An image in the text says in words what it shows."""
    complaints = []
    for text in markdown(notebook):
        for image in _IMAGE.finditer(text):
            quoted = re.search(r'\balt="([^"]*)"', image["attributes"] or "")
            alt = image["alt"] if image["attributes"] is None else quoted and quoted[1]
            if len(alt or "") not in ALT_LENGTH:
                complaints.append(f"an image in the text needs an alt text of 40-300 characters, got {alt!r}")
    return complaints


def known_tags(notebook):
    """A tag is a known one: an unknown one may be a slip, or switch off the comparison (nbval-ignore-output)."""
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    return [f"unknown cell tag {tag}" for tag in sorted(tags - KNOWN_TAGS)]


def no_empty_cells(notebook):
    """No cell is left empty."""
    return [f"cell {number} is empty" for number, cell in enumerate(notebook.cells, 1) if not cell.source.strip()]


def no_switches_in_comments(notebook):
    """No comment switches nbval's comparison off."""
    found = ((number, _SWITCH.search(cell.source)) for number, cell in code_cells(notebook))
    return [f"code cell {number} switches the comparison off: {match[1]}" for number, match in found if match]


def uncompared_cells_have_asserts(notebook):
    """An output that may go uncompared is asserted: in its cell or in the code cell right before or after it."""
    cells = code_cells(notebook)
    asserting = {
        number for number, cell in cells if any(isinstance(n, ast.Assert) for n in ast.walk(syntax_tree(cell)))
    }
    return [
        f"code cell {number} is tagged {tag}, but neither it nor a code cell next to it asserts anything"
        for number, cell in cells
        for tag in cell.metadata.get("tags", [])
        if cell.outputs and tag in UNCOMPARED_TAGS and not asserting & {number - 1, number, number + 1}
    ]


def loading_is_tagged(notebook):
    """Cells that ask for the images are tagged: on the stand-in they print a line more."""
    return [
        f"code cell {number} asks for the images and is not tagged fashion-mnist"
        for number, cell in code_cells(notebook)
        if _LOADS.search(cell.source) and "fashion-mnist" not in cell.metadata.get("tags", [])
    ]


def defined_names(tree):
    """Give the names that a cell defines for the cells after it."""
    names = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        else:
            stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            names |= {name.id for name in stored}
    return names


def recipe_before_mxnet(notebook):
    """The package is imported before MXNet, which reads the reproducibility settings only while it is loaded."""
    roots = [root for _, cell in code_cells(notebook) for root in _imported(syntax_tree(cell))]
    first = next((root for root in roots if root in ("d2l_utils", "mxnet")), None)
    return ["mxnet is imported before d2l_utils, so its numbers need not repeat"] if first == "mxnet" else []


def _imported(tree):
    """List the top-level packages that a syntax tree imports, from top to bottom."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in sorted(statements, key=lambda node: node.lineno):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        yield from (name.split(".")[0] for name in names)


def broken_links(notebook, folder):
    """A link to a file, seen from the notebook's folder, leads to one, and its anchor to a heading of it."""
    complaints = []
    for text in markdown(notebook):
        for match in _LINK.finditer(text):
            link = match["markdown"] or match["html"]
            parts = urlsplit(link)
            if not parts.scheme and not _resolves(parts, notebook, folder):
                complaints.append(f"broken link {link}")
    return complaints


def _resolves(link, notebook, folder):
    target = folder / unquote(link.path)
    if not target.exists():
        return False
    if not link.fragment:
        return True
    linked = notebook if not link.path else read(target) if target.suffix == ".ipynb" else None
    return linked is not None and unquote(link.fragment) in _anchors(linked)


def _anchors(notebook):
    """List the headings' anchors as JupyterLab forms them; site/_ext/anchors.py does the same for the site."""
    headings = [heading for text in markdown(notebook) for heading in _HEADING.findall(text)]
    return {re.sub("[`*]", "", heading).replace(" ", "-") for heading in headings}  # of what the reader sees


GUARDS = (
    short_cells,
    portable_markdown,
    images_have_alt_text,
    known_tags,
    no_empty_cells,
    no_switches_in_comments,
    uncompared_cells_have_asserts,
    loading_is_tagged,
    recipe_before_mxnet,
)
