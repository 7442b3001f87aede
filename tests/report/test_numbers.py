"""Every number of the document is in each rendering that promises it: exact where exact is promised, else as read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from report.letters_case import the_letters_case
from report.pages import PageText
from report.usage_rows import usage_rows
from report.whole_case import RUN, with_all_parts
from tallystick.evidence.canonical import parse_canonical
from tallystick.report.bundle import render_bundle
from tallystick.report.page import MOST_EVIDENCE, MOST_WINDOWS
from tallystick.report.paper.completeness_blocks import MOST_FILES
from tallystick.report.paper.finding_blocks import MOST_EVIDENCE_ON_PAPER, MOST_WINDOWS_ON_PAPER
from tallystick.report.visible import visible, visible_lines
from tallystick.report.words import Words

MONEY = ("owed", "paid", "underpaid", "interest")
LANGUAGES = ("en", "fr")


@pytest.fixture(scope="module")
def bundles() -> dict[str, dict[str, bytes]]:
    document = with_all_parts(the_letters_case())
    return {language: render_bundle(document, usage_rows(), {}, RUN, language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def document(bundles: dict[str, dict[str, bytes]]) -> Any:
    return parse_canonical(bundles["en"]["report.json"])


def numbers(value: object) -> Iterator[int]:
    """Every integer in a part of the document, truth values aside; digits that stand as text are one too."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def texts(value: object) -> Iterator[str]:
    """Every text in a part of the document."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def is_amount(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def amounts(cells: set[str]) -> set[Decimal]:
    return {Decimal(cell) for cell in cells if is_amount(cell)}


def said_amounts(value: Any) -> Any:
    """Amounts as a reader is told them: the sum, and where some are unknown, over how many of how many requests."""
    if isinstance(value, Mapping) and set(value) == {"sum", "known", "unknown"}:
        over = [value["known"], value["known"] + value["unknown"]] if value["unknown"] else []
        return [value["sum"], *over]
    if isinstance(value, Mapping):
        return {name: said_amounts(each) for name, each in value.items()}
    return [said_amounts(each) for each in value] if isinstance(value, list) else value


def shown_parts(document: Any, windows: int, evidence: int) -> dict[str, Any]:
    """What page and print promise to show, with so many windows and requests of each finding."""
    clauses = [{name: part for name, part in clause.items() if name != "limits"} for clause in document["clauses"]]
    said = ("requests", "condition", "effect", "cause", "earlier")
    findings = [
        {
            **{name: finding[name] for name in said},
            "windows": finding["windows"][:windows],
            "positions": [pointer["position"] for pointer in finding["evidence"][:evidence]],
        }
        for finding in document["findings"]
    ]
    by_source: dict[str, list[list[int]]] = {}
    for file in document["files"]:
        by_source.setdefault(file["source"], []).append([file["requests"], file["duplicates"]])
    seen = {source["source"]: "" for source in document["completeness"]["sources"]}
    for row in document["completeness"]["hours"]:
        seen[row["source"]] += row["seen"]
    consumption = {name: document["consumption"][name] for name in ("months", "routes", "statuses")}
    week = document["consumption"]["weekday_hours"]
    complete = [
        {name: value for name, value in source.items() if name not in ("missing",) or source["numbered"]}
        for source in document["completeness"]["sources"]
    ]
    kept = ("summary", "agreements", "reconciliation", "checks")
    return {name: document[name] for name in kept} | {
        "clauses": clauses,
        "findings": findings,
        "consumption": consumption,
        "apps": document["consumption"]["apps"],
        "week": week,
        "sources": complete,
        "gaps": document["completeness"]["gaps"],
        "rejected": document["completeness"]["rejected_entries"],
        "asks": [{name: ask[name] for name in ("values", "within_days")} for ask in document["asks"]],
        "files": [[len(files), *map(sum, zip(*files, strict=True))] for files in by_source.values()],
        "listed_files": [[file["requests"], file["duplicates"]] for file in document["files"][:MOST_FILES]],
        "run": RUN["inputs"]["log_files"],
        "days": [day["requests"] for day in document["consumption"]["days"]],
        "credentials": document["consumption"]["by_credential"],
        "other_credentials": document["consumption"]["other_credentials"],
        "late": document["completeness"]["late_files"],
        "hours": [[hours.count("1"), hours.count("0")] for hours in seen.values()],
        "peaks": [fullest_of(peaks) for peaks in document["consumption"]["peaks"]],
    }


def fullest_of(peaks: Any) -> list[int]:
    """What is permitted, and what the fullest windows of a limit held: page and print show the fullest of all."""
    return [peaks["max"], peaks["limit"], max(day["peak"] for day in peaks["days"])]


def as_read(text: str, words: Words) -> set[str]:
    """Every number that a reader sees, in the language's way of writing."""
    thousands = words.sentences["number.thousands"]
    plain = text.replace("\u202f", "\x00") if thousands == "\u202f" else text
    mark = "\x00" if thousands == "\u202f" else re.escape(thousands)
    return {found.replace("\x00", thousands) for found in re.findall(rf"\d+(?:{mark}\d{{3}})*", plain)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_on_the_page_as_its_reader_writes_it(
    document: Any, bundles: dict[str, dict[str, bytes]], language: str
) -> None:
    words = Words.load(language)
    shown = as_read("\n".join(PageText.of(bundles[language]["report.html"]).texts), words)
    days = [
        [day["requests"], day["throttled"], day["records"]["sum"], day["response_bytes"]["sum"]]
        for day in document["consumption"]["days"]
    ]
    promised = {*numbers(said_amounts(shown_parts(document, MOST_WINDOWS, MOST_EVIDENCE))), *numbers(days)}

    assert len(promised) > 1_000
    assert sorted(number for number in promised if words.number(number) not in shown | {str(number)} & shown) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_in_the_print_as_its_reader_writes_it(
    document: Any, bundles: dict[str, dict[str, bytes]], language: str
) -> None:
    words = Words.load(language)
    pages = PdfReader(io.BytesIO(bundles[language]["report.pdf"])).pages
    shown = as_read("\n".join(page.extract_text() for page in pages).replace("\u200b", ""), words)
    promised = set(numbers(said_amounts(shown_parts(document, MOST_WINDOWS_ON_PAPER, MOST_EVIDENCE_ON_PAPER))))

    assert len(promised) > 700
    assert sorted(number for number in promised if words.number(number) not in shown) == []


def test_every_number_is_exact_in_the_workbook(document: Any, bundles: dict[str, dict[str, bytes]]) -> None:
    """Every integer of the document has a cell; of asks and causes the values stand by name in one cell."""
    book = openpyxl.load_workbook(io.BytesIO(bundles["en"]["findings.xlsx"]), read_only=True)
    shown = {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    named = {int(found) for cell in shown if isinstance(cell, str) for found in re.findall(r"=(\d{1,19})\b", cell)}
    promised = set(numbers(document))

    assert len(promised) > 1_900
    assert sorted(number for number in promised if not {number, str(number)} & shown and number not in named) == []


def test_every_text_of_the_document_is_in_the_workbook(document: Any, bundles: dict[str, dict[str, bytes]]) -> None:
    """Also what is no number: names, instants, digests, verdicts, queries and sentences."""
    book = openpyxl.load_workbook(io.BytesIO(bundles["en"]["findings.xlsx"]), read_only=True)
    cells = {str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    parts = cells | {part for cell in cells for part in cell.split("; ")}
    parts |= {part.partition("=")[2] for part in parts}

    missing = {text for text in texts(document) if not {text, visible_lines(text), visible(text)} & parts}
    assert {text for text in missing if not (is_amount(text) and Decimal(text) in amounts(cells))} == set()


def test_every_number_of_a_finding_is_exact_in_the_table(document: Any, bundles: dict[str, dict[str, bytes]]) -> None:
    rows = list(csv.DictReader(io.StringIO(bundles["en"]["findings.csv"].decode("utf-8"), newline="")))

    for finding, row in zip(document["findings"], rows, strict=True):
        assert [int(row[name]) for name in ("requests", "readings", "readings_exceeded")] == [
            int(finding[name]) for name in ("requests", "readings", "readings_exceeded")
        ]
        assert [int(row["windows"]), int(row["evidence"])] == [len(finding["windows"]), len(finding["evidence"])]


def test_workbook_and_table_say_the_same_of_every_finding(bundles: dict[str, dict[str, bytes]]) -> None:
    rows = list(csv.reader(io.StringIO(bundles["en"]["findings.csv"].decode("utf-8"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(bundles["en"]["findings.xlsx"]))["Findings"]
    said = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]

    assert [[_same(cell) for cell in row] for row in said] == [[_same(cell) for cell in row] for row in rows]


def _same(cell: object) -> object:
    """A number whichever way it is written, a text as it is."""
    text = str(cell)
    return Decimal(text).normalize() if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text) else text
