"""Tiny notebooks for the tests of the notebook tooling: each is faultless, and a test puts one defect in."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebook_guards import KERNELSPEC

ALT = "Line chart of the loss against the epoch: it falls from 1.1 to 0.4."


def code(source, *outputs, tags=()):
    """Make a code cell."""
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})


def text(source):
    """Make a Markdown cell."""
    return new_markdown_cell(source)


def printed(line, name="stdout"):
    """Make the output of `print(line)`."""
    return new_output("stream", name=name, text=f"{line}\n")


def figure(alt=ALT):
    """Make the output of `d2l.show(fig, alt=alt)`."""
    data = {"image/png": "iVBORw0KGgo=", "image/svg+xml": "<svg></svg>", "text/plain": f"Figure: {alt}"}
    metadata = {"image/png": {"alt": alt}, "image/svg+xml": {"alt": alt}}
    return new_output("display_data", data=data, metadata=metadata)


def notebook(*cells):
    """Put cells together as a notebook executed from its first cell to its last."""
    result = new_notebook(cells=list(cells), metadata={"kernelspec": dict(KERNELSPEC)})
    for position, cell in enumerate(result.cells):
        cell.id = f"cell-{position}"
    code_cells = [cell for cell in result.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code_cells, start=1):
        cell.execution_count = count
    return result
