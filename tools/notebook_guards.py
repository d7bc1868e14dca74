"""Guards over an executed notebook: each takes the notebook and returns what is wrong with it, one sentence each.

Here is what concerns the record of the run: counts, outputs, figures, metadata. What concerns the text and the code is
in tools/notebook_text_guards.py; tests/test_notebooks.py applies both to every notebook.
"""

import json
import re
from collections import Counter

from d2l_utils.figures._modules import MIME, WIDGET_MIME

import nbformat
from nbformat.validator import iter_validate

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MAX_OUTPUT_LINES = 15
ALT_LENGTH = range(40, 301)

# A path that starts at the root of a file system, but no part of a web address, a relative path or a fraction.
_ABSOLUTE_PATH = re.compile(r"(?<![\w/:.~)\]}])/[A-Za-z_][\w.-]*/[\w.-]+|\b[A-Z]:(\\\\?|/)Users\b|~/\w")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]+|\b0x[0-9a-f]{8,}", re.IGNORECASE)


def read(path):
    """Read a notebook as it is: `nbformat.read` would add missing ids and so hide the defect."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def code_cells(notebook):
    """List the code cells, numbered from 1 as a reader counts them."""
    return list(enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1))


def outputs(notebook):
    """List (number of the code cell, output) over the notebook."""
    return [(number, output) for number, cell in code_cells(notebook) for output in cell.outputs]


def is_figure(output):
    """Tell whether an output shows an image."""
    return any(mime.startswith("image/") for mime in output.get("data", {}))


def texts(output):
    """List the readable texts of an output; images are none."""
    data = output.get("data", {})
    shown = [data[mime] for mime in data if not mime.startswith("image/")]
    return [text if isinstance(text, str) else json.dumps(text) for text in [output.get("text", ""), *shown]]


def valid_format(notebook):
    """The file is a valid notebook of format 4.5, the first one with cell ids."""
    version = f"{notebook.nbformat}.{notebook.nbformat_minor}"
    if version != "4.5":
        return [f"the format must be 4.5, got {version}"]
    return [f"not a valid notebook: {error.message.splitlines()[0][:200]}" for error in iter_validate(notebook)]


def ids_unique(notebook):
    """Every cell has an id of its own, so that a diff can follow it."""
    ids = Counter(cell.get("id") for cell in notebook.cells)
    missing = ["a cell has no id"] if ids.pop(None, 0) else []
    return missing + [f"the id {id_} is used {times} times" for id_, times in ids.items() if times > 1]


def counts_in_order(notebook):
    """The code cells were executed once, in order; nbval compares nothing in a cell without a count."""
    complaints = []
    for number, cell in code_cells(notebook):
        counts = [cell.execution_count, *(o.execution_count for o in cell.outputs if "execution_count" in o)]
        if any(count != number for count in counts):
            complaints.append(f"code cell {number} and its outputs must have execution count {number}, got {counts}")
    return complaints


def no_errors(notebook):
    """No stored output is an error or was written to stderr."""
    return [
        f"code cell {number} has {output.output_type} output {output.get('name', output.get('ename', ''))}"
        for number, output in outputs(notebook)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def no_absolute_paths(notebook):
    """No source, output or metadata holds a path of somebody's machine."""
    sources = [cell.source for cell in notebook.cells]
    shown = [text for _, output in outputs(notebook) for text in texts(output)]
    metadata = [json.dumps(part) for part in [notebook.metadata, *(cell.metadata for cell in notebook.cells)]]
    found = (match for text in sources + shown + metadata for match in _ABSOLUTE_PATH.finditer(text))
    return [f"absolute path {match[0]}" for match in found]


def no_addresses(notebook):
    """No output shows a memory address, which differs in every run."""
    return [
        f"code cell {number} prints an address: {match[0]}"
        for number, output in outputs(notebook)
        for text in texts(output)
        for match in _ADDRESS.finditer(text)
    ]


def short_outputs(notebook):
    """No cell prints more than a reader takes in at once."""
    complaints = []
    for number, cell in code_cells(notebook):
        printed = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        lines = sum(len(text.splitlines()) for text in printed)
        if lines > MAX_OUTPUT_LINES:
            complaints.append(f"code cell {number} prints {lines} lines, at most {MAX_OUTPUT_LINES} are allowed")
    return complaints


def one_figure_per_cell(notebook):
    """A cell shows one figure, so that a caption, a download and an alt text belong to one thing."""
    figures = Counter(number for number, output in outputs(notebook) if is_figure(output))
    return [f"code cell {number} shows {times} figures, not one" for number, times in figures.items() if times > 1]


def figures_as_png_and_svg(notebook):
    """Every figure is stored as PNG (JupyterLab hides SVG in notebooks it does not trust) and as SVG (the site)."""
    return [
        f"the figure of code cell {number} lacks {mime}"
        for number, output in outputs(notebook)
        if is_figure(output)
        for mime in ("image/png", "image/svg+xml")
        if mime not in output.data
    ]


def figures_have_alt_text(notebook):
    """Every figure says in words what it shows; the text/plain form repeats it and is what nbval compares."""
    complaints = []
    for number, output in outputs(notebook):
        if is_figure(output):
            alts = {output.metadata.get(mime, {}).get("alt") for mime in output.data if mime.startswith("image/")}
            alt = alts.pop() or ""
            if alts or len(alt) not in ALT_LENGTH:
                complaints.append(f"the figure of code cell {number} needs one alt text of 40-300 characters")
            elif output.data.get("text/plain") != f"Figure: {alt}":
                complaints.append(f"the figure of code cell {number} must have the text/plain form 'Figure: <alt>'")
    return complaints


def figures_to_play_with_are_pictures(notebook):
    """A figure to play with is stored as a picture and data; a widget is one person's, and its id is random."""
    stored = [(number, output.get("data", {})) for number, output in outputs(notebook)]
    widgets = [f"code cell {number} stores a widget: make notebooks" for number, data in stored if WIDGET_MIME in data]
    return widgets + [
        f"the figure of code cell {number} has data and no picture"
        for number, data in stored
        if MIME in data and "image/png" not in data
    ]


def uniform_metadata(notebook):
    """All notebooks name the same kernel and carry no leftovers of an editor or of stand-in data."""
    complaints = []
    if notebook.metadata.get("kernelspec") != KERNELSPEC:
        complaints.append(f"the kernelspec must be {KERNELSPEC}, got {notebook.metadata.get('kernelspec')}")
    if notebook.metadata.get("d2l", {}).get("stand_in"):
        complaints.append("the outputs come from stand-in data: execute it on the real Fashion-MNIST")
    unknown = sorted(set(notebook.metadata) - {"kernelspec", "language_info", "d2l"})
    return complaints + [f"unknown notebook metadata: {name}" for name in unknown]


GUARDS = (
    valid_format,
    ids_unique,
    counts_in_order,
    no_errors,
    no_absolute_paths,
    no_addresses,
    short_outputs,
    one_figure_per_cell,
    figures_as_png_and_svg,
    figures_have_alt_text,
    figures_to_play_with_are_pictures,
    uniform_metadata,
)
