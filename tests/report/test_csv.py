from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from report.documents import a_document, a_finding, a_window
from report.letters_case import the_letters_case
from tallystick.report.csv import COLUMNS, findings_csv

GOLDEN = Path(__file__).parent / "goldens" / "findings.csv"


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


def test_the_letters_case_gives_the_golden_bytes() -> None:
    assert findings_csv(the_letters_case()) == GOLDEN.read_bytes()


def test_each_finding_is_one_row_that_any_reader_of_csv_understands() -> None:
    findings = the_letters_case()["findings"]
    found = rows(findings_csv({"findings": findings}))

    assert [row["id"] for row in found] == [finding["id"] for finding in findings]
    assert [int(row["requests"]) for row in found] == [finding["requests"] for finding in findings]
    assert [row["sentence"] for row in found] == [finding["sentence"] for finding in findings]


def test_no_findings_are_a_header_alone() -> None:
    assert findings_csv(a_document()) == (",".join(COLUMNS) + "\r\n").encode()


def test_text_is_quoted_numbers_are_not_and_nothing_is_empty() -> None:
    data = findings_csv(a_document(findings=[a_finding(version=None, cites=None, requests=120)])).decode("utf-8")
    line = data.split("\r\n")[1]

    assert line.startswith('"f-3b1c9a70d2e4",,"yearly-volume",,"limit","halcyon","major","exceeded",1,1,120,')


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_key_that_starts_like_a_formula_becomes_text(start: str) -> None:
    [row] = rows(findings_csv(a_document(findings=[a_finding(key=f"{start}1+1")])))

    assert row["key"].startswith("'")


def test_quotes_in_a_text_are_doubled() -> None:
    [row] = rows(findings_csv(a_document(findings=[a_finding(key='a "quoted", name')])))

    assert row["key"] == 'a "quoted", name'


def test_a_number_beyond_what_json_holds_is_written_in_full() -> None:
    [row] = rows(findings_csv(a_document(findings=[a_finding(requests="26000000000000000001")])))

    assert row["requests"] == "26000000000000000001"


def test_requests_over_are_added_up_within_one_reading() -> None:
    windows = [
        a_window(requests_over=3, served_over=None),
        a_window(requests_over=4, served_over=2, end_at="2022-05-01T00:00:00.000000Z"),
        a_window(reading="rolling-year", requests_over=100),
    ]
    [row] = rows(findings_csv(a_document(findings=[a_finding(windows=windows)])))

    assert (row["windows"], row["requests_over"], row["served_over"]) == ("3", "7", "2")
    assert (row["first_at"], row["last_at"]) == ("2022-03-01T08:00:00.000000Z", "2022-05-01T00:00:00.000000Z")
