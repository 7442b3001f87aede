"""The agreements folder into versions, in order, and which of them binds when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from tallystick.agreements.route import fits
from tallystick.agreements.version import Version, patterns_of
from tallystick.errors import MissingInputError, OverlappingVersionsError
from tallystick.period import Period, to_text
from tallystick.yaml_file import load_yaml, place_in, refuse, yaml_files


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


def load_agreements(folder: Path, licensee: str, templates: Sequence[str] | None = None) -> tuple[Binding, ...]:
    """Every version of a licensee's agreement, in order; none when it has no agreement.

    `templates` are the only routes that requests can have, where that is known. Raises MissingInputError without the
    folder of all agreements, BadConfigurationError for a file that is no version, is not named for its beginning or
    names a route that no request can have, and OverlappingVersionsError where two versions claim the same instant.
    """
    if not folder.is_dir():
        raise MissingInputError("there are no agreements", where=str(folder), next_step="tallystick init shows one")
    read = [(file, load_yaml(file, Version, more={"version": file.stem})) for file in yaml_files(folder / licensee)]
    for file, version in read:
        if version.licensee != licensee:
            raise refuse(
                file,
                f"the file lies in {licensee!r} and speaks of {version.licensee!r}",
                "licensee",
                next_step=f"move it to {version.licensee}/, or write licensee: {licensee}",
            )
        if file.stem != version.in_force_from[:10]:
            raise refuse(
                file,
                f"the file is named {file.stem!r} and is in force from {version.in_force_from!r}",
                "in_force_from",
                next_step=f"rename it to {version.in_force_from[:10]}.yaml",
            )
        if templates is not None:
            _refuse_unknown_routes(file, version, templates)
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
    _refuse_same_name(read)
    _refuse_amendments(read)
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
            where=place_in(file, "in_force_from" if following <= version.from_us else "in_force_until"),
            next_step="end this version where the next one begins, or leave in_force_until out",
        )


def _refuse_unknown_routes(file: Path, version: Version, templates: Sequence[str]) -> None:
    for path, pattern in patterns_of(version):
        if not any(fits(pattern, template) for template in templates):
            raise refuse(
                file,
                f"no request can have a route that fits {pattern!r}: the sources state others",
                *path,
                next_step=f"write one that fits {', '.join(templates[:6])}, or state it in the source's `routes`",
            )


def _refuse_same_name(read: Sequence[tuple[Path, Version]]) -> None:
    seen: dict[str, Path] = {}
    for file, version in read:
        if version.version in seen:
            raise OverlappingVersionsError(
                f"two files give the same `version`: {seen[version.version].name} is {version.version!r} too",
                where=place_in(file, "version"),
                next_step="give one of them another name, or leave `version` out: then it is the file's name",
            )
        seen[version.version] = file


def _refuse_amendments(read: Sequence[tuple[Path, Version]]) -> None:
    """Refuse a version that says it amends another one than that which it follows."""
    before: list[str] = []
    for file, version in read:
        if version.amends is not None and version.amends not in before[-1:]:
            if version.amends not in [one.version for _, one in read]:
                known = ", ".join(one.version for _, one in read if one is not version) or "none other"
                said = f"there is no version {version.amends!r} of this agreement; there is {known}"
            elif version.amends in before:
                said = f"{version.amends!r} is amended already: the version before this one is {before[-1]!r}"
            else:
                said = f"a version cannot amend {version.amends!r}, which is not in force before it"
            step = f'write amends: "{before[-1]}"' if before else "take it out, or date this version after that one"
            raise refuse(file, said, "amends", next_step=step)
        before.append(version.version)
