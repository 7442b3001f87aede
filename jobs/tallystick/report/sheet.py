"""One sheet of findings.xlsx as values, and how rows of the document become cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Cell = str | int | Decimal | bool | None
Row = Mapping[str, Any]
AMOUNTS = tuple(f"{name}_{part}" for name in ("records", "response_bytes") for part in ("sum", "known", "unknown"))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: every row has a value for every column."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def picked(row: Row, columns: Sequence[str], numbers: frozenset[str] = frozenset()) -> list[Cell]:
    """The values of some keys: numbers as numbers, lists as text, what a row lacks as an empty cell."""
    return [whole(row.get(name)) if name in numbers else plain(row.get(name)) for name in columns]


def amounts(row: Row) -> list[Cell]:
    """Sum, known and unknown of both amounts; a plain number is a sum over nothing that is said."""
    cells: list[Cell] = []
    for name in ("records", "response_bytes"):
        amount = row[name]
        parts = amount if isinstance(amount, Mapping) else {"sum": amount, "known": None, "unknown": None}
        cells += [whole(parts[part]) for part in ("sum", "known", "unknown")]
    return cells


def whole(value: int | str | None) -> int | None:
    """A whole number, also one that the document carries as its digits."""
    return None if value is None else int(value)


def plain(value: Any) -> Cell:
    """A value as one cell: a list with semicolons between its parts, names and values with `=`."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={plain(each)}" for name, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return "; ".join(str(plain(each)) for each in value) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else value if isinstance(value, int | Decimal) else str(value)
