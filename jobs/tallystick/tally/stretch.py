"""The stretches of a UTC day that no border of an audit's spans cuts: between midnights and the dates of versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from tallystick.period import DAY_US, local_midnight_us, to_instant


@dataclass(frozen=True, kw_only=True)
class Borders:
    """Where the spans of a licensee's audits begin and end, as far as its agreement says.

    `zones` are those of its versions, whose midnights begin calendar periods; `turns_us` are the versions' own dates.
    """

    zones: tuple[str, ...] = ("Etc/UTC",)
    turns_us: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """`[start_us, end_us)` of one UTC day; `own_since_us` is the last border up to its start.

    What a window holds from before a span does not count in it, so a stretch is summed twice: with all that came before
    it, and with what came since `own_since_us` alone.
    """

    start_us: int
    end_us: int
    own_since_us: int


@lru_cache(maxsize=65_536)
def stretches(borders: Borders, day_us: int) -> tuple[Stretch, ...]:
    """The stretches of the UTC day that begins at `day_us`, in order."""
    date = to_instant(day_us).date()
    around = [date + timedelta(days=days) for days in (-3, -2, -1, 0, 1, 2)]
    cuts = sorted(
        {*borders.turns_us, *(local_midnight_us(day, ZoneInfo(zone)) for zone in borders.zones for day in around)}
    )
    inside = [cut for cut in cuts if day_us < cut < day_us + DAY_US]
    ends = [day_us, *inside, day_us + DAY_US]
    return tuple(
        Stretch(start_us=start, end_us=end, own_since_us=max(cut for cut in cuts if cut <= start))
        for start, end in pairwise(ends)
    )
