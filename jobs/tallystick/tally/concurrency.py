"""How many requests are in flight at once, from the start and the duration of each, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tallystick.period import DAY_US
from tallystick.tally.requests import Day
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import Asked, FlightSummary
from tallystick.tally.windows import LARGEST, Integers

LONGEST_US = DAY_US
"""No request is followed for longer: one that says that it took more is unknown, like one that says nothing."""
DURATION = f"CASE WHEN duration_us BETWEEN 0 AND {LONGEST_US} THEN greatest(duration_us, 1) END"
"""SQL for how long a request is in flight, at least one microsecond; NULL where that is not known."""


def in_flight(keys: Integers, begins_us: Integers, ends_us: Integers) -> Integers:
    """For each request how many of its key are in flight when it begins: itself, ties and all that have not ended.

    The arrays are parallel and sorted by key, then begin; a request that ends at that instant is in flight no more.
    """
    if not len(begins_us):
        return np.zeros(0, np.int64)
    lowest = int(begins_us.min())
    span = int(ends_us.max()) - lowest + 1
    if (int(keys.max()) + 1) * span > LARGEST:
        raise OverflowError(f"{int(keys.max()) + 1} keys over {span} microseconds are too many for one pass")
    begins, ends = keys * np.int64(span) + (begins_us - lowest), keys * np.int64(span) + (ends_us - lowest)
    begun = np.searchsorted(begins, begins, side="right")
    ended = np.searchsorted(np.sort(ends), begins, side="right")
    counts: Integers = (begun - ended).astype(np.int64)
    return counts


def lay_out_flights(day: Day, asked: Asked) -> str:
    """SQL for one summary's rows of `usage_peak`, in the order of its key, over tables that it leaves on a connection.

    `used` is how many requests say how long they took; `peak` is the most in flight at the beginning of any of them.
    """
    summary, connection, start_us = asked.summary, day.connection, day.start_us
    assert isinstance(summary, FlightSummary)
    key = KEY[summary.per]
    where = f"NOT is_duplicate AND {asked.whose} AND {key} IS NOT NULL AND ({condition(summary.scope)})"
    columns = f"licensee, {key} AS key, epoch_us(received_at) AS at_us, {DURATION} AS duration"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE flown AS SELECT {columns} FROM ({day.relation}) WHERE {where} UNION ALL "
        f"SELECT * FROM (SELECT {columns} FROM ({day.relation_before}) WHERE {where}) "
        f"WHERE at_us + duration > {start_us}"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE owner AS
        SELECT *, row_number() OVER (ORDER BY licensee, key) - 1 AS owner FROM (
            SELECT licensee, key, count(*) AS counted, count(*) - count(duration) AS unknown, count(duration) AS used
            FROM flown WHERE at_us >= {start_us} GROUP BY licensee, key
        )"""
    )
    arrays = connection.execute(
        "SELECT owner, at_us, at_us + duration AS end_us FROM flown INNER JOIN owner USING (licensee, key) "
        "WHERE duration IS NOT NULL ORDER BY owner, at_us"
    ).fetchnumpy()
    connection.register("peak", _peaks(arrays, start_us))
    return (
        "SELECT licensee, key, counted, unknown, used, peak, make_timestamptz(peak_us) AS peak_at, own_peak, "
        "make_timestamptz(own_peak_us) AS own_peak_at FROM owner LEFT JOIN peak USING (owner) ORDER BY licensee, key"
    )


def _peaks(arrays: Mapping[str, Any], start_us: int) -> pa.Table:
    """Per owner the most in flight at the beginning of the day's requests; with the edge, and without it."""
    owners, at_us, end_us = (np.asarray(arrays[name], np.int64) for name in ("owner", "at_us", "end_us"))
    own = at_us >= start_us
    counts = in_flight(owners, at_us, end_us)[own]
    owners, at_us, end_us = owners[own], at_us[own], end_us[own]
    own_counts = counts if own.all() else in_flight(owners, at_us, end_us)
    peak, own_peak = _first_largest(owners, counts), _first_largest(owners, own_counts)
    return pa.table(
        {
            "owner": owners[peak],
            "peak": counts[peak],
            "peak_us": at_us[peak],
            "own_peak": own_counts[own_peak],
            "own_peak_us": at_us[own_peak],
        }
    )


def _first_largest(owners: Integers, counts: Integers) -> NDArray[np.intp]:
    """The place of the first largest count of each owner; owners are in order."""
    if not len(owners):
        return np.zeros(0, np.intp)
    order = np.lexsort((np.arange(len(owners)), -counts, owners))
    places: NDArray[np.intp] = order[np.concatenate([[True], owners[order][1:] != owners[order][:-1]])]
    return places
