"""One request that its log wrote as several entries: one of them stands for it, the others complete it."""

from __future__ import annotations

import duckdb

from tallystick.duck import quote_name
from tallystick.tables.canonical import CANONICAL

FILLED = [column.name for column in CANONICAL if column.name not in ("received_at", "source", "request_id")]


def join_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Give `entry` the columns `is_other_part` and `has_part_conflict`, NULL for entries that are no part of several.

    Of the entries of one source with one request id the part of the lowest number stands for the request (1 before 2,
    and then the earliest). It is received when the first of them was, and what it does not say is taken from the others
    in their order. The others are other parts, as is every part with a number below zero, also where the day holds no
    part that stands for the request: that one is on the day before, or was never delivered. Two entries for the same
    part that say different things are a conflict.
    """
    [(parts,)] = connection.execute("SELECT count(*) FROM entry WHERE part IS NOT NULL").fetchall()
    if not parts:
        connection.execute("ALTER TABLE entry ADD COLUMN is_other_part BOOLEAN")
        connection.execute("ALTER TABLE entry ADD COLUMN has_part_conflict BOOLEAN")
        return
    said = ", ".join(f"entry.{quote_name(column.name)}" for column in CANONICAL)
    filled = ", ".join(
        f"CASE WHEN row_number() OVER by_rank = 1 THEN first_value({name} IGNORE NULLS) OVER whole ELSE {name} END "
        f"AS {name}"
        for name in map(quote_name, FILLED)
    )
    connection.execute(
        f"""
        CREATE TEMP TABLE joined AS
        WITH of_parts AS (SELECT DISTINCT source, request_id FROM entry WHERE part IS NOT NULL),
        part_entry AS (
            SELECT entry.*, md5(CAST(({said}) AS VARCHAR)) AS said
            FROM entry SEMI JOIN of_parts USING (source, request_id)
        )
        SELECT
            * EXCLUDE (said) REPLACE (
                CASE WHEN row_number() OVER by_rank = 1 THEN min(received_at) OVER request ELSE received_at END
                    AS received_at,
                {filled}
            ),
            row_number() OVER by_rank > 1 OR coalesce(part, 0) < 0 AS is_other_part,
            min(said) OVER same_part <> max(said) OVER same_part AS has_part_conflict
        FROM part_entry
        WINDOW
            request AS (PARTITION BY source, request_id),
            same_part AS (PARTITION BY source, request_id, part),
            by_rank AS (
                PARTITION BY source, request_id
                ORDER BY coalesce(part, 0) < 0, abs(coalesce(part, 0)), received_at, file_id, position
            ),
            whole AS (
                PARTITION BY source, request_id
                ORDER BY coalesce(part, 0) < 0, abs(coalesce(part, 0)), received_at, file_id, position
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
        """
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE entry AS SELECT * FROM joined UNION ALL BY NAME "
        "SELECT *, NULL::BOOLEAN AS is_other_part, NULL::BOOLEAN AS has_part_conflict "
        "FROM entry ANTI JOIN joined USING (file_id, position)"
    )
    connection.execute("DROP TABLE joined")
