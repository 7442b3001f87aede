"""Another reader of the same tables: delta-spark sees the rows that we wrote, and we see those that it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from building import Row, a_request, as_table
from storage.test_delta import HOSTILE, a_check
from tallystick.runtime.engine import Engine
from tallystick.storage.delta import Lake
from tallystick.tables import Table
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.request import REQUEST

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

pytestmark = pytest.mark.spark

EVENING, MORNING = "2022-02-28T23:59:59.999999", "2022-03-01T00:00:00"
TIMES = (EVENING, MORNING, "2022-03-01T10:00:00.000999", "2022-03-01T10:00:00.123456")
REQUESTS = [
    a_request(at=time, position=place, app=f"app-{place}", records=(None, 0, 2**53 + 1, 5)[place], user="ü'\"\\%")
    for place, time in enumerate(TIMES)
]


def by_spark(engine: Engine, lake: Lake, table: Table, **options: Any) -> DataFrame:
    return engine.session.read.format("delta").options(**options).load(str(lake.folder(table)))


def rows_of(frame: DataFrame) -> list[Row]:
    """Spark's rows as ours: instants with their zone, columns in the table's order."""
    found = frame.toArrow().to_pylist()
    return [{name: row[name] for name in frame.columns} for row in found]


def in_order(rows: list[Row], *keys: str) -> list[Row]:
    return sorted(rows, key=lambda row: [str(row[key]) for key in keys])


def test_another_reader_sees_the_same_rows_in_every_version(engine: Engine, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = lake.write(REQUEST, as_table(REQUEST, REQUESTS))
    lake.write(REQUEST, as_table(REQUEST, REQUESTS[2:3]), replace=[{"event_date": "2022-03-01"}])

    now = rows_of(by_spark(engine, lake, REQUEST).select(*REQUEST.column_names))
    before = rows_of(by_spark(engine, lake, REQUEST, versionAsOf=first).select(*REQUEST.column_names))

    assert in_order(before, "position") == REQUESTS
    assert in_order(now, "position") == [REQUESTS[0], REQUESTS[2]]
    assert in_order(now, "position") == in_order(lake.read(REQUEST).to_pylist(), "position")


def test_another_reader_prunes_by_our_bounds_and_loses_no_row(engine: Engine, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write(REQUEST, as_table(REQUEST, REQUESTS))

    found = [
        by_spark(engine, lake, REQUEST).where(f"received_at = TIMESTAMP '{time}Z'").select("position").toArrow()
        for time in TIMES
    ]
    none = by_spark(engine, lake, REQUEST).where("received_at > TIMESTAMP '2022-03-01T10:00:00.123456Z'").count()

    assert [table["position"].to_pylist() for table in found] == [[0], [1], [2], [3]]
    assert none == 0


def test_another_reader_sees_partitions_of_any_name(engine: Engine, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    rows = [a_check(period=period, id=str(place)) for place, period in enumerate(HOSTILE)]
    lake.write(CHECK_RESULT, as_table(CHECK_RESULT, rows))

    found = rows_of(by_spark(engine, lake, CHECK_RESULT).select("period", "id"))

    assert in_order(found, "id") == in_order([{"period": row["period"], "id": row["id"]} for row in rows], "id")


def test_what_another_writer_replaces_is_what_we_read(engine: Engine, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.write(REQUEST, as_table(REQUEST, REQUESTS))

    theirs = by_spark(engine, lake, REQUEST).where("position = 3").localCheckpoint()
    theirs.write.format("delta").mode("overwrite").option("replaceWhere", "event_date = '2022-03-01'").save(
        str(lake.folder(REQUEST))
    )
    after_theirs = sorted(lake.read(REQUEST)["position"].to_pylist())
    lake.write(REQUEST, as_table(REQUEST, REQUESTS[1:2]), replace=[{"event_date": "2022-03-01"}])

    assert after_theirs == [0, 3]
    assert sorted(lake.read(REQUEST)["position"].to_pylist()) == [0, 1]
    assert by_spark(engine, lake, REQUEST).count() == 2
