"""Figures to play with in a real browser: on the site by site/browser/use_figures.mjs, in JupyterLab by use_lab.mjs.

Feared: a slider that the keyboard does not move, or that moves the numbers and not the drawing; numbers that disagree
with the formula; a figure that stays a picture, or a picture that stays beside its figure; no picture where no script
runs or on paper; a page that plays only from a server; a dark or overflowing card; in JupyterLab a key that reaches the
notebook (an arrow leaves the cell, "b" makes one) or a figure that is not run at all.
"""

import contextlib
import json
import math
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

from d2l_utils.figures import _mask, _modules

import nbformat
import numpy as np
import pytest
from playing import IN_BROWSER, MODES, execute, render
from test_site import browse, served

from tools import execute_notebooks, notebook_guards, notebook_text_guards

pytestmark = [pytest.mark.whole, IN_BROWSER]

MASK = """d2l.seed_everything(1)
d2l.figures.dropout_mask(nd.relu(nd.random.normal(shape=256)))"""
CURVES = """training, validation = [[0.5, 0.8, 0.9], [0.4, 0.7, 0.85]], [[0.4, 0.6, 0.7], [0.3, 0.65, 0.75]]
d2l.figures.dropout_curves(
    [0, 0.5],
    [10, 20, 30],
    accuracy={"training": training, "validation": validation},
    loss={"</script><b>": [[1, 0.5, 0.25], [1.2, 0.7, 0.5]]},
)"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Give a folder with one executed notebook that holds both figures."""
    imports = "import d2l_utils as d2l\n\nfrom mxnet import nd"
    return execute(tmp_path_factory.mktemp("played") / "notebooks", imports, MASK, CURVES)


@pytest.fixture(scope="module")
def stored(played):
    """Give what the notebook stores of its figures."""
    cells = nbformat.read(played / "play.ipynb", as_version=4).cells
    return [json.loads(cell.outputs[0].data[_modules.MIME]["data"]) for cell in cells[2:]]


@pytest.fixture(scope="module")
def site(played):
    """Build a site of it."""
    return render(played)


@pytest.fixture(scope="module")
def seen(site):
    """Play with the figures of its page; return what was seen."""
    with served(site) as base:
        return browse("use_figures.mjs", f"{base}play.html")


def test_the_notebook_passes_the_guards_and_repeats(played):
    path = played / "play.ipynb"
    before = path.read_bytes()
    content = notebook_guards.read(path)
    guards = notebook_guards.GUARDS + notebook_text_guards.GUARDS
    assert [complaint for guard in guards for complaint in guard(content)] == []
    execute_notebooks.update_in_place(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", MODES)
def test_figures_on_screen_pictures_on_paper_and_no_error(seen, mode):
    assert seen[mode]["onScreen"] == {"figures": 2, "pictures": 0}
    assert seen[mode]["onPaper"] == {"figures": 0, "pictures": 2}
    assert seen[mode]["problems"] == []


def test_without_scripts_the_pictures_stay(seen):
    assert seen["no script"] == {"figures": 0, "pictures": 2}


@pytest.mark.parametrize("mode", MODES)
def test_the_card_is_white_and_holds_what_is_on_it(seen, mode):
    for step in (step for steps in seen[mode]["plays"] for step in steps):
        assert step["background"] == "rgb(255, 255, 255)"
        assert not step["overflows"]


def test_it_plays_from_a_disk_too(site, seen):
    assert browse("use_figures.mjs", (site / "play.html").as_uri()) == seen


def test_nothing_is_wrong_on_the_page(site):
    with served(site) as base:
        assert browse("check_pages.mjs", base, "play.html") == []


@pytest.mark.parametrize("mode", MODES)
def test_the_mask_follows_its_slider_and_agrees_with_the_formula(seen, stored, mode):
    steps = seen[mode]["plays"][0]
    activations = np.array(stored[0]["activations"])
    numbers = _mask._uniforms(3 * 256).reshape(3, 256)
    # At first, after Home, End and ArrowLeft on the slider, after two presses of the button.
    for step, p, draw in zip(steps, [0.5, 0, 1, 0.95, 0.95, 0.95], [0, 0, 0, 0, 1, 2], strict=True):
        kept = numbers[draw] < 1 - p
        after = np.where(kept, activations, 0).mean() / ((1 - p) or 1)
        assert step["sliders"] == [f"{p:g}"]
        assert step["labels"] == [f"drop_prob p = {p:g}"]
        assert list(step["told"].values()) == [
            f"{(~kept).sum()} of 256",
            f"{256 * p:.1f}",
            f"{math.sqrt(256 * p * (1 - p)):.1f}",
            f"{activations.mean():.3f}",
            f"{after:.3f}",
        ]
        assert f"dropped: {(~kept).sum()}" in step["texts"][-1]
        assert step["drawn"][0].count("<rect") == 256
        assert step["drawn"][0].count('fill="#fff"') == (~kept).sum()
    drawings = [tuple(step["drawn"]) for step in steps]
    assert len(set(drawings)) == len(steps)


@pytest.mark.parametrize("mode", MODES)
def test_the_curves_follow_their_sliders_and_are_those_stored(seen, stored, mode):
    steps = seen[mode]["plays"][1]
    panels = stored[1]["panels"]
    positions = [(0.5, 30), (0, 30), (0.5, 30), (0, 30), (0, 10), (0, 30), (0, 20)]
    for step, (rate, epoch) in zip(steps, positions, strict=True):
        i, j = [0, 0.5].index(rate), [10, 20, 30].index(epoch)
        assert step["sliders"] == [f"{rate:g}", str(epoch)]
        assert step["told"] == {
            f"{name} {quantity}": f"{grid[i][j]:.3f} (at 0: {grid[0][j]:.3f})"
            for quantity, curves in panels.items()
            for name, grid in curves.items()
        }
    assert len({(tuple(step["drawn"])) for step in steps}) == len(set(positions))


# In JupyterLab.


@contextlib.contextmanager
def jupyterlab(folder, home):
    """Run JupyterLab on a folder; yield the address of its notebook."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex()
    options = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", *options]
    kinds = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **kinds, "IPYTHONDIR": str(home / "ipython")}
    with (home / "log").open("w") as log, subprocess.Popen(command, cwd=folder, env=environment, stderr=log) as lab:
        try:
            wait_for(f"http://127.0.0.1:{port}/api", seconds=40)
            yield f"http://127.0.0.1:{port}/lab/tree/play.ipynb?token={token}"
        finally:
            lab.terminate()


def wait_for(address, seconds):
    """Wait until something answers there."""
    end = time.monotonic() + seconds
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            assert time.monotonic() < end, f"nothing answers at {address}"
            time.sleep(0.2)


def test_in_jupyterlab_the_picture_becomes_a_figure_that_keeps_its_keys(played, tmp_path):
    with jupyterlab(played, tmp_path) as address:
        report = browse("use_lab.mjs", address)
    assert report["problems"] == []
    assert report["stored"] == 0, "stored is the picture"
    rates = [float(re.search(r"mean np ([\d.]+)", step["told"])[1]) / 256 for step in report["steps"]]
    middle = round(rates[0] * 20)
    # A click, ArrowLeft, ArrowUp, b, Home, ArrowRight, Tab, Enter.
    assert [round(rate * 20) for rate in rates] == [middle, middle - 1, middle, middle, 0, 1, 1, 1]
    assert {(step["active"], step["cells"]) for step in report["steps"]} == {(2, 4)}
    assert report["steps"][-1]["told"] != report["steps"][-2]["told"], "Enter on the button draws a new mask"
