"""Rows and models that are right by default: a test states only what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from tallystick.agreements.limit import Counts, LimitClause
from tallystick.agreements.version import Version
from tallystick.period import Period
from tallystick.register.model import Licensee
from tallystick.storage.delta import arrow_schema
from tallystick.tables import Table
from tallystick.tables.intake import INTAKE
from tallystick.tables.request import REQUEST

Row = dict[str, Any]

DAY = "2022-03-01"
"""The day of every time of day that a drawing does not put on a day of its own."""


def at(text: str) -> datetime:
    """`10:00:00`, `10:00:00.000001` or `2022-03-02T00:00:00`, UTC."""
    return datetime.fromisoformat(text if "T" in text else f"{DAY}T{text}").replace(tzinfo=UTC)


def us(text: str) -> int:
    """The same in microseconds since 1970."""
    return (at(text) - datetime(1970, 1, 1, tzinfo=UTC)) // (at("00:00:00.000001") - at("00:00:00"))


def a_request(**stated: Any) -> Row:
    """A row of `request`: halcyon's app `monitor` was served at 10:00:00; `at` is its time."""
    return _row(REQUEST, stated, licensee="halcyon", app="monitor", is_duplicate=False, conflict=False)


def an_entry(**stated: Any) -> Row:
    """A row of `intake`: an accepted entry that names no caller."""
    return _row(INTAKE, stated, batch="b1")


def requests(times: str, **stated: Any) -> list[Row]:
    """One request for each time: `requests("10:00:00 10:00:00", status=429)`."""
    return [a_request(at=time, position=place, **stated) for place, time in enumerate(times.split(), 1)]


def drawn(builder: Callable[..., Row], table: str, **stated: Any) -> list[Row]:
    """A drawn table as rows: a heading of column names, then a row a line; `-` is NULL, `''` the empty text."""
    heading, *lines = [line.split() for line in table.strip().splitlines()]
    return [
        builder(**({"position": place} | stated | dict(zip(heading, map(_value, line), strict=True))))
        for place, line in enumerate(lines, 1)
    ]


def shown(rows: Sequence[Row], columns: str) -> list[tuple[Any, ...]]:
    """Some columns of rows, to hold against `lines`; an instant as its time of day."""
    return [tuple(_shown(row[name]) for name in columns.split()) for row in rows]


def lines(table: str) -> list[tuple[Any, ...]]:
    """What is expected of `shown`, drawn: a line is a row, `-` is None."""
    return [tuple(map(_value, line.split())) for line in table.strip().splitlines()]


def as_table(table: Table, rows: Sequence[Row]) -> pa.Table:
    """Rows as the Arrow table that a lake writes."""
    return pa.Table.from_pylist(list(rows), schema=arrow_schema(table))


def a_clause(**stated: Any) -> LimitClause:
    """A limit: at most 2 requests per app in any 15 minutes; `counts` may be a mapping."""
    words = {"id": "limit", "cites": "§ 4", "says": "At most so many.", "kind": "limit", "severity": "major"}
    numbers = {"of": "requests", "per": "app", "max": 2, "window": "sliding", "within": "PT15M"}
    return LimitClause.model_validate(words | numbers | stated)


def everything() -> Counts:
    """A scope that leaves nothing out, 429 included."""
    return Counts(except_status=())


def a_version(*clauses: Mapping[str, Any] | LimitClause, **stated: Any) -> Version:
    """A version in force from 2020 on, of one sliding limit."""
    said = {"licensee": "halcyon", "version": "2020-01-01", "title": "Agreement", "in_force_from": "2020-01-01"}
    return Version.model_validate(said | {"clauses": list(clauses) or [a_clause()]} | stated)


def a_licensee(*apps: Mapping[str, Any], **stated: Any) -> Licensee:
    """Halcyon with the app `monitor`."""
    said = {"licensee": "halcyon", "name": "Halcyon Analytics Ltd", "apps": list(apps) or [{"app": "monitor"}]}
    return Licensee.model_validate(said | stated)


def a_period(text: str = "2022") -> Period:
    """A period in UTC; its ends may be times of `DAY`."""
    start, _, end = text.partition("/")
    if end and "T" not in text and ":" in text:
        return Period(text=text, start_us=us(start), end_us=us(end))
    return Period.parse(text)


def _row(table: Table, stated: Mapping[str, Any], **default: Any) -> Row:
    said: Row = {"at": "10:00:00", "source": "edge", "method": "GET", "route": "/2/tweets", "status": 200}
    said |= {"file_id": "f1", "position": 1} | default | dict(stated)
    said["received_at"] = at(said.pop("at"))
    said["event_date"] = said["received_at"].date()
    if isinstance(said.get("history_from"), str):
        said["history_from"] = at(said["history_from"])
    unknown = set(said) - set(table.column_names)
    assert not unknown, f"{table.name} has no {sorted(unknown)}"
    return {column.name: _typed(said.get(column.name), column.type) for column in table.columns}


def _typed(value: Any, kind: str) -> Any:
    return str(value) if kind == "VARCHAR" and isinstance(value, int) else value


def _shown(value: Any) -> Any:
    return value.strftime("%H:%M:%S") if isinstance(value, datetime) else value


def _value(text: str) -> Any:
    if text == "-":
        return None
    if text == "''":
        return ""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def day_of(row: Mapping[str, Any]) -> str:
    """The UTC day of a row as text."""
    day = row["event_date"]
    assert isinstance(day, date)
    return day.isoformat()
