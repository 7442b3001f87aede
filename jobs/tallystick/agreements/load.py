"""The agreements folder into versions, in order, and which of them binds when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tallystick.agreements.version import Version
from tallystick.errors import MissingInputError, OverlappingVersionsError
from tallystick.period import Period, to_text
from tallystick.yaml_file import load_yaml, refuse, yaml_files


@dataclass(frozen=True, kw_only=True)
class Binding:
    """A version and the half-open interval in which it judges: until its end, or the next version's beginning."""

    version: Version
    sha256: str
    from_us: int
    until_us: int | None

    def within(self, period: Period) -> Period | None:
        """The part of `period` that the version judges; None when it judges nothing of it."""
        start = max(self.from_us, period.start_us)
        end = period.end_us if self.until_us is None else min(self.until_us, period.end_us)
        return Period(text=period.text, start_us=start, end_us=end) if start < end else None


def load_agreements(folder: Path, licensee: str) -> tuple[Binding, ...]:
    """Every version of a licensee's agreement, in order; none when it has no agreement.

    Raises MissingInputError without the folder of all agreements, BadConfigurationError for a file that is no version
    or is not named for its beginning, and OverlappingVersionsError where two versions claim the same instant.
    """
    if not folder.is_dir():
        raise MissingInputError("there are no agreements", where=str(folder), next_step="tallystick init shows one")
    read = [(file, load_yaml(file, Version, more={"version": file.stem})) for file in yaml_files(folder / licensee)]
    for file, version in read:
        if version.licensee != licensee:
            raise refuse(file, f"the file lies in {licensee!r} and speaks of {version.licensee!r}", next_step="move it")
        if file.stem != version.in_force_from[:10]:
            raise refuse(
                file,
                f"the file is named {file.stem!r} and is in force from {version.in_force_from!r}",
                next_step=f"rename it to {version.in_force_from[:10]}.yaml",
            )
    read.sort(key=lambda one: one[1].from_us)
    bindings = []
    for place, (file, version) in enumerate(read):
        following = read[place + 1][1].from_us if place + 1 < len(read) else None
        _refuse_overlap(file, version, following)
        ends = [end for end in (version.until_us, following) if end is not None]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        bindings.append(
            Binding(version=version, sha256=digest, from_us=version.from_us, until_us=min(ends) if ends else None)
        )
    names = [binding.version.version for binding in bindings]
    if len(set(names)) < len(names):
        raise OverlappingVersionsError("two files give the same `version`", where=str(folder / licensee))
    return tuple(bindings)


def zone_of(bindings: Sequence[Binding]) -> ZoneInfo:
    """The time zone in which a period of this licensee is read: its latest version's, or UTC without an agreement."""
    return bindings[-1].version.zone if bindings else ZoneInfo("Etc/UTC")


def _refuse_overlap(file: Path, version: Version, following: int | None) -> None:
    if following is None:
        return
    if following <= version.from_us or (version.until_us is not None and version.until_us > following):
        raise OverlappingVersionsError(
            f"in force from {to_text(version.from_us)} until {version.in_force_until or 'further notice'}, while the "
            f"next version begins at {to_text(following)}",
            where=str(file),
            next_step="end this version where the next one begins, or leave in_force_until out",
        )
