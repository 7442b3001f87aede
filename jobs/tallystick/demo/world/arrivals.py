"""One UTC day of requests as columns: when, by which app, with which status and how many records."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tallystick.demo.world.budget import Budget
from tallystick.demo.world.bursts import FIRST_DAY
from tallystick.demo.world.chance import Words, draw, mix
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.rhythm import at_least_before, places
from tallystick.demo.world.roster import CALLER_WHEEL, ROSTER, ROUTE_WHEEL
from tallystick.demo.world.routes import ROUTES
from tallystick.period import DAY_US

SECOND_US = 1_000_000
PRIMES = np.array([2_147_483_647, 2_147_483_629, 2_147_483_587, 2_147_483_579], dtype=np.int64)
"""Larger than any app's day, so that multiples of one visit every place of it once."""
ERRORS = np.array([400, 401, 403, 404, 404, 404, 500, 503], dtype=np.int64)
ROUTE_WEIGHTS = np.array([route.weight for route in ROUTES], dtype=np.int64)
PUBLISH = next(number for number, route in enumerate(ROUTES) if route.method == "POST")
DAY_SALT, CHOICE_SALT = 0x5DEECE66D, np.uint64(0xA0761D6478BD642F)


Bare = tuple[Integers, Integers, Integers, Words]
"""App, instant, status and chance of requests."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrivals:
    """The day's requests by app, then time. One entry a request in each column.

    `received_us` is what the log says (whole seconds where nginx logs), `turn` counts the app's requests of the year,
    `chance` are 64 bits of the request's own, `choice` 64 others.
    """

    app: Integers
    received_us: Integers
    status: Integers
    records: Integers
    turn: Integers
    chance: Words
    choice: Words

    def __len__(self) -> int:
        return len(self.app)

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Arrivals:
        """Some of the requests, or all in another order."""
        return Arrivals(**{column.name: getattr(self, column.name)[which] for column in fields(self)})

    @property
    def caller(self) -> Integers:
        """The number of each request's caller in the roster."""
        return ROSTER.caller_wheel[self.app, self.turn * 37 % CALLER_WHEEL]

    @property
    def route(self) -> Integers:
        """The number of each request's route."""
        return _route(self.app, self.choice)


def arrivals(budget: Budget, day: int) -> Arrivals:
    """Every request of the `day`-th day of the year."""
    app, received_us, status, chance = calls(budget, day)
    requests = budget.requests[:, day]
    index = _index(requests)
    choice = mix(chance ^ CHOICE_SALT)
    return Arrivals(
        app=app,
        received_us=received_us,
        status=status,
        records=_records(app, status, choice, budget.records[:, day], requests),
        turn=budget.before[app, day] + index,
        chance=chance,
        choice=choice,
    )


def calls(budget: Budget, day: int, *, from_slot: int = 0) -> Bare:
    """The same requests, and of each only its app, instant, status and chance.

    With `from_slot` those before that quarter hour may be missing.
    """
    app, received_us, status, chance = _with_bursts(budget, day, _background(budget, day, from_slot))
    received_us -= received_us % SECOND_US * ROSTER.is_nginx[app]
    return app, received_us, status, chance


def _index(counts: Integers) -> Integers:
    """0, 1, 2, … within each run of `counts`."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum()), dtype=np.int64) - np.repeat(starts, counts)


def _background(budget: Budget, day: int, from_slot: int) -> Bare:
    counts, slots = budget.background[:, day], budget.slots_on(day)
    first = at_least_before(counts, slots, from_slot)
    app = np.repeat(np.arange(len(counts), dtype=np.int64), counts - first)
    index = _index(counts - first) + first[app]
    keys = mix(budget.keys + np.uint64(DAY_SALT * (day + 1)))
    chance = draw(keys[app], index)
    received_us = (FIRST_DAY + day) * DAY_US + places(index, counts[app], chance, app, slots)
    # The places of a day are visited in steps of a prime: the first few of them are those that go wrong.
    step, start = PRIMES[(keys & np.uint64(3)).astype(np.int64)], (keys >> np.uint64(34)).astype(np.int64)
    rank = (index * step[app] + start[app]) % counts[app]
    refused, failed = budget.refused[:, day][app], budget.failed[:, day][app]
    error = ERRORS[(chance & np.uint64(7)).astype(np.int64)]
    status = np.where(rank < refused, 429, np.where(rank < refused + failed, error, 200))
    return app, received_us, status, chance


def _with_bursts(budget: Budget, day: int, background: Bare) -> Bare:
    touching = [burst for burst in budget.bursts if day in burst.days]
    if not touching:
        return background
    apps, times, statuses, chances = [background[0]], [background[1]], [background[2]], [background[3]]
    for burst in touching:
        received_us = burst.instants(budget.seed)
        today = received_us // DAY_US == FIRST_DAY + day
        apps.append(np.full(int(today.sum()), ROSTER.app_number(burst.app), dtype=np.int64))
        times.append(received_us[today])
        statuses.append(np.where(burst.is_refused()[today], 429, 200))
        chances.append(burst.chance(budget.seed)[today])
    app, received_us = np.concatenate(apps), np.concatenate(times)
    order = np.lexsort((received_us, app))
    return app[order], received_us[order], np.concatenate(statuses)[order], np.concatenate(chances)[order]


def _route(app: Integers, choice: Words) -> Integers:
    return ROSTER.route_wheel[app, (choice & np.uint64(ROUTE_WHEEL - 1)).astype(np.int64)]


def _records(app: Integers, status: Integers, choice: Words, budget: Integers, requests: Integers) -> Integers:
    """The day's records of each app, divided over its successful requests by what their routes tend to return.

    Each request gets the whole part of the running total less what came before, so that the day's total is exact.
    """
    route = _route(app, choice)
    spread = 64 + ((choice >> np.uint64(6)) & np.uint64(127)).astype(np.int64)
    weight = np.where(route == PUBLISH, 1, ROUTE_WEIGHTS[route] * spread // 128 + 1) * (status == 200)
    running = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(weight)))
    ends = np.cumsum(requests)
    first = running[ends - requests]
    whole = np.maximum(running[ends] - first, 1)
    given = budget[app] * (running[1:] - first[app]) // whole[app]
    before = budget[app] * (running[:-1] - first[app]) // whole[app]
    records: Integers = given - before
    return records
