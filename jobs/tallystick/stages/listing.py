"""What a source holds now: the objects of its folder or prefix, or those that its list names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tallystick.errors import EmptySourceError, InputError, MissingInputError
from tallystick.intake.sources import Source
from tallystick.settings import S3Settings
from tallystick.storage.objects import list_named, list_objects
from tallystick.storage.stored import StoredObject
from tallystick.yaml_file import refuse


def list_source(source: Source, project: Path, s3: S3Settings) -> list[StoredObject]:
    """Every object of a source whose name its pattern fits, in order: by name, or as its list has them.

    Raises MissingInputError for a folder, prefix or list that is not there, or a list that names what is not;
    EmptySourceError for a source without an object.
    """
    place = source.place(project)
    pattern = re.compile(
        "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", source.files)), re.S
    )
    try:
        objects = list_objects(place, s3) if source.listed is None else _named(Path(place), project, s3)
        listed = [one for one in objects if pattern.fullmatch(one.key)]
    except MissingInputError as error:
        if source.listed is not None and error.where != place:
            raise
        raise MissingInputError(
            f"the source {source.name!r} is not there", where=place, next_step=f"mend sources/{source.name}.yaml"
        ) from error
    if not listed:
        raise EmptySourceError(
            f"the source {source.name!r} holds no object that is called {source.files!r}",
            where=place,
            next_step=f"put logs there, or mend sources/{source.name}.yaml",
        )
    return listed


def _named(file: Path, project: Path, s3: S3Settings) -> Iterator[StoredObject]:
    """The objects of a list: a path, relative to the project, or an s3:// address on each line."""
    seen: set[str] = set()
    for number, line in enumerate(_lines(file), 1):
        if not line.strip() or line.startswith(b"#"):
            continue
        name, key = os.fsdecode(line), line.decode("utf-8", "backslashreplace")
        if key in seen:
            raise refuse(file, f"line {number} names an object a second time: {key}", next_step="take one of them out")
        seen.add(key)
        try:
            yield from list_named([(key, name if name.startswith("s3://") else str(project / name))], s3)
        except InputError as error:
            step = f"mend line {number}; paths are relative to the project"
            raise MissingInputError(error.what, where=f"{file}:{number}: {key}", next_step=step) from error


def _lines(file: Path) -> list[bytes]:
    try:
        return [line.removesuffix(b"\r") for line in file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    except FileNotFoundError as error:
        raise MissingInputError("there is no such list", where=str(file)) from error
