"""The formats and envelopes there are: every YAML file of this folder, and those of a project's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tallystick.errors import UnknownFormatError
from tallystick.formats.envelope import Envelope
from tallystick.formats.expressions import see_that_expressions_are_safe
from tallystick.formats.model import Format
from tallystick.yaml_file import load_yaml, refuse, yaml_files

FOLDER = Path(__file__).parent


def load_format(file: Path) -> Format:
    """The format that one file describes; the file is named for it.

    Raises BadConfigurationError with file, line and key for a file that does not describe a format.
    """
    described = load_yaml(file, Format)
    if described.name != file.stem:
        raise refuse(file, f"it describes {described.name!r}", next_step=f"name the file {described.name}.yaml")
    return described


@cache
def all_formats() -> Mapping[str, Format]:
    """Every built-in format by name, in the order of the names."""
    formats = (load_format(file) for file in sorted(FOLDER.glob("*.yaml")))
    return MappingProxyType({described.name: described for described in formats})


@cache
def all_envelopes() -> Mapping[str, Envelope]:
    """Every envelope by name, in the order of the names."""
    envelopes = (load_yaml(file, Envelope) for file in sorted((FOLDER / "envelopes").glob("*.yaml")))
    return MappingProxyType({envelope.name: envelope for envelope in envelopes})


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The formats that files may have: those that are built in and `own` ones of a project, or `only` one."""

    own: tuple[Format, ...] = ()
    only: Format | None = None

    @classmethod
    def of(cls, folder: Path) -> Catalogue:
        """With the formats in a project's folder, which need not be there.

        Raises BadConfigurationError for a file that describes none, one whose name is taken, and one with an SQL
        expression that is more than that, or cannot work.
        """
        own = []
        for file in yaml_files(folder) if folder.is_dir() else ():
            described = load_format(file)
            if described.name in all_formats():
                raise refuse(file, f"{described.name!r} is built in", next_step="give it and its file another name")
            see_that_expressions_are_safe(file, described)
            own.append(described)
        return cls(own=tuple(own))

    def __getstate__(self) -> dict[str, Any]:
        """What is sent to a worker: not what every worker has."""
        return {"own": self.own, "only": self.only}

    @cached_property
    def formats(self) -> Mapping[str, Format]:
        """Every format by name, in the order of the names."""
        if self.only is not None:
            return {self.only.name: self.only}
        known = {**all_formats(), **{described.name: described for described in self.own}}
        return dict(sorted(known.items()))

    def find(self, name: str) -> Format:
        """The format of that name; UnknownFormatError lists the names there are."""
        if name not in self.formats:
            raise UnknownFormatError(
                f"there is no format {name!r}", next_step=f"use one of {', '.join(self.formats)}, or write its file"
            )
        return self.formats[name]

    def digest(self, name: str | None) -> str:
        """A digest of what decides how a file is read: one format, or all of them where it is to be found out."""
        if name is not None:
            return self.find(name).digest
        everything = "".join(described.digest for described in self.formats.values())
        envelopes = "".join(envelope.model_dump_json() for envelope in all_envelopes().values())
        return hashlib.sha256((everything + envelopes).encode()).hexdigest()


BUILT_IN = Catalogue()


def find_format(name: str) -> Format:
    """The built-in format of that name; UnknownFormatError lists the names there are."""
    return BUILT_IN.find(name)
