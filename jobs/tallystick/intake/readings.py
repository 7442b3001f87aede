"""How the text of a field becomes the value of a column, in SQL, and what makes it unreadable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tallystick.duck import quote_text
from tallystick.formats.columns import ColumnRule

TIME_FIRST_US = 631_152_000_000_000
"""1990-01-01T00:00:00Z; an earlier time is rejected."""
TIME_END_US = 4_133_980_800_000_000
"""2101-01-01T00:00:00Z; this time and later ones are rejected."""

LOCAL_ISO_8601 = r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-3][0-9][T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
ISO_8601 = LOCAL_ISO_8601.replace("[.,]", "[.]") + r"(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])"
CLF_TIME = (
    r"[0-3][0-9]/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/[0-9]{4}:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r" [+-](?:[01][0-9]|2[0-3])[0-5][0-9]"
)
DECIMAL = r"[0-9]+(?:[.][0-9]+)?"
METHOD = r"[!#$%&''*+.^_`|~0-9A-Za-z][!#$%&''*+.^_`|~0-9A-Za-z-]*"
"""A token of RFC 9110 that does not begin with the dash that stands for nothing."""
USUAL_METHODS = ("GET", "POST", "PUT", "HEAD", "DELETE")
"""Those that are looked for before a regular expression is."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """`value` makes the column's value of a text, NULL where it cannot; `is_readable` says of a text and its value
    whether the text is one, and `reason` is what an entry with another text is rejected for. Where only a part of the
    field is the text, `pick` takes it out first.
    """

    value: Callable[[str], str]
    is_readable: Callable[[str, str], str] | None = None
    reason: str = ""
    pick: Callable[[str], str] | None = None


def _count(reason: str) -> Reader:
    return Reader(
        value=lambda text: f"TRY_CAST({text} AS BIGINT)",
        # A cast rounds 200.7, trims spaces and takes 1e3: only digits will do, such as the number itself is written in.
        is_readable=lambda text, value: (
            f"({value} >= 0 AND (CAST({value} AS VARCHAR) = {text} OR regexp_full_match({text}, '[0-9]+')))"
        ),
        reason=reason,
    )


def _decimal(digits: int, reason: str) -> Reader:
    """A decimal number of units of 10^`digits` microseconds; what is finer than a microsecond is cut off."""
    if digits < 0:
        return Reader(
            value=lambda text: f"(TRY_CAST(split_part({text}, '.', 1) AS BIGINT) // {10**-digits})",
            is_readable=lambda text, value: f"({value} IS NOT NULL AND regexp_full_match({text}, '{DECIMAL}'))",
            reason=reason,
        )
    fraction = f"rpad(left(regexp_extract({{text}}, '[.]([0-9]+)', 1), {digits}), {digits}, '0')"
    return Reader(
        value=lambda text: f"TRY_CAST(split_part({text}, '.', 1) || {fraction.format(text=text)} AS BIGINT)",
        is_readable=lambda text, value: f"({value} IS NOT NULL AND regexp_full_match({text}, '{DECIMAL}'))",
        reason=reason,
    )


def _time(shape: str, value: Callable[[str], str]) -> Reader:
    """A time of a certain shape; casts take much else for a time (`epoch`, a bare date, 24:00)."""
    return Reader(
        value=lambda text: f"CASE WHEN regexp_full_match({text}, '{shape}') THEN {value(text)} END",
        is_readable=lambda _, value: f"({value} IS NOT NULL)",
        reason="bad_time",
    )


def _epoch(digits: int) -> Reader:
    """Units of 10^`digits` microseconds since 1970; what no timestamp can hold becomes the first time out of range."""
    number = _decimal(digits, "bad_time").value
    return _time(DECIMAL, lambda text: f"make_timestamptz(least({number(text)}, {TIME_END_US}))")


def _in_zone(local: str, zone: str) -> str:
    """The instant of a local time; NULL for one that clocks pass over. One that comes twice is the later of the two."""
    name = quote_text(zone)
    instant = f"timezone({name}, {local})"
    return f"CASE WHEN timezone({name}, {instant}) = {local} THEN {instant} END"


def _iso8601_in(zone: str) -> Reader:
    """A time of ISO 8601 whose offset may be missing; then it is a local time of `zone`."""

    def value(text: str) -> str:
        local = f"TRY_CAST(replace({text}, ',', '.') AS TIMESTAMP)"
        return (
            f"CASE WHEN regexp_full_match({text}, '{ISO_8601}') THEN TRY_CAST({text} AS TIMESTAMPTZ) "
            f"WHEN regexp_full_match({text}, '{LOCAL_ISO_8601}') THEN {_in_zone(local, zone)} END"
        )

    return Reader(value=value, is_readable=lambda _, value: f"({value} IS NOT NULL)", reason="bad_time")


def _strptime(letters: str, zone: str | None) -> Reader:
    """A time in DuckDB's letters of strptime; with %z it has an offset, else it is a local time of `zone`."""

    def value(text: str) -> str:
        parsed = f"TRY_STRPTIME({text}, {quote_text(letters)})"
        return parsed if zone is None or "%z" in letters else _in_zone(parsed, zone)

    return Reader(value=value, is_readable=lambda _, value: f"({value} IS NOT NULL)", reason="bad_time")


def reader_of(rule: ColumnRule) -> Reader:
    """How the text of a rule becomes its column."""
    if rule.format is not None:
        return _strptime(rule.format, rule.zone)
    if rule.zone is not None:
        return _iso8601_in(rule.zone)
    return READERS[rule.read]


def _address(text: str) -> str:
    """A network address without its port, and without the brackets of IPv6."""
    return (
        f"CASE WHEN starts_with({text}, '[') THEN regexp_replace({text}, '^\\[([^\\]]*)\\](?::[0-9]*)?$', '\\1') "
        f"WHEN NOT contains({text}, ':') THEN {text} "
        f"ELSE regexp_replace({text}, '^([^:]*):[0-9]*$', '\\1') END"
    )


def _path(target: str) -> str:
    """The path of a request target: no query, no fragment, no origin, no session id."""
    cut = f"regexp_extract({target}, '^[^?#]*')"
    absolute = f"coalesce(nullif(regexp_extract({cut}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*(.*)$', 1), ''), '/')"
    session = "';(?i:jsessionid|phpsessid|sid|aspsessionid)=[^/;]*'"
    return (
        f"CASE WHEN starts_with({target}, '/') AND NOT contains({target}, ';') THEN {_without_query(target)} "
        f"WHEN regexp_matches({target}, '^[A-Za-z][A-Za-z0-9+.-]*://') "
        f"THEN regexp_replace({absolute}, {session}, '', 'g') "
        f"ELSE regexp_replace({cut}, {session}, '', 'g') END"
    )


def _referer(text: str) -> str:
    """A URL without its query, its fragment and the user before its host."""
    without_user = f"regexp_replace({_without_query(text)}, '^([A-Za-z][A-Za-z0-9+.-]*://)[^/]*@', '\\1')"
    return f"CASE WHEN contains({text}, '@') THEN {without_user} ELSE {_without_query(text)} END"


def _without_query(url: str) -> str:
    """What stands before the first ? or #."""
    return (
        f"CASE WHEN contains({url}, '#') THEN split_part(split_part({url}, '?', 1), '#', 1) "
        f"WHEN contains({url}, '?') THEN split_part({url}, '?', 1) ELSE {url} END"
    )


def _request_method(line: str) -> str:
    """The method of a request line, where it has one."""
    cases = " ".join(f"WHEN starts_with({line}, '{method} /') THEN '{method}'" for method in USUAL_METHODS)
    return f"CASE {cases} ELSE nullif(regexp_extract({line}, '^({METHOD}) \\S', 1), '') END"


def _request_target(line: str) -> str:
    """The target in a request line: what stands between its method and its version, where it has one."""
    after = f"strpos({line}, ' ')"
    versions = " OR ".join(f"ends_with({line}, ' HTTP/{version}')" for version in ("1.1", "2.0", "1.0"))
    cases = " ".join(
        f"WHEN starts_with({line}, '{method} /') AND ({versions}) "
        f"THEN substring({line}, {len(method) + 2}, length({line}) - {len(method) + 10})"
        for method in USUAL_METHODS
    )
    return (
        f"CASE {cases} "
        f"WHEN ({versions}) AND length({line}) > {after} + 9 AND regexp_matches({line}, '^{METHOD} \\S') "
        f"THEN {line}[{after} + 1:-10] "
        f"ELSE nullif(regexp_extract({line}, '^{METHOD} (\\S.*?)(?: HTTP/[0-9.]+)?\\s*$', 1), '') END"
    )


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "text": Reader(value=lambda text: text),
        "address": Reader(value=_address),
        "target": Reader(value=_path),
        "request_method": Reader(value=_request_method),
        "request_target": Reader(value=_path, pick=_request_target),
        "referer": Reader(value=_referer),
        "count": _count("bad_amount"),
        "number": _count("bad_number"),
        "status": Reader(
            value=lambda text: f"TRY_CAST({text} AS INTEGER)",
            is_readable=lambda text, value: (
                f"({value} BETWEEN 100 AND 999 AND (CAST({value} AS VARCHAR) = {text} "
                f"OR regexp_full_match({text}, '[0-9]+')))"
            ),
            reason="bad_status",
        ),
        "iso8601": _time(ISO_8601, lambda text: f"TRY_CAST({text} AS TIMESTAMPTZ)"),
        "clf_time": _time(CLF_TIME, lambda text: f"TRY_STRPTIME({text}, '%d/%b/%Y:%H:%M:%S %z')"),
        "epoch_seconds": _epoch(6),
        "epoch_milliseconds": _epoch(3),
        "epoch_microseconds": _epoch(0),
        "epoch_nanoseconds": _epoch(-3),
        "seconds": _decimal(6, "bad_amount"),
        "milliseconds": _decimal(3, "bad_amount"),
        "microseconds": _decimal(0, "bad_amount"),
        "nanoseconds": _decimal(-3, "bad_amount"),
    }
)
