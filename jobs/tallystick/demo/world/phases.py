"""The stretches of the year in which an app's requests are judged alike: versions, approvals, ends, midnights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from tallystick.demo.world.plan import World
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import YEAR
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.period import Period, parse_instant_us

NEVER = 2**62
NO_VERSION = -1


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stretch of an app's year: what is true of every request in it.

    `version` is the place of the binding version among its licensee's, -1 where none binds.
    """

    in_year: bool
    version: int
    is_approved: bool
    is_ended: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Phases:
    """`cuts` (apps x most cuts) are the instants at which an app's next phase begins, padded with ones that never come.

    `in_year` and `version` (apps x phases) say of each phase what `phases` says.
    """

    cuts: Integers
    phases: tuple[tuple[Phase, ...], ...]
    in_year: Integers
    version: Integers

    def of(self, app: Integers, received_us: Integers) -> Integers:
        """The number of each request's phase."""
        number = np.zeros(len(app), dtype=np.int64)
        for cut in self.cuts.T:
            number += received_us >= cut[app]
        return number


def year_of(world: World, licensee: int) -> Period:
    """The year 2022 as its agreement's latest version reads it; UTC without an agreement."""
    versions = world.versions.get(LICENSEES[licensee].id, ())
    return Period.parse(str(YEAR), ZoneInfo(versions[-1].time_zone if versions else "Etc/UTC"))


@lru_cache(maxsize=4)
def phases_of(world: World) -> Phases:
    """The phases of every app of a world."""
    cuts, phases = [], []
    for number, app in enumerate(ROSTER.apps):
        licensee = int(ROSTER.licensee[number])
        zone = ZoneInfo(LICENSEES[licensee].time_zone)
        year = year_of(world, licensee)
        versions = [version.from_us for version in world.versions.get(LICENSEES[licensee].id, ())]
        approved = app.use_case.approved if app.use_case else None
        approved_us = parse_instant_us(approved, zone) if approved else NEVER
        ended_us = parse_instant_us(app.ended, zone) if app.ended else NEVER
        mine = sorted({year.start_us, year.end_us, *versions, approved_us, ended_us} - {NEVER})
        cuts.append(mine)
        phases.append(
            tuple(
                Phase(
                    in_year=year.contains(start),
                    version=sum(start >= version for version in versions) - 1,
                    is_approved=start >= approved_us,
                    is_ended=start >= ended_us,
                )
                for start in (-NEVER, *mine)
            )
        )
    most = max(len(mine) for mine in cuts)
    return Phases(
        cuts=np.array([mine + [NEVER] * (most - len(mine)) for mine in cuts], dtype=np.int64),
        phases=tuple(phases),
        in_year=_table([[int(phase.in_year) for phase in mine] for mine in phases], most + 1),
        version=_table([[phase.version for phase in mine] for mine in phases], most + 1),
    )


def _table(rows: list[list[int]], width: int) -> Integers:
    """Rows of one width: each ends with its last number repeated."""
    return np.array([row + row[-1:] * (width - len(row)) for row in rows], dtype=np.int64)
