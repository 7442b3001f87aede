"""The formats there are: every YAML file of this folder, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tallystick.errors import UnknownFormatError
from tallystick.formats.model import Format
from tallystick.yaml_file import load_yaml, refuse

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
    """Every known format by name, in the order of the names."""
    formats = (load_format(file) for file in sorted(FOLDER.glob("*.yaml")))
    return MappingProxyType({described.name: described for described in formats})


def find_format(name: str) -> Format:
    """The format of that name; UnknownFormatError lists the names there are."""
    formats = all_formats()
    if name not in formats:
        raise UnknownFormatError(f"there is no format {name!r}", next_step=f"use one of {', '.join(formats)}")
    return formats[name]
