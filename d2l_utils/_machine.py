"""What this machine is, and whether MXNet's wheel can run on it.

Standard library only: `tools/setup.sh` runs this file by its path before any package is installed.
"""

import ctypes
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

_CONTAINER = "an amd64 container (docker run --platform linux/amd64 -it python:3.11-bookworm)"


@dataclass(frozen=True)
class Machine:
    """The facts that decide whether MXNet runs and which bits its arithmetic gives."""

    system: str  # "Linux", "Darwin" or "Windows"
    architecture: str  # "x86_64", "aarch64", "arm64", ...
    features: frozenset | None  # of the processor, as Linux spells them; None where they cannot be read
    libc: tuple  # ("glibc", "2.36"); empty strings where it is another
    missing_libraries: tuple  # file names

    @classmethod
    def here(cls):
        """Read the facts of the machine that runs this."""
        system = platform.system()
        return cls(
            system=system,
            architecture=platform.machine(),
            features=_mac_features() if system == "Darwin" else linux_features(Path("/proc/cpuinfo")),
            libc=platform.libc_ver(),
            missing_libraries=missing(["libgomp.so.1", "libquadmath.so.0"]) if system == "Linux" else (),
        )


class CheckError(Exception):
    """What is wrong, in one sentence that ends with the cure."""


def check_platform(machine):
    """Raise CheckError unless MXNet is built for this system and family of processors."""
    cure = f"work in WSL2 with Ubuntu 24.04, or in {_CONTAINER}" if machine.system == "Windows" else f"use {_CONTAINER}"
    if machine.system not in ("Linux", "Darwin") or machine.architecture != "x86_64":
        raise CheckError(f"MXNet 1.9.1 has no working build for {machine.system} on {machine.architecture}; {cure}")
    if machine.system == "Linux" and machine.libc[0] != "glibc":
        raise CheckError(f"MXNet 1.9.1 needs the GNU C library and this Linux has another (Alpine has musl); {cure}")
    return "Linux or macOS on x86_64"


def check_processor(machine):
    """Raise CheckError if the processor is known to lack AVX: importing MXNet would end the process."""
    if machine.features is None:
        return "not known, /proc/cpuinfo cannot be read"
    if "avx" in machine.features:
        return "has AVX"
    raise CheckError(
        "this processor has no AVX and MXNet 1.9.1 would stop with an illegal instruction; use a machine with AVX "
        "(nearly all since 2011), or give the virtual machine the host's processor (QEMU: -cpu host)"
    )


def check_libraries(machine):
    """Raise CheckError if a library that MXNet expects from the system is missing."""
    if machine.missing_libraries:
        raise CheckError(
            f"MXNet 1.9.1 needs {' and '.join(machine.missing_libraries)}, not found here; run as root: "
            "apt-get install libgomp1 libquadmath0 (Fedora: dnf install libgomp libquadmath)"
        )
    return "all found"


CHECKS = {"platform": check_platform, "processor": check_processor, "system libraries": check_libraries}


def report(checks):
    """Run each check, print its line, and return how many failed; `checks` is {topic: function without arguments}."""
    failures = 0
    for topic, check in checks.items():
        try:
            line = f"OK    {topic}: {check()}"
        except CheckError as error:
            line = f"FAIL  {topic}: {error}"
        except Exception as error:  # what no check foresaw: an environment in pieces still gets its one line
            line = f"FAIL  {topic}: {type(error).__name__}: {first_line(error)}; run: make setup"
        failures += line.startswith("FAIL")
        print(line)
    return failures


def first_line(error):
    """Shorten an error to the first line of its message."""
    return next(iter(str(error).splitlines()), "no message")


def linux_features(cpuinfo):
    """Read the processor's features from a file like /proc/cpuinfo."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return None
    return next((frozenset(line.split(":")[1].split()) for line in lines if line.startswith("flags")), None)


def _mac_features():
    command = ["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]
    words = subprocess.run(command, capture_output=True, text=True, check=False).stdout.lower().split()
    return frozenset("avx" if word == "avx1.0" else word for word in words) or None


def missing(libraries):
    """List the shared libraries that the loader does not find; asking it is surer than looking in folders."""

    def loads(library):
        try:
            ctypes.CDLL(library)
        except OSError:
            return False
        return True

    return tuple(library for library in libraries if not loads(library))


def main():
    """Check the machine alone; the exit code is 1 if MXNet cannot run here."""
    machine = Machine.here()
    return 1 if report({topic: partial(check, machine) for topic, check in CHECKS.items()}) else 0


if __name__ == "__main__":
    sys.exit(main())
