"""One UTC day of each source into `day_ledger`, every box of the accounting identity, and its missing numbers."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from tallystick.duck import WrittenFile, quote_text, write_file

OFFERED = pa.schema(
    [
        ("source", pa.string()),
        ("files", pa.int64()),
        ("repeated_files", pa.int64()),
        ("accepted", pa.int64()),
        ("repeated_accepted", pa.int64()),
        ("rejected", pa.int64()),
    ]
)
"""What `source_file` says of one day of one source: files read and repeated, and their entries."""

COUNTED = """
SELECT
    source,
    count(*) AS accepted,
    count(*) FILTER (is_duplicate) AS duplicate,
    count(*) FILTER (is_duplicate AND conflict) AS conflict,
    count(*) FILTER (NOT is_duplicate) AS "unique",
    count(*) FILTER (NOT is_duplicate AND licensee IS NULL) AS unattributed,
    count(*) FILTER (NOT is_duplicate AND licensee IS NOT NULL) AS attributed,
    min(received_at) FILTER (NOT is_duplicate) AS first_at,
    max(received_at) FILTER (NOT is_duplicate) AS last_at,
    arg_min_null(epoch, (received_at, sequence_number))
        FILTER (NOT is_duplicate AND sequence_number IS NOT NULL) AS epoch_first,
    arg_max_null(epoch, (received_at, sequence_number))
        FILTER (NOT is_duplicate AND sequence_number IS NOT NULL) AS epoch_last
FROM request
GROUP BY source
"""


def write_gaps(connection: duckdb.DuckDBPyConnection, root: Path, *, day: str, name: str) -> WrittenFile:
    """Write the runs of numbers that the day's logs skipped. A source is sorted only when its count says that it must.

    Reads `request`; leaves `gap` on the connection for the ledger.
    """
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE gap AS
        WITH numbering AS (
            SELECT source, epoch, min(sequence_number) AS least, max(sequence_number) AS most, count(*) AS numbers
            FROM request WHERE NOT is_duplicate AND sequence_number IS NOT NULL GROUP BY source, epoch
        ),
        broken AS (SELECT source, epoch FROM numbering WHERE most - least <> numbers - 1),
        step AS (
            SELECT request.source, request.epoch, sequence_number, received_at,
                lag(sequence_number) OVER numbers AS number_before, lag(received_at) OVER numbers AS after_at
            FROM request INNER JOIN broken
                ON request.source = broken.source AND request.epoch IS NOT DISTINCT FROM broken.epoch
            WHERE NOT is_duplicate AND sequence_number IS NOT NULL
            WINDOW numbers AS (PARTITION BY request.source, request.epoch ORDER BY sequence_number)
        )
        SELECT source, epoch, number_before + 1 AS first_missing, sequence_number - 1 AS last_missing,
            sequence_number - number_before - 1 AS missing, after_at, received_at AS before_at
        FROM step WHERE sequence_number - number_before > 1"""
    )
    return write_file(connection, "SELECT * FROM gap ORDER BY ALL", root, partition={"event_date": day}, name=name)


def write_ledger(
    connection: duckdb.DuckDBPyConnection, offered: pa.Table, root: Path, *, day: str, name: str
) -> WrittenFile:
    """Write the day's ledger from its requests, its gaps and what its files offered (`OFFERED`).

    A repeated file's entries are accepted, and duplicates, of the day. Reads `request` and `gap`.
    """
    connection.register("offered", offered)
    query = f"""
        WITH counted AS ({COUNTED}),
        numbering AS (
            SELECT source, epoch, min(sequence_number) AS least, max(sequence_number) AS most
            FROM request WHERE NOT is_duplicate AND sequence_number IS NOT NULL GROUP BY source, epoch
        ),
        lost AS (SELECT source, sum(missing) AS missing FROM gap GROUP BY source)
        SELECT
            coalesce(counted.source, offered.source) AS source,
            coalesce(offered.files, 0) AS files,
            coalesce(offered.repeated_files, 0) AS repeated_files,
            coalesce(counted.accepted, 0) + coalesce(offered.repeated_accepted, 0) + coalesce(offered.rejected, 0)
                AS entries,
            coalesce(offered.rejected, 0) AS rejected,
            coalesce(counted.accepted, 0) + coalesce(offered.repeated_accepted, 0) AS accepted,
            coalesce(counted.duplicate, 0) + coalesce(offered.repeated_accepted, 0) AS duplicate,
            coalesce(counted.conflict, 0) AS conflict,
            coalesce(counted."unique", 0) AS "unique",
            coalesce(counted.unattributed, 0) AS unattributed,
            coalesce(counted.attributed, 0) AS attributed,
            counted.first_at,
            counted.last_at,
            counted.epoch_first,
            counted.epoch_last,
            earliest.least AS first_number,
            latest.most AS last_number,
            CAST(coalesce(lost.missing, 0) AS BIGINT) AS missing,
            {quote_text(name)} AS built_from
        FROM counted
        FULL OUTER JOIN offered USING (source)
        LEFT JOIN numbering AS earliest
            ON counted.source = earliest.source AND counted.epoch_first IS NOT DISTINCT FROM earliest.epoch
        LEFT JOIN numbering AS latest
            ON counted.source = latest.source AND counted.epoch_last IS NOT DISTINCT FROM latest.epoch
        LEFT JOIN lost ON counted.source = lost.source
        ORDER BY ALL"""
    return write_file(connection, query, root, partition={"event_date": day}, name=name)
