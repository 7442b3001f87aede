"""`report.pdf`: a document as tagged paper (PDF/UA-1, PDF/A-3a), with report.json in it; the same bytes anywhere."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from tallystick.report.page import Page
from tallystick.report.paper.asked_blocks import asked
from tallystick.report.paper.clause_table import clause_table
from tallystick.report.paper.completeness_blocks import completeness
from tallystick.report.paper.consumption_blocks import consumption_blocks
from tallystick.report.paper.finding_blocks import register_of_findings
from tallystick.report.paper.first_page import first_page
from tallystick.report.paper.glyphs import plainer, printable
from tallystick.report.paper.method_blocks import checking, method, reproducibility
from tallystick.report.paper.rest import changes, glossary, not_seen, reconciliation
from tallystick.report.visible import visible
from tallystick.report.words import Words

PLAIN = frozenset({"svg", "code", "author", "alt", "value", "name", "kicker", "fine", "conclusion", "lang", "attached"})
"""Texts without places to break a long word: pictures, what is typed or read aloud, and what is short."""

_LONG = re.compile(r"[^\s\u200b/]*/(?=[^\s\u200b]{8})|[^\s\u200b]{18}(?=[^\s\u200b]{4})")


def render_pdf(
    document: Mapping[str, Any], report: bytes, page: Page, words: Words, *, signers: Sequence[str] = ()
) -> bytes:
    """The paper of a document, whose bytes `report` are attached; no clock, no fonts of the machine, no network.

    PDF/UA-1 and PDF/A-3a are what one file can be at once: PDF/A-2 forbids the attachment, PDF/A-4 another version.

    Its date is the end of the period, for PDF/A wants one and the same document must give the same bytes. What is
    in the document goes to Typst as JSON. A character that none of the embedded fonts has is written as `[U+4E2D]`.
    """
    from typst import TypstError  # only a report that is printed pays for it

    content = paper(document, page, words, signers, hashlib.sha256(report).hexdigest())
    try:
        return _set(content, report, printable)
    except TypstError:  # a cluster that no single font has: the text of others is then told in code points
        return _set(content, report, plainer)


def paper(
    document: Mapping[str, Any], page: Page, words: Words, signers: Sequence[str], report_sha256: str
) -> dict[str, Any]:
    """Everything that stands in the PDF, as the template wants it."""
    before, between, after = words.sentences["paper.page"].replace("{m}", "{n}").split("{n}")
    sections = {
        "consumption": consumption_blocks(document, page, words),
        "clauses": clause_table(document, page, words),
        "findings": register_of_findings(document, page, words),
        "asks": asked(document, page, words),
        "reconciliation": reconciliation(document, page, words),
        "completeness": completeness(document, page, words),
        "not_seen": not_seen(document, words),
        "method": method(words),
        "checking": checking(signers, words),
        "reproducibility": reproducibility(page.made, report_sha256, words),
        "changes": changes(words),
        "glossary": glossary(words),
    }
    licensee, period = visible(document["licensee"]["name"]), visible(document["period"]["text"])
    return {
        "lang": words.language,
        "title": f"{licensee} · {period} · {words.term('conclusion', document['conclusion'])}",
        "author": visible(document["provider"]["name"]),
        "date": [int(part) for part in document["period"]["end"][:10].split("-")],
        "footer": words.plain("page.footer", schema=document["schema"]),
        "words": {"page": [before, between, after], "attached": words.plain("paper.attached")},
        "first": first_page(document, page, words),
        "sections": [{"title": words.plain(f"{name}.title"), "blocks": blocks} for name, blocks in sections.items()],
    }


def _set(content: Mapping[str, Any], report: bytes, legible: Callable[[str], str]) -> bytes:
    import typst

    inputs = {"content": json.dumps(_written(content, legible), ensure_ascii=False), "report": report.decode("utf-8")}
    template = files("tallystick.report.paper").joinpath("report.typ").read_bytes()
    return typst.compile(
        template,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=["ua-1", "a-3a"],
        timestamp=0,
    )


def _written(value: Any, legible: Callable[[str], str], key: str = "") -> Any:
    """The content with texts that the fonts have, and places in long words at which a line may end."""
    if isinstance(value, Mapping):
        return {name: _written(each, legible, name) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_written(each, legible, key) for each in value]
    if not isinstance(value, str):
        return value
    text = legible(value)
    return text if key in PLAIN else _LONG.sub("\\g<0>\u200b", text)
