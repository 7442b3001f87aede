"""One chart of a report: its message, its picture at two widths, and its data as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tallystick.report.drawing import Drawing

WIDTHS = {"wide": 820, "narrow": 340}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One chart. `drawings` has it `wide` and `narrow`, or is empty; `rows` hold text and whole numbers."""

    id: str
    title: str
    description: str
    keys: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    drawings: Mapping[str, Drawing]
    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]] = field(default=())


def both_widths(amounts: Sequence[int], picture: Callable[[int], Drawing]) -> dict[str, Drawing]:
    """The picture at both widths, or neither when every amount is zero."""
    return {size: picture(width) for size, width in WIDTHS.items()} if any(amounts) else {}
