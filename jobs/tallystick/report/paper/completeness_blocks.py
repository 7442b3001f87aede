"""Completeness on paper: sources, gaps, hours, files and entries that are missing, late, repeated or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.report.page import MOST_ROWS, Page, cut
from tallystick.report.paper.chart_blocks import drawn
from tallystick.report.paper.parts import Block, Cell, cell, column, heading, paragraph, rest, table
from tallystick.report.quiet_hours import Quiet
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
MOST_HOURS, MOST_FILES = 40, 24
"""Runs of hours and log files on paper; findings.xlsx has every hour in a sheet `Hours`, every file in `Log files`."""


def completeness(document: Row, page: Page, words: Words) -> list[Block]:
    """What was there to count, what was missing, and what could not be read."""
    complete, checks = document["completeness"], document["checks"]
    return [
        paragraph(words.plain("completeness.lead"), "lead"),
        heading(3, words.plain("completeness.sources")),
        _sources(complete["sources"], words),
        heading(3, words.plain("completeness.gaps")),
        *_gaps(complete["gaps"], words),
        *_hours(page, words),
        *_files("refused_files", complete["refused_files"], words),
        *_files("repeated_files", complete["repeated_files"], words),
        *_late(complete.get("late_files"), words),
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
        heading(3, words.plain("log_files.title")),
        *_log_files(document["files"], words),
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
        column(words.plain("gaps.between")),
    ]
    rows = [
        [
            visible(gap["source"]),
            words.show(gap["epoch"]),
            *(words.number(gap[name]) for name in ("first_missing", "last_missing", "missing")),
            f"{words.instant(gap['after_at'])}\n{words.instant(gap['before_at'])}",
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


def _hours(page: Page, words: Words) -> list[Block]:
    """The calendar, of each source how many hours were seen, and the longest runs of hours that were not."""
    if page.calendar is None:
        return []
    beyond = words.plain("hours.rest", n=len(page.quiet) - len(page.calendar.rows))
    picture = drawn(page.calendar, [note for note in page.calendar.notes if note != beyond])
    if picture is None:
        return [heading(3, words.plain("hours.title")), paragraph(words.plain("completeness.no_sources"))]
    numbers = ("hours", "seen", "unseen", "runs", "longest")
    columns = [
        column(words.plain("sources.source"), wide=1),
        *(column(words.plain(f"hours.{name}"), number=True) for name in numbers),
    ]
    rows = [[visible(of.source), *(words.number(getattr(of, name)) for name in numbers)] for of in page.hours]
    return [picture, table(words.plain("hours.caption"), columns, rows), *_quiet(page.quiet, words)]


def _quiet(runs: Sequence[Quiet], words: Words) -> list[Block]:
    if not runs:
        return []
    shown = cut(sorted(runs, key=lambda run: (-run.hours, run.source, run.start)), MOST_HOURS)
    columns = [
        column(words.plain("sources.source"), wide=1),
        column(words.plain("hours.from")),
        column(words.plain("hours.until")),
        column(words.plain("hours.hours"), number=True),
    ]
    rows = [
        [visible(run.source), words.instant(run.start), words.instant(run.end), words.number(run.hours)]
        for run in shown.rows
    ]
    made = table(words.plain("hours.longest_runs"), columns, rows, sides=2)
    return [made, *rest(shown.rest, "hours.rest", words)]


def _late(late: Sequence[Row] | None, words: Words) -> list[Block]:
    """Log objects that brought entries of a day after it was over for long."""
    if late is None:
        return []
    title = heading(3, words.plain("late_files.title"))
    if not late:
        return [title, paragraph(words.plain("late_files.nothing"))]
    shown = cut(late, MOST_ROWS)
    columns = [
        column(words.plain("files.file"), wide=1),
        *(column(words.plain(f"late_files.{name}")) for name in ("first_date", "last_date")),
        column(words.plain("late_files.entries"), number=True),
    ]
    rows = [
        [
            cell(f"{visible(file['source'])} · {visible(file['file'])}", words.show(file["file_id"])),
            words.day(file["first_date"]),
            words.day(file["last_date"]),
            words.number(file["entries"]),
        ]
        for file in shown.rows
    ]
    return [title, table(words.plain("late_files.caption"), columns, rows), *rest(shown.rest, "files.rest", words)]


def _log_files(files: Sequence[Row], words: Words) -> list[Block]:
    """By source how many files hold this licensee's requests, then the first of them."""
    if not files:
        return [paragraph(words.plain("log_files.nothing"))]
    numbers = [column(words.plain(f"log_files.{name}"), number=True) for name in ("requests", "duplicates")]
    sums = []
    for source in dict.fromkeys(file["source"] for file in files):
        mine = [file for file in files if file["source"] == source]
        counts = [len(mine), *(sum(int(file[name]) for file in mine) for name in ("requests", "duplicates"))]
        sums.append([visible(source), *(words.number(count) for count in counts)])
    columns = [column(words.plain("sources.source"), wide=1), column(words.plain("sources.files"), number=True)]
    blocks = [table(words.plain("log_files.by_source"), [*columns, *numbers], sums)]
    shown = cut(files, MOST_FILES)
    columns = [column(words.plain("files.file"), wide=1), column(words.plain("log_files.format")), *numbers]
    rows = [
        [
            cell(f"{visible(file['source'])} · {visible(file['name'])}", file["file_id"]),
            words.show(file["format"]),
            words.number(file["requests"]),
            words.number(file["duplicates"]),
        ]
        for file in shown.rows
    ]
    return [
        *blocks,
        table(words.plain("log_files.caption"), columns, rows),
        *rest(shown.rest, "log_files.rest", words),
    ]
