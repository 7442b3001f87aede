from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evidence.document import NotAsPromisedError
from tallystick.report.usage import usage_parquet
from tallystick.report.usage_totals import usage_totals

AT = datetime(2022, 1, 1, tzinfo=UTC)
SCHEMA = pa.schema(
    {"app": pa.string(), "slot_at": pa.timestamp("us", "UTC"), "is_throttled": pa.bool_()}
    | dict.fromkeys(
        ("errors", "requests", "records", "records_unknown", "response_bytes", "response_bytes_unknown"), pa.int64()
    )
)


def a_slot(app: str | None = "board", requests: int = 1, **other: Any) -> dict[str, Any]:
    unknown = {"records_unknown": 0, "response_bytes_unknown": 0, "errors": 0, "is_throttled": False}
    return {"app": app, "slot_at": AT, "requests": requests, "records": None, "response_bytes": 0, **unknown, **other}


def totals(*slots: dict[str, Any]) -> Any:
    return usage_totals(usage_parquet(pa.Table.from_pylist(list(slots), SCHEMA)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([None, "a", "b", "c"]), st.integers(0, 10**6), st.booleans()), max_size=40))
def test_the_sums_are_those_of_the_rows(rows: list[tuple[str | None, int, bool]]) -> None:
    expected: Counter[str | None] = Counter()
    for app, requests, _ in rows:
        expected[app] += requests

    found = totals(*(a_slot(app, requests, is_throttled=refused) for app, requests, refused in rows))
    assert found.apps == dict(expected)
    assert found.summary["requests"] == expected.total()
    assert found.summary["throttled"] == sum(requests for _, requests, refused in rows if refused)


def test_amounts_that_pass_64_bits_together_do_not_wrap() -> None:
    most = 2**63 - 1

    assert totals(a_slot(records=most), a_slot(records=most)).summary["records.sum"] == 2 * most
    with pytest.raises(NotAsPromisedError):
        totals(a_slot(requests=most), a_slot(requests=most))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"\0" * 1000, b"PAR1" + b"\xff" * 60 + b"PAR1"])
def test_bytes_that_are_no_usage_are_refused(data: bytes) -> None:
    with pytest.raises(NotAsPromisedError):
        usage_totals(data)


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(NotAsPromisedError):
        usage_totals(usage_parquet(pa.table({"app": ["a"], "requests": [1]})))
