"""Tables of results. Feared: a number that comes back changed or as text, a row that a crash cut and that is read as a
whole one or spoils the next, an old table lost while the new one is written, columns shifted against their names.
"""

import json
import re

import d2l_utils as d2l
from d2l_utils.tables import _append_row, _write_table

import pytest
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())
VALUES = st.one_of(NUMBERS, st.text(st.characters(codec="utf-8")), st.lists(NUMBERS))


@given(rows=st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=4))
def test_every_value_comes_back_as_it_was(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    rows = [dict(zip(["a", "b, c", 'd"'], row, strict=True)) for row in rows]
    for row in rows:
        _append_row(path, row)
    assert json.dumps(d2l.read_table(path)) == json.dumps(rows)  # which tells 1 from 1.0 and from True
    _write_table(path, rows[::-1])
    assert json.dumps(d2l.read_table(path)) == json.dumps(rows[::-1])


def test_a_number_among_strings_stays_a_string(tmp_path):
    _append_row(tmp_path / "t.csv", {"a": "5", "b": 5, "c": "true", "d": "R-Drop"})
    assert d2l.read_table(tmp_path / "t.csv") == [{"a": "5", "b": 5, "c": "true", "d": "R-Drop"}]


@pytest.mark.parametrize("cut", ["0.12", "0.12,0.3", '"0.1'])
def test_a_line_cut_by_a_crash_is_left_out_and_the_next_row_starts_afresh(tmp_path, cut):
    path = tmp_path / "t.csv"
    _append_row(path, {"a": 1, "b": 2})
    with open(path, "a") as file:
        file.write(cut)
    assert d2l.read_table(path) == [{"a": 1, "b": 2}]
    _append_row(path, {"a": 3, "b": 4})
    assert d2l.read_table(path) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_a_crash_while_writing_keeps_the_old_table(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    _append_row(path, {"a": 1})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        _write_table(path, [{"a": 2}])
    assert d2l.read_table(path) == [{"a": 1}]


def test_a_line_with_another_number_of_values_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3\n")
    sentence = f"read_table: line 3 of {path} must have 2 values as the first has, got 1"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        d2l.read_table(path)
    with pytest.raises(TypeError, match=r"^read_table: path must be a path, got int$"):
        d2l.read_table(5)
