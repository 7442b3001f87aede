from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


def test_every_field_becomes_its_column(rows: Callable[..., Any]) -> None:
    found = rows(
        '2001:db8::2 - ann [31/Jan/2022:23:59:59 +0000] "DELETE /a HTTP/1.1" 204 - 8680 "https://a.test/" "x \\"y\\""\n'
        '192.0.2.7 - - [31/Jan/2022:23:59:59 +0000] "-" 408 0 - "-" "-"\n',
        expected_format="apache_timed",
    )

    at = datetime(2022, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert found == [
        {
            "received_at": at,
            "source": "log",
            "principal": "ann",
            "user": "ann",
            "client_address": "2001:db8::2",
            "user_agent": 'x \\"y\\"',
            "method": "DELETE",
            "path": "/a",
            "status": 204,
            "response_bytes": 0,
            "duration_us": 8680,
            "referer": "https://a.test/",
        },
        {"received_at": at, "source": "log", "client_address": "192.0.2.7", "status": 408, "response_bytes": 0},
    ]
