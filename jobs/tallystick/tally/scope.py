"""Which requests a clause counts, and whose budget they use, as SQL over the columns of a request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tallystick.agreements.limit import Limit, Permitted, Scope
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
    whole = " AND ".join(test for _, test in conditions(scope)) or "true"
    return f"({whole}) IS NULL" if scope.is_undetermined else whole


def conditions(scope: Scope) -> list[tuple[tuple[str, ...], str]]:
    """What all must be true of a request in scope, each with the columns that its SQL reads."""
    found: list[tuple[tuple[str, ...], str]] = []
    if scope.without:
        found.append((("status",), f"coalesce(status NOT IN ({_numbers(scope.without)}), true)"))
    if scope.statuses is not None:
        found.append((("status",), f"status IN ({_numbers(scope.statuses)})"))
    if scope.methods is not None:
        found.append((("method",), f"upper(method) IN ({', '.join(quote_text(method) for method in scope.methods)})"))
    if scope.routes is not None:
        found.append((("method", "route"), may_be_called(scope.routes, None)))
    if scope.user_agents is not None:
        tests = [f"user_agent LIKE {quote_text(like_pattern(one))} ESCAPE '\\'" for one in scope.user_agents]
        found.append((("user_agent",), f"({' OR '.join(tests) or 'false'})"))
    for column, names in (("app", scope.apps), ("credential_id", scope.credentials)):
        if names is not None:
            found.append(((column,), f"{column} IN ({', '.join(map(quote_text, names))})"))
    if scope.beyond is not None:
        found.append((("method", "route", "history_from", "received_at"), is_beyond(scope.beyond)))
    return found


def is_beyond(permitted: Permitted) -> str:
    """SQL that is true for calls that are not permitted, and NULL where the log does not say enough to tell."""
    parts = []
    if permitted.allowed is not None or permitted.methods is not None:
        parts.append(f"NOT ({may_be_called(permitted.allowed, permitted.methods)})")
    if permitted.history_us is not None:
        parts.append(f"history_from < received_at - to_microseconds({int(permitted.history_us)})")
    return f"({' OR '.join(parts) or 'false'})"


def may_be_called(allowed: Sequence[str] | None, methods: Sequence[str] | None) -> str:
    """SQL over `method` and `route`: true, false, or NULL where the log does not say enough to tell."""
    parts = []
    if methods is not None:
        parts.append(f"upper(method) IN ({', '.join(quote_text(method.upper()) for method in methods)})")
    if allowed is not None:
        parts.append(f"({' OR '.join(_fits(pattern) for pattern in allowed) or 'false'})")
    return " AND ".join(parts) or "true"


def _fits(pattern: str) -> str:
    """SQL for: the call fits a pattern `GET /2/tweets/*`, or one without a method, which any method fits.

    NULL where the log does not say the route, or the method that would decide.
    """
    whole = f"LIKE {quote_text(like_pattern(pattern))} ESCAPE '\\'"
    method, space, path = pattern.partition(" ")
    if not space:
        return f"route {whole}"
    of_path = f"route LIKE {quote_text(like_pattern(path))} ESCAPE '\\'"
    without_method = f"CASE WHEN route {whole} THEN true WHEN {of_path} THEN {'true' if method == '*' else 'NULL'} "
    return (
        f"CASE WHEN route IS NULL THEN NULL WHEN method IS NULL THEN {without_method}ELSE false END "
        f"ELSE (method || ' ' || route) {whole} END"
    )


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
