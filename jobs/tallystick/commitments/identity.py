"""What makes a request of one log the same as one of another: an id that both carry, else columns within an hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.commitments.shared_key import SharedKey
from tallystick.duck import quote_name, quote_text
from tallystick.errors import UsageError

REQUEST_ID = "request_id"
HOUR = "hour"
COLUMNS = (
    *(REQUEST_ID, "method", "route", "path", "status", "user", "tenant", "principal"),
    *("client_address", "user_agent", "referer"),
)
"""Columns that can be part of an identity."""
AMOUNTS = ("records", "request_bytes", "response_bytes", "status")
"""Columns that can be compared where the identity is the same."""
HOUR_US = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The parts of an identity in their order: columns, after the UTC hour where the request id is none of them."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, columns: Sequence[str]) -> Identity:
        """Raises UsageError for a column that cannot be part of one, that is named twice, or for none at all."""
        wrong = [name for name in columns if name not in COLUMNS]
        if wrong or not columns or len(set(columns)) < len(columns):
            said = f"no identity has {wrong[0]!r}" if wrong else "an identity has some columns, each once"
            raise UsageError(said, where="--identity", next_step=f"take some of {', '.join(COLUMNS)}")
        return cls(parts=tuple(columns) if REQUEST_ID in columns else (HOUR, *columns))

    @property
    def needed(self) -> tuple[str, ...]:
        """One of these columns has to be known, or the request has no identity."""
        return (REQUEST_ID,) if REQUEST_ID in self.parts else self.parts[1:]

    def message(self, hour: str) -> str:
        """SQL for the text that is digested: each part as `<bytes>:<text>,`, or `-,` where the log does not say it.

        `hour` is SQL for the hours since 1970. No two identities have the same text.
        """
        return f"concat({', '.join(_part(self._text(part, hour)) for part in self.parts)})"

    def is_known(self) -> str:
        """SQL for whether a request has an identity."""
        return f"({' OR '.join(f'{self._text(name, HOUR)} IS NOT NULL' for name in self.needed)})"

    @staticmethod
    def _text(part: str, hour: str) -> str:
        if part == HOUR:
            return hour_sql(hour)
        return f"nullif(CAST({quote_name(part)} AS VARCHAR), '')"


def hour_sql(hour: str) -> str:
    """SQL for an hour's text, `2024-01-01T10Z`, of hours since 1970."""
    return f"strftime(make_timestamp({HOUR_US} * ({hour})), '%Y-%m-%dT%HZ')"


def _part(text: str) -> str:
    return f"CASE WHEN {text} IS NULL THEN '-,' ELSE concat(strlen({text}), ':', {text}, ',') END"


def tagged_sql(
    relation: str,
    *,
    key: SharedKey,
    identity: Identity,
    compared: Sequence[str],
    ahead_us: int,
    kept: Sequence[str] = (),
) -> str:
    """A query that gives of requests `app`, `hour`, `tag` (NULL without identity) and a check of each compared column.

    The digest of an identity is halved: the first half is the tag; the second is secret to whoever does not know the
    identity, and keys the checks, which are 0 where the log does not say the amount. `ahead_us` is taken off each time.
    Other columns of the requests are `kept` as they are.
    """
    hour = f"(epoch_us(received_at) - {ahead_us}) // {HOUR_US}"
    digest = key.digest_sql(identity.parts, identity.message("hour"))
    checks = "".join(f", {_check(name)} AS {quote_name(name)}" for name in compared)
    others = "".join(f", {quote_name(name)}" for name in kept)
    return (
        f"WITH placed AS (SELECT *, CAST({hour} AS INTEGER) AS hour FROM ({relation})), "
        f"digested AS (SELECT *, CASE WHEN {identity.is_known()} THEN {digest} END AS digest FROM placed) "
        f"SELECT app, hour, CAST(left(digest, 32) AS UUID) AS tag{checks}{others} FROM digested"
    )


def _check(name: str) -> str:
    column = quote_name(name)
    digits = f"left(sha256(concat(right(digest, 32), {quote_text(name + '=')}, {column})), 8)"
    known = f"greatest(1::UINTEGER, CAST('0x' || {digits} AS UINTEGER))"
    return f"CASE WHEN {column} IS NULL THEN 0::UINTEGER ELSE {known} END"
