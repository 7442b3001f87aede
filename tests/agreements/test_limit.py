"""What a limit says: tolerance, readings, and which requests count, each with what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from building import a_clause
from tallystick.agreements.limit import tolerated

MOST = 2**63 - 1


def refusal(**clause: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        a_clause(**clause)
    return str(refused.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    ("most", "tolerance", "added"),
    [
        (100, None, 0),
        (100, 0, 0),
        (100, 7, 7),
        (100, "2 %", 2),
        (100, "2%", 2),
        (149, "2 %", 2),  # rounded down
        (49, "2 %", 0),
        (1_000_000, "0.0001 %", 1),
        (1_000_000, "0.5 %", 5_000),
        (2**53 + 1, "100 %", 2**53 + 1),  # no float would know
        (3 * 10**18, "33.3333 %", 999_999_000_000_000_000),
        (0, "999.9999 %", 0),
    ],
)
def test_a_tolerance_is_a_number_or_a_percentage_rounded_down(most: int, tolerance: Any, added: int) -> None:
    assert tolerated(most, tolerance) == added
    assert a_clause(max=most, tolerance=tolerance).limit_as(None).limit == most + added


@pytest.mark.parametrize(
    "tolerance", [-1, "2", "-2 %", "2.00001 %", "1000 %", " 2 %", "2 %%", "two %", "٢ %", "1e3 %", ""]
)
def test_anything_else_is_no_tolerance(tolerance: Any) -> None:
    assert 'a tolerance is a number, or a percentage such as "2 %"' in refusal(tolerance=tolerance)


@pytest.mark.parametrize("clause", [{"max": True}, {"tolerance": True}, {"counts": {"statuses": [True]}}])
def test_true_is_no_number(clause: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a whole number is needed, not true or false"):
        a_clause(**clause)


@pytest.mark.parametrize("most", [-1, MOST + 1, 1.5, "many", None])
def test_a_maximum_is_a_whole_number_that_a_table_can_hold(most: Any) -> None:
    assert refusal(max=most)
    assert a_clause(max=MOST).limit_as(None).limit == MOST


@pytest.mark.parametrize(("most", "tolerance"), [(MOST, 1), (2**62, "100 %"), (0, 2**63)])
def test_a_maximum_with_its_tolerance_is_one_too(most: int, tolerance: Any) -> None:
    assert "max and tolerance together are past 9,223,372,036,854,775,807" in refusal(max=most, tolerance=tolerance)


def test_a_maximum_of_nothing_forbids_all() -> None:
    assert a_clause(max=0).limit_as(None).limit == 0


# ── which requests count ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("counts", "without"),
    [
        (None, (429,)),
        ({}, (429,)),
        ({"routes": ["GET /x"]}, (429,)),
        ({"except_status": []}, ()),
        ({"except_status": [503]}, (503,)),
        ({"statuses": [200]}, ()),
        ({"statuses": [200, 429], "except_status": [429]}, (429,)),
    ],
)
def test_requests_refused_with_429_do_not_count_unless_the_clause_says_which_do(
    counts: dict[str, Any] | None, without: tuple[int, ...]
) -> None:
    assert a_clause(counts=counts).limit_as(None).scope.without == without


@pytest.mark.parametrize("key", ["routes", "methods", "statuses"])
def test_a_scope_that_nothing_can_be_in_is_refused(key: str) -> None:
    assert "at least 1 item" in refusal(counts={key: []})


# ── readings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reading_states_only_what_differs() -> None:
    clause = a_clause(max=10, tolerance=1, readings=[{"id": "longer", "says": "An hour.", "within": "PT1H"}])

    limit = clause.limit_as(clause.readings[0])

    assert (limit.of, limit.per, limit.max, limit.limit, limit.window) == ("requests", "app", 10, 11, "sliding")
    assert limit.length.us == 3_600 * 10**6


def test_a_reading_may_take_back_a_tolerance_or_a_scope() -> None:
    clause = a_clause(
        tolerance=5,
        counts={"routes": ["GET /x"]},
        readings=[{"id": "strict", "says": "No more.", "tolerance": 0}, {"id": "all", "says": "All.", "counts": {}}],
    )
    strict, every = (clause.limit_as(reading) for reading in clause.readings)

    assert (strict.limit, strict.scope.routes) == (2, ("GET /x",))
    assert (every.limit, every.scope.routes) == (7, None)


@pytest.mark.parametrize(
    "reading",
    [
        {},
        {"max": 2},
        {"within": "PT900S"},
        {"tolerance": 0},
        {"tolerance": "49 %"},
        {"counts": {}},
        {"counts": {"except_status": [429, 429]}},
    ],
)
def test_a_reading_that_changes_nothing_is_refused(reading: dict[str, Any]) -> None:
    said = refusal(readings=[{"id": "other", "says": "Otherwise.", **reading}])

    assert "the reading 'other' changes nothing against 'as written'" in said


def test_two_readings_that_say_the_same_are_refused() -> None:
    same = [{"id": name, "says": "So.", "within": within} for name, within in (("one", "PT60M"), ("two", "PT1H"))]

    assert "the reading 'two' changes nothing against 'one'" in refusal(readings=same)


def test_a_reading_stands_once() -> None:
    twice = [{"id": "one", "says": "So.", "max": most} for most in (3, 4)]

    assert "the reading 'one' stands twice" in refusal(readings=twice)


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ({"window": "calendar", "within": "P2D"}, "a calendar window is PT1S to PT1H"),
        ({"window": "sliding", "within": "P1M"}, "'P1M' has no fixed length"),
        ({"within": "P1Y"}, "'P1Y' has no fixed length"),
    ],
)
def test_a_reading_is_held_to_the_lengths_of_its_window(reading: dict[str, Any], said: str) -> None:
    assert said in refusal(readings=[{"id": "other", "says": "So.", **reading}])
