"""`findings.xlsx`: the document as sheets to sort and sum; every number exact, every text inert."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tallystick.report.csv import LONGEST_CELL, inert
from tallystick.report.made_with import MadeWith
from tallystick.report.sheet import Cell, Sheet
from tallystick.report.sheets import sheets

EXACT_DIGITS = 15
"""A spreadsheet keeps that many digits of a number; one with more stands as text, so that none is lost."""

NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001 - the one time that a zip and a workbook can both have, meaning none
WIDEST = 60
MOST_ROWS = 1_048_574
"""Rows of a sheet, which can have one header and one line more that says how many are left."""


def findings_xlsx(
    document: Mapping[str, Any], report: bytes, made: MadeWith | None = None, *, most_rows: int = MOST_ROWS
) -> bytes:
    """The workbook of a document whose bytes are `report`; the same bytes for the same document and `made`.

    A sheet of more than `most_rows` says below them how many more are in report.json. Ids, versions and instants are
    text. What a spreadsheet would take for a formula has an apostrophe in front, as in findings.csv; nothing is a link.
    Neither a time nor a name of the machine is in it.
    """
    import xlsxwriter  # only a report that is rendered pays for it

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,  # so it dates every part 1980
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "",
        },
    )
    book.set_properties({"title": "findings", "created": NO_TIME})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"num_format": "@", "valign": "top"}),
        "number": book.add_format({"num_format": "0", "valign": "top"}),
        "amount": book.add_format({"num_format": "0.00########", "valign": "top"}),
    }
    digest = hashlib.sha256(report).hexdigest()
    for sheet in sheets(document, digest, made or MadeWith()):
        _write(book.add_worksheet(sheet.name), sheet, formats, most_rows)
    book.close()
    return buffer.getvalue()


def _write(page: Any, sheet: Sheet, formats: Mapping[str, Any], most_rows: int) -> None:
    """The header, which stays, then a row for each row, in columns as wide as their cells and with a filter."""
    page.write_row(0, 0, sheet.columns, formats["head"])
    widths = [len(name) for name in sheet.columns]
    rows = left = 0
    for row in sheet.rows:
        if rows == most_rows:
            left += 1
            continue
        rows += 1
        for place, value in enumerate(row):
            cell = _exact(value)
            if isinstance(cell, str):
                page.write_string(rows, place, cell, formats["text"])
            elif cell is not None:
                page.write_number(rows, place, cell, formats["amount" if isinstance(cell, Decimal) else "number"])
            widths[place] = max(widths[place], min(WIDEST, len(str(value if value is not None else ""))))
    if left:
        rows += 1
        page.write_string(rows, 0, f"{left} more in report.json", formats["text"])
    for place, width in enumerate(widths):
        page.set_column(place, place, width + 2)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, rows, len(sheet.columns) - 1)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})  # ids are text on purpose


def _exact(value: Cell) -> str | int | Decimal | None:
    """A number that a spreadsheet keeps digit by digit, else text that it does nothing with."""
    if isinstance(value, str):
        return inert(value, LONGEST_CELL)
    if value is None or isinstance(value, bool):
        return None if value is None else ("yes" if value else "no")
    written = format(value, "f") if isinstance(value, Decimal) else str(value)
    digits = len(written) if written.isdigit() else sum(each.isdigit() for each in written)
    return value if digits <= EXACT_DIGITS else written
