"""Requests that come inside of the window that a refusal with status 429 opens, day by day."""

from __future__ import annotations

import pyarrow as pa

from tallystick.tally.requests import Day
from tallystick.tally.scope import KEY
from tallystick.tally.stretch import Stretch
from tallystick.tally.summary import Asked, BackoffSummary


def after_refusals(summary: BackoffSummary, called: str, earlier: str) -> str:
    """SQL that yields every request of `called` with `refused_us`, the last refusal before it, NULL if none is near.

    `called` and `earlier` are SQL for requests without duplicates. Refusals count from both; one at the same instant
    is not before a request. Adds key and at_us; `refused_us` is given only where the request lies inside its window.
    """
    columns = f"*, {KEY[summary.per]} AS key, epoch_us(received_at) AS at_us"
    refused = " UNION ".join(
        f"SELECT licensee, {KEY[summary.per]} AS key, epoch_us(received_at) AS at_us FROM ({one}) "
        f"WHERE status = 429 AND {KEY[summary.per]} IS NOT NULL"
        for one in (called, earlier)
    )
    return (
        "SELECT called.*, CASE WHEN called.at_us - refused.at_us < "
        f"{summary.length_us} THEN refused.at_us END AS refused_us "
        f"FROM (SELECT {columns} FROM ({called})) AS called ASOF LEFT JOIN ({refused}) AS refused "
        "ON called.licensee = refused.licensee AND called.key = refused.key AND called.at_us > refused.at_us"
    )


def lay_out_backoff(day: Day, asked: Asked, stretch: Stretch) -> pa.Table:
    """One summary's rows of `usage_backoff` in a stretch of the day, in the order of its key."""
    summary = asked.summary
    assert isinstance(summary, BackoffSummary)
    columns = 'licensee, app, credential_id, "user", received_at, status'
    every = f"SELECT * FROM ({day.relation}) UNION ALL SELECT * FROM ({day.relation_before})"
    theirs = f"SELECT {columns}, epoch_us(received_at) AS us FROM ({every}) WHERE NOT is_duplicate AND {asked.whose}"
    called = f"SELECT * FROM ({theirs}) WHERE us >= {stretch.start_us} AND us < {stretch.end_us}"
    since_us = stretch.start_us - summary.length_us
    earlier = f"SELECT * FROM ({theirs}) WHERE us > {since_us} AND us < {stretch.start_us}"
    return day.connection.execute(
        f"SELECT licensee, key, {sums(stretch.own_since_us)} FROM ({after_refusals(summary, called, earlier)}) "
        "GROUP BY licensee, key ORDER BY licensee, key"
    ).to_arrow_table()


def sums(own_since_us: int) -> str:
    """SQL for the columns of `usage_backoff` over `after_refusals`; its own are from refusals since `own_since_us`."""
    inside, served = "refused_us IS NOT NULL", "coalesce(status <> 429, true)"
    own = f"refused_us >= {own_since_us}"
    return f"""count(*) AS counted,
    count(*) FILTER (status IS NULL) AS unknown,
    count(*) FILTER ({inside}) AS inside,
    count(*) FILTER ({inside} AND {served}) AS inside_served,
    min(received_at) FILTER ({inside}) AS inside_at,
    count(*) FILTER ({own}) AS own_inside,
    count(*) FILTER ({own} AND {served}) AS own_inside_served,
    min(received_at) FILTER ({own}) AS own_inside_at"""
