"""The environment variables under which MXNet's arithmetic repeats bit for bit on any x86 processor with AVX2.

MXNet, OpenBLAS and oneDNN read them once, while `import mxnet` loads them, so `import d2l_utils` sets them first.
"""

import os
import sys
import warnings

ARITHMETIC = {
    "OMP_NUM_THREADS": "1",  # the order of a parallel sum depends on the number of threads
    "OPENBLAS_CORETYPE": "Haswell",  # one matrix kernel for all processors; also the fastest on Zen
    "DNNL_MAX_CPU_ISA": "AVX2",  # AVX-512 adds in another order
    "MXNET_MKLDNN_ENABLED": "1",  # MXNet's own loops, taken without it, add in another order too
}
QUIET = {"MXNET_SUBGRAPH_VERBOSE": "0"}  # no "Subgraph backend MKLDNN is activated" in the notebooks' outputs


def apply(environ=os.environ, modules=sys.modules):
    """Set what is not set yet; once MXNet is loaded it is too late, and a warning says so if that matters."""
    if not any(name.partition(".")[0] == "mxnet" for name in modules):  # parts of it stay after a failed import
        for name, value in (ARITHMETIC | QUIET).items():
            environ.setdefault(name, value)
    elif overridden(environ):
        warnings.warn(
            "mxnet was imported before d2l_utils and without its reproducibility settings, so numbers may differ from "
            "the printed ones in their last digits; import d2l_utils first",
            stacklevel=3,
        )


def overridden(environ=os.environ):
    """List the arithmetic settings, as NAME=value, that are not the recipe's."""
    return [
        f"{name}={environ.get(name, '(not set)')}" for name, value in ARITHMETIC.items() if environ.get(name) != value
    ]
