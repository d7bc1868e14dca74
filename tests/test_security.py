"""What the course's own code may not do. Feared: a fetched file, or a learner's record, that runs as code when it is
read (pickle and its kin, `eval`, MXNet's `nd.load`); a shell that reads a path as a command; a temporary name that
somebody else takes first; a certificate that nobody looks at; a key or a password in a committed file; a page whose
source asks another host for something. That no download leaves its cache is tested in `test_bad_caches.py`.
"""

import ast
import re
from pathlib import Path

import pytest
from test_repository import FILES, needs_git, text_of

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("d2l_utils", "data", "tools") for path in (ROOT / folder).rglob("*.py"))
MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
    "commands",
    "telnetlib",
}
CALLS = {
    *("eval", "exec", "__import__", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"),
    *("tempfile.mktemp", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "nd.load", "numpy.load", "numpy.loads"),
    *("tarfile.open", "zipfile.ZipFile", "shutil.unpack_archive", "ssl._create_unverified_context"),
}
ARGUMENTS = {("shell", True), ("allow_pickle", True), ("verify", False)}


def dangers(source):
    """List the dangerous imports, calls and arguments of a Python source, whatever they were renamed to."""
    tree = ast.parse(source)
    names, found = imported_names(tree), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            found += [module for module in modules if module.split(".")[0] in MODULES]
        elif isinstance(node, ast.Call):
            head, _, rest = ast.unparse(node.func).partition(".")
            name = ".".join(filter(None, (names.get(head, head), rest)))
            found += [name] if {name, ".".join(name.split(".")[-2:])} & CALLS else []
            constants = [(k.arg, k.value.value) for k in node.keywords if isinstance(k.value, ast.Constant)]
            found += [f"{key}={value}" for key, value in constants if (key, value) in ARGUMENTS]
    return found


def imported_names(tree):
    """Map each name that an import defines to the full one."""
    names = {}
    for node in ast.walk(tree):
        for alias in getattr(node, "names", []) if isinstance(node, ast.Import | ast.ImportFrom) else []:
            before = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names[alias.asname or alias.name] = before + alias.name
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_runs_what_it_reads(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


def test_all_our_sources_are_looked_at():
    names = {path.relative_to(ROOT).as_posix() for path in SOURCES}
    assert {"d2l_utils/training.py", "d2l_utils/checks/_sandbox.py", "data/mirrors.py", "tools/build_site.py"} <= names


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads as read",
        "import os.path, pickle as p",
        "eval('1')",
        "import os\nos.system('ls')",
        "from os import system as run\nrun('ls')",
        "import os as o\no.popen('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import tempfile\ntempfile.mktemp()",
        "from tempfile import mktemp\nmktemp()",
        "import yaml\nyaml.load(text)",
        "from mxnet import nd\nnd.load('x')",
        "import mxnet as mx\nmx.nd.load('x')",
        "import numpy as np\nnp.load('x')",
        "import numpy\nnumpy.lib.load('x', allow_pickle=True)",
        "import requests\nrequests.get(url, verify=False)",
        "import tarfile\ntarfile.open('x').extractall()",
    ],
)
def test_a_danger_is_found(source):
    assert len(dangers(source)) == 1


@pytest.mark.parametrize(
    "source", ["import tomllib\ntomllib.loads(text)", "import json\njson.load(f)", "subprocess.run(['ls'])", "f.eval()"]
)
def test_no_danger_no_finding(source):
    assert dangers(source) == []


# Keys and passwords, wherever they may lie; written so that this file does not match itself. A pattern that begins with
# plain letters is searched for many times faster than one that begins with \b.
SECRETS = [
    re.compile(pattern)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"A[KS]IA[0-9A-Z]{16}\b",
        r"gh[pousr]_[0-9A-Za-z]{36}\b",
        r"github_pat_[0-9A-Za-z_]{20,}",
        r"\bglpat-[0-9A-Za-z_-]{20}\b|\bxox[abprs]-[0-9A-Za-z-]{10,}|\bhf_[0-9A-Za-z]{30,}\b|\bpypi-AgE[0-9A-Za-z_-]{20,}",
        r"\bAIza[0-9A-Za-z_-]{35}\b|\bsk-[0-9A-Za-z_-]{20,}",
        r"eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.",
        r"(?i)\b(password|passwd|secret|api_?key|access_?token|auth_?token)\b[\"']?\s*[:=]\s*[\"'][^\"'\s{$<]{8,}[\"']",
        r"(?i)authorization[\"']?\s*:\s*[\"']?(bearer|basic) [0-9a-z+/=_.-]{12,}",
        r"[a-z]+://[^\s/:@\"'<>{}]+:[^\s/@\"'<>{}]{3,}@[\w.-]+",
    )
]


def secrets(text):
    """List what looks like a key or a password."""
    return [match[0] for pattern in SECRETS for match in pattern.finditer(text)]


@needs_git
def test_no_committed_file_holds_a_secret():
    assert {path.relative_to(ROOT).as_posix(): secrets(text_of(path)) for path in FILES if secrets(text_of(path))} == {}


@pytest.mark.parametrize(
    "pieces",
    [
        ("-----BEGIN RSA ", "PRIVATE KEY-----"),
        ("key = AKIA", "ABCDEFGHIJKLMNOP"),
        ("token: ghp_", "a" * 36),
        ("hf_", "b" * 34),
        ("sk-", "c" * 40),
        ("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0In0", ".abc"),
        ("password", ' = "correct horse"'.replace(" horse", "-horse")),
        ('"api_key"', ': "0123456789abcdef"'),
        ("Authorization", ": Bearer abcdefghijklmnop"),
        ("https://ana:hunter2", "@example.org/x"),
    ],
)
def test_a_secret_is_found(pieces):
    assert secrets("a line\n" + "".join(pieces) + "\n") != []


@pytest.mark.parametrize(
    "line", ["token = ''", "password: str", "secret: ${{ secrets.TOKEN }}", "https://example.org/@x"]
)
def test_no_secret_no_finding(line):
    assert secrets(line) == []


# What the site is made from. In a browser, `test_site.py` sees every request of every page.
ASKS = re.compile(r"(<(script|img|iframe|link|source|video)\b[^>]*\b(src|href)\s*=|url\(|@import|\bimport\b[^;\n]*from|"
                  r"\bfetch\(|\bimport\()\s*[\"']?(https?:)?//", re.IGNORECASE)  # fmt: skip
KINDS = {".html", ".css", ".js", ".mjs"}
TEMPLATES = sorted(path for folder in ("site", "d2l_utils") for path in (ROOT / folder).rglob("*")
                   if path.suffix in KINDS and "node_modules" not in path.parts)  # fmt: skip


def test_no_source_of_the_site_asks_another_host():
    assert TEMPLATES
    assert [path.name for path in TEMPLATES if ASKS.search(text_of(path))] == []


@pytest.mark.parametrize(
    "text",
    [
        "<script async src='https://cdn.example.org/a.js'>",
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        "background: url(https://example.org/a.png)",
        '@import "https://example.org/a.css"',
        'import a from "https://esm.example.org/a"',
        'fetch("https://example.org")',
    ],
)
def test_a_question_to_another_host_is_found(text):
    assert ASKS.search(text)
    assert not ASKS.search('<a href="https://example.org">a link asks nobody before it is followed</a>')
