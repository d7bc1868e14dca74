"""Tables of results: CSV files that give back every number as it was, and to which a row can be added safely."""

import csv
import io
import json
import os
from pathlib import Path

from d2l_utils import _validation


def read_table(path):
    """Read a table of results that `sweep` wrote.

    Parameters
    ----------
    path : str or path
        A CSV file with a line of names first. A last line that was cut off by a crash is left out.

    Returns
    -------
    list of dict
        One per row, {name: value}; numbers are those that were written, to the last bit.

    Raises
    ------
    TypeError
        If `path` is no path.
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has more or fewer values than there are names.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rates.csv"
    >>> _ = path.write_text("drop_prob,test_acc\\n0.5,0.861\\n")
    >>> read_table(path)
    [{'drop_prob': 0.5, 'test_acc': 0.861}]

    Introduced in: notebooks/24-scaling-out.ipynb
    """
    _validation.instance("read_table", "path", path, (str, os.PathLike), allowed="a path")
    whole, _, _ = Path(path).read_text(encoding="utf-8").rpartition("\n")
    names, *lines = list(csv.reader(io.StringIO(whole))) or [[]]
    for number, line in enumerate(lines, start=2):
        if len(line) != len(names):
            raise ValueError(
                f"read_table: line {number} of {path} must have {len(names)} values as the first has, got {len(line)}"
            )
    return [dict(zip(names, map(_decode, line), strict=True)) for line in lines]


def _append_row(path, row):
    """Add one row to the table at `path`, which is made if it is missing; on disk when this returns."""
    path = Path(path)
    _drop_cut_line(path)
    new = not path.exists() or path.stat().st_size == 0
    text = (_line(row) if new else "") + _line(map(_encode, row.values()))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _write_table(path, rows):
    """Put a whole table at `path` in place of what is there: either the old or the new one is found."""
    partial = Path(f"{path}.partial")
    partial.write_text(_line(rows[0]) + "".join(_line(map(_encode, row.values())) for row in rows), encoding="utf-8")
    os.replace(partial, path)


def _drop_cut_line(path):
    """Take off what a crash left behind the last whole line."""
    if path.exists() and not (text := path.read_text(encoding="utf-8")).endswith("\n"):
        path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")


def _line(values):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(values)
    return file.getvalue()


def _encode(value):
    """Write a value so that `_decode` gives it back: as JSON, and a string as it is unless it looks like JSON."""
    if isinstance(value, str) and _decode(value) is value and value.isprintable():
        return value
    return json.dumps(value)


def _decode(text):
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
