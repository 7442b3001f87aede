"""One UTC day of intake into `request`: second entries marked, each request given its licensee, app and credential."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from tallystick.digest_key import DigestKey
from tallystick.duck import WrittenFile, connect, quote_name, quote_text, write_file
from tallystick.period import DAY_US, EPOCH
from tallystick.register.load import Recognition
from tallystick.register.model import BY
from tallystick.tables.canonical import CANONICAL, ORIGIN
from tallystick.tally.parts import join_parts
from tallystick.tally.scope import like_pattern

RULES = "refine 5"
"""Changes when equal input would give other requests; a day built by older rules is dirty."""

COLUMN = {
    "credential": "credential",
    "credential_sha256": "credential",
    "principal": "principal",
    "user": "user",
    "network": "client_address",
    "user_agent": "user_agent",
}
"""The column of an entry that each way of recognising looks at."""


CURRENT = pa.schema([("file_id", pa.string()), ("batch", pa.string())])
ADDRESS_IN_NETWORK = pa.schema([("address", pa.string()), ("network", pa.string())])
RECOGNITION = pa.schema(
    [
        ("rank", pa.int32()),
        ("way", pa.string()),
        ("value", pa.string()),
        ("keyed", pa.string()),
        ("narrowness", pa.int32()),
        ("from_us", pa.int64()),
        ("until_us", pa.int64()),
        ("licensee", pa.string()),
        ("app", pa.string()),
        ("credential_id", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class RefineTask:
    """One day: SQL that yields its intake, which (file_id, batch) of it count, and where the requests go.

    `digest_key` is the one that the secrets of the intake were digested with; None recognises no such secret.
    """

    day: date
    intake: str
    current: tuple[tuple[str, str], ...]
    recognitions: tuple[Recognition, ...]
    digest_key: DigestKey | None = None
    root: Path
    name: str
    memory_limit: str
    scratch: Path


def refine_day(task: RefineTask) -> WrittenFile:
    """Write one day's requests as one Parquet file; a day without an entry is a file without a row."""
    connection, query = requests_of_day(task)
    return write_file(connection, query, task.root, partition={"event_date": task.day.isoformat()}, name=task.name)


def requests_of_day(task: RefineTask) -> tuple[duckdb.DuckDBPyConnection, str]:
    """A database with one day's entries and callers, and the SQL that gives its requests there."""
    connection = connect(memory_limit=task.memory_limit, scratch=task.scratch)
    connection.register("current", pa.Table.from_pylist([{"file_id": f, "batch": b} for f, b in task.current], CURRENT))
    connection.execute(
        f"CREATE TEMP TABLE entry AS SELECT * FROM ({task.intake}) SEMI JOIN current USING (file_id, batch)"
    )
    join_parts(connection)
    cuts = _cuts(task)
    _name_callers(connection, task, cuts)
    return connection, request_query(_used_columns(task.recognitions), cuts)


def request_query(used: Sequence[str], cuts: Sequence[int]) -> str:
    """The SQL of refine.sql for a register that looks at the columns `used` and changes at the instants `cuts`."""
    content = ", ".join(f"entry.{quote_name(column.name)}" for column in CANONICAL)
    columns = ", ".join(f"entry.{quote_name(column.name)}" for column in (*CANONICAL, *ORIGIN))
    same = "".join(
        f"AND entry.{quote_name(name)} IS NOT DISTINCT FROM caller.{quote_name(name)}\n    " for name in used
    )
    stretches = "".join(f"WHEN epoch_us(entry.received_at) < {cut} THEN {n} " for n, cut in enumerate(cuts[1:]))
    text = files("tallystick.tally").joinpath("refine.sql").read_text("utf-8")
    return text.format(
        content=f"({content})",
        columns=columns,
        segment=f"(CASE {stretches}END)",
        same_caller=same.rstrip() or "AND true",
    )


def _cuts(task: RefineTask) -> list[int]:
    """The instants that bound the stretches of the day in which the register does not change."""
    start = (task.day - EPOCH.date()).days * DAY_US
    inside = {cut for one in task.recognitions for cut in (one.from_us, one.until_us) if start < cut < start + DAY_US}
    return [start, *sorted(inside), start + DAY_US]


def _name_callers(connection: duckdb.DuckDBPyConnection, task: RefineTask, cuts: Sequence[int]) -> None:
    """Make `caller`: whom the register names for each caller that was seen, in each stretch of the day."""
    recognitions = task.recognitions
    connection.execute("CREATE TEMP TABLE segment (segment INTEGER, from_us BIGINT, until_us BIGINT)")
    connection.executemany(
        "INSERT INTO segment VALUES (?, ?, ?)", [(n, *cuts[n : n + 2]) for n in range(len(cuts) - 1)]
    )
    connection.register("recognition", _as_table(recognitions, task.digest_key))
    used = _used_columns(recognitions)
    tuple_columns = ", ".join(quote_name(name) for name in used) or "NULL AS nobody"
    connection.execute(f"CREATE TEMP TABLE seen AS SELECT DISTINCT {tuple_columns} FROM entry")
    if "client_address" in used:
        _name_networks(connection, recognitions)
    ways = [way for way in BY if any(one.by == way for one in recognitions)]
    candidates = " UNION ALL ".join(
        f"SELECT seen.*, recognition.* FROM seen INNER JOIN recognition "
        f"ON recognition.way = {quote_text(way)} AND {_test(way)}"
        for way in ways
    )
    # The surest way wins, then the narrower one; two apps that claim a caller with equal right leave it unattributed.
    connection.execute(
        f"""
        CREATE TEMP TABLE caller AS
        WITH candidate AS (
            SELECT * FROM ({candidates or "SELECT seen.*, recognition.* FROM seen, recognition WHERE false"})
        ),
        claim AS (
            SELECT candidate.*, segment.segment,
                rank() OVER (PARTITION BY {tuple_columns.replace("NULL AS nobody", "nobody")}, segment.segment
                             ORDER BY rank, narrowness DESC) AS place
            FROM candidate INNER JOIN segment
                ON candidate.from_us <= segment.from_us AND segment.from_us < candidate.until_us
        )
        SELECT {tuple_columns.replace("NULL AS nobody", "nobody")}, segment,
            min(licensee) AS licensee, min(app) AS app, min(credential_id) AS credential_id
        FROM claim WHERE place = 1
        GROUP BY ALL
        HAVING count(DISTINCT (licensee, app)) = 1
        """
    )


def _as_table(recognitions: Sequence[Recognition], key: DigestKey | None) -> pa.Table:
    """The recognitions as a table whose values can be compared in SQL."""
    columns = {
        "rank": [one.rank for one in recognitions],
        "way": [one.by for one in recognitions],
        "value": [_comparable(one) for one in recognitions],
        "keyed": [key.digest(one.value) if key and one.by == "credential_sha256" else None for one in recognitions],
        "narrowness": [_narrowness(one) for one in recognitions],
        "from_us": [one.from_us for one in recognitions],
        "until_us": [one.until_us for one in recognitions],
        "licensee": [one.licensee for one in recognitions],
        "app": [one.app for one in recognitions],
        "credential_id": [one.credential_id for one in recognitions],
    }
    return pa.table(columns, schema=RECOGNITION)


def _used_columns(recognitions: Sequence[Recognition]) -> list[str]:
    return sorted({COLUMN[one.by] for one in recognitions})


def _comparable(one: Recognition) -> str:
    return like_pattern(one.value) if one.by in ("principal", "user", "user_agent") else one.value


def _narrowness(one: Recognition) -> int:
    """How much must agree: the leading bits of a network, the characters of a pattern; without a star before with."""
    if one.by == "network":
        network = ipaddress.ip_network(one.value)
        return network.prefixlen + (96 if network.version == 4 else 0)
    return 2 * len(one.value.replace("*", "")) + ("*" not in one.value)


def _test(way: str) -> str:
    """SQL that compares an entry's column with a recognition's value."""
    column = f"seen.{quote_name(COLUMN[way])}"
    if way == "credential":
        return f"{column} = recognition.value"
    if way == "credential_sha256":
        return f"(sha256({column}) = recognition.value OR starts_with({column}, 'hmac:' || recognition.keyed || '…'))"
    if way == "network":
        return f"({column}, recognition.value) IN (SELECT (address, network) FROM address_in_network)"
    return f"{column} LIKE recognition.value ESCAPE '\\'"


def _name_networks(connection: duckdb.DuckDBPyConnection, recognitions: Sequence[Recognition]) -> None:
    """Make `address_in_network`: which of the day's addresses lie in which network of the register."""
    networks = [(one.value, ipaddress.ip_network(one.value)) for one in recognitions if one.by == "network"]
    found: list[tuple[str, str]] = []
    for [text] in connection.execute(
        "SELECT DISTINCT client_address FROM seen WHERE client_address IS NOT NULL"
    ).fetchall():
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue  # not an address, so in no network
        # Hosts that listen on both versions write an address of version 4 as ::ffff:192.0.2.1.
        spellings = {address, getattr(address, "ipv4_mapped", None) or address}
        found.extend((text, name) for name, network in networks if any(one in network for one in spellings))
    columns = {"address": [address for address, _ in found], "network": [network for _, network in found]}
    connection.register("address_in_network", pa.table(columns, schema=ADDRESS_IN_NETWORK))
