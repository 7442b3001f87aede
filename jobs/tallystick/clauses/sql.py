"""What a finding says, as one SQL text over the table `request`, so that anybody can count it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.fee import FeeClause
from tallystick.agreements.kinds import IdentificationClause, RoutesClause, TermClause, UseCaseClause
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.clauses.limit_sql import limit_sql
from tallystick.clauses.standing import gaps_between, off_the_register
from tallystick.clauses.statement import AGREEMENT_IN_FORCE
from tallystick.duck import quote_name, quote_text
from tallystick.period import Period, parse_instant_us, to_instant
from tallystick.register.model import Licensee
from tallystick.tally.backoff import after_refusals
from tallystick.tally.concurrency import DURATION
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import backoff_of, beyond, declared_by, flights_of, identified_by, paid_by, readings_of


@dataclass(frozen=True, kw_only=True)
class Recount:
    """Whose requests of which span are counted again, for which key and under which reading of a clause."""

    licensee: Licensee
    span: Period
    zone: ZoneInfo
    key: str | None
    reading: str

    @property
    def requests(self) -> str:
        """SQL that yields the licensee's requests of the span, second entries of one request aside."""
        return within(self.licensee.licensee, self.span.start_us, self.span.end_us)

    def of(self, per: str) -> str:
        """SQL that is true for the key's requests, where `per` says whose key it is."""
        return "true" if self.key is None else f"{KEY[per]} = {quote_text(self.key)}"


def within(licensee: str, start_us: int, end_us: int) -> str:
    """SQL that yields a licensee's requests in a half-open range of instants."""
    return (
        f"SELECT * FROM request\nWHERE event_date BETWEEN DATE '{to_instant(start_us).date()}' "
        f"AND DATE '{to_instant(end_us - 1).date()}'\n"
        f"    AND licensee = {quote_text(licensee)} AND NOT is_duplicate\n"
        f"    AND received_at >= {_instant(start_us)}\n    AND received_at < {_instant(end_us)}"
    )


def recount_sql(clause: AnyClause, recount: Recount) -> str | None:
    """SQL whose rows are what a clause's finding rests on, or are added up in it; None where no log can tell."""
    limits = dict(readings_of(clause))
    if limits:
        limit = limits[recount.reading]
        counted = f"{recount.requests}\n    AND ({condition(limit.scope)})\n    AND {recount.of(limit.per)}"
        return limit_sql(limit, counted, str(recount.zone))
    make = _MAKE.get(type(clause))
    return None if make is None else make(clause, recount)


def standing_sql(rule: str, recount: Recount, bindings: Sequence[Binding]) -> str:
    """The same for the two rules that hold without a clause."""
    if rule == AGREEMENT_IN_FORCE:
        return _inside_of(recount, gaps_between(bindings, recount.span), "true")
    return _inside_of(recount, off_the_register(recount.licensee, str(recount.key), recount.span), recount.of("app"))


def _routes(clause: RoutesClause, recount: Recount) -> str:
    outside, _ = beyond(clause)
    return (
        f"SELECT method, route, status, count(*) AS requests\nFROM (\n{recount.requests}\n)\n"
        f"WHERE {recount.of('app')}\n    AND {condition(outside.scope)}\nGROUP BY ALL\nORDER BY ALL"
    )


def _identification(clause: IdentificationClause, recount: Recount) -> str:
    *_, fitting = identified_by(clause)
    return (
        f"WITH called AS (\n{recount.requests}\n)\nSELECT source, user_agent, count(*) AS requests\nFROM called\n"
        f"WHERE {recount.of('app')}\n    AND NOT coalesce(\n        {condition(fitting.scope)},\n"
        "        source NOT IN (SELECT source FROM called WHERE user_agent IS NOT NULL)\n    )\n"
        "GROUP BY ALL\nORDER BY ALL"
    )


def _term(clause: TermClause, recount: Recount) -> str:
    if clause.per == "app":
        return _inside_of(
            recount, off_the_register(recount.licensee, str(recount.key), recount.span), recount.of("app")
        )
    revoked_us = recount.licensee.revoked_us().get(str(recount.key))
    after = "false" if revoked_us is None else f"received_at >= {_instant(revoked_us)}"
    return _listed(f"{recount.requests}\n    AND {recount.of('credential')}\n    AND {after}")


def _use_case(_: UseCaseClause, recount: Recount) -> str:
    shared = str(recount.key).removeprefix("use case: ")
    if shared != recount.key:
        apps = [
            app.app
            for app in recount.licensee.apps
            if app.use_case is not None and " ".join(app.use_case.text.split()) == shared
        ]
        named = ", ".join(map(quote_text, apps)) or "NULL"
        return (
            f"SELECT app, count(*) AS requests\nFROM (\n{recount.requests}\n)\nWHERE app IN ({named})\n"
            "GROUP BY ALL\nORDER BY ALL"
        )
    entry = recount.licensee.app(recount.key)
    approved = entry.use_case.approved if entry is not None and entry.use_case is not None else None
    approved_us = recount.licensee.instant_us(approved)
    before = "true" if approved_us is None else f"received_at < {_instant(approved_us)}"
    return _listed(f"{recount.requests}\n    AND {recount.of('app')}\n    AND {before}")


def _backoff(clause: BackoffClause, recount: Recount) -> str:
    nothing = f"SELECT * FROM ({recount.requests}) WHERE false"
    inside = after_refusals(backoff_of(clause), recount.requests, nothing)
    whose = "true" if recount.key is None else f"key = {quote_text(recount.key)}"
    return (
        "SELECT received_at, request_id, status, make_timestamptz(refused_us) AS refused_at\n"
        f"FROM (\n{inside}\n)\nWHERE refused_us IS NOT NULL AND {whose}\nORDER BY received_at"
    )


def _concurrency(clause: ConcurrencyClause, recount: Recount) -> str:
    scope = condition(flights_of(clause).scope)
    return (
        "WITH flight AS (\n    SELECT received_at, request_id, epoch_us(received_at) AS at_us,\n"
        f"        {DURATION} AS took_us\n    FROM (\n"
        f"{recount.requests}\n    AND ({scope})\n    AND {recount.of(clause.per)}\n    )\n),\n"
        "change AS (\n    SELECT at_us, 1 AS change FROM flight WHERE took_us IS NOT NULL\n    UNION ALL\n"
        "    SELECT at_us + took_us, -1 FROM flight WHERE took_us IS NOT NULL\n),\n"
        "level AS (\n    SELECT at_us, sum(sum(change)) OVER (ORDER BY at_us) AS in_flight\n"
        "    FROM change GROUP BY at_us\n)\n"
        "SELECT received_at, request_id, in_flight\nFROM flight INNER JOIN level USING (at_us)\n"
        f"WHERE took_us IS NOT NULL AND in_flight > {clause.max}\nORDER BY received_at"
    )


def _fee(clause: FeeClause, recount: Recount) -> str:
    amount = "1" if clause.of == "requests" else quote_name(clause.of)
    month = f"strftime(received_at AT TIME ZONE {quote_text(str(recount.zone))}, '%Y-%m')"
    only = f"HAVING month = {quote_text(recount.key)}\n" if recount.key and recount.key != "total" else ""
    return (
        f"SELECT {month} AS month, count(*) AS requests, CAST(sum({amount}) AS BIGINT) AS quantity,\n"
        f"    count(*) - count({amount}) AS unknown\nFROM (\n{recount.requests}\n)\n"
        f"WHERE {condition(paid_by(clause).scope)}\nGROUP BY month\n{only}ORDER BY month"
    )


def _declared(clause: DeclaredClause, recount: Recount) -> str:
    meant, _ = declared_by(clause)
    if clause.users is not None:
        month = f"strftime(received_at AT TIME ZONE {quote_text(str(recount.zone))}, '%Y-%m')"
        window = f"{month} AS month, " if clause.within else ""
        return (
            f'SELECT {window}count(DISTINCT "user") AS users\nFROM (\n{recount.requests}\n)\n'
            f"WHERE {condition(meant.scope)}\nGROUP BY ALL\nORDER BY ALL"
        )
    ended_us = parse_instant_us(str(clause.ended), recount.zone)
    return _listed(
        f"{recount.requests}\n    AND ({condition(meant.scope)})\n    AND {recount.of('app')}\n"
        f"    AND received_at >= {_instant(ended_us)}"
    )


_MAKE: Mapping[type[Any], Callable[[Any, Recount], str]] = {
    RoutesClause: _routes,
    IdentificationClause: _identification,
    TermClause: _term,
    UseCaseClause: _use_case,
    BackoffClause: _backoff,
    ConcurrencyClause: _concurrency,
    FeeClause: _fee,
    DeclaredClause: _declared,
}


def _inside_of(recount: Recount, spans: Sequence[Period], whose: str) -> str:
    ranges = [f"(received_at >= {_instant(one.start_us)} AND received_at < {_instant(one.end_us)})" for one in spans]
    return _listed(f"{recount.requests}\n    AND {whose}\n    AND ({' OR '.join(ranges) or 'false'})")


def _listed(requests: str) -> str:
    return f"SELECT received_at, request_id, source, file_id, position\nFROM (\n{requests}\n)\nORDER BY ALL"


def _instant(us: int) -> str:
    return f"TIMESTAMPTZ '{to_instant(us).isoformat(sep=' ', timespec='microseconds')}'"
