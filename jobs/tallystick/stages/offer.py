"""What the sources offer now, and which of it may repeat the bytes of something else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.digest_key import DigestKey
from tallystick.errors import UnknownFormatError
from tallystick.formats import Catalogue
from tallystick.intake.sources import Source
from tallystick.intake.task import FileTask
from tallystick.stages.listing import list_source
from tallystick.stages.project import Project
from tallystick.stages.reading import DigestTask, digest_object
from tallystick.storage.pinned import Pin

RULES = "ingest 3"
"""Changes when equal bytes would give other entries; a file read by older rules is read again."""


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One object of a listing, as a task, with its length and version."""

    task: FileTask
    pin: Pin

    @property
    def size_bytes(self) -> int:
        """Its stored length."""
        return self.pin.size_bytes

    @property
    def key(self) -> tuple[str, str]:
        """Source and name, which a later version of the object shares."""
        return self.task.source, self.task.name


def offered(project: Project, digest_key: DigestKey) -> list[Offered]:
    """Every object of every source, ordered by source and name; what is secret in them is digested under the key.

    Raises MissingInputError for a folder, prefix or list that is not there, EmptySourceError for one without an object,
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
            pin=Pin(size_bytes=one.size_bytes, version_tag=one.version_tag),
        )
        for one in list_source(source, project.settings.project, project.settings.s3)
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


def find_repeats(
    project: Project, new: Sequence[Offered], known: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], str]:
    """By source and name, the SHA-256 of every new object that has the size of another, so may repeat its bytes.

    Objects of a size of their own, or without a byte, repeat nothing and are not read for this.
    """
    sizes: dict[int, int] = {}
    for row in known:
        sizes[row["size_bytes"]] = sizes.get(row["size_bytes"], 0) + 1
    for one in new:
        sizes[one.size_bytes] = sizes.get(one.size_bytes, 0) + 1
    alike = [one for one in new if one.size_bytes and sizes[one.size_bytes] > 1]
    tasks = [DigestTask(uri=one.task.uri, pin=one.pin, s3=project.settings.s3) for one in alike]
    digests = project.engine.map(tasks, digest_object, label="ingest: compare files")
    return {one.key: digest for one, digest in zip(alike, digests, strict=True) if digest is not None}
