"""The daily summaries that the agreements ask for: which sums at which grain, and which peaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import EnvironmentClause, IdentificationClause
from tallystick.agreements.limit import Limit, LimitClause, Scope
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.tally.scope import DEFAULT, EVERYTHING, digest, has_peak


@dataclass(frozen=True, kw_only=True)
class SlotSummary:
    """Sums by key and quarter of an hour of the requests in one scope."""

    per: str
    scope: Scope

    @property
    def id(self) -> str:
        """Its name in `usage_scope`."""
        return digest("slots", self.per, *_parts(self.scope))

    @property
    def is_of_requests(self) -> bool:
        """Whether it needs what only a request says, and no sum of the day."""
        return self.per in ("user", "app and source") or self.scope.user_agents is not None

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

    @property
    def id(self) -> str:
        """Its name in `usage_peak`."""
        return digest("peak", self.of, self.per, self.window, self.length_us, *_parts(self.scope))


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


def _parts(scope: Scope) -> tuple[object, ...]:
    """What names a scope in a digest; that of one without user agents is as it was before there were any."""
    return (scope,) if scope.user_agents is None else (scope, scope.user_agents)


def summaries(bindings: Iterable[Binding]) -> tuple[tuple[SlotSummary, ...], tuple[PeakSummary, ...]]:
    """All that the clauses of some agreements need on top of the standing tables, each once, in a fixed order."""
    clauses = [clause for binding in bindings for clause in binding.version.clauses]
    limits = [limit for clause in clauses for _, limit in readings_of(clause)]
    asked = [
        *map(slots_of, limits),
        *(one for clause in clauses if isinstance(clause, IdentificationClause) for one in identified_by(clause)),
    ]
    slots = {one.id: one for one in asked if not one.is_standing}
    peaks = {peak.id: peak for limit in limits if (peak := peak_of(limit)) is not None}
    return tuple(slots[key] for key in sorted(slots)), tuple(peaks[key] for key in sorted(peaks))
