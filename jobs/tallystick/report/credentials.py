"""What a licensee took in a period by app and credential, a secret by a short digest and a hint of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from tallystick.clauses.usage_reader import Relation
from tallystick.digest_key import KEPT
from tallystick.period import Period, to_text, to_us
from tallystick.register.model import Licensee
from tallystick.report.callers import SHORT
from tallystick.report.causes import CredentialShare
from tallystick.report.usage_within import SUMS, THROTTLED, amounts_of, with_edges
from tallystick.tables.usage_credential import USAGE_CREDENTIAL

MOST_CREDENTIALS = 1_000
"""Rows of a report; a licensee may have a token for each of its users."""

SUMMED = ("requests", "records", "records_unknown", "response_bytes", "response_bytes_unknown", "throttled")
OF_A_SECRET = re.compile(rf"hmac:([0-9a-f]{{{KEPT}}})(….{{0,4}})", re.DOTALL)
"""What is kept of a secret (`intake.masking.secret_digest`)."""

Row = Mapping[str, Any]


def by_credential(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> dict[str, Any]:
    """`credentials`, how many different ones there are, `by_credential`, and `other_credentials` for those left out."""
    shown = with_edges(relation, USAGE_CREDENTIAL, period)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE taken AS SELECT *, row_number() OVER (ORDER BY requests DESC, app NULLS LAST, "
        "starts_with(credential_id, 'hmac:') NULLS LAST, credential_id NULLS LAST) AS place "
        f"FROM (SELECT app, credential_id, {SUMS}, {THROTTLED}, min(first_at) AS first_at, max(last_at) AS last_at "
        f"FROM ({shown}) GROUP BY app, credential_id)",
        {"licensee": licensee.licensee},
    )
    listed: list[Row] = (
        connection.execute(f"SELECT * FROM taken WHERE place <= {MOST_CREDENTIALS} ORDER BY place")
        .to_arrow_table()
        .to_pylist()
    )
    sums = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in SUMMED)
    [others] = (
        connection.execute(f"SELECT count(*) AS credentials, {sums} FROM taken WHERE place > {MOST_CREDENTIALS}")
        .to_arrow_table()
        .to_pylist()
    )
    [[different]] = connection.execute("SELECT count(credential_id) FROM taken").fetchall()
    return {
        "credentials": different,
        "by_credential": [_credential(row) for row in listed],
        "other_credentials": {
            "credentials": others["credentials"],
            **amounts_of(others),
            "throttled": others["throttled"],
        },
    }


def _credential(row: Row) -> dict[str, Any]:
    shown = row["credential_id"]
    secret = OF_A_SECRET.fullmatch(shown) if shown is not None else None
    return {
        "app": row["app"],
        "credential": None if secret else shown,
        "digest": secret[1][:SHORT] if secret else None,
        "hint": secret[2] if secret else None,
        **amounts_of(row),
        "throttled": row["throttled"],
        "first_at": to_text(to_us(row["first_at"])),
        "last_at": to_text(to_us(row["last_at"])),
    }


def credential_shares(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> dict[str, CredentialShare]:
    """For each app how many of its requests with a credential were made with the busiest one."""
    shown = with_edges(relation, USAGE_CREDENTIAL, period)
    rows = connection.execute(
        "SELECT app, CAST(sum(requests) AS BIGINT), CAST(max(requests) AS BIGINT), count(*) FROM ("
        f"SELECT app, credential_id, sum(requests) AS requests FROM ({shown}) "
        "WHERE credential_id IS NOT NULL GROUP BY ALL) GROUP BY app ORDER BY app",
        {"licensee": licensee.licensee},
    ).fetchall()
    return {
        app: CredentialShare(requests=requests, largest=largest, credentials=credentials)
        for app, requests, largest, credentials in rows
    }
