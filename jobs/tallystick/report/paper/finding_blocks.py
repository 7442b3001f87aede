"""The register of findings on paper, and a block for each: criteria, condition, cause, effect, evidence, refutation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import FIRST_PAGE_CHARACTERS, FindingBlock, Page
from tallystick.report.paper.measure_tables import measured
from tallystick.report.paper.parts import (
    Block,
    Cell,
    cell,
    code,
    column,
    heading,
    introduced,
    kept_together,
    listed,
    paragraph,
    quotation,
    readings,
    rest,
    table,
    text,
    verdict,
)
from tallystick.report.saying import (
    Said,
    as_stated,
    cause_said,
    condition_said,
    effect_said,
    finding_said,
    refutation_said,
)
from tallystick.report.visible import visible, visible_lines
from tallystick.report.words import Words

MOST_LISTED = 2_000
"""Findings on paper, some 500 pages; findings.xlsx and report.json have every one."""
MOST_IN_FULL, MOST_WINDOWS_ON_PAPER, MOST_EVIDENCE_ON_PAPER, MOST_QUERY = 50, 6, 4, 4_000
"""Findings with tables on paper, and rows of those; every tagged cell costs half a kilobyte and a tenth of a second
for a thousand. The other findings have a short block each, and report.html has all of them in full."""

Row = Mapping[str, Any]


def register_of_findings(document: Row, page: Page, words: Words) -> list[Block]:
    """A row for every finding, then a block for each."""
    if not page.findings:
        key = "findings.nothing" if int(document["summary"]["clauses"]) else "findings.no_clauses"
        return [paragraph(words.plain(key))]
    columns = [
        column(words.plain("findings.column.number"), number=True),
        column(words.plain("findings.column.finding"), wide=1),
        column(words.plain("findings.column.severity")),
        column(words.plain("findings.column.verdict")),
        column(words.plain("findings.column.requests"), number=True),
    ]
    rows: list[list[Cell]] = []
    listed_ones = page.findings[:MOST_LISTED]
    for block in listed_ones:
        finding = block.finding
        under = readings(finding["readings_exceeded"], finding["readings"], words) if int(finding["readings"]) else ""
        rows.append(
            [
                words.number(block.number),
                text(finding_said(finding, words, FIRST_PAGE_CHARACTERS)),
                words.term("severity", finding["severity"]),
                verdict(finding["verdict"], words, under),
                words.number(finding["requests"]),
            ]
        )
    blocks = [
        paragraph(words.plain("findings.lead"), "lead"),
        table(words.plain("findings.register"), columns, rows),
        *rest(len(page.findings) - len(listed_ones), "paper.findings_rest", words),
    ]
    for block in page.findings[:MOST_IN_FULL]:
        blocks += finding_block(block, words)
    if len(page.findings) > MOST_IN_FULL:
        blocks.append(paragraph(words.plain("paper.short", n=MOST_IN_FULL)))
    for block in listed_ones[MOST_IN_FULL:]:
        blocks += _short_block(block, words)
    return blocks


def _short_block(block: FindingBlock, words: Words) -> list[Block]:
    """A finding without tables: its sentence, its clause, condition, effect, cause and answer, its first request."""
    finding = block.finding
    kicker = f"{words.plain('finding.kicker', number=block.number)} · {words.term('severity', finding['severity'])}"
    said: list[str | Said] = [*condition_said(finding["condition"], words)] if finding.get("condition") else []
    effect = effect_said(finding["effect"], words) if finding.get("effect") else []
    said += [f"{'; '.join(each.text for each in effect)}."] if effect else []
    said += [cause_said(finding["cause"], words)] if finding.get("cause") else []
    blocks = [heading(3, kicker), paragraph(finding_said(finding, words)), paragraph(_source(finding, words), "fine")]
    blocks += [paragraph(each, "fine") for each in said]
    for row in finding["evidence"][:1]:
        where = f"{visible(row['source'])} · {visible(row['file'])} · {row['file_id']}"
        position = f"{words.plain('evidence.position')} {words.number(row['position'])}"
        blocks.append(paragraph(f"{where} · {position} · {words.instant(row['received_at'])}", "fine"))
    blocks += _response(finding, words)
    return [*blocks, paragraph(f"{words.plain('finding.id')} {finding['id']}", "fine")]


def finding_block(block: FindingBlock, words: Words) -> list[Block]:
    """Everything that the document has about one finding, as far as paper shows its rows."""
    finding = block.finding
    kicker = f"{words.plain('finding.kicker', number=block.number)} · {words.term('severity', finding['severity'])}"
    under = readings(finding["readings_exceeded"], finding["readings"], words) if int(finding["readings"]) else ""
    about = words.plain("finding.about", n=finding["requests"]) if int(finding["requests"]) else ""
    meta = " · ".join(each for each in (words.term("verdict", finding["verdict"]), under, about) if each)
    head = [
        heading(3, kicker),
        {**paragraph(finding_said(finding, words)), "strong": True},
        paragraph(meta, "fine"),
    ]
    return [
        *kept_together(head, _criteria(block, words)),
        *_condition(block, words),
        *_more(finding, words),
        *_windows(block, words),
        *_evidence(block, words),
        paragraph(f"{words.plain('finding.id')} {finding['id']}", "fine"),
    ]


def _criteria(block: FindingBlock, words: Words) -> list[Block]:
    finding = block.finding
    blocks = [heading(4, words.plain("finding.criteria" if finding["cites"] else "finding.rule"))]
    if finding["says"]:
        blocks.append(quotation(visible_lines(finding["says"])))
    if not finding["cites"]:
        blocks.append(paragraph(words.plain("finding.no_words")))
    blocks.append(paragraph(_source(finding, words), "fine"))
    if block.clause and block.clause["terms"]:
        blocks.append(introduced(words.plain("finding.terms"), as_stated(f"{block.clause['terms']}.", words)))
    return blocks


def _source(finding: Row, words: Words) -> str:
    """Which paragraph of which version, or which rule, and whose budget."""
    if finding["cites"]:
        source = [
            visible(finding["cites"]),
            words.plain("finding.version", version=finding["version"]),
            words.plain("finding.clause", clause=finding["clause"]),
        ]
    else:
        source = [words.plain("finding.rule_id", rule=finding["clause"])]
    if finding["key"] is not None:
        source.append(words.plain("finding.key", key=finding["key"]))
    return f"{', '.join(source)}."


def _condition(block: FindingBlock, words: Words) -> list[Block]:
    """What was measured, where and how exactly; then under each reading."""
    condition = block.finding.get("condition")
    said = [paragraph(each, "fine") for each in condition_said(condition, words)] if condition else []
    if not block.measures.rows:
        return [heading(4, words.plain("finding.condition")), *said] if said else []
    caption = "finding.owed" if any("money" in each for each in block.measures.rows) else "finding.measured"
    return [
        heading(4, words.plain("finding.condition")),
        *said,
        measured(block.measures.rows, block.clause, words.plain(caption, number=block.number), block.unit, words),
        *rest(block.measures.rest, "measures.rest", words),
    ]


def _more(finding: Row, words: Words) -> list[Block]:
    """Effect, hypothesis, what would refute it, the response and earlier findings, where the document has them."""
    blocks: list[Block] = []
    said = effect_said(finding["effect"], words) if finding.get("effect") else []
    if said:
        blocks += [heading(4, words.plain("effect.title")), listed(said)]
    if finding.get("cause"):
        blocks += [heading(4, words.plain("cause.title")), paragraph(cause_said(finding["cause"], words))]
    if finding.get("refuted_by"):
        items = [refutation_said(key, words) for key in finding["refuted_by"]]
        blocks += [heading(4, words.plain("refuted_by.title")), listed(items)]
    if finding.get("query"):
        blocks += [heading(4, words.plain("query.title")), code(visible_lines(finding["query"], MOST_QUERY))]
    blocks += _response(finding, words)
    if finding.get("earlier"):
        earlier = [
            f"{words.plain('earlier.says', period=each['period'], id=each['id'], n=each['requests'])}: "
            f"{words.plain('earlier.measured', used=words.number(each['used']), limit=words.number(each['limit']))}"
            for each in finding["earlier"]
        ]
        blocks += [heading(4, words.plain("earlier.title")), listed(earlier)]
    return blocks


def _response(finding: Row, words: Words) -> list[Block]:
    response = finding.get("response")
    if not response:
        return []
    title = words.plain("response.title", date=words.date(response["date"]))
    return [heading(4, title), quotation(visible_lines(response["text"]))]


def _windows(block: FindingBlock, words: Words) -> list[Block]:
    every = len(block.finding["windows"])
    windows = block.finding["windows"][:MOST_WINDOWS_ON_PAPER]
    if not windows:
        return []
    instants = [name for name in ("crossed_at", "peak_at") if any(window[name] for window in windows)]
    columns = [
        column(words.plain("windows.reading"), wide=2),
        column(words.plain("windows.from_to")),
        *(column(words.plain(f"windows.{name}"), number=True, wide=2) for name in ("used", "over")),
        *(column(words.plain(f"windows.{name}")) for name in instants),
        *(column(words.plain(f"windows.{name}"), number=True, wide=2) for name in ("requests_over", "served_over")),
    ]
    rows = [
        [
            words.term("reading", window["reading"]),
            cell(
                f"{words.instant(window['start_at'])}\n{words.instant(window['end_at'])}",
                words.plain("windows.clipped") if window["clipped"] else "",
            ),
            words.number(window["used"]),
            words.number(window["over"]),
            *(words.instant(window[name]) for name in instants),
            words.number(window["requests_over"]),
            words.number(window["served_over"]),
        ]
        for window in windows
    ]
    return [
        heading(4, words.plain("finding.windows")),
        table(words.plain("windows.caption", n=every), columns, rows),
        *rest(every - len(windows), "windows.rest", words),
    ]


def _evidence(block: FindingBlock, words: Words) -> list[Block]:
    title = heading(4, words.plain("finding.evidence"))
    pointers = block.finding["evidence"]
    if not pointers:
        return [title, paragraph(words.plain("evidence.nothing"))]
    columns = [
        column(words.plain("evidence.file"), wide=1),
        column(words.plain("evidence.position"), number=True),
        column(words.plain("evidence.received_at")),
        column(words.plain("evidence.request_id")),
    ]
    shown = pointers[:MOST_EVIDENCE_ON_PAPER]
    rows = [
        [
            cell(f"{visible(row['source'])} · {visible(row['file'])}", row["file_id"]),
            words.number(row["position"]),
            words.instant(row["received_at"]),
            words.show(row["request_id"]),
        ]
        for row in shown
    ]
    more = len(pointers) - len(shown)
    return [
        title,
        table(words.plain("evidence.caption"), columns, rows),
        *rest(more, "evidence.rest", words),
        paragraph(words.plain("evidence.all", file=f"evidence/{block.finding['id']}.parquet"), "fine"),
    ]
