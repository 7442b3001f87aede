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


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What every entry of one file has in common."""

    source: str
    file_id: str
    batch: str
    routes: tuple[str, ...] = ()


def canonical_sql(described: Format, origin: Origin, decoded: str) -> str:
    """Grain in: one entry of the query `decoded` (`position`, `undecodable`, and every field of the format as text).
    Grain out: the same entry with the columns of `intake`, and `reasons` (NULL where it is accepted).
    """
    rules = described.columns
    texts = [f"{_text(rule)} AS {_text_of(name)}" for name, rule in rules.items()]
    texts.append(f"{_source(described, origin)} AS source")
    columns = [f"{_column(name, described, origin)} AS {quote_name(name)}" for name in INTAKE.column_names]
    values = [f"{_value(name, rule)} AS {_value_of(name)}" for name, rule in rules.items()]
    return (
        f"WITH decoded AS ({decoded}), "
        f"worded AS (SELECT position, undecodable, {', '.join(texts)} FROM decoded), "
        f"valued AS (SELECT *, {', '.join(values)} FROM worded), "
        f"judged AS (SELECT *, {_reasons(rules)} AS reasons FROM valued) "
        f"SELECT {', '.join(columns)}, reasons FROM judged"
    )


def _text_of(name: str) -> str:
    return quote_name(f"text of {name}")


def _value_of(name: str) -> str:
    return quote_name(f"value of {name}")


def _text(rule: ColumnRule) -> str:
    text = quote_name(rule.field) if rule.field is not None else f"({rule.sql})"
    return text if rule.missing is None else f"nullif({text}, {quote_text(rule.missing)})"


def _source(described: Format, origin: Origin) -> str:
    source = quote_text(origin.source)
    if described.sub_source is None:
        return source
    host = quote_name(described.sub_source)
    return f"CASE WHEN {host} IS NULL THEN {source} ELSE {source} || '/' || {host} END"


def _value(name: str, rule: ColumnRule) -> str:
    value = READERS[rule.read].value(_text_of(name))
    return secret_digest_sql(value) if rule.secret else value


def _reasons(rules: dict[str, ColumnRule]) -> str:
    """Every reason against an entry in the order of the enum, as a list; NULL if there is none."""
    conditions: dict[str, list[str]] = {reason: [] for reason in REASONS}
    conditions["no_time"].append(f"{_text_of('received_at')} IS NULL")
    received_at = _value_of("received_at")
    for name, rule in rules.items():
        reader = READERS[rule.read]
        if reader.is_readable is not None:
            text, value = _text_of(name), _value_of(name)
            unreadable = f"({text} IS NOT NULL AND NOT coalesce({reader.is_readable(text, value)}, false))"
            conditions[reader.reason].append(unreadable)
    [bad_time] = conditions["bad_time"]
    conditions["time_out_of_range"].append(
        f"(NOT {bad_time} AND ({received_at} < make_timestamptz({TIME_FIRST_US}) "
        f"OR {received_at} >= make_timestamptz({TIME_END_US})))"
    )
    against = {reason: " OR ".join(parts) for reason, parts in conditions.items() if parts}
    named = ", ".join(f"CASE WHEN {condition} THEN {quote_text(reason)} END" for reason, condition in against.items())
    return (
        f"CASE WHEN undecodable IS NOT NULL THEN [undecodable] WHEN {' OR '.join(against.values())} "
        f"THEN list_filter([{named}], lambda reason: reason IS NOT NULL) END"
    )


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
