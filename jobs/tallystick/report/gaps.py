"""Numbers that no log has: what is left between the numbers of all days of a source, of each run of its numbering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.period import to_text, to_us

Row = Mapping[str, Any]
Numbering = tuple[str, str | None]
"""A source and an epoch."""


@dataclass(frozen=True, kw_only=True)
class _Held:
    """Numbers in a row that a day's log holds, when its first and last request were received, and whether that is all.

    Of a day with several epochs the ledger knows where the first one begins and the last one ends, and no other end.
    """

    low: int
    high: int
    low_at: Any
    high_at: Any
    is_low_known: bool = True
    is_high_known: bool = True


def missing_runs(ledger: Sequence[Row], gaps: Sequence[Row]) -> list[dict[str, Any]]:
    """Every run of numbers that is missing, from `day_ledger` and `sequence_gap` of the same days.

    A host numbers a request when it begins and logs it when it ends, so numbers pass each other at midnight: what one
    day skipped is missing only if no other day holds it.
    """
    held: dict[Numbering, list[_Held]] = {}
    for numbering, one in _held(ledger, gaps):
        held.setdefault(numbering, []).append(one)
    return [
        {
            "source": source,
            "epoch": epoch,
            "first_missing": before.high + 1,
            "last_missing": after.low - 1,
            "missing": after.low - before.high - 1,
            "after_at": to_text(to_us(before.high_at)),
            "before_at": to_text(to_us(after.low_at)),
        }
        for source, epoch in sorted(held, key=lambda numbering: (numbering[0], numbering[1] or ""))
        for before, after in _apart(held[source, epoch])
    ]


def _held(ledger: Sequence[Row], gaps: Sequence[Row]) -> Iterator[tuple[Numbering, _Held]]:
    """What each day holds of each numbering: all from its lowest number to its highest, but for the day's own gaps."""
    skipped: dict[tuple[str, Numbering], list[Row]] = {}
    days = {(str(row["event_date"]), row["source"]): row for row in ledger if row["first_number"] is not None}
    for (day, source), row in days.items():
        for end in ("first", "last"):
            skipped.setdefault((day, (source, row[f"epoch_{end}"])), [])
    for gap in gaps:
        skipped.setdefault((str(gap["event_date"]), (gap["source"], gap["epoch"])), []).append(gap)
    for (day, numbering), rows in skipped.items():
        for one in _held_on(days[day, numbering[0]], numbering[1], rows):
            yield numbering, one


def _held_on(day: Row, epoch: str | None, gaps: Sequence[Row]) -> Iterator[_Held]:
    begins_it, ends_it = day["epoch_first"] == epoch, day["epoch_last"] == epoch
    lows = [(gap["last_missing"] + 1, gap["before_at"]) for gap in gaps]
    highs = [(gap["first_missing"] - 1, gap["after_at"]) for gap in gaps]
    known = [*lows, *highs]
    known += [(day["first_number"], day["first_at"])] if begins_it else []
    known += [(day["last_number"], day["last_at"])] if ends_it else []
    lows, highs = sorted([min(known), *lows]), sorted([*highs, max(known)])
    for place, ((low, low_at), (high, high_at)) in enumerate(zip(lows, highs, strict=True)):
        yield _Held(
            low=low,
            high=high,
            low_at=low_at,
            high_at=high_at,
            is_low_known=place > 0 or begins_it,
            is_high_known=place < len(lows) - 1 or ends_it,
        )


def _apart(held: Sequence[_Held]) -> Iterator[tuple[_Held, _Held]]:
    """Neighbours with numbers missing between them, once what touches or overlaps is one."""
    ordered = sorted(held, key=lambda one: (one.low, one.high))
    reached = ordered[0]
    for one in ordered[1:]:
        if one.low > reached.high + 1 and reached.is_high_known and one.is_low_known:
            yield reached, one
        if one.high > reached.high:
            reached = one
