"""The progress bar: shown to people, at a terminal or in a cell; no trace for a tool that runs notebooks."""

import types

from d2l_utils import _progress as progress

import pytest


def in_kernel(monkeypatch, *, watched):
    kernel = types.SimpleNamespace(_allow_stdin=watched)
    monkeypatch.setattr(progress, "get_ipython", lambda: types.SimpleNamespace(kernel=kernel))
    shown = []
    handle = types.SimpleNamespace(
        display=lambda data, raw: shown.append(data["text/plain"]),
        update=lambda data, raw: shown.append(data["text/plain"]),
    )
    monkeypatch.setattr(progress.display, "DisplayHandle", lambda: handle)
    return shown


def run_bar():
    with progress.progress_bar(3, "epoch") as bar:
        bar.mininterval = 0
        for _ in range(3):
            bar.update()


def test_a_tool_sees_nothing(monkeypatch, capfd):
    shown = in_kernel(monkeypatch, watched=False)
    run_bar()
    assert shown == []
    assert capfd.readouterr() == ("", "")


def test_a_person_in_jupyter_sees_it_and_it_goes(monkeypatch, capfd):
    shown = in_kernel(monkeypatch, watched=True)
    run_bar()
    assert "0/3" in shown[0]
    assert shown[-1] == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_sees_it_on_stderr(monkeypatch, capsys, terminal):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    run_bar()
    out, err = capsys.readouterr()
    assert out == ""
    assert ("epoch" in err) == terminal
