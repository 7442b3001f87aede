"""The rules that hold together what is open in money, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from tallystick.evidence.canonical import Json
from tallystick.evidence.document import Node, NotAsPromisedError, describe
from tallystick.evidence.findings_shape import AMOUNT
from tallystick.evidence.money_rules import TOTAL
from tallystick.evidence.report_shape import is_of_the_first_schema

_EXACT = Context(prec=200)
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class _Open:
    """What is open in a currency, from `low` to `high`."""

    currency: str
    low: Decimal
    high: Decimal
    at_least: bool


def what_is_open_follows_from_the_fees(report: Node) -> None:
    """Exposures list every fee clause under its currency, once, and add up what the months of each leave open."""
    if is_of_the_first_schema(report):
        return
    fees = {_named(clause): _open_over(months) for clause, months in _fees(report)}
    listed: set[str] = set()
    for exposure in report["exposures"].each():
        currency = exposure["currency"].text()
        mine = {named: one for named, one in fees.items() if one.currency == currency}
        of = {_named(one): one for one in exposure["of"].each()}
        if currency in listed or set(of) != set(mine) or len(of) < len(list(exposure["of"].each())) or not of:
            expected = f"every fee clause in {currency}, once"
            raise NotAsPromisedError(exposure["of"].path, expected=expected, found=f"{len(of)} clauses")
        listed.add(currency)
        for named, one in of.items():
            _holds(one, mine[named])
        _holds(exposure, _added(mine.values()))
    if missing := {one.currency for one in fees.values()} - listed:
        raise NotAsPromisedError("exposures", expected=f"an entry for {min(missing)}", found="none")


def the_effect_of_a_fee_is_what_is_open(report: Node) -> None:
    """A finding of a fee states as its effect what its month, or all months, leave open; no other finding does."""
    if is_of_the_first_schema(report):
        return
    fees = {_named(clause): months for clause, months in _fees(report)}
    for finding in report["findings"].each():
        months, key = fees.get(_named(finding), []), finding["key"].value
        about = months if key == TOTAL else [one for one in months if one["key"].value == key]
        money = finding["effect"]["money"]
        if about:
            expected = _open_over(about)
            if money["currency"].text() != expected.currency:
                raise NotAsPromisedError(money["currency"].path, expected=expected.currency, found="another")
            _holds(money, expected)
        elif money.value is not None:
            raise NotAsPromisedError(money.path, expected="null", found=describe(money.value))


def what_is_asked_is_about_what_was_found(report: Node) -> None:
    """Asks are numbered from 1, and name findings that the report has and just their clauses; a time has a source."""
    if is_of_the_first_schema(report):
        return
    clauses = {finding["id"].text(): finding["clause"].text() for finding in report["findings"].each()}
    for number, ask in enumerate(report["asks"].each(), start=1):
        ask["number"].equals(number)
        named = [(one, one.text()) for one in ask["findings"].each()]
        for node, finding in named:
            if finding not in clauses:
                raise NotAsPromisedError(node.path, expected="a finding of the report", found=describe(finding))
        expected = sorted({clauses[finding] for _, finding in named})
        if [one.text() for one in ask["clauses"].each()] != expected:
            raise NotAsPromisedError(ask["clauses"].path, expected="the clauses of its findings", found="others")
        if (ask["within_days"].value is None) != (ask["cites"].value is None):
            raise NotAsPromisedError(
                ask["cites"].path, expected="a paragraph for a time, and none without", found="not so"
            )


def what_is_asked_follows_from_the_report(report: Node) -> None:
    """An answer is asked to each finding without one; amounts and counts that are asked for are those of the report."""
    if is_of_the_first_schema(report):
        return
    open_findings = [one["id"].text() for one in report["findings"].each() if one["response"].value is None]
    asked = {ask["what"].text(): ask for ask in report["asks"].each() if ask["what"].text() != "pay"}
    found = [one.text() for one in asked["respond"]["findings"].each()] if "respond" in asked else []
    if sorted(found) != sorted(open_findings):
        raise NotAsPromisedError("asks", expected=f"an answer to {len(open_findings)} findings", found=f"{len(found)}")
    completeness = report["completeness"]
    missing = sum(source["missing"].amount() for source in completeness["sources"].each())
    for what, value, amount in (
        ("supply_logs", "missing", missing),
        ("name_callers", "requests", completeness["unattributed"].amount()),
        ("supply_readable_files", "files", len(list(completeness["refused_files"].each()))),
    ):
        if what in asked:
            asked[what]["values"][value].equals(amount)
        elif amount:
            raise NotAsPromisedError("asks", expected=f"{what} for {amount:,}", found="no such ask")
    exposures = {one["currency"].text(): one for one in report["exposures"].each()}
    for ask in report["asks"].each():
        if ask["what"].text() == "pay":
            exposure = exposures.get(ask["values"]["currency"].text())
            for name in ("low", "high", "at_least"):
                if exposure is None or ask["values"][name].value != exposure[name].value:
                    raise NotAsPromisedError(ask["values"][name].path, expected="what is open", found="another amount")


RULES = (
    what_is_open_follows_from_the_fees,
    the_effect_of_a_fee_is_what_is_open,
    what_is_asked_is_about_what_was_found,
    what_is_asked_follows_from_the_report,
)


def _fees(report: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Each clause that measured months in money, with those measures."""
    for clause in report["clauses"].each():
        months = [
            measure
            for measure in clause["measures"].each()
            if isinstance(measure.value, dict) and "money" in measure.value and measure["key"].value != TOTAL
        ]
        if months:
            yield clause, months


def _named(node: Node) -> tuple[Json, str]:
    version = node["version"]
    return None if version.value is None else version.text(), node["clause"].text()


def _open_over(months: Sequence[Node]) -> _Open:
    """What some months of a fee leave open, from the lowest to the highest of its readings.

    At least what is underpaid where payments are stated, set off between the months; at most what is underpaid month by
    month, what is owed where no payment is stated, and the interest.
    """
    by_reading: dict[str, list[Node]] = {}
    for month in months:
        by_reading.setdefault(month["reading"].text(), []).append(month["money"])
    lows, highs = [], []
    for moneys in by_reading.values():
        low = high = NOTHING
        for money in moneys:
            owed, underpaid, interest = (_amount(money[name]) for name in ("owed", "underpaid", "interest"))
            low = _EXACT.add(low, underpaid or NOTHING)
            high = _EXACT.add(high, (owed or NOTHING) if underpaid is None else max(underpaid, NOTHING))
            high = _EXACT.add(high, interest or NOTHING)
        lows.append(max(low, NOTHING))
        highs.append(high)
    return _Open(
        currency=months[0]["money"]["currency"].text(),
        low=min(lows),
        high=max(highs),
        at_least=any(month["money"]["at_least"].value is True for month in months),
    )


def _added(ranges: Iterable[_Open]) -> _Open:
    listed = list(ranges)
    low = high = NOTHING
    for one in listed:
        low, high = _EXACT.add(low, one.low), _EXACT.add(high, one.high)
    return _Open(currency=listed[0].currency, low=low, high=high, at_least=any(one.at_least for one in listed))


def _holds(node: Node, expected: _Open) -> None:
    for name, amount in (("low", expected.low), ("high", expected.high)):
        if _amount(node[name]) != amount:
            raise NotAsPromisedError(node[name].path, expected=format(amount, "f"), found=describe(node[name].value))
    if node["at_least"].value is not expected.at_least:
        expected_word = "true" if expected.at_least else "false"
        raise NotAsPromisedError(node["at_least"].path, expected=expected_word, found=describe(node["at_least"].value))


def _amount(node: Node) -> Decimal | None:
    """An amount, which must be decimal text, or null."""
    if node.value is None:
        return None
    if (wrong := AMOUNT.misfit(node.value)) is not None:
        raise NotAsPromisedError(node.path, expected=wrong.expected, found=wrong.found)
    return Decimal(node.text())
