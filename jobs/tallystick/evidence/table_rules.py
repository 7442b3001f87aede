"""What findings.csv is held to: a row for each finding, in their order, with the report's own numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.report_shape import is_of_the_first_schema

COUNTS = ("requests", "readings", "readings_exceeded")
LISTS = ("windows", "evidence")
OF_OWN_READING = ("requests_over", "served_over")
"""Sums over the windows of the reading that the first window has; empty where no window knows its own."""
MONEY = ("currency", "owed", "paid", "underpaid", "interest")
_LONGEST_CELL = 1 << 24


def findings_csv_lists_the_findings(report: Node, table: bytes) -> None:
    """findings.csv has one row for each finding, in the report's order, and its numbers are the report's."""
    header, *rows = _rows(table)
    findings = list(report["findings"].each())
    if len(rows) != len(findings):
        raise NotAsPromisedError("rows", expected=f"{len(findings):,}", found=f"{len(rows):,}")
    if "id" not in header or len(set(header)) < len(header):
        raise NotAsPromisedError("header", expected="a column id, each column once", found=f"{len(header)} others")
    for number, (finding, row) in enumerate(zip(findings, rows, strict=True), start=1):
        if len(row) != len(header):
            raise NotAsPromisedError(f"row {number}", expected=f"{len(header)} cells", found=f"{len(row)}")
        cells = dict(zip(header, row, strict=True))
        if cells["id"] != finding["id"].text():
            raise NotAsPromisedError(f"row {number}: id", expected=finding["id"].text(), found=ascii(cells["id"][:80]))
        if not is_of_the_first_schema(report):
            _shows_its_numbers(finding, cells, f"row {number}")


def _shows_its_numbers(finding: Node, cells: dict[str, str], row: str) -> None:
    for column, expected in _numbers(finding):
        if column not in cells:
            raise NotAsPromisedError("header", expected=f"a column {column}", found="none")
        if cells[column] != expected:
            raise NotAsPromisedError(
                f"{row}: {column}", expected=expected or "nothing", found=ascii(cells[column][:80])
            )


def _numbers(finding: Node) -> Iterator[tuple[str, str]]:
    """Each column of numbers, and what stands in it: exact, ungrouped, and nothing for what is unknown."""
    for column in COUNTS:
        yield column, str(finding[column].amount())
    for column in LISTS:
        yield column, str(len(list(finding[column].each())))
    windows = list(finding["windows"].each())
    own = [window for window in windows if window["reading"].value == windows[0]["reading"].value]
    for column in OF_OWN_READING:
        known = [window[column].amount() for window in own if window[column].value is not None]
        yield column, str(sum(known)) if known else ""
    money = finding.value.get("money")
    for column in MONEY:
        yield column, str(money.get(column) or "") if isinstance(money, dict) else ""


def _rows(table: bytes) -> list[list[str]]:
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError:
        raise NotAsPromisedError("(all)", expected="UTF-8 text", found="other bytes") from None
    except csv.Error as error:
        raise NotAsPromisedError("(all)", expected="rows of comma-separated cells", found=str(error)) from None
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise NotAsPromisedError("(all)", expected="a header", found="nothing")
    return rows
