"""The SQL that makes canonical columns of decoded fields, generated from a format."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.duck import quote_name, quote_text
from tallystick.formats import Format
from tallystick.formats.model import ColumnRule
from tallystick.intake.masking import secret_digest_sql
from tallystick.intake.readings import READERS, TIME_END_US, TIME_FIRST_US
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


@dataclass(frozen=True, kw_only=True)
class CanonicalSql:
    """Two queries over decoded entries that between them have each entry once.

    `accepted`: the columns of `intake` of every entry that can be read.
    `rejected`: `position` and `reasons` of the others.
    """

    accepted: str
    rejected: str


def canonical_sql(described: Format, origin: Origin, decoded: str) -> CanonicalSql:
    """The queries for entries of a format that `decoded` gives as `position`, `undecodable` and every field as text."""
    rules = described.columns
    texts = [f"{_text(rule)} AS {_text_of(name)}" for name, rule in rules.items()]
    texts.append(f"{_source(described, origin)} AS source")
    columns = [f"{_column(name, described, origin)} AS {quote_name(name)}" for name in INTAKE.column_names]
    values = [f"{_value(name, rule)} AS {_value_of(name)}" for name, rule in rules.items()]
    # No filter is pushed down past a limit; without one, every entry would be decoded twice.
    valued = (
        f"WITH decoded AS ({decoded} LIMIT {ALL}), "
        f"worded AS (SELECT position, undecodable, {', '.join(texts)} FROM decoded), "
        f"valued AS (SELECT *, {', '.join(values)} FROM worded) "
    )
    good, reasons = _is_good(rules), _reasons(rules)
    return CanonicalSql(
        accepted=f"{valued} SELECT {', '.join(columns)} FROM valued WHERE {good}",
        rejected=f"{valued} SELECT position, {reasons} AS reasons FROM valued WHERE NOT coalesce({good}, false)",
    )


def _text_of(name: str) -> str:
    return quote_name(f"text of {name}")


def _value_of(name: str) -> str:
    return quote_name(f"value of {name}")


def _text(rule: ColumnRule) -> str:
    text = quote_name(rule.field) if rule.field is not None else f"({rule.sql})"
    if rule.missing is not None:
        text = f"nullif({text}, {quote_text(rule.missing)})"
    pick = READERS[rule.read].pick
    return text if pick is None else pick(text)


def _source(described: Format, origin: Origin) -> str:
    source = quote_text(origin.source)
    if described.sub_source is None:
        return source
    host = quote_name(described.sub_source)
    return f"CASE WHEN {host} IS NULL THEN {source} ELSE {source} || '/' || {host} END"


def _value(name: str, rule: ColumnRule) -> str:
    value = READERS[rule.read].value(_text_of(name))
    return secret_digest_sql(value) if rule.secret else value


def _readable(name: str, rule: ColumnRule) -> str | None:
    """The condition under which the text of a column, where there is one, is what it should be; NULL counts as not."""
    reader = READERS[rule.read]
    return None if reader.is_readable is None else reader.is_readable(_text_of(name), _value_of(name))


def _is_in_range() -> str:
    received_at = _value_of("received_at")
    first, end = f"make_timestamptz({TIME_FIRST_US})", f"make_timestamptz({TIME_END_US})"
    return f"({received_at} >= {first} AND {received_at} < {end})"


def _is_good(rules: dict[str, ColumnRule]) -> str:
    """The condition under which an entry is accepted, true or not; a time in range is a time."""
    conditions = ["undecodable IS NULL", _is_in_range()]
    for name, rule in rules.items():
        readable = _readable(name, rule)
        if readable is not None and name != "received_at":
            conditions.append(f"({_text_of(name)} IS NULL OR {readable})")
    return f"({' AND '.join(conditions)})"


def _reasons(rules: dict[str, ColumnRule]) -> str:
    """Every reason against an entry that is not accepted, as a list in the order of the enum."""
    conditions: dict[str, list[str]] = {reason: [] for reason in REASONS}
    conditions["no_time"].append(f"{_text_of('received_at')} IS NULL")
    conditions["time_out_of_range"].append(f"NOT {_is_in_range()}")
    for name, rule in rules.items():
        readable = _readable(name, rule)
        if readable is not None:
            unreadable = f"({_text_of(name)} IS NOT NULL AND NOT coalesce({readable}, false))"
            conditions[READERS[rule.read].reason].append(unreadable)
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
    }
    if name in known:
        return known[name]
    made = _value_of(name) if name in described.columns else None
    if name == "route" and origin.routes and {"method", "path"} <= described.columns.keys():
        template = route_sql(origin.routes, method=_value_of("method"), path=_value_of("path"))
        return template if made is None else f"coalesce({made}, {template})"
    column_type = next(column.type for column in CANONICAL if column.name == name)
    return made or f"CAST(NULL AS {column_type})"
