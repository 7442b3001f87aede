"""Entries to fields as text, in SQL: JSON objects by DuckDB's own reader, lines by a regular expression in RE2."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from tallystick.duck import quote_name, quote_text, without_wildcards
from tallystick.formats import Format
from tallystick.formats.model import JsonDecoding, RegexDecoding
from tallystick.intake.batch import Batch, Unreadable

MAX_DEPTH = 256
"""Objects and arrays in one another; an entry that goes deeper is rejected as `not_json`."""
BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)

Shape = dict[str, Any]


def decoded_batch_sql(described: Format, relation: str) -> str:
    """A query that decodes the entries of `relation` (`position`, `entry`): `position`, `undecodable`, every field."""
    names = [*described.decode.fields]
    if isinstance(described.decode, RegexDecoding):
        groups = ", ".join(quote_text(name) for name in ["entry", *names])
        pattern = quote_text(f"^(?P<entry>{described.decode.expression})$")
        return (
            f"SELECT position, CASE WHEN fields.entry = '' THEN 'not_in_format' END AS undecodable, {_unpacked(names)} "
            f"FROM (SELECT position, regexp_extract(entry, {pattern}, [{groups}], 's') AS fields FROM {relation})"
        )
    shape = quote_text(json.dumps(_shape(described.decode)))
    return (
        "SELECT position, CASE WHEN fields IS NULL THEN 'not_json' END AS undecodable, "
        f"{_json_columns(described.decode)} "
        f"FROM (SELECT position, TRY(from_json(entry, {shape})) AS fields FROM {relation})"
    )


def decoded_file_sql(decoding: JsonDecoding, file: str) -> str:
    """A query that decodes a whole file of JSON lines without blank lines, in file order."""
    columns = ", ".join(f"{quote_text(key)}: {quote_text(_sql_type(shape))}" for key, shape in _shape(decoding).items())
    return (
        f"SELECT row_number() OVER () AS position, CAST(NULL AS VARCHAR) AS undecodable, "
        f"{', '.join(_extracted(name, field.keys) for name, field in decoding.fields.items())} "
        f"FROM read_json({quote_text(without_wildcards(file))}, format = 'newline_delimited', "
        f"compression = 'uncompressed', columns = {{{columns}}})"
    )


def readable_json(batch: Batch) -> tuple[Batch, tuple[Unreadable, ...]]:
    """The entries of a batch that are JSON objects (RFC 8259), and the others with their reasons.

    NaN, a trailing comma and anything after the object are no JSON; of a key that stands twice the last one counts, as
    it does for jq, Python and JavaScript.
    """
    kept: list[bytes] = []
    keep: list[int] = []
    unreadable: list[Unreadable] = []
    for index, entry in enumerate(batch.entries()):
        reason, entry_once = _judge(entry)
        if reason is None:
            kept.append(entry_once)
            keep.append(index)
        else:
            unreadable.append(Unreadable.of(entry, position=int(batch.positions[index]), reason=reason))
    return Batch.of(kept, batch.positions[np.array(keep, dtype=np.int64)].tolist()), tuple(unreadable)


def _judge(entry: bytes) -> tuple[str | None, bytes]:
    """Why an entry is no JSON object, and the entry in which every key stands once."""
    if entry.count(b"{") + entry.count(b"[") > MAX_DEPTH and _depth(entry) > MAX_DEPTH:
        return "not_json", entry
    repeats: list[bool] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            repeats.append(True)
        return value

    try:
        value = json.loads(entry.decode(), object_pairs_hook=once, parse_int=_whole, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return "not_json", entry
    if not isinstance(value, dict):
        return "not_an_object", entry
    return None, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") if repeats else entry


def _whole(digits: str) -> int | float:
    # Python refuses whole numbers of more than 4,300 digits; none of them is a count.
    return int(digits) if len(digits) < 400 else float(digits)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _depth(entry: bytes) -> int:
    depth = deepest = 0
    for found in BRACKET.finditer(entry):
        first = found[0][0]
        if first in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"}]":
            depth -= 1
    return deepest


def _shape(decoding: JsonDecoding) -> Shape:
    """The fields as a tree of keys."""
    shape: Shape = {}
    for field in decoding.fields.values():
        place = shape
        for key in field.keys[:-1]:
            place = place.setdefault(key, {})
        place[field.keys[-1]] = "VARCHAR"
    return shape


def _sql_type(shape: Shape | str) -> str:
    if isinstance(shape, str):
        return shape
    return f"STRUCT({', '.join(f'{quote_name(key)} {_sql_type(inner)}' for key, inner in shape.items())})"


def _extracted(name: str, keys: tuple[str, ...]) -> str:
    return f"{'.'.join(quote_name(key) for key in keys)} AS {quote_name(name)}"


def _json_columns(decoding: JsonDecoding) -> str:
    return ", ".join(_extracted(name, ("fields", *field.keys)) for name, field in decoding.fields.items())


def _unpacked(names: list[str]) -> str:
    return ", ".join(f"fields.{quote_name(name)} AS {quote_name(name)}" for name in names)
