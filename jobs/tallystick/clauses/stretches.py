"""Which stretches of a span a daily table answers for exactly, and which parts are left to be read from requests."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.tables import Table


@dataclass(frozen=True, kw_only=True)
class Settled:
    """`stored` is SQL for the rows of stretches that are exact in the span, `parts` are the ranges that are left.

    A row whose `is_own` is true answers by its own columns: what reaches back before the span does not count in it.
    """

    stored: str
    parts: tuple[tuple[int, int], ...]


def settle(reader: UsageReader, table: Table, summary_id: str, span: Period, reach_us: int) -> Settled:
    """Split a span for a table whose rows look back by up to `reach_us` before their stretch."""
    since, until, own = (f"epoch_us({name})" for name in ("since_at", "until_at", "own_since_at"))
    is_clear = f"{since} - {reach_us} >= {span.start_us}"
    rows = (
        f"SELECT *, NOT ({is_clear}) AS is_own FROM ({reader.daily(table, summary_id, span.start_us, span.end_us)}) "
        f"WHERE {since} < {span.end_us} AND {until} > {span.start_us}"
    )
    is_exact = f"{since} >= {span.start_us} AND {until} <= {span.end_us} AND ({is_clear} OR {own} = {span.start_us})"
    if reader.only_raw:
        return Settled(stored=f"SELECT * FROM ({rows}) WHERE false", parts=((span.start_us, span.end_us),))
    left = reader.connection.execute(
        f"SELECT DISTINCT greatest({since}, {span.start_us}), least({until}, {span.end_us}) FROM ({rows}) "
        f"WHERE NOT ({is_exact}) ORDER BY ALL"
    ).fetchall()
    return Settled(stored=f"SELECT * FROM ({rows}) WHERE {is_exact}", parts=merged(left))


def merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Half-open ranges, ordered by their beginnings, with those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
