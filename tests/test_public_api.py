"""Every public name: it exists, nothing else is public, its docstring is complete, and the examples in it are true."""

import doctest
import importlib
import inspect
import operator
import pkgutil
import re
import types
from pathlib import Path

import d2l_utils as d2l

import pytest

MODULES = sorted(
    f"d2l_utils.{info.name}"
    for info in pkgutil.iter_modules(d2l.__path__)
    if not info.name.startswith("_") and not info.ispkg and info.name not in d2l.__all__  # a public module, not a file
)
IN_MODULES = [f"{module}.{name}" for module, names in d2l._PUBLIC_IN_MODULES.items() for name in names]
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
# A section's title is underlined, and so is the next one.
_SECTION = re.compile(r"^(?P<title>[A-Z]\w+)\n-{3,}\n(?P<text>.*?)(?=^\w+\n-{3,}\n|^Introduced in|\Z)", re.M | re.S)
_PARAMETERS = re.compile(r"^\*{0,2}(\w+(?:, \*{0,2}\w+)*) :\s*\S", re.MULTILINE)
_LAST_LINE = re.compile(r"Introduced in: (notebooks/\d\d-[\w-]+\.ipynb|a chapter to come \([\w ,-]+\))")


def sections(documentation):
    """Split a docstring into {title: text}."""
    return {match["title"]: match["text"].strip() for match in _SECTION.finditer(documentation)}


def described(documentation):
    """List the parameters that a docstring describes, in its order."""
    lines = _PARAMETERS.findall(sections(documentation).get("Parameters", ""))
    return [name.lstrip("*") for line in lines for name in line.split(", ")]


def complaints(thing):
    """List what a public function's or class's docstring lacks."""
    documentation = inspect.getdoc(thing) if thing.__doc__ else None
    if not documentation:
        return ["it has no docstring"]
    found = []
    names = list(inspect.signature(thing).parameters)
    if described(documentation) != names:
        found.append(f"its docstring describes the parameters {described(documentation)}, the signature has {names}")
    required = [] if inspect.isclass(thing) else ["Returns", "Raises"] if names else ["Returns"]
    found += [f"it has no section {title}" for title in required if not sections(documentation).get(title)]
    if not documentation.splitlines()[0].endswith("."):
        found.append("its first line is not a sentence")
    if not _LAST_LINE.fullmatch(documentation.splitlines()[-1]):
        found.append(
            "its last line is not 'Introduced in: notebooks/NN-topic.ipynb' or '... a chapter to come (topic)'"
        )
    return found + _undocumented_methods(thing)


def _undocumented_methods(thing):
    members = vars(thing).items() if inspect.isclass(thing) else ()
    public = [(name, member) for name, member in members if not name.startswith("_")]
    functions = [(name, member) for name, member in public if callable(member) or isinstance(member, property)]
    return [f"its method {name} has no docstring" for name, member in functions if not member.__doc__]


def public_definitions(module):
    """Name the functions and classes that a module defines without a leading underscore."""
    own = [(name, thing) for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__]
    return {
        name for name, thing in own if inspect.isroutine(thing) or inspect.isclass(thing) if not name.startswith("_")
    }


def failed_examples(thing, name):
    """Run a docstring's examples; returns doctest's account of those that fail."""
    account = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in doctest.DocTestFinder().find(thing, name, globs=dict(_namespace(thing))):
        runner.run(test, out=account.append)
    return "".join(account)


def _namespace(thing):
    return vars(inspect.getmodule(thing) or types.ModuleType("empty"))


@pytest.mark.parametrize("name", d2l.__all__)
def test_name_is_what_it_says(name):
    thing = getattr(d2l, name)
    assert name in dir(d2l)
    if inspect.isroutine(thing) or inspect.isclass(thing):
        assert thing.__name__ == name
        assert complaints(thing) == []
        assert failed_examples(thing, name) == ""


@pytest.mark.parametrize("name", IN_MODULES)
def test_function_of_a_module_is_what_it_says(name):
    thing = operator.attrgetter(name)(d2l)
    assert complaints(thing) == []
    assert failed_examples(thing, name) == ""


def test_unknown_name_is_an_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        d2l.no_such_name  # noqa: B018


def test_modules_define_what_is_public_and_nothing_else():
    defined = set().union(*(public_definitions(importlib.import_module(name)) for name in MODULES))
    callables = {name for name in d2l.__all__ if callable(getattr(d2l, name))}
    assert defined == callables


def test_modules_have_a_docstring():
    assert [name for name in MODULES if not importlib.import_module(name).__doc__] == []


@pytest.mark.parametrize(
    "name", [*d2l.__all__, *(f"figures.{name}" for name in d2l.figures.__all__), "checks.progress", *IN_MODULES]
)
def test_chapter_that_introduces_it_uses_it(name):
    documentation = inspect.getdoc(operator.attrgetter(name)(d2l)) or ""
    chapter = re.search(r"^Introduced in: notebooks/(\S+)", documentation, re.MULTILINE)
    written = {path.name: path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("*.ipynb")}
    if chapter and chapter[1] in written:
        uses_it = re.search(rf"\b{name.removeprefix('launch.')}\b", written[chapter[1]]) is not None
        assert uses_it, f"{chapter[1]} does not name {name}"
    elif chapter:
        raise AssertionError(f"{chapter[1]} is not there")


GOOD = '''
def scale(X, *factors, by=2, **options):
    """Multiply.

    Parameters
    ----------
    X : NDArray of shape (batch, ...)
        The input.
    *factors : float
    by, **options : float
        More of it: y : z.

    Returns
    -------
    NDArray

    Raises
    ------
    TypeError
        If `X` is not an NDArray.

    Examples
    --------
    >>> 6 * 7
    42

    Introduced in: notebooks/09-dropout.ipynb
    """
'''


def defined(source):
    module = types.ModuleType("fake")
    exec(source, vars(module))
    return module


def test_complete_docstring_passes():
    scale = defined(GOOD).scale
    assert (complaints(scale), failed_examples(scale, "scale")) == ([], "")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    X : NDArray of", "    NDArray of", "describes the parameters"),
        ("    X :", "    Y :", "describes the parameters"),
        ("def scale(X,", "def scale(X, lr,", "describes the parameters"),
        ("by, **options :", "**options, by :", "describes the parameters"),
        ("Returns\n    -------\n    NDArray\n", "", "no section Returns"),
        ("-------\n    NDArray\n\n", "-------\n\n", "no section Returns"),
        ("Raises\n", "Errors\n", "no section Raises"),
        ("    Introduced in: notebooks/09-dropout.ipynb\n", "", "last line"),
        ("09-dropout.ipynb", "dropout.md", "last line"),
        ("Multiply.", "Multiply", "first line"),
    ],
)
def test_incomplete_docstring_is_found(old, new, complaint):
    assert GOOD.count(old) == 1
    found = complaints(defined(GOOD.replace(old, new)).scale)
    assert len(found) == 1
    assert complaint in found[0]


def test_missing_docstring_is_found():
    assert complaints(defined("def scale(X): return X").scale) == ["it has no docstring"]
    source = 'class Net:\n    """Hold.\n\n    Introduced in: notebooks/01-x.ipynb\n    """\n    def f(self): pass'
    assert complaints(defined(source).Net) == ["its method f has no docstring"]


def test_false_example_is_found():
    assert "Expected:\n    43\nGot:\n    42" in failed_examples(
        defined(GOOD.replace("    42", "    43")).scale, "scale"
    )


def test_public_definitions_leave_out_imports_and_private_names():
    module = defined("from math import sqrt\nX = 1\ndef f(): pass\ndef _g(): pass\nclass C: pass")
    assert public_definitions(module) == {"f", "C"}
