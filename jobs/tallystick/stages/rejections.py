"""The rejected entries of some UTC days, as often as they were delivered, so that they add up to the ledger's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tallystick.duck import connect
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REJECTED_ENTRY

Row = Mapping[str, Any]
Reading = tuple[str, str]
"""A file and the ingest that read it: `file_id` and `batch`."""


def rejections(snapshot: Snapshot, source_files: Sequence[Row], days: Collection[str]) -> list[Row]:
    """Rows of `rejected_entry` that fall on the days, one for each delivery of the file, and those that have no day.

    As everywhere a rejected entry is of the day of the readable entry before it, else of the one after it.
    """
    deliveries: dict[Reading, int] = {}
    astride: dict[Reading, set[str]] = {}
    for file in source_files:
        if file["state"] in ("read", "repeated"):
            reading = (file["file_id"], file["batch"])
            dated = {str(day["event_date"]): day["rejected"] for day in file["days"] if day["rejected"]}
            if not file["days"] or dated.keys() & set(days):
                deliveries[reading] = deliveries.get(reading, 0) + 1
            if dated.keys() - set(days):
                astride[reading] = {str(day["event_date"]) for day in file["days"]}
    rows = [row for row in snapshot.rows(REJECTED_ENTRY) if (row["file_id"], row["batch"]) in deliveries]
    elsewhere = _on_other_days(snapshot, rows, {one: astride[one] for one in astride.keys() & deliveries}, days)
    return [
        row
        for row in rows
        if (row["file_id"], row["position"]) not in elsewhere
        for _ in range(deliveries[row["file_id"], row["batch"]])
    ]


def _on_other_days(
    snapshot: Snapshot, rows: Sequence[Row], astride: Mapping[Reading, set[str]], days: Collection[str]
) -> set[tuple[str, int]]:
    """File and position of those rows, of files that lie astride the days, that fall on another day."""
    if not astride:
        return set()
    connection = connect()
    lost = [
        {name: row[name] for name in ("file_id", "batch", "position")}
        for row in rows
        if (row["file_id"], row["batch"]) in astride
    ]
    connection.register("lost", pa.Table.from_pylist(lost))
    files = pa.table({"file_id": [file for file, _ in astride], "batch": [batch for _, batch in astride]})
    connection.register("astride", files)
    intake = snapshot.relation(INTAKE, {"event_date": sorted(set().union(*astride.values()))})
    placed = connection.execute(
        f"""WITH readable AS (
            SELECT file_id, batch, position, event_date FROM ({intake}) SEMI JOIN astride USING (file_id, batch)
        ),
        opening AS (SELECT file_id, batch, arg_min(event_date, position) AS event_date FROM readable GROUP BY ALL)
        SELECT lost.file_id, lost.position, CAST(coalesce(before.event_date, opening.event_date) AS VARCHAR)
        FROM lost
        INNER JOIN opening ON lost.file_id = opening.file_id AND lost.batch = opening.batch
        ASOF LEFT JOIN readable AS before
            ON lost.file_id = before.file_id AND lost.batch = before.batch AND lost.position >= before.position"""
    ).fetchall()
    return {(file, position) for file, position, day in placed if day not in days}
