"""The digest key of a project: made before the first secret is digested, and then never another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tallystick.addresses import Pseudonyms, Shown, as_logged
from tallystick.digest_key import DigestKey
from tallystick.errors import BadConfigurationError, MissingInputError
from tallystick.runtime.log import log_event
from tallystick.stages.project import Project

Row = Mapping[str, Any]


def key_for_reading(project: Project, source_files: Sequence[Row]) -> DigestKey:
    """The key that ingest digests secrets with; a new one where no file was read with any.

    Raises MissingInputError where it is gone, BadConfigurationError where it is another one than files were read with:
    the same secret would be two callers.
    """
    file = project.settings.digest_key_file
    if not file.exists() and not _marks(source_files):
        key = DigestKey.make(file)
        log_event("ingest.digest_key_made", file=str(file), advice="keep a copy: without it secrets are not recognised")
        return key
    return _load(project, source_files)


def key_for_matching(project: Project, source_files: Sequence[Row]) -> DigestKey | None:
    """The key that the secrets of the lake were digested with; None where none was. Raises as `key_for_reading`."""
    return _load(project, source_files) if _marks(source_files) else None


def pseudonyms(project: Project, source_files: Sequence[Row], licensee: str, period: str) -> Pseudonyms:
    """What stands for client addresses in the report of a licensee and period, under the key of the project.

    The first address that is met raises as `key_for_reading` where the key is gone or another one.
    """
    return Pseudonyms(key=cache(lambda: key_for_reading(project, source_files)), licensee=licensee, period=period)


def shown(project: Project, source_files: Sequence[Row], licensee: str, period: str) -> Shown:
    """What a report shows of a text from a log: pseudonyms for client addresses, unless the settings say otherwise."""
    if project.settings.client_addresses == "as_logged":
        return as_logged
    return pseudonyms(project, source_files, licensee, period)


def _load(project: Project, source_files: Sequence[Row]) -> DigestKey:
    file, marks = project.settings.digest_key_file, _marks(source_files)
    if not file.exists():
        raise MissingInputError(
            f"the digest key is gone that the secrets of {marks.count(marks[0])} files were digested with",
            where=str(file),
            next_step="put it back; where it is lost for good, delete the lake and run tallystick ingest again",
        )
    key = DigestKey.load(file)
    others = [mark for mark in marks if mark != key.mark]
    if others:
        raise BadConfigurationError(
            f"this is another digest key than the one that {len(others)} files were read with",
            where=str(file),
            next_step="put the first one back; where it is lost for good, delete the lake and run tallystick ingest "
            "again",
        )
    return key


def _marks(source_files: Sequence[Row]) -> list[str]:
    return [row["digest_key"] for row in source_files if row["digest_key"] is not None]
