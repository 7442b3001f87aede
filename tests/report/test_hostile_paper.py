"""A thousand texts that somebody wrote to do harm, in report.pdf: only text, and nothing that a reader would run."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from report.documents import Row, a_document, a_finding
from report.hostile_documents import a_document_of
from report.hostile_forms import LONG, hostile
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.report.page import page_of
from tallystick.report.paper.glyphs import plainer, printable
from tallystick.report.paper.pdf import render_pdf
from tallystick.report.visible import visible
from tallystick.report.words import Words

ACTIVE = {
    *("/JS", "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/OpenAction", "/AA"),
    *("/RichMedia", "/Movie", "/Sound", "/XFA", "/AcroForm", "/Rendition"),
}
"""What in a PDF runs, sends or leads elsewhere, as names of keys or of values."""
EVERY = 50


def names(texts: Sequence[str]) -> Row:
    """A document in which each text is what a finding says, and nothing else."""
    plain = {"windows": [], "evidence": [], "response": None, "query": None, "cause": None, "refuted_by": []}
    findings = [a_finding(id=f"f-{place}", sentence=text, **plain) for place, text in enumerate(texts)]
    return a_document(findings=findings, asks=[])


def printed(document: Row) -> PdfReader:
    report = canonical_bytes(document)
    words, read_back = Words.load(), parse_canonical(report)
    return PdfReader(io.BytesIO(render_pdf(read_back, report, page_of(read_back, words), words)))


@pytest.fixture(scope="module")
def papers() -> list[PdfReader]:
    """A paper of every text, and one of some texts wherever a text can stand."""
    return [printed(names([*hostile(), *LONG])), printed(a_document_of(hostile()[::EVERY]))]


def parts_of(reader: PdfReader) -> Iterator[Any]:
    """Every key and every name in every object of a PDF."""
    for number in reader.xref[0] | dict.fromkeys(reader.xref_objStm, 0):
        yield from _names(reader.get_object(IndirectObject(number, 0, reader)))


def _names(value: Any) -> Iterator[Any]:
    if isinstance(value, DictionaryObject):
        for key, each in value.items():
            yield key
            yield from _names(each)
    elif isinstance(value, ArrayObject):
        for each in value:
            yield from _names(each)
    elif not isinstance(value, IndirectObject):
        yield value


def test_a_paper_runs_nothing_sends_nothing_and_leads_nowhere_else(papers: list[PdfReader]) -> None:
    for paper in papers:
        found = {str(part) for part in parts_of(paper) if isinstance(part, str)}

        assert len(found) > 100
        assert found & ACTIVE == set()
        assert list(paper.attachments) == ["report.json"]


def test_every_text_is_printed_as_text(papers: list[PdfReader]) -> None:
    texts = [text for text in (*hostile(), *LONG) if not any(map(unicodedata.combining, text))]
    read = _squeezed("".join(page.extract_text() for page in papers[0].pages))

    shown = {text: {_squeezed(way(visible(text)))[:80] for way in (printable, plainer)} for text in texts}
    assert [text[:80] for text, ways in shown.items() if not any(way in read for way in ways)] == []


def _squeezed(text: str) -> str:
    """Without the spaces at which lines may break."""
    return "".join(text.replace("\u200b", "").replace("\u00ad", "").split())
