"""`findings.csv`: one row a finding, for a spreadsheet that must not take text for a formula or an id for a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.report.money import AMOUNTS
from tallystick.report.visible import WORDS_LENGTH, visible

COLUMNS = (
    *("id", "version", "clause", "cites", "kind", "key", "severity", "verdict", "readings", "readings_exceeded"),
    *("requests", "windows", "requests_over", "served_over", "first_at", "last_at", "evidence", "sentence"),
    *("currency", "owed", "paid", "underpaid", "interest"),
)
"""`windows` and `evidence` count rows, `requests_over` and `served_over` are those of the clause's own reading,
`first_at` and `last_at` span its windows, else its evidence. What is owed and after it is of fees alone."""

_AMOUNT = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,20})?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

LONGEST_CELL = 32_000
"""A cell of a spreadsheet holds 32,767 units of UTF-16; what is longer is cut, and its length counted."""

_LONGEST_MARK = 10
"""Characters of `[U+10FFFF]`, which may stand for a single one."""


def findings_csv(document: Mapping[str, Any]) -> bytes:
    """The findings in the order of the document, as RFC 4180 has it: UTF-8, CRLF, text in quotes and numbers without.

    Numbers are exact and ungrouped, nothing is an empty cell. A text that a spreadsheet would run as a formula gets an
    apostrophe in front; control, bidi and zero-width characters are written as `[U+202E]`.
    """
    rows = [",".join(COLUMNS), *(",".join(map(_cell, finding_row(finding))) for finding in document["findings"])]
    return "".join(f"{row}\r\n" for row in rows).encode("utf-8")


def finding_row(finding: Mapping[str, Any]) -> list[str | int | Decimal | None]:
    """One finding in the columns of `COLUMNS`, numbers as numbers."""
    own = finding["windows"][0]["reading"] if finding["windows"] else None
    windows = [window for window in finding["windows"] if window["reading"] == own]
    starts = [window["start_at"] for window in windows] or [pointer["received_at"] for pointer in finding["evidence"]]
    ends = [window["end_at"] for window in windows] or [pointer["received_at"] for pointer in finding["evidence"]]
    computed = {
        "windows": len(finding["windows"]),
        "requests_over": _sum(window["requests_over"] for window in windows),
        "served_over": _sum(window["served_over"] for window in windows),
        "first_at": min(starts, default=None),
        "last_at": max(ends, default=None),
        "evidence": len(finding["evidence"]),
    }
    counts = {name: int(finding[name]) for name in ("readings", "readings_exceeded", "requests")}
    money = finding.get("money") or {}
    amounts = {name: decimal_of(money.get(name)) for name in AMOUNTS}
    said = computed | counts | amounts | {"currency": money.get("currency")}
    return [said.get(name, finding.get(name)) for name in COLUMNS]


def decimal_of(text: str | None) -> Decimal | str | None:
    """An amount as the exact decimal that it is; what is none stays text."""
    return Decimal(text) if text is not None and _AMOUNT.fullmatch(text) else text


def _sum(amounts: Any) -> int | None:
    known = [int(amount) for amount in amounts if amount is not None]
    return sum(known) if known else None


def _cell(value: str | int | Decimal | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    quoted = inert(value).replace('"', '""')
    return f'"{quoted}"'


def inert(value: str, most: int = WORDS_LENGTH) -> str:
    """Text that a spreadsheet shows and does not run: with an apostrophe where it would begin a formula."""
    text = visible(value, most)
    if len(text) > LONGEST_CELL or not (text.isascii() or len(text.encode("utf-16-le")) <= 2 * LONGEST_CELL):
        text = visible(value, LONGEST_CELL // _LONGEST_MARK)
    starts = (value, text, text.lstrip())  # some programs pass over spaces before a formula
    return f"'{text}" if any(start.startswith(_FORMULA_STARTS) for start in starts) else text
