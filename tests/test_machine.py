"""The check of the machine alone, which also runs before any package is installed.

Wrong answers to catch: OK for a machine on which MXNet cannot run, or another line than elsewhere for one that is good;
FAIL for one that is good; AVX seen in avx512f or in a model's name; a sentence without the cure.
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from d2l_utils import _machine
from d2l_utils._machine import Machine

import pytest
from machines import GOOD, problem

CONTAINER = "an amd64 container (docker run --platform linux/amd64 -it python:3.11-bookworm)"
NO_LIBC = "MXNet 1.9.1 needs the GNU C library and this Linux has another (Alpine has musl)"


@pytest.mark.parametrize("machine", [GOOD, replace(GOOD, system="Darwin", libc=("", ""))])
def test_a_good_machine_passes_with_the_same_lines_everywhere(machine, monkeypatch, capsys):
    monkeypatch.setattr(Machine, "here", lambda: machine)
    assert _machine.main() == 0
    assert capsys.readouterr().out == (
        "OK    platform: Linux or macOS on x86_64\nOK    processor: has AVX\nOK    system libraries: all found\n"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"architecture": "aarch64"}, f"MXNet 1.9.1 has no working build for Linux on aarch64; use {CONTAINER}"),
        (
            {"system": "Darwin", "architecture": "arm64"},
            f"MXNet 1.9.1 has no working build for Darwin on arm64; use {CONTAINER}",
        ),
        (
            {"system": "Windows", "architecture": "AMD64"},
            "MXNet 1.9.1 has no working build for Windows on AMD64; work in WSL2 with Ubuntu 24.04, or in " + CONTAINER,
        ),
        ({"libc": ("", "")}, f"{NO_LIBC}; use {CONTAINER}"),
        ({"libc": ("musl", "1.2.5")}, f"{NO_LIBC}; use {CONTAINER}"),
    ],
)
def test_unsupported_platforms(changes, sentence):
    assert problem(_machine.check_platform, replace(GOOD, **changes)) == sentence


def test_a_processor_without_avx():
    assert problem(_machine.check_processor, replace(GOOD, features=frozenset({"sse2"}))) == (
        "this processor has no AVX and MXNet 1.9.1 would stop with an illegal instruction; use a machine with AVX "
        "(nearly all since 2011), or give the virtual machine the host's processor (QEMU: -cpu host)"
    )


def test_a_processor_that_cannot_be_asked_is_given_the_chance():
    assert _machine.check_processor(replace(GOOD, features=None)) == "not known, /proc/cpuinfo cannot be read"


def test_missing_system_libraries():
    machine = replace(GOOD, missing_libraries=("libgomp.so.1", "libquadmath.so.0"))
    assert problem(_machine.check_libraries, machine) == (
        "MXNet 1.9.1 needs libgomp.so.1 and libquadmath.so.0, not found here; run as root: "
        "apt-get install libgomp1 libquadmath0 (Fedora: dnf install libgomp libquadmath)"
    )


def test_processor_features_are_whole_words_of_the_flags_line(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("model name\t: avx\nflags\t\t: fpu sse2 avx512f\n\nflags\t: fpu avx\n")
    assert _machine.linux_features(cpuinfo) == {"fpu", "sse2", "avx512f"}
    assert "has no AVX" in problem(_machine.check_processor, replace(GOOD, features=_machine.linux_features(cpuinfo)))
    assert _machine.linux_features(tmp_path / "absent") is None


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/cpuinfo and these file names are Linux's")
def test_the_real_machine_is_read():
    machine = Machine.here()
    assert machine.system == "Linux"
    assert "avx" in machine.features
    assert machine.libc[0] == "glibc"
    assert _machine.missing(["libc.so.6", "libd2l-absent.so.9"]) == ("libd2l-absent.so.9",)


def test_the_machine_can_be_checked_before_any_package_is_there():
    command = [sys.executable, "-I", "-S", "-P", str(Path(_machine.__file__))]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 3
