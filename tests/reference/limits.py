"""SEMANTICS' limits once more, slowly and obviously, in plain Python: a second opinion without the product's code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from reference.calendars import calendar_window, duration

DISTANT_PAST, DISTANT_FUTURE = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as the limits see it; a time is an aware datetime, None is unknown."""

    received_at: datetime
    request_id: str | None = None
    licensee: str = "halcyon"
    app: str | None = "monitor"
    credential: str | None = None
    user: str | None = None
    method: str | None = None
    route: str | None = None
    status: int | None = 200
    records: int | None = None
    response_bytes: int | None = None

    def amount(self, of: str) -> int | None:
        return {"requests": 1, "records": self.records, "response_bytes": self.response_bytes}[of]

    def whose(self, per: str) -> str | None:
        return {"licensee": self.licensee, "app": self.app, "credential": self.credential, "user": self.user}[per]

    @property
    def was_served(self) -> bool:
        return self.status != 429


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A limit in an agreement's words; a scope key that is None does not restrict."""

    of: str
    per: str
    max: int
    window: str
    within: str
    tolerance: int = 0
    except_status: tuple[int, ...] = ()
    statuses: tuple[int, ...] | None = None
    methods: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None

    @property
    def limit(self) -> int:
        return self.max + self.tolerance


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A version of the agreement: its terms judge from `in_force_from` until the next one's."""

    version: str
    in_force_from: datetime
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Over:
    """A window (start, end, used, over, crossed_at), or an episode or a bucket (start and end: first and last over)."""

    start: datetime
    end: datetime
    used: int | None = None
    over: int | None = None
    crossed_at: datetime | None = None
    peak_at: datetime | None = None
    requests_over: int | None = None
    served_over: int
    is_clipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one version says of one key."""

    version: str
    key: str | None
    counted: int
    unknown: int
    used: int
    over: tuple[Over, ...] = field(default=())
    peak: int | None = None
    undetermined: int = 0

    @property
    def verdict(self) -> str:
        if self.over:
            return "exceeded"
        return "not decided" if self.key is None or self.unknown or self.undetermined else "kept"


def answers(
    calls: Sequence[Call],
    editions: Sequence[Edition],
    time_zone: str,
    period: tuple[datetime, datetime] = (DISTANT_PAST, DISTANT_FUTURE),
) -> list[Answer]:
    """One answer for each version and key that has requests in scope, by version, then key, None last.

    A version has one of no key where no request is known to be in scope, and some may be.
    """
    found = []
    for place, edition in enumerate(editions):
        until = editions[place + 1].in_force_from if place + 1 < len(editions) else DISTANT_FUTURE
        span = (max(edition.in_force_from, period[0]), min(until, period[1]))
        inside = sorted(
            (call for call in calls if span[0] <= call.received_at < span[1]),
            key=lambda call: (call.received_at, call.request_id or ""),
        )
        in_scope = [call for call in inside if is_in_scope(call, edition.terms)]
        undetermined = sum(is_in_scope(call, edition.terms) is None for call in inside)
        keys = {call.whose(edition.terms.per) for call in in_scope}
        if undetermined and not keys:
            found.append(_answer(edition, None, [], time_zone, span, undetermined))
        for key in sorted(keys, key=lambda key: (key is None, key or "")):
            mine = [call for call in in_scope if call.whose(edition.terms.per) == key]
            found.append(_answer(edition, key, mine, time_zone, span, undetermined))
    return found


def is_in_scope(call: Call, terms: Terms) -> bool | None:
    """Whether a request counts; None where the log does not say enough. A status that is not known was not refused."""
    tests: list[bool | None] = [call.status is None or call.status not in terms.except_status]
    if terms.statuses is not None:
        tests.append(None if call.status is None else call.status in terms.statuses)
    if terms.methods is not None:
        wanted = [method.upper() for method in terms.methods]
        tests.append(None if call.method is None else call.method.upper() in wanted)
    if terms.routes is not None:
        found = [is_of_route(call, pattern) for pattern in terms.routes]
        tests.append(True if True in found else None if None in found else False)
    if False in tests:
        return False
    return None if None in tests else True


def is_of_route(call: Call, pattern: str) -> bool | None:
    """Whether a call fits `GET /2/tweets/*`; a pattern without a method fits any, and None is not known."""
    if call.route is None:
        return None
    method, space, path = pattern.partition(" ")
    if not space:
        return fits(call.route, pattern)
    if call.method is not None:
        return fits(f"{call.method} {call.route}", pattern)
    if fits(call.route, pattern) or (method == "*" and fits(call.route, path)):
        return True
    return None if fits(call.route, path) else False


def fits(text: str, pattern: str) -> bool:
    """Whether `text` is `pattern`, in which * stands for any run of characters and nothing else is special."""
    literal = re.sub(r"[\[?]", lambda special: f"[{special[0]}]", pattern)
    return fnmatchcase(text, literal)


def _answer(
    edition: Edition,
    key: str | None,
    calls: list[Call],
    time_zone: str,
    span: tuple[datetime, datetime],
    undetermined: int,
) -> Answer:
    terms = edition.terms
    known = [call for call in calls if call.amount(terms.of) is not None]
    over: list[Over] = []
    peak = None
    if key is not None:
        if terms.window == "sliding":
            over, peak = _sliding(terms, known)
        elif terms.window == "bucket":
            over = _bucket(terms, known)
        else:
            laid_out = _calendar(terms, known, time_zone) if terms.window == "calendar" else _anchored(terms, known)
            peak = max((sum(_amounts(terms, inside)) for _, _, inside in laid_out), default=None)
            over = [
                _window_over(terms, start, end, inside, calls, span)
                for start, end, inside in laid_out
                if sum(_amounts(terms, inside)) > terms.limit
            ]
    return Answer(
        version=edition.version,
        key=key,
        counted=len(calls),
        unknown=len(calls) - len(known),
        used=sum(_amounts(terms, known)),
        over=tuple(over),
        peak=peak,
        undetermined=undetermined,
    )


Windows = list[tuple[datetime, datetime, list[Call]]]


def _calendar(terms: Terms, known: list[Call], time_zone: str) -> Windows:
    """The windows of a calendar that hold a request, in order."""
    windows: dict[tuple[datetime, datetime], list[Call]] = {}
    for call in known:
        windows.setdefault(calendar_window(call.received_at, terms.within, time_zone), []).append(call)
    return [(start, end, inside) for (start, end), inside in sorted(windows.items(), key=lambda one: one[0])]


def _anchored(terms: Terms, known: list[Call]) -> Windows:
    """The first request opens a window; the first one at or after its end opens the next."""
    length = duration(terms.within)
    windows: Windows = []
    for call in known:
        if not windows or call.received_at >= windows[-1][1]:
            windows.append((call.received_at, call.received_at + length, []))
        windows[-1][2].append(call)
    return windows


def _window_over(
    terms: Terms, start: datetime, end: datetime, known: list[Call], calls: list[Call], span: tuple[datetime, datetime]
) -> Over:
    total, crossed_at = 0, None
    for call in known:
        total += call.amount(terms.of) or 0
        if total > terms.limit and crossed_at is None:
            crossed_at = call.received_at
    assert crossed_at is not None
    return Over(
        start=start,
        end=end,
        used=total,
        over=total - terms.max,
        crossed_at=crossed_at,
        served_over=sum(call.was_served and crossed_at <= call.received_at < end for call in calls),
        is_clipped=start < span[0] or end > span[1],
    )


def _sliding(terms: Terms, known: list[Call]) -> tuple[list[Over], int | None]:
    """Episodes: the longest runs of consecutive requests whose windows are all over; and the largest window of all."""
    length = duration(terms.within)
    sums = [
        sum(
            _amounts(
                terms, [other for other in known if call.received_at - length < other.received_at <= call.received_at]
            )
        )
        for call in known
    ]
    runs: list[list[int]] = []
    for place, used in enumerate(sums):
        if used > terms.limit:
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
    over = []
    for run in runs:
        peak = max(sums[place] for place in run)
        over.append(
            Over(
                start=known[run[0]].received_at,
                end=known[run[-1]].received_at,
                used=peak,
                over=peak - terms.max,
                peak_at=next(known[place].received_at for place in run if sums[place] == peak),
                requests_over=len(run),
                served_over=sum(known[place].was_served for place in run),
            )
        )
    return over, max(sums, default=None)


def _bucket(terms: Terms, known: list[Call]) -> list[Over]:
    """Levels are kept as level x length in microseconds, so that the even refill of a microsecond is a whole number."""
    length = duration(terms.within) // timedelta(microseconds=1)
    full = level = terms.limit * length
    refused: list[Call] = []
    last = None
    for call in known:
        if last is not None:
            level = min(full, level + terms.limit * ((call.received_at - last) // timedelta(microseconds=1)))
        last = call.received_at
        cost = (call.amount(terms.of) or 0) * length
        if cost > level:
            refused.append(call)
        else:
            level -= cost
    if not refused:
        return []
    first, latest = refused[0].received_at, refused[-1].received_at
    return [Over(start=first, end=latest, requests_over=len(refused), served_over=sum(c.was_served for c in refused))]


def _amounts(terms: Terms, calls: Sequence[Call]) -> list[int]:
    return [amount for call in calls if (amount := call.amount(terms.of)) is not None]
