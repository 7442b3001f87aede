"""Rows of `measure` and `finding` that are right by default, and what their report is told with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

from building import a_licensee, a_version
from tallystick.agreements.load import Binding
from tallystick.period import Period
from tallystick.report.findings import Judged

Row = dict[str, Any]

VERSION = "2020-01-01"


def at(text: str) -> datetime:
    """`2022-03-01T08:00` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_measured(**stated: Any) -> Row:
    """A row of `measure`: the app `monitor` made 5 requests in some 15 minutes, where 2 are permitted."""
    return {
        "version": VERSION,
        "clause": "limit",
        "kind": "limit",
        "reading": "as written",
        "key": "monitor",
        "period": "2022",
        "counted": 40,
        "unknown": 0,
        "used": 40,
        "max": 2,
        "limit": 2,
        "peak": 5,
        "peak_at": at("2022-03-01T08:04"),
        "windows_over": 1,
        "requests_over": 3,
        "served_over": 1,
        "money": None,
        "verdict": "exceeded",
        "missing": None,
        "decided_from": "request",
        "rows_read": 40,
    } | stated


def a_window(**stated: Any) -> Row:
    return {
        "reading": "as written",
        "start_at": at("2022-03-01T08:01"),
        "end_at": at("2022-03-01T08:04"),
        "used": 5,
        "over": 3,
        "crossed_at": None,
        "peak_at": at("2022-03-01T08:04"),
        "requests_over": 3,
        "served_over": 1,
        "clipped": False,
    } | stated


def a_found(**stated: Any) -> Row:
    """The row of `finding` that goes with `a_measured`."""
    return {
        "id": "f-1",
        "version": VERSION,
        "clause": "limit",
        "kind": "limit",
        "key": "monitor",
        "period": "2022",
        "severity": "major",
        "verdict": "exceeded",
        "readings": 1,
        "readings_exceeded": 1,
        "sentence": "monitor: measured 5 requests against 2 permitted by § 4, over once",
        "requests": 3,
        "windows": [a_window()],
        "evidence": [],
    } | stated


def money(owed: str, paid: str | None, *, interest: str | None = None, **stated: Any) -> Row:
    """What was owed and paid for a month, as `measure` has it."""
    said = {name: None if text is None else Decimal(text) for name, text in (("paid", paid), ("interest", interest))}
    underpaid = None if paid is None else Context(prec=60).subtract(Decimal(owed), Decimal(paid))
    rest = {"currency": "USD", "at_least": False, "clipped": False, "share": None, "share_reached": None}
    return {"owed": Decimal(owed), "underpaid": underpaid, **said, **rest, **stated}


def a_month(key: str, owed: str, paid: str | None, **stated: Any) -> Row:
    """The measure of a fee for one month, or for `total`."""
    whole = dict.fromkeys(("max", "limit", "peak", "peak_at", "requests_over", "served_over"))
    named = {"clause": "fee", "kind": "fee", "key": key, "windows_over": 0}
    measure = {name: stated.pop(name) for name in list(stated) if name in a_measured()}
    verdict = "not decided" if paid is None else "exceeded" if Decimal(owed) > Decimal(paid) else "kept"
    return a_measured(**whole | named | {"verdict": verdict} | measure, money=money(owed, paid, **stated))


FEE = {
    "id": "fee",
    "cites": "§ 7",
    "says": "A fee.",
    "kind": "fee",
    "of": "requests",
    "currency": "USD",
    "price": "0.50",
}


def judged(
    *clauses: Mapping[str, Any],
    measures: Sequence[Row],
    period: str = "2022",
    version: Mapping[str, Any] | None = None,
    **stated: Any,
) -> Judged:
    """One version of some clauses over a period; `responses=[…]` are the register's."""
    made = a_version(*clauses, **(version or {}))
    known = {name: stated.pop(name) for name in ("earlier", "shares", "shown") if name in stated}
    return Judged(
        licensee=a_licensee(**stated),
        bindings=(Binding(version=made, sha256="a" * 64, from_us=made.from_us, until_us=made.until_us),),
        period=Period.parse(period),
        time_zone="Etc/UTC",
        measures=measures,
        **known,
    )
