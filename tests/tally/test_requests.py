"""A day's columns as codes: in the order that SQL has, and counted by a clause just where SQL says so."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from building import DAY, Row, a_clause, a_request, as_table
from tallystick.agreements.limit import Scope
from tallystick.duck import connect
from tallystick.storage.delta import Lake
from tallystick.tables.request import REQUEST
from tallystick.tally.relation import relation_of
from tallystick.tally.requests import Coded, Day, DayRequests, coded_texts
from tallystick.tally.scope import condition
from tallystick.tally.written import write_rows

TEXT = st.one_of(st.none(), st.text(max_size=4))


@settings(deadline=None)
@given(texts=st.lists(TEXT))
def test_codes_have_the_order_that_sql_has_and_null_comes_last(texts: list[str | None]) -> None:
    column = coded_texts(pa.array(texts, pa.string()))
    connection = connect()
    connection.register("given", pa.table({"text": pa.array(texts, pa.string())}))

    found = connection.execute("SELECT text FROM given ORDER BY text").fetchall()

    assert column.decoded(np.sort(column.codes)).to_pylist() == [text for (text,) in found]


def files_of(root: Path, rows: list[Row]) -> list[str]:
    lake = Lake(root)
    lake.write(REQUEST, as_table(REQUEST, rows))
    return [file.path for file in lake.files(REQUEST)]


def called(rows: int = 1) -> list[Row]:
    """Requests of every kind that a scope tells apart, some of them duplicates, some of nobody."""
    alike = product(
        ("halcyon", "kestrel", None), ("GET", "post", None), ("/a", "/a/b", None), (200, 429, None), ("curl/8", None)
    )
    return [
        a_request(
            position=place,
            at=f"{place % 24:02}:00:00",
            licensee=licensee,
            method=method,
            route=route,
            status=status,
            user_agent=agent,
            is_duplicate=place % 7 == 0,
        )
        for place, (licensee, method, route, status, agent) in enumerate([*alike] * rows)
    ]


def scope_of(**counts: Any) -> Scope:
    return a_clause(counts=counts).limit_as(None).scope


SCOPES = (
    scope_of(),
    scope_of(except_status=[]),
    scope_of(statuses=[200]),
    scope_of(methods=["get"], statuses=[429]),
    scope_of(routes=["GET /a", "/a/*"]),
    scope_of(routes=["* /a*"], methods=["post"]),
    scope_of().model_copy(update={"user_agents": ("curl/*",)}),
    scope_of(routes=["GET /a"]).model_copy(update={"is_undetermined": True}),
    scope_of().model_copy(update={"deeper_than_us": 1}),
)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: condition(scope)[:40])
def test_a_clause_counts_just_what_its_sql_is_true_of(scope: Scope, tmp_path: Path) -> None:
    files = files_of(tmp_path, called())
    day = Day(DAY, files, [], [], connect)
    asked = ("halcyon",)

    counted = day.requests.only(day.requests.in_scope(day, scope, asked))

    expected = connect().execute(
        f"SELECT position FROM ({relation_of(files)}) WHERE NOT is_duplicate AND licensee IN ('halcyon') "
        f"AND ({condition(scope)})"
    )
    positions = counted.amount("position").known.tolist()
    assert sorted(positions) == sorted(place for (place,) in expected.fetchall())


def test_a_column_is_read_when_it_is_asked_for_and_only_then(tmp_path: Path) -> None:
    [file] = files_of(tmp_path, [a_request(route="/a")])
    table = pq.ParquetFile(file).read().drop_columns(["route"])
    pq.write_table(table, tmp_path / "less.parquet")

    requests = DayRequests([str(tmp_path / "less.parquet")])

    assert requests.coded("app").decoded(requests.coded("app").codes).to_pylist() == ["monitor"]
    assert not requests.coded("route").is_known.any()  # as in files of before a column was promised


def test_what_a_log_reader_needs_to_prune_by_is_said_of_a_written_file(tmp_path: Path) -> None:
    column = coded_texts(pa.array(["ä", None, "b"], pa.string()))
    rows = pa.table({"licensee": column.decoded(column.codes), "requests": pa.array([1, 2, 3], pa.int64())})

    written = write_rows(rows, tmp_path, partition={"event_date": DAY}, name="built")

    assert (written.path, written.rows) == (f"event_date={DAY}/built.parquet", 3)
    assert (dict(written.lowest), dict(written.highest)) == ({"licensee": "b"}, {"licensee": "ä"})
    assert pq.ParquetFile(tmp_path / written.path).read().to_pylist() == rows.to_pylist()


def test_equal_rows_make_equal_bytes(tmp_path: Path) -> None:
    rows = pa.table({"licensee": ["a", "b"], "requests": [1, 2]})

    for name in ("first", "second"):
        write_rows(rows, tmp_path, partition={}, name=name)

    assert (tmp_path / "first.parquet").read_bytes() == (tmp_path / "second.parquet").read_bytes()


def test_a_column_of_codes_keeps_its_values_when_some_rows_are_chosen() -> None:
    column = Coded(codes=np.asarray([0, 2, 1]), values=pa.array(["a", "b"]))

    chosen = column.only(np.asarray([1, 2]))

    assert chosen.decoded(chosen.codes).to_pylist() == [None, "b"]
    assert column.is_any_of(["b", "c"]).tolist() == [False, False, True]
