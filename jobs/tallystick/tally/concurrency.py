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
from tallystick.tally.stretch import Stretch
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


def lay_out_flights(day: Day, asked: Asked, stretch: Stretch) -> pa.Table:
    """One summary's rows of `usage_peak` in a stretch of the day, in the order of its key.

    `used` is how many requests say how long they took; `peak` is the most in flight at the beginning of any of them.
    """
    summary, connection = asked.summary, day.connection
    assert isinstance(summary, FlightSummary)
    key = KEY[summary.per]
    where = f"NOT is_duplicate AND {asked.whose} AND {key} IS NOT NULL AND ({condition(summary.scope)})"
    columns = f"licensee, {key} AS key, epoch_us(received_at) AS at_us, {DURATION} AS duration"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE flown AS SELECT * FROM (SELECT {columns} FROM ({day.relation}) WHERE {where} "
        f"UNION ALL SELECT {columns} FROM ({day.relation_before}) WHERE {where}) WHERE at_us < {stretch.end_us} "
        f"AND (at_us >= {stretch.start_us} OR at_us + duration > {stretch.start_us})"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE owner AS
        SELECT *, row_number() OVER (ORDER BY licensee, key) - 1 AS owner FROM (
            SELECT licensee, key, count(*) AS counted, count(*) - count(duration) AS unknown, count(duration) AS used
            FROM flown WHERE at_us >= {stretch.start_us} GROUP BY licensee, key
        )"""
    )
    arrays = connection.execute(
        "SELECT owner, at_us, at_us + duration AS end_us FROM flown INNER JOIN owner USING (licensee, key) "
        "WHERE duration IS NOT NULL ORDER BY owner, at_us"
    ).fetchnumpy()
    connection.register("peak", _peaks(arrays, stretch))
    return connection.execute(
        "SELECT licensee, key, counted, unknown, used, peak, make_timestamptz(peak_us) AS peak_at, own_peak, "
        "make_timestamptz(own_peak_us) AS own_peak_at FROM owner LEFT JOIN peak USING (owner) ORDER BY licensee, key"
    ).to_arrow_table()


def _peaks(arrays: Mapping[str, Any], stretch: Stretch) -> pa.Table:
    """Per owner the most in flight when one of the stretch's requests begins: of all, and of those since a border."""
    owners, at_us, end_us = (np.asarray(arrays[name], np.int64) for name in ("owner", "at_us", "end_us"))
    own, since = at_us >= stretch.start_us, at_us >= stretch.own_since_us
    counts = in_flight(owners, at_us, end_us)
    own_counts = counts if since.all() else in_flight(owners[since], at_us[since], end_us[since])
    counts, own_counts = counts[own], own_counts[own[since]]
    owners, at_us = owners[own], at_us[own]
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
