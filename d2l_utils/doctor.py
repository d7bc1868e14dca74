"""The environment check: `python -m d2l_utils.doctor`, and the first cells of notebooks/00-start-here.ipynb.

Each check prints one line. What `check` prints is the same on every machine that passes, so the notebook's stored
output can be compared; what differs between good machines (reproducible bits, the images) has its own function.
Only the standard library is imported at the top: the story must be told where nothing else loads.
"""

import importlib
import sys
from functools import partial
from importlib import metadata

from d2l_utils import _recipe
from d2l_utils._machine import CHECKS as MACHINE_CHECKS
from d2l_utils._machine import CheckError, Machine, first_line, report

_PACKAGE = "d2l-utils"  # its metadata, made from pyproject.toml, is the one place of the version limits
_CURE = "run: make setup"


def check():
    """Check that this machine and this environment can run the course, and print one line for each check.

    Raises
    ------
    RuntimeError    if a check failed; its line starts with FAIL and ends with the cure.

    Introduced in: notebooks/00-start-here.ipynb
    """
    _stop_on(_failures())


def check_data():
    """Print which Fashion-MNIST the notebooks will use; nothing is downloaded.

    Raises
    ------
    RuntimeError    if a file is broken; the line says which, and the cure.

    Introduced in: notebooks/00-start-here.ipynb
    """
    _stop_on(report({"data": _data}))


def check_bits():
    """Print whether this machine repeats the committed numbers bit for bit; it is no failure if it does not.

    Introduced in: notebooks/00-start-here.ipynb
    """
    reason = bits_may_differ()
    if reason is None:
        print("OK    reproducibility: training repeats bit for bit")
    else:
        print(f"NOTE  reproducibility: last digits may differ from the printed ones, because {reason}")


def bits_may_differ(machine=None):
    """Say why this process cannot give the committed numbers bit for bit.

    Returns
    -------
    str, a reason that completes "because ...", or None if none is known.

    Notes
    -----
    Measured on MXNet 1.9.1: with the recipe's variables, losses and weights are equal on every x86 processor with AVX2,
    on Python 3.11 to 3.13 and NumPy 1.23 to 2.4; glibc 2.41 changed tanh, erf, log1p and expm1.

    Introduced in: notebooks/00-start-here.ipynb
    """
    machine = machine or Machine.here()
    changed = _recipe.overridden()
    library, release = machine.libc
    reasons = {
        f"the processor is of the family {machine.architecture}, not x86_64": machine.architecture != "x86_64",
        "the processor is not known to have AVX2": "avx2" not in (machine.features or ()),
        "the C library is not glibc": library != "glibc",
        f"glibc {release} computes tanh and erf otherwise than glibc before 2.41": _numbers(release) >= (2, 41),
        f"the environment says {' '.join(changed)}": bool(changed),
    }
    wrong_mxnet = [reason for reason in _wrong_packages(metadata.version) if reason.startswith("mxnet ")]
    return next((reason for reason, holds in reasons.items() if holds), None) or next(iter(wrong_mxnet), None)


def check_python(version=None):
    """Compare the running Python with the limits in the package's metadata."""
    from packaging.specifiers import SpecifierSet

    version = version or "{}.{}.{}".format(*sys.version_info)
    allowed = metadata.metadata(_PACKAGE)["Requires-Python"]
    if not SpecifierSet(allowed).contains(version):
        raise CheckError(f"this is {version}, the course needs {allowed}; {_CURE}")
    return ".".join(version.split(".")[:2])


def check_packages(installed=metadata.version):
    """Compare the installed packages with those that the package's metadata pins exactly."""
    wrong = _wrong_packages(installed)
    if wrong:
        raise CheckError(f"{', '.join(wrong)}; {_CURE}")
    return ", ".join(f"{name} {version}" for name, version in _pins().items())


def check_mxnet():
    """Import MXNet and multiply two small matrices whose product is known."""
    try:
        nd = importlib.import_module("mxnet").nd
    except OSError as error:  # the loader's own sentence names the library
        raise CheckError(f"its library cannot be loaded ({first_line(error)}); install it, or {_CURE}") from None
    except Exception as error:
        raise CheckError(f"it cannot be imported ({type(error).__name__}: {first_line(error)}); {_CURE}") from error
    product = nd.dot(nd.array([[1, 2], [3, 4]]), nd.array([[5, 6], [7, 8]])).asnumpy().tolist()
    if product != [[19, 22], [43, 50]]:
        raise CheckError(f"the product of two matrices must be [[19, 22], [43, 50]], got {product}; {_CURE}")
    return "imports and multiplies matrices"


def check_kernel(argv=None):
    """Check that Jupyter's kernel "python3" starts this very Python."""
    from jupyter_client.kernelspec import KernelSpecManager

    command = (argv or KernelSpecManager().get_kernel_spec("python3").argv)[0]
    # Jupyter itself replaces the bare names by the Python it runs on.
    if command not in ("python", "python3", "python{}.{}".format(*sys.version_info), sys.executable):
        raise CheckError(f"its kernel python3 starts {command}, not {sys.executable}; start Jupyter with: make lab")
    return "its kernel python3 runs this environment"


def main():
    """Run all checks; the exit code is 1 if one failed."""
    if _failures():
        return 1
    check_bits()
    return 1 if report({"data": partial(_data, with_source=True)}) else 0


def _stop_on(failures):
    if failures:
        raise RuntimeError(f"{failures} of the checks failed; each line above that starts with FAIL ends with the cure")


def _data(*, with_source=False):
    """Describe the images on this machine; where they come from differs between machines that are both right."""
    from d2l_utils import datasets

    try:
        found = datasets.locate("fashion-mnist")
    except (OSError, ValueError) as error:  # it names the file and the cure itself
        raise CheckError(first_line(error)) from error
    if found is None:
        return "Fashion-MNIST is not here yet, the first notebook fetches it"
    if found.is_stand_in:
        return "the synthetic STAND-IN for Fashion-MNIST; data/README.md says how to get the real images"
    return "the real Fashion-MNIST" + (f" (from: {found.source})" if with_source else "")


def _failures():
    """Check the machine, and only where it is sound the environment: without AVX `import mxnet` ends the process."""
    machine = Machine.here()
    return report({topic: partial(check, machine) for topic, check in MACHINE_CHECKS.items()}) or report(
        {"Python": check_python, "packages": check_packages, "MXNet": check_mxnet, "Jupyter": check_kernel}
    )


def _wrong_packages(installed):
    wrong = []
    for name, version in _pins().items():
        try:
            found = installed(name)
        except metadata.PackageNotFoundError:
            found = "nothing"
        if found != version:
            wrong.append(f"{name} {version} is needed and {found} is installed")
    return wrong


def _pins():
    """Read the exact versions, as {name: version}, that the package's metadata asks for on this Python."""
    from packaging.requirements import Requirement

    requirements = [Requirement(text) for text in metadata.requires(_PACKAGE)]
    here = [requirement for requirement in requirements if not requirement.marker or requirement.marker.evaluate()]
    specifiers = {requirement.name: str(requirement.specifier) for requirement in here}
    return {name: text.removeprefix("==") for name, text in sorted(specifiers.items()) if text.startswith("==")}


def _numbers(release):
    return tuple(int(part) for part in release.split(".")[:2] if part.isdigit())


if __name__ == "__main__":
    sys.exit(main())
