"""The requests of two sides matched by their tags, in SQL: pairs with their verdict, and what only one side has."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from tallystick.duck import quote_name

NUMBERS = (
    *("ours", "theirs", "agreed", "differing", "undecided", "only_ours", "only_theirs"),
    *("other_hour", "other_app", "unidentified_ours", "unidentified_theirs"),
)
"""What is counted of each app and hour. Pairs stand under our app and hour, and `other_hour` and `other_app` are parts
of them. In all, and of our side for each app and hour: ours = agreed + differing + undecided + only_ours; in all also
theirs = agreed + differing + undecided + only_theirs."""
AGREED, UNDECIDED, DIFFERING = 0, 1, 2
SIDES = (("ours", "theirs"), ("theirs", "ours"))


def match(connection: duckdb.DuckDBPyConnection, compared: Sequence[str]) -> None:
    """Of the tables `request` (tag, app, hour, side, a check of each compared column), `nameless` and `app_name` make
    `pair` (ours, theirs, verdict), and `cell`: the `NUMBERS` of each hour and app. `request` is gone then.

    Equal tags of one app and hour are paired first, those with equal checks before others; what is left is paired with
    any other app and hour. A pair is differing where a check that both sides have differs; else undecided where only
    one side has one; else agreed.
    """
    checks = "".join(f", {quote_name(name)}" for name in compared)
    connection.execute(
        f"CREATE TABLE same AS SELECT tag, app, hour{checks}, count(*) FILTER (side = 0) AS ours, "
        f"count(*) FILTER (side = 1) AS theirs FROM request GROUP BY ALL"
    )
    connection.execute("DROP TABLE request")
    # Most requests are the same on both sides and done with here; only of the others a row each is made.
    connection.execute(
        "CREATE TABLE made AS SELECT hour, app, sum(ours) AS ours, sum(theirs) AS theirs, "
        "sum(least(ours, theirs)) AS agreed FROM same GROUP BY ALL"
    )
    for name, other in SIDES:
        connection.execute(
            f"CREATE TABLE left_{name} AS SELECT tag, app, hour{checks} FROM same, range({name} - {other}) "
            f"WHERE {name} > {other}"
        )
    connection.execute("DROP TABLE same")
    _pair(connection, compared, keys=("tag", "app", "hour"))
    _pair(connection, compared, keys=("tag",))
    _count(connection)


def _pair(connection: duckdb.DuckDBPyConnection, compared: Sequence[str], *, keys: Sequence[str]) -> None:
    """Take those out of `left_ours` and `left_theirs` that have the same keys on both sides, and add them to `pair`."""
    run = connection.execute
    key, order = ", ".join(keys), ", ".join([*map(quote_name, compared), "hour", "app"])
    for name, other in SIDES:
        run(
            f"CREATE OR REPLACE TABLE placed_{name} AS SELECT *, row_number() OVER (PARTITION BY {key} "
            f"ORDER BY {order}) AS place FROM left_{name} WHERE tag IN (SELECT tag FROM left_{other})"
        )
    on = " AND ".join(f"ours.{name} = theirs.{name}" for name in (*keys, "place"))
    pairs = (
        f"SELECT ours, theirs, {_verdict(compared)} AS verdict "
        f"FROM placed_ours AS ours INNER JOIN placed_theirs AS theirs ON {on}"
    )
    run(f"CREATE TABLE IF NOT EXISTS pair AS {pairs} LIMIT 0")
    run(f"INSERT INTO pair {pairs}")
    for name, other in SIDES:
        alone = " AND ".join(f"one.{each} = another.{each}" for each in (*keys, "place"))
        run(
            f"CREATE TABLE alone AS SELECT * FROM left_{name} WHERE tag NOT IN (SELECT tag FROM placed_{name}) "
            f"UNION ALL BY NAME SELECT * EXCLUDE (place) FROM placed_{name} AS one ANTI JOIN placed_{other} AS another "
            f"ON {alone}"
        )
        run(f"DROP TABLE left_{name}")
        run(f"ALTER TABLE alone RENAME TO left_{name}")


def _verdict(compared: Sequence[str]) -> str:
    names = [quote_name(name) for name in compared]
    told = [differs(f"ours.{name}", f"theirs.{name}") for name in names]
    half = [f"((ours.{name} = 0) <> (theirs.{name} = 0))" for name in names]
    return (
        f"CASE WHEN {' OR '.join(told) or 'false'} THEN {DIFFERING} "
        f"WHEN {' OR '.join(half) or 'false'} THEN {UNDECIDED} ELSE {AGREED} END"
    )


def differs(ours: str, theirs: str) -> str:
    """SQL for whether two checks are both of known amounts, and not the same."""
    return f"({ours} <> 0 AND {theirs} <> 0 AND {ours} <> {theirs})"


def _count(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `cell` of what was paired, what is left, and what never had a tag."""
    of_pairs = {
        "agreed": f"verdict = {AGREED}",
        "undecided": f"verdict = {UNDECIDED}",
        "differing": f"verdict = {DIFFERING}",
        "other_hour": "ours.hour <> theirs.hour",
        "other_app": "ours.app <> theirs.app",
    }
    paired = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in of_pairs.items())
    sides = enumerate(("unidentified_ours", "unidentified_theirs"))
    nameless = ", ".join(f"sum(number) FILTER (side = {side}) AS {name}" for side, name in sides)
    each = " UNION ALL BY NAME ".join(
        [
            "SELECT * FROM made",
            f"SELECT ours.hour AS hour, ours.app AS app, {paired} FROM pair GROUP BY ALL",
            "SELECT hour, app, count(*) AS only_ours FROM left_ours GROUP BY ALL",
            "SELECT hour, app, count(*) AS only_theirs FROM left_theirs GROUP BY ALL",
            f"SELECT hour, app, {nameless} FROM nameless GROUP BY ALL",
        ]
    )
    sums = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in NUMBERS)
    connection.execute(
        f"CREATE TABLE cell AS SELECT hour, name AS app, {sums} FROM ({each}) AS part "
        "INNER JOIN app_name ON part.app = app_name.number GROUP BY ALL"
    )
