"""Counted usage as a stage hands it over: one app in a quarter of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa


def usage_rows(count: int = 20) -> pa.Table:
    first = datetime(2022, 1, 1, tzinfo=UTC)
    slots = [first + timedelta(minutes=15 * index) for index in range(count)]
    return pa.table(
        {
            "event_date": pa.array([date(slot.year, slot.month, slot.day) for slot in slots], pa.date32()),
            "app": [f"halcyon-{index % 3}" for index in range(count)],
            "slot_at": pa.array(slots, pa.timestamp("us", tz="UTC")),
            "requests": pa.array(range(count), pa.int64()),
            "records": pa.array([index * 33 for index in range(count)], pa.int64()),
        }
    )
