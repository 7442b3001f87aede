"""What a register file says of one licensee."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from tallystick.errors import BadPeriodError
from tallystick.period import Period, parse_instant_us
from tallystick.register.money import Amount, Currency, fits
from tallystick.yaml_file import AtKeyError, Stated


def a_slug(text: str) -> str:
    """An id that is safe in paths, tables and addresses everywhere."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", text) or ".." in text:
        raise ValueError("an id is 1 to 63 of a-z, 0-9, '-', '_' and '.', and begins with a letter or digit")
    return text


def a_zone(text: str) -> str:
    """The name of a time zone of the IANA database."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{text!r} is no time zone; write one such as Etc/UTC or America/Los_Angeles") from error
    return text


def an_instant(text: str) -> str:
    """A date or date-time; its zone is known only to the file as a whole."""
    try:
        parse_instant_us(text, ZoneInfo("Etc/UTC"))
    except BadPeriodError as error:
        raise ValueError(f"{text!r} is no date; write 2022-06-30 or 2022-06-30T12:00:00Z") from error
    return text


Slug = Annotated[str, AfterValidator(a_slug)]
Zone = Annotated[str, AfterValidator(a_zone)]
Instant = Annotated[str, AfterValidator(an_instant)]

Environment = Literal["production", "stage", "dev"]

BY = ("credential", "credential_sha256", "principal", "user", "network", "user_agent")
"""How a caller can be recognised, the surest way first."""


class Recogniser(Stated):
    """One way in which an app's calls are recognised, from an instant until another."""

    credential: str | None = None
    credential_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    principal: str | None = Field(default=None, description="Exact, or a pattern in which * is any run of characters.")
    user: str | None = Field(default=None, description="Exact, or a pattern in which * is any run of characters.")
    network: str | None = None
    user_agent: str | None = Field(default=None, description="Exact, or a pattern in which * is any run of characters.")
    name: Slug | None = Field(default=None, description="What reports call the credential; its own text where absent.")
    from_: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None
    revoked: Instant | None = Field(
        default=None,
        description="When the credential was revoked; a call that shows it later is the app's all the same, and is "
        "what clauses of kind `term` measure.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Recogniser:
        given = [way for way in BY if getattr(self, way) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {', '.join(BY)} is needed, {len(given)} given")
        if self.network is not None:
            try:
                ipaddress.ip_network(self.network)
            except ValueError as error:
                raise AtKeyError(f"{error}; write 192.0.2.0/24 or 2001:db8::/32", "network") from error
        if not self.value:
            raise AtKeyError("it is empty, and would recognise everybody or nobody", self.by)
        if self.revoked is not None and self.credential_id is None:
            raise ValueError("what is revoked is a credential: give it a `name`, so that its calls can be told apart")
        return self

    @property
    def by(self) -> str:
        """Which of the ways of `BY` this is."""
        return next(way for way in BY if getattr(self, way) is not None)

    @property
    def value(self) -> str:
        """The text to compare with."""
        return str(getattr(self, self.by))

    @property
    def credential_id(self) -> str | None:
        """What tables and reports call the credential, if it is one that has a name."""
        return self.name or self.credential


class UseCase(Stated):
    """What an app is for, as its licensee described it, and when the provider approved that."""

    text: str
    approved: Instant | None = Field(default=None, description="Absent: never approved.")


class App(Stated):
    """One registered app."""

    app: Slug
    name: str | None = None
    registered: Instant | None = None
    ended: Instant | None = Field(
        default=None, description="The first instant that no longer belongs to the registration."
    )
    environment: Environment = "production"
    use_case: UseCase | None = None
    recognised_by: tuple[Recogniser, ...] = ()


def a_month(text: str) -> str:
    """A calendar month."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text, re.ASCII) or text < "0001":
        raise ValueError(f"{text!r} is no month; write 2022-01")
    return text


def a_day(text: str) -> str:
    """A day of the calendar."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day; write 2023-06-30") from error
    return text


def a_period(text: str) -> str:
    """A period as an audit names it; its zone is known only where it is audited."""
    try:
        Period.parse(text)
    except BadPeriodError as error:
        raise ValueError(f"{text!r} is no period; write 2022, 2022-Q4, 2022-12 or START/END") from error
    return text


Month = Annotated[str, AfterValidator(a_month)]
CalendarDay = Annotated[str, AfterValidator(a_day)]
PeriodText = Annotated[str, AfterValidator(a_period)]


class Paid(Stated):
    """What was paid for the usage of a calendar month, all payments together; a month without one: not stated."""

    month: Month = Field(description="The month that it was paid for, whenever it was paid.")
    amount: Amount = Field(description='All that was paid for it; "0" states that nothing was.')
    currency: Currency = Field(description="The code of ISO 4217 that it was paid in.")

    @model_validator(mode="after")
    def _can_be_paid(self) -> Paid:
        if not fits(self.amount, self.currency):
            raise AtKeyError(f"{self.amount} has more digits after the point than {self.currency} has", "amount")
        return self


class Response(Stated):
    """What the licensee answered to what was found under one clause in one period; reports show it beside that."""

    clause: Slug = Field(description="The id of the clause that was found to be exceeded or not decided.")
    app: Slug | None = Field(default=None, description="The app that it is about; absent: whatever the clause found.")
    credential: str | None = Field(
        default=None, min_length=1, description="The credential that it is about, as reports call it; or `app`."
    )
    period: PeriodText = Field(description="The audited period, written as the report writes it.")
    date: CalendarDay = Field(description="The day of the answer.")
    text: str = Field(min_length=1, max_length=20_000, description="The answer in the licensee's own words.")

    @model_validator(mode="after")
    def _about_one_key(self) -> Response:
        if self.app is not None and self.credential is not None:
            raise AtKeyError("it is about an app or about a credential: take one of the two out", "credential")
        return self

    @property
    def key(self) -> str | None:
        """The key of the findings that it answers; None: any."""
        return self.app or self.credential


class Licensee(Stated):
    """One licensee, its apps, what it paid, and what it answered."""

    licensee: Slug
    name: str
    time_zone: Zone = "Etc/UTC"
    apps: tuple[App, ...]
    paid: tuple[Paid, ...] = Field(default=(), description="What clauses of kind `fee` hold against what was owed.")
    responses: tuple[Response, ...] = Field(
        default=(), description="What it answered to findings of earlier reports; no count depends on it."
    )

    @model_validator(mode="after")
    def _app_once(self) -> Licensee:
        names = [app.app for app in self.apps]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise AtKeyError(f"the app {name!r} stands twice", "apps", place, "app")
        return self

    @model_validator(mode="after")
    def _paid_once(self) -> Licensee:
        seen = [(paid.month, paid.currency) for paid in self.paid]
        for place, (month, currency) in enumerate(seen):
            if (month, currency) in seen[:place]:
                raise AtKeyError(f"{month} stands twice in {currency}; add both up in one", "paid", place, "month")
        return self

    @model_validator(mode="after")
    def _answered_once(self) -> Licensee:
        seen = [(one.clause, one.key, one.period) for one in self.responses]
        for place, answered in enumerate(seen):
            if answered in seen[:place]:
                raise AtKeyError("a second answer to the same; write both as one text", "responses", place)
        return self

    @model_validator(mode="after")
    def _ends_follow_beginnings(self) -> Licensee:
        for place, app in enumerate(self.apps):
            if self._holds_no_time(app.registered, app.ended):
                raise AtKeyError("it is not after `registered`", "apps", place, "ended")
            for number, way in enumerate(app.recognised_by):
                if self._holds_no_time(way.from_, way.until):
                    raise AtKeyError("it is not after `from`", "apps", place, "recognised_by", number, "until")
        return self

    @model_validator(mode="after")
    def _revoked_once(self) -> Licensee:
        stated: dict[str, int | None] = {}
        for way in (way for app in self.apps for way in app.recognised_by):
            revoked_us, until_us = self.instant_us(way.revoked), self.instant_us(way.until)
            if revoked_us is not None and until_us is not None and until_us <= revoked_us:
                raise ValueError(f"{way.value!r} is recognised only until {way.until}, and revoked at {way.revoked}")
            if way.credential_id is not None and stated.setdefault(way.credential_id, revoked_us) != revoked_us:
                raise ValueError(
                    f"the credential {way.credential_id!r} stands twice, revoked at different times; give one of them "
                    "another name"
                )
        return self

    def revoked_us(self) -> dict[str, int]:
        """When each revoked credential was revoked, in microseconds, by its id."""
        ways = [way for app in self.apps for way in app.recognised_by]
        found = {way.credential_id: self.instant_us(way.revoked) for way in ways}
        return {name: us for name, us in found.items() if name is not None and us is not None}

    def _holds_no_time(self, begin: str | None, end: str | None) -> bool:
        """Whether two of this file's dates, where both are stated, are no beginning and end."""
        begin_us, end_us = self.instant_us(begin), self.instant_us(end)
        return begin_us is not None and end_us is not None and end_us <= begin_us

    def instant_us(self, text: str | None) -> int | None:
        """One of this file's dates as an instant in microseconds, read in the file's time zone."""
        return None if text is None else parse_instant_us(text, ZoneInfo(self.time_zone))

    def paid_in(self, month: str, currency: str) -> Decimal | None:
        """What was paid for a month in a currency; None where the register does not state it."""
        found = (paid.amount for paid in self.paid if (paid.month, paid.currency) == (month, currency))
        return next(found, None)

    def response_to(self, clause: str, key: str | None, period: str) -> Response | None:
        """What was answered to a finding: to just its key, else to whatever the clause found in that period."""
        about = [one for one in self.responses if (one.clause, one.period) == (clause, period)]
        named = (one for one in about if key is not None and one.key == key)
        return next(named, next((one for one in about if one.key is None), None))

    def app(self, name: str | None) -> App | None:
        """The app of that id, if it is registered."""
        return next((app for app in self.apps if app.app == name), None)
