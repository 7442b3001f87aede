"""The canonical rows of the two logs in DuckDB's SQL, as one writes it who trusts every line."""

from __future__ import annotations

from tallystick.duck import quote_text

JSON_TYPES = {
    "time": "TIMESTAMPTZ",
    "host": "VARCHAR",
    "epoch": "VARCHAR",
    "seq": "BIGINT",
    "request_id": "VARCHAR",
    "client": "VARCHAR",
    "user": "VARCHAR",
    "ip": "VARCHAR",
    "agent": "VARCHAR",
    "method": "VARCHAR",
    "route": "VARCHAR",
    "path": "VARCHAR",
    "status": "INTEGER",
    "records": "BIGINT",
    "bytes_out": "BIGINT",
    "bytes_in": "BIGINT",
    "duration_us": "BIGINT",
    "referer": "VARCHAR",
    "history_from": "TIMESTAMPTZ",
}
WORDS = {
    "address": "VARCHAR",
    "identity": "VARCHAR",
    "user": "VARCHAR",
    "day": "VARCHAR",
    "zone": "VARCHAR",
    "request": "VARCHAR",
    "status": "INTEGER",
    "bytes": "BIGINT",
    "referer": "VARCHAR",
    "agent": "VARCHAR",
}
DAY = "CAST(epoch_us(received_at) // 86400000000 AS INTEGER) + DATE '1970-01-01' AS event_date"


def duckdb_sql(kind: str, file: str, file_id: str) -> str:
    """The canonical rows of one file, with its day, its file and its line."""
    rows = _json(file) if kind == "json" else _combined(file)
    return f"SELECT *, {DAY}, {quote_text(file_id)} AS file_id, 'b' AS batch FROM ({rows})"


def _json(file: str) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in JSON_TYPES.items())
    return f"""
        SELECT time AS received_at, 'edge/' || host AS source, seq AS sequence_number, epoch, request_id,
               client AS credential, "user", ip AS client_address, agent AS user_agent, method, route,
               split_part(path, '?', 1) AS path, status, records, bytes_out AS response_bytes,
               bytes_in AS request_bytes, duration_us, split_part(referer, '?', 1) AS referer, history_from,
               row_number() OVER () AS position
        FROM read_json({quote_text(file)}, format = 'newline_delimited', columns = {{{columns}}})"""


def _combined(file: str) -> str:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in WORDS.items())
    return f"""
        SELECT strptime(day || ' ' || zone, '[%d/%b/%Y:%H:%M:%S %z]') AS received_at, 'edge' AS source,
               nullif("user", '-') AS principal, nullif("user", '-') AS "user", address AS client_address,
               nullif(agent, '-') AS user_agent, split_part(request, ' ', 1) AS method,
               split_part(split_part(request, ' ', 2), '?', 1) AS path, status, bytes AS response_bytes,
               split_part(nullif(referer, '-'), '?', 1) AS referer, row_number() OVER () AS position
        FROM read_csv({quote_text(file)}, columns = {{{columns}}}, auto_detect = false, header = false,
                      delim = ' ', quote = '"', escape = '"')"""
