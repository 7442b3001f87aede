"""The rules that hold what was owed and paid together: in each month, over all of them, and in what is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction

from tallystick.evidence.document import Node, NotAsPromisedError, describe

TOTAL = "total"
"""The key of the measure that adds up the months of a fee."""

_EXACT = Context(prec=200)
_AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,59})(\.[0-9]{1,20})?")


def amounts_of_a_fee_are_decimals_of_one_currency(report: Node) -> None:
    """Amounts of money are decimal text, and those of one clause are in one currency."""
    for clause in report["clauses"].each():
        currencies = {measure["money"]["currency"].text() for measure in _of_money(clause)}
        if len(currencies) > 1:
            raise NotAsPromisedError(f"{clause.path}.measures", expected="one currency", found=f"{len(currencies)}")
        for measure in _of_money(clause):
            if _amount(measure["money"]["owed"]) is None:
                raise NotAsPromisedError(measure["money"]["owed"].path, expected="an amount", found="null")
            for name in ("paid", "underpaid", "interest"):
                _amount(measure["money"][name])


def what_is_underpaid_is_owed_and_not_paid(report: Node) -> None:
    """Underpaid = owed - paid, and it is not stated exactly where what was paid is not."""
    for clause in report["clauses"].each():
        for measure in _of_money(clause):
            money = measure["money"]
            owed, paid, underpaid = (_amount(money[name]) for name in ("owed", "paid", "underpaid"))
            expected = None if paid is None or owed is None else _EXACT.subtract(owed, paid)
            if underpaid != expected:
                raise NotAsPromisedError(
                    money["underpaid"].path, expected=_said(expected), found=describe(money["underpaid"].value)
                )


def the_months_of_a_fee_add_up(report: Node) -> None:
    """What is owed, and what was paid and what it bears where that is stated, add up from the months to the total."""
    for clause in report["clauses"].each():
        measures = list(_of_money(clause))
        months = [measure["money"] for measure in measures if measure["key"].value != TOTAL]
        for total in (measure["money"] for measure in measures if measure["key"].value == TOTAL):
            for name in ("owed", "paid", "interest"):
                stated, parts = _amount(total[name]), [_amount(month[name]) for month in months]
                found = Decimal(0)
                for part in parts:
                    found = _EXACT.add(found, part or Decimal(0))
                if stated is not None and stated != found:
                    raise NotAsPromisedError(total[name].path, expected=_said(found), found=_said(stated))


def a_fee_is_judged_by_what_was_owed_and_paid(report: Node) -> None:
    """A fee is exceeded where less was paid than is owed, and kept where what is owed and paid is known and enough."""
    for clause in report["clauses"].each():
        for measure in _of_money(clause):
            money = measure["money"]
            owed, underpaid = _amount(money["owed"]), _amount(money["underpaid"])
            is_known = money["at_least"].value is False and (underpaid is not None or owed == 0)
            expected = "exceeded" if underpaid is not None and underpaid > 0 else "kept" if is_known else "not decided"
            if measure["verdict"].text() != expected:
                raise NotAsPromisedError(measure["verdict"].path, expected=expected, found=measure["verdict"].text())


def a_share_of_underpayment_is_of_what_was_owed(report: Node) -> None:
    """A share is what is underpaid of what is owed, in percent to four digits, and none where more was paid."""
    for clause in report["clauses"].each():
        for measure in _of_money(clause):
            money = measure["money"]
            share, owed, underpaid = (_amount(money[name]) for name in ("share", "owed", "underpaid"))
            if share is None:
                continue
            if not owed or underpaid is None:
                raise NotAsPromisedError(money["share"].path, expected="null", found=_said(share))
            units = round(Fraction(max(underpaid, Decimal(0))) / Fraction(owed) * 10**6)
            if Fraction(share) * 10**4 != units:
                expected = f"{units // 10**4}.{units % 10**4:04}"
                raise NotAsPromisedError(money["share"].path, expected=expected, found=_said(share))


def a_finding_of_a_fee_has_the_amounts_of_its_clause(report: Node) -> None:
    """A finding that states money states what its clause measured for its key."""
    measured = {
        (repr(clause["version"].value), clause["clause"].text(), repr(measure["key"].value)): measure["money"].value
        for clause in report["clauses"].each()
        for measure in _of_money(clause)
    }
    for finding in report["findings"].each():
        if isinstance(finding.value, dict) and "money" in finding.value:
            named = (repr(finding["version"].value), finding["clause"].text(), repr(finding["key"].value))
            if measured.get(named) != finding["money"].value:
                raise NotAsPromisedError(finding["money"].path, expected="the amounts of its clause", found="others")


RULES = (
    amounts_of_a_fee_are_decimals_of_one_currency,
    what_is_underpaid_is_owed_and_not_paid,
    the_months_of_a_fee_add_up,
    a_fee_is_judged_by_what_was_owed_and_paid,
    a_share_of_underpayment_is_of_what_was_owed,
    a_finding_of_a_fee_has_the_amounts_of_its_clause,
)


def _of_money(clause: Node) -> Iterator[Node]:
    """The measures of a clause that state money; clauses of other kinds have none."""
    if isinstance(clause.value, dict) and "measures" in clause.value:
        for measure in clause["measures"].each():
            if isinstance(measure.value, dict) and "money" in measure.value:
                yield measure


def _amount(node: Node) -> Decimal | None:
    """An amount, which must be decimal text, or null."""
    if node.value is None:
        return None
    if not _AMOUNT.fullmatch(node.text()):
        raise NotAsPromisedError(node.path, expected="decimal text such as 120.00", found=describe(node.value))
    return Decimal(node.text())


def _said(amount: Decimal | None) -> str:
    return "null" if amount is None else format(amount, "f")
