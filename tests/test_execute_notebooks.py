"""tools/execute_notebooks.py on tiny notebooks, with real kernels.

Feared: an edited cell whose old output stays; a rerun of what did not change; a new sentence that never reaches the
page; a failure that exits 0 or leaves the last good page; half a file after a kill; in-place runs that leave a diff.
"""

import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from d2l_utils import datasets, doctor

import nbformat
import pytest
from tiny_notebooks import code, notebook, printed, text

from tools import execute_notebooks
from tools.notebook_guards import read

pytestmark = pytest.mark.whole

COUNT_RUNS = "with open('runs.txt', 'a') as file:\n    file.write('x')"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a project with one notebook, on a machine that has the real data and repeats bits."""
    for name in ("notebooks", "d2l_utils", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "requirements.txt").write_text("numpy==1.23.5\n")
    (tmp_path / "d2l_utils/layers.py").write_text("drop_prob = 0.5\n")
    (tmp_path / "data/registry.toml").write_text("[fashion-mnist]\n")
    save(tmp_path, notebook(text("# Before"), code(COUNT_RUNS), code("print(6 * 7)")))
    on_machine(monkeypatch, stand_in=False)
    return tmp_path


def on_machine(monkeypatch, *, stand_in, bits_reason=None, outputs_from=sys.version_info[:2]):
    monkeypatch.setattr(execute_notebooks, "OUTPUTS_FROM", outputs_from)
    monkeypatch.setattr(datasets, "fetch", lambda name: SimpleNamespace(is_stand_in=stand_in), raising=False)
    monkeypatch.setattr(doctor, "bits_may_differ", lambda: bits_reason)


def save(project, content, name="01-tiny"):
    nbformat.write(content, project / f"notebooks/{name}.ipynb")


def edit(project, old, new):
    path = project / "notebooks/01-tiny.ipynb"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))


def times_run(project):
    return len((project / "notebooks/runs.txt").read_text())


def result(capsys):
    """Give the last word of each progress line: ran, unchanged or FAILED."""
    lines = capsys.readouterr().out.splitlines()
    return [line.split()[-1] for line in lines if not line.startswith("    ")]


def copy_of(project, name="01-tiny"):
    return project / f"_build/notebooks/{name}.ipynb"


def old_copy(project):
    """Put a copy there as an earlier run would have left it."""
    copy_of(project).parent.mkdir(parents=True)
    copy_of(project).write_text("from an earlier run")
    copy_of(project).with_name(".01-tiny.key").write_text("of an earlier run")


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def run(project, *arguments):
    return execute_notebooks.main(arguments, root=project)


def test_copy_is_executed_when_its_outputs_would_change_and_only_then(project, capsys):
    before = (project / "notebooks/01-tiny.ipynb").read_bytes()
    assert run(project) == 0
    assert (project / "notebooks/01-tiny.ipynb").read_bytes() == before
    assert re.fullmatch(r"01-tiny +\d+\.\d s  ran\n", capsys.readouterr().out)
    first = copy_of(project).read_bytes()
    cells = read(copy_of(project)).cells
    assert (cells[2].outputs[0].text, [cell.execution_count for cell in cells[1:]]) == ("42\n", [1, 2])

    run(project)
    assert copy_of(project).read_bytes() == first
    edit(project, "# Before", "# After")
    run(project)
    cells = read(copy_of(project)).cells
    assert (cells[0].source, cells[2].outputs[0].text) == ("# After", "42\n")
    assert (result(capsys), times_run(project)) == (["unchanged", "unchanged"], 1)

    edit(project, "6 * 7", "6 * 8")
    run(project)
    assert read(copy_of(project)).cells[2].outputs[0].text == "48\n"
    assert (result(capsys), times_run(project)) == (["ran"], 2)


def test_what_decides_the_outputs_is_in_the_key(project):
    source = read(project / "notebooks/01-tiny.ipynb")
    keys = [execute_notebooks.output_key(source, project, False), execute_notebooks.output_key(source, project, True)]
    for path in ("requirements.txt", "d2l_utils/layers.py", "data/registry.toml"):
        (project / path).write_text("changed\n")
        keys.append(execute_notebooks.output_key(source, project, False))
    (project / "d2l_utils/new.py").write_text("")
    keys.append(execute_notebooks.output_key(source, project, False))
    source.cells[2].source = "print(6 * 8)"
    keys.append(execute_notebooks.output_key(source, project, False))
    source.metadata.kernelspec.name = "other"
    keys.append(execute_notebooks.output_key(source, project, False))
    assert len(set(keys)) == len(keys) == 8


def test_failure_is_told_and_leaves_no_copy(project, capsys):
    old_copy(project)
    edit(project, "print(6 * 7)", "x = 1\\nprint(x / 0)")
    save(project, notebook(code("print('fine')")), name="02-fine")
    assert run(project) == 1
    shown = capsys.readouterr().out
    assert "    | x = 1\n    | print(x / 0)\n    ZeroDivisionError: division by zero\n" in shown
    assert {line.split()[0]: line.split()[-1] for line in shown.splitlines() if line.startswith("0")} == {
        "01-tiny": "FAILED",
        "02-fine": "ran",
    }
    assert files_in(project / "_build/notebooks") == [".02-fine.key", "02-fine.ipynb"]


def test_dead_kernel_is_a_failure(project, capsys):
    save(project, notebook(code("import os\nos._exit(3)")))
    assert run(project) == 1
    assert "    | os._exit(3)\n    DeadKernelError: Kernel died\n" in capsys.readouterr().out


def test_removed_notebook_loses_its_copy(project):
    old_copy(project)
    (project / "notebooks/01-tiny.ipynb").unlink()
    assert run(project) == 0
    assert not copy_of(project).exists()


def test_solutions_are_executed_in_their_folder(project):
    (project / "notebooks/solutions").mkdir()
    save(project, notebook(code("import os\nprint(os.path.basename(os.getcwd()))")), name="solutions/01-solutions")
    assert run(project, "01-solutions") == 0
    assert read(copy_of(project, "solutions/01-solutions")).cells[0].outputs[0].text == "solutions\n"
    assert not copy_of(project).exists(), "only the named notebook was asked for"


def test_unknown_name_is_an_error(project):
    with pytest.raises(SystemExit, match=r"^execute_notebooks: no notebook 09-missing in notebooks/$"):
        run(project, "09-missing")


@pytest.mark.parametrize("stand_in", [True, False])
@pytest.mark.parametrize("tags", [(), ("fashion-mnist",)])
def test_stand_in_marks_the_notebooks_that_use_the_images(stand_in, tags):
    source = notebook(code("print(1)", tags=tags))
    executed = notebook(code("print(1)", printed(1)))
    executed.metadata.update(language_info={"name": "python"})
    source.metadata.d2l = {"stand_in": True}  # left from an earlier run
    merged = execute_notebooks.with_outputs(source, executed, stand_in)
    assert merged.metadata.get("d2l") == ({"stand_in": True} if stand_in and tags else None)
    assert merged.cells[0].outputs[0].text == "1\n"


def test_in_place_twice_gives_the_same_bytes(project):
    path = project / "notebooks/01-tiny.ipynb"
    content = notebook(
        text("# Before"), code("import sys\nfor i in range(3):\n    print(i)\n    sys.stdout.flush()\n6 * 7")
    )
    content.cells[1].metadata.update(collapsed=True, ExecuteTime={"start_time": "now"}, tags=["bits"])
    content.cells[1].execution_count = 17
    save(project, content)
    assert run(project, "--in-place", "notebooks/01-tiny.ipynb") == 0
    first = path.read_bytes()
    cell = read(path).cells[1]
    assert [output.output_type for output in cell.outputs] == ["stream", "execute_result"]
    assert (cell.id, cell.metadata, cell.execution_count) == ("cell-1", {"tags": ["bits"]}, 1)
    assert run(project, "--in-place") == 0
    assert path.read_bytes() == first
    assert files_in(project / "notebooks") == ["01-tiny.ipynb"]


def test_in_place_failure_leaves_the_file(project):
    edit(project, "print(6 * 7)", "1 / 0")
    before = (project / "notebooks/01-tiny.ipynb").read_bytes()
    assert run(project, "--in-place") == 1
    assert (project / "notebooks/01-tiny.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        (
            {"stand_in": True},
            "committed outputs come from the real Fashion-MNIST, which is not found here; set D2L_DATA_DIR",
        ),
        (
            {"stand_in": False, "bits_reason": "the processor has no AVX2"},
            "committed numbers must repeat bit for bit, and here they may not, because the processor has no AVX2",
        ),
        (
            {"stand_in": False, "outputs_from": (3, 10)},
            "committed outputs come from Python 3.10; run: D2L_PYTHON=3.10 make setup",
        ),
    ],
)
def test_in_place_is_refused_where_outputs_would_differ(project, monkeypatch, machine, sentence):
    on_machine(monkeypatch, **machine)
    with pytest.raises(SystemExit) as stop:
        run(project, "--in-place")
    assert str(stop.value) == f"execute_notebooks: {sentence}"


RUN_ALONE = """
import sys, types, pathlib
from d2l_utils import datasets, doctor
from tools import execute_notebooks
datasets.fetch = lambda name: types.SimpleNamespace(is_stand_in=False)
doctor.bits_may_differ = lambda: None
execute_notebooks.OUTPUTS_FROM = sys.version_info[:2]
execute_notebooks.main(sys.argv[2:], root=pathlib.Path(sys.argv[1]))
"""


@pytest.mark.parametrize("arguments", [[], ["--in-place"]], ids=["copy", "in place"])
def test_kill_leaves_nothing_half_done(project, arguments):
    old_copy(project)
    edit(project, "print(6 * 7)", "import os, time\\nopen('pid.txt', 'w').write(str(os.getpid()))\\ntime.sleep(60)")
    before = (project / "notebooks/01-tiny.ipynb").read_bytes()
    process = subprocess.Popen([sys.executable, "-c", RUN_ALONE, str(project), *arguments], cwd=execute_notebooks.ROOT)
    pid = wait_for(lambda: read_number(project / "notebooks/pid.txt"))
    process.kill()
    process.wait()
    if not arguments:
        assert files_in(project / "_build/notebooks") == []
    assert (project / "notebooks/01-tiny.ipynb").read_bytes() == before
    assert files_in(project / "notebooks") == ["01-tiny.ipynb", "pid.txt", "runs.txt"]
    wait_for(lambda: not is_running(pid))


def read_number(path):
    return int(path.read_text() or 0) if path.exists() else 0


def is_running(pid):
    try:
        # A container may have nobody to collect the dead, which then stay as zombies.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found
