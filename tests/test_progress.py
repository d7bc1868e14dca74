"""The progress bar: shown to people, at a terminal or in a cell; no trace for a tool that runs notebooks."""

import types

from d2l_utils import _progress as progress

import pytest


class Screen:
    """A live cell: the lines in its output, and everything that each of them showed."""

    def __init__(self, monkeypatch, *, watched):
        self.shell = types.SimpleNamespace(kernel=types.SimpleNamespace(_allow_stdin=watched), execution_count=1)
        self.lines = []
        monkeypatch.setattr(progress, "get_ipython", lambda: self.shell)
        monkeypatch.setattr(progress, "_free_lines", {})
        monkeypatch.setattr(progress.display, "DisplayHandle", self.new_line)

    def new_line(self):
        shown = []
        self.lines.append(shown)
        return types.SimpleNamespace(
            display=lambda data, raw: shown.append(data["text/plain"]),
            update=lambda data, raw: shown.append(data["text/plain"]),
        )


def run_bar():
    with progress.progress_bar(3, "epoch") as bar:
        bar.mininterval = 0
        for _ in range(3):
            bar.update()


def test_a_tool_sees_nothing(monkeypatch, capfd):
    screen = Screen(monkeypatch, watched=False)
    run_bar()
    assert screen.lines == []
    assert capfd.readouterr() == ("", "")


def test_a_person_in_jupyter_sees_it_and_it_goes(monkeypatch, capfd):
    screen = Screen(monkeypatch, watched=True)
    run_bar()
    (shown,) = screen.lines
    assert "0/3" in shown[0]
    assert shown[-1] == ""
    assert capfd.readouterr() == ("", "")


def test_bars_one_after_another_leave_one_blank_line_in_a_cell(monkeypatch):
    screen = Screen(monkeypatch, watched=True)
    run_bar()
    run_bar()
    assert len(screen.lines) == 1
    assert sum("0/3" in text for text in screen.lines[0]) == 2


def test_a_bar_within_a_bar_has_a_line_of_its_own(monkeypatch):
    screen = Screen(monkeypatch, watched=True)
    with progress.progress_bar(2, "run") as bar:
        bar.mininterval = 0
        for _ in range(2):
            run_bar()
            bar.update()
    outer, inner = screen.lines
    assert all("epoch" not in text for text in outer)
    assert "2/2" in [text for text in outer if text][-1]
    assert all("run" not in text for text in inner)
    assert not any("\x1b" in text for text in outer + inner)


def test_the_next_cell_has_a_line_of_its_own(monkeypatch):
    screen = Screen(monkeypatch, watched=True)
    run_bar()
    screen.shell.execution_count = 2
    run_bar()
    assert len(screen.lines) == 2


def test_a_bar_that_an_error_ends_goes_too(monkeypatch):
    screen = Screen(monkeypatch, watched=True)
    with pytest.raises(KeyboardInterrupt), progress.progress_bar(3, "epoch"):
        raise KeyboardInterrupt
    assert screen.lines[0][-1] == ""


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_sees_it_on_stderr(monkeypatch, capsys, terminal):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    run_bar()
    out, err = capsys.readouterr()
    assert out == ""
    assert ("epoch" in err) == terminal
