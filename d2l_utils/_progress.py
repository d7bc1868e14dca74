"""A progress bar for people: on a terminal or in a live Jupyter cell, and nowhere else."""

import sys

import tqdm
from IPython import display, get_ipython


def is_watched():
    """Tell whether a person looks on: in a live Jupyter cell or at a terminal.

    A tool that executes a notebook cannot answer a question, so the kernel knows that no person is there.
    """
    kernel = _kernel()
    return sys.stderr.isatty() if kernel is None else bool(getattr(kernel, "_allow_stdin", False))


def progress_bar(total, unit):
    """Give a tqdm bar that clears itself, silent where nobody is watching."""
    in_cell = {} if _kernel() is None else {"file": _CellLine(), "ncols": 80}
    return tqdm.tqdm(total=total, unit=unit, leave=False, disable=not is_watched(), **in_cell)


def _kernel():
    return getattr(get_ipython(), "kernel", None)


class _CellLine:
    """A file that shows the last line written to it in the output of a cell, and nothing once that is blank."""

    def __init__(self):
        self._handle = None

    def write(self, text):
        line = {"text/plain": text.strip()}
        if self._handle is None:
            self._handle = display.DisplayHandle()
            self._handle.display(line, raw=True)
        else:
            self._handle.update(line, raw=True)

    def flush(self):
        """Nothing is held back."""
