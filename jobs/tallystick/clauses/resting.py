"""Which requests a finding rests on, as a test over `request` and the stretches of time in which they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.fee import FeeClause
from tallystick.agreements.kinds import IdentificationClause, RoutesClause, TermClause, UseCaseClause
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.clauses.sql import Recount
from tallystick.clauses.standing import gaps_between, off_the_register
from tallystick.clauses.statement import AGREEMENT_IN_FORCE
from tallystick.duck import quote_text
from tallystick.period import Period, parse_instant_us, to_us
from tallystick.tally.scope import condition
from tallystick.tally.summary import (
    BackoffSummary,
    backoff_of,
    beyond,
    declared_by,
    flights_of,
    identified_by,
    paid_by,
    readings_of,
)

Row = Mapping[str, Any]
Stretch = tuple[int, int]

SHARED_USE_CASE = "use case: "


@dataclass(frozen=True, kw_only=True)
class Resting:
    """SQL that is true for the requests, and the half-open stretches (µs since 1970) that they lie in, in order.

    With `after` only those that come too soon after a refusal of the same key in the same stretch; with `by_user` only
    the first of each user in each stretch.
    """

    test: str
    stretches: tuple[Stretch, ...]
    after: BackoffSummary | None = None
    by_user: bool = False


def rests_on(clause: AnyClause, recount: Recount, windows: Sequence[Row]) -> Resting | None:
    """What a finding of a clause rests on: what its clause counts, in its windows, else in all that is judged.

    In a window that is over, this begins with the request that took it over, where that is known; where users are
    counted, with the window. None where no request can be told by itself: whose it is is unknown, or no window is over.
    """
    if isinstance(clause, DeclaredClause) and clause.users is not None:
        meant, _ = declared_by(clause)
        over = [Period(text="", start_us=to_us(one["start_at"]), end_us=to_us(one["end_at"])) for one in windows]
        stretches = tuple(each for one in over for each in _within(recount.span, [one]))
        return Resting(test=f"({condition(meant.scope)})", stretches=stretches, by_user=True) if stretches else None
    whole = ((recount.span.start_us, recount.span.end_us),)
    if isinstance(clause, BackoffClause):
        if recount.key is None:
            return None
        return Resting(test=recount.of(clause.per), stretches=whole, after=backoff_of(clause))
    limits = dict(readings_of(clause))
    if limits:
        limit = limits[recount.reading]
        test = f"({condition(limit.scope)}) AND {recount.of(limit.per)}"
        return Resting(test=test, stretches=_stretches(windows, recount.span) or whole)
    if isinstance(clause, ConcurrencyClause):
        test = f"({condition(flights_of(clause).scope)}) AND {recount.of(clause.per)}"
        return Resting(test=test, stretches=_stretches(windows, recount.span) or whole)
    if isinstance(clause, UseCaseClause):
        return _use_case(recount)
    if isinstance(clause, TermClause):
        return _term(clause, recount)
    if isinstance(clause, FeeClause):
        month = recount.key if recount.key and recount.key != "total" else None
        of = Period.parse(month, recount.zone) if month else recount.span
        return Resting(test=condition(paid_by(clause).scope), stretches=_within(recount.span, [of]))
    return Resting(test=_test(clause, recount), stretches=whole)


def standing_rests_on(rule: str, recount: Recount, bindings: Sequence[Binding]) -> Resting:
    """The same for the two rules that hold without a clause."""
    if rule == AGREEMENT_IN_FORCE:
        return Resting(test="true", stretches=_within(recount.span, gaps_between(bindings, recount.span)))
    spans = off_the_register(recount.licensee, str(recount.key), recount.span)
    return Resting(test=recount.of("app"), stretches=_within(recount.span, spans))


def _test(clause: AnyClause, recount: Recount) -> str:
    if isinstance(clause, RoutesClause):
        outside, _ = beyond(clause)
        return f"{recount.of('app')} AND ({condition(outside.scope)})"
    if isinstance(clause, IdentificationClause):
        *_, fitting = identified_by(clause)
        return f"{recount.of('app')} AND user_agent IS NOT NULL AND NOT coalesce({condition(fitting.scope)}, false)"
    if isinstance(clause, DeclaredClause):
        meant, _ = declared_by(clause)
        ended_us = parse_instant_us(str(clause.ended), recount.zone)
        return f"({condition(meant.scope)}) AND {recount.of('app')} AND epoch_us(received_at) >= {ended_us}"
    return recount.of("app")


def _use_case(recount: Recount) -> Resting:
    key = str(recount.key)
    shared = key.removeprefix(SHARED_USE_CASE)
    whole = ((recount.span.start_us, recount.span.end_us),)
    if shared != key:
        apps = [
            app.app
            for app in recount.licensee.apps
            if app.use_case is not None and " ".join(app.use_case.text.split()) == shared
        ]
        return Resting(test=f"app IN ({', '.join(map(quote_text, apps)) or 'NULL'})", stretches=whole)
    entry = recount.licensee.app(key)
    approved = entry.use_case.approved if entry is not None and entry.use_case is not None else None
    approved_us = recount.licensee.instant_us(approved)
    until_us = recount.span.end_us if approved_us is None else min(approved_us, recount.span.end_us)
    return Resting(test=recount.of("app"), stretches=((recount.span.start_us, until_us),))


def _term(clause: TermClause, recount: Recount) -> Resting:
    if clause.per == "app":
        spans = off_the_register(recount.licensee, str(recount.key), recount.span)
        return Resting(test=recount.of("app"), stretches=_within(recount.span, spans))
    revoked_us = recount.licensee.revoked_us().get(str(recount.key))
    since_us = recount.span.end_us if revoked_us is None else max(revoked_us, recount.span.start_us)
    return Resting(test=recount.of("credential"), stretches=((since_us, recount.span.end_us),))


def _stretches(windows: Sequence[Row], span: Period) -> tuple[Stretch, ...]:
    """From where each window is over to its end, joined where they meet; an episode ends with its last request."""
    found: list[Stretch] = []
    for window in windows:
        is_episode = window["crossed_at"] is None
        start_us = to_us(window["start_at"] if is_episode else window["crossed_at"])
        found.append((max(start_us, span.start_us), min(to_us(window["end_at"]) + is_episode, span.end_us)))
    return _joined(found)


def _within(span: Period, parts: Sequence[Period]) -> tuple[Stretch, ...]:
    return _joined([(max(one.start_us, span.start_us), min(one.end_us, span.end_us)) for one in parts])


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for start_us, end_us in sorted(one for one in stretches if one[0] < one[1]):
        if joined and start_us <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end_us, joined[-1][1]))
        else:
            joined.append((start_us, end_us))
    return tuple(joined)
