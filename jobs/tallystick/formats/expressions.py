"""What an SQL expression in a format file may be: an expression over the fields of one entry, and nothing else.

No subquery, window, aggregate, second statement or parameter; no function of the clock, of chance, of settings, or of
files. So that the same entry always gives the same columns, and a format file that someone sent can do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tallystick.duck import connect, quote_name
from tallystick.formats.decodings import RegexDecoding
from tallystick.formats.model import Format
from tallystick.yaml_file import refuse

OURS = {"attribute": "(attributes, name)", "entry_of": "(object, name)"}
"""Functions that intake adds to DuckDB's own, with their arguments; each gives a text."""

PARTS = frozenset(
    {"COLUMN_REF", "CONSTANT", "FUNCTION", "CASE", "COMPARISON", "CONJUNCTION", "OPERATOR", "CAST", "BETWEEN", "LAMBDA"}
)
"""What an expression may be made of, in the words of DuckDB's parser."""

ALIEN = frozenset(
    {
        "ago", "current_setting", "getvariable", "get_block_size", "json_deserialize_sql", "json_serialize_plan",
        "json_serialize_sql", "parse_duckdb_log_message", "session_user", "user", "vector_type", "version",
    }
)  # fmt: skip
"""Functions that tell of something else than their arguments, beside those that DuckDB itself says are unsteady."""

ALIEN_BEGINNINGS = ("pg_", "has_", "inet_", "current_", "json_group_", "__internal_")

NODE: dict[str, Any] = {
    "where_clause": None,
    "group_expressions": [],
    "having": None,
    "sample": None,
    "qualify": None,
    "modifiers": [],
}
"""What a query says that selects one expression and nothing more."""

HOW = "write one expression over the fields, such as nullif(split_part(\"one\", ':', 2), '')"


def see_that_expressions_are_safe(file: Path, described: Format) -> None:
    """Raise BadConfigurationError, with line and key, for an expression of a format that may not be or cannot work.

    Each is tried on an entry of which every field is unknown, so that a name or a type that is wrong is found before
    any log is read.
    """
    with connect() as connection:
        connection.execute("SET enable_external_access = false")
        for name, arguments in OURS.items():
            connection.execute(f"CREATE TEMP MACRO {name}{arguments} AS CAST(NULL AS VARCHAR)")
        if isinstance(described.decode, RegexDecoding):
            problem = _pattern_problem(connection, described.decode)
            if problem is not None:
                raise refuse(file, problem, "decode", "pattern", next_step="RE2 has no lookaround and no backreference")
        for path, sql, kind in _expressions(described):
            problem = problem_of(connection, sql, fields=described.decode.fields, kind=kind)
            if problem is not None:
                raise refuse(file, problem, *path, next_step=HOW)


def _pattern_problem(connection: duckdb.DuckDBPyConnection, decoding: RegexDecoding) -> str | None:
    try:
        connection.execute("SELECT regexp_extract('', ?, ['entry'], 's')", [f"^(?P<entry>{decoding.expression})$"])
    except duckdb.Error as error:
        return f"the pattern is none in RE2 syntax: {str(error).splitlines()[0]}"
    return None


def problem_of(connection: duckdb.DuckDBPyConnection, sql: str, *, fields: Iterable[str], kind: str) -> str | None:
    """What is wrong with an expression over fields that should give a `kind` (VARCHAR or BOOLEAN); None if nothing is.

    `connection` knows the functions of `OURS`.
    """
    names = sorted(fields)
    [(told,)] = connection.execute("SELECT json_serialize_sql(?)", [f"SELECT ({sql})"]).fetchall()
    parsed = json.loads(told)
    if parsed["error"]:
        return f"this is no SQL expression: {parsed['error_message']}"
    node = parsed["statements"][0]["node"]
    is_one = len(parsed["statements"]) == 1 and node["type"] == "SELECT_NODE" and len(node["select_list"]) == 1
    if not is_one or node["from_table"]["type"] != "EMPTY" or any(node[key] != plain for key, plain in NODE.items()):
        return "this is more than one SQL expression"
    known = frozenset(name.casefold() for name in names)
    if problem := next(_problems(node["select_list"][0], known), None):
        return problem
    listed = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote_name(name)}" for name in names)
    try:
        [(found,)] = connection.execute(f"SELECT typeof(({sql})) FROM (SELECT {listed})").fetchall()
    except duckdb.Error as error:
        return f"DuckDB cannot work it out: {str(error).splitlines()[0]}"
    if found not in (kind, '"NULL"'):
        wanted = "a text is needed: CAST(… AS VARCHAR)" if kind == "VARCHAR" else "a condition is needed"
        return f"it gives a value of the type {found}, and {wanted}"
    return None


def _expressions(described: Format) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Every SQL expression of a format: the path of its key, its text, and the type that it should give."""
    for name, rule in described.columns.items():
        if rule.sql is not None:
            yield ("columns", name, "sql"), rule.sql, "VARCHAR"
    for place, left in enumerate(described.not_requests):
        yield ("not_requests", place, "when"), left.when, "BOOLEAN"
    for place, refused in enumerate(described.refuse):
        yield ("refuse", place, "when"), refused.when, "BOOLEAN"
    if described.parts is not None and described.parts.sql is not None:
        yield ("parts", "sql"), described.parts.sql, "VARCHAR"


def _problems(part: Any, known: frozenset[str]) -> Iterator[str]:
    """What may not be in a part of an expression, in the order in which it stands there."""
    if isinstance(part, list):
        for inner in part:
            yield from _problems(inner, known)
        return
    if not isinstance(part, dict):
        return
    kind = part.get("class")
    if kind is not None and kind not in PARTS:
        yield f"{_spelt(kind)} has no place in an expression over fields"
    elif kind == "COLUMN_REF":
        if part["column_names"][0].casefold() not in known:
            yield f"{'.'.join(part['column_names'])!r} is no field; there are {', '.join(sorted(known))}"
        return
    elif kind == "CONSTANT":
        return
    elif kind == "FUNCTION":
        name = part["function_name"].casefold()
        if name not in _functions() and name not in OURS:
            yield f"{name} is no function that an expression over fields may use"
    elif kind == "LAMBDA":
        yield from _problems(part["expr"], known | frozenset(_lambda_names(part["lhs"])))
        return
    for inner in part.values():
        yield from _problems(inner, known)


def _lambda_names(parameters: Any) -> Iterator[str]:
    """The names of a lambda's parameters: one, or several in a row."""
    if isinstance(parameters, list):
        for inner in parameters:
            yield from _lambda_names(inner)
    elif isinstance(parameters, dict):
        if parameters.get("class") == "COLUMN_REF":
            yield parameters["column_names"][0].casefold()
        else:
            for inner in parameters.values():
                yield from _lambda_names(inner)


def _spelt(kind: str) -> str:
    return {"SUBQUERY": "a subquery", "WINDOW": "a window function", "STAR": "*", "PARAMETER": "a parameter"}.get(
        kind, kind.replace("_", " ").lower()
    )


@cache
def _functions() -> frozenset[str]:
    """The functions of DuckDB that give the same value for the same arguments."""
    with connect() as connection:
        found = connection.execute(
            "SELECT lower(function_name) FROM duckdb_functions() GROUP BY ALL HAVING bool_and("
            "function_type = 'macro' OR (function_type = 'scalar' AND stability = 'CONSISTENT'))"
        ).fetchall()
    names = {name for (name,) in found}
    return frozenset(name for name in names if name not in ALIEN and not name.startswith(ALIEN_BEGINNINGS))
