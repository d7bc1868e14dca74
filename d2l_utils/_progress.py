"""A progress bar for people: on a terminal or in a live Jupyter cell, and nowhere else."""

import sys

import tqdm
from IPython import display, get_ipython


def progress_bar(total, unit):
    """Give a tqdm bar that clears itself, silent where nobody is watching.

    A notebook that is executed by a tool stores nothing of it: such a tool cannot answer a question, so the kernel
    knows that no person is there.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is not None:
        watched = bool(getattr(kernel, "_allow_stdin", False))
        return tqdm.tqdm(total=total, unit=unit, leave=False, disable=not watched, file=_CellLine(), ncols=80)
    return tqdm.tqdm(total=total, unit=unit, leave=False, disable=not sys.stderr.isatty())


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
