"""Four edge hosts: which of them serves a request, and how each numbers what it serves.

Three hosts write our gateway log and number their requests without gap, except that one restarts its numbering once and
one loses an hour, with the numbers it gave in it. The fourth is nginx and numbers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from tallystick.demo.world.arrivals import Arrivals, arrivals
from tallystick.demo.world.budget import Budget
from tallystick.demo.world.bursts import FIRST_DAY
from tallystick.demo.world.chance import key_of
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import DAYS
from tallystick.demo.world.roster import ROSTER
from tallystick.period import DAY_US, to_us

HOSTS = ("edge-01", "edge-02", "edge-03", "edge-04")
NGINX_HOST = 3
TURNS = np.array([0, 1, 2, 0, 1, 0, 1, 2, 0, 1, 0, 1, 2, 0, 1, 2], dtype=np.int64)
"""Gateway hosts take turns in this order, each app for itself."""

RESTARTED, LOST = 1, 2
"""The host that restarts its numbering, and the one that loses an hour."""
RESTARTED_US = to_us(datetime.fromisoformat("2022-05-11T03:30:00+00:00"))
LOST_FROM_US = to_us(datetime.fromisoformat("2022-11-17T13:00:00+00:00"))
LOST_UNTIL_US = to_us(datetime.fromisoformat("2022-11-17T14:00:00+00:00"))
EPOCHS = ("2021-11-30T05:02:11Z", "2022-05-11T03:30:00Z")
"""When a host's gateway was started, which is what names its run of numbers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbering:
    """`first` (hosts x 365) is the number before the day's first; `lost` how many numbers the lost hour took."""

    first: Integers
    lost: int

    def number(self, host: int, day: int, received_us: Integers) -> Integers:
        """The numbers of a host's requests of one day, given in order of time."""
        numbers: Integers = self.first[host, day] + 1 + np.arange(len(received_us), dtype=np.int64)
        if host == LOST and day == day_of(LOST_FROM_US):
            numbers += self.lost * (received_us >= LOST_FROM_US)
        if host == RESTARTED and day == day_of(RESTARTED_US):
            old = int(np.searchsorted(received_us, RESTARTED_US))
            numbers[old:] = 1 + np.arange(len(received_us) - old, dtype=np.int64)
        return numbers


def day_of(instant_us: int) -> int:
    """The day of the year that an instant lies in."""
    return instant_us // DAY_US - FIRST_DAY


def epoch(host: int, received_us: Integers) -> Integers:
    """Which of `EPOCHS` each request of a host is numbered in."""
    return ((received_us >= RESTARTED_US) & (host == RESTARTED)).astype(np.int64)


def serving(day: Arrivals) -> Integers:
    """The number of the host that serves each request; in the lost hour the other gateway hosts serve for the one."""
    host = TURNS[day.turn % len(TURNS)]
    away = (host == LOST) & (day.received_us >= LOST_FROM_US) & (day.received_us < LOST_UNTIL_US)
    host = np.where(away, day.turn // len(TURNS) % 2, host)
    return np.where(ROSTER.is_nginx[day.app] == 1, NGINX_HOST, host)


def make_numbering(budget: Budget) -> Numbering:
    """Count what each host serves on each day, and number it."""
    served = _served(budget)
    lost_day, restart_day = day_of(LOST_FROM_US), day_of(RESTARTED_US)
    served[:, lost_day] = np.bincount(serving(arrivals(budget, lost_day)), minlength=len(HOSTS))
    lost = 3 + int(served[LOST, lost_day]) // 20
    starts = np.array([1_000_000 * (host + 2) + key_of(budget.seed, "number", host) % 900_000 for host in range(4)])
    first = starts[:, None] + np.cumsum(served, axis=1) - served
    first[LOST, lost_day + 1 :] += lost
    restarting = arrivals(budget, restart_day)
    after = int(((serving(restarting) == RESTARTED) & (restarting.received_us >= RESTARTED_US)).sum())
    first[RESTARTED, restart_day + 1 :] += after - first[RESTARTED, restart_day + 1]
    return Numbering(first=first, lost=lost)


def _served(budget: Budget) -> Integers:
    """Requests of each host and day, hosts x 365, as if no hour were lost."""
    served = np.zeros((len(HOSTS), len(DAYS)), dtype=np.int64)
    requests = budget.requests
    gateway = ROSTER.is_nginx == 0
    served[NGINX_HOST] = requests[~gateway].sum(axis=0)
    for host in range(NGINX_HOST):
        mine = (host == TURNS) * np.int64(1)
        so_far = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(mine)))

        def taken(turn: Integers, so_far: Integers = so_far) -> Integers:
            """How many of the first `turn` requests of an app the host serves."""
            count: Integers = turn // len(TURNS) * so_far[-1] + so_far[turn % len(TURNS)]
            return count

        before = budget.before[gateway]
        served[host] = (taken(before + requests[gateway]) - taken(before)).sum(axis=0)
    return served
