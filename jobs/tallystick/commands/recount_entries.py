"""The second path into a log file: its requests by plain Python, which shares no line with the product's reading."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from tallystick.formats.columns import TIMES, ColumnRule
from tallystick.formats.decodings import JsonDecoding, RegexDecoding
from tallystick.formats.model import Format

IDENTITY = ("epoch", "sequence_number", "request_id")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
MOST = 2**63 - 1
LONGEST = 1 << 26
"""Bytes of a line."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_CLF = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})", re.ASCII)
_WHOLE = re.compile(r"\d{1,19}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_POWER = {"epoch_seconds": 6, "epoch_milliseconds": 3, "epoch_microseconds": 0, "epoch_nanoseconds": -3}
_DURATIONS = ("seconds", "milliseconds", "microseconds", "nanoseconds")


class NotCountedError(Exception):
    """A file that this path does not read; the message says why."""


class _RejectedError(Exception):
    """An entry that is no request."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One entry: where it stands, when it was received, its host where hosts number their own, and other columns."""

    position: int
    at_us: int
    host: str | None
    columns: Mapping[str, str | None]


def read_requests(file: Path, described: Format, looked_at: frozenset[str], take: Callable[[Request], None]) -> int:
    """Hand every request of a log file to `take`; how many entries it has. Nothing of the file is kept.

    `looked_at` are the columns by which the register names callers. NotCountedError where the format needs more than
    lines, an expression, JSON lines and plain columns, or the file is damaged or packed in a way that the standard
    library does not know.
    """
    _see_that_it_is_plain(described, looked_at)
    fields = _fields_of(described)
    entries = 0
    try:
        with _opened(file) as stream:
            for line in _lines(stream, described):
                entries += 1
                try:
                    request = _request(entries, fields(line), described, looked_at)
                except (_RejectedError, ValueError, OverflowError, ArithmeticError):
                    continue
                take(request)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise NotCountedError(f"it cannot be read to its end: {type(error).__name__}") from error
    return entries


def _see_that_it_is_plain(described: Format, looked_at: frozenset[str]) -> None:
    if described.entries.find not in ("lines", "json") or described.entries.keys:
        raise NotCountedError(f"{described.name}: entries are found as {described.entries.find}, not as plain lines")
    if described.not_requests or described.refuse or described.parts is not None:
        raise NotCountedError(f"{described.name}: it has conditions over whole entries")
    for name in ("received_at", *IDENTITY, *looked_at):
        rule = described.columns.get(name)
        if rule and (rule.sql or rule.parameters or rule.item or rule.read == "strptime"):
            raise NotCountedError(f"{described.name}: {name} is made by an expression")


def _opened(file: Path) -> IO[bytes]:
    with file.open("rb") as stream:
        head = stream.read(6)
    if head[:2] == b"\x1f\x8b":
        return gzip.open(file)  # type: ignore[return-value]
    if head[:3] == b"BZh":
        return bz2.open(file)
    if head == b"\xfd7zXZ\x00":
        return lzma.open(file)
    if head[:4] in (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18") or head[:2] == b"PK" or b"\x00" in head:
        raise NotCountedError("it is packed or encoded in a way that this path does not know")
    return file.open("rb")


def _lines(stream: IO[bytes], described: Format) -> Iterator[str]:
    header = None if described.entries.header is None else re.compile(described.entries.header)
    is_first = True
    while line := stream.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise NotCountedError(f"it has a line of more than {LONGEST:,} bytes")
        text = line.removeprefix(b"\xef\xbb\xbf") if is_first else line
        shown = text.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if not shown.strip():
            continue
        if is_first and described.entries.find == "json" and (shown[0] == "[" or shown.strip() == "{"):
            raise NotCountedError("its entries are not one a line")
        is_first = False
        comment = described.entries.comment
        if (comment and shown.startswith(comment)) or (header and header.search(shown)):
            continue
        yield shown


def _fields_of(described: Format) -> Callable[[str], Mapping[str, Any]]:
    decoding = described.decode
    if isinstance(decoding, JsonDecoding):
        return lambda line: _json_fields(line, decoding)
    assert isinstance(decoding, RegexDecoding)
    expression = re.compile(decoding.expression, re.DOTALL)

    def matched(line: str) -> Mapping[str, Any]:
        found = expression.fullmatch(line)
        if found is None:
            raise _RejectedError
        return found.groupdict()

    return matched


def _json_fields(line: str, decoding: JsonDecoding) -> Mapping[str, Any]:
    def refuse(_: str) -> Any:
        raise _RejectedError

    try:
        entry = json.loads(line, parse_int=str, parse_float=str, parse_constant=refuse)
    except RecursionError:
        raise _RejectedError from None
    if not isinstance(entry, dict):
        raise _RejectedError
    return {name: _first(entry, field.paths) for name, field in decoding.fields.items()}


def _first(entry: Any, paths: tuple[tuple[str | int, ...], ...]) -> str | None:
    for path in paths:
        value = entry
        for step in path:
            if isinstance(step, int):
                value = value[step] if isinstance(value, list) and step < len(value) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is not None:
            return value if isinstance(value, str) else json.dumps(value)
    return None


def _request(position: int, fields: Mapping[str, Any], described: Format, looked_at: frozenset[str]) -> Request:
    at_us: int | None = None
    columns: dict[str, str | None] = {}
    for name, rule in described.columns.items():
        if rule.sql or rule.parameters or rule.item or rule.read == "strptime":
            continue  # a column that no count looks at
        text = fields.get(rule.field or "")
        value = None if text is None or text in rule.unknown else _valid(text, rule)
        if name == "received_at":
            at_us = None if value is None else int(value)
        elif name in IDENTITY or name in looked_at:
            columns[name] = value
    if at_us is None:
        raise _RejectedError
    host = None if described.sub_source is None else fields.get(described.sub_source)
    return Request(position=position, at_us=at_us, host=host, columns=columns)


def _valid(text: str, rule: ColumnRule) -> str:
    """The text as its column holds it, times in microseconds; an entry with another text is no request."""
    if rule.read in TIMES:
        return str(_instant_us(text, rule))
    if rule.read in ("count", "number", "status"):
        if not _WHOLE.fullmatch(text) or int(text) > MOST or (rule.read == "status" and not 100 <= int(text) <= 999):
            raise _RejectedError
        return str(int(text))
    if rule.read in _DURATIONS and not _DECIMAL.fullmatch(text):
        raise _RejectedError
    return _address(text) if rule.read == "address" else text


def _address(text: str) -> str:
    """An address without its port and brackets."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _instant_us(text: str, rule: ColumnRule) -> int:
    if rule.read in _POWER:
        if not _DECIMAL.fullmatch(text):
            raise _RejectedError
        at_us = int(Decimal(text).scaleb(_POWER[rule.read]))
    else:
        at = _clf(text) if rule.read == "clf_time" else _iso(text, rule.zone)
        at_us = (at - EPOCH) // timedelta(microseconds=1)
    if not (FIRST - EPOCH) // timedelta(microseconds=1) <= at_us < (LAST - EPOCH) // timedelta(microseconds=1):
        raise _RejectedError
    return at_us


def _iso(text: str, zone: str | None) -> datetime:
    found = _ISO.fullmatch(text)
    if found is None or (found[8] is None and zone is None):
        raise _RejectedError
    moment = [int(each) for each in found.groups()[:6]]
    fraction = int((found[7] or "0")[:6].ljust(6, "0"))
    where = ZoneInfo(zone) if found[8] is None and zone is not None else _offset(found[8] or "Z")
    return datetime(*moment, fraction, tzinfo=where)  # type: ignore[arg-type, misc]


def _clf(text: str) -> datetime:
    found = _CLF.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        raise _RejectedError
    day, year, hour, minute, second = (int(found[each]) for each in (1, 3, 4, 5, 6))
    return datetime(year, _MONTHS.index(found[2]) + 1, day, hour, minute, second, tzinfo=_offset(found[7]))


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = 60 * int(digits[:2]) + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
