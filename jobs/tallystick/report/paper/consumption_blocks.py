"""Consumption on paper: the charts, each with its data as a table, then apps, months, routes and statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.report.charts import Figure
from tallystick.report.page import Page
from tallystick.report.paper.parts import Block, cell, column, heading, known, paragraph, rest, table
from tallystick.report.visible import visible
from tallystick.report.words import Words

FONT = "Libertinus Serif"
MOST_ROWS_OF_A_CHART = 62
"""Rows of a chart's table on paper; a longer one is in the page and in findings.xlsx."""

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
        *_part("months", _months(document, words), words.plain("consumption.nothing"), words),
        *_part("routes", _routes(page, whole, words), words.plain("consumption.nothing"), words),
        *rest(page.routes.rest, "routes.rest", words),
        *_part("statuses", _statuses(page, whole, words), words.plain("consumption.nothing"), words),
    ]


def chart(figure: Figure, words: Words) -> list[Block]:
    """The wide picture with a text that stands for it, and its data as a table where that is short."""
    drawing = figure.drawings.get("wide")
    if drawing is None:
        return [heading(3, figure.title), paragraph(words.plain("chart.nothing"))]
    picture = {
        "kind": "chart",
        "title": figure.title,
        "alt": f"{figure.title}. {figure.description}",
        "keys": [[colour, name] for colour, name in figure.keys],
        "notes": list(figure.notes),
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawing.view_box}" '
        f'font-family="{FONT}">{drawing.marks}</svg>',
    }
    shown = figure.rows[:MOST_ROWS_OF_A_CHART]
    columns = [column(name, number=place > 0, wide=0 if place else 1) for place, name in enumerate(figure.headings)]
    rows = [[_shown(each, words) for each in row] for row in shown]
    data = [table(figure.caption, columns, rows, sides=2 if len(columns) < 6 else 1)] if rows else []
    return [picture, *data, *rest(len(figure.rows) - len(shown), "chart.rest", words)]


def _shown(value: object, words: Words) -> str:
    return visible(value) if isinstance(value, str) else words.show(value)


def _part(name: str, made: Block | None, nothing: str, words: Words) -> list[Block]:
    return [heading(3, words.plain(f"consumption.{name}")), made or paragraph(nothing)]


def _apps(page: Page, whole: Any, words: Words) -> Block | None:
    columns = [
        column(words.plain("apps.column.app"), wide=3),
        column(words.plain("apps.column.use_case"), wide=3),
        *(
            column(words.plain(f"apps.column.{name}"), number=True, wide=2)
            for name in ("requests", "records", "refused", "errors")
        ),
        column(words.plain("apps.column.seen"), wide=3),
    ]
    rows = [_app(app, whole, words) for app in page.apps]
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
        words.number(app["throttled"]),
        words.number(app["errors"]),
        f"{words.instant(app['first_at'])} {words.plain('word.to')} {words.instant(app['last_at'])}",
    ]


def _months(document: Row, words: Words) -> Block | None:
    columns = [
        column(words.plain("months.month"), wide=1),
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
        column(words.plain("routes.route"), wide=1),
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
        column(words.plain("statuses.status"), wide=1),
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
