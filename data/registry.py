"""The data sets that the course uses, as `registry.toml` lists them."""

import re
import tomllib
from dataclasses import dataclass, replace
from importlib import resources


@dataclass(frozen=True)
class DataFile:
    """One gzip file of a data set; what it holds is what is checked, as two packers never give the same bytes."""

    name: str
    size: int  # bytes of the content, unzipped
    sha256: str  # of the content

    def __post_init__(self):
        """Refuse a name that could lead out of the folder that the file is for."""
        _check_name(self.name)


@dataclass(frozen=True)
class Entry:
    """One data set: its files by role, and where they come from."""

    name: str
    title: str
    licence: str
    citation: str
    files: dict[str, DataFile]
    mirrors: tuple[str, ...]  # addresses of folders, in the order in which they are tried
    mxnet_folder: str  # below the `datasets` folder of MXNet
    mxnet_mirror: str  # below $MXNET_GLUON_REPO, where a reader has set it
    stand_in: "StandIn"

    def __post_init__(self):
        """Refuse the same in the names of its folders."""
        _check_name(self.name)
        _check_name(self.mxnet_folder)


@dataclass(frozen=True)
class StandIn:
    """The drawn data set that is taken where the real one cannot be had: files of the same names and sizes."""

    name: str
    title: str
    files: dict[str, DataFile]


def entry(name):
    """Return the entry of the data set `name`.

    Raises
    ------
    ValueError
        If the registry has no such data set.
    """
    table = tomllib.loads(resources.files(__package__).joinpath("registry.toml").read_text(encoding="utf-8"))
    if name not in table:
        raise ValueError(f"fetch: name must be one of {', '.join(table)}, got {name!r}")
    return _entry(name, table[name])


def _check_name(name):
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(f"fetch: a name in registry.toml must be a plain one of letters, digits, '.-_', got {name!r}")


def _entry(name, fields):
    files = {role: DataFile(**file) for role, file in fields["files"].items()}
    drawn = {role: replace(files[role], sha256=sha256) for role, sha256 in fields["stand_in"].items()}
    stand_in = StandIn(f"{name}-stand-in", f"the stand-in for {fields['title']}", drawn)
    return Entry(name, **fields | {"files": files, "mirrors": tuple(fields["mirrors"]), "stand_in": stand_in})
