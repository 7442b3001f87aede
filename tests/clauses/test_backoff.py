from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from building import DAY, Row, a_request, a_version, drawn, us
from clauses.judged import STATED, judge_clause
from reference.backoff import Call, inside_windows
from tallystick.period import to_text

WAIT = {"kind": "backoff", "within": "PT1M"}
CASES = """
    app          at                status
    waits        10:00:00          429
    waits        10:01:00          200
    too-soon     10:00:00          429
    too-soon     10:00:59.999999   200
    again        10:00:00          429
    again        10:00:30          429
    again        10:01:20          200
    again        10:02:00          200
    same-time    10:00:00          429
    same-time    10:00:00          200
    never        10:00:00          200
    never        10:00:01          503
    no-status    10:00:00          -
    no-status    10:00:01          200
    both         10:00:00          429
    both         10:00:01          -
"""
EXPECTED = {
    "waits": (2, 0, "kept"),
    "too-soon": (2, 1, "exceeded"),
    "again": (4, 2, "exceeded"),  # a refusal inside a window opens one of its own
    "same-time": (2, 0, "kept"),
    "never": (2, 0, "kept"),
    "no-status": (2, 0, "not decided"),  # it may have been a refusal
    "both": (2, 1, "exceeded"),
}


@pytest.mark.parametrize("only_raw", [False, True])
def test_a_request_inside_of_a_refusals_window_is_measured_for_its_key(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), WAIT, only_raw=only_raw)

    assert judged.verdicts() == EXPECTED
    assert judged.terms == "no request per app within 1 minute after one was refused with 429"
    assert (judged.measures["again"].requests_over, judged.measures["again"].served_over) == (2, 1)
    assert judged.measures["no-status"].missing == "1 of 2 requests do not say whether they were refused"


def test_whole_days_are_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), WAIT)

    assert {(one.decided_from, one.rows_read) for one in judged.measures.values()} == {("usage_backoff", 0)}


def test_as_many_as_the_clause_permits_are_kept(tmp_path: Path) -> None:
    rows = drawn(a_request, "at status\n10:00:00 429\n10:00:01 200\n10:00:02 200")

    assert judge_clause(tmp_path / "a", rows, WAIT | {"max": 2}).verdicts() == {"monitor": (3, 2, "kept")}
    exceeded = judge_clause(tmp_path / "b", rows, WAIT | {"max": 1})
    assert exceeded.verdicts() == {"monitor": (3, 2, "exceeded")}
    assert exceeded.terms == "at most 1 request in all per app within 1 minute after one was refused with 429"


def test_a_window_reaches_over_midnight(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   status  position
        23:59:50             429     1
        2022-03-02T00:00:10  200     2
        2022-03-02T00:00:50  200     3
        """,
    )

    [measure] = judge_clause(tmp_path, rows, WAIT).measures.values()

    assert (measure.used, [one.position for one in measure.witnesses]) == (1, [2])


def test_a_refusal_before_the_period_opens_no_window_in_it(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   status
        23:59:50             429
        2022-03-02T00:00:10  200
        2022-03-02T12:00:00  429
        2022-03-02T12:00:30  200
        """,
    )

    [whole] = judge_clause(tmp_path / "a", rows, WAIT, period="2022-03-02").measures.values()
    [part] = judge_clause(tmp_path / "b", rows, WAIT, period="2022-03-02T12:00:00Z/2022-03-03").measures.values()
    [after] = judge_clause(tmp_path / "c", rows, WAIT, period="2022-03-02T12:00:01Z/2022-03-03").measures.values()

    assert (whole.used, whole.rows_read, part.used, after.used) == (1, 0, 1, 0)
    assert part.rows_read == 2


def test_refusals_are_those_of_the_same_key(tmp_path: Path) -> None:
    rows = drawn(a_request, "app credential_id at status\na k1 10:00:00 429\nb k2 10:00:01 200\nb - 10:00:02 200")

    assert judge_clause(tmp_path / "a", rows, WAIT).verdicts() == {"a": (1, 0, "kept"), "b": (2, 0, "kept")}
    assert judge_clause(tmp_path / "b", rows, WAIT | {"per": "licensee"}).verdicts() == {"halcyon": (3, 2, "exceeded")}
    by_credential = judge_clause(tmp_path / "c", rows, WAIT | {"per": "credential"})
    assert by_credential.verdicts() == {
        "k1": (1, 0, "kept"),
        "k2": (1, 0, "kept"),
        None: (1, 0, "not decided"),
    }
    assert by_credential.measures[None].missing == "1 requests do not say their credential"


def test_a_second_entry_of_a_request_is_no_request(tmp_path: Path) -> None:
    rows = drawn(a_request, "at status is_duplicate\n10:00:00 429 false\n10:00:01 200 true")

    assert judge_clause(tmp_path, rows, WAIT).verdicts() == {"monitor": (1, 0, "kept")}


@pytest.mark.parametrize("said", [{}, {"within": "P2D"}, {"within": "P1M"}, {"within": "PT1M", "max": -1}])
def test_a_clause_without_a_window_of_at_most_a_day_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "backoff"} | said)


STEP_US = 15_000_000
CALLS = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(-1, 1), st.sampled_from("ab"), st.sampled_from((200, 429, 429, 503))),
    min_size=1,
    max_size=20,
)


@settings(
    max_examples=60, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(calls=CALLS, starts=st.sampled_from((-4, 0, 1)), lasts=st.sampled_from((2, 86_400 // 15)))
def test_the_second_opinion_counts_the_same_around_midnight(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, int, str, int]], starts: int, lasts: int
) -> None:
    midnight = us(f"{DAY}T00:00:00")
    plain: list[Call] = [(midnight + steps * STEP_US + jitter, key, status) for steps, jitter, key, status in calls]
    begins, ends = midnight + starts * STEP_US, midnight + (starts + lasts) * STEP_US
    rows: list[Row] = [
        a_request(at=to_text(at_us).rstrip("Z"), app=key, status=status, position=place)
        for place, (at_us, key, status) in enumerate(plain, 1)
    ]
    period = f"{to_text(begins)}/{to_text(ends)}"

    judged = judge_clause(tmp_path_factory.mktemp("lake"), rows, WAIT, period=period)

    measured = {key: (one.used, one.served_over) for key, one in judged.measures.items() if one.used}
    assert measured == {k: v for k, v in inside_windows(plain, 60_000_000, begins, ends).items() if v[0]}
