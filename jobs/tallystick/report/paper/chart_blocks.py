"""A chart on paper: the wide picture, a text that stands for it, and its data as a table of a length for paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tallystick.report.figure import Figure
from tallystick.report.paper.parts import Block, column, heading, paragraph, rest, table
from tallystick.report.visible import visible
from tallystick.report.words import Words

FONT = "Libertinus Serif"
MOST_ROWS_OF_A_CHART = 62
"""Rows of a chart's table on paper. A longer one is told by weeks or at turning points; findings.xlsx has every row."""
MOST_PEAKS = 31
"""Of the fullest windows of more days, those that leave the least of the limit."""

Row = Sequence[object]


def chart(figure: Figure, words: Words) -> list[Block]:
    """The picture and its data; every day of a long period by weeks, a long total at the ends of months."""
    picture = drawn(figure, figure.notes)
    if picture is None:
        return [heading(3, figure.title), paragraph(words.plain("chart.nothing"))]
    if len(figure.rows) <= MOST_ROWS_OF_A_CHART:
        return [picture, *_data(figure, figure.rows, words)]
    if figure.id == "daily":
        return [picture, _weeks(figure, words), paragraph(words.plain("paper.weeks_rest"), "fine")]
    if figure.id == "total":
        said = words.plain("paper.turns_rest", n=len(figure.rows))
        return [picture, *_data(figure, turns(figure.rows), words), paragraph(said, "fine")]
    if figure.id.startswith("peaks"):
        fullest = sorted(figure.rows, key=_room)[:MOST_PEAKS]
        said = words.plain("paper.peaks_rest", k=len(fullest), n=len(figure.rows))
        return [picture, *_data(figure, fullest, words), paragraph(said, "fine")]
    shown = figure.rows[:MOST_ROWS_OF_A_CHART]
    return [picture, *_data(figure, shown, words), *rest(len(figure.rows) - len(shown), "chart.rest", words)]


def drawn(figure: Figure, notes: Sequence[str]) -> Block | None:
    """The picture alone, with its title, keys, notes and the text that stands for it; None where nothing is drawn."""
    drawing = figure.drawings.get("wide")
    if drawing is None:
        return None
    return {
        "kind": "chart",
        "title": figure.title,
        "alt": f"{figure.title}. {figure.description}",
        "keys": [[colour, name] for colour, name in figure.keys],
        "notes": list(notes),
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawing.view_box}" '
        f'font-family="{FONT}">{drawing.marks}</svg>',
    }


def _data(figure: Figure, rows: Sequence[Row], words: Words) -> list[Block]:
    if not rows:
        return []
    columns = [
        column(name, number=place > 0 and not any(_is_text(row[place]) for row in rows))
        for place, name in enumerate(figure.headings)
    ]
    shown = [[_shown(each, words) for each in row] for row in rows]
    return [table(figure.caption, columns, shown, sides=2 if len(columns) < 6 else 1)]


def _is_text(value: object) -> bool:
    """Whether a value is words, and neither a number, nothing, nor a share in percent."""
    return isinstance(value, str) and not value.rstrip("\u00a0\u202f %").replace(",", "").replace(".", "").isdigit()


def _shown(value: object, words: Words) -> str:
    return visible(value) if isinstance(value, str) else words.show(value)


def _weeks(figure: Figure, words: Words) -> Block:
    """A row for each week from Monday on, with the first number of each of its days; a dash beyond the period."""
    amounts = {date.fromisoformat(str(row[0])): row[1] for row in figure.rows}
    first, last = min(amounts), max(amounts)
    monday = first - timedelta(days=first.weekday())
    rows = []
    while monday <= last:
        week = [amounts.get(monday + timedelta(days=day)) for day in range(7)]
        rows.append([words.day(monday.isoformat()), *(words.show(amount) for amount in week)])
        monday += timedelta(days=7)
    names = [words.plain(f"weekday.short.{number}") for number in range(1, 8)]
    columns = [column(words.plain("paper.week")), *(column(name, number=True, wide=1) for name in names)]
    return {**table(words.plain("paper.weeks"), columns, rows), "dense": True}


def turns(rows: Sequence[Row]) -> list[Row]:
    """Of a growing total (date, version, total, limit): the last row of each month and stretch, and where it passes."""
    kept = []
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        before = rows[place - 1] if place else None
        is_last = following is None or _stretch(following) != _stretch(row) or _total(following) < _total(row)
        is_passed = _is_over(row) and not (before and _is_over(before) and before[1] == row[1])
        if is_last or is_passed:
            kept.append(row)
    return kept


def _stretch(row: Row) -> tuple[str, object]:
    return str(row[0])[:7], row[1]


def _room(row: Row) -> tuple[int, str]:
    """Of a fullest window (date, amount, limit, …) what the limit leaves, below zero beyond it; then its date."""
    return int(str(row[2])) - int(str(row[1])), str(row[0])


def _total(row: Row) -> int:
    return int(str(row[2]))


def _is_over(row: Row) -> bool:
    return row[3] is not None and _total(row) > int(str(row[3]))
