"""What was measured under a clause, as a table on paper: limits by reading, fees by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.report.paper.parts import Block, cell, column, table, verdict
from tallystick.report.saying import as_stated, interval_said
from tallystick.report.words import Words

Row = Mapping[str, Any]


def measured(
    measures: Sequence[Row], clause: Row | None, caption: str, unit: str | None, words: Words, *, with_key: bool = False
) -> Block:
    """The measures of one clause, in the columns that they have something for."""
    if any("money" in each for each in measures):
        return _money(measures, caption, words)
    if unit:
        caption = f"{caption}, {words.plain('measures.unit', unit=words.term('of', unit))}"
    windowed = any(each["peak"] is not None for each in measures)
    limits = {limit["reading"]: limit for limit in (clause or {}).get("limits", ())}
    columns = [
        *([column(words.plain("measures.key"), wide=6)] if with_key else []),
        column(words.plain("measures.reading"), wide=8),
        *(column(words.plain(f"measures.{name}"), number=True, wide=_width(name)) for name in _numbers(windowed)),
        column(words.plain("measures.verdict"), wide=6),
    ]
    rows = []
    for each in measures:
        interval = limits.get(each["reading"])
        missing = as_stated(each["missing"], words) if each["missing"] else ""
        rows.append(
            [
                *([words.show(each["key"])] if with_key else []),
                cell(words.term("reading", each["reading"]), interval_said(interval, words) if interval else ""),
                *(_amount(each, name, words) for name in _numbers(windowed)),
                verdict(each["verdict"], words, missing),
            ]
        )
    return table(caption, columns, rows)


def _numbers(windowed: bool) -> tuple[str, ...]:
    if windowed:
        return ("peak", "max", "windows_over", "requests_over", "served_over", "counted", "used")
    return ("measured", "max", "counted")


def _width(name: str) -> int:
    """A column's share of the width; none where it holds an instant, which stays on one line."""
    return 0 if name == "peak" else 4


def _amount(measure: Row, name: str, words: Words) -> Any:
    number = words.number(measure["used" if name == "measured" else name])
    if name == "peak" and measure["peak_at"]:
        return cell(number, words.instant(measure["peak_at"]))
    if name == "max" and measure["limit"] != measure["max"]:
        return cell(number, words.plain("measures.limit", limit=measure["limit"]))
    if name == "counted" and int(measure["unknown"]):
        return cell(number, words.plain("measures.unknown", n=measure["unknown"]))
    return number


def _money(measures: Sequence[Row], caption: str, words: Words) -> Block:
    bears = any(each["money"]["interest"] is not None for each in measures)
    names = ("owed", "paid", "underpaid", *(["interest"] if bears else []))
    columns = [
        column(words.plain("money.month"), wide=3),
        *(column(words.plain(f"money.{name}"), number=True, wide=3) for name in ("quantity", *names)),
        column(words.plain("measures.verdict"), wide=3),
    ]
    rows = []
    for each in measures:
        money, is_total = each["money"], each["key"] == "total"
        clipped = words.plain("money.clipped") if money["clipped"] and not is_total else ""
        unknown = words.plain("measures.unknown", n=each["unknown"]) if int(each["unknown"]) else ""
        shifts = ""
        if money["share_reached"] is not None:
            shifts = words.plain("money.shifts" if money["share_reached"] else "money.does_not_shift")
        missing = as_stated(each["missing"], words) if each["missing"] else ""
        rows.append(
            [
                cell(words.plain("money.total") if is_total else words.show(each["key"]), clipped, strong=is_total),
                cell(words.number(each["used"]), unknown),
                *(_paid(money, name, words) for name in names),
                verdict(each["verdict"], words, missing, shifts),
            ]
        )
    return table(f"{caption}, {words.plain('money.caption', currency=measures[0]['money']['currency'])}", columns, rows)


def _paid(money: Row, name: str, words: Words) -> Any:
    if money[name] is None:
        return words.plain("money.not_stated") if name in ("paid", "underpaid") else "–"
    small = []
    if money["at_least"] and name != "paid":
        small.append(words.plain("money.at_least"))
    if name == "underpaid" and money["share"] is not None:
        small.append(words.plain("money.share", share=words.amount(money["share"])))
    return cell(words.amount(money[name]), *small)
