"""What a machine does on a bad day: a full disk, a user without rights, a process that dies. For root's tests too."""

import ctypes
import os
import resource

from d2l_utils import datasets
from d2l_utils.checks import _sandbox

_CAPABILITIES = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()  # Linux's version 3; this process; none


def fetched(*preparations):
    """Return what `fetch` gives in a copy of this process after the preparations: a data set or the error's words."""

    def work():
        for prepare in preparations:
            prepare()
        try:
            return datasets.fetch("fashion-mnist")
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    return _sandbox.run(work)


def full_disk(num_bytes):
    """Return a preparation after which no file of this process grows beyond `num_bytes`."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, resource.RLIM_INFINITY))


def ordinary_user():
    """Give up root's right to pass over the permissions of files; others never had it."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.capset(*_CAPABILITIES) != 0:
            raise OSError(ctypes.get_errno(), "capset")
