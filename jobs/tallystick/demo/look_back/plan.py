"""What the letter's licensee does in 2021: every Monday a bulk export, under five versions, as whole numbers.

In 2021 the provider served bulk exports from one host of their own, once a week; it was switched off at the year's end,
before the logs of 2022 begin. So no window of 2021 reaches into 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tallystick.demo.world.budget import scaled
from tallystick.demo.world.halcyon import LETTER
from tallystick.demo.world.plan import World
from tallystick.demo.world.portions import Integers, by_largest_remainder, in_turn, rounded_up
from tallystick.demo.world.rhythm import SLOTS
from tallystick.demo.world.roster import ROSTER
from tallystick.demo.world.terms import Version, letter_version
from tallystick.period import DAY_US, EPOCH, Period, parse_instant_us

PERIOD = "2021-01-01/2023-01-01"
MONDAYS = tuple(date(2021, 1, 4) + timedelta(weeks=week) for week in range(52))
REQUESTS, RECORDS = 208_000_000, 6_900_000_000
"""Of all Mondays together, at scale 1."""
SHARES = {
    "halcyon-monitor": 20,
    "halcyon-insight": 19,
    "halcyon-archive": 18,
    "halcyon-alerts": 17,
    "halcyon-signal": 14,
    "halcyon-relay": 12,
}
"""The apps that exported in bulk, and their parts of it; one makes no call before it was registered."""
VERSIONS = (
    ("2020-05-25", 30_000_000, "Developer Agreement"),
    ("2021-02-15", 26_000_000, "Developer Agreement, first amendment"),
    ("2021-04-05T12:00:00Z", 36_000_000, "Developer Agreement, second amendment"),
    ("2021-05-31", 18_000_000, "Developer Agreement, third amendment"),
)
"""In force from, and the requests a calendar year that it allows at scale 1. The two of 2022 follow."""
SLACK = 3
"""What the places of requests can add to a quarter hour's even share of a day."""


@dataclass(frozen=True, kw_only=True)
class Rush:
    """A short time in which an app calls faster: `size` percent of the quarter-hour limit that binds then, and `more`.

    `first_at` and `last_at` are the instants of its first and last request; none of them is refused.
    """

    app: str
    first_at: str
    last_at: str
    size: int
    more: int = 1


RUSHES = (
    Rush(app="halcyon-monitor", first_at="2021-03-08T09:10:00Z", last_at="2021-03-08T09:20:00Z", size=160),
    Rush(app="halcyon-insight", first_at="2021-06-14T22:02:00Z", last_at="2021-06-14T22:14:00Z", size=140),
    Rush(app="halcyon-insight", first_at="2021-10-18T14:40:00Z", last_at="2021-10-18T14:53:00Z", size=180),
    # Up to the limit exactly on either side of the instant at which a version gives way to the next; each is kept.
    Rush(app="halcyon-relay", first_at="2021-04-05T11:53:00Z", last_at="2021-04-05T11:59:59.999999Z", size=100, more=0),
    Rush(app="halcyon-relay", first_at="2021-04-05T12:00:00Z", last_at="2021-04-05T12:07:00Z", size=100, more=0),
)
SILENT = {("halcyon-relay", date(2021, 4, 5))}
"""Days on which an app does nothing but its rushes."""


@dataclass(frozen=True, kw_only=True)
class Sized:
    """A rush of `requests`, evenly from its first to its last, both given in microseconds."""

    app: int
    monday: int
    first_us: int
    last_us: int
    requests: int

    def instants(self) -> Integers:
        """When its requests come, in order."""
        place = np.arange(self.requests, dtype=np.int64)
        return self.first_us + place * (self.last_us - self.first_us) // (self.requests - 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class LookBack:
    """The Mondays of 2021: `background` and `records` are apps (as in SHARES) x 52; rushes come on top of background.

    `versions` are the four before those that `world` knows.
    """

    world: World
    background: Integers
    records: Integers
    rushes: tuple[Sized, ...]
    versions: tuple[Version, ...]

    def __reduce__(self) -> tuple[object, ...]:
        return plan_look_back, (self.world,)

    @property
    def all_versions(self) -> tuple[Version, ...]:
        """All six, in order."""
        return (*self.versions, *self.world.versions[LETTER])

    @property
    def requests(self) -> Integers:
        """All requests, apps x 52."""
        return _with_rushes(self.background, self.rushes)

    def binding(self, received_us: Integers) -> Integers:
        """The place among the six of the version that binds each instant."""
        starts = np.array([version.from_us for version in self.all_versions], dtype=np.int64)
        place: Integers = np.searchsorted(starts, received_us, side="right") - 1
        return place


def plan_look_back(world: World) -> LookBack:
    """Decide the Mondays of a world's look-back."""
    total = scaled(REQUESTS, world.scale)
    parts = by_largest_remainder(total, list(SHARES.values()))
    limit = rounded_up((-(-parts[0] // len(MONDAYS) // SLOTS) + SLACK) * 3 // 2)
    versions = tuple(
        letter_version(start, title, cap=scaled(cap, world.scale), quarter=limit) for start, cap, title in VERSIONS
    )
    rushes = tuple(_sized(rush, (*versions, *world.versions[LETTER])) for rush in RUSHES)
    on_top = _with_rushes(np.zeros((len(SHARES), len(MONDAYS)), dtype=np.int64), rushes).sum(axis=1).tolist()
    background = np.array(
        [in_turn(part - rushing, _weights(app)) for app, part, rushing in zip(SHARES, parts, on_top, strict=True)],
        dtype=np.int64,
    )
    records = in_turn(scaled(RECORDS, world.scale), _with_rushes(background, rushes).ravel().tolist())
    return LookBack(
        world=world,
        background=background,
        records=np.array(records, dtype=np.int64).reshape(background.shape),
        rushes=rushes,
        versions=versions,
    )


def _weights(app: str) -> list[int]:
    """1 for each Monday on which an app exports beside its rushes."""
    registered = ROSTER.apps[ROSTER.app_number(app)].registered
    return [int(day.isoformat() >= registered and (app, day) not in SILENT) for day in MONDAYS]


def _sized(rush: Rush, versions: tuple[Version, ...]) -> Sized:
    first_us, last_us = (parse_instant_us(text, ZoneInfo("Etc/UTC")) for text in (rush.first_at, rush.last_at))
    limit = [version for version in versions if version.from_us <= first_us][-1].clause("quarter-hour").max
    return Sized(
        app=list(SHARES).index(rush.app),
        monday=MONDAYS.index(date.fromisoformat(rush.first_at[:10])),
        first_us=first_us,
        last_us=last_us,
        requests=limit * rush.size // 100 + rush.more,
    )


def _with_rushes(background: Integers, rushes: tuple[Sized, ...]) -> Integers:
    requests = background.copy()
    for rush in rushes:
        requests[rush.app, rush.monday] += rush.requests
    return requests


def year_2021() -> Period:
    """The calendar year 2021 in UTC, as the letter's agreement reads it."""
    return Period.parse("2021")


def midnight_us(monday: int) -> int:
    """The instant at which a Monday begins, in UTC."""
    return (MONDAYS[monday] - EPOCH.date()).days * DAY_US
