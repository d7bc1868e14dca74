"""The strict comparison of notebooks, sabotaged: real runs of nbval with our plugin on a copy changed in each cell.

Feared: a comparison that passes whatever is stored; a stand-in (or a processor) that switches off more than it must; an
account at the end that loses what the workers did.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns
from tiny_notebooks import code, notebook, printed

from tools import execute_notebooks
from tools.notebook_guards import counts_in_order, read

pytestmark = pytest.mark.whole

ROOT = Path(__file__).resolve().parent.parent
MACHINE = """
from types import SimpleNamespace
from d2l_utils import datasets, doctor

datasets.fetch = lambda name: SimpleNamespace(is_stand_in={stand_in}, source="cache")
doctor.bits_may_differ = lambda: {bits_reason!r}
"""
FIGURE = (
    """display({"image/svg+xml": f"<svg><!-- {time.time_ns()} --></svg>", "text/plain": "Figure: loss"}, raw=True)"""
)
FIGURE_DATA = 'display({"application/vnd.d2l.figure+json": {"figure": "mask", "data": "[0.5]"}}, raw=True)'
IMAGES = ["fashion-mnist"]
CELLS = {
    # Addresses, timings and images change from run to run, and that is no failure.
    "unchanged": code("import time\nprint(object())\nprint(f'took {time.perf_counter():.3f} seconds')"),
    "digit": code("print(f'kept {0.5:.3f}')"),
    "code": code("drop_prob = 0.5\nprint(f'kept {1 - drop_prob:.3f}')"),
    "output removed": code("print('kept')"),
    "output added": code("print('kept')"),
    "stderr stored": code("print('kept')"),
    "figure removed": code(FIGURE),
    "alt text": code(FIGURE),
    "figure data": code(FIGURE_DATA),
    "digit from images": code("print(f'test acc {0.845:.3f}')", tags=IMAGES),
    "assert on images": code("acc = 0.845\nassert acc > 0.8", tags=IMAGES),
    "digit from bits": code("print(f'loss {0.123456:.6f}')", tags=["bits"]),
}
FEARED = list(CELLS)[1:]


def restore(old, new):
    """Make a change: of a stored output."""

    def change(cell):
        assert cell.outputs[0].text.count(old) == 1
        cell.outputs[0].text = cell.outputs[0].text.replace(old, new)

    return change


def rewrite(old, new):
    """Make a change: of a line of code."""

    def change(cell):
        assert cell.source.count(old) == 1
        cell.source = cell.source.replace(old, new)

    return change


CHANGES = {
    "digit": restore("0.500", "0.501"),
    "code": rewrite("= 0.5", "= 0.4"),
    "output removed": lambda cell: cell.outputs.clear(),
    "output added": lambda cell: cell.outputs.append(printed("kept")),
    "stderr stored": lambda cell: cell.outputs.append(printed("warning", name="stderr")),
    "figure removed": lambda cell: cell.outputs.clear(),
    "alt text": lambda cell: cell.outputs[0].data.update({"text/plain": "Figure: gain"}),
    "figure data": lambda cell: cell.outputs[0].data["application/vnd.d2l.figure+json"].update(data="[0.6]"),
    "digit from images": restore("0.845", "0.846"),
    "assert on images": rewrite("= 0.845", "= 0.745"),
    "digit from bits": restore("0.123456", "0.123457"),
}


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Give three notebooks: as really executed, with every cell but the first changed, and stripped."""
    path = tmp_path_factory.mktemp("executed") / "unchanged.ipynb"
    nbformat.write(notebook(*CELLS.values()), path)
    execute_notebooks.update_in_place(path)
    changed, stripped = read(path), read(path)
    for name, cell in zip(CELLS, changed.cells, strict=True):
        CHANGES.get(name, lambda cell: None)(cell)
    for cell in stripped.cells:
        cell.update(outputs=[], execution_count=None)
    return {"unchanged": read(path), "changed": changed, "stripped": stripped}


def run_nbval(folder, notebooks, *options, stand_in=False, bits_reason=None):
    """Run nbval on notebooks; returns the exit code, the cells that failed, and the account given at the end."""
    (folder / "conftest.py").write_text(MACHINE.format(stand_in=stand_in, bits_reason=bits_reason))
    for name, content in notebooks.items():
        nbformat.write(content, folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "tools.nbval_plugin", "--nbval"]
    command += [
        "--nbval-current-env",
        "--nbval-sanitize-with",
        "tests/sanitize.cfg",
        "--junitxml",
        folder / "report.xml",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        [*command, *options, folder], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    reports = list(ET.parse(folder / "report.xml").iter("testcase"))
    assert len(reports) == len(notebooks) * len(CELLS)
    failed = [report for report in reports if report.find("failure") is not None or report.find("error") is not None]
    return run.returncode, sorted(map(cell_name, failed)), summary(run.stdout)


def cell_name(report):
    """Name the notebook and the cell that a report is about."""
    return report.get("classname").split(".")[-2], list(CELLS)[int(report.get("name").split()[-1])]


def summary(shown):
    """Give the lines of our section of what pytest printed."""
    lines = shown.split(" notebooks ===", 1)[1].splitlines()[1:]
    start = next(number for number, line in enumerate(lines) if line.startswith("data: "))
    return lines[start : next(number for number, line in enumerate(lines) if line.startswith("cells: ")) + 1]


def failures(names):
    return sorted(("changed", name) for name in names)


def test_each_change_is_a_failure_on_two_workers(tmp_path, copies):
    notebooks = {name: copies[name] for name in ("changed", "unchanged")}
    exit_code, failed, account = run_nbval(tmp_path, notebooks, "-n", "2", "--dist", "loadfile")
    assert (exit_code, failed) == (1, failures(FEARED))
    assert account == [
        "data: the real Fashion-MNIST (from: cache)",
        "bits: repeat on this machine",
        "cells: 24 compared, 0 only executed",
    ]


def test_unchanged_passes_and_stripped_passes_in_vain(tmp_path, copies):
    notebooks = {name: copies[name] for name in ("unchanged", "stripped")}
    exit_code, failed, account = run_nbval(tmp_path, notebooks)
    assert (exit_code, failed) == (0, [])
    assert account[-1] == "cells: 12 compared, 12 only executed"
    assert counts_in_order(copies["unchanged"]) == []
    assert len(counts_in_order(copies["stripped"])) == 12, "so a guard must find it"


def test_the_versions_that_the_environment_check_names_may_differ_and_nothing_beside_them():
    patterns = dict(get_sanitize_patterns((ROOT / "tests/sanitize.cfg").read_text()))

    def compared(python="3.11", packages="d2lzh 1.0.0, mxnet 1.9.1, numpy 1.23.5", end="OK    MXNet: works"):
        text = f"OK    platform: Linux\nOK    Python: {python}\nOK    packages: {packages}\n{end}\n"
        for pattern, replacement in patterns.items():
            text = re.sub(pattern, replacement, text)
        return text

    assert compared("3.13", "d2lzh 1.0.0, mxnet 1.9.1, numpy 2.4.6") == compared()
    others = [compared(python="3.10"), compared(packages="d2lzh 1.0.0, mxnet 1.9.0, numpy 1.23.5"), compared(end="")]
    assert compared() not in others


def test_stand_in_leaves_out_what_depends_on_the_images_and_no_more(tmp_path, copies):
    _, failed, account = run_nbval(tmp_path, {"changed": copies["changed"]}, stand_in=True)
    assert failed == failures(set(FEARED) - {"digit from images"})
    assert account == [
        "data: the synthetic STAND-IN for Fashion-MNIST; cells tagged fashion-mnist are executed, not compared",
        "bits: repeat on this machine",
        "cells: 10 compared, 2 only executed",
    ]


def test_other_bits_leave_out_what_depends_on_them_and_no_more(tmp_path, copies):
    reason = "the processor has no AVX2"
    _, failed, account = run_nbval(tmp_path, {"changed": copies["changed"]}, bits_reason=reason)
    assert failed == failures(set(FEARED) - {"digit from images", "digit from bits"})
    assert account == [
        "data: the real Fashion-MNIST (from: cache)",
        "bits: may differ here, because the processor has no AVX2;",
        "      cells tagged bits or fashion-mnist are executed, not compared",
        "cells: 9 compared, 3 only executed",
    ]
