from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tallystick.formats import find_format

FULL = {
    "time": "2022-01-31T23:59:59.000001Z", "host": "edge-07", "epoch": "2022-01-30T04:00:00Z", "seq": 4711,
    "request_id": "01FTR9Z0", "client": "hal-mon-01", "user": "user-9", "tenant": "murmur", "ip": "2001:db8::17",
    "agent": 'halcyon/1.2 "quoted" \\ é', "method": "REPORT", "route": "/2/tweets/{id}",
    "path": "/2/tweets/17?expand=author&token=secret", "status": 200, "records": 100, "bytes_out": 81_230,
    "bytes_in": 0, "duration_us": 41_007, "referer": "https://user:pw@example.com/x?session=1#top",
    "history_from": "2022-01-24T23:59:59.5+01:00",
    "purpose": "research", "on_behalf_of": "someone", "not_a_field": {"x": [1]},
}  # fmt: skip


def test_every_field_becomes_its_column(rows: Callable[..., Any]) -> None:
    [row] = rows(json.dumps(FULL), expected_format="gateway_jsonl")

    assert row == {
        "received_at": datetime(2022, 1, 31, 23, 59, 59, 1, tzinfo=UTC),
        "source": "log/edge-07",
        "sequence_number": 4711,
        "epoch": "2022-01-30T04:00:00Z",
        "request_id": "01FTR9Z0",
        "credential": "hal-mon-01",
        "user": "user-9",
        "tenant": "murmur",
        "client_address": "2001:db8::17",
        "user_agent": 'halcyon/1.2 "quoted" \\ é',
        "method": "REPORT",
        "route": "/2/tweets/{id}",
        "path": "/2/tweets/17",
        "status": 200,
        "records": 100,
        "response_bytes": 81_230,
        "request_bytes": 0,
        "duration_us": 41_007,
        "referer": "https://example.com/x",
        "history_from": datetime(2022, 1, 24, 22, 59, 59, 500_000, tzinfo=UTC),
    }


def test_fields_that_are_absent_or_null_leave_their_columns_unknown(rows: Callable[..., Any]) -> None:
    least = {"time": "2022-01-31T23:59:59Z", "client": "c", "method": "GET", "status": 429}
    null = dict.fromkeys(FULL)

    for entry in (least, {**null, **least}):
        [row] = rows(json.dumps(entry), expected_format="gateway_jsonl")
        assert row == {
            "received_at": datetime(2022, 1, 31, 23, 59, 59, tzinfo=UTC),
            "source": "log",
            "credential": "c",
            "method": "GET",
            "status": 429,
        }


def test_a_dash_is_a_value_in_json(rows: Callable[..., Any]) -> None:
    entry = {"time": "2022-01-31T23:59:59Z", "client": "-", "method": "GET", "status": 200, "user": "-", "agent": ""}

    [row] = rows(json.dumps(entry), expected_format="gateway_jsonl")

    assert (row["credential"], row["user"], row["user_agent"]) == ("-", "-", "")


def test_the_fields_that_writers_rely_on_are_these() -> None:
    described = find_format("gateway_jsonl")

    assert list(described.decode.fields) == [
        "time",
        "host",
        "epoch",
        "seq",
        "request_id",
        "client",
        "user",
        "tenant",
        "ip",
        "agent",
        "method",
        "route",
        "path",
        "status",
        "records",
        "bytes_out",
        "bytes_in",
        "duration_us",
        "referer",
        "history_from",
    ]
    assert described.decode.kind == "json"
    assert list(described.decode.reserved) == ["purpose", "on_behalf_of"]
    assert (described.identity, described.sub_source) == ("sequence", "host")
