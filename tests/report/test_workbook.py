from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any

import openpyxl
import pytest

from report.documents import Row, a_document, a_finding, a_measure, a_pointer, a_window, an_app
from report.hostile import HOSTILE
from report.letters_case import the_letters_case
from report.pages import with_texts
from report.whole_case import RUN, with_all_parts
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.report.made_with import made_with
from tallystick.report.workbook import findings_xlsx


def workbook(document: Row) -> bytes:
    report = canonical_bytes(document)
    return findings_xlsx(parse_canonical(report), report)


@cache
def letters() -> bytes:
    return workbook(the_letters_case())


def opened(data: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet as rows of values."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_it_has_a_sheet_for_each_part_of_the_document() -> None:
    sheets = opened(letters())

    assert list(sheets) == [
        *("Summary", "Findings", "Finding details", "Earlier findings", "Asks", "Exposures", "Agreements", "Clauses"),
        *("Limits", "Measures", "Windows", "Evidence", "Usage by day", "Running totals", "Usage by month"),
        *("Hours of the week", "Apps", "Routes", "Statuses", "Credentials", "Peaks", "Sources", "Hours", "Gaps"),
        *("Log files", "Other files", "Rejected entries", "Not seen", "Made with"),
    ]
    rows = {name: len(sheets[name]) - 1 for name in ("Findings", "Finding details", "Usage by day", "Running totals")}
    assert rows == {"Findings": 12, "Finding details": 12, "Usage by day": 366, "Running totals": 366}
    assert (len(sheets["Log files"]), len(sheets["Hours of the week"])) == (1_831, 169)


def test_a_part_that_a_document_leaves_out_is_a_sheet_without_rows() -> None:
    document = a_document()
    for part in ("hours", "late_files"):
        document["completeness"].pop(part, None)
    for part in ("by_credential", "other_credentials", "peaks"):
        document["consumption"].pop(part, None)
    sheets = opened(workbook(document))

    assert [len(sheets[name]) for name in ("Hours", "Other files", "Credentials", "Peaks", "Made with")] == [1] * 5


def test_hours_credentials_late_files_open_money_and_versions_have_their_rows() -> None:
    document = with_all_parts(the_letters_case())
    report = canonical_bytes(document)
    sheets = opened(findings_xlsx(parse_canonical(report), report, made_with(RUN)))

    assert sheets["Hours"][503] == ["gateway-edge-b", "2022-05-17", 23, "1110" + "1" * 20]
    assert sheets["Credentials"][1][:7] == ["halcyon-monitor", "hal-monitor-1", None, None, 1, 200_652, 8_226]
    assert sheets["Credentials"][4][1] is None
    assert re.fullmatch(r"[0-9a-f]{12} …[0-9a-f]{4}", " ".join(sheets["Credentials"][4][2:4]))
    assert sheets["Credentials"][-1][:7] == [None, "(others)", None, None, 17, 1_733, 39]
    assert [row[0] for row in sheets["Other files"]] == ["what", "repeated", "late"]
    assert sheets["Other files"][-1][-3:] == ["2022-06-11", "2022-06-14", 219]
    assert [row[-3:] for row in sheets["Exposures"][1:]] == [[1204.5, 1811.75, "yes"]] * 2
    assert ["version of duckdb", "1.5.5"] in sheets["Made with"]
    assert ["sha256 of log files", RUN["inputs"]["log_files_sha256"]] in sheets["Made with"]


def test_a_findings_hypothesis_query_and_answer_are_in_its_details() -> None:
    answer = {"date": "2023-02-01", "text": "=We were asked to."}
    rows = opened(workbook(a_document(findings=[a_finding(response=answer)])))["Finding details"]
    said = dict(zip(rows[0], rows[1], strict=True))

    assert (said["used"], said["limit"], said["requests_over"], said["served_over"]) == (120, 100, 20, 18)
    assert (said["cause"], said["cause_values"]) == ("limit_not_enforced", "served_over=18")
    assert said["refuted_by"].split("; ")[0] == "attribution"
    assert said["query"].startswith("SELECT received_at")
    assert (said["response_date"], said["response"]) == ("2023-02-01", "'=We were asked to.")


def test_every_sheet_has_a_frozen_header_and_a_filter_over_all_its_rows() -> None:
    book = openpyxl.load_workbook(io.BytesIO(letters()))

    assert {sheet.freeze_panes for sheet in book.worksheets} == {"A2"}
    assert [sheet.title for sheet in book.worksheets if sheet.auto_filter.ref != sheet.dimensions] == []


def test_the_same_document_gives_the_same_bytes_without_any_time() -> None:
    data = workbook(a_document(findings=[a_finding()]))

    assert data == workbook(a_document(findings=[a_finding()]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        (0, 0),
        (999_999_999_999_999, 999_999_999_999_999),
        (1_000_000_000_000_000, "1000000000000000"),
        (2**63, "9223372036854775808"),
    ],
)
def test_a_number_of_more_than_fifteen_digits_is_text(number: int, cell: int | str) -> None:
    rows = opened(workbook(a_document(findings=[a_finding(requests=number)])))["Findings"]

    assert rows[1][rows[0].index("requests")] == cell


@pytest.mark.parametrize(("owed", "cell"), [("12345.10", 12345.1), ("12345678901234567.89", "12345678901234567.89")])
def test_money_is_exact(owed: str, cell: float | str) -> None:
    money = {"currency": "USD", "owed": owed, "paid": None, "underpaid": None, "interest": None}
    rows = opened(workbook(a_document(findings=[a_finding(money=money)])))["Findings"]

    assert rows[1][rows[0].index("owed")] == cell
    assert rows[1][rows[0].index("paid")] is None


def test_ids_stay_text_also_when_they_look_like_numbers() -> None:
    document = a_document(findings=[a_finding(id="0012345678901234567890", evidence=[a_pointer(request_id="1e5")])])
    sheets = opened(workbook(document))

    assert sheets["Findings"][1][0] == "0012345678901234567890"
    assert sheets["Evidence"][1][-1] == "1e5"


HURTFUL = (
    *HOSTILE[:-2],
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "{=1}", "http://example.com/", "mailto:a@example.com"),
    *("internal:Sheet2!A1", "external:C:\\x.xlsx", "A" * 40_000),
)


@pytest.mark.parametrize("text", [text for text in HURTFUL if "\ud800" not in text])
def test_text_of_others_is_no_formula_no_link_and_no_number(text: str) -> None:
    document = a_document(
        findings=[a_finding(windows=[a_window()], evidence=[a_pointer()])],
        consumption=a_document()["consumption"] | {"apps": [an_app()]},
    )
    data = workbook(with_texts(document, text))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(b"<f>" in part or b"<hyperlink" in part for part in parts.values())
    assert not any(b'TargetMode="External"' in part for part in parts.values())
    assert not any(
        str(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
        for rows in opened(data).values()
        for row in rows
        for cell in row
        if isinstance(cell, str)
    )


def test_a_sheet_that_is_too_long_says_how_many_rows_are_left() -> None:
    report = canonical_bytes(a_document(findings=[a_finding(id=f"f-{number}") for number in range(7)]))
    rows = opened(findings_xlsx(parse_canonical(report), report, most_rows=5))["Findings"]

    assert [row[0] for row in rows[1:]] == ["f-0", "f-1", "f-2", "f-3", "f-4", "2 more in report.json"]


def test_an_amount_that_is_not_known_is_an_empty_cell() -> None:
    clause = a_document()["clauses"][0] | {"measures": [a_measure(peak=None, used=None)]}
    rows = opened(workbook(a_document(clauses=[clause])))["Measures"]

    assert [rows[1][rows[0].index(name)] for name in ("peak", "used")] == [None, None]
    assert rows[1][rows[0].index("counted")] == 10
