"""The SQL that makes canonical columns of decoded fields, generated from a format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.duck import quote_name, quote_text
from tallystick.formats import Format
from tallystick.formats.columns import TEXT_READINGS, TIMES, ColumnRule
from tallystick.formats.rules import Parts
from tallystick.intake.masking import masked_sql, secret_digest_sql
from tallystick.intake.readings import TIME_END_US, TIME_FIRST_US, reader_of
from tallystick.intake.routes import route_sql
from tallystick.tables.canonical import CANONICAL
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REASONS

ALL = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What every entry of one file has in common."""

    source: str
    file_id: str
    batch: str
    routes: tuple[str, ...] = ()
    digest_key: DigestKey = PUBLISHED_KEY


@dataclass(frozen=True, kw_only=True)
class CanonicalSql:
    """Queries over decoded entries that between them have each entry once.

    `valued`: every entry with the texts and values of its columns, which the others read as `relation`.
    """

    valued: str
    described: Format
    origin: Origin

    def accepted(self, relation: str) -> str:
        """The columns of `intake` of every entry that can be read as a request."""
        columns = [
            f"{_column(name, self.described, self.origin)} AS {quote_name(name)}" for name in INTAKE.column_names
        ]
        return f"SELECT {', '.join(columns)} FROM {relation} WHERE {self._is_good}{self._is_request}"

    def checked(self, relation: str) -> str:
        """The same, as a query that fails where a request cannot be read.

        It has each value made once; a filter would be pushed down, and have every value made for it and made again.
        """
        columns = [
            f"{_column(name, self.described, self.origin)} AS {quote_name(name)}" for name in INTAKE.column_names
        ]
        checked = f"CASE WHEN {self._is_good} THEN position ELSE error('an entry is not accepted') END AS position"
        requests = " WHERE NOT not_request" if self.described.not_requests else ""
        return f"SELECT {', '.join(columns)} FROM (SELECT * REPLACE ({checked}) FROM {relation}){requests}"

    def rejected(self, relation: str) -> str:
        """`position` and `reasons` of the requests that cannot be read."""
        wrong = f"NOT coalesce({self._is_good}, false){self._is_request}"
        return f"SELECT position, {_reasons(self.described)} AS reasons FROM {relation} WHERE {wrong}"

    def not_requests(self, relation: str) -> str:
        """How many entries are no requests."""
        return f"SELECT count(*) FROM {relation} WHERE not_request"

    @property
    def has_several_uses(self) -> bool:
        """Whether more than one of the queries is needed even when every request can be read."""
        return bool(self.described.not_requests)

    @property
    def _is_good(self) -> str:
        return _is_good(self.described)

    @property
    def _is_request(self) -> str:
        return " AND NOT not_request" if self.described.not_requests else ""


def canonical_sql(described: Format, origin: Origin, decoded: str, *, holds_tokens: bool = True) -> CanonicalSql:
    """The queries for entries of a format that `decoded` gives as `position`, `undecodable` and every field as text.

    Without `holds_tokens` it is known that no text of a field is a secret by its shape or has one inside.
    """
    rules = described.columns
    texts = [f"{_text(rule)} AS {_text_of(name)}" for name, rule in rules.items()]
    texts.append(f"{_source(described, origin)} AS source")
    if described.not_requests:
        texts.append(f"{_any(rule.when for rule in described.not_requests)} AS not_request")
    if described.refuse:
        texts.append(f"{_refused(described)} AS refused")
    if described.parts is not None:
        texts.append(f"{_part(described.parts)} AS part")
    values = [f"{reader_of(rule).value(_text_of(name))} AS {_value_of(name)}" for name, rule in rules.items()]
    kept = [
        f"{_kept(name, rule, origin.digest_key)} AS {_value_of(name)}"
        for name, rule in rules.items()
        if rule.secret or (rule.read in TEXT_READINGS and (holds_tokens or _is_decoded(rule)))
    ]
    replaced = f" REPLACE ({', '.join(kept)})" if kept else ""
    # No filter is pushed down past a limit; without one, every entry would be decoded twice.
    valued = (
        f"WITH decoded AS ({decoded} LIMIT {ALL}), "
        f"worded AS (SELECT position, undecodable, {', '.join(texts)} FROM decoded) "
        f"SELECT *{replaced} FROM (SELECT *, {', '.join(values)} FROM worded)"
    )
    return CanonicalSql(valued=valued, described=described, origin=origin)


def _any(conditions: Iterable[str]) -> str:
    """Whether one of the conditions of a format holds for an entry that could be decoded."""
    return f"(undecodable IS NULL AND coalesce({' OR '.join(f'({condition})' for condition in conditions)}, false))"


def _refused(described: Format) -> str:
    cases = " ".join(f"WHEN {_any([rule.when])} THEN {quote_text(rule.reason)}" for rule in described.refuse)
    return f"CASE {cases} END"


def _part(parts: Parts) -> str:
    """Which part of a request an entry is, as in the column `part`: 1 is the one that stands for it before others."""
    name = quote_name(parts.field) if parts.field is not None else f"({parts.sql})"
    last = len(parts.order)
    numbers = range(last, 0, -1) if parts.counted == "last" else [1, *range(-2, -last - 1, -1)]
    cases = " ".join(
        f"WHEN {quote_text(part)} THEN {number}" for part, number in zip(parts.order, numbers, strict=True)
    )
    return f"CAST(CASE {name} {cases} END AS INTEGER)"


def _text_of(name: str) -> str:
    return quote_name(f"text of {name}")


def _value_of(name: str) -> str:
    return quote_name(f"value of {name}")


def _text(rule: ColumnRule) -> str:
    text = quote_name(rule.field) if rule.field is not None else f"({rule.sql})"
    if rule.parameters:
        text = _parameter(text, rule.parameters)
    if rule.item is not None:
        text = f"nullif(trim(split_part({text}, ',', {1 if rule.item == 'first' else -1})), '')"
    for unknown in rule.unknown:
        text = f"nullif({text}, {quote_text(unknown)})"
    pick = reader_of(rule).pick
    return text if pick is None else pick(text)


def _parameter(text: str, names: tuple[str, ...]) -> str:
    """The value of a query parameter, decoded where its escapes are text; NULL where it is not there or empty."""
    begin = "(?:^|[?&;])"
    any_of_them = quote_text(f"{begin}(?:{'|'.join(map(re.escape, names))})=")
    raws = [
        f"nullif(regexp_extract({text}, {quote_text(f'{begin}{re.escape(name)}=([^&;#[:space:]]*)')}, 1), '')"
        for name in names
    ]
    raw = f"coalesce({', '.join(raws)})" if len(raws) > 1 else raws[0]
    # Most targets have none of them, which one look tells.
    return (
        f"CASE WHEN regexp_matches({text}, {any_of_them}) "
        f"THEN coalesce(TRY(url_decode(replace({raw}, '+', ' '))), {raw}) END"
    )


def _source(described: Format, origin: Origin) -> str:
    source = quote_text(origin.source)
    if described.sub_source is None:
        return source
    host = quote_name(described.sub_source)
    return f"CASE WHEN {host} IS NULL THEN {source} ELSE {source} || '/' || {host} END"


def _is_decoded(rule: ColumnRule) -> bool:
    """Whether the text may say what its field spells otherwise."""
    return bool(rule.parameters) or rule.field is None


def _kept(name: str, rule: ColumnRule, key: DigestKey) -> str:
    """What goes into the column: never a secret, whether the format says that it is one or its shape does."""
    value = _value_of(name)
    return secret_digest_sql(value, key) if rule.secret else masked_sql(value, key)


def _readable(name: str, rule: ColumnRule) -> str | None:
    """The condition under which the text of a column, where there is one, is what it should be; NULL counts as not."""
    reader = reader_of(rule)
    if reader.is_readable is None:
        return None
    readable = reader.is_readable(_text_of(name), _value_of(name))
    if name != "received_at" and rule.read in TIMES:  # a time that no timestamp can hold was read as the first too late
        readable = f"({readable} AND {_value_of(name)} < make_timestamptz({TIME_END_US}))"
    return readable


def _is_in_range() -> str:
    received_at = _value_of("received_at")
    first, end = f"make_timestamptz({TIME_FIRST_US})", f"make_timestamptz({TIME_END_US})"
    return f"({received_at} >= {first} AND {received_at} < {end})"


def _is_good(described: Format) -> str:
    """The condition under which an entry is accepted, true or not; a time in range is a time."""
    conditions = ["undecodable IS NULL", _is_in_range()]
    if described.refuse:
        conditions.append("refused IS NULL")
    for name, rule in described.columns.items():
        readable = _readable(name, rule)
        if readable is not None and name != "received_at":
            conditions.append(f"({_text_of(name)} IS NULL OR {readable})")
    return f"({' AND '.join(conditions)})"


def _reasons(described: Format) -> str:
    """Every reason against an entry that is not accepted, as a list in the order of the enum."""
    conditions: dict[str, list[str]] = {reason: [] for reason in REASONS}
    conditions["no_time"].append(f"{_text_of('received_at')} IS NULL")
    conditions["time_out_of_range"].append(f"NOT {_is_in_range()}")
    for reason in {rule.reason for rule in described.refuse}:
        conditions[reason].append(f"refused = {quote_text(reason)}")
    for name, rule in described.columns.items():
        readable = _readable(name, rule)
        if readable is not None:
            unreadable = f"({_text_of(name)} IS NOT NULL AND NOT coalesce({readable}, false))"
            conditions[reader_of(rule).reason].append(unreadable)
    named = ", ".join(
        f"CASE WHEN {' OR '.join(parts)} THEN {quote_text(reason)} END" for reason, parts in conditions.items() if parts
    )
    reasons = f"list_filter([{named}], lambda reason: reason IS NOT NULL)"
    return f"CASE WHEN undecodable IS NOT NULL THEN [undecodable] ELSE {reasons} END"


def _column(name: str, described: Format, origin: Origin) -> str:
    known = {
        "event_date": f"DATE '1970-01-01' + CAST(epoch_us({_value_of('received_at')}) // 86400000000 AS INTEGER)",
        "source": "source",
        "file_id": quote_text(origin.file_id),
        "position": "position",
        "batch": quote_text(origin.batch),
        "part": "part" if described.parts is not None else "CAST(NULL AS INTEGER)",
    }
    if name in known:
        return known[name]
    made = _value_of(name) if name in described.columns else None
    if name == "route" and origin.routes and {"method", "path"} <= described.columns.keys():
        template = route_sql(origin.routes, method=_value_of("method"), path=_value_of("path"))
        return template if made is None else f"coalesce({made}, {template})"
    column_type = next(column.type for column in CANONICAL if column.name == name)
    return made or f"CAST(NULL AS {column_type})"
