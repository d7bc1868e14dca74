"""Write the README's figure: a picture that a notebook stored, byte for byte."""

import base64
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "10-dropout-experiments.ipynb"
PICTURE = ROOT / "site" / "_static" / "does-dropout-help.png"


def stored_figure(path=NOTEBOOK):
    """Return the bytes of the first PNG among a notebook's outputs."""
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return base64.b64decode(
        next(output.data["image/png"] for output in outputs if "image/png" in output.get("data", {}))
    )


if __name__ == "__main__":
    PICTURE.write_bytes(stored_figure())
    print(f"{PICTURE.relative_to(ROOT)}: written from {NOTEBOOK.name}")
