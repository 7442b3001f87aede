"""Consumption on paper: the charts, each with its data as a table, then apps, months, routes and statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.page import Page, cut
from tallystick.report.paper.chart_blocks import chart
from tallystick.report.paper.parts import Block, Cell, cell, column, heading, known, paragraph, rest, table
from tallystick.report.visible import visible
from tallystick.report.words import Words

MOST_CREDENTIALS, MOST_APPS = 50, 200
"""Credentials and apps on paper; sheets of findings.xlsx have every one that report.json has."""

Row = Mapping[str, Any]


def consumption_blocks(document: Row, page: Page, words: Words) -> list[Block]:
    """What was taken, drawn and in tables."""
    whole = document["summary"]["requests"]
    blocks = [paragraph(words.plain("consumption.lead"), "lead")]
    for figure in page.figures:
        blocks += chart(figure, words)
    return [
        *blocks,
        *_part("apps", _apps(page, whole, words), words.plain("apps.nothing"), words),
        *rest(max(0, len(page.apps) - MOST_APPS), "paper.apps_rest", words),
        *_part("months", _months(document, words), words.plain("consumption.nothing"), words),
        *_part("routes", _routes(page, whole, words), words.plain("consumption.nothing"), words),
        *rest(page.routes.rest, "routes.rest", words),
        *_part("statuses", _statuses(page, whole, words), words.plain("consumption.nothing"), words),
        *_credentials(document["consumption"], words),
    ]


def _part(name: str, made: Block | None, nothing: str, words: Words) -> list[Block]:
    return [heading(3, words.plain(f"consumption.{name}")), made or paragraph(nothing)]


def _apps(page: Page, whole: Any, words: Words) -> Block | None:
    columns = [
        column(words.plain("apps.column.app"), wide=5),
        column(words.plain("apps.column.use_case"), wide=4),
        column(words.plain("apps.column.requests"), number=True),
        column(words.plain("apps.column.records"), number=True, wide=3),
        column(words.plain("daily.column.bytes"), number=True),
        *(column(words.plain(f"apps.column.{name}"), number=True) for name in ("refused", "errors")),
        column(words.plain("apps.column.seen")),
    ]
    rows = [_app(app, whole, words) for app in page.apps[:MOST_APPS]]
    return table(words.plain("consumption.apps_caption"), columns, rows) if rows else None


def _app(app: Row, whole: Any, words: Words) -> list[Any]:
    until = words.instant(app["ended"]) if app["ended"] else words.plain("versions.open")
    registered = words.plain("apps.registered", **{"from": words.instant(app["registered"]), "until": until})
    approved = words.plain("apps.not_approved")
    if app["use_case_approved"]:
        approved = words.plain("apps.approved", date=words.instant(app["use_case_approved"]))
    return [
        cell(visible(str(app["name"] or app["app"])), visible(app["app"]), registered),
        cell(visible(app["use_case"]) if app["use_case"] else words.plain("apps.no_use_case"), approved),
        cell(words.number(app["requests"]), words.percent(app["requests"], whole)),
        known(app["records"], words),
        known(app["response_bytes"], words),
        words.number(app["throttled"]),
        words.number(app["errors"]),
        f"{words.instant(app['first_at'])}\n{words.instant(app['last_at'])}",
    ]


def _months(document: Row, words: Words) -> Block | None:
    columns = [
        column(words.plain("months.month")),
        *(column(words.plain(f"daily.column.{name}"), number=True) for name in ("requests", "records", "bytes")),
    ]
    rows = [
        [
            visible(month["month"]),
            words.number(month["requests"]),
            known(month["records"], words),
            known(month["response_bytes"], words),
        ]
        for month in document["consumption"]["months"]
    ]
    return table(words.plain("consumption.months_caption"), columns, rows) if rows else None


def _routes(page: Page, whole: Any, words: Words) -> Block | None:
    columns = [
        column(words.plain("routes.route")),
        column(words.plain("daily.column.requests"), number=True),
        column(words.plain("apps.column.share"), number=True),
        *(column(words.plain(f"daily.column.{name}"), number=True) for name in ("records", "bytes")),
    ]
    rows = [
        [
            " ".join((words.show(route["method"]), _route(route["route"], words))),
            words.number(route["requests"]),
            words.percent(route["requests"], whole),
            known(route["records"], words),
            known(route["response_bytes"], words),
        ]
        for route in page.routes.rows
    ]
    return table(words.plain("consumption.routes_caption"), columns, rows) if rows else None


def _route(route: str | None, words: Words) -> str:
    return words.plain("routes.unknown") if route is None else visible(route)


def _statuses(page: Page, whole: Any, words: Words) -> Block | None:
    columns = [
        column(words.plain("statuses.status")),
        column(words.plain("daily.column.requests"), number=True),
        column(words.plain("apps.column.share"), number=True),
    ]
    rows = [
        [
            words.plain("statuses.unknown") if status["status"] is None else str(status["status"]),
            words.number(status["requests"]),
            words.percent(status["requests"], whole),
        ]
        for status in page.statuses
    ]
    return table(words.plain("consumption.statuses_caption"), columns, rows) if rows else None


def _credentials(consumption: Row, words: Words) -> list[Block]:
    """Each credential by its short digest and hint, where the document has them; then what is beyond, together."""
    listed = consumption.get("by_credential")
    if listed is None:
        return []
    title = heading(3, words.plain("credentials.title"))
    if not listed:
        return [title, paragraph(words.plain("credentials.nothing"))]
    shown = cut(listed, MOST_CREDENTIALS)
    columns = [
        column(words.plain("credentials.credential"), wide=3),
        column(words.plain("apps.column.app"), wide=3),
        column(words.plain("apps.column.requests"), number=True),
        column(words.plain("apps.column.records"), number=True, wide=3),
        column(words.plain("daily.column.bytes"), number=True),
        column(words.plain("apps.column.refused"), number=True),
        column(words.plain("apps.column.seen")),
    ]
    rows = [
        [
            _credential(row, words),
            words.show(row["app"]),
            *_taken(row, words),
            f"{words.instant(row['first_at'])}\n{words.instant(row['last_at'])}",
        ]
        for row in shown.rows
    ]
    others = consumption.get("other_credentials")
    if others and int(others["credentials"]):
        rows.append([words.plain("credentials.others", n=others["credentials"]), "–", *_taken(others, words), "–"])
    made = table(words.plain("credentials.caption"), columns, rows)
    return [title, made, *rest(shown.rest, "credentials.rest", words)]


def _credential(row: Row, words: Words) -> Cell:
    """Its name, or of a secret its hint over its short digest."""
    digest = words.plain("credentials.digest", digest=row["digest"]) if row["digest"] else ""
    shown = row["credential"] or row["hint"]
    return cell(visible(shown) if shown else words.plain("credentials.none"), digest)


def _taken(row: Row, words: Words) -> list[Cell]:
    amounts = [known(row[name], words) for name in ("records", "response_bytes")]
    return [words.number(row["requests"]), *amounts, words.number(row["throttled"])]
