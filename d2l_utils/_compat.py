"""What MXNet 1.9.1, of May 2022, lacks on Python 3.12 and 3.13 and on NumPy 1.24 to 2.x.

`import d2l_utils` only adds a finder to `sys.meta_path`; the work is done when MXNet is imported, around its own code,
so that NumPy is not imported earlier than needed. Nothing that exists is replaced: on Python 3.11 with NumPy 1.23.5
nothing is missing, and nothing happens but that MXNet's warnings about itself are kept from the reader.

Not helped: `recordio.pack_label` and `pack_img` call `ndarray.tostring`, which NumPy 2.3 removed from a type that
cannot be changed. The course packs no records.
"""

import sys
import types
import warnings
from contextlib import contextmanager
from functools import partial
from importlib.machinery import PathFinder

_FAILED = (
    "mxnet was imported before d2l_utils and failed, and parts of it are still loaded; restart Python (in Jupyter: the "
    "kernel) and import d2l_utils first, which makes MXNet work on newer Pythons and NumPys"
)


def apply(modules=sys.modules, finders=sys.meta_path):
    """Prepare `import mxnet`; where MXNet is loaded already there is nothing left to do."""
    if "mxnet" in modules or _Finder in finders:
        return
    if any(name.startswith("mxnet.") for name in modules):
        warnings.warn(_FAILED, stacklevel=3)
    finders.insert(0, _Finder)


class _Finder:
    """Finds MXNet where Python would, and has `_execute` run it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return the spec of MXNet, and None for all other modules: Python then asks the next finder."""
        spec = PathFinder.find_spec(name, path, target) if name == "mxnet" else None
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = partial(_execute, spec.loader.exec_module)
        return spec


def _execute(run, module):
    """Run MXNet's own code, `run(module)`, with what it needs."""
    with warnings.catch_warnings():
        # MXNet asks NumPy 1.20 to 1.26 for deprecated names (np.bool, np.mirr), and so does `add_names`: nothing that a
        # reader could mend, and under `python -W error` the end of the import.
        warnings.simplefilter("ignore")
        import numpy

        add_names(numpy)
        print_plain_scalars(numpy)
        with distutils_version():
            run(module)


def add_names(numpy):
    """Set the names that MXNet uses and this NumPy has no more."""
    for name, value in (_constants() | _functions(numpy)).items():
        if not hasattr(numpy, name):
            setattr(numpy, name, value)


def _constants():
    """List the names of types and numbers."""
    inf, nan = float("inf"), float("nan")
    return {
        # Deprecated in NumPy 1.20, removed in 1.24; NumPy 2.0 has an np.bool of its own, which is left alone.
        "bool": bool,  # mxnet/numpy/utils.py
        "int": int,  # mxnet/test_utils.py
        # Removed in NumPy 2.0 (NEP 52). mxnet/numpy/utils.py, and np.Inf in mxnet/gluon/contrib/estimator.
        **{"PZERO": 0.0, "NZERO": -0.0, "PINF": inf, "NINF": -inf, "Inf": inf, "NAN": nan, "NaN": nan},
        # Removed in NumPy 2.0 too. mx.np.pad.
        "compat": types.SimpleNamespace(basestring=str),
    }


def _functions(numpy):
    """List the functions; mxnet/numpy/fallback.py and numpy_dispatch_protocol.py look them up while imported."""
    financial = ("mirr", "npv", "pmt", "ppmt", "pv", "rate")
    return {
        # Removed in NumPy 2.0 (NEP 52).
        "alltrue": numpy.all,
        "sometrue": numpy.any,
        "product": numpy.prod,
        "round_": numpy.round,
        "msort": partial(numpy.sort, axis=0),
        # Removed in NumPy 2.4, which deprecated them in 2.0.
        "in1d": lambda ar1, ar2, **options: numpy.isin(numpy.ravel(ar1), ar2, **options),
        "trapz": getattr(numpy, "trapezoid", None),  # the new name is there wherever the old one is not
        # Moved to the package numpy-financial by NumPy 1.20 (NEP 32); until 2.0 the names raised when called.
        **{name: partial(_financial, name) for name in financial},
    }


def _financial(name, *_args, **_kwargs):
    raise RuntimeError(f"numpy.{name} was removed in NumPy 1.20; the package numpy-financial has it")


def print_plain_scalars(numpy):
    """Make NumPy 2 print its scalars as NumPy 1 did: 3 and not np.int64(3) (NEP 51).

    MXNet hands shapes to its C++ part as `str(shape)`, where `(np.int64(3), 2)` is an error.
    """
    if repr(numpy.int64(3)) == "3":
        return
    numpy.set_printoptions(legacy="1.25")
    # Since NumPy 2.2 options hold for a context, and a new thread's begins with the defaults.
    module = sys.modules.get("numpy._core.printoptions")
    defaults = getattr(module, "default_format_options_dict", None)
    if defaults is not None:
        defaults["legacy"] = module.format_options.get()["legacy"]


@contextmanager
def distutils_version():
    """Stand in for `distutils.version`, which Python 3.12 removed (PEP 632), while MXNet's code runs.

    Afterwards `import distutils` does again what it did before: setuptools has a copy, which takes long to import.
    """
    if sys.version_info < (3, 12) or "distutils" in sys.modules:
        yield
        return
    from packaging.version import Version

    package, version = types.ModuleType("distutils"), types.ModuleType("distutils.version")
    package.__path__, package.version = [], version  # __path__ makes it a package
    version.StrictVersion = version.LooseVersion = Version  # MXNet compares two of them, `>=`, and no more
    added = {module.__name__: module for module in (package, version)}
    sys.modules.update(added)
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]
