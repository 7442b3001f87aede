"""What the sources offer now, and which of it may repeat the bytes of something else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from tallystick.digest_key import DigestKey
from tallystick.errors import EmptySourceError, InputError, MissingInputError, UnknownFormatError
from tallystick.formats import Catalogue
from tallystick.intake.sources import Source
from tallystick.intake.task import FileTask
from tallystick.settings import S3Settings
from tallystick.stages.project import Project
from tallystick.storage.objects import list_objects, open_object

RULES = "ingest 3"
"""Changes when equal bytes would give other entries; a file read by older rules is read again."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One object of a listing, as a task, with its size."""

    task: FileTask
    size_bytes: int

    @property
    def key(self) -> tuple[str, str]:
        """Source and name, which a later version of the object shares."""
        return self.task.source, self.task.name


def offered(project: Project, digest_key: DigestKey) -> list[Offered]:
    """Every object of every source, ordered by source and name; what is secret in them is digested under the key.

    Raises MissingInputError for a folder or prefix that is not there, EmptySourceError for one that holds no object,
    UnknownFormatError for a format that there is not.
    """
    for source in project.sources:
        _refuse_unknown_format(source, project.catalogue)
    return [one for source in project.sources for one in _of_source(project, source, digest_key)]


def _refuse_unknown_format(source: Source, catalogue: Catalogue) -> None:
    if source.format is not None:
        try:
            catalogue.find(source.format)
        except UnknownFormatError as error:
            where = f"sources/{source.name}.yaml: format"
            raise UnknownFormatError(error.what, where=where, next_step=error.next_step) from error


def _of_source(project: Project, source: Source, digest_key: DigestKey) -> list[Offered]:
    place = source.place(project.settings.project)
    pattern = re.compile(
        "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", source.files)), re.S
    )
    try:
        listed = [one for one in list_objects(place, project.settings.s3) if pattern.fullmatch(one.key)]
    except MissingInputError as error:
        raise MissingInputError(
            f"the source {source.name!r} is not there", where=place, next_step=f"mend sources/{source.name}.yaml"
        ) from error
    if not listed:
        raise EmptySourceError(
            f"the source {source.name!r} holds no object that is called {source.files!r}",
            where=place,
            next_step=f"put logs there, or mend sources/{source.name}.yaml",
        )
    rules = _rules(source, project.catalogue)
    return [
        Offered(
            task=FileTask(
                source=source.name,
                name=one.key,
                uri=one.uri,
                version_tag=f"{one.version_tag}/{rules}",
                format=source.format,
                routes=source.routes,
                digest_key=digest_key,
            ),
            size_bytes=one.size_bytes,
        )
        for one in listed
    ]


def _rules(source: Source, catalogue: Catalogue) -> str:
    """A digest of how the source's files are read: one that says another format or other routes has all read again.

    A format that is described otherwise has too; every format counts where the source names none.
    """
    rules = (RULES, source.format, source.routes, catalogue.digest(source.format))
    return hashlib.sha256(repr(rules).encode()).hexdigest()[:8]


def rules_of(version_tag: str) -> str:
    """How the file of a row or a task was, or is to be, read."""
    return version_tag.rpartition("/")[2]


def open_log(uri: str, *, s3: S3Settings) -> BinaryIO:
    """One offered object as a stream. Raises InputError for what cannot be opened, which stops the stage."""
    try:
        return open_object(uri, s3)
    except InputError as error:
        error.next_step = error.next_step or "mend it or take it out of the source, then run tallystick ingest again"
        raise


@dataclass(frozen=True, kw_only=True)
class DigestTask:
    """One object whose bytes are to be digested."""

    uri: str
    s3: S3Settings


def digest_object(task: DigestTask) -> str:
    """SHA-256 of the object's stored bytes."""
    digest = hashlib.sha256()
    with open_log(task.uri, s3=task.s3) as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def find_repeats(
    project: Project, new: Sequence[Offered], known: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], str]:
    """By source and name, the SHA-256 of every new object that has the size of another, so may repeat its bytes.

    Objects of a size of their own repeat nothing and are not read for this.
    """
    sizes: dict[int, int] = {}
    for row in known:
        sizes[row["size_bytes"]] = sizes.get(row["size_bytes"], 0) + 1
    for one in new:
        sizes[one.size_bytes] = sizes.get(one.size_bytes, 0) + 1
    alike = [one for one in new if sizes[one.size_bytes] > 1]
    tasks = [DigestTask(uri=one.task.uri, s3=project.settings.s3) for one in alike]
    digests = project.engine.map(tasks, digest_object, label="ingest: compare files")
    return {one.key: digest for one, digest in zip(alike, digests, strict=True)}
