"""Whether page, print and workbook are renderings of this report.json: its digest is in them, and its main numbers."""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

from tallystick.errors import Difference
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.page_policy import asks_for_nothing
from tallystick.evidence.report_shape import is_of_the_first_schema

PAGE, PRINT, WORKBOOK = "report.html", "report.pdf", "findings.xlsx"
SHOWN = ("summary.requests", "summary.records.sum", "summary.clauses", "summary.findings")
"""The numbers that every rendering must show."""
_GROUPING = re.compile(r"(?<=\d)[,.' \u00a0\u2009\u202f\u2019](?=\d{3}(?!\d))")
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LANGUAGE = re.compile(rb'<html lang="([a-z]{2})"')
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"\d+")
_STREAM = re.compile(rb"stream\r?\n")
_LARGEST_PART = 1 << 28
_SUMMARY = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
"""The first sheet of a workbook, and the texts of all, where numbers of more than 15 digits stand."""


def the_page_is_of_this_report(report: Node, report_bytes: bytes, page: bytes) -> None:
    """report.html names the digest of report.json, shows its main totals, and asks for nothing when it is opened."""
    if is_of_the_first_schema(report):
        return  # pages of those name no digest
    asks_for_nothing(page)
    text = page.decode("utf-8", "replace")
    _names_the_digest(text, report_bytes)
    shown = _TAG.sub(" ", _HIDDEN.sub(" ", text))
    _shows_the_numbers(report, html.unescape(shown))


def the_print_holds_this_report(report: Node, report_bytes: bytes, pdf: bytes) -> None:
    """report.pdf has report.json attached, byte for byte."""
    head = report_bytes[:64]
    for found in _STREAM.finditer(pdf):
        if pdf.startswith(report_bytes, found.end()):
            return
        try:
            if zlib.decompressobj().decompress(pdf[found.end() : found.end() + 4096], len(head)) != head:
                continue
            if zlib.decompressobj().decompress(pdf[found.end() :], len(report_bytes) + 1) == report_bytes:
                return
        except zlib.error:
            continue
    raise NotAsPromisedError("attachment", expected=f"the bytes of {REPORT}", found="no such attachment")


def the_workbook_is_of_this_report(report: Node, report_bytes: bytes, workbook: bytes) -> None:
    """findings.xlsx names the digest of report.json; its first sheet shows requests, records, clauses and findings."""
    try:
        with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
            parts = [each for each in archive.infolist() if each.filename in _SUMMARY]
            if sum(each.file_size for each in parts) > _LARGEST_PART:
                raise NotAsPromisedError("(all)", expected=f"at most {_LARGEST_PART:,} bytes of text", found="more")
            text = " ".join(archive.read(each).decode("utf-8", "replace") for each in parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise NotAsPromisedError("(all)", expected="a workbook", found="a file that is none, or is damaged") from None
    _names_the_digest(text, report_bytes)
    _shows_the_numbers(report, html.unescape(_TAG.sub(" ", text)))


RULES: Mapping[str, Callable[[Node, bytes, bytes], None]] = {
    PAGE: the_page_is_of_this_report,
    PRINT: the_print_holds_this_report,
    WORKBOOK: the_workbook_is_of_this_report,
}
"""For each rendering the rule that it is held to, where the bundle has it."""


MakeAgain = Callable[[Mapping[str, bytes], str, Sequence[str]], Mapping[str, bytes]]
"""Makes page, print, workbook and table again from a bundle's files, its code version and the ids of its signers.

NotAsPromisedError where this program cannot. evidence/ itself renders nothing.
"""
MADE_AGAIN = "Page, print, workbook, table and instructions are, byte for byte, what this program makes of report.json."
NOT_MADE_AGAIN = "that page and print show every number where it belongs: tallystick verify --render makes them again"


def page_language(page: bytes) -> str | None:
    """The language that a page says it is in, by its two letters."""
    named = _LANGUAGE.search(page[:4096])
    return named[1].decode("ascii") if named else None


def not_as_made(made: Mapping[str, bytes], digests: Mapping[str, FileDigest]) -> list[Difference]:
    """The renderings that are other bytes than those that were made again."""
    expected = f"what this program makes of {REPORT}"
    return [
        Difference(file=name, expected=expected, found="other bytes" if name in digests else "no such file")
        for name, data in sorted(made.items())
        if digests.get(name) != FileDigest.of(data)
    ]


def _names_the_digest(text: str, report_bytes: bytes) -> None:
    digest = hashlib.sha256(report_bytes).hexdigest()
    if digest not in text:
        raise NotAsPromisedError("report_sha256", expected=digest, found="it is not named")


def _shows_the_numbers(report: Node, text: str) -> None:
    """Each number in SHOWN stands in the text, with or without marks between its thousands."""
    numbers = set(_NUMBER.findall(_GROUPING.sub("", text))) | set(_NUMBER.findall(text))
    for path in SHOWN:
        if str(report[path].amount()) not in numbers:
            raise NotAsPromisedError(path, expected=f"{report[path].amount():,}", found="it is not shown")
