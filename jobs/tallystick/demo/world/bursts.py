"""The planted bursts: short times in which one app calls as fast as it can, its other traffic silent around them.

For at least fifteen minutes before and after, the app makes no other request. So a burst's own instants alone decide
every quarter hour that touches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tallystick.demo.world.chance import Words, draw, key_of
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import DAYS, SLOT_US, SLOTS
from tallystick.period import DAY_US, EPOCH, to_us

FIRST_DAY = (DAYS[0] - EPOCH.date()).days
QUARTER_HOUR_US = SLOT_US
ONE_IN = 9
"""Of so many requests of a burst that is refused at all, one is."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A burst before its size is known: `size` percent of the app's quarter-hour limit, counted requests only.

    `ties` requests in a row share each instant. `exactly` is the size as the limit plus so many; then none is refused,
    and the first and last request are `minutes` apart to the microsecond.
    """

    app: str
    start: str
    minutes: int
    size: int = 0
    ties: int = 1
    exactly: int | None = None
    says: str


@dataclass(frozen=True, kw_only=True)
class Burst:
    """A burst of `requests`, of which every ninth is refused where `is_refusing`."""

    app: str
    start_us: int
    length_us: int
    requests: int
    is_refusing: bool
    ties: int
    to_the_end: bool
    says: str

    @property
    def refused(self) -> int:
        """How many of its requests are answered with 429."""
        return (self.requests + ONE_IN // 2) // ONE_IN if self.is_refusing else 0

    @property
    def days(self) -> tuple[int, ...]:
        """The days of the year it touches."""
        first = self.start_us // DAY_US - FIRST_DAY
        last = (self.start_us + self.length_us) // DAY_US - FIRST_DAY
        return tuple(range(first, last + 1))

    def chance(self, seed: int) -> Words:
        """64 random bits for each of its requests."""
        keys = np.array([key_of(seed, "burst", self.app, self.start_us)], dtype=np.uint64)
        return draw(keys, np.arange(self.requests, dtype=np.int64))

    def instants(self, seed: int) -> Integers:
        """When its requests come, in order, microseconds since 1970."""
        group = np.arange(self.requests, dtype=np.int64) // self.ties
        groups = int(group[-1]) + 1
        if self.to_the_end:
            return self.start_us + group * self.length_us // max(groups - 1, 1)
        jitter = (self.chance(seed)[:: self.ties][group] >> np.uint64(52)).astype(np.int64)
        return self.start_us + ((group << 12) + jitter) * self.length_us // (groups << 12)

    def is_refused(self) -> NDArray[np.bool_]:
        """Which of its requests are refused."""
        number = np.arange(self.requests, dtype=np.int64)
        refused: NDArray[np.bool_] = (number % ONE_IN == ONE_IN // 2) & self.is_refusing
        return refused

    def silent_slots(self, day: int) -> range:
        """The quarter hours of a day in which the app makes no other request."""
        midnight = (FIRST_DAY + day) * DAY_US
        first = (self.start_us - midnight) // SLOT_US - 1
        last = (self.start_us + self.length_us - midnight) // SLOT_US + 1
        return range(max(first, 0), min(last + 1, SLOTS))


PLANNED = (
    Planned(app="halcyon-monitor", start="2022-02-15T14:07:00", minutes=12, size=160, says="a plain burst"),
    Planned(app="halcyon-monitor", start="2022-09-06T23:46:00", minutes=25, size=240, says="crosses midnight UTC"),
    Planned(app="halcyon-monitor", start="2022-11-29T17:05:00", minutes=9, size=130, says="a short burst"),
    Planned(app="halcyon-archive", start="2022-04-12T03:20:00", minutes=40, size=400, says="longer than the window"),
    Planned(
        app="halcyon-archive",
        start="2022-10-18T09:53:00",
        minutes=14,
        size=145,
        says="split by a full quarter of an hour, so that fixed quarter hours do not pass the limit",
    ),
    Planned(
        app="halcyon-signal", start="2022-06-07T20:11:00", minutes=10, size=170, ties=3, says="three at an instant"
    ),
    Planned(app="halcyon-signal", start="2022-12-13T12:31:00", minutes=13, size=125, says="a late burst"),
    Planned(app="pinwheel-desk", start="2022-08-09T10:02:00", minutes=11, exactly=0, says="up to the limit, and kept"),
    Planned(
        app="bellmoor-gauge",
        start="2022-03-22T15:30:00",
        minutes=15,
        exactly=1,
        says="one more than the limit, the first and the last exactly one window apart, and kept",
    ),
)


def sized(planned: Planned, limit: int) -> Burst:
    """The burst of a plan, for the quarter-hour limit that binds its app then."""
    counted = limit + planned.exactly if planned.exactly is not None else limit * planned.size // 100 + 1
    refusing = planned.exactly is None
    requests = counted
    while refusing and requests - (requests + ONE_IN // 2) // ONE_IN < counted:
        requests += max((counted - (requests - (requests + ONE_IN // 2) // ONE_IN)), 1)
    return Burst(
        app=planned.app,
        start_us=start_us(planned),
        length_us=planned.minutes * 60_000_000,
        requests=requests,
        is_refusing=refusing,
        ties=planned.ties,
        to_the_end=planned.exactly is not None,
        says=planned.says,
    )


def start_us(planned: Planned) -> int:
    """The burst's beginning in microseconds since 1970."""
    return to_us(datetime.fromisoformat(planned.start + "+00:00"))
