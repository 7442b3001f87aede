"""The plan of a world: everything that is decided before a line is written, from a seed and a scale alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tallystick.demo.world.arrivals import Arrivals, arrivals
from tallystick.demo.world.budget import (
    LETTERS,
    Budget,
    base_slots,
    checked_scale,
    make_budget,
    requests_of_apps,
    silences,
    split_over_days,
)
from tallystick.demo.world.bursts import PLANNED, Planned, sized, start_us
from tallystick.demo.world.hosts import Numbering, make_numbering
from tallystick.demo.world.portions import rounded_up
from tallystick.demo.world.rhythm import DAYS
from tallystick.demo.world.roster import LICENSEES, ROSTER
from tallystick.demo.world.terms import Version, lawful_versions, letter_versions, quarter_hour_bounds

PROVIDER = "Murmur Social"


@dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """A provider, its licensees, and what all of them do in 2022. Equal seeds and scales give equal bytes.

    `versions` has every licensee's agreement versions by licensee id. A world is pickled as its seed and scale.
    """

    seed: int
    scale: Decimal
    budget: Budget
    versions: dict[str, tuple[Version, ...]]
    numbering: Numbering

    def __reduce__(self) -> tuple[object, ...]:
        return plan_world, (self.seed, self.scale)

    @property
    def provider(self) -> str:
        """Who keeps the gateway."""
        return PROVIDER

    @property
    def days(self) -> tuple[date, ...]:
        """The days to be written, all of 2022."""
        return DAYS

    @property
    def licensees(self) -> tuple[str, ...]:
        """The ids of all on the register, the letter's first."""
        return tuple(licensee.id for licensee in LICENSEES if licensee.id)

    def arrivals(self, day: date) -> Arrivals:
        """Every request of a day, by app, then time."""
        return arrivals(self.budget, DAYS.index(day))


@lru_cache(maxsize=4)
def plan_world(seed: int = 7, scale: Decimal = Decimal("0.001")) -> World:
    """Decide a world. Raises UsageError for a scale at which the letter's totals are no whole numbers."""
    checked_scale(scale)
    totals = requests_of_apps(scale)
    slots = base_slots()
    unsized = tuple(sized(planned, 1) for planned in PLANNED)
    bounds = quarter_hour_bounds(split_over_days(totals, seed), slots, silences(unsized, slots))
    highest = max(bounds[app] for app in ROSTER.apps_of(LETTERS))
    first = rounded_up(highest * 21 // 20)
    letter = letter_versions((first, max(rounded_up(highest * 5 // 4), first + 1)), scale)
    bursts = tuple(sized(planned, _limit(planned, letter, bounds)) for planned in PLANNED)
    budget = make_budget(seed=seed, scale=scale, totals=totals, bursts=bursts)
    lawful = {
        licensee.id: lawful_versions(licensee, budget, dict(enumerate(bounds)))
        for licensee in LICENSEES[LETTERS + 1 :]
        if licensee.terms
    }
    return World(
        seed=seed,
        scale=scale,
        budget=budget,
        versions={LICENSEES[LETTERS].id: letter, **lawful},
        numbering=make_numbering(budget),
    )


def _limit(planned: Planned, letter: tuple[Version, ...], bounds: list[int]) -> int:
    """The quarter-hour limit that binds a burst's app when it begins."""
    licensee = int(ROSTER.licensee[ROSTER.app_number(planned.app)])
    if licensee != LETTERS:
        return rounded_up(max(bounds[app] for app in ROSTER.apps_of(licensee)))
    return [one for one in letter if one.from_us <= start_us(planned)][-1].clause("quarter-hour").max
