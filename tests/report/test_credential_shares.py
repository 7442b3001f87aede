"""How an app's requests are spread over its credentials, from the usage of whole days."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from building import a_licensee
from tallystick.duck import connect
from tallystick.period import Period
from tallystick.report.causes import CredentialShare
from tallystick.report.consumption import credential_shares
from tallystick.tables import Table
from tallystick.tables.usage_credential import USAGE_CREDENTIAL

USAGE = (  # licensee, day, app, credential, refused, requests
    ("halcyon", "2022-03-01", "monitor", "key-1", False, 30),
    ("halcyon", "2022-03-01", "monitor", "key-1", True, 5),
    ("halcyon", "2022-03-02", "monitor", "key-1", False, 16),
    ("halcyon", "2022-03-02", "monitor", "key-2", False, 49),
    ("halcyon", "2022-03-02", "monitor", None, False, 400),
    ("halcyon", "2022-03-02", "archive", "key-3", False, 7),
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
        "archive": CredentialShare(requests=7, largest=7, credentials=1),
        "monitor": CredentialShare(requests=100, largest=51, credentials=2),
    }
