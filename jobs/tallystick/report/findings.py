"""The findings of a report: what was measured against which words, what follows, and how it can be counted again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.addresses import Shown, as_logged
from tallystick.agreements.load import Binding
from tallystick.clauses.sql import Recount, recount_sql, standing_sql
from tallystick.clauses.statement import Statement, statements
from tallystick.period import Period, to_text, to_us
from tallystick.register.model import Licensee, Response
from tallystick.report.causes import CredentialShare, cause, refuted_by
from tallystick.report.condition import by_name, condition, measure_of
from tallystick.report.earlier import ByClauseAndKey
from tallystick.report.exposures import open_for
from tallystick.report.money import money_stated

Row = Mapping[str, Any]

PLAIN = ("id", "version", "clause", "kind", "key", "severity", "verdict", "readings", "readings_exceeded", "sentence")
INSTANTS = ("start_at", "end_at", "crossed_at", "peak_at")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What findings are told with: whose agreement, what was measured under it, and what is known beside that."""

    licensee: Licensee
    bindings: tuple[Binding, ...]
    period: Period
    time_zone: str
    measures: Sequence[Row]
    earlier: ByClauseAndKey = field(default_factory=dict)
    shares: Mapping[str, CredentialShare] = field(default_factory=dict)
    shown: Shown = as_logged

    @cached_property
    def stated(self) -> dict[tuple[str | None, str], Statement]:
        """Every statement by version and clause, in order."""
        return {(one.version, one.clause): one for one in statements(self.bindings, self.period)}

    @cached_property
    def _named(self) -> dict[tuple[Any, ...], list[Row]]:
        return by_name(self.measures)

    def told(self, row: Row) -> dict[str, Any]:
        """One row of `finding` as the document has it."""
        statement = self.stated[row["version"], row["clause"]]
        binding = next((one for one in self.bindings if one.version.version == row["version"]), None)
        measure = measure_of(row, self._named)
        response = self._response_to(row)
        said = {name: row[name] for name in (*PLAIN, "requests")} | {
            "agreement_sha256": None if binding is None else binding.sha256,
            "cites": statement.cites,
            "says": statement.says,
            "terms": statement.terms,
            "refuted_by": refuted_by(row["kind"], row["verdict"]),
            "response": None if response is None else {"date": response.date, "text": response.text},
            "earlier": list(self.earlier.get((row["clause"], row["key"]), ())),
            "windows": [{**one, **{name: _instant(one[name]) for name in INSTANTS}} for one in row["windows"]],
            "evidence": [{**one, "received_at": _instant(one["received_at"])} for one in row["evidence"]],
        }
        if measure is None:
            nothing = {"requests_over": None, "served_over": None, "money": None}
            return said | {"condition": None, "effect": nothing, "cause": None, "query": None}
        span, zone = self._judged_by(binding)
        return {
            **said,
            "condition": condition(row, measure, statement, span, zone),
            "effect": self._effect(measure),
            "cause": cause(row, measure, self.shares),
            "query": self._query(statement, measure, span, zone),
            **money_stated(measure),
        }

    def _response_to(self, row: Row) -> Response | None:
        """The register's answer, which names a key as reports do, or as tables do."""
        names = [row["key"]] if row["key"] is None else [self.shown(row["key"]), row["key"]]
        found = [self.licensee.response_to(row["clause"], name, self.period.text) for name in names]
        return next((one for one in found if one is not None and one.key in names), found[0])

    def _judged_by(self, binding: Binding | None) -> tuple[Period, ZoneInfo]:
        """The part of the period that a version judges, and how its dates are read; all of it without a version."""
        span = None if binding is None else binding.within(self.period)
        if binding is None or span is None:
            return self.period, ZoneInfo(self.time_zone)
        return span, binding.version.zone

    def _effect(self, measure: Row) -> dict[str, Any]:
        money = None
        if measure["money"] is not None:
            named = ("version", "clause")
            money = open_for(
                measure["key"], [row for row in self.measures if all(row[name] == measure[name] for name in named)]
            )
        return {
            "requests_over": measure["requests_over"],
            "served_over": measure["served_over"],
            "money": None if money is None else money.as_dict(),
        }

    def _query(self, statement: Statement, measure: Row, span: Period, zone: ZoneInfo) -> str | None:
        """The SQL over `request` that counts again what the measure says; None where no log can tell."""
        recount = Recount(licensee=self.licensee, span=span, zone=zone, key=measure["key"], reading=measure["reading"])
        if statement.version is None:
            return standing_sql(statement.clause, recount, self.bindings)
        return None if statement.model is None else recount_sql(statement.model, recount)


def _instant(value: Any) -> str | None:
    return None if value is None else to_text(to_us(value))
