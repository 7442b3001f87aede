"""When traffic comes: growth and weekdays over a year, quarter hours over a day, and the monotone warp that places it.

A day has 96 quarter hours with whole weights. The i-th of n requests takes a place inside the i-th of n equal parts of
the day's weight, so no quarter of an hour, wherever it begins, can hold more than its share of n plus two.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from tallystick.demo.world.chance import GOLDEN, Words, mix
from tallystick.demo.world.portions import Integers

YEAR = 2022
DAYS = tuple(date(YEAR, 1, 1) + timedelta(days=day) for day in range(365))
SLOTS = 96
SLOT_US = 900_000_000
PLACE_BITS = np.uint64(38)
SLACK = 5
"""What rounding can add to a quarter hour's share: two requests on either side of midnight, one for the day's part."""

HOURS = {
    "office": (22, 18, 16, 15, 16, 20, 30, 46, 68, 86, 95, 98, 94, 95, 98, 96, 90, 80, 66, 54, 46, 40, 34, 27),
    "evening": (40, 30, 24, 20, 18, 20, 28, 40, 50, 54, 56, 60, 66, 64, 62, 64, 70, 80, 92, 100, 98, 90, 74, 56),
    "batch": (88, 96, 100, 98, 92, 84, 70, 58, 50, 46, 44, 42, 42, 44, 44, 46, 48, 50, 54, 58, 62, 68, 74, 82),
    "steady": (80, 78, 77, 76, 76, 78, 82, 86, 90, 94, 96, 98, 100, 100, 99, 98, 96, 94, 92, 90, 88, 86, 84, 82),
}
"""How busy each UTC hour is, the busiest 100."""
WEEKDAYS = {
    "office": (100, 104, 105, 103, 98, 58, 52),
    "evening": (92, 92, 94, 96, 102, 112, 110),
    "batch": (100, 100, 100, 100, 100, 96, 96),
    "steady": (100, 100, 101, 101, 100, 98, 97),
}
"""How busy each weekday is, Monday first."""


def slot_weights(rhythm: str) -> Integers:
    """The 96 quarter-hour weights of a day, straight lines between the hours."""
    hours = np.array(HOURS[rhythm], dtype=np.int64)
    following = np.roll(hours, -1)
    quarters = np.arange(4, dtype=np.int64)
    weights: Integers = (hours[:, None] * (4 - quarters) + following[:, None] * quarters).reshape(SLOTS)
    return weights


def day_weights(rhythm: str, *, growth: int, key: int) -> Integers:
    """365 whole weights: `growth` percent more at the year's end than at its start, weekdays, and 6 % of weather."""
    days = np.arange(len(DAYS), dtype=np.int64)
    weekday = (days + DAYS[0].weekday()) % 7
    trend = 100 * (len(DAYS) - 1) + growth * days
    weather = 94 + (mix(np.uint64(key) + days.astype(np.uint64) * GOLDEN) % np.uint64(13)).astype(np.int64)
    weights: Integers = trend * np.array(WEEKDAYS[rhythm], dtype=np.int64)[weekday] * weather
    return weights


def places(index: Integers, count: Integers, chance: Words, row: NDArray[np.intp], weights: Integers) -> Integers:
    """Microseconds after midnight of the `index`-th of `count` requests of row `row` of `weights` (rows x 96).

    Inside its part of the day each request's place is set by the 38 high bits of `chance`. Monotone in `index`.
    """
    edges = np.zeros((len(weights), SLOTS + 1), dtype=np.uint64)
    totals = np.maximum(weights.sum(axis=1), 1).astype(np.uint64)
    edges[:, 1:] = (np.cumsum(weights, axis=1).astype(np.uint64) << PLACE_BITS) // totals[:, None]
    widths = np.diff(edges, axis=1)
    if int(widths.max(initial=0)) >> 34:
        raise ValueError("a quarter hour holds more than a sixteenth of its day")
    place = ((index.astype(np.uint64) << PLACE_BITS) + (chance >> np.uint64(26))) // count.astype(np.uint64)
    starts = edges[:, :-1] + (np.arange(len(weights), dtype=np.uint64) << PLACE_BITS)[:, None]
    found = np.searchsorted(starts.ravel(), (row.astype(np.uint64) << PLACE_BITS) + place, side="right") - 1
    inside = (place - edges[:, :-1].ravel()[found]) * np.uint64(SLOT_US) // widths.ravel()[found]
    instants: Integers = (found % SLOTS) * SLOT_US + inside.astype(np.int64)
    return instants


def at_least_before(count: Integers, weights: Integers, slot: int) -> Integers:
    """How many of each row's `count` requests surely come before its quarter hour `slot`."""
    share = weights[:, :slot].sum(axis=1)
    before: Integers = np.maximum(count * share // np.maximum(weights.sum(axis=1), 1) - 1, 0)
    return before


def most_in_a_quarter_hour(counts: Integers, weights: Integers) -> int:
    """A bound on any sliding quarter hour for days of `counts` requests with slot `weights` (days x 96)."""
    totals = np.maximum(weights.sum(axis=1), 1)
    return int((-(-counts * weights.max(axis=1) // totals)).max(initial=0)) + SLACK
