"""Altair marks become small, still SVG: the same bytes everywhere, nothing that runs, no id twice in one page."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    import altair

INK, MUTED, GRID = "#1b2530", "#52606d", "#dde2e7"
SERVED, REFUSED, OVER = (
    "#1f5582",
    "#a9c5de",
    "#a4481a",
)  # blues and a rust: apart for every kind of colour vision, and in grey
HEAT = ("#f3f6f9", "#d5e3ef", "#aecbe2", "#7eacd0", "#4e88b7", "#286297", "#123f6b")
TEXT_PX, DIGIT_PX = 12, 7

Row = Mapping[str, object]


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


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """Marks of one kind: a row each, the channels that the rows give, and what all of them share."""

    name: str
    mark: str
    rows: Sequence[Row]
    channels: Collection[str]
    style: Mapping[str, object]


class Canvas:
    """Layers over two linear scales, x to the right and y upwards, both starting at 0."""

    def __init__(self, frame: Frame, *, x_max: float, y_max: float) -> None:
        self.frame, self.x_max, self.y_max = frame, x_max, y_max
        self._domains = {"x": (0, x_max), "y": (0, y_max)}
        self._layers: list[_Layer] = []

    def areas(self, rows: Sequence[Row], colour: str) -> None:
        """A filled step from each row's x to the next one's, from 0 up to its y."""
        self._add("mark_area", rows, "x y", fill=colour, interpolate="step-after", line=False)

    def lines(self, rows: Sequence[Row], colour: str) -> None:
        """One line through the rows of each `line`."""
        self._add("mark_line", rows, "x y detail", stroke=colour, strokeWidth=2, strokeJoin="round")

    def rules(self, rows: Sequence[Row], colour: str, ends: str, *, dash: tuple[int, ...] = (), px: float = 1) -> None:
        """Straight rules; `ends` names which of x, x2, y and y2 the rows give, the rest spans the plot."""
        self._add("mark_rule", rows, ends, stroke=colour, strokeDash=list(dash), strokeWidth=px)

    def dots(self, rows: Sequence[Row], colour: str) -> None:
        """A filled dot at each row."""
        self._add("mark_circle", rows, "x y", fill=colour, size=64, opacity=1, stroke="#fff", strokeWidth=1.5)

    def boxes(self, rows: Sequence[Row]) -> None:
        """A filled box from (x, y) to (x2, y2), in each row's own colour `fill`."""
        self._add("mark_rect", rows, "x x2 y y2 fill", opacity=1)

    def texts(self, rows: Sequence[Row], align: str, *, colour: str = MUTED, dx: int = 0, dy: int = 0) -> None:
        """Each row's `text` at (x, y), moved by dx to the right and dy downwards, in pixels."""
        self._add(
            "mark_text",
            rows,
            "x y text",
            align=align,
            baseline="middle",
            dx=dx,
            dy=dy,
            fill=colour,
            fontSize=TEXT_PX,
            limit=0,
        )

    def drawing(self, name: str) -> Drawing:
        """The finished picture; every id in it begins with `name`."""
        import altair as alt  # only a report that draws pays for it
        import vl_convert
        from altair.utils.schemapi import debug_mode

        frame = self.frame
        with debug_mode(False):  # it would validate each of the many small parts, which costs more than the drawing
            chart = alt.LayerChart(layer=[]).properties(
                width=frame.plot_width,
                height=frame.plot_height,
                autosize=alt.AutoSizeParams(type="none"),  # sizes come from the frame, not from a machine's fonts
                padding={"left": frame.left, "right": frame.right, "top": frame.top, "bottom": frame.bottom},
            )
            spec = chart.configure(aria=False).configure_view(stroke=None).to_dict(validate=False)
            # Altair copies whatever is laid over something else, many times: the layers and their rows join as values.
            layers = [self._chart(layer).to_dict(validate=False) for layer in self._layers]
        spec["layer"] = [{key: layer[key] for key in ("data", "mark", "encoding")} for layer in layers]
        spec["datasets"] = {layer.name: list(layer.rows) for layer in self._layers}
        svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        return Drawing(view_box=f"0 0 {frame.width} {frame.height}", marks=_tidy(svg, name))

    def _add(self, mark: str, rows: Sequence[Row], channels: str, **style: object) -> None:
        if rows:
            name = f"layer-{len(self._layers)}"
            self._layers.append(_Layer(name=name, mark=mark, rows=rows, channels=channels.split(), style=style))

    def _chart(self, layer: _Layer) -> altair.Chart:
        import altair as alt

        known: dict[str, Any] = {
            "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=list(self._domains["x"]), nice=False, zero=False)),
            "y": alt.Y("y:Q", axis=None, stack=None, scale=alt.Scale(domain=list(self._domains["y"]), nice=False)),
            "x2": "x2",
            "y2": "y2",
            "detail": alt.Detail("line:N"),
            "fill": alt.Fill("fill:N", scale=None, legend=None),
            "text": alt.Text("text:N"),
        }
        chart = alt.Chart(alt.NamedData(name=layer.name))
        marked: altair.Chart = getattr(chart, layer.mark)(**layer.style)
        return marked.encode(**{channel: known[channel] for channel in layer.channels})


# ── a smaller, still SVG ─────────────────────────────────────────────────────────────────────────────────────────────

_KEPT = frozenset(
    (
        *("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "cx", "cy", "id", "clip-path"),
        *("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity"),
        *("text-anchor", "font-size", "font-weight"),
    )
)
_ELEMENTS = frozenset({"g", "path", "line", "rect", "text", "circle", "defs", "clipPath"})
_FRACTION = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def _tidy(svg: str, name: str) -> str:
    root = ElementTree.fromstring(svg)  # noqa: S314 - it was written by the line before, not by anyone else
    ids: dict[str, str] = {}
    for element in root.iter():
        if "id" in element.attrib:
            ids[element.attrib["id"]] = f"{name}-{len(ids)}"
    return "".join(
        _element(child, ids) for child in root if not child.tag.endswith("}rect")
    )  # the picture has no ground


def _element(element: ElementTree.Element, ids: Mapping[str, str]) -> str:
    """The element's text without what nobody sees; empty for one that draws nothing."""
    tag = element.tag.rpartition("}")[2]
    if tag not in _ELEMENTS or element.get("display") == "none" or "background" in element.get("class", ""):
        return ""
    attributes = {key: _value(value, ids) for key, value in element.attrib.items() if key in _KEPT}
    for key, default in (
        ("opacity", "1"),
        ("stroke-dasharray", ""),
        ("transform", "translate(0,0)"),
        ("font-weight", "400"),
    ):
        if attributes.get(key) == default:
            del attributes[key]
    inner = _escape(element.text or "") + "".join(_element(child, ids) for child in element)
    if tag in ("g", "defs") and not inner:
        return ""
    if tag == "g" and not attributes:
        return inner
    written = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"


def _value(value: str, ids: Mapping[str, str]) -> str:
    if value.startswith("url(#"):
        return f"url(#{ids[value[5:-1]]})"
    if value in ids:
        return ids[value]
    return _FRACTION.sub(_rounded, value)


def _rounded(found: re.Match[str]) -> str:
    tenths = f"{float(found[0]):.1f}".removesuffix(".0")
    return "0" if tenths == "-0" else tenths


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
