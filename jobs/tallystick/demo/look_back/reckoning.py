"""The quarter hours of one app on one day under one version: the highest, and the runs that are over the limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tallystick.demo.world.bursts import QUARTER_HOUR_US
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.reckoning import Episode


@dataclass(frozen=True, kw_only=True)
class QuarterHours:
    """What any 15 minutes of an app hold: `peak` requests at most, first at `peak_us`; 0 at 0 where it made none."""

    app: int
    version: int
    counted: int
    peak: int
    peak_us: int
    episodes: tuple[Episode, ...]


def quarter_hours(instants: Integers, *, app: int, version: int, limit: int) -> QuarterHours:
    """Reckon the instants (microseconds, in order) of requests that count; ties are in every window that holds one."""
    used = np.searchsorted(instants, instants, side="right") - np.searchsorted(
        instants, instants - QUARTER_HOUR_US, side="right"
    )
    highest = int(used.argmax()) if len(used) else 0
    over = np.concatenate(([False], used > limit, [False]))
    firsts, ends = np.flatnonzero(over[1:] & ~over[:-1]), np.flatnonzero(over[:-1] & ~over[1:])
    episodes = []
    for first, end in zip(firsts.tolist(), ends.tolist(), strict=True):
        peak = first + int(used[first:end].argmax())
        episodes.append(
            Episode(
                first_us=int(instants[first]),
                last_us=int(instants[end - 1]),
                peak=int(used[peak]),
                peak_us=int(instants[peak]),
                requests_over=end - first,
            )
        )
    return QuarterHours(
        app=app,
        version=version,
        counted=len(instants),
        peak=int(used[highest]) if len(used) else 0,
        peak_us=int(instants[highest]) if len(used) else 0,
        episodes=tuple(episodes),
    )
