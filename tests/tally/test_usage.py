"""The small tables of a day: exact sums at their grains, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from building import Row, a_clause, a_request, drawn, lines, shown
from days import rows_of, tallied
from tallystick.agreements.limit import Limit
from tallystick.errors import SumTooLargeError
from tallystick.tables import Table
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tables.usage_file import USAGE_FILE
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.summary import slots_of

EVERY = [USAGE_APP_SLOT, USAGE_APP_ROUTE, USAGE_CREDENTIAL, USAGE_FILE]
MOST = 2**63 - 1


def scoped(**clause: Any) -> Limit:
    return a_clause(window="calendar", within="P1D", **clause).limit_as(None)


def sums(root: Path, rows: list[Row], columns: str, table: Table = USAGE_APP_SLOT) -> list[tuple[Any, ...]]:
    return shown(rows_of(tallied(root, rows), table), columns)


def test_a_quarter_of_an_hour_holds_its_start_and_not_its_end(tmp_path: Path) -> None:
    rows = drawn(a_request, "at\n10:00:00\n10:14:59.999999\n10:15:00\n23:59:59.999999\n00:00:00")

    assert sums(tmp_path, rows, "slot_at requests") == lines("00:00:00 1\n10:00:00 2\n10:15:00 1\n23:45:00 1")


def test_an_unknown_amount_is_counted_as_unknown_and_never_as_nothing(tmp_path: Path) -> None:
    rows = """
    records  response_bytes
    5        100
    -        100
    0        -
    -        -
    """
    assert sums(
        tmp_path, drawn(a_request, rows), "requests records records_unknown response_bytes response_bytes_unknown"
    ) == [(4, 5, 2, 200, 2)]


def test_refused_requests_and_errors_are_told_apart(tmp_path: Path) -> None:
    rows = drawn(a_request, "status\n200\n399\n400\n404\n429\n429\n500\n-")

    assert sums(tmp_path, rows, "is_throttled requests errors") == lines("false 6 3\ntrue 2 0")


def test_duplicates_are_in_no_sum(tmp_path: Path) -> None:
    rows = drawn(a_request, "is_duplicate records\nfalse 1\ntrue 10\ntrue 100")

    for table in EVERY:
        assert sums(tmp_path / table.name, rows, "requests records", table) == [(1, 1)]


def test_requests_of_nobody_are_in_every_standing_table(tmp_path: Path) -> None:
    rows = drawn(a_request, "licensee app credential_id route status\n- - - - -\nhalcyon monitor - - -")

    for table in EVERY:
        assert sums(tmp_path / table.name, rows, "licensee app requests", table) == lines("- - 1\nhalcyon monitor 1")


def test_routes_methods_and_statuses_are_kept_apart_and_so_is_what_is_unknown(tmp_path: Path) -> None:
    rows = """
    method  route   status
    GET     /a      200
    get     /a      200
    GET     /a      201
    GET     /b      200
    -       /a      200
    GET     -       200
    GET     /a      -
    GET     /a      200
    """
    found = sums(tmp_path, drawn(a_request, rows), "method route status requests", USAGE_APP_ROUTE)

    assert sorted(found, key=str) == sorted(
        lines("GET /a 200 2\nget /a 200 1\nGET /a 201 1\nGET /b 200 1\n- /a 200 1\nGET - 200 1\nGET /a - 1"), key=str
    )


def test_a_credential_is_summed_by_app_and_one_that_is_not_known_is_a_credential(tmp_path: Path) -> None:
    rows = """
    app  credential_id  status
    a    k              200
    b    k              200
    a    -              200
    a    k              429
    a    k              200
    """
    found = sums(tmp_path, drawn(a_request, rows), "app credential_id is_throttled requests", USAGE_CREDENTIAL)

    assert found == lines("a - false 1\na k false 2\na k true 1\nb k false 1")


def test_a_log_object_has_a_bit_for_each_utc_hour_in_which_it_has_an_entry_duplicates_included(tmp_path: Path) -> None:
    rows = """
    at               file_id  licensee  is_duplicate
    00:00:00         one      halcyon   false
    00:59:59.999999  one      halcyon   false
    23:59:59.999999  one      halcyon   true
    12:00:00         one      -         false
    11:59:59.999999  two      halcyon   false
    """
    found = sums(tmp_path, drawn(a_request, rows), "file_id licensee hours", USAGE_FILE)

    assert sorted(found, key=str) == sorted(
        [("one", None, 1 << 12), ("one", "halcyon", 1 | 1 << 23), ("two", "halcyon", 1 << 11)], key=str
    )


def test_first_and_last_are_to_the_microsecond(tmp_path: Path) -> None:
    rows = drawn(a_request, "at\n10:00:00.000001\n10:00:00.000002\n10:14:00.999999")

    [row] = rows_of(tallied(tmp_path, rows), USAGE_APP_SLOT)

    assert (row["first_at"].microsecond, row["last_at"].microsecond) == (1, 999_999)


def test_sums_past_two_to_the_fifty_third_are_exact(tmp_path: Path) -> None:
    rows = [a_request(position=place, records=2**53 + 1, response_bytes=MOST // 7) for place in range(7)]

    for table in (one for one in EVERY if one != USAGE_FILE):
        assert sums(tmp_path / table.name, rows, "records response_bytes", table) == [(7 * (2**53 + 1), MOST)]


@pytest.mark.parametrize("amounts", [{"records": MOST}, {"response_bytes": MOST}])
def test_a_sum_past_the_largest_integer_is_an_error_that_names_the_day(tmp_path: Path, amounts: Row) -> None:
    rows = [a_request(position=1, **amounts), a_request(position=2, **dict.fromkeys(amounts, 1))]

    with pytest.raises(SumTooLargeError) as refused:
        tallied(tmp_path, rows)

    assert refused.value.where == "the requests of 2022-03-01"
    assert refused.value.exit_code == 5


def test_any_text_may_be_the_name_of_anything(tmp_path: Path) -> None:
    hostile = "x'); DROP TABLE fine; --\"\n\x1b[31m\u202e%_*"
    names = dict.fromkeys(("licensee", "app", "credential_id", "route", "method"), hostile)

    for table in EVERY:
        assert sums(tmp_path / table.name, [a_request(**names)], "licensee app requests", table) == [
            (hostile, hostile, 1)
        ]


def test_the_grains_of_a_day_add_up_to_its_requests(tmp_path: Path) -> None:
    choices: list[tuple[Any, ...]] = [
        ("halcyon", None),
        ("a", "b"),
        ("k1", None),
        ("/x", None),
        (200, 429, None),
        (7, None),
        (False, False, True),
    ]
    names = ("licensee", "app", "credential_id", "route", "status", "records", "is_duplicate")
    rows = [
        a_request(at=f"{place % 24:02}:{place % 60:02}:00", position=place, **dict(zip(names, values, strict=True)))
        for place, values in enumerate(product(*choices))
    ]
    counted = [row for row in rows if not row["is_duplicate"]]
    lake = tallied(tmp_path, rows)

    for table in EVERY:
        found = rows_of(lake, table)
        assert sum(row["requests"] for row in found) == len(counted)
        assert sum(row["records"] for row in found) == 7 * sum(row["records"] == 7 for row in counted)
        assert sum(row["records_unknown"] for row in found) == sum(row["records"] is None for row in counted)


# ── sums in one clause's scope ────────────────────────────────────────────────────────────────────────────────────────

SCOPED = """
at        app  credential_id  user  method  route    status  records
10:00:00  a    k1             u1    GET     /search  200     1
10:01:00  a    k2             u1    GET     /search  429     2
10:20:00  b    k1             u2    POST    /search  200     4
10:21:00  b    k1             -     GET     /tweets  500     -
10:22:00  b    -              u2    -       /search  -       16
10:23:00  b    k1             u2    GET     -        200     32
"""


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (
            {"per": "credential"},
            """
            -   10:15:00  1  1  16  0
            k1  10:00:00  1  1  1   0
            k1  10:15:00  3  3  36  1
            """,
        ),
        (
            {"per": "credential", "counts": {"except_status": []}},
            """
            -   10:15:00  1  1  16  0
            k1  10:00:00  1  1  1   0
            k1  10:15:00  3  3  36  1
            k2  10:00:00  1  0  2   0
            """,
        ),
        (
            {"per": "user"},
            """
            -   10:15:00  1  1  0   1
            u1  10:00:00  1  1  1   0
            u2  10:15:00  3  3  52  0
            """,
        ),
        (
            {"per": "app", "counts": {"routes": ["GET /search", "/search"]}},
            """
            a  10:00:00  1  1  1   0
            b  10:15:00  2  2  20  0
            """,
        ),
        ({"per": "app", "counts": {"routes": ["* /search"], "statuses": [429]}}, "a  10:00:00  1  0  2  0"),
        ({"per": "app", "counts": {"methods": ["post"]}}, "b  10:15:00  1  1  4  0"),
        ({"per": "licensee", "counts": {"statuses": [500]}}, "halcyon  10:15:00  1  1  0  1"),
    ],
)
def test_a_scope_sums_just_the_requests_that_its_clause_counts(
    tmp_path: Path, clause: Mapping[str, Any], expected: str
) -> None:
    wanted = scoped(**clause)
    lake = tallied(tmp_path, drawn(a_request, SCOPED), wanted)

    rows = [row for row in rows_of(lake, USAGE_SCOPE) if row["summary_id"] == slots_of(wanted).id]
    found = shown(rows, "key slot_at requests served records records_unknown")

    assert found == lines(expected)


def test_scopes_that_a_standing_table_has_are_not_summed_again(tmp_path: Path) -> None:
    standing: list[dict[str, Any]] = [{}, {"except_status": [429]}, {"except_status": []}]
    limits = [scoped(per=per, counts=counts) for per in ("licensee", "app") for counts in standing]

    assert rows_of(tallied(tmp_path, drawn(a_request, SCOPED), *limits), USAGE_SCOPE) == []


def test_requests_of_nobody_are_in_no_clauses_scope(tmp_path: Path) -> None:
    rows = [a_request(licensee=None, app=None, user="u1")]

    assert rows_of(tallied(tmp_path, rows, scoped(per="user")), USAGE_SCOPE) == []


def test_a_file_has_its_requests_and_duplicates_by_app(tmp_path: Path) -> None:
    rows = """
    app   file_id  records  is_duplicate  conflict
    a     f1       5        false         false
    a     f1       -        false         true
    a     f1       9        true          true
    a     f2       9        true          false
    b     f1       1        false         false
    """
    names = "app file_id requests records records_unknown duplicate conflict"
    assert sums(tmp_path, drawn(a_request, rows), names, USAGE_FILE) == lines("""
    a  f1  2  5  1  1  1
    a  f2  0  0  0  1  0
    b  f1  1  1  0  0  0
    """)
