"""Requests of days that were refined before a request had some column: it is NULL there, whatever stands beside."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from building import a_request, as_table
from tallystick.duck import connect
from tallystick.tables.request import REQUEST
from tallystick.tally.requests import relation_of


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Two days' files of one request each: `old` without the column `history_from`, and `new`."""
    found = {}
    for name, hour in (("old", "10:00:00"), ("new", "11:00:00")):
        rows = as_table(REQUEST, [a_request(at=hour, history_from="09:00:00")]).drop_columns(["event_date"])
        found[name] = str(tmp_path / f"{name}.parquet")
        pq.write_table(rows if name == "new" else rows.drop_columns(["history_from"]), found[name])
    return found


@pytest.mark.parametrize(
    ("named", "known"), [(("old",), [False]), (("new",), [True]), (("old", "new"), [False, True]), ((), [])]
)
def test_a_column_that_a_file_lacks_is_null(files: dict[str, str], named: tuple[str, ...], known: list[bool]) -> None:
    relation = relation_of([files[name] for name in named])

    rows = connect().sql(f"SELECT history_from IS NOT NULL FROM ({relation}) ORDER BY received_at").fetchall()
    assert [row[0] for row in rows] == known
