"""The register's folder into licensees, and the list of ways in which callers are recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import combinations, groupby
from pathlib import Path

from tallystick.errors import AmbiguousRegisterError, MissingInputError, UnknownLicenseeError
from tallystick.register.model import BY, Licensee
from tallystick.yaml_file import load_yaml, refuse, yaml_files

FAR_PAST_US, FAR_FUTURE_US = -(2**62), 2**62


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """Requests that show `value` by `by` in `[from_us, until_us)` belong to an app of a licensee."""

    rank: int
    by: str
    value: str
    from_us: int
    until_us: int
    licensee: str
    app: str
    credential_id: str | None


def load_register(folder: Path) -> tuple[Licensee, ...]:
    """Every licensee of the register, ordered by id.

    Raises MissingInputError without the folder, BadConfigurationError for a file that cannot be read as a licensee or
    stands under another licensee's name, AmbiguousRegisterError where two apps claim the same caller at one time.
    """
    if not folder.is_dir():
        raise MissingInputError("there is no register", where=str(folder), next_step="tallystick init shows one")
    licensees = []
    for file in yaml_files(folder):
        licensee = load_yaml(file, Licensee)
        if licensee.licensee != file.stem:
            raise refuse(
                file, f"the file is named {file.stem!r} and speaks of {licensee.licensee!r}", next_step="rename it"
            )
        licensees.append(licensee)
    recognitions(licensees)
    return tuple(licensees)


def find_licensee(licensees: Sequence[Licensee], wanted: str) -> Licensee:
    """The licensee of that id. Raises UnknownLicenseeError."""
    for licensee in licensees:
        if licensee.licensee == wanted:
            return licensee
    known = ", ".join(one.licensee for one in licensees[:12]) or "none"
    raise UnknownLicenseeError(f"the register has no licensee {wanted!r}", next_step=f"known: {known}")


def recognitions(licensees: Sequence[Licensee]) -> tuple[Recognition, ...]:
    """Every way in which a caller is recognised, the surest first."""
    found = [
        Recognition(
            rank=BY.index(way.by),
            by=way.by,
            value=way.value,
            from_us=_or(licensee.instant_us(way.from_), FAR_PAST_US),
            until_us=_or(licensee.instant_us(way.until), FAR_FUTURE_US),
            licensee=licensee.licensee,
            app=app.app,
            credential_id=way.credential_id,
        )
        for licensee in licensees
        for app in licensee.apps
        for way in app.recognised_by
    ]
    found.sort(key=lambda one: (one.rank, one.value, one.from_us, one.licensee, one.app))
    for _, same_caller in groupby(found, key=lambda one: (one.by, one.value)):
        for one, other in combinations(same_caller, 2):
            if (one.licensee, one.app) != (other.licensee, other.app) and other.from_us < one.until_us:
                raise AmbiguousRegisterError(
                    f"{one.by} {one.value!r} belongs to {one.licensee}/{one.app} and to "
                    f"{other.licensee}/{other.app} at the same time",
                    where=f"register/{other.licensee}.yaml",
                    next_step="give one of them `until:` and the other `from:`",
                )
    return tuple(found)


def recognition_digest(found: Sequence[Recognition]) -> str:
    """A digest that changes when any request could be attributed otherwise."""
    return hashlib.sha256(repr([astuple(one) for one in found]).encode()).hexdigest()


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
