"""What MXNet lacks on newer Pythons and NumPys is given, nothing else changes, and nothing at all where nothing lacks.

Wrong answers to catch: a name that is there replaced, or one that is not there left out; NZERO without its sign, msort
along the last axis, in1d that keeps the shape; NumPy's print options changed where MXNet does not need it, or not in
threads; `distutils` left behind, or a real one hidden; MXNet's warnings shown or raised, or the reader's own switched
off with them; NumPy or MXNet imported by `import d2l_utils`; a failed import of MXNet that looks like a good one.
"""

import math
import os
import subprocess
import sys
import types
import warnings

from d2l_utils import _compat

import numpy as np
import pytest

NUMBERS = ["PZERO", "NZERO", "PINF", "NINF", "Inf", "NAN", "NaN"]
FUNCTIONS = ["alltrue", "sometrue", "product", "round_", "msort", "in1d", "trapz"]
FINANCIAL = ["mirr", "npv", "pmt", "ppmt", "pv", "rate"]
NEEDED = ["bool", "int", "compat", *NUMBERS, *FUNCTIONS, *FINANCIAL]


def run_python(code, *options, **settings):
    """Run code in a new process; returns what it prints."""
    command = [sys.executable, *options, "-c", code]
    environ = os.environ | settings
    result = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=300, check=False)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def bare_numpy(**attributes):
    """Give a module like a NumPy that has none of the names, but those given."""
    fake = types.ModuleType("numpy")
    for name in ("all", "any", "prod", "round", "sort", "isin", "ravel"):
        setattr(fake, name, getattr(np, name))
    fake.trapezoid = getattr(np, "trapezoid", None) or getattr(np, "trapz")  # noqa: B009 -- of old and new NumPys
    vars(fake).update(attributes)
    return fake


# The names


def test_every_missing_name_is_set():
    fake = bare_numpy()
    before = set(vars(fake))
    _compat.add_names(fake)
    assert set(vars(fake)) - before == set(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_a_name_that_is_there_is_left_alone(name):
    theirs = object()
    fake = bare_numpy(**{name: theirs})
    _compat.add_names(fake)
    _compat.add_names(fake)
    assert getattr(fake, name) is theirs


def test_a_name_that_is_there_on_demand_is_left_alone_and_its_warning_unheard():
    """Up to 1.23 NumPy makes np.bool and np.mirr when they are asked for, and warns."""

    def on_demand(name):
        if name == "bool":
            warnings.warn("np.bool is deprecated", DeprecationWarning, stacklevel=2)
            return bool
        raise AttributeError(name)

    fake = bare_numpy(__getattr__=on_demand)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as `_execute` does
        _compat.add_names(fake)
    assert "bool" not in vars(fake)
    assert "int" in vars(fake)


def test_the_numbers_have_their_sign():
    fake = bare_numpy()
    _compat.add_names(fake)
    assert [math.copysign(1, number) for number in (fake.PZERO, fake.NZERO)] == [1, -1]
    assert (fake.PZERO, fake.NZERO, fake.PINF, fake.NINF, fake.Inf) == (0, 0, math.inf, -math.inf, math.inf)
    assert math.isnan(fake.NAN)
    assert math.isnan(fake.NaN)


def test_the_functions_compute_what_numpys_did():
    fake = bare_numpy()
    _compat.add_names(fake)
    table = np.array([[3.0, 1.0], [2.0, 4.0]])
    assert fake.msort(table).tolist() == [[2, 1], [3, 4]]
    assert fake.in1d(table, [1, 2]).tolist() == [False, True, True, False]
    assert fake.in1d(table, [1, 2], invert=True).tolist() == [True, False, False, True]
    assert fake.trapz([0.0, 2.0, 2.0]) == 3
    assert fake.product(table, axis=0).tolist() == [6, 4]
    assert fake.round_(table / 3, 1).tolist() == [[1, 0.3], [0.7, 1.3]]
    assert (fake.alltrue([1, 0]), fake.sometrue([1, 0])) == (False, True)
    assert isinstance("constant", fake.compat.basestring)


def test_the_financial_functions_say_where_they_went():
    fake = bare_numpy()
    _compat.add_names(fake)
    sentence = r"^numpy\.rate was removed in NumPy 1\.20; the package numpy-financial has it$"
    with pytest.raises(RuntimeError, match=sentence):
        fake.rate(1, 2, when="end")


# Printing


class Shown:
    """Prints as it is told."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


@pytest.mark.parametrize(("text", "told"), [("3", []), ("np.int64(3)", [{"legacy": "1.25"}])])
def test_print_options_are_set_only_where_scalars_print_their_type(text, told, monkeypatch):
    monkeypatch.delitem(sys.modules, "numpy._core.printoptions", raising=False)
    calls = []
    numpy = types.SimpleNamespace(int64=lambda _: Shown(text), set_printoptions=lambda **options: calls.append(options))
    _compat.print_plain_scalars(numpy)
    assert calls == told


def test_shapes_with_numpys_integers_reach_mxnet_from_every_thread():
    code = """
import threading
import d2l_utils, mxnet as mx, numpy as np
def make():
    print(mx.nd.zeros((np.int64(3), np.int32(2))).shape, [np.float32(0.5)])
make()
thread = threading.Thread(target=make)
thread.start()
thread.join()
"""
    assert run_python(code) == "(3, 2) [0.5]\n" * 2


# distutils

before_3_12 = sys.version_info < (3, 12)


@pytest.mark.skipif(before_3_12, reason="this Python has its own distutils")
def test_versions_compare_and_distutils_is_gone_afterwards(monkeypatch):
    monkeypatch.delitem(sys.modules, "distutils", raising=False)
    monkeypatch.delitem(sys.modules, "distutils.version", raising=False)
    with _compat.distutils_version():
        from distutils.version import LooseVersion, StrictVersion
    for version in (LooseVersion, StrictVersion):
        assert version("1.23.5") >= version("1.17")
        assert version("2.10.0") >= version("2.9")
        assert not version("1.6.0") >= version("1.15")
    assert not {"distutils", "distutils.version"} & sys.modules.keys()


@pytest.mark.skipif(before_3_12, reason="this Python has its own distutils")
def test_distutils_is_gone_after_a_failure_too(monkeypatch):
    monkeypatch.delitem(sys.modules, "distutils", raising=False)
    with pytest.raises(ImportError), _compat.distutils_version():
        raise ImportError
    assert "distutils" not in sys.modules


def test_a_distutils_that_is_there_stays(monkeypatch):
    theirs = types.ModuleType("distutils")
    monkeypatch.setitem(sys.modules, "distutils", theirs)
    with _compat.distutils_version():
        assert sys.modules["distutils"] is theirs
    assert sys.modules["distutils"] is theirs


# The import of MXNet


def test_only_mxnet_is_looked_for_and_only_once_prepared():
    finders = []
    _compat.apply(modules={}, finders=finders)
    _compat.apply(modules={}, finders=finders)
    (finder,) = finders
    assert finder.find_spec("numpy") is None
    assert finder.find_spec("mxnet.gluon", ["a path"]) is None
    assert finder.find_spec("mxnet", []) is None  # nothing in these folders: the next finder's turn


def test_mxnet_that_is_there_needs_nothing():
    finders = []
    _compat.apply(modules={"mxnet": None, "mxnet.base": None}, finders=finders)
    assert finders == []


def test_parts_of_a_failed_import_are_told():
    with pytest.warns(UserWarning, match="restart Python") as caught:
        _compat.apply(modules={"mxnet.base": None}, finders=[])
    assert [str(warning.message) for warning in caught] == [
        "mxnet was imported before d2l_utils and failed, and parts of it are still loaded; restart Python (in Jupyter: "
        "the kernel) and import d2l_utils first, which makes MXNet work on newer Pythons and NumPys"
    ]


def test_import_of_the_package_imports_neither_numpy_nor_mxnet():
    code = "import sys, d2l_utils; print({'numpy', 'mxnet', 'distutils'} & sys.modules.keys())"
    assert run_python(code) == "set()\n"


def test_without_numpy_the_package_is_there_and_mxnet_says_what_it_lacks():
    code = """
import sys
sys.modules["numpy"] = None
import d2l_utils
try:
    import mxnet
except ImportError as error:
    print(error)
"""
    assert run_python(code) == "import of numpy halted; None in sys.modules\n"


def test_import_as_whole_changes_what_is_missing_and_no_more():
    """On Python 3.11 with NumPy 1.23.5 the list of added names is empty."""
    code = f"""
import sys, warnings
import numpy as np
names = {NEEDED!r}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    missing = [name for name in names if not hasattr(np, name)]
before, filters, options = dict(vars(np)), warnings.filters[:], np.get_printoptions()
import d2l_utils, mxnet
added = [name for name in names if name in vars(np) and name not in before]
assert added == missing, (added, missing)
assert all(vars(np)[name] is value for name, value in before.items())
assert warnings.filters == filters
changed = {{name for name, value in np.get_printoptions().items() if options[name] != value}}
assert changed == ({{"legacy"}} if np.__version__ >= "2" else set()), changed
assert "distutils" not in sys.modules or sys.version_info < (3, 12)
print(np.__version__, len(missing))
"""
    version, missing = run_python(code).split()
    counts = {"1.23.5": "0", "2.4.6": str(len(NEEDED) - 1)}  # NumPy 2 has an np.bool
    assert counts.get(version, missing) == missing


@pytest.mark.whole  # all of MXNet is compiled anew
def test_mxnets_own_warnings_are_no_errors_and_not_shown(tmp_path):
    """NumPy warns when it is asked for an old name; Python of an invalid escape when it compiles, in an empty cache."""
    code = "import d2l_utils as d2l; d2l.seed_everything(0); from mxnet import nd; print(nd.ones(2).sum().asscalar())"
    assert run_python(code, "-W", "always") == "2.0\n"
    assert run_python(code, "-W", "error", PYTHONPYCACHEPREFIX=str(tmp_path)) == "2.0\n"


def test_the_readers_own_warnings_are_shown():
    code = """
import warnings
import d2l_utils, mxnet
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    compile(r'"\\d"', "cell", "exec")
    warnings.warn("mind", DeprecationWarning)
print(len(caught))
"""
    assert run_python(code) == "2\n"


def test_an_import_that_fails_is_a_failure_and_leaves_nothing(tmp_path):
    (tmp_path / "mxnet.py").write_text("import distutils.version\nraise OSError('libgfortran.so.4: cannot open')\n")
    code = """
import sys, warnings
import d2l_utils
filters = warnings.filters[:]
for attempt in range(2):
    try:
        import mxnet
    except OSError as error:
        print(error, "mxnet" in sys.modules, warnings.filters == filters)
assert sys.version_info < (3, 12) or "distutils" not in sys.modules
"""
    assert run_python(code, PYTHONPATH=str(tmp_path)) == "libgfortran.so.4: cannot open False True\n" * 2
