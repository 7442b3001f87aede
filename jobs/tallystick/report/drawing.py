"""Pictures as small, still SVG: the same bytes everywhere, nothing that runs, loads or has an id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape as escape
from itertools import pairwise
from typing import Any

INK, MUTED, GRID = "#1b2530", "#52606d", "#dde2e7"
SERVED, REFUSED, OVER = (
    "#1f5582",
    "#a9c5de",
    "#a4481a",
)  # blues and a rust: apart for every kind of colour vision, and in grey
BEYOND = "#c8703f"
"""What is over a limit: lighter than the line of the limit, so that this is seen over it."""
HEAT = ("#f3f6f9", "#d5e3ef", "#aecbe2", "#7eacd0", "#4e88b7", "#286297", "#123f6b")
TEXT_PX, DIGIT_PX = 12, 7
MIDDLE_PX = 4
"""From the middle of a line of text down to where it stands."""
ANCHORS = {"left": "start", "center": "middle", "right": "end"}

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The plot's size and the room around it, in pixels."""

    width: int
    height: int
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    @property
    def plot_width(self) -> int:
        """Pixels between the margins."""
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        """Pixels between the margins."""
        return self.height - self.top - self.bottom


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What stands in an `<svg>` element, and the element's `viewBox`."""

    view_box: str
    marks: str


class Canvas:
    """Marks over two linear scales, x to the right and y upwards, both starting at 0; later marks lie over earlier."""

    def __init__(self, frame: Frame, *, x_max: float, y_max: float) -> None:
        self.frame, self.x_max, self.y_max = frame, x_max, y_max
        self._marks: list[str] = []

    def areas(self, rows: Sequence[Row], colour: str) -> None:
        """A filled step from each row's x to the next one's, from 0 up to its y."""
        foot = _px(self.frame.plot_height)
        for run in _runs(rows):
            steps = "".join(f"V{self._y(row['y'])}H{self._x(after['x'])}" for row, after in run)
            self._marks.append(f'<path d="M{self._x(run[0][0]["x"])},{foot}{steps}V{foot}Z" fill="{colour}"/>')

    def lines(self, rows: Sequence[Row], colour: str) -> None:
        """One line through the rows of each `line`."""
        lines: dict[object, list[Row]] = {}
        for row in rows:
            lines.setdefault(row["line"], []).append(row)
        style = f'stroke="{colour}" stroke-width="2" stroke-linejoin="round"'
        for points in lines.values():
            way = "L".join(f"{self._x(point['x'])},{self._y(point['y'])}" for point in points)
            self._marks.append(f'<path d="M{way}" {style}/>')

    def rules(self, rows: Sequence[Row], colour: str, ends: str, *, dash: tuple[int, ...] = (), px: float = 1) -> None:
        """Straight rules; `ends` names which of x, x2, y and y2 the rows give, the rest spans the plot."""
        dashes = f' stroke-dasharray="{",".join(map(str, dash))}"' if dash else ""
        given = ends.split()
        for row in rows:
            x = row["x"] if "x" in given else 0
            y = row["y"] if "y" in given else 0
            x2 = row["x2"] if "x2" in given else x if "x" in given else self.x_max
            y2 = row["y2"] if "y2" in given else y if "y" in given else self.y_max
            way = f'x1="{self._x(x)}" y1="{self._y(y)}" x2="{self._x(x2)}" y2="{self._y(y2)}"'
            self._marks.append(f'<line {way} stroke="{colour}" stroke-width="{px}"{dashes}/>')

    def dots(self, rows: Sequence[Row], colour: str) -> None:
        """A filled dot at each row."""
        style = f'r="4.5" fill="{colour}" stroke="#fff" stroke-width="1.5"'
        for row in rows:
            self._marks.append(f'<circle cx="{self._x(row["x"])}" cy="{self._y(row["y"])}" {style}/>')

    def boxes(self, rows: Sequence[Row]) -> None:
        """A filled box from (x, y) to (x2, y2), in each row's own colour `fill`."""
        for row in rows:
            left, right = sorted((row["x"], row["x2"]))
            foot, top = sorted((row["y"], row["y2"]))
            width, height = self._wide(right - left), self._high(top - foot)
            way = f"M{self._x(left)},{self._y(top)}h{width}v{height}h-{width}Z"
            self._marks.append(f'<path d="{way}" fill="{row["fill"]}"/>')

    def texts(
        self, rows: Sequence[Row], align: str, *, colour: str = MUTED, dx: int = 0, dy: int = 0, halo: bool = False
    ) -> None:
        """Each row's `text` at (x, y), moved by dx to the right and dy downwards, in pixels; with `halo` on white."""
        style = f'font-size="{TEXT_PX}px" fill="{colour}"'
        if halo:
            style += ' stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
        for row in rows:
            x, y = self._x(row["x"], dx), self._y(row["y"], dy + MIDDLE_PX)
            text = escape(str(row["text"]))
            where = f'text-anchor="{ANCHORS[align]}" transform="translate({x},{y})"'
            self._marks.append(f"<text {where} {style}>{text}</text>")

    def drawing(self) -> Drawing:
        """The finished picture."""
        frame = self.frame
        marks = f'<g fill="none" transform="translate({frame.left},{frame.top})">{"".join(self._marks)}</g>'
        return Drawing(view_box=f"0 0 {frame.width} {frame.height}", marks=marks)

    def _x(self, x: float, dx: int = 0) -> str:
        return _px(x * self.frame.plot_width / self.x_max + dx)

    def _y(self, y: float, dy: int = 0) -> str:
        return _px(self.frame.plot_height - y * self.frame.plot_height / self.y_max + dy)

    def _wide(self, x: float) -> str:
        return _px(x * self.frame.plot_width / self.x_max)

    def _high(self, y: float) -> str:
        return _px(y * self.frame.plot_height / self.y_max)


def _runs(rows: Sequence[Row]) -> list[list[tuple[Row, Row]]]:
    """Rows above 0 that follow one another, each with the row after it."""
    runs: list[list[tuple[Row, Row]]] = []
    is_on = False
    for row, after in pairwise(rows):
        if row["y"] and is_on:
            runs[-1].append((row, after))
        elif row["y"]:
            runs.append([(row, after)])
        is_on = bool(row["y"])
    return runs


def _px(pixels: float) -> str:
    """Pixels, to a tenth."""
    tenths = f"{pixels:.1f}".removesuffix(".0")
    return "0" if tenths == "-0" else tenths
