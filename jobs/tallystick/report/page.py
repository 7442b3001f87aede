"""The report page as values: what each section shows, in which order, and how much of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.duck import quote_text
from tallystick.report.accounting import LogSeen, Sum, identity, log_seen
from tallystick.report.charts import figures
from tallystick.report.figure import Figure
from tallystick.report.hour_calendar import HoursOf, hour_calendar, hours_by_source
from tallystick.report.limits import AS_WRITTEN, effective_until
from tallystick.report.made_with import MadeWith, made_with
from tallystick.report.quiet_hours import Quiet, quiet_runs
from tallystick.report.words import Words

MOST_WINDOWS, MOST_EVIDENCE, MOST_MEASURES, MOST_MONTHS, MOST_ROWS, MOST_NUMBERS = 20, 20, 40, 121, 50, 40
MOST_IN_FULL, FEW_ROWS, ROWS_OF_CLAUSES = 25, 1, 240
"""Findings with all their rows, rows of each of the others, and measures of all clauses together: so a page of 1,000
findings stays under 3 MB."""
FIRST_PAGE_FINDINGS, FIRST_PAGE_REASONS, FIRST_PAGE_VERSIONS = 3, 3, 6
FIRST_PAGE_CHARACTERS, FIRST_PAGE_NAME, FIRST_PAGE_VERSION = 160, 48, 16
FIRST_PAGE_REASON, FIRST_PAGE_ASKS, FIRST_PAGE_ASK, FIRST_PAGE_CURRENCIES = 96, 5, 160, 2
"""Characters of a sentence, a name and a version on page one, which is one A4 side whatever the document holds."""
MOST_COMMAND = 400

METHOD = (
    *("entries", "identity", "attribution", "times", "versions", "limits", "readings", "unknown", "numbers"),
    *("order", "causes"),
)
CHECKS = ("bytes", "tool", "alone", "numbers", "recount")
FILES = (
    *("report.json", "report.html", "report.pdf", "findings.csv", "findings.xlsx", "usage.parquet", "evidence/"),
    *("evidence/sample.parquet", "quality.json", "run.json", "changes.html", "datapackage.json", "SHA256SUMS"),
    *("verify/VERIFY.md", "verify/verify.py"),
)
GLOSSARY = (
    *("entry", "rejected", "duplicate", "conflict", "unattributed", "request", "record", "refused", "version"),
    *("reading", "tolerance", "window", "episode", "peak", "served_over", "unknown", "underpaid", "exposure"),
    *("hypothesis", "verdict", "conclusion", "gap", "digest", "marks"),
)
"""What the sections on method, checking and words say, by the keys of the catalogue and in this order."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The first rows of a list, and how many there are besides."""

    rows: Sequence[Any]
    rest: int


@dataclass(frozen=True, kw_only=True)
class FindingBlock:
    """One finding with the clause that it is about, what was measured, and its evidence by file.

    Of a finding that is not among the first ones, `like` is the first of the same clause, if that says the clause and
    what would refute it in the same words: the page then says those there alone, and this finding in short.
    """

    number: int
    finding: Row
    clause: Row | None
    unit: str | None
    measures: Cut
    windows: Cut
    files: Sequence[tuple[Row, Sequence[Row]]]
    evidence_rest: int
    like: FindingBlock | None

    @property
    def shares_query(self) -> bool:
        """Whether the query of the finding that this one is like is also this one's, with the one key for the other."""
        if self.like is None or not self.finding["query"] or not self.like.finding["query"]:
            return False
        ours, theirs = (quote_text(str(one["key"])) for one in (self.finding, self.like.finding))
        return bool(str(self.like.finding["query"]).replace(theirs, ours) == self.finding["query"])


@dataclass(frozen=True, kw_only=True)
class ClauseRow:
    """One clause of one version: its place in the page, its measures, and the numbers of its findings."""

    number: int
    clause: Row
    measures: Cut
    findings: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything the templates show that is not in the document as it stands."""

    findings: Sequence[FindingBlock]
    foremost: Sequence[FindingBlock]
    severities: Sequence[tuple[str, int]]
    versions: Sequence[tuple[Row, str | None]]
    clauses: Sequence[ClauseRow]
    figures: Sequence[Figure]
    apps: Sequence[Row]
    routes: Cut
    statuses: Sequence[Row]
    credentials: Cut | None
    calendar: Figure | None
    hours: Sequence[HoursOf]
    quiet: Sequence[Quiet]
    sums: Sequence[Sum]
    seen: LogSeen
    outside_versions: int
    made: MadeWith
    numbers: Mapping[str, int]

    def numbers_of(self, findings: Sequence[str]) -> list[int]:
        """Of findings by their id the numbers under which the page has them, in order."""
        return sorted(self.numbers[finding] for finding in findings if finding in self.numbers)


def page_of(document: Row, words: Words, run: Row | None = None) -> Page:
    """Order, join and cut what a document holds; nothing is counted anew but shares and differences.

    `run` is what `run.json` will say, without which a page does not say with what the report was made.
    """
    order = document["findings"]
    numbers = {finding["id"]: number for number, finding in enumerate(order, 1)}
    clauses = {(clause["version"], clause["clause"]): clause for clause in document["clauses"]}
    consumption, hours = document["consumption"], document["completeness"].get("hours")
    blocks, quiet = _blocks(order, clauses), quiet_runs(hours or ())
    return Page(
        findings=blocks,
        foremost=_foremost(blocks),
        severities=_severities(order),
        versions=[(version, effective_until(version, document["agreements"])) for version in document["agreements"]],
        clauses=_clause_rows(document["clauses"], numbers),
        figures=figures(document, words),
        apps=_largest_first(consumption["apps"], "app"),
        routes=cut(_largest_first(consumption["routes"], "route", "method"), MOST_ROWS),
        statuses=_largest_first(consumption["statuses"], "status"),
        credentials=cut(consumption["by_credential"], MOST_ROWS) if "by_credential" in consumption else None,
        calendar=None if hours is None else hour_calendar(hours, quiet, words),
        hours=hours_by_source(hours or (), quiet),
        quiet=quiet,
        sums=identity(document["reconciliation"]),
        seen=log_seen(document),
        outside_versions=int(document["summary"]["requests"])
        - sum(int(each["requests"]) for each in document["agreements"]),
        made=made_with(run or {}),
        numbers=numbers,
    )


def cut(rows: Sequence[Any], most: int) -> Cut:
    """The first `most` rows and the count of the others."""
    return Cut(rows=rows[:most], rest=max(0, len(rows) - most))


def _blocks(findings: Sequence[Row], clauses: Mapping[tuple[Any, Any], Row]) -> list[FindingBlock]:
    measures = {named: by_key(clause["measures"]) for named, clause in clauses.items()}
    first_of: dict[tuple[Any, Any], FindingBlock] = {}
    blocks = []
    for number, finding in enumerate(findings, 1):
        named = (finding["version"], finding["clause"])
        clause, is_in_full = clauses.get(named), number <= MOST_IN_FULL
        evidence = cut(finding["evidence"], MOST_EVIDENCE if is_in_full else FEW_ROWS)
        block = FindingBlock(
            number=number,
            finding=finding,
            clause=clause,
            unit=_unit(clause),
            measures=cut(measures.get(named, {}).get(finding["key"], ()), MOST_MEASURES),
            windows=cut(finding["windows"], MOST_WINDOWS if is_in_full else FEW_ROWS),
            files=_by_file(evidence.rows),
            evidence_rest=evidence.rest,
            like=None if is_in_full else _like(finding, first_of.get(named)),
        )
        first_of.setdefault(named, block)
        blocks.append(block)
    return blocks


def _like(finding: Row, first: FindingBlock | None) -> FindingBlock | None:
    shared = ("says", "cites", "terms", "refuted_by")
    is_like = first is not None and all(first.finding[name] == finding[name] for name in shared)
    return first if is_like and "money" not in finding else None


def by_key(measures: Sequence[Row]) -> dict[str | None, list[Row]]:
    """Measures by whose they are, each in the order of the document."""
    found: dict[str | None, list[Row]] = {}
    for measure in measures:
        found.setdefault(measure["key"], []).append(measure)
    return found


def _foremost(blocks: Sequence[FindingBlock]) -> list[FindingBlock]:
    """The first of each clause, then the next ones: three sentences should not say the same thing three times."""
    first_of = {block.finding["clause"]: block.number for block in reversed(blocks)}
    chosen = sorted(blocks, key=lambda block: (first_of[block.finding["clause"]] != block.number, block.number))[
        :FIRST_PAGE_FINDINGS
    ]
    return sorted(chosen, key=lambda block: block.number)


def _unit(clause: Row | None) -> str | None:
    """What the clause adds up, where the document says so."""
    stated = [limit["of"] for limit in clause.get("limits", ()) if limit["reading"] == AS_WRITTEN] if clause else []
    return str(stated[0]) if stated else None


def _by_file(evidence: Sequence[Row]) -> list[tuple[Row, list[Row]]]:
    """The rows of each file together, files in the order in which they first appear."""
    files: dict[tuple[Any, ...], tuple[Row, list[Row]]] = {}
    for row in evidence:
        files.setdefault((row["source"], row["file"], row["file_id"]), (row, []))[1].append(row)
    return list(files.values())


def _clause_rows(clauses: Sequence[Row], numbers: Mapping[str, int]) -> list[ClauseRow]:
    most = max(FEW_ROWS, min(MOST_MEASURES, ROWS_OF_CLAUSES // max(1, len(clauses))))
    return [_clause_row(number, clause, numbers, most) for number, clause in enumerate(clauses, 1)]


def _clause_row(number: int, clause: Row, numbers: Mapping[str, int], most: int) -> ClauseRow:
    rank = {"exceeded": 0, "not decided": 1}
    by_verdict = sorted(clause["measures"], key=lambda each: rank.get(each["verdict"], 2))
    is_fee = any("money" in each for each in clause["measures"])  # its months stay in order, the total after them
    measures = cut(clause["measures"], MOST_MONTHS) if is_fee else cut(by_verdict, most)
    findings = sorted(numbers[finding] for finding in clause["findings"] if finding in numbers)
    return ClauseRow(number=number, clause=clause, measures=measures, findings=findings)


def _severities(findings: Sequence[Row]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for severity in ("critical", "major", "minor", "info"):
        counts[severity] = sum(finding["severity"] == severity for finding in findings)
    return [(severity, count) for severity, count in counts.items() if count]


def _largest_first(rows: Sequence[Row], *names: str) -> list[Row]:
    return sorted(rows, key=lambda row: (-int(row["requests"]), *(str(row[name]) for name in names)))
