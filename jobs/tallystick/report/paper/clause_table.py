"""The versions of the agreement and the coverage of their clauses on paper: every clause, its verdict, its measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import ClauseRow, Page
from tallystick.report.paper.measure_tables import measured
from tallystick.report.paper.parts import (
    Block,
    cell,
    column,
    heading,
    introduced,
    paragraph,
    quotation,
    readings,
    rest,
    table,
    verdict,
)
from tallystick.report.saying import as_stated
from tallystick.report.visible import visible, visible_lines
from tallystick.report.words import Words

Row = Mapping[str, Any]


def clause_table(document: Row, page: Page, words: Words) -> list[Block]:
    """The versions, the coverage table, then each clause with its words and measures."""
    if not page.versions:
        blocks = [paragraph(words.plain("versions.nothing"))]
    else:
        blocks = [paragraph(words.plain("clauses.lead"), "lead"), _versions(page, words)]
    if page.outside_versions:
        blocks.append(paragraph(words.plain("versions.outside", n=page.outside_versions)))
    if not page.clauses:
        return [*blocks, paragraph(words.plain("clauses.nothing"))]
    blocks.append(_coverage(page, words))
    for row in page.clauses:
        blocks += _clause(row, words)
    return blocks


def _versions(page: Page, words: Words) -> Block:
    columns = [
        column(words.plain("versions.version"), wide=1),
        column(words.plain("versions.in_force"), wide=1),
        column(words.plain("versions.zone")),
        column(words.plain("versions.clauses"), number=True),
        column(words.plain("versions.requests"), number=True),
    ]
    rows = [
        [
            cell(visible(version["version"]), visible(version["title"]), f"SHA-256 {version['sha256']}"),
            _span(version["in_force_from"], until, words),
            visible(version["time_zone"]),
            words.number(version["clauses"]),
            words.number(version["requests"]),
        ]
        for version, until in page.versions
    ]
    return table(words.plain("versions.caption"), columns, rows)


def _span(start: str, until: str | None, words: Words) -> str:
    end = words.instant(until) if until else words.plain("versions.open")
    return f"{words.instant(start)} {words.plain('word.to')} {end}"


def _coverage(page: Page, words: Words) -> Block:
    columns = [
        column(words.plain("clauses.column.clause"), wide=2),
        column(words.plain("clauses.column.version")),
        column(words.plain("clauses.column.verdict"), wide=2),
        column(words.plain("clauses.column.readings"), wide=2),
        column(words.plain("clauses.column.decided_from"), wide=2),
        column(words.plain("clauses.column.rows_read"), number=True, wide=1),
        column(words.plain("clauses.column.findings"), wide=1),
    ]
    return table(words.plain("clauses.coverage"), columns, [_covered(row, words) for row in page.clauses])


def _covered(row: ClauseRow, words: Words) -> list[Any]:
    clause = row.clause
    is_checked = clause["verdict"] != "not checked"
    under = "–"
    if clause["verdict"] == "exceeded":
        under = readings(clause["readings_exceeded"], clause["readings"], words)
    elif int(clause["readings"]) and is_checked:
        under = words.plain("readings.evaluated", n=clause["readings"])
    missing = as_stated(clause["missing"], words) if clause["missing"] else ""
    kind = words.term("kind", clause["kind"])
    return [
        cell(
            visible(clause["cites"]) if clause["cites"] else kind,
            visible(clause["clause"]),
            kind if clause["cites"] else "",
        ),
        words.show(clause["version"]),
        verdict(clause["verdict"], words, missing),
        under,
        words.show(clause["decided_from"]) if is_checked else "–",
        words.number(clause["rows_read"]),
        words.show(list(row.findings)),
    ]


def _clause(row: ClauseRow, words: Words) -> list[Block]:
    clause = row.clause
    kind = words.term("kind", clause["kind"])
    key = "clauses.of_no_version" if clause["version"] is None else "clauses.in_version"
    named = words.plain(key, clause=clause["clause"], version=clause["version"])
    blocks = [
        heading(3, f"{visible(clause['cites']) if clause['cites'] else kind}, {named}"),
        quotation(visible_lines(clause["says"])),
    ]
    if clause["terms"]:
        blocks.append(introduced(words.plain("finding.terms"), as_stated(f"{clause['terms']}.", words)))
    if clause["verdict"] == "not checked":
        return [*blocks, paragraph(words.plain("clauses.not_checked"))]
    numbers = {name: int(clause[name]) for name in ("in_period", "counted", "out_of_scope")}
    blocks.append(paragraph(words.plain("clauses.identity", **numbers)))
    left_over = numbers["in_period"] - numbers["counted"] - numbers["out_of_scope"]
    if left_over:
        blocks.append(paragraph(words.plain("clauses.not_adding", n=left_over)))
    if row.measures.rows:
        caption = words.plain("clauses.measures", clause=clause["clause"])
        blocks.append(measured(row.measures.rows, clause, caption, None, words, with_key=True))
    return [*blocks, *rest(row.measures.rest, "measures.rest", words)]
