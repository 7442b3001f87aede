"""The pictures of the charts: where each mark stands, at a wide and at a narrow size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tallystick.report.axes import FEW_DAYS, Tick, amount_ticks, day_ticks
from tallystick.report.drawing import DIGIT_PX, GRID, HEAT, INK, MUTED, OVER, REFUSED, SERVED, Canvas, Drawing, Frame
from tallystick.report.limits import DrawnLimit, Passed, version_spans
from tallystick.report.words import Words

_DAY_MS = 86_400_000
ROW_PX = 14
"""From one row of text above a picture to the next."""


def day_steps(
    document: Mapping[str, Any],
    days: Sequence[date],
    layers: Sequence[tuple[Sequence[int], str]],
    limits: Sequence[DrawnLimit],
    words: Words,
    width: int,
) -> Drawing:
    """One step a day, or one bar when days are few; limits as dashed lines.

    `layers` are amounts with their colour, each over the one before it, whose amounts are no less.
    """
    largest = max(layers[0][0])
    within_sight = [limit for limit in limits if limit.limit <= 4 * largest]
    ticks = amount_ticks(max([largest, *(limit.limit for limit in within_sight)]), words)
    canvas = _days_canvas(document, days, ticks, words, width)
    for amounts, colour in layers:
        if len(days) <= FEW_DAYS:
            canvas.boxes(_bars(amounts, colour))
        else:
            canvas.areas(_steps(amounts), colour)
    _limit_lines(canvas, within_sight, words)
    return canvas.drawing()


def growing_totals(
    document: Mapping[str, Any],
    days: Sequence[date],
    totals: Sequence[tuple[DrawnLimit, Sequence[tuple[int, int, int]]]],
    crossings: Sequence[tuple[DrawnLimit, Passed]],
    words: Words,
    width: int,
) -> Drawing:
    """A line for each stretch that one limit adds up, the limit above it, and a dot where it was passed."""
    largest = max(total for _, run in totals for _, _, total in run)
    within_sight = [limit for limit, _ in totals if 0 < limit.limit <= 4 * largest]
    ticks = amount_ticks(max([largest, *(limit.limit for limit in within_sight)]), words)
    canvas = _days_canvas(document, days, ticks, words, width)
    points = []
    for stretch, (_, run) in enumerate(totals):
        for position, (window, index, total) in enumerate(run):
            if position == 0 or run[position - 1][0] != window:
                points.append({"x": index, "y": 0, "line": f"{stretch}.{window}"})
            points.append({"x": index + 1, "y": total, "line": f"{stretch}.{window}"})
    canvas.lines(points, SERVED)
    _limit_lines(canvas, within_sight, words)
    _crossings(canvas, [one for one in crossings if one[0] in within_sight], words)
    return canvas.drawing()


def week_map(week: Sequence[Sequence[int]], words: Words, width: int) -> Drawing:
    """Seven rows of 24 boxes, darker for more, with the scale beneath."""
    row_px = 22
    left, legend_px = 36, 30
    frame = Frame(width=width, height=7 * row_px + 20 + legend_px, left=left, right=2, top=0, bottom=20 + legend_px)
    canvas = Canvas(frame, x_max=24, y_max=7)
    largest = max(amount for hours in week for amount in hours)
    gap = 0.06
    boxes = [
        {
            "x": hour + gap / 2,
            "x2": hour + 1 - gap / 2,
            "y": 7 - row - gap,
            "y2": 6 - row + gap,
            "fill": _shade(amount, largest),
        }
        for row, hours in enumerate(week)
        for hour, amount in enumerate(hours)
    ]
    canvas.boxes(boxes)
    names = [{"x": 0, "y": 6.5 - row, "text": words.plain(f"weekday.short.{row + 1}")} for row in range(7)]
    canvas.texts(names, "right", dx=-8)
    canvas.texts([{"x": hour + 0.5, "y": 0, "text": f"{hour:02d}"} for hour in range(0, 24, 3)], "center", dy=11)
    per_row = 7 / (7 * row_px)  # one pixel in the units of y
    box, top = 24 / frame.plot_width * 22, -32 * per_row
    scale = [
        {"x": box * step, "x2": box * (step + 1), "y": top, "y2": top - 10 * per_row, "fill": HEAT[step]}
        for step in range(len(HEAT))
    ]
    canvas.boxes(scale)
    middle = top - 5 * per_row
    canvas.texts([{"x": 0, "y": middle, "text": words.number(0)}], "right", dx=-8)
    canvas.texts([{"x": box * len(HEAT), "y": middle, "text": words.plain("week.most", n=largest)}], "left", dx=8)
    return canvas.drawing()


def app_bars(apps: Sequence[Mapping[str, Any]], whole: int, words: Words, width: int) -> Drawing:
    """A bar for each app with its name and numbers above it; refused requests stand light at the bar's end."""
    row_px, bar_px = 42, 12
    frame = Frame(width=width, height=row_px * len(apps), left=1, right=1, top=0, bottom=0)
    canvas = Canvas(frame, x_max=max(int(app["requests"]) for app in apps), y_max=len(apps))
    most = (width - 150) // (DIGIT_PX + 1)
    boxes, names, numbers = [], [], []
    for row, app in enumerate(apps):
        requests, refused = int(app["requests"]), int(app["throttled"])
        foot = len(apps) - row - 0.88
        edges = {"y": foot, "y2": foot + bar_px / row_px}
        boxes.append({"x": 0, "x2": requests - refused, "fill": SERVED, **edges})
        if refused:
            boxes.append({"x": requests - refused, "x2": requests, "fill": REFUSED, **edges})
        line = len(apps) - row - 0.36
        names.append({"x": 0, "y": line, "text": _cut(words.show(app["name"] or app["app"]), most)})
        text = f"{words.number(requests)} · {words.percent(requests, whole)}"
        numbers.append({"x": max(int(app["requests"]) for app in apps), "y": line, "text": text})
    canvas.boxes(boxes)
    canvas.texts(names, "left", colour=INK)
    canvas.texts(numbers, "right")
    return canvas.drawing()


# ── what they share ──────────────────────────────────────────────────────────────────────────────────────────────────


def _days_canvas(
    document: Mapping[str, Any], days: Sequence[date], ticks: Sequence[Tick], words: Words, width: int
) -> Canvas:
    """Axes for amounts over days: grid, labels, and a line where a version of the agreement begins."""
    left, right = 10 + DIGIT_PX * max(len(tick.text) for tick in ticks), 8
    begun = _begun(document, days, words, width, width - left - right)
    more_px = ROW_PX * max((row for *_, row in begun), default=0)
    height = (232 if width > 500 else 210) + more_px
    frame = Frame(width=width, height=height, left=left, right=right, top=22 + more_px, bottom=24)
    canvas = Canvas(frame, x_max=len(days), y_max=ticks[-1].at)
    canvas.rules([{"y": tick.at} for tick in ticks], GRID, "y")
    canvas.texts([{"x": 0, "y": tick.at, "text": tick.text} for tick in ticks], "right", dx=-8)
    along = day_ticks(days, words, most=max(2, frame.plot_width // 62))
    middle = 0.5 if len(days) <= FEW_DAYS else 0
    for align, ticks_there in _aligned(along, len(days), frame.plot_width).items():
        canvas.texts([{"x": tick.at + middle, "y": 0, "text": tick.text} for tick in ticks_there], align, dy=14)
    canvas.rules([{"x": tick.at, "y": 0, "y2": ticks[-1].at / 60} for tick in along], MUTED, "x y y2")
    canvas.rules([{"x": first} for first, *_ in begun], MUTED, "x", dash=(2, 3))
    for first, text, side, row in begun:
        canvas.texts([{"x": first, "y": ticks[-1].at, "text": text}], side, dy=-12 - ROW_PX * row)
    return canvas


def _begun(
    document: Mapping[str, Any], days: Sequence[date], words: Words, width: int, plot_width: int
) -> list[tuple[int, str, str, int]]:
    """Where versions begin, what is written there, on which side, and in which row above: no text meets another."""
    found: list[tuple[int, str, str, int]] = []
    taken: list[int] = []
    for version, first, _ in version_spans(document, days):
        if first > 0:
            text = _cut(words.plain("chart.version", version=version["version"]), 20 if width < 500 else 44)
            side, at_px, text_px = _outwards(first, len(days)), first * plot_width // len(days), DIGIT_PX * len(text)
            from_px = at_px - text_px if side == "right" else at_px
            row = next((row for row, until_px in enumerate(taken) if until_px <= from_px), len(taken))
            taken[row : row + 1] = [from_px + text_px]
            found.append((first, text, side, row))
    return found


def _aligned(ticks: Sequence[Tick], days: int, plot_width: int) -> dict[str, list[Tick]]:
    """Ticks by how their text stands to them: in the middle, but not over the edges of the picture."""
    aligned: dict[str, list[Tick]] = {"left": [], "center": [], "right": []}
    for tick in ticks:
        from_left = tick.at * plot_width // max(1, days)
        is_bar = days <= FEW_DAYS
        near = "left" if from_left < 20 else "right" if plot_width - from_left < 20 else "center"
        aligned["center" if is_bar else near].append(tick)
    return aligned


def _outwards(at: float, days: int) -> str:
    """Text to the right of a place in the first half, to the left of one in the second."""
    return "right" if 2 * at > days + 1 else "left"


def _limit_lines(canvas: Canvas, limits: Sequence[DrawnLimit], words: Words) -> None:
    rows = [{"x": limit.first, "x2": limit.end, "y": limit.limit} for limit in limits]
    canvas.rules(rows, OVER, "x x2 y", dash=(6, 3), px=1.5)
    labels = [
        {"x": limit.first, "y": limit.limit, "text": text}
        for limit, text in zip(limits, _fitting(canvas, limits, words), strict=True)
        if text
    ]
    canvas.texts(labels, "left", colour=OVER, dx=4, dy=-8, halo=True)


def _fitting(canvas: Canvas, limits: Sequence[DrawnLimit], words: Words) -> list[str]:
    """What is written at each limit: all of it, the number alone, or nothing, as fits before the next one begins."""
    texts = []
    for place, limit in enumerate(limits):
        until = limits[place + 1].first if place + 1 < len(limits) else canvas.x_max
        room_px = (until - limit.first) * canvas.frame.plot_width // canvas.x_max
        whole = _cut(words.plain("chart.limit", limit=limit.limit, cites=limit.cites), 26)
        told = (whole, words.number(limit.limit), "")
        texts.append(next(text for text in told if DIGIT_PX * len(text) <= room_px))
    return texts


def _crossings(canvas: Canvas, crossings: Sequence[tuple[DrawnLimit, Passed]], words: Words) -> None:
    """A dot where each limit was passed, and when; close to the axis above the dot, and nowhere over another's text.

    Of those on one pixel the first is drawn, so that a picture stays small however often a limit was passed.
    """
    seen: set[tuple[int, int]] = set()
    reached_px: dict[int, int] = {}
    dots, texts = [], []
    for limit, passing in crossings:
        at = passing.at_ms / _DAY_MS
        at_px = int(at * canvas.frame.plot_width / canvas.x_max)
        if (at_px, limit.limit) in seen:
            continue
        seen.add((at_px, limit.limit))
        text = words.date(passing.text, short=True)
        dot = {"x": at, "y": limit.limit, "text": text}
        dots.append(dot)
        side, is_low = _outwards(at, int(canvas.x_max)), limit.limit * 8 < canvas.y_max
        dy = -34 if is_low else -24 if side == "right" else 14
        text_px = DIGIT_PX * len(text)
        from_px = at_px - text_px if side == "right" else at_px
        if from_px >= reached_px.get(dy, from_px):
            reached_px[dy] = from_px + text_px
            texts.append((dot, side, dy))
    canvas.dots(dots, OVER)
    for dot, side, dy in texts:
        canvas.texts([dot], side, colour=OVER, dx=4 if side == "right" else 9, dy=dy, halo=True)


def _steps(amounts: Sequence[int]) -> list[dict[str, int]]:
    """A point at the start of each day, and one at the end of the last."""
    return [{"x": index, "y": amount} for index, amount in enumerate([*amounts, *amounts[-1:]])]


def _bars(amounts: Sequence[int], colour: str) -> list[dict[str, object]]:
    """A box for each day that has something, with room on both sides."""
    return [
        {"x": index + 0.1, "x2": index + 0.9, "y": 0, "y2": amount, "fill": colour}
        for index, amount in enumerate(amounts)
        if amount
    ]


def _shade(amount: int, largest: int) -> str:
    """The first colour for nothing, the others evenly up to the largest."""
    return HEAT[-(-amount * (len(HEAT) - 1) // largest)] if amount else HEAT[0]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
