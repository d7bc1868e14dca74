"""Which cells the strict run over the notebooks compares, and the account it gives at its end.

Run from the project's folder:

    python -m pytest -p tools.nbval_plugin --nbval --nbval-current-env \
        --nbval-sanitize-with tests/sanitize.cfg -n 2 --dist loadfile notebooks

nbval executes every code cell in order and compares its outputs with the stored ones. Left out are images (drawn from
data that a cell asserts) and, where this machine cannot give the stored outputs, the cells tagged for that reason.
"""

from collections import Counter

from d2l_utils import datasets, doctor

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

COMPARED = "outputs compared"
_MACHINE = pytest.StashKey()


def uncompared_tags(stand_in, bits_reason):
    """Name the tags of the cells whose outputs cannot be those stored."""
    tags = {"fashion-mnist"} if stand_in or bits_reason else set()
    return tags | ({"bits"} if bits_reason else set())


def pytest_configure(config):
    """Find out about data and processor, once before the workers start: the first look may fetch the data."""
    config.stash[_MACHINE] = (datasets.fetch("fashion-mnist"), doctor.bits_may_differ())


@pytest.hookimpl(wrapper=True)
def pytest_collect_file():
    """Leave SVG images out as nbval does with PNG: their last digits differ between processors."""
    collectors = yield
    for notebook in (collector for collector in collectors if isinstance(collector, IPyNbFile)):
        notebook.skip_compare = (*notebook.skip_compare, "image/svg+xml")
    return collectors


def pytest_itemcollected(item):
    """Switch the comparison of a cell off where it must be; a worker's report carries to the end what was done."""
    if isinstance(item, IPyNbCell):
        data, bits_reason = item.config.stash[_MACHINE]
        if uncompared_tags(data.is_stand_in, bits_reason) & set(item.cell.metadata.get("tags", [])):
            item.options["check"] = False
        compared = item.options["check"] and item.cell.execution_count is not None
        item.user_properties.append((COMPARED, bool(compared)))


def pytest_terminal_summary(terminalreporter, config):
    """Say which data there was, whether bits repeat, and how many cells were compared and how many only executed."""
    data, bits_reason = config.stash[_MACHINE]
    stand_in = "the synthetic STAND-IN for Fashion-MNIST; cells tagged fashion-mnist are executed, not compared"
    cells = Counter(
        dict(report.user_properties)[COMPARED]
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call" and COMPARED in dict(report.user_properties)
    )
    terminalreporter.section("notebooks")
    terminalreporter.line(f"data: {stand_in if data.is_stand_in else f'the real Fashion-MNIST (from: {data.source})'}")
    if bits_reason:
        terminalreporter.line(f"bits: may differ here, because {bits_reason};")
        terminalreporter.line("      cells tagged bits or fashion-mnist are executed, not compared")
    else:
        terminalreporter.line("bits: repeat on this machine")
    terminalreporter.line(f"cells: {cells[True]} compared, {cells[False]} only executed")
