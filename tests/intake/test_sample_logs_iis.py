"""Real logs of IIS, read as a plain reading of their words says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intake.telling import counted, told


@pytest.mark.parametrize(
    ("name", "entries", "first_at", "last_at", "fields"),
    [
        ("iis10.log", 1, "2021-04-01T00:00:21", "2021-04-01T00:00:21", 15),
        ("iis10_cookies.log", 3, "2021-04-01T00:00:21", "2021-04-01T00:00:21", 16),
        ("iis7_owa.log", 3, "2015-01-01T22:16:03", "2015-12-31T14:40:38", 14),
    ],
)
def test_the_iis_logs_of_plaso(
    samples: Path, tmp_path: Path, name: str, entries: int, first_at: str, last_at: str, fields: int
) -> None:
    path = samples / "iis-plaso" / name

    file = told(path, tmp_path)

    lines = path.read_text().splitlines()
    [names] = [line.split()[1:] for line in lines if line.startswith("#Fields:")]
    rows = [
        dict(zip(names, line.split(" "), strict=True)) for line in lines if line.strip() and not line.startswith("#")
    ]
    assert (len(rows), len(names)) == (entries, fields)
    assert (file["format"], file["entries"], file["accepted"], file["distinct_ids"]) == ("iis_w3c", entries, entries, 0)
    assert (file["first_at"], file["last_at"]) == (f"{first_at}.000000Z", f"{last_at}.000000Z")
    assert file["top"]["status"] == counted([row["sc-status"] for row in rows]) == {"200": entries}
    assert file["top"]["client_address"] == counted([row["c-ip"] for row in rows])
    assert file["top"]["user_agent"] == counted([row["cs(User-Agent)"] for row in rows])
    assert file["top"]["operation"] == counted([f"{row['cs-method']} {row['cs-uri-stem']}" for row in rows])
    users = [None if row["cs-username"] == "-" else row["cs-username"] for row in rows]
    assert file["top"]["user"] == file["top"]["principal"] == counted(users)
    assert file["per_hour"] == counted([f"{row['date']}T{row['time'][:2]}Z" for row in rows])
    assert file["sums"]["response_bytes"] == {"known": 0, "sum": 0}


def test_no_cookie_of_the_iis_logs_is_told(samples: Path, tmp_path: Path) -> None:
    result = json.dumps(told(samples / "iis-plaso" / "iis10_cookies.log", tmp_path))

    assert "OutlookSession" not in result
    assert "realm" not in result
