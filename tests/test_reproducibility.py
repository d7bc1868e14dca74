"""Training repeats bit for bit: in two processes, whatever else limits threads, and as on the machine of the outputs.

Wrong answers to catch: a random stream that is not seeded; a sum whose order depends on the number of threads or on the
processor although the recipe is set; another NumPy or Python that changes a bit; a change of our own functions that
gives other numbers than the committed ones.

Measured without the recipe, on a processor with AVX-512 (from scratch, with Gluon; = means no difference):

| setting | from scratch | with Gluon |
|---|---|---|
| OMP_NUM_THREADS=2 | differs | differs |
| OPENBLAS_CORETYPE not set, on Zen; Sandybridge | differs | = |
| OPENBLAS_CORETYPE=Zen or SkylakeX | = | = |
| DNNL_MAX_CPU_ISA=DEFAULT (AVX-512) or SSE41 | differs | differs |
| MXNET_MKLDNN_ENABLED=0 | differs | differs |

So nothing is asserted of these: elsewhere they may agree.
"""

import os
import subprocess
import sys
from pathlib import Path

from d2l_utils import _recipe, doctor

import pytest

pytestmark = pytest.mark.whole

PROGRAM = Path(__file__).with_name("training_hash.py")
COMMITTED = ["a24b3fbc60bdee33", "cab7c40a492b37d3"]  # from scratch, with Gluon
ONE_CORE = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})"
LIMITS = ("OMP_", "OPENBLAS_", "MKL_", "GOTO_", "DNNL_", "MXNET_", "GLIBC_")


def weights(*, first="", **settings):
    """Train in a new process, with nothing of the recipe but what `import d2l_utils` and `settings` set."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LIMITS)} | settings
    code = f"{first}\nimport runpy\nrunpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=300, check=False)
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout.split()


@pytest.fixture(scope="module")
def once():
    """Give the hashes of one process."""
    return weights()


def test_a_second_process_gives_the_same_weights(once):
    assert len(set(once)) == 2
    assert weights() == once


@pytest.mark.parametrize(
    "settings",
    [
        {"OPENBLAS_NUM_THREADS": "4", "GOTO_NUM_THREADS": "4"},
        {"MKL_NUM_THREADS": "4", "OMP_DYNAMIC": "true", "OMP_THREAD_LIMIT": "1"},
        {"MXNET_CPU_WORKER_NTHREADS": "4", "MXNET_EXEC_BULK_EXEC_TRAIN": "0"},
        {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL"},  # the C library as on a processor without AVX-512
        dict(_recipe.ARITHMETIC),
    ],
    ids=lambda settings: "+".join(settings),
)
def test_other_limits_do_not_matter_under_the_recipe(once, settings):
    assert weights(**settings) == once


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to a core")
def test_one_core_gives_the_same_weights(once):
    assert weights(first=ONE_CORE) == once


def test_the_weights_are_the_committed_ones(once):
    """On every Python from 3.11 to 3.13 and NumPy from 1.23 to 2.4."""
    reason = doctor.bits_may_differ()
    if reason:
        pytest.skip(f"bits may differ here, because {reason}")
    assert once == COMMITTED
