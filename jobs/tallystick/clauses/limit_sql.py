"""A limit as one SQL text over requests, so that anybody can count again what a finding says of one key."""

from __future__ import annotations

from tallystick.agreements.limit import Limit
from tallystick.duck import quote_name, quote_text

UNITS = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}


def limit_sql(limit: Limit, counted: str, time_zone: str) -> str:
    """SQL whose rows are what is over: windows with `used`, or the requests that are over, in order.

    `counted` is SQL that yields the requests in scope of one key and span, with all columns of `request`.
    """
    amount = "1" if limit.of == "requests" else quote_name(limit.of)
    lines = {
        "calendar": lambda: _calendar(limit, time_zone),
        "sliding": lambda: _sliding(limit),
        "anchored": lambda: _anchored(limit),
        "bucket": lambda: _bucket(limit),
    }[limit.window]()
    recursive = "WITH RECURSIVE" if limit.window in ("anchored", "bucket") else "WITH"
    return (
        f"{recursive} counted AS (\n    SELECT received_at, epoch_us(received_at) AS at_us, request_id, "
        f"CAST({amount} AS BIGINT) AS amount\n    FROM (\n{_indented(counted, 8)}\n    )\n"
        f"    WHERE {amount} IS NOT NULL\n){lines}"
    )


def _calendar(limit: Limit, time_zone: str) -> str:
    if limit.length.us is not None:
        window = f"at_us // {limit.length.us} * {limit.length.us}"
        shown = "make_timestamptz(start_us)"
        return (
            f"\nSELECT {shown} AS start_at, used\nFROM (SELECT {window} AS start_us, sum(amount) AS used "
            f"FROM counted GROUP BY 1)\nWHERE used > {limit.limit}\nORDER BY start_at"
        )
    local = f"received_at AT TIME ZONE {quote_text(time_zone)}"
    return (
        f"\nSELECT date_trunc('{UNITS[str(limit.length.unit)]}', {local}) AS start_at_local, sum(amount) AS used\n"
        f"FROM counted\nGROUP BY 1\nHAVING sum(amount) > {limit.limit}\nORDER BY 1"
    )


def _sliding(limit: Limit) -> str:
    assert limit.length.us is not None
    return (
        ",\nwindowed AS (\n    SELECT *, sum(amount) OVER (\n        ORDER BY at_us "
        f"RANGE BETWEEN {limit.length.us - 1} PRECEDING AND CURRENT ROW\n    ) AS used\n    FROM counted\n)"
        f"\nSELECT received_at, request_id, used\nFROM windowed\nWHERE used > {limit.limit}\nORDER BY at_us"
    )


def _anchored(limit: Limit) -> str:
    return (
        ",\nopened AS (\n    SELECT min(at_us) AS start_us FROM counted\n    UNION ALL\n"
        f"    SELECT (SELECT min(at_us) FROM counted WHERE at_us >= start_us + {limit.length.us})\n"
        "    FROM opened WHERE start_us IS NOT NULL\n)"
        "\nSELECT make_timestamptz(start_us) AS start_at, sum(amount) AS used\n"
        "FROM counted ASOF INNER JOIN (SELECT * FROM opened WHERE start_us IS NOT NULL) AS opened\n"
        f"    ON counted.at_us >= opened.start_us\nGROUP BY start_us\nHAVING sum(amount) > {limit.limit}\nORDER BY 1"
    )


def _bucket(limit: Limit) -> str:
    """The level is kept times the window's length, as a whole number; HUGEINT holds it."""
    full = f"CAST({limit.limit} AS HUGEINT) * {limit.length.us}"
    cost = f"CAST(amount AS HUGEINT) * {limit.length.us}"
    refilled = f"least({full}, level + (queue.at_us - walked.at_us) * CAST({limit.limit} AS HUGEINT))"
    return (
        ",\nqueue AS (\n    SELECT *, row_number() OVER (ORDER BY at_us, request_id) AS place FROM counted\n),\n"
        f"walked AS (\n    SELECT place, at_us, {cost} > {full} AS is_over,\n"
        f"        CASE WHEN {cost} > {full} THEN {full} ELSE {full} - {cost} END AS level\n"
        "    FROM queue WHERE place = 1\n    UNION ALL\n"
        f"    SELECT queue.place, queue.at_us, {cost} > {refilled},\n"
        f"        {refilled} - CASE WHEN {cost} > {refilled} THEN 0 ELSE {cost} END\n"
        "    FROM walked INNER JOIN queue ON queue.place = walked.place + 1\n)"
        "\nSELECT received_at, request_id, amount\nFROM walked INNER JOIN queue USING (place)\n"
        "WHERE is_over\nORDER BY place"
    )


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.splitlines())
