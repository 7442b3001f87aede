"""Money as a document states it: decimal text with the digits of its currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.clauses.money import amount_text

AMOUNTS = ("owed", "paid", "underpaid", "interest")


def money_stated(row: Mapping[str, Any]) -> dict[str, Any]:
    """The key `money` of a measure that has one, or nothing: other kinds of clause are not about money."""
    money = row.get("money")
    if money is None:
        return {}
    currency, share = money["currency"], money["share"]
    amounts = {name: None if money[name] is None else amount_text(money[name], currency) for name in AMOUNTS}
    said = {"currency": currency, **amounts, "at_least": money["at_least"], "clipped": money["clipped"]}
    told = {"share": None if share is None else format(share, "f"), "share_reached": money["share_reached"]}
    return {"money": said | told}
