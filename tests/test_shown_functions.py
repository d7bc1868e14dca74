"""A function or class that a notebook defines under a public name is the one in the package.

Both are compared as syntax trees without docstrings and without the statements that do nothing but check arguments,
which the package has and a chapter may leave out.
"""

import ast
import inspect
import textwrap

import d2l_utils as d2l

import pytest
from test_notebooks import notebooks
from tiny_notebooks import code, notebook

from tools.notebook_guards import code_cells, read
from tools.notebook_text_guards import syntax_tree

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Essence(ast.NodeTransformer):
    """Remove docstrings and argument checks, and write `d2l.name` as `name`."""

    def generic_visit(self, node):
        super().generic_visit(node)
        # An `if` or `for` around nothing but checks is one itself; any other body cannot be empty.
        if isinstance(node, ast.If | ast.For) and not node.body and not node.orelse:
            return None
        if isinstance(node, DEFINITIONS | ast.If | ast.For | ast.While | ast.With):
            node.body = node.body or [ast.Pass()]
        return node

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return None
        name = ast.unparse(node.value.func) if isinstance(node.value, ast.Call) else ""
        return None if name.startswith(("_validation.", "_check_")) else self.generic_visit(node)

    def visit_Raise(self, node):
        return None

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "d2l":
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)


def essence(definition):
    """Give what a definition does, as text that can be compared."""
    return ast.dump(_Essence().visit(definition))


def shown_definitions(content):
    """List (number of the code cell, definition) for what a notebook defines at the top level."""
    cells = [(number, syntax_tree(cell)) for number, cell in code_cells(content)]
    return [(number, node) for number, tree in cells for node in tree.body if isinstance(node, DEFINITIONS)]


def packaged(name):
    """Give the definition of a public name in the package."""
    return ast.parse(textwrap.dedent(inspect.getsource(getattr(d2l, name)))).body[0]


def differing(content, public_names, packaged=packaged):
    """Name the definitions in a notebook that are not the packaged ones."""
    shown = [(number, node) for number, node in shown_definitions(content) if node.name in public_names]
    return [
        f"code cell {number}: {node.name} is not the one in d2l_utils"
        for number, node in shown
        if essence(node) != essence(packaged(node.name))
    ]


@notebooks
def test_shown_functions_are_the_packaged_ones(path):
    assert differing(read(path), d2l.__all__) == []


PACKAGED = '''
def dropout(X, drop_prob=0.5):
    """Zero entries.

    Parameters and so on.
    """
    _validation.floating("dropout", "X", X)
    for name, value in (("X", X), ("drop_prob", drop_prob)):
        _validation.instance("dropout", name, value, object, allowed="anything")
    _check_sizes(X)
    if not 0 <= drop_prob <= 1:
        raise ValueError("dropout: drop_prob must be in [0, 1]")
    keep_prob = 1 - drop_prob
    if keep_prob == 0:
        return nd.zeros_like(X)
    mask = nd.random.uniform(0, 1, X.shape) < keep_prob
    return relu(mask) * X / keep_prob
'''
SHOWN = """
def dropout(X, drop_prob=0.5):
    keep_prob = 1 - drop_prob
    if keep_prob == 0:
        return nd.zeros_like(X)  # nothing is kept
    mask = nd.random.uniform(0, 1, X.shape) < keep_prob
    return d2l.relu(mask) * X / keep_prob
"""


def differs(shown, packaged=PACKAGED):
    content = notebook(code("%matplotlib inline"), code(shown))
    return differing(content, ["dropout"], lambda name: ast.parse(packaged).body[0])


@pytest.mark.parametrize("shown", [SHOWN, PACKAGED, SHOWN.replace("dropout", "my_dropout").replace("1 -", "2 -")])
def test_same_function_passes(shown):
    assert differs(shown) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" / keep_prob", ""),
        ("uniform(0, 1,", "uniform(0, 2,"),
        ("<", "<="),
        ("X, drop_prob=0.5", "drop_prob, X"),
        ("=0.5", "=0.2"),
        ("    if keep_prob == 0:\n        return nd.zeros_like(X)  # nothing is kept\n", ""),
        ("    keep_prob =", "    print(X)\n    keep_prob ="),
        ("    keep_prob =", "    assert 0 <= drop_prob <= 1\n    keep_prob ="),
        ("def dropout", "@cache\ndef dropout"),
        ("d2l.relu", "nd.relu"),
        ("def dropout", "async def dropout"),
    ],
)
def test_other_function_is_found(old, new):
    assert SHOWN.count(old) == 1
    assert differs(SHOWN.replace(old, new)) == ["code cell 2: dropout is not the one in d2l_utils"]


def test_only_checks_are_left_out():
    packaged = PACKAGED.replace("_validation.floating(", "X = _validation.floating(")
    assert differs(SHOWN, packaged) != [], "a check whose result is used is part of what the function does"
    packaged = PACKAGED.replace("    keep_prob = 1", "    else:\n        X = X + 1\n    keep_prob = 1")
    assert differs(SHOWN, packaged) != [], "what follows a failed check's condition is too"


def test_methods_are_compared():
    net = 'class Net:\n    """Doc."""\n\n    def forward(self, X):\n        """Doc."""\n        return X'
    content = notebook(code(net.replace('        """Doc."""\n', "")))
    assert differing(content, ["Net"], lambda name: ast.parse(net).body[0]) == []
    assert differing(content, ["Net"], lambda name: ast.parse(net.replace("return X", "return 2 * X")).body[0]) != []
