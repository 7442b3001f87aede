"""What a register file says of one licensee."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from tallystick.errors import BadPeriodError
from tallystick.period import parse_instant_us
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


Month = Annotated[str, AfterValidator(a_month)]


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


class Licensee(Stated):
    """One licensee, its apps, and what it paid."""

    licensee: Slug
    name: str
    time_zone: Zone = "Etc/UTC"
    apps: tuple[App, ...]
    paid: tuple[Paid, ...] = Field(default=(), description="What clauses of kind `fee` hold against what was owed.")

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

    def app(self, name: str | None) -> App | None:
        """The app of that id, if it is registered."""
        return next((app for app in self.apps if app.app == name), None)
