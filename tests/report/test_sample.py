"""The sample of counted requests: what is drawn, how many, and what it can show."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Collection, Mapping
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallystick.duck import connect
from tallystick.evidence.sample_rules import FRAME
from tallystick.period import Period
from tallystick.report.sample import SAMPLE, SIZE, Stratum, bound, draw, frame, sample_files, strata_of
from tallystick.tables import Table

PERIOD = Period(text="2024", start_us=1704067200000000, end_us=1735689600000000)
REQUESTS = """
SELECT DATE '2024-01-30' + CAST(i % 4 AS INTEGER) AS event_date, 'halcyon' AS licensee,
  CASE WHEN i % 1000 = 0 THEN 'rare' ELSE 'busy' END AS app, sha256(CAST(i % 7 AS VARCHAR)) AS file_id,
  i // 7 AS position, make_timestamptz(epoch_us(DATE '2024-01-30' + CAST(i % 4 AS INTEGER)) + i * 1000) AS received_at,
  '/x' AS route, 200 AS status, 5::BIGINT AS records, i % 10 = 9 AS is_duplicate
FROM range(60000) AS each(i) ORDER BY {order}
"""


def drawn(seed: str = "a", *, order: str = "i", strata: list[Stratum] | None = None) -> tuple[pa.Table, list[Stratum]]:
    connection = connect()
    connection.execute(f"CREATE TABLE request AS {REQUESTS.format(order=order)}")
    usage = connection.execute(
        "SELECT app, date_trunc('hour', received_at) AS slot_at, count(*) AS requests FROM request "
        "WHERE NOT is_duplicate GROUP BY ALL"
    ).to_arrow_table()

    def relation(table: Table, partitions: Mapping[str, Collection[str]]) -> str:
        return f"SELECT * FROM {table.name}"

    return draw(connection, relation, "halcyon", PERIOD, strata or strata_of(usage), seed)


def identities(table: pa.Table) -> set[tuple[str, int]]:
    return set(zip(table.column("file_id").to_pylist(), table.column("position").to_pylist(), strict=True))


def test_every_app_and_month_has_its_share_rounded_up() -> None:
    table, strata = drawn()

    assert [(one.app, one.month, one.requests) for one in strata] == [
        ("busy", "2024-01", 26_940),
        ("busy", "2024-02", 27_000),
        ("rare", "2024-01", 60),
    ]
    assert all(one.drawn * 54000 >= SIZE * one.requests for one in strata)
    assert SIZE <= table.num_rows == sum(one.drawn for one in strata) <= SIZE + len(strata)
    months = Counter(
        (app, f"{at:%Y-%m}")
        for app, at in zip(*(table[name].to_pylist() for name in ("app", "received_at")), strict=True)
    )
    assert months == {(one.app, one.month): one.drawn for one in strata}
    assert table.column_names == ["file_id", "position", "received_at", "app", "route", "status", "records"]


def test_each_is_a_counted_request_drawn_once() -> None:
    table, _ = drawn()

    numbers = {7 * position + int(file) for file, position in _numbered(table)}
    assert len(numbers) == table.num_rows
    assert not any(number % 10 == 9 for number in numbers)


def _numbered(table: pa.Table) -> list[tuple[str, int]]:
    names = {sha256(str(each).encode()).hexdigest(): str(each) for each in range(7)}
    return [(names[file], position) for file, position in identities(table)]


def test_the_same_seed_draws_the_same_in_any_order_and_another_draws_others() -> None:
    first = identities(drawn()[0])

    assert identities(drawn(order="received_at DESC")[0]) == first
    assert len(identities(drawn("b")[0]) & first) < len(first) / 2


def test_of_a_stratum_those_with_the_least_digest_are_drawn_as_anybody_can_count_again() -> None:
    few = [Stratum(app="rare", month="2024-01", requests=60, drawn=5)]
    table, _ = drawn("seed", strata=few)

    def digest(number: int) -> str:
        return sha256(f"seed/{sha256(str(number % 7).encode()).hexdigest()}/{number // 7}".encode()).hexdigest()

    assert {7 * position + int(file) for file, position in _numbered(table)} == set(
        sorted(range(0, 60000, 1000), key=digest)[:5]
    )


def test_a_stratum_whose_lots_are_all_high_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stratum, "below", property(lambda _: 0))

    assert drawn()[0].num_rows >= SIZE


def test_requests_that_are_gone_make_the_sample_smaller_and_it_says_so() -> None:
    gone = Stratum(app="gone", month="2024-01", requests=100, drawn=7)
    table, strata = drawn(strata=[gone])

    said = frame(strata, "a")
    assert (table.num_rows, said["drawn"], said["wrong_at_most"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("count", "share"), [(None, "0"), (0, None), (1, "0.950000"), (299, "0.009970"), (2_995, "0.001000")]
)
def test_the_bound_is_what_a_sample_without_a_wrong_entry_shows(count: int | None, share: str | None) -> None:
    assert bound(count) == share


def test_the_frame_tells_seed_sizes_and_bound_and_a_whole_census_leaves_nothing_open() -> None:
    strata = [
        Stratum(app="a", month="2024-01", requests=10**6, drawn=2_996),
        Stratum(app="b", month="2024-01", requests=1, drawn=1),
    ]
    said = frame(strata, "a")

    assert (said["requests"], said["drawn"], said["wrong_at_most"]) == (1_000_001, 2_997, "0.001000")
    assert [one["wrong_at_most"] for one in said["strata"]] == ["0.001000", "0"]


def test_the_files_of_a_report_have_its_digest_as_seed_and_an_empty_period_has_an_empty_sample() -> None:
    connection = connect()
    connection.execute(f"CREATE TABLE request AS SELECT * FROM ({REQUESTS.format(order='i')}) LIMIT 0")
    usage = connection.execute("SELECT app, received_at AS slot_at, 1 AS requests FROM request").to_arrow_table()

    files = sample_files(connection, lambda table, _: f"SELECT * FROM {table.name}", "halcyon", PERIOD, usage, b"{}")

    assert json.loads(files[FRAME])["seed"] == sha256(b"{}").hexdigest()
    assert pq.read_table(io.BytesIO(files[SAMPLE])).num_rows == 0
