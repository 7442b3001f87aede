"""Money that is open under clauses of kind fee, as a range: what is sure, and what may be on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from tallystick.clauses.fee import TOTAL
from tallystick.clauses.money import amount_text

Row = Mapping[str, Any]

_EXACT = Context(prec=200)
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Open:
    """An amount that is open, from `low` to `high`; `is_at_least` where the log may lack usage that is owed for."""

    currency: str
    low: Decimal
    high: Decimal
    is_at_least: bool

    def as_dict(self) -> dict[str, Any]:
        """The range as the document has it."""
        return {
            "currency": self.currency,
            "low": amount_text(self.low, self.currency),
            "high": amount_text(self.high, self.currency),
            "at_least": self.is_at_least,
        }


def open_under(measures: Sequence[Row]) -> Open:
    """What is open over some months of one fee under one reading.

    `low`: what is underpaid where payments are stated, set off between the months, without interest, at least 0.
    `high`: what is underpaid month by month, what is owed where no payment is stated, and the interest that is known.
    """
    low = high = NOTHING
    moneys = [measure["money"] for measure in measures]
    for money in moneys:
        underpaid = money["underpaid"]
        low = _EXACT.add(low, NOTHING if underpaid is None else underpaid)
        high = _EXACT.add(high, money["owed"] if underpaid is None else max(underpaid, NOTHING))
        high = _EXACT.add(high, money["interest"] or NOTHING)
    return Open(
        currency=moneys[0]["currency"],
        low=max(low, NOTHING),
        high=high,
        is_at_least=any(money["at_least"] for money in moneys),
    )


def open_for(key: str | None, measures: Sequence[Row]) -> Open | None:
    """What is open for one month of a fee, or for all of them under the key `total`; None for other kinds of clause."""
    months = [row for row in measures if row["money"] is not None and row["key"] != TOTAL]
    about = months if key == TOTAL else [row for row in months if row["key"] == key]
    return _widest(about) if about else None


def exposures(measures: Sequence[Row]) -> list[dict[str, Any]]:
    """The report's `exposures`: for each currency the sum over its fee clauses, each from its lowest to its highest."""
    clauses: dict[tuple[str | None, str], list[Row]] = {}
    for row in measures:
        if row["money"] is not None and row["key"] != TOTAL:
            clauses.setdefault((row["version"], row["clause"]), []).append(row)
    ranges = {named: _widest(rows) for named, rows in clauses.items()}
    listed = []
    for currency in sorted({one.currency for one in ranges.values()}):
        of = {named: one for named, one in ranges.items() if one.currency == currency}
        listed.append(
            {
                **_sum(currency, of.values()).as_dict(),
                "of": [
                    {"version": version, "clause": clause}
                    | {name: value for name, value in one.as_dict().items() if name != "currency"}
                    for (version, clause), one in sorted(of.items(), key=lambda item: (item[0][0] or "", item[0][1]))
                ],
            }
        )
    return listed


def _widest(rows: Sequence[Row]) -> Open:
    """The range over every reading: the lowest low to the highest high."""
    readings = dict.fromkeys(row["reading"] for row in rows)
    ranges = [open_under([row for row in rows if row["reading"] == reading]) for reading in readings]
    return Open(
        currency=ranges[0].currency,
        low=min(one.low for one in ranges),
        high=max(one.high for one in ranges),
        is_at_least=any(one.is_at_least for one in ranges),
    )


def _sum(currency: str, ranges: Iterable[Open]) -> Open:
    low = high = NOTHING
    is_at_least = False
    for one in ranges:
        low, high = _EXACT.add(low, one.low), _EXACT.add(high, one.high)
        is_at_least = is_at_least or one.is_at_least
    return Open(currency=currency, low=low, high=high, is_at_least=is_at_least)
