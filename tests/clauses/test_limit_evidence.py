"""From what a limit is decided, and the requests that it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import a_request, drawn, requests, us
from clauses.test_limit import DAY, measure, measures

# ── from what it was decided ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("clause", "table"),
    [
        ({"window": "sliding", "within": "PT15M"}, "usage_peak"),
        ({"window": "anchored", "within": "PT15M"}, "usage_peak"),
        ({"window": "bucket", "within": "PT15M"}, "usage_peak"),
        ({"window": "sliding", "within": "P30D"}, "usage_app_slot"),
        ({"window": "calendar", "within": "PT10M"}, "usage_peak"),
        ({"window": "calendar", "within": "P1M"}, "usage_app_slot"),
        ({"window": "calendar", "within": "P1M", "per": "credential"}, "usage_scope"),
        ({"window": "calendar", "within": "P1M", "counts": {"except_status": [500]}}, "usage_scope"),
    ],
    ids=str,
)
def test_a_limit_that_is_kept_is_decided_without_a_request(tmp_path: Path, clause: dict[str, Any], table: str) -> None:
    rows = requests("00:00:00 10:00:00 23:59:59.999999 2022-03-02T00:00:00 2022-12-31T23:59:59", credential_id="k")

    found = measure(tmp_path, rows, max=5, **clause)

    assert (found.verdict, found.decided_from, found.rows_read) == ("kept", table, 0)


def test_of_a_limit_that_is_not_kept_only_the_days_that_are_over_are_read(tmp_path: Path) -> None:
    calm = requests("2022-03-02T10:00:00 2022-03-03T10:00:00 2022-03-04T10:00:00")

    found = measure(tmp_path, [*calm, *requests("10:00:00 10:00:00 10:00:00")])

    assert (found.verdict, found.decided_from, found.rows_read) == ("exceeded", "request", 3)


def test_what_is_decided_from_requests_says_so(tmp_path: Path) -> None:
    found = measure(tmp_path, requests("10:00:00"), only_raw=True)

    assert (found.verdict, found.decided_from, found.rows_read) == ("kept", "request", 2)


# ── evidence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_requests_that_are_over_are_the_evidence(tmp_path: Path) -> None:
    rows = requests("10:00:00 10:00:01 10:00:02 10:00:03 10:00:04 10:00:05", request_id="r", file_id="f7")

    found = measure(tmp_path, rows, max=1)

    assert [(one.file_id, one.position, one.received_us) for one in found.witnesses] == [
        ("f7", place, us(f"10:00:0{place - 1}")) for place in (2, 3, 4)
    ]
    assert {one.source for one in found.witnesses} == {"edge"}


def test_the_evidence_of_a_window_begins_with_the_request_that_crossed(tmp_path: Path) -> None:
    rows = requests("10:00:00 11:00:00 12:00:00 13:00:00")

    assert [one.received_us for one in measure(tmp_path, rows, **DAY).witnesses] == [us("12:00:00"), us("13:00:00")]


def test_a_limit_that_is_kept_has_no_evidence(tmp_path: Path) -> None:
    assert measure(tmp_path, requests("10:00:00")).witnesses == ()


def test_the_evidence_is_of_the_key_and_the_scope(tmp_path: Path) -> None:
    rows = drawn(a_request, "at app status\n10:00:00 a 200\n10:00:01 b 200\n10:00:02 a 429\n10:00:03 a 200")

    found = measures(tmp_path, rows, max=0)

    assert [(one.key, [w.position for w in one.witnesses]) for one in found] == [("a", [1, 4]), ("b", [2])]


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", ["it's", "'; DROP TABLE request; --", "%", "$key", "\x1b[31m", "ü\u202e", ""])
@pytest.mark.parametrize("window", ["sliding", "calendar", "anchored"])
def test_any_text_may_be_a_key(tmp_path: Path, key: str, window: str) -> None:
    rows = requests("10:00:00 10:00:00 10:00:00", user=key)

    found = measure(tmp_path, rows, per="user", window=window, within="PT15M")

    assert (found.key, found.verdict) == (key, "exceeded")
    assert len(found.witnesses) == 3


def test_a_licensee_sees_nothing_of_another(tmp_path: Path) -> None:
    rows = requests("10:00:00 10:00:00 10:00:00", licensee="kestrel", user="u") + requests("10:00:00", user="u")

    for per in ("licensee", "app", "user"):
        assert measure(tmp_path / per, rows, per=per).counted == 1


def test_the_peak_is_the_largest_window_and_when_it_is_first_reached(tmp_path: Path) -> None:
    rows = requests("10:00:00 10:00:01 12:00:00 12:00:01 2022-03-02T10:00:00")

    found = measure(tmp_path, rows, max=5)

    assert (found.peak, found.peak_us) == (2, us("10:00:01"))
