from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from building import DAY, Row, a_request, a_version, drawn, us
from clauses.judged import STATED, judge_clause
from reference.flights import followed, intervals, most_in_flight
from tallystick.clauses.result import Measure
from tallystick.period import to_text

TWO = {"kind": "concurrency", "per": "app", "max": 2}
CASES = """
    app         at               duration_us  status
    at-most     10:00:00         1000000      200
    at-most     10:00:00         1000000      200
    at-most     10:00:01         1000000      200
    over        10:00:00         1000001      200
    over        10:00:00         1000001      200
    over        10:00:01         5            200
    nothing     10:00:00         0            200
    nothing     10:00:00         0            200
    nothing     10:00:00         0            503
    refused     10:00:00         9000000      429
    refused     10:00:00         9000000      429
    refused     10:00:00         9000000      200
    unsaid      10:00:00         -            200
    unsaid      10:00:00         9000000      200
    days        10:00:00         86400000001  200
    over-still  10:00:00         -            200
    over-still  10:00:00         7            200
    over-still  10:00:00         7            200
    over-still  10:00:00         7            200
"""
EXPECTED = {
    "at-most": (3, 2, "kept"),  # one that ends at an instant is in flight no more
    "over": (3, 3, "exceeded"),
    "nothing": (3, 3, "exceeded"),  # what took no time was in flight at its own instant
    "refused": (1, 1, "kept"),
    "unsaid": (2, 1, "not decided"),
    "days": (1, None, "not decided"),
    "over-still": (4, 3, "exceeded"),
}


def peaks(measures: dict[str | None, Measure]) -> dict[str | None, tuple[int, int | None, str]]:
    return {key: (one.counted, one.peak, one.verdict) for key, one in measures.items()}


@pytest.mark.parametrize("only_raw", [False, True])
def test_the_most_in_flight_at_once_is_measured_for_its_key(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), TWO, only_raw=only_raw)

    assert peaks(judged.measures) == EXPECTED
    assert judged.terms == "at most 2 requests in flight at once per app"
    assert judged.measures["unsaid"].missing == "1 of 2 requests do not say how long they took, up to a day"
    [over] = judged.measures["over"].windows
    assert (over.start_us, over.end_us, over.used, over.over) == (us("10:00:01"), us("10:00:01.000001"), 3, 1)
    assert (over.peak_us, over.requests_over, over.served_over) == (us("10:00:01"), 1, 1)


def test_what_is_kept_is_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), TWO | {"max": 3})

    assert {(one.decided_from, one.rows_read) for one in judged.measures.values()} == {("usage_peak", 0)}


def test_requests_are_in_flight_over_midnight_and_days_without_one(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   duration_us  position
        23:59:59             2000000      1
        23:59:59             2000000      2
        2022-03-02T00:00:00  5000000      3
        2022-03-02T00:00:03  500000       4
        """,
    )

    [measure] = judge_clause(tmp_path, rows, TWO).measures.values()

    [over] = measure.windows
    assert (measure.peak, over.start_us, over.end_us) == (
        3,
        us("2022-03-02T00:00:00"),
        us("2022-03-02T00:00:01"),
    )
    assert [one.position for one in measure.witnesses] == [3]


def test_what_began_before_the_period_is_not_in_flight_in_it(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        "at duration_us\n23:59:59 2000000\n23:59:59 2000000\n2022-03-02T00:00:00 9000000\n2022-03-02T00:00:01 9000000",
    )

    [day] = judge_clause(tmp_path / "a", rows, TWO, period="2022-03-02").measures.values()
    [part] = judge_clause(
        tmp_path / "b", rows, TWO, period="2022-03-01T23:59:59Z/2022-03-02T00:00:01Z"
    ).measures.values()
    [cut] = judge_clause(
        tmp_path / "c", rows, TWO | {"max": 1}, period="2022-03-02/2022-03-02T00:00:02Z"
    ).measures.values()

    assert (day.peak, day.rows_read, part.peak, part.counted) == (2, 0, 3, 3)
    assert [(over.end_us, over.is_clipped) for over in cut.windows] == [(us("2022-03-02T00:00:02"), True)]


def test_requests_that_do_not_say_their_key_are_not_decided(tmp_path: Path) -> None:
    rows = drawn(a_request, "credential_id at duration_us\nk1 10:00:00 5\n- 10:00:00 5")

    judged = judge_clause(tmp_path, rows, TWO | {"per": "credential"})

    assert peaks(judged.measures) == {"k1": (1, 1, "kept"), None: (1, None, "not decided")}


def test_only_the_requests_that_the_clause_counts_are_in_flight(tmp_path: Path) -> None:
    rows = drawn(a_request, "method route duration_us\nGET /a 9\nGET /a 9\nGET /b 9\nPOST /a 9\n- - 9")

    judged = judge_clause(tmp_path, rows, TWO | {"counts": {"routes": ["GET /a"], "methods": ["GET"]}})

    assert peaks(judged.measures) == {"monitor": (2, 2, "not decided")}


@pytest.mark.parametrize("said", [{}, {"per": "app"}, {"per": "app", "max": -1}, {"per": "app", "max": True}])
def test_a_clause_without_a_number_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "concurrency"} | said)


SECOND_US = 1_000_000
FLIGHTS = st.lists(
    st.tuples(
        st.integers(-6, 6),
        st.integers(-1, 1),
        st.sampled_from((None, 0, 1, SECOND_US, 2 * SECOND_US, 3 * SECOND_US + 1, 86_400 * SECOND_US)),
    ),
    min_size=1,
    max_size=24,
)


@settings(
    max_examples=80, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(calls=FLIGHTS, starts=st.sampled_from((-4, 0, 1)), lasts=st.sampled_from((3, 86_400)), most=st.integers(0, 4))
def test_the_second_opinion_finds_the_same_around_midnight(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[tuple[int, int, int | None]],
    starts: int,
    lasts: int,
    most: int,
) -> None:
    midnight = us(f"{DAY}T00:00:00")
    plain = [(midnight + steps * SECOND_US + jitter, took) for steps, jitter, took in calls]
    begins, ends = midnight + starts * SECOND_US, midnight + (starts + lasts) * SECOND_US
    rows: list[Row] = [
        a_request(at=to_text(at_us).rstrip("Z"), duration_us=took, position=place)
        for place, (at_us, took) in enumerate(plain, 1)
    ]
    spans = followed(plain, begins, ends)

    judged = judge_clause(
        tmp_path_factory.mktemp("lake"), rows, TWO | {"max": most}, period=f"{to_text(begins)}/{to_text(ends)}"
    )

    for measure in (one for one in judged.measures.values() if one.counted):
        peak = None if measure.peak is None or measure.peak_us is None else (measure.peak, measure.peak_us)
        assert peak == most_in_flight(spans)
        found = [(one.start_us, one.end_us, one.used, one.requests_over) for one in measure.windows]
        assert found == intervals(spans, most, ends)
        assert measure.unknown == sum(begins <= at_us < ends for at_us, _ in plain) - len(spans)


def test_counts_are_right_for_many_keys_at_once() -> None:
    from tallystick.tally.concurrency import in_flight

    keys = np.array([0, 0, 1, 1, 1], np.int64)
    begins, ends = np.array([5, 9, 1, 1, 4], np.int64), np.array([9, 10, 4, 9, 6], np.int64)

    assert in_flight(keys, begins, ends).tolist() == [1, 1, 2, 2, 2]
