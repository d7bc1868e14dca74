"""A progress bar for people: on a terminal or in a live Jupyter cell, and nowhere else."""

import contextlib
import sys

import tqdm
from IPython import display, get_ipython


def is_watched():
    """Tell whether a person looks on: in a live Jupyter cell or at a terminal.

    A tool that executes a notebook cannot answer a question, so the kernel knows that no person is there.
    """
    kernel = _kernel()
    return sys.stderr.isatty() if kernel is None else bool(getattr(kernel, "_allow_stdin", False))


@contextlib.contextmanager
def progress_bar(total, unit):
    """Give a tqdm bar that clears itself, silent where nobody is watching."""
    with contextlib.ExitStack() as stack:
        place = {}
        if _kernel() is not None:
            place = {"file": stack.enter_context(_line_of_cell()), "ncols": 80, "position": 0}
        yield stack.enter_context(tqdm.tqdm(total=total, unit=unit, leave=False, disable=not is_watched(), **place))


def _kernel():
    return getattr(get_ipython(), "kernel", None)


_free_lines = {}


@contextlib.contextmanager
def _line_of_cell():
    """Lend a line of the running cell: a hundred bars one after another share one, a bar within a bar has its own."""
    cell = get_ipython().execution_count
    if cell not in _free_lines:
        _free_lines.clear()
    free = _free_lines.setdefault(cell, [])
    line = free.pop() if free else _CellLine()
    try:
        yield line
    finally:
        free.append(line)


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
