"""The most that each app did in any quarter hour that ends on one day, under each version for itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tallystick.demo.world.arrivals import Arrivals, calls
from tallystick.demo.world.bursts import FIRST_DAY, QUARTER_HOUR_US
from tallystick.demo.world.phases import phases_of
from tallystick.demo.world.plan import World
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import SLOTS
from tallystick.demo.world.roster import ROSTER
from tallystick.period import DAY_US

MOST_VERSIONS = 2
SLIDING, FIXED = 0, 1
"""Quarter hours that end at a request, and those that begin at 0, 15, 30 and 45 minutes past the hour."""
_WIDE = 1 << 38
"""More microseconds than a day and a quarter of an hour, so that no window reaches from one app into the next."""


def quarter_hour_peaks(world: World, day: int, today: Arrivals) -> Integers:
    """The peak of each kind of quarter hour and when it is first reached, apps x versions x 2 kinds x 2.

    Sliding: for each counted request, the requests of its app and version in the 15 minutes up to and with it, ties
    included; reached at a request. Fixed: reached at the window's start. Zeros where nothing is counted.
    """
    midnight_us = (FIRST_DAY + day) * DAY_US
    group, received_us = _counted(world, today.app, today.received_us, today.status)
    peaks = np.zeros((len(ROSTER.apps) * MOST_VERSIONS, 2, 2), dtype=np.int64)
    window = received_us // QUARTER_HOUR_US
    starts, per_window = np.unique(group * _WIDE + window, return_counts=True)
    _keep_largest(peaks[:, FIXED], starts // _WIDE, starts % _WIDE * QUARTER_HOUR_US, per_window)
    if day > 0:
        app, earlier_us, status, _ = calls(world.budget, day - 1, from_slot=SLOTS - 1)
        late = earlier_us >= midnight_us - QUARTER_HOUR_US
        before = _counted(world, app[late], earlier_us[late], status[late])
        group, received_us = np.concatenate((before[0], group)), np.concatenate((before[1], received_us))
    since_us = midnight_us - QUARTER_HOUR_US
    place = np.sort(group * _WIDE + received_us - since_us)
    used = np.searchsorted(place, place, side="right") - np.searchsorted(place, place - QUARTER_HOUR_US, side="right")
    today_s = place % _WIDE >= QUARTER_HOUR_US
    _keep_largest(peaks[:, SLIDING], place[today_s] // _WIDE, place[today_s] % _WIDE + since_us, used[today_s])
    return peaks.reshape(len(ROSTER.apps), MOST_VERSIONS, 2, 2)


def _keep_largest(peaks: Integers, group: Integers, instant_us: Integers, used: NDArray[np.intp]) -> None:
    """Write each group's largest number into `peaks`, with its first instant; instants rise within a group."""
    for one in np.unique(group).tolist():
        mine = slice(*np.searchsorted(group, [one, one + 1]))
        first = int(np.argmax(used[mine]))
        peaks[one] = used[mine][first], instant_us[mine][first]


def _counted(world: World, app: Integers, received_us: Integers, status: Integers) -> tuple[Integers, Integers]:
    """App and version as one number, and the instant, of the requests that count in some version."""
    phases = phases_of(world)
    phase = phases.of(app, received_us)
    version = phases.version[app, phase]
    counts = (status != 429) & (version >= 0) & (phases.in_year[app, phase] == 1)
    return (app * MOST_VERSIONS + version)[counts], received_us[counts]
