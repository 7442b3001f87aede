"""The daily summaries that the agreements ask for: which sums at which grain, and which peaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.fee import FeeClause
from tallystick.agreements.kinds import EnvironmentClause, IdentificationClause, RoutesClause
from tallystick.agreements.limit import Limit, LimitClause, Permitted, Scope
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.duck import quote_text
from tallystick.tables import Table
from tallystick.tables.usage_backoff import USAGE_BACKOFF
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.scope import DEFAULT, EVERYTHING, digest, has_peak
from tallystick.tally.stretch import Borders, Stretch, stretches


@dataclass(frozen=True, kw_only=True)
class SlotSummary:
    """Sums by key and quarter of an hour of the requests in one scope."""

    per: str
    scope: Scope

    table: ClassVar[Table] = USAGE_SCOPE
    knows_day_before: ClassVar[bool] = False

    @property
    def id(self) -> str:
        """Its name in `usage_scope`."""
        return digest("slots", self.per, *_parts(self.scope))

    @property
    def is_standing(self) -> bool:
        """Whether `usage_app_slot` has it anyway."""
        return self.per in ("licensee", "app") and self.scope in (DEFAULT, EVERYTHING)


@dataclass(frozen=True, kw_only=True)
class PeakSummary:
    """The largest amount by key and day in any window of one length, of the requests in one scope."""

    of: str
    per: str
    window: str
    length_us: int
    scope: Scope

    table: ClassVar[Table] = USAGE_PEAK
    knows_day_before: ClassVar[bool] = True

    @property
    def id(self) -> str:
        """Its name in `usage_peak`."""
        return digest("peak", self.of, self.per, self.window, self.length_us, *_parts(self.scope))


@dataclass(frozen=True, kw_only=True)
class FlightSummary:
    """The most requests of one scope that are in flight at once, by key and day."""

    per: str
    scope: Scope

    table: ClassVar[Table] = USAGE_PEAK
    knows_day_before: ClassVar[bool] = True

    @property
    def id(self) -> str:
        """Its name in `usage_peak`."""
        return digest("in flight", self.per, *_parts(self.scope))


@dataclass(frozen=True, kw_only=True)
class BackoffSummary:
    """Requests by key and day that come less than `length_us` after one of the key's that was refused."""

    per: str
    length_us: int

    table: ClassVar[Table] = USAGE_BACKOFF
    knows_day_before: ClassVar[bool] = True

    @property
    def id(self) -> str:
        """Its name in `usage_backoff`."""
        return digest("backoff", self.per, self.length_us)


Summary = SlotSummary | PeakSummary | FlightSummary | BackoffSummary
"""What a day is summed into for clauses: its `id`, its `table`, and whether it reads the requests of the day before."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A summary and the licensees, in order, whose agreements ask for it: it holds their requests and no others'.

    `borders` are theirs, in the same order; where none are given, the midnights of UTC are.
    """

    summary: Summary
    licensees: tuple[str, ...]
    borders: tuple[Borders, ...] = ()

    def parts(self, day_us: int) -> tuple[tuple[Stretch, Asked], ...]:
        """The stretches of a UTC day, in order, each with the same summary of those for whom it is one."""
        found: dict[Stretch, list[str]] = {}
        borders = self.borders or (Borders(),) * len(self.licensees)
        for licensee, theirs in zip(self.licensees, borders, strict=True):
            for stretch in stretches(theirs, day_us):
                found.setdefault(stretch, []).append(licensee)
        ordered = sorted(found.items(), key=lambda one: (one[0].start_us, one[0].end_us, one[0].own_since_us))
        return tuple((stretch, Asked(summary=self.summary, licensees=tuple(whose))) for stretch, whose in ordered)

    @property
    def whose(self) -> str:
        """SQL that is true for the requests of those licensees."""
        return f"licensee IN ({', '.join(map(quote_text, self.licensees)) or 'NULL'})"


def slots_of(limit: Limit) -> SlotSummary:
    """The sums that a limit is judged by."""
    return SlotSummary(per=limit.per, scope=limit.scope)


def peak_of(limit: Limit) -> PeakSummary | None:
    """The peaks that a limit is judged by; None where sums by quarter of an hour decide it."""
    if not has_peak(limit):
        return None
    assert limit.length.us is not None
    window = "calendar" if limit.window == "calendar" else "sliding"
    return PeakSummary(of=limit.of, per=limit.per, window=window, length_us=limit.length.us, scope=limit.scope)


def backoff_of(clause: BackoffClause) -> BackoffSummary:
    """The counts that a clause of kind `backoff` is judged by."""
    length_us = clause.length.us
    assert length_us is not None
    return BackoffSummary(per=clause.per, length_us=length_us)


def flights_of(clause: ConcurrencyClause) -> FlightSummary:
    """The peaks that a clause of kind `concurrency` is judged by."""
    return FlightSummary(per=clause.per, scope=clause.scope)


def readings_of(clause: AnyClause) -> list[tuple[str, Limit]]:
    """Every limit that a clause states, by the id of its reading, its own words first; none for other kinds."""
    if isinstance(clause, EnvironmentClause):
        return [(AS_WRITTEN, clause.limit())]
    if not isinstance(clause, LimitClause):
        return []
    return [(AS_WRITTEN, clause.limit_as(None)), *((one.id, clause.limit_as(one)) for one in clause.readings)]


def identified_by(clause: IdentificationClause) -> tuple[SlotSummary, SlotSummary, SlotSummary]:
    """By app and source all requests, those that show a user agent, and those whose user agent fits."""
    scopes = (EVERYTHING, *(EVERYTHING.model_copy(update={"user_agents": one}) for one in (("*",), clause.user_agent)))
    every, shown, fitting = (SlotSummary(per="app and source", scope=scope) for scope in scopes)
    return every, shown, fitting


def paid_by(clause: FeeClause) -> SlotSummary:
    """The sums that a clause of kind `fee` is reckoned by."""
    return SlotSummary(per="licensee", scope=clause.scope)


def declared_by(clause: DeclaredClause) -> tuple[SlotSummary, SlotSummary]:
    """By app, or by user where those are counted, the requests that are meant, and by app those that may be."""
    unclear = clause.scope.model_copy(update={"is_undetermined": True})
    meant = SlotSummary(per="app" if clause.users is None else "user", scope=clause.scope)
    return meant, SlotSummary(per="app", scope=unclear)


def unclear_of(scope: Scope) -> SlotSummary | None:
    """The requests of which the log does not say whether a scope holds them; None where it says enough of all."""
    if scope.routes is None and scope.methods is None and scope.statuses is None:
        return None
    return SlotSummary(per="licensee", scope=scope.model_copy(update={"is_undetermined": True}))


def summed(slots: SlotSummary) -> list[Summary]:
    """Sums, and those of the requests of which the log does not say whether the sums hold them."""
    unclear = unclear_of(slots.scope)
    return [slots] if unclear is None else [slots, unclear]


def summaries_of_limit(limit: Limit) -> list[Summary]:
    """Every summary that one limit is judged by, those that a standing table has included."""
    peak = peak_of(limit)
    return summed(slots_of(limit)) if peak is None else [*summed(slots_of(limit)), peak]


def beyond(clause: RoutesClause) -> tuple[SlotSummary, SlotSummary]:
    """By app the calls that a clause of kind `routes` does not permit, and those of which that cannot be told."""
    permitted = Permitted(allowed=clause.allowed, methods=clause.methods, history_us=clause.history_us)
    outside = EVERYTHING.model_copy(update={"beyond": permitted})
    unclear = outside.model_copy(update={"is_undetermined": True})
    return SlotSummary(per="app", scope=outside), SlotSummary(per="app", scope=unclear)


def _parts(scope: Scope) -> tuple[object, ...]:
    """What names a scope in a digest; that of one that says nothing of them is as it was before there were any."""
    more = (scope.apps, scope.credentials, scope.beyond, scope.is_undetermined)
    said = (scope.user_agents, *more) if any(more) else (scope.user_agents,)
    return (scope, *said) if any(said) else (scope,)


def summaries_of(clause: AnyClause) -> list[Summary]:
    """Every summary that one clause is judged by, the standing tables aside; a new kind adds its own here."""
    asked: list[Summary] = [one for _, limit in readings_of(clause) for one in summaries_of_limit(limit)]
    if isinstance(clause, IdentificationClause):
        asked += identified_by(clause)
    if isinstance(clause, BackoffClause):
        asked.append(backoff_of(clause))
    if isinstance(clause, ConcurrencyClause):
        asked += [*summed(SlotSummary(per=clause.per, scope=clause.scope)), flights_of(clause)]
    if isinstance(clause, FeeClause):
        asked += summed(paid_by(clause))
    if isinstance(clause, DeclaredClause):
        asked += declared_by(clause)
    if isinstance(clause, RoutesClause):
        asked += beyond(clause)
    return [one for one in asked if not (isinstance(one, SlotSummary) and one.is_standing)]


def summaries(bindings: Iterable[Binding]) -> tuple[Asked, ...]:
    """All that the clauses of some agreements need on top of the standing tables, each once, in a fixed order."""
    asked: dict[tuple[str, str], tuple[Summary, set[str]]] = {}
    versions: dict[str, list[Binding]] = {}
    for binding in bindings:
        versions.setdefault(binding.version.licensee, []).append(binding)
        for clause in binding.version.clauses:
            for one in summaries_of(clause):
                asked.setdefault((one.table.name, one.id), (one, set()))[1].add(binding.version.licensee)
    return tuple(
        Asked(
            summary=one,
            licensees=tuple(sorted(whose)),
            borders=tuple(borders_of(versions[licensee]) for licensee in sorted(whose)),
        )
        for _, (one, whose) in sorted(asked.items())
    )


def borders_of(bindings: Sequence[Binding]) -> Borders:
    """The zones and dates of all versions of one licensee's agreement."""
    turns = {us for binding in bindings for us in (binding.from_us, binding.until_us) if us is not None}
    zones = {binding.version.time_zone for binding in bindings}
    return Borders(zones=tuple(sorted(zones)), turns_us=tuple(sorted(turns)))


def asked_by(asked: Iterable[Asked], licensees: Collection[str]) -> tuple[Asked, ...]:
    """Of what is asked for, what any of some licensees asks for; each still names all that ask for it."""
    return tuple(one for one in asked if not set(licensees).isdisjoint(one.licensees))
