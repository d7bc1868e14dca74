"""README, CONTRIBUTING and the other documents, and the messages of our programs, name what is there.

Wrong answers to catch: a command that is no target of the Makefile, a file or link that is gone, a chapter left out.
"""

import re
from pathlib import Path

import pytest

from tools import readme_figure

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")]


def make_targets():
    """List the targets of the Makefile."""
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)


def unknown_commands(document, targets):
    """List the commands in bash blocks, and the inline `make ...`, that are no make target."""
    blocks = "".join(re.findall(r"^```bash\n(.*?)^```", document, re.MULTILINE | re.DOTALL))
    commands = [line.split("#")[0].strip() for line in blocks.splitlines() if line.strip()]
    commands += re.findall(r"`(make [^`]+)`", document)
    known = re.compile(rf"make ({'|'.join(targets)})( [A-Z]+=\S+)*")
    return [command for command in commands if not known.fullmatch(command)]


def dead_links(document, folder):
    """List the relative links that lead to no file."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"`[^`\n]+`", "", document))
    return [link for link in links if "://" not in link and not (folder / link.replace("\\", "")).exists()]


def missing_files(document, *folders):
    """List the files named in backquotes that are not there; patterns, generated folders and options are left out."""
    named = re.findall(r"`([\w./-]+(?:/|\.(?:py|toml|txt|yml|json|sh|md|ipynb|cff)))`", document)
    generated = ("_build/", "_site/", "NN-topic")
    kept = [name for name in named if not any(part in name for part in generated)]
    return [name for name in kept if not any((folder / name).exists() for folder in folders)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documents_name_what_is_there(path):
    text = path.read_text(encoding="utf-8")
    assert unknown_commands(text, make_targets()) == []
    assert dead_links(text, path.parent) == []
    assert missing_files(text, ROOT, path.parent) == []


def test_readme_lists_the_chapters():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    chapters = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert re.findall(r"^\| \[[^]]+\]\(([^)]+)\) \| `\1`", readme, re.MULTILINE) == chapters


def test_messages_name_targets_that_exist():
    sources = [path for folder in ("d2l_utils", "tools") for path in (ROOT / folder).glob("*.*")]
    named = {target for path in sources for target in re.findall(r"[`:] ?make ([a-z-]+)", path.read_text("utf-8"))}
    assert named <= set(make_targets())
    assert "setup" in named


# The checks above, on what is wrong.


def test_unknown_commands_are_found():
    blocks = "```bash\nmake test  # all\nmake tset\npip install d2l\n```\n\n```text\nanything\n```\n"
    text = f"{blocks}and `make lock A=b` or `make cake`"
    assert unknown_commands(text, ["test", "lock"]) == ["make tset", "pip install d2l", "make cake"]


def test_dead_links_and_missing_files_are_found(tmp_path):
    (tmp_path / "there.md").touch()
    links = "[a](there.md#x) [b](gone.md) [c](https://example.org/gone) `[d](shown.md)`"
    assert dead_links(links, tmp_path) == ["gone.md"]
    names = "`there.md` `gone.py` `_site/` `notebooks/NN-topic.ipynb` `make test`"
    assert missing_files(names, tmp_path) == ["gone.py"]


def test_figure_of_the_readme_is_the_one_that_the_notebook_made():
    assert readme_figure.PICTURE.read_bytes() == readme_figure.stored_figure(), "run: make notebooks"
