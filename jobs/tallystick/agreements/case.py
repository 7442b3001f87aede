"""What a version's `cases` say: a little usage, and the verdict expected of its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from tallystick.agreements.clause import Status, Whole
from tallystick.agreements.length import fixed_length
from tallystick.agreements.limit import LARGEST
from tallystick.agreements.route import METHODS, Method
from tallystick.errors import BadPeriodError
from tallystick.period import Period, add_months, local_midnight_us, parse_instant_us, to_instant
from tallystick.register.model import App, Instant, Licensee, Paid, Slug
from tallystick.register.money import Amount
from tallystick.yaml_file import AtKeyError, Stated

Verdict = Literal["kept", "exceeded", "not decided", "not checked"]
Number = Annotated[Whole, Field(ge=0, le=LARGEST)]

MOST_REQUESTS = 1_000_000
"""How many requests a case may have; a test is a small one."""


def a_length(text: str) -> str:
    """A duration that does not depend on a calendar."""
    fixed_length(text)
    return text


def a_year(value: object) -> object:
    """A year without quotes, which YAML takes for a number, as the text that it is."""
    return f"{value:04}" if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else value


def a_period(text: str) -> str:
    """A period in one of its five forms; its zone is known only to the file as a whole."""
    try:
        Period.parse(text)
    except BadPeriodError as error:
        raise ValueError(f"{error.what}; {error.next_step}") from error
    return text


CasePeriod = Annotated[str, AfterValidator(a_period), BeforeValidator(a_year, json_schema_input_type=str | int)]


class CaseRequest(Stated):
    """One request of a case, or several alike. What it does not state, the log does not say, but for the status."""

    at: Instant = Field(description="When it is received.")
    times: Annotated[Whole, Field(ge=1, le=MOST_REQUESTS)] = Field(default=1, description="How many there are.")
    every: Annotated[str, AfterValidator(a_length)] | None = Field(
        default=None, description="How long after one of them the next is received; absent: all at the same instant."
    )
    app: Slug | None = Field(
        default=None, description="The app; absent: whose the credential is, or else the first one of the register."
    )
    credential: str | None = Field(default=None, min_length=1, description="The name of the credential.")
    user: str | None = Field(default=None, description="The person or account it is made for.")
    method: Method | None = Field(default=None, description="The HTTP method.")
    route: str | None = Field(default=None, min_length=1, description="The route; `GET /2/tweets` says the method too.")
    status: Status | None = Field(default=200, description="The HTTP status; `~` is one that the log does not say.")
    records: Number | None = Field(default=None, description="How many records are returned.")
    response_bytes: Number | None = Field(default=None, description="The size of the answer.")
    duration_us: Number | None = Field(default=None, description="How long it takes, in microseconds.")
    user_agent: str | None = Field(default=None, description="How the client names its software.")
    history_from: Instant | None = Field(default=None, description="The oldest instant that it asks for.")

    @model_validator(mode="after")
    def _method_once(self) -> CaseRequest:
        method, gap, _ = (self.route or "").partition(" ")
        if gap and method not in METHODS:
            raise AtKeyError(f"{method!r} is no HTTP method in capitals; write GET /2/tweets, or /2/tweets", "route")
        if gap and self.method not in (None, method):
            raise AtKeyError(f"the route says {method} already; take one of the two out", "method")
        return self

    @property
    def called(self) -> tuple[str | None, str | None]:
        """Method and route, each as the log says it."""
        method, gap, path = (self.route or "").partition(" ")
        return (method, path) if gap else (self.method, self.route)

    @property
    def every_us(self) -> int:
        """The time between two of them, in microseconds."""
        us = None if self.every is None else fixed_length(self.every).us
        return us or 0

    def instants_us(self, zone: ZoneInfo) -> tuple[int, int]:
        """When the first and the last of them is received, in microseconds."""
        first = parse_instant_us(self.at, zone)
        return first, first + (self.times - 1) * self.every_us


class Expected(Stated):
    """What a case expects of one clause under one reading; numbers that are not stated are not compared."""

    verdict: Verdict = Field(description="The verdict over all keys, or of `key`.")
    reading: Slug | None = Field(default=None, description="The id of a reading; absent: the clause as written.")
    key: str | None = Field(default=None, description="Whose verdict and numbers these are: an app, a user, a month …")
    used: Number | None = Field(default=None, description="What the measure calls used.")
    peak: Number | None = Field(default=None, description="The largest amount in a window.")
    windows: Number | None = Field(default=None, description="How many windows or episodes are over.")
    requests_over: Number | None = Field(default=None, description="How many requests are over.")
    served_over: Number | None = Field(default=None, description="How many of them were let through.")
    owed: Amount | None = Field(default=None, description="What a clause of kind `fee` finds owed.")
    underpaid: Amount | None = Field(default=None, description="What it finds owed and not paid.")
    interest: Amount | None = Field(default=None, description="What it finds owed for being late.")


def a_list(value: object) -> object:
    """What is expected of a clause, however short it is written: a verdict, one mapping, or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return [{"verdict": one} if isinstance(one, str) else one for one in listed]


Expectation = Annotated[
    tuple[Expected, ...],
    Field(min_length=1),
    BeforeValidator(a_list, json_schema_input_type=Verdict | Expected | list[Verdict | Expected]),
]


class Case(Stated):
    """A little usage, and the verdict expected of some clauses."""

    says: str = Field(description="What the case shows, in a sentence.")
    requests: tuple[CaseRequest, ...] = Field(description="The usage; `[]` is none.")
    expect: dict[Slug, Expectation] = Field(
        min_length=1, description="For the id of a clause its verdict, or verdict and numbers, or a list of those."
    )
    period: CasePeriod | None = Field(
        default=None, description="The audited period; absent: the calendar months that the requests touch."
    )
    apps: tuple[App, ...] | None = Field(
        default=None, description="The register's apps in this case; absent: those of the project's register."
    )
    paid: tuple[Paid, ...] = Field(default=(), description="What the register says was paid, in this case.")

    def licensee(self, name: str, time_zone: str) -> Licensee | None:
        """What the register says in this case; None where the case leaves that to the project's register."""
        if self.apps is None and not self.paid:
            return None
        named = {one.app: None for one in self.requests if one.app is not None} or {"app": None}
        apps = self.apps if self.apps is not None else tuple(App(app=app) for app in named)
        return Licensee(licensee=name, name=name, time_zone=time_zone, apps=apps, paid=self.paid)

    def audited(self, zone: ZoneInfo) -> Period:
        """The period that is audited. ValueError for a case that has neither a period nor requests."""
        if self.period is not None:
            return Period.parse(self.period, zone)
        instants = [us for one in self.requests for us in one.instants_us(zone)]
        if not instants:
            raise ValueError("a case without requests says its `period`")
        first, last = (to_instant(us).astimezone(zone).date().replace(day=1) for us in (min(instants), max(instants)))
        following = add_months(last, 1)
        return Period(
            text=f"{first}/{following}",
            start_us=local_midnight_us(first, zone),
            end_us=local_midnight_us(date(following.year, following.month, 1), zone),
        )


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What the cases of a version are held to: its clauses with their readings, and when it is in force."""

    licensee: str
    time_zone: str
    from_us: int
    until_us: int | None
    readings: Mapping[str, tuple[str, ...]]

    def refuse(self, case: Case) -> None:
        """Raise AtKeyError, from the keys of the case, for what the version can give no verdict on."""
        zone = ZoneInfo(self.time_zone)
        if sum(one.times for one in case.requests) > MOST_REQUESTS:
            raise AtKeyError(f"a case has at most {MOST_REQUESTS:,} requests in all", "requests")
        try:
            period = case.audited(zone)
        except ValueError as error:
            raise AtKeyError(str(error), "requests") from error
        if period.end_us <= self.from_us or (self.until_us is not None and period.start_us >= self.until_us):
            raise AtKeyError("the version is not in force in any part of it", "period")
        self._refuse_request(case, period)
        for clause, expected in case.expect.items():
            self._refuse_expectation(clause, expected)
        try:
            case.licensee(self.licensee, self.time_zone)
        except ValidationError as error:
            raise _at_cause(error) from error

    def _refuse_request(self, case: Case, period: Period) -> None:
        for place, request in enumerate(case.requests):
            for us in request.instants_us(ZoneInfo(self.time_zone)):
                if us < self.from_us or (self.until_us is not None and us >= self.until_us):
                    raise AtKeyError("the version is not in force then", "requests", place, "at")
                if not period.contains(us):
                    raise AtKeyError(f"it lies outside the period {period.text}", "requests", place, "at")

    def _refuse_expectation(self, clause: str, expected: tuple[Expected, ...]) -> None:
        if clause not in self.readings:
            known = ", ".join(self.readings)
            raise AtKeyError(f"the version has no clause {clause!r}; it has {known}", "expect", clause)
        for place, one in enumerate(expected):
            if one.reading is not None and one.reading not in self.readings[clause]:
                known = ", ".join(self.readings[clause]) or "none"
                raise AtKeyError(
                    f"the clause has no reading {one.reading!r}; it has {known}", "expect", clause, place, "reading"
                )


def _at_cause(error: ValidationError) -> AtKeyError:
    """What a case's register breaks, at its key in the case."""
    first = error.errors()[0]
    cause: Any = first.get("ctx", {}).get("error")
    path = [*first["loc"], *getattr(cause, "path", ())] or ["apps"]
    return AtKeyError(first["msg"].removeprefix("Value error, "), *path)
