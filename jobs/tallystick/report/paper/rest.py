"""The last sections on paper: reconciliation, completeness, what is not seen, how to check, and the glossary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.report.page import MOST_ROWS, Page, cut
from tallystick.report.paper.parts import (
    Block,
    Cell,
    cell,
    code,
    column,
    heading,
    listed,
    paragraph,
    rest,
    table,
    terms,
)
from tallystick.report.said_lists import not_seen_said, reasons_said
from tallystick.report.saying import as_stated, reason_said
from tallystick.report.visible import visible
from tallystick.report.words import Words

Row = Mapping[str, Any]

SOURCE_NUMBERS = (
    ("days", "days"),
    ("without", "days_without_entries"),
    ("files", "files"),
    ("repeated", "repeated_files"),
    ("entries", "entries"),
    ("this_licensee", "this_licensee"),
    ("unattributed", "unattributed"),
    ("rejected", "rejected"),
)
GLOSSARY = (
    *("entry", "rejected", "duplicate", "conflict", "unattributed", "request", "record", "refused", "version"),
    *("reading", "tolerance", "window", "episode", "peak", "served_over", "unknown", "underpaid", "verdict"),
    *("conclusion", "gap", "digest", "marks"),
)


def reconciliation(document: Row, page: Page, words: Words) -> list[Block]:
    """The accounting identity as sums, each with what is left over."""
    columns = [
        column(words.plain("reconciliation.whole"), wide=1),
        column(words.plain("reconciliation.parts"), wide=2),
        column(words.plain("reconciliation.adds_up"), number=True),
    ]
    rows = [
        [
            _box(*each.whole, words),
            " + ".join(_box(name, amount, words) for name, amount in each.parts),
            words.plain("reconciliation.off", n=each.difference) if each.difference else words.plain("word.yes"),
        ]
        for each in page.sums
    ]
    counted = document["reconciliation"]
    return [
        paragraph(words.plain("reconciliation.lead"), "lead"),
        table(words.plain("reconciliation.caption"), columns, rows),
        paragraph(words.plain("reconciliation.conflict", n=counted["conflict"], duplicates=counted["duplicate"])),
        paragraph(
            words.plain(
                "reconciliation.period", requests=document["summary"]["requests"], days=counted["this_licensee"]
            )
        ),
    ]


def _box(name: str, amount: int, words: Words) -> str:
    return f"{words.number(amount)} {words.term('box', name)}"


def completeness(document: Row, words: Words) -> list[Block]:
    """What was there to count, what was missing, and what could not be read."""
    complete = document["completeness"]
    checks = document["checks"]
    return [
        paragraph(words.plain("completeness.lead"), "lead"),
        heading(3, words.plain("completeness.sources")),
        _sources(complete["sources"], words),
        heading(3, words.plain("completeness.gaps")),
        *_gaps(complete["gaps"], words),
        *_files("refused_files", complete["refused_files"], words),
        *_files("repeated_files", complete["repeated_files"], words),
        heading(3, words.plain("rejected.title")),
        _rejected(complete["rejected_entries"], words),
        heading(3, words.plain("unattributed.title")),
        paragraph(words.plain("unattributed.says", n=complete["unattributed"])),
        heading(3, words.plain("expectations.title")),
        paragraph(
            words.plain(
                "expectations.says", k=checks["met"], n=checks["expectations"], warnings=checks["failed_warnings"]
            )
        ),
    ]


def _sources(sources: Sequence[Row], words: Words) -> Block:
    if not sources:
        return paragraph(words.plain("completeness.no_sources"))
    numbers = [(word, name) for word, name in SOURCE_NUMBERS if name in sources[0]]
    columns = [
        column(words.plain("sources.source"), wide=1),
        *(column(words.plain(f"sources.{word}"), number=True) for word, _ in numbers),
        column(words.plain("sources.missing"), number=True),
    ]
    rows = [
        [
            visible(source["source"]),
            *(words.number(source[name]) for _, name in numbers),
            words.number(source["missing"]) if source.get("numbered", True) else words.plain("sources.not_numbered"),
        ]
        for source in sources
    ]
    return table(words.plain("completeness.sources_caption"), columns, rows)


def _gaps(gaps: Sequence[Row], words: Words) -> list[Block]:
    if not gaps:
        return [paragraph(words.plain("gaps.nothing"))]
    shown = cut(gaps, MOST_ROWS)
    columns = [
        column(words.plain("sources.source"), wide=1),
        column(words.plain("gaps.epoch")),
        *(column(words.plain(f"gaps.{name}"), number=True) for name in ("first", "last", "missing")),
        column(words.plain("gaps.between"), wide=2),
    ]
    rows = [
        [
            visible(gap["source"]),
            words.show(gap["epoch"]),
            *(words.number(gap[name]) for name in ("first_missing", "last_missing", "missing")),
            f"{words.instant(gap['after_at'])} {words.plain('word.to')} {words.instant(gap['before_at'])}",
        ]
        for gap in shown.rows
    ]
    return [table(words.plain("completeness.gaps_caption"), columns, rows), *rest(shown.rest, "gaps.rest", words)]


def _files(kind: str, files: Sequence[Row], words: Words) -> list[Block]:
    title = heading(3, words.plain(f"{kind}.title"))
    if not files:
        return [title, paragraph(words.plain(f"{kind}.nothing"))]
    shown = cut(files, MOST_ROWS)
    has_problem = "problem" in files[0]
    columns = [
        column(words.plain("files.file"), wide=2),
        *([column(words.plain("files.problem"), wide=1)] if has_problem else []),
    ]
    rows = [
        [
            cell(f"{visible(file['source'])} · {visible(file['file'])}", words.show(file["file_id"])),
            *([_stated(file["problem"], words)] if has_problem else []),
        ]
        for file in shown.rows
    ]
    return [title, table(words.plain(f"{kind}.caption"), columns, rows), *rest(shown.rest, "files.rest", words)]


def _stated(sentence: str | None, words: Words) -> dict[str, Any]:
    said = as_stated(sentence or "–", words)
    return {"t": said.text, **({"lang": said.language} if said.language else {})}


def _rejected(rejected: Sequence[Row], words: Words) -> Block:
    if not rejected:
        return paragraph(words.plain("rejected.nothing"))
    columns = [
        column(words.plain("rejected.reason"), wide=1),
        column(words.plain("rejected.entries"), number=True),
        column(words.plain("rejected.bytes"), number=True),
    ]
    rows: list[list[Cell]] = []
    for row in rejected:
        said = reason_said(row["reason"], words)
        name = {"t": said.text, **({"lang": said.language} if said.language else {}), "small": [{"t": row["reason"]}]}
        unknown = words.plain("rejected.bytes_unknown")
        rows.append(
            [name, words.number(row["entries"]), unknown if row["bytes"] is None else words.number(row["bytes"])]
        )
    return table(words.plain("rejected.caption"), columns, rows)


def not_seen(document: Row, words: Words) -> list[Block]:
    """What lies outside of the count, and every reason of the conclusion."""
    sentences, reasons = not_seen_said(document, words), reasons_said(document, words)
    conclusion = words.term("conclusion", document["conclusion"])
    return [
        paragraph(words.plain("not_seen.lead"), "lead"),
        listed(sentences or [words.plain("not_seen.nothing")]),
        heading(3, words.plain("not_seen.reasons", conclusion=conclusion)),
        listed(reasons or [words.plain("not_seen.no_reasons")]),
    ]


def checking(signers: Sequence[str], words: Words) -> list[Block]:
    """Who signed, and how anybody checks the bundle, step by step."""
    signed = [paragraph(words.plain("checking.signed")), listed(list(signers))]
    unsigned = [{**paragraph(words.plain("checking.unsigned")), "alarm": True}]
    blocks = [paragraph(words.plain("checking.lead"), "lead"), *(signed if signers else unsigned)]
    for step in ("bytes", "tool", "numbers"):
        blocks += [
            heading(3, words.plain(f"checking.{step}.what")),
            code(words.plain(f"checking.{step}.type")),
            paragraph(words.plain(f"checking.{step}.means").replace("`", "")),
        ]
    return [*blocks, paragraph(words.plain("paper.attached_says"), "fine")]


def glossary(words: Words) -> list[Block]:
    """The words of the report and what each means."""
    return [terms([(words.plain(f"glossary.{name}.term"), words.plain(f"glossary.{name}.means")) for name in GLOSSARY])]
