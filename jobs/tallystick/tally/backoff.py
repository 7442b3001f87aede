"""Requests that come inside of the window that a refusal with status 429 opens, day by day."""

from __future__ import annotations

from tallystick.tally.requests import Day
from tallystick.tally.scope import KEY
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


def lay_out_backoff(day: Day, asked: Asked) -> str:
    """SQL for one summary's rows of `usage_backoff`, in the order of its key."""
    summary = asked.summary
    assert isinstance(summary, BackoffSummary)
    columns = 'licensee, app, credential_id, "user", received_at, status'
    called = f"SELECT {columns} FROM ({day.relation}) WHERE NOT is_duplicate AND {asked.whose}"
    earlier = (
        f"SELECT {columns} FROM ({day.relation_before}) WHERE NOT is_duplicate AND {asked.whose} "
        f"AND epoch_us(received_at) > {day.start_us - summary.length_us}"
    )
    return (
        f"SELECT licensee, key, {sums(day.start_us)} FROM ({after_refusals(summary, called, earlier)}) "
        "GROUP BY licensee, key ORDER BY licensee, key"
    )


def sums(start_us: int) -> str:
    """SQL for the columns of `usage_backoff` over `after_refusals`, those of its own from refusals at `start_us` on."""
    inside, served = "refused_us IS NOT NULL", "coalesce(status <> 429, true)"
    own = f"refused_us >= {start_us}"
    return f"""count(*) AS counted,
    count(*) FILTER (status IS NULL) AS unknown,
    count(*) FILTER ({inside}) AS inside,
    count(*) FILTER ({inside} AND {served}) AS inside_served,
    min(received_at) FILTER ({inside}) AS inside_at,
    count(*) FILTER ({own}) AS own_inside,
    count(*) FILTER ({own} AND {served}) AS own_inside_served,
    min(received_at) FILTER ({own}) AS own_inside_at"""
