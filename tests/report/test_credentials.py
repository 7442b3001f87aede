"""How requests are spread over credentials, from the usage of whole days; no secret is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from building import a_licensee
from tallystick.duck import connect
from tallystick.period import Period
from tallystick.report import credentials
from tallystick.report.causes import CredentialShare
from tallystick.report.credentials import by_credential, credential_shares
from tallystick.tables import Table
from tallystick.tables.usage_credential import USAGE_CREDENTIAL

SECRET = "hmac:159e4a573cf4761dc607002285863f7b…4d36"
USAGE = (  # licensee, day, app, credential, refused, requests
    ("halcyon", "2022-03-01", "monitor", "key-1", False, 30),
    ("halcyon", "2022-03-01", "monitor", "key-1", True, 5),
    ("halcyon", "2022-03-02", "monitor", "key-1", False, 16),
    ("halcyon", "2022-03-02", "monitor", "key-2", False, 49),
    ("halcyon", "2022-03-02", "monitor", None, False, 400),
    ("halcyon", "2022-03-02", "archive", "key-3", False, 7),
    ("halcyon", "2022-03-03", "archive", SECRET, True, 7),
    ("kestrel", "2022-03-02", "monitor", "key-9", False, 900),
)


def relation(table: Table, _: Mapping[str, Collection[str]]) -> str:
    assert table == USAGE_CREDENTIAL
    rows = ", ".join(
        f"('{who}', DATE '{day}', '{app}', {'NULL' if key is None else repr(key)}, {refused}, {count}::BIGINT)"
        for who, day, app, key, refused, count in USAGE
    )
    columns = "licensee, event_date, app, credential_id, is_throttled, requests"
    nothing = "0::BIGINT AS records, 0::BIGINT AS records_unknown, 0::BIGINT AS response_bytes, "
    rest = "0::BIGINT AS response_bytes_unknown, now() AS first_at, now() AS last_at"
    return f"SELECT *, {nothing}{rest} FROM (VALUES {rows}) AS usage ({columns})"


def test_the_busiest_credential_of_each_app_is_told_over_all_days_and_requests_that_show_one() -> None:
    shares = credential_shares(connect(), relation, a_licensee(), Period.parse("2022-03"))

    assert shares == {
        "archive": CredentialShare(requests=14, largest=7, credentials=2),
        "monitor": CredentialShare(requests=100, largest=51, credentials=2),
    }


def test_each_credential_of_each_app_is_told_a_secret_by_a_short_digest_and_a_hint_alone() -> None:
    told = by_credential(connect(), relation, a_licensee(), Period.parse("2022-03"))

    assert told["credentials"] == 4
    assert [
        tuple(row[name] for name in ("app", "credential", "digest", "hint", "requests", "throttled"))
        for row in told["by_credential"]
    ] == [
        ("monitor", None, None, None, 400, 0),
        ("monitor", "key-1", None, None, 51, 5),
        ("monitor", "key-2", None, None, 49, 0),
        ("archive", "key-3", None, None, 7, 0),
        ("archive", None, "159e4a573cf4", "…4d36", 7, 7),
    ]
    assert told["other_credentials"]["requests"] == told["other_credentials"]["credentials"] == 0


def test_of_very_many_credentials_the_busiest_are_told_and_the_others_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "MOST_CREDENTIALS", 2)

    told = by_credential(connect(), relation, a_licensee(), Period.parse("2022-03"))

    assert [row["requests"] for row in told["by_credential"]] == [400, 51]
    assert told["other_credentials"] == {
        "credentials": 3,
        "requests": 63,
        "records": {"sum": 0, "known": 63, "unknown": 0},
        "response_bytes": {"sum": 0, "known": 63, "unknown": 0},
        "throttled": 7,
    }
