"""Execute the notebooks in parallel: copies for `make course`, the committed files themselves for `make notebooks`.

    python tools/execute_notebooks.py [name ...]               copies into _build/notebooks/
    python tools/execute_notebooks.py --in-place [name ...]    for authors

A copy is executed again only if something that decides its outputs has changed since (see `output_key`).
"""

import argparse
import asyncio
import copy
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

from d2l_utils import datasets, doctor  # the import also sets the reproducibility recipe, which the kernels inherit

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS_FROM = (3, 11)
CELL_TIMEOUT = 1200  # seconds: an endless loop ends the run instead of holding it for ever
NBSTRIPOUT = [sys.executable, "-m", "nbstripout", "--keep-output", "--keep-count", "--keep-id"]
# Two authors' Pythons may differ in the patch release; their outputs do not.
NBSTRIPOUT += ["--extra-keys", "metadata.language_info.version"]


class NotebookFailedError(Exception):
    """A notebook could not be executed; the message shows the cell and the error."""


def find_notebooks(folder, names=()):
    """List the notebooks below a folder, or those of the given names ("09-dropout", a file name or a path)."""
    paths = {path.stem: path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts}
    wanted = [Path(name).stem for name in names] or list(paths)
    unknown = [name for name in wanted if name not in paths]
    if unknown:
        raise SystemExit(f"execute_notebooks: no notebook {', '.join(unknown)} in {folder.name}/")
    return [paths[name] for name in wanted]


def output_key(notebook, root, stand_in):
    """Hash what decides a notebook's outputs: its code and kernel, our sources, the locked packages, the data."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    about = [code, notebook.metadata.get("kernelspec"), platform.python_version(), stand_in]
    digest = hashlib.sha256(json.dumps(about).encode())
    sources = [path for folder in ("d2l_utils", "data") for path in (root / folder).rglob("*")]
    ours = [path for path in sources if path.suffix in (".py", ".toml")]
    for path in sorted([root / "requirements.txt", *ours]):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def execute(source, folder):
    """Execute a notebook from its first cell in a fresh kernel started in `folder`; returns the executed notebook."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    started = []
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,  # where one write ends and the next begins depends on the clock
        on_cell_execute=lambda cell, **_: started.append(cell),
    )
    try:
        asyncio.run(client.async_execute(transport_encryption="auto"))  # without it the kernel prints a warning
    except Exception as error:  # of whatever kind: the other notebooks go on, and this one's line says what it was
        raise NotebookFailedError(_story(started, error)) from error
    return notebook


def _story(started, error):
    """Show the head of the cell that was running and the error without its traceback."""
    message = f"{error.ename}: {error.evalue}" if hasattr(error, "ename") else f"{type(error).__name__}: {error}"
    head = started[-1].source.splitlines()[:5] if started else ["(before the first cell)"]
    return "\n".join([*(f"    | {line}" for line in head), *(f"    {line}" for line in message.splitlines()[:5])])


def with_outputs(source, executed, stand_in):
    """Give the source notebook the outputs of its executed copy, whatever has become of its text meanwhile."""
    merged = copy.deepcopy(source)
    code, run = ([cell for cell in notebook.cells if cell.cell_type == "code"] for notebook in (merged, executed))
    for cell, cell_run in zip(code, run, strict=True):
        cell.update(outputs=cell_run.outputs, execution_count=cell_run.execution_count)
    merged.metadata.pop("d2l", None)
    merged.metadata["language_info"] = executed.metadata["language_info"]
    if stand_in and any("fashion-mnist" in cell.metadata.get("tags", []) for cell in code):
        merged.metadata["d2l"] = {"stand_in": True}
    return merged


def write(path, text):
    """Write a file so that at every moment it is either the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def update_copy(source_path, copy_path, root, stand_in):
    """Bring the copy of a notebook up to date; returns "unchanged" if its outputs still hold."""
    source = nbformat.read(source_path, as_version=4)
    key_path = copy_path.with_name(f".{copy_path.stem}.key")
    key = output_key(source, root, stand_in)
    unchanged = copy_path.exists() and key_path.exists() and key_path.read_text(encoding="utf-8") == key
    if unchanged:
        executed = nbformat.read(copy_path, as_version=4)
    else:
        key_path.unlink(missing_ok=True)
        copy_path.unlink(missing_ok=True)
        executed = execute(source, source_path.parent)
    write(copy_path, nbformat.writes(with_outputs(source, executed, stand_in)))
    write(key_path, key)
    return "unchanged" if unchanged else "ran"


def update_in_place(path):
    """Execute a committed notebook; a second run leaves the same bytes."""
    source = nbformat.read(path, as_version=4)
    executed = nbformat.writes(with_outputs(source, execute(source, path.parent), stand_in=False))
    normalised = subprocess.run(NBSTRIPOUT, input=executed.encode(), stdout=subprocess.PIPE, check=True)
    write(path, normalised.stdout.decode())
    return "ran"


def in_place_problem(stand_in):
    """Say why outputs made here must not be committed, or None."""
    if stand_in:
        return "committed outputs come from the real Fashion-MNIST, which is not found here; set D2L_DATA_DIR"
    if sys.version_info[:2] != OUTPUTS_FROM:  # numbers are the same on others, but start-here prints the versions
        version = "{}.{}".format(*OUTPUTS_FROM)
        return f"committed outputs come from Python {version}; run: D2L_PYTHON={version} make setup"
    reason = doctor.bits_may_differ()
    return f"committed numbers must repeat bit for bit, and here they may not, because {reason}" if reason else None


def remove_orphans(build, source_paths, notebooks):
    """Remove the copies of notebooks that are no more, so that no page is made of them."""
    expected = {build / path.relative_to(notebooks) for path in source_paths}
    for path in set(build.rglob("*.ipynb")) - expected:
        path.unlink()


def run_all(jobs):
    """Run {name: job} over the cores with a line for each as it finishes; returns whether all succeeded."""
    succeeded = True
    width = max(map(len, jobs), default=0)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = {pool.submit(_timed, job): name for name, job in jobs.items()}
        for run in as_completed(runs):
            seconds, result, story = run.result()
            print(f"{runs[run]:{width}}  {seconds:6.1f} s  {result}", flush=True)
            if story:
                print(story, flush=True)
                succeeded = False
    return succeeded


def _timed(job):
    start = time.perf_counter()
    try:
        result, story = job(), None
    except NotebookFailedError as error:
        result, story = "FAILED", str(error)
    return time.perf_counter() - start, result, story


def main(arguments=None, root=ROOT):
    """Execute the notebooks; the exit code is 1 if one failed."""
    parser = argparse.ArgumentParser(description="Execute the notebooks in parallel.")
    parser.add_argument("names", nargs="*", help="notebooks to execute (default: all)")
    parser.add_argument("--in-place", action="store_true", help="execute the committed notebooks themselves")
    options = parser.parse_args(arguments)
    notebooks, build = root / "notebooks", root / "_build" / "notebooks"
    paths = find_notebooks(notebooks, options.names)
    stand_in = datasets.fetch("fashion-mnist").is_stand_in  # here once, before several kernels ask for it
    if options.in_place:
        if problem := in_place_problem(stand_in):
            raise SystemExit(f"execute_notebooks: {problem}")
        jobs = {path.stem: partial(update_in_place, path) for path in paths}
    else:
        remove_orphans(build, find_notebooks(notebooks), notebooks)
        jobs = {p.stem: partial(update_copy, p, build / p.relative_to(notebooks), root, stand_in) for p in paths}
    return 0 if run_all(jobs) else 1


if __name__ == "__main__":
    # Ctrl-C ends the run at once: files appear whole or not at all, and a kernel ends when its parent is gone.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
