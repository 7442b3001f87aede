"""What clauses of kind `limit` say: so much, of what, per whom, in which window, and their other readings."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from tallystick.agreements.clause import AS_WRITTEN, Clause, Of, Per, Status, Whole, Window
from tallystick.agreements.length import Length, calendar_length, fixed_length
from tallystick.agreements.route import Method, RoutePattern
from tallystick.register.model import Slug
from tallystick.yaml_file import AtKeyError, Stated

LARGEST = 2**63 - 1


class Counts(Stated):
    """Which requests are in a clause's scope; a key that is absent does not restrict."""

    routes: tuple[RoutePattern, ...] | None = Field(
        default=None, min_length=1, description="`GET /2/tweets/{id}`; * is any run of characters."
    )
    methods: tuple[Method, ...] | None = Field(default=None, min_length=1)
    statuses: tuple[Status, ...] | None = Field(default=None, min_length=1)
    except_status: tuple[Status, ...] | None = Field(
        default=None, description="Default 429 where `statuses` is absent too; [] counts every status."
    )

    @model_validator(mode="after")
    def _counts_something(self) -> Counts:
        if self.statuses is not None and not set(self.statuses) - set(self.without):
            raise AtKeyError("it takes out every status of `statuses`: nothing is left to count", "except_status")
        return self

    @property
    def without(self) -> tuple[int, ...]:
        """The statuses that are not counted."""
        if self.except_status is not None:
            return self.except_status
        return (429,) if self.statuses is None else ()


class Terms(Stated):
    """What a limit or one of its readings says; a reading states only what differs."""

    of: Of | None = None
    per: Per | None = None
    max: Whole | None = Field(default=None, ge=0, le=LARGEST)
    window: Window | None = None
    within: str | None = None
    counts: Counts | None = None
    tolerance: Whole | str | None = None

    @field_validator("tolerance")
    @classmethod
    def _number_or_share(cls, value: int | str | None) -> int | str | None:
        is_number = isinstance(value, int) and value >= 0
        is_share = isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})? ?%", value)
        if value is not None and not is_number and not is_share:
            raise ValueError('a tolerance is a number, or a percentage such as "2 %"')
        return value


class Reading(Terms):
    """Another lawful meaning of a clause's words."""

    id: Slug
    says: str


class LimitClause(Clause, Terms):
    """At most so many, per whom, in which window."""

    kind: Literal["limit"]
    of: Of
    per: Per
    max: Whole = Field(ge=0, le=LARGEST)
    window: Window
    within: str
    readings: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _readings_differ(self) -> LimitClause:
        seen = {self.limit_as(None): AS_WRITTEN}
        for place, reading in enumerate(self.readings):
            try:
                limit = self.limit_as(reading)
            except AtKeyError as error:
                raise AtKeyError(str(error), "readings", place, *error.path) from error
            if limit in seen:
                said = f"the reading {reading.id!r} changes nothing against {seen[limit]!r}"
                raise AtKeyError(said, "readings", place, "id")
            if reading.id in seen.values():
                raise AtKeyError(f"the reading {reading.id!r} stands twice", "readings", place, "id")
            seen[limit] = reading.id
        return self

    def limit_as(self, reading: Reading | None) -> Limit:
        """The whole limit under a reading, or as written."""

        def stated(name: str) -> Any:
            said = getattr(reading, name) if reading is not None else None
            return getattr(self, name) if said is None else said

        window, within, most = stated("window"), str(stated("within")), int(stated("max"))
        most_tolerated = most + tolerated(most, stated("tolerance"))
        if most_tolerated > LARGEST:
            raise AtKeyError(f"max and tolerance together are past {LARGEST:,}", "tolerance")
        try:
            length = calendar_length(within) if window == "calendar" else fixed_length(within)
        except ValueError as error:
            raise AtKeyError(str(error), "within") from error
        return Limit(
            of=stated("of"),
            per=stated("per"),
            max=most,
            limit=most_tolerated,
            window=window,
            length=length,
            scope=Scope.of(stated("counts")),
        )


class Permitted(Stated):
    """What calls may be: of these routes, with these methods, for nothing older than so many microseconds before."""

    allowed: tuple[str, ...] | None
    methods: tuple[str, ...] | None
    history_us: int | None


class Scope(Stated):
    """Which requests count, in one canonical form: equal scopes are equal values.

    `beyond` are calls that something does not permit. With `is_undetermined` it is those of which the log does not say
    enough to tell whether the rest of the scope holds.
    """

    routes: tuple[str, ...] | None
    methods: tuple[str, ...] | None
    statuses: tuple[int, ...] | None
    without: tuple[int, ...]
    user_agents: tuple[str, ...] | None = Field(default=None, repr=False)
    apps: tuple[str, ...] | None = Field(default=None, repr=False)
    credentials: tuple[str, ...] | None = Field(default=None, repr=False)
    beyond: Permitted | None = Field(default=None, repr=False)
    is_undetermined: bool = Field(default=False, repr=False)

    @classmethod
    def of(cls, counts: object) -> Scope:
        """The scope that `counts` states; without one, all requests that were not refused with 429."""
        said = counts if isinstance(counts, Counts) else Counts()
        return cls(
            routes=None if said.routes is None else tuple(sorted(set(said.routes))),
            methods=None if said.methods is None else tuple(sorted({method.upper() for method in said.methods})),
            statuses=None if said.statuses is None else tuple(sorted(set(said.statuses))),
            without=tuple(sorted(set(said.without))),
        )


class Limit(Stated):
    """One limit under one reading: more than `limit` = `max` + tolerance of `of`, per `per`, in a window."""

    of: Of
    per: Per
    max: int
    limit: int
    window: Window
    length: Length
    scope: Scope


def tolerated(most: int, tolerance: object) -> int:
    """What a tolerance adds to `most`: its number, or its percentage of `most` rounded down."""
    if tolerance is None:
        return 0
    if isinstance(tolerance, int):
        return tolerance
    whole, _, fraction = str(tolerance).rstrip(" %").partition(".")
    return int(most * int(whole + fraction) // (100 * 10 ** len(fraction)))
