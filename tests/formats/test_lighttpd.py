from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


def test_every_field_becomes_its_column_and_the_forwarded_client_is_the_caller(rows: Callable[..., Any]) -> None:
    found = rows(
        '2001:db8::3 192.0.2.5 ann [08/Apr/2010:20:43:02 -0700] "GET /a?x=1 HTTP/1.0" 200 191 367 464 2 "-" "tool_1"\n'
        '- 192.0.2.6 - [08/Apr/2010:20:43:02 -0700] "HEAD /healthz HTTP/1.1" 200 - 158 128 0 "" "-"\n',
        expected_format="lighttpd",
    )

    at = datetime(2010, 4, 9, 3, 43, 2, tzinfo=UTC)
    assert found == [
        {
            "received_at": at,
            "source": "log",
            "principal": "ann",
            "user": "ann",
            "client_address": "2001:db8::3",
            "user_agent": "tool_1",
            "method": "GET",
            "path": "/a",
            "status": 200,
            "response_bytes": 191,
            "request_bytes": 367,
            "duration_us": 2_000_000,
        },
        {
            "received_at": at,
            "source": "log",
            "client_address": "192.0.2.6",
            "method": "HEAD",
            "path": "/healthz",
            "status": 200,
            "response_bytes": 0,
            "request_bytes": 158,
            "duration_us": 0,
            "referer": "",
        },
    ]
