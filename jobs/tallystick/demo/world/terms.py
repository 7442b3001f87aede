"""The agreements: what each version says and which numbers it has, with a margin that holds by construction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from tallystick.demo.world.amounts import most_bytes
from tallystick.demo.world.budget import LETTERS, Budget, scaled
from tallystick.demo.world.cast import Licensee
from tallystick.demo.world.portions import Integers, rounded_up
from tallystick.demo.world.rhythm import DAYS, SLACK, SLOTS
from tallystick.demo.world.roster import CALLER_WHEEL, LICENSEES, ROSTER
from tallystick.period import parse_instant_us

YEARLY_CAPS = (250_000_000, 320_000_000)
"""Requests a year that the letter's two versions allow, at scale 1."""
QUARTER_HOUR = "PT15M"
AMENDED_ON = date(2022, 4, 1)
"""When the agreement of the lawful licensee with an amended one changed."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Another lawful meaning of a clause: another window."""

    id: str
    says: str
    window: str


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause; `limit` clauses have the five numbers and words of a limit."""

    id: str
    cites: str
    says: str
    kind: str = "limit"
    of: str = "requests"
    per: str = "licensee"
    max: int = 0
    window: str = "calendar"
    within: str = ""
    severity: str = "major"
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Version:
    """One dated version of a licensee's agreement."""

    licensee: str
    in_force_from: str
    title: str
    time_zone: str
    clauses: tuple[Clause, ...]
    note: str = ""

    @property
    def from_us(self) -> int:
        """When it comes into force, in microseconds since 1970."""
        return parse_instant_us(self.in_force_from, ZoneInfo(self.time_zone))

    def clause(self, name: str) -> Clause:
        """The clause of that id."""
        return next(clause for clause in self.clauses if clause.id == name)


USE_CASE = Clause(
    id="approved-purpose",
    cites="§ 2.1",
    says="Each application is used only for a purpose that the provider has approved beforehand.",
    kind="use_case",
)
NO_RESALE = Clause(
    id="no-resale",
    cites="§ 7.3",
    says="Content is not sold, lent or handed on to others in bulk.",
    kind="text",
)


def letter_versions(limits: tuple[int, int], scale: Decimal) -> tuple[Version, ...]:
    """The two versions of the letter's agreement that bind in 2022, with the quarter-hour limits of both."""
    fixed = Reading(
        id="fixed-quarters", says="Quarter hours begin at 0, 15, 30 and 45 minutes past the hour.", window="calendar"
    )
    first, second = (scaled(cap, scale) for cap in YEARLY_CAPS)
    return (
        letter_version(
            "2021-07-01",
            "Developer Agreement, fourth amendment",
            cap=first,
            quarter=limits[0],
            note="The version that the year 2022 begins with.",
        ),
        letter_version(
            "2022-07-01",
            "Developer Agreement, fifth amendment",
            cap=second,
            quarter=limits[1],
            note="Amended in mid-year: other numbers, and a quarter hour that can be read in two ways.",
            readings=(fixed,),
        ),
    )


def letter_version(
    start: str, title: str, *, cap: int, quarter: int, note: str = "", readings: tuple[Reading, ...] = ()
) -> Version:
    """One version of the letter's agreement: so many requests a year, and so many of an app in a quarter hour."""
    return Version(
        licensee=LICENSEES[LETTERS].id,
        in_force_from=start,
        title=title,
        time_zone="Etc/UTC",
        note=note,
        clauses=(
            _yearly(cap, severity="critical"),
            _quarter_hour(quarter, readings=readings),
            USE_CASE,
            NO_RESALE,
        ),
    )


def lawful_versions(licensee: Licensee, budget: Budget, bounds: dict[int, int]) -> tuple[Version, ...]:
    """The agreement of a licensee who keeps it; `bounds` has the most each of its apps does in any quarter hour."""
    apps = ROSTER.apps_of(LICENSEES.index(licensee))
    requests, records = budget.requests[apps], budget.records[apps]
    daily = _daily(rounded_up(most_in_a_day(requests, budget.slots[apps])))
    quarter = _quarter_hour(rounded_up(max(bounds[app] for app in apps)))
    months = month_sums(records.sum(axis=0), reach=licensee.time_zone != "Etc/UTC")
    clauses = {
        "volume": (_yearly(_above(int(requests.sum()))), quarter, USE_CASE, NO_RESALE),
        "records": (_monthly(_above(max(months)), of="records"), daily, USE_CASE),
        "credential": (_daily(_most_of_a_caller(requests, apps), per="credential"), daily, USE_CASE, NO_RESALE),
        "bytes": (_monthly(_above(_most_bytes_in_a_month(requests, records)), of="response_bytes"), quarter, USE_CASE),
        "amended": (_yearly(_above(int(requests.sum()))), quarter, USE_CASE),
    }
    first = Version(
        licensee=licensee.id,
        in_force_from="2020-01-01",
        title="Standard Access Agreement",
        time_zone=licensee.time_zone,
        note=licensee.note,
        clauses=clauses[str(licensee.terms)],
    )
    if licensee.terms != "amended":
        return (first,)
    rest = _yearly(_above(int(requests[:, DAYS.index(AMENDED_ON) :].sum())))
    return (
        first,
        Version(
            licensee=licensee.id,
            in_force_from=AMENDED_ON.isoformat(),
            title="Standard Access Agreement, first amendment",
            time_zone=licensee.time_zone,
            note=licensee.note,
            clauses=(rest, quarter, USE_CASE),
        ),
    )


def most_in_a_day(requests: Integers, slots: Integers) -> int:
    """A bound on the requests of any local day in any zone, an hour longer where clocks are set back."""
    following = np.roll(requests, -1, axis=1)
    busiest = np.maximum(requests, following)
    extra_hour = -(-busiest * 4 * slots.max(axis=1)[:, None] // slots.sum(axis=1)[:, None])
    return int((busiest + extra_hour).sum(axis=0).max()) + SLACK * len(requests)


def month_sums(daily: Integers, *, reach: bool) -> list[int]:
    """The sums of the twelve months; with `reach` each takes in the day before it and the day after it."""
    sums = []
    for month in range(1, 13):
        days = [number for number, day in enumerate(DAYS) if day.month == month]
        sums.append(int(daily[max(days[0] - reach, 0) : days[-1] + 1 + reach].sum()))
    return sums


def _most_of_a_caller(requests: Integers, apps: list[int]) -> int:
    """A round bound on what any credential does in any local day."""
    turns = np.array([np.unique(ROSTER.caller_wheel[app], return_counts=True)[1].max() for app in apps])
    return rounded_up(int(((requests.max(axis=1) * 27 // 25 // CALLER_WHEEL + 2) * turns).max()) + SLACK)


def _most_bytes_in_a_month(requests: Integers, records: Integers) -> int:
    calls, returned = (month_sums(daily.sum(axis=0), reach=False) for daily in (requests, records))
    return max(most_bytes(*amounts) for amounts in zip(calls, returned, strict=True))


def _above(number: int) -> int:
    """A round number at least 2 % above."""
    return rounded_up(number * 51 // 50 + 1)


def _yearly(most: int, *, severity: str = "major") -> Clause:
    return Clause(
        id="yearly-volume",
        cites="§ 4.2",
        says=f"In a calendar year the licensee makes at most {most:,} calls. Calls refused with 429 do not count.",
        max=most,
        within="P1Y",
        severity=severity,
    )


def _quarter_hour(most: int, *, readings: tuple[Reading, ...] = ()) -> Clause:
    return Clause(
        id="quarter-hour",
        cites="§ 4.3",
        says=f"No app makes more than {most:,} calls within any 15 minutes. Calls refused with 429 do not count.",
        per="app",
        max=most,
        window="sliding",
        within=QUARTER_HOUR,
        readings=readings,
    )


def _daily(most: int, *, per: str = "licensee") -> Clause:
    subject = "one credential is used for" if per == "credential" else "the licensee makes"
    return Clause(
        id="daily-volume" if per == "licensee" else "daily-use",
        cites="§ 4.4" if per == "licensee" else "§ 4.5",
        says=f"In a calendar day {subject} at most {most:,} calls. Calls refused with 429 do not count.",
        per=per,
        max=most,
        within="P1D",
    )


def _monthly(most: int, *, of: str) -> Clause:
    what = "records" if of == "records" else "bytes"
    return Clause(
        id=f"monthly-{what}",
        cites="§ 4.6",
        says=f"In a calendar month at most {most:,} {what} are returned to the licensee.",
        of=of,
        max=most,
        within="P1M",
        severity="minor",
    )


def quarter_hour_bounds(requests: Integers, slots: Integers, silent: dict[tuple[int, int], Integers]) -> list[int]:
    """The most that each app can do in any quarter hour outside bursts; `requests` is apps x 365."""
    share = np.broadcast_to((slots.max(axis=1))[:, None], requests.shape).copy()
    whole = np.broadcast_to(slots.sum(axis=1)[:, None], requests.shape).copy()
    for (app, day), weights in silent.items():
        share[app, day], whole[app, day] = weights.max(), weights.sum()
    assert slots.shape[1] == SLOTS
    return [int(most) + SLACK for most in (-(-requests * share // whole)).max(axis=1)]
