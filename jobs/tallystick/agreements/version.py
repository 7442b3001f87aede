"""One dated version of an agreement: its clauses, of any kind, and since when they bind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.case import Bound, Case
from tallystick.agreements.clause import Whole
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.fee import FeeClause
from tallystick.agreements.kinds import (
    EnvironmentClause,
    IdentificationClause,
    RoutesClause,
    TermClause,
    TextClause,
    UseCaseClause,
)
from tallystick.agreements.limit import LimitClause
from tallystick.period import parse_instant_us
from tallystick.register.model import Instant, Slug, Zone
from tallystick.yaml_file import AtKeyError, Stated

AnyClause = Annotated[
    LimitClause
    | BackoffClause
    | ConcurrencyClause
    | DeclaredClause
    | EnvironmentClause
    | FeeClause
    | IdentificationClause
    | RoutesClause
    | TermClause
    | UseCaseClause
    | TextClause,
    Field(discriminator="kind"),
]


class ResponseDays(Stated):
    """How long the licensee has to answer a report, as the agreement says it."""

    days: Whole = Field(ge=1, le=3650, description="Days from when the report is received.")
    cites: str = Field(min_length=1, description="The agreement's own paragraph.")


class Version(Stated):
    """One version of a licensee's agreement, in force from an instant."""

    licensee: Slug
    version: str = Field(min_length=1, max_length=63)
    title: str
    in_force_from: Instant
    in_force_until: Instant | None = None
    time_zone: Zone = "Etc/UTC"
    amends: str | None = Field(
        default=None, min_length=1, description="The version that this one amends: the one before it."
    )
    response_days: ResponseDays | None = Field(
        default=None, description="By when a report asks the licensee to answer; absent: it names no day."
    )
    clauses: tuple[AnyClause, ...] = Field(min_length=1)
    cases: tuple[Case, ...] = Field(
        default=(), description="A little usage each, and the verdict expected; `tallystick agreements test` runs them."
    )

    @model_validator(mode="after")
    def _clause_once(self) -> Version:
        names = [clause.id for clause in self.clauses]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise AtKeyError(f"the clause {name!r} stands twice", "clauses", place, "id")
        if self.until_us is not None and self.until_us <= self.from_us:
            raise AtKeyError("it is not after `in_force_from`", "in_force_until")
        return self

    @model_validator(mode="after")
    def _cases_are_of_this_version(self) -> Version:
        bound = Bound(
            licensee=self.licensee,
            time_zone=self.time_zone,
            from_us=self.from_us,
            until_us=self.until_us,
            readings={one.id: tuple(reading.id for reading in getattr(one, "readings", ())) for one in self.clauses},
        )
        for place, case in enumerate(self.cases):
            try:
                bound.refuse(case)
            except AtKeyError as error:
                raise AtKeyError(str(error), "cases", place, *error.path) from error
        return self

    @model_validator(mode="after")
    def _fee_once_in_a_currency(self) -> Version:
        seen: set[str] = set()
        for place, clause in enumerate(self.clauses):
            if isinstance(clause, FeeClause):
                if clause.currency in seen:
                    raise AtKeyError(
                        f"a second fee in {clause.currency}: what was paid is stated by month and currency, and could "
                        "not be told apart",
                        "clauses",
                        place,
                        "currency",
                    )
                seen.add(clause.currency)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """How the version's dates and calendar windows are read."""
        return ZoneInfo(self.time_zone)

    @property
    def from_us(self) -> int:
        """The first instant in force, in microseconds."""
        return parse_instant_us(self.in_force_from, self.zone)

    @property
    def until_us(self) -> int | None:
        """The first instant no longer in force, where the version itself says so."""
        return None if self.in_force_until is None else parse_instant_us(self.in_force_until, self.zone)


def patterns_of(version: Version) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every pattern of routes that a clause or a reading names, and the way to it from the version's keys."""
    for place, clause in enumerate(version.clauses):
        at: tuple[str | int, ...] = ("clauses", place)
        stated = [(at, clause), *(((*at, "readings", n), one) for n, one in enumerate(getattr(clause, "readings", ())))]
        for way, one in stated:
            counts = getattr(one, "counts", None)
            for key, patterns in (
                (("counts", "routes"), getattr(counts, "routes", None)),
                (("allowed",), getattr(one, "allowed", None)),
                (("routes",), getattr(one, "routes", None)),
            ):
                for number, pattern in enumerate(patterns or ()):
                    yield (*way, *key, number), pattern
