"""What a finding states as measured, and for which interval."""

from __future__ import annotations

from typing import Any

import pytest

from report.found import FEE, a_found, a_measured, a_month, a_window, at, judged
from tallystick.report.condition import counted_in, exactness

Row = dict[str, Any]

LIMIT = {"id": "limit", "cites": "§ 4", "says": "So many.", "kind": "limit", "of": "records", "per": "app", "max": 2}
SLIDING = LIMIT | {"window": "sliding", "within": "PT15M"}


def condition(clause: Row, measure: Row, finding: Row | None = None, **stated: Any) -> Row:
    named = {name: measure[name] for name in ("clause", "kind", "key", "verdict")}
    row = finding or a_found(**named, windows=[a_window()] if measure["windows_over"] else [])
    told: Row = judged(clause, measures=[measure], **stated).told(row)["condition"]
    return told


def test_a_limit_states_the_largest_amount_in_a_window_and_where_it_lies() -> None:
    windows = [
        a_window(used=4),
        a_window(start_at=at("2022-05-01T10:00"), end_at=at("2022-05-01T10:09"), clipped=True),
        a_window(start_at=at("2022-06-01T10:00"), end_at=at("2022-06-01T10:09")),
    ]

    assert condition(SLIDING, a_measured(), a_found(windows=windows)) == {
        "reading": "as written",
        "used": 5,
        "limit": 2,
        "max": 2,
        "unit": "records",
        "per": "app",
        "window": "sliding",
        "within": "PT15M",
        "start_at": "2022-05-01T10:00:00.000000Z",
        "end_at": "2022-05-01T10:09:00.000000Z",
        "exactness": "exact",
        "clipped": True,
    }


def test_a_bucket_states_the_requests_beyond_it() -> None:
    said = condition(LIMIT | {"window": "bucket", "within": "PT1H"}, a_measured(peak=None, requests_over=3))

    assert (said["used"], said["unit"], said["window"]) == (3, "requests_over", "bucket")


def test_a_limit_of_which_no_window_was_reckoned_states_no_amount_and_all_that_is_judged() -> None:
    measure = a_measured(peak=None, windows_over=0, verdict="not decided", unknown=4, requests_over=0)
    said = condition(SLIDING, measure, a_found(verdict="not decided", windows=[]), period="2022-02")

    assert (said["used"], said["exactness"]) == (None, "unknown amounts")
    assert (said["start_at"], said["end_at"]) == ("2022-02-01T00:00:00.000000Z", "2022-03-01T00:00:00.000000Z")


def test_the_interval_ends_where_its_version_does() -> None:
    use_case = {"id": "use", "cites": "§ 2", "says": "Approved.", "kind": "use_case"}
    measure = a_measured(clause="use", kind="use_case", peak=None, windows_over=0, used=7, max=0, limit=0)
    row = a_found(clause="use", kind="use_case", windows=[])
    said = condition(use_case, measure, row, version={"in_force_until": "2022-03-01"})

    assert (said["used"], said["unit"], said["per"], said["window"]) == (7, "requests", "app", None)
    assert said["end_at"] == "2022-03-01T00:00:00.000000Z"


def test_a_reading_that_has_the_verdict_is_stated_and_the_clauses_own_words_before_others() -> None:
    readings = [{"id": name, "says": "Other.", "max": most} for name, most in (("a", 3), ("b", 4))]
    clause = SLIDING | {"readings": readings}
    kept, over = a_measured(verdict="kept"), {"verdict": "exceeded", "max": 3, "limit": 3, "peak": 9}
    others = [a_measured(reading=name, **over) for name in ("b", "a")]

    def reading(*measures: Row) -> str:
        row = a_found(windows=[a_window(reading=name) for name in ("as written", "a", "b")])
        return str(judged(clause, measures=measures).told(row)["condition"]["reading"])

    assert reading(kept, *others) == "a"
    assert reading(*others, a_measured()) == "as written"


def test_a_month_of_a_fee_is_stated_as_far_as_it_is_judged() -> None:
    month = a_month("2022-02", "20.00", "10.00", used=40, clipped=True)
    said = condition(FEE, month, period="2022-02-10/2022-04-01")

    assert (said["used"], said["unit"], said["window"], said["within"]) == (40, "requests", "calendar", "P1M")
    assert (said["start_at"][:10], said["end_at"][:10], said["clipped"]) == ("2022-02-10", "2022-03-01", True)


def test_a_total_of_months_is_stated_over_all_that_is_judged() -> None:
    said = condition(FEE, a_month("total", "20.00", "10.00"), period="2022-02-10/2022-04-01")

    assert (said["start_at"][:10], said["end_at"][:10], said["window"]) == ("2022-02-10", "2022-04-01", None)


@pytest.mark.parametrize(
    ("measure", "word"),
    [
        (a_measured(), "exact"),
        (a_measured(unknown=1), "at least"),
        (a_measured(unknown=1, verdict="not decided"), "unknown amounts"),
        (a_measured(verdict="not decided"), "unknown amounts"),
        (a_month("2022-01", "2.00", None), "exact"),
        (a_month("2022-01", "2.00", "1.00", at_least=True), "at least"),
    ],
)
def test_an_amount_is_exact_unless_some_requests_do_not_say_theirs(measure: Row, word: str) -> None:
    assert exactness(measure) == word


@pytest.mark.parametrize(
    ("clause", "key", "said"),
    [
        ({"kind": "concurrency", "per": "credential", "max": 3}, "one", ("requests_in_flight", "credential", None)),
        ({"kind": "backoff", "per": "user", "within": "PT1M"}, "one", ("requests", "user", None)),
        ({"kind": "term"}, "one", ("requests", "credential", None)),
        ({"kind": "use_case"}, "use case: dashboards", ("apps", "use_case", None)),
        ({"kind": "declared", "users": 5, "within": "P1M"}, "halcyon", ("users", "licensee", "P1M")),
        ({"kind": "declared", "users": 5}, "halcyon", ("users", "licensee", None)),
        ({"kind": "declared", "stopped": "2022-02-01"}, "one", ("requests", "app", None)),
        ({"kind": "routes", "methods": ["GET"]}, "one", ("requests", "app", None)),
        (FEE, "2022-01", ("requests", "licensee", "P1M")),
    ],
)
def test_every_kind_of_clause_says_what_it_counts_and_whose_that_is(clause: Row, key: str, said: tuple[str]) -> None:
    named = {"id": "one", "cites": "§ 1", "says": "Words."} | clause
    [statement] = [one for one in judged(named, measures=[]).stated.values() if one.version]
    counted = counted_in(statement, a_measured(kind=statement.kind, key=key, peak=None, windows_over=0))

    assert (counted.unit, counted.per, counted.within) == said
