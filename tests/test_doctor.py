"""The environment check, sabotaged: each thing that can be wrong, and the sentence and exit code that must follow.

Wrong answers to catch: OK for a machine or package that does not do; FAIL for one that does; a traceback instead of a
sentence; a sentence without the cure; exit code 0 after FAIL; MXNet imported on a processor on which that ends Python.
"""

import os
import subprocess
import sys
from dataclasses import replace
from importlib import metadata

from d2l_utils import _machine, _recipe, datasets, doctor
from d2l_utils._machine import Machine

import pytest
from machines import GOOD, problem

NUMPY = "1.23.5" if sys.version_info < (3, 12) else "2.4.6"


def test_python_limits_come_from_the_metadata(monkeypatch):
    assert doctor.check_python("3.11.9") == "3.11"
    assert doctor.check_python("3.13.0") == "3.13"
    for wrong in ("3.10.13", "3.14.0"):
        assert problem(doctor.check_python, wrong) == f"this is {wrong}, the course needs <3.14,>=3.11; run: make setup"
    monkeypatch.setattr(metadata, "metadata", lambda name: {"Requires-Python": ">=3.13"})
    assert problem(doctor.check_python, "3.11.9") == "this is 3.11.9, the course needs >=3.13; run: make setup"


def test_packages_at_other_versions_or_absent():
    def installed(name):
        if name == "mxnet":
            raise metadata.PackageNotFoundError(name)
        return {"numpy": "1.26.4"}.get(name) or metadata.version(name)

    assert problem(doctor.check_packages, installed) == (
        f"mxnet 1.9.1 is needed and nothing is installed, numpy {NUMPY} is needed and 1.26.4 is installed; "
        "run: make setup"
    )
    assert doctor.check_packages() == f"d2lzh 1.0.0, mxnet 1.9.1, numpy {NUMPY}"


def test_each_python_has_its_pins_alone(monkeypatch):
    pins = ["numpy==1.5 ; python_version < '4'", "numpy==2.5 ; python_version >= '4'", "tqdm", "six==1"]
    monkeypatch.setattr(metadata, "requires", lambda name: pins)
    versions = {"numpy": "1.5", "six": "1"}
    assert doctor.check_packages(versions.get) == "numpy 1.5, six 1"
    versions["numpy"] = "2.5"
    assert problem(doctor.check_packages, versions.get) == "numpy 1.5 is needed and 2.5 is installed; run: make setup"


class FakeArray:
    """Stands for MXNet's arrays; its product is wrong in one entry."""

    def __init__(self, values):
        self.values = values

    def asnumpy(self):
        return self

    def tolist(self):
        return [[19, 22], [43, 51]]


def test_mxnet_that_computes_wrongly(monkeypatch):
    class FakeMXNet:
        class nd:  # noqa: N801
            array = FakeArray
            dot = staticmethod(lambda a, b: a)

    monkeypatch.setitem(sys.modules, "mxnet", FakeMXNet)
    assert problem(doctor.check_mxnet) == (
        "the product of two matrices must be [[19, 22], [43, 50]], got [[19, 22], [43, 51]]; run: make setup"
    )


def test_a_kernel_of_another_python():
    assert problem(doctor.check_kernel, ["/opt/other/bin/python3", "-m", "ipykernel_launcher"]) == (
        f"its kernel python3 starts /opt/other/bin/python3, not {sys.executable}; start Jupyter with: make lab"
    )
    for command in ("python", "python3", "python{}.{}".format(*sys.version_info), sys.executable):
        assert doctor.check_kernel([command]) == "its kernel python3 runs this environment"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"libc": ("glibc", "2.40")}, None),
        ({"libc": ("glibc", "2.41")}, "glibc 2.41 computes tanh and erf otherwise than glibc before 2.41"),
        ({"libc": ("glibc", "3.0")}, "glibc 3.0 computes tanh and erf otherwise than glibc before 2.41"),
        ({"libc": ("", "")}, "the C library is not glibc"),
        ({"features": frozenset({"avx"})}, "the processor is not known to have AVX2"),
        ({"features": None}, "the processor is not known to have AVX2"),
        ({"architecture": "aarch64"}, "the processor is of the family aarch64, not x86_64"),
    ],
)
def test_bits_depend_on_processor_and_c_library(changes, reason):
    assert doctor.bits_may_differ(replace(GOOD, **changes)) == reason


@pytest.mark.parametrize("name", _recipe.ARITHMETIC)
def test_bits_depend_on_the_recipe(name, monkeypatch):
    monkeypatch.setenv(name, "7")
    assert doctor.bits_may_differ(GOOD) == f"the environment says {name}=7"


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("mxnet", "mxnet 1.9.1 is needed and 2.0.0 is installed"),
        ("numpy", None),  # the same numbers from NumPy 1.23 to 2.4: tests/test_reproducibility.py
        ("d2lzh", None),
    ],
)
def test_bits_depend_on_mxnets_version_alone(package, reason, monkeypatch):
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "2.0.0" if name == package else real(name))
    assert doctor.bits_may_differ(GOOD) == reason


def test_doubtful_bits_are_a_note_and_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "bits_may_differ", lambda: "the processor is not known to have AVX2")
    doctor.check_bits()
    assert capsys.readouterr().out == (
        "NOTE  reproducibility: last digits may differ from the printed ones, "
        "because the processor is not known to have AVX2\n"
    )


def test_check_raises_after_the_lines(monkeypatch, capsys):
    monkeypatch.setattr(
        Machine, "here", lambda: replace(GOOD, features=frozenset(), missing_libraries=("libgomp.so.1",))
    )
    with pytest.raises(RuntimeError) as caught:
        doctor.check()
    assert str(caught.value) == "2 of the checks failed; each line above that starts with FAIL ends with the cure"
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["OK    platform", "FAIL  processor", "FAIL  system libraries"]


def test_no_cpu_feature_no_import_of_mxnet(monkeypatch, capsys):
    monkeypatch.setattr(Machine, "here", lambda: replace(GOOD, features=frozenset()))
    monkeypatch.setattr(doctor, "check_mxnet", lambda: pytest.fail("importing MXNet here would end Python"))
    assert (doctor.main(), _machine.main()) == (1, 1)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:4] for line in lines] == ["OK  ", "FAIL", "OK  "] * 2  # and nothing after a failure


class Found:
    """Stands for a data set that was found."""

    def __init__(self, source):
        self.source = source
        self.is_stand_in = source == "stand-in"


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Found("cache"), "OK    data: the real Fashion-MNIST"),
        (Found("D2L_DATA_DIR"), "OK    data: the real Fashion-MNIST"),
        (None, "OK    data: Fashion-MNIST is not here yet, the first notebook fetches it"),
        (
            Found("stand-in"),
            "OK    data: the synthetic STAND-IN for Fashion-MNIST; data/README.md says how to get the real images",
        ),
    ],
)
def test_the_data_line_is_the_same_for_all_copies_of_the_real_images(found, line, monkeypatch, capsys):
    monkeypatch.setattr(datasets, "locate", lambda name: found)
    doctor.check_data()
    assert capsys.readouterr().out == f"{line}\n"


def test_the_terminal_also_shows_where_the_images_are(monkeypatch, capsys):
    monkeypatch.setattr(datasets, "locate", lambda name: Found("D2L_DATA_DIR"))
    assert doctor.main() == 0
    assert capsys.readouterr().out.endswith("OK    data: the real Fashion-MNIST (from: D2L_DATA_DIR)\n")


def test_a_broken_data_file_is_a_failure(monkeypatch, capsys):
    def locate(name):
        raise ValueError("fetch: train-images is truncated; delete it")

    monkeypatch.setattr(datasets, "locate", locate)
    with pytest.raises(RuntimeError, match=r"^1 of the checks failed; each line above"):
        doctor.check_data()
    assert capsys.readouterr().out == "FAIL  data: fetch: train-images is truncated; delete it\n"
    assert doctor.main() == 1


# What a person sees: a new process, whose MXNet is a file that we wrote.

OS_ERROR = "raise OSError('libgfortran.so.4: cannot open shared object file: No such file or directory')"
BROKEN = {
    OS_ERROR: (
        "FAIL  MXNet: its library cannot be loaded (libgfortran.so.4: cannot open shared object file: No such file or "
        "directory); install it, or run: make setup"
    ),
    "import numpy; numpy.bool_of_old": (
        "FAIL  MXNet: it cannot be imported (AttributeError: module 'numpy' has no attribute 'bool_of_old'); "
        "run: make setup"
    ),
    "raise ModuleNotFoundError(\"No module named 'mxnet'\")": (
        "FAIL  MXNet: it cannot be imported (ModuleNotFoundError: No module named 'mxnet'); run: make setup"
    ),
}


def run_doctor(*, first_on_path=""):
    command = [sys.executable, "-m", "d2l_utils.doctor"]
    environ = dict(os.environ, PYTHONPATH=str(first_on_path))
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=120, check=False)


@pytest.mark.parametrize("code", BROKEN, ids=["OSError", "AttributeError", "ModuleNotFoundError"])
def test_mxnet_that_cannot_load_is_one_sentence(code, tmp_path):
    (tmp_path / "mxnet.py").write_text(code)
    result = run_doctor(first_on_path=tmp_path)
    assert BROKEN[code] in result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (1, "")


def test_a_module_missing_from_the_environment_is_one_sentence(tmp_path):
    (tmp_path / "jupyter_client.py").write_text("raise ModuleNotFoundError(\"No module named 'jupyter_client'\")")
    result = run_doctor(first_on_path=tmp_path)
    line = "FAIL  Jupyter: ModuleNotFoundError: No module named 'jupyter_client'; run: make setup"
    assert line in result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (1, "")


def test_this_environment_passes():
    result = run_doctor()
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:7]] == [
        "OK    platform",
        "OK    processor",
        "OK    system libraries",
        "OK    Python",
        "OK    packages",
        "OK    MXNet",
        "OK    Jupyter",
    ]
    assert lines[7].startswith(("OK    reproducibility: ", "NOTE  reproducibility: "))
