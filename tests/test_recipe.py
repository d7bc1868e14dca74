"""The reproducibility settings: set before MXNet, never over the user's own, and honest when they come too late.

Wrong answers to catch: overriding the user; setting after MXNet is loaded (the environment would then lie); warning
when nothing is wrong; no warning when something is; a variable left out; MXNet imported by `import d2l_utils`.
"""

import os
import subprocess
import sys
import warnings

from d2l_utils import _recipe

import pytest

RECIPE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "MXNET_MKLDNN_ENABLED": "1",
    "MXNET_SUBGRAPH_VERBOSE": "0",
}
TOO_LATE = (
    "mxnet was imported before d2l_utils and without its reproducibility settings, so numbers may differ from the "
    "printed ones in their last digits; import d2l_utils first"
)


def run_python(code, **settings):
    """Run code in a new process whose environment has of the recipe only what `settings` says."""
    environ = {name: value for name, value in os.environ.items() if name not in RECIPE} | settings
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)


def test_sets_everything_that_is_not_set():
    environ = {}
    _recipe.apply(environ, modules={})
    assert environ == RECIPE


@pytest.mark.parametrize("name", RECIPE)
def test_never_overrides_the_user(name):
    environ = {name: "the user's"}
    _recipe.apply(environ, modules={})
    assert environ == RECIPE | {name: "the user's"}


@pytest.mark.parametrize("loaded", ["mxnet", "mxnet.base"])  # the second alone: an import that failed half way
def test_too_late_warns_and_leaves_the_environment_true(loaded):
    environ = {"OMP_NUM_THREADS": "4"}
    with pytest.warns(UserWarning, match="import d2l_utils first") as caught:
        _recipe.apply(environ, modules={loaded: None})
    assert [str(warning.message) for warning in caught] == [TOO_LATE]
    assert environ == {"OMP_NUM_THREADS": "4"}


def test_late_but_with_the_same_arithmetic_is_silent():
    environ = dict(RECIPE, MXNET_SUBGRAPH_VERBOSE="1")  # a matter of taste that changes no number
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _recipe.apply(environ, modules={"mxnet": None})


def test_overridden_names_what_differs_and_what_is_missing():
    assert _recipe.overridden(RECIPE) == []
    assert _recipe.overridden(RECIPE | {"OMP_NUM_THREADS": "2"}) == ["OMP_NUM_THREADS=2"]
    assert _recipe.overridden({}) == [f"{name}=(not set)" for name in RECIPE if name != "MXNET_SUBGRAPH_VERBOSE"]


def test_import_sets_the_recipe_without_importing_mxnet():
    code = "import os, sys, d2l_utils; assert 'mxnet' not in sys.modules; print({n: os.environ[n] for n in %r})"
    result = run_python(code % list(RECIPE))
    assert (result.stdout, result.stderr) == (f"{RECIPE}\n", "")


def test_importing_mxnet_first_is_said_once_at_the_users_line():
    code = "import sys, types; sys.modules['mxnet'] = types.ModuleType('mxnet')\nimport d2l_utils\nimport d2l_utils"
    result = run_python(code)
    assert result.stderr.startswith(f"<string>:2: UserWarning: {TOO_LATE}\n")  # Python 3.13 shows the line itself too
    assert result.stderr.count("UserWarning") == 1
    assert run_python(code, **RECIPE).stderr == ""
