"""Which requests a clause counts, and whose budget they use, as SQL over the columns of a request."""

from __future__ import annotations

import hashlib

from tallystick.agreements.limit import Limit, Scope
from tallystick.duck import quote_text

KEY = {
    "licensee": "licensee",
    "app": "app",
    "credential": "credential_id",
    "user": '"user"',
    "app and source": "app || ' ' || source",
}
"""What names whose budget a request uses, for each `per`."""

SLOT_US = 900_000_000
DAY_US = 86_400_000_000

DEFAULT = Scope(routes=None, methods=None, statuses=None, without=(429,))
EVERYTHING = Scope(routes=None, methods=None, statuses=None, without=())


def condition(scope: Scope) -> str:
    """SQL that is true for requests in scope, false outside, and NULL where the log does not say enough.

    A status that the log does not give is not known to have been refused, so only `statuses` is undecided by it.
    """
    parts = []
    if scope.without:
        parts.append(f"coalesce(status NOT IN ({_numbers(scope.without)}), true)")
    if scope.statuses is not None:
        parts.append(f"status IN ({_numbers(scope.statuses)})")
    if scope.methods is not None:
        parts.append(f"upper(method) IN ({', '.join(quote_text(method) for method in scope.methods)})")
    if scope.routes is not None:
        route = "CASE WHEN route IS NULL THEN NULL ELSE coalesce(method || ' ', '') || route END"
        tests = [f"{route} LIKE {quote_text(like_pattern(pattern))} ESCAPE '\\'" for pattern in scope.routes]
        parts.append("(" + (" OR ".join(tests) or "false") + ")")
    if scope.user_agents is not None:
        tests = [f"user_agent LIKE {quote_text(like_pattern(one))} ESCAPE '\\'" for one in scope.user_agents]
        parts.append(f"({' OR '.join(tests) or 'false'})")
    for column, names in (("app", scope.apps), ("credential_id", scope.credentials)):
        if names is not None:
            parts.append(f"{column} IN ({', '.join(map(quote_text, names))})")
    if scope.deeper_than_us is not None:
        parts.append(f"history_from < received_at - to_microseconds({int(scope.deeper_than_us)})")
    whole = " AND ".join(parts) or "true"
    return f"({whole}) IS NULL" if scope.is_undetermined else whole


def like_pattern(pattern: str) -> str:
    """A pattern in which * is any run of characters, as SQL's LIKE spells it, a backslash escaping."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def digest(*parts: object) -> str:
    """A short name for a summary, or for what a day was built from: 32 hex digits of SHA-256."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def has_peak(limit: Limit) -> bool:
    """Whether a day's peak is kept for the limit: windows that quarters of an hour do not make up, up to a day.

    Anchored windows and buckets are kept whenever every sliding window of the same length is, so that peak serves.
    """
    us = limit.length.us
    if us is None:
        return False
    return us % SLOT_US != 0 if limit.window == "calendar" else us <= DAY_US


def _numbers(values: tuple[int, ...]) -> str:
    return ", ".join(str(int(value)) for value in values)
