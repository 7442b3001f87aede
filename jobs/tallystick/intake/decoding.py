"""Entries to fields as text, in SQL: JSON objects by DuckDB's own reader, lines by a regular expression in RE2."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tallystick.duck import quote_name, quote_text, without_wildcards
from tallystick.formats import Format
from tallystick.formats.decodings import ColumnsDecoding, JsonDecoding, Path, RegexDecoding

Shape = dict[str | int, Any]


def decoded_batch_sql(described: Format, relation: str) -> str:
    """A query that decodes the entries of `relation` (`position`, `entry`): `position`, `undecodable`, every field.

    For records the relation has the fields already, as TEXT columns of their names.
    """
    names = [*described.decode.fields]
    if isinstance(described.decode, ColumnsDecoding):
        listed = ", ".join(map(quote_name, names))
        return f"SELECT position, CAST(NULL AS VARCHAR) AS undecodable, {listed} FROM {relation}"
    if isinstance(described.decode, RegexDecoding):
        groups = ", ".join(quote_text(name) for name in ["entry", *names])
        pattern = quote_text(f"^(?P<entry>{described.decode.expression})$")
        return (
            f"SELECT position, CASE WHEN fields.entry = '' THEN 'not_in_format' END AS undecodable, {_unpacked(names)} "
            f"FROM (SELECT position, regexp_extract(entry, {pattern}, [{groups}], 's') AS fields FROM {relation})"
        )
    shape = quote_text(json.dumps(_json_shape(_shape(described.decode))))
    twins = _twins(described.decode)
    extracted = ", ".join(
        f"{_first([_value(described.decode, path, twins) for path in field.paths])} AS {quote_name(name)}"
        for name, field in described.decode.fields.items()
    )
    return (
        f"SELECT position, CASE WHEN fields IS NULL THEN 'not_json' END AS undecodable, {extracted} "
        f"FROM (SELECT position, entry, TRY(from_json(entry, {shape})) AS fields FROM {relation})"
    )


def decoded_file_sql(decoding: JsonDecoding, file: str) -> str | None:
    """A query that decodes a whole file of JSON lines without blank lines, in file order.

    None where two keys differ in case only: DuckDB's columns do not tell those apart.
    """
    if _twins(decoding):
        return None
    shape = _shape(decoding)
    columns = ", ".join(f"{quote_text(str(key))}: {quote_text(_sql_type(inner))}" for key, inner in shape.items())
    extracted = ", ".join(
        f"{_first([_inside(decoding, path, _in_file) for path in field.paths])} AS {quote_name(name)}"
        for name, field in decoding.fields.items()
    )
    return (
        f"SELECT row_number() OVER () AS position, CAST(NULL AS VARCHAR) AS undecodable, {extracted} "
        f"FROM read_json({quote_text(without_wildcards(file))}, format = 'newline_delimited', "
        f"compression = 'uncompressed', columns = {{{columns}}})"
    )


def _shape(decoding: JsonDecoding) -> Shape:
    """The fields as a tree of keys and places in arrays; None is a value.

    Where one field's path lies inside another's, the outer one is the value, and the inner one is searched in its text.
    """
    shape: Shape = {}
    for path in _outermost(decoding):
        place = shape
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = None
    return shape


def _outermost(decoding: JsonDecoding) -> list[Path]:
    """The paths that lie inside no other."""
    paths = [path for field in decoding.fields.values() for path in field.paths]
    known = set(paths)
    return [path for path in paths if not any(path[:length] in known for length in range(1, len(path)))]


def _value(decoding: JsonDecoding, path: Path, twins: frozenset[Path]) -> str:
    """A value of an entry of a batch."""
    if path in twins:
        return _searched("entry", path)
    return _inside(decoding, path, lambda outer: _extracted("fields", outer))


def _in_file(path: Path) -> str:
    return _extracted(quote_name(str(path[0])), path[1:])


def _inside(decoding: JsonDecoding, path: Path, extracted: Callable[[Path], str]) -> str:
    """A value by its path, or by the rest of its path in the text of the field that it lies inside."""
    known = set(_outermost(decoding))
    length = next((length for length in range(1, len(path)) if path[:length] in known), len(path))
    value = extracted(path[:length])
    if length == len(path):
        return value
    return f"CASE WHEN json_valid({value}) THEN {_searched(value, path[length:])} END"


def _elements(shape: Shape) -> Shape | None:
    """What the elements of an array hold, where the keys of a shape are places in one."""
    merged: Shape = {}
    for inner in shape.values():
        if inner is None:
            return None
        merged |= inner
    return merged


def _is_array(shape: Shape) -> bool:
    return all(isinstance(key, int) for key in shape)


def _json_shape(shape: Shape | None) -> Any:
    if shape is None:
        return "VARCHAR"
    if _is_array(shape):
        return [_json_shape(_elements(shape))]
    return {key: _json_shape(inner) for key, inner in shape.items()}


def _sql_type(shape: Shape | None) -> str:
    if shape is None:
        return "VARCHAR"
    if _is_array(shape):
        return f"{_sql_type(_elements(shape))}[]"
    return f"STRUCT({', '.join(f'{quote_name(str(key))} {_sql_type(inner)}' for key, inner in shape.items())})"


def _extracted(value: str, path: Path) -> str:
    """A value by its path inside another."""
    for step in path:
        value = f"list_extract({value}, {step + 1})" if isinstance(step, int) else f"({value}).{quote_name(step)}"
    return value


def _searched(text: str, path: Path) -> str:
    """A value by its path in a JSON text."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in path)
    return f"json_extract_string({text}, {quote_text('$' + steps)})"


def _twins(decoding: JsonDecoding) -> frozenset[Path]:
    """The paths that differ from another in case only."""
    paths = [path for field in decoding.fields.values() for path in field.paths]
    steps: dict[Path, set[Path]] = {}
    for path in paths:
        for length in range(1, len(path) + 1):
            folded = tuple(step.lower() if isinstance(step, str) else step for step in path[:length])
            steps.setdefault(folded, set()).add(path[:length])
    twins = {prefix for alike in steps.values() if len(alike) > 1 for prefix in alike}
    return frozenset(path for path in paths if any(path[: len(prefix)] == prefix for prefix in twins))


def _first(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _unpacked(names: list[str]) -> str:
    return ", ".join(f"fields.{quote_name(name)} AS {quote_name(name)}" for name in names)
