"""The SQL functions that a format's expressions may use beside DuckDB's own."""

from __future__ import annotations

import duckdb

MACROS = {
    "attribute": (
        "(attributes, name)",
        """list_extract(list_transform(
            list_filter(
                TRY(from_json(attributes, '["JSON"]')),
                lambda one: lower(coalesce(one->>'$.key', one->>'$.name')) = lower(name)
            ),
            lambda one: coalesce(
                one->>'$.value.stringValue', one->>'$.value.intValue', one->>'$.value.boolValue',
                one->>'$.value.doubleValue',
                CASE WHEN json_type(one, '$.value') NOT IN ('OBJECT', 'NULL') THEN one->>'$.value' END
            )
        ), 1)""",
    ),
    "entry_of": (
        "(object, name)",
        """CASE WHEN json_valid(object) THEN json_extract_string(object, '$."' || name || '"') END""",
    ),
}
"""`attribute(list, name)`: the value under a name in a JSON list of {key or name, value}, as OTLP writes attributes and
others write headers; names are compared without case. `entry_of(object, key)`: the value of a key of a JSON object.
NULL where there is none, and for a text that is no JSON."""


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions known to `connection`."""
    for name, (arguments, body) in MACROS.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {name}{arguments} AS {body}")
