"""The second opinion itself: right on every case whose answer is known, and on the words of SEMANTICS drawn small."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from reference.calendars import calendar_window, midnight
from reference.limits import Answer, Call, Edition, Over, Terms, answers
from reference.vectors import SHARED, as_expected, load_cases

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-03-01T{text}+00:00" if "T" not in text else f"{text}+00:00")


def calls(times: str, **stated: Any) -> list[Call]:
    return [Call(received_at=at(time), request_id=f"r{place}", **stated) for place, time in enumerate(times.split())]


def judged(given: list[Call], **stated: Any) -> list[Over]:
    [answer] = answers_of(given, **stated)
    return list(answer.over)


def answers_of(given: list[Call], **stated: Any) -> list[Answer]:
    said: dict[str, Any] = {"of": "requests", "per": "app", "max": 2, "within": "PT15M"}
    edition = Edition(version="v1", in_force_from=LONG_AGO, terms=Terms(**(said | stated)))
    return answers(given, [edition], "Etc/UTC")


@pytest.mark.skipif(not SHARED.is_file(), reason=f"{SHARED.name} does not lie beside this checkout")
def test_every_known_answer_is_the_one_it_gives() -> None:
    cases = load_cases(SHARED)

    found = {case.name: as_expected(case.windows, answers(case.calls, case.editions, case.time_zone)) for case in cases}

    assert len(found) == len(cases) >= 150
    assert found == {case.name: case.expect for case in cases}


def test_sliding_a_tie_counts_in_every_window_that_holds_it() -> None:
    [episode] = judged(calls("10:00:00 10:00:00 10:00:00"), window="sliding")

    assert (episode.used, episode.requests_over) == (3, 3)


def test_sliding_a_window_leaves_out_what_is_as_old_as_it_is_long() -> None:
    assert judged(calls("10:00:00 10:07:00 10:15:00"), window="sliding") == []
    assert len(judged(calls("10:00:00 10:07:00 10:14:59.999999"), window="sliding")) == 1


def test_sliding_a_request_that_is_not_over_ends_an_episode() -> None:
    given = calls("10:00:00 10:00:01 10:00:02 11:00:00 12:00:00 12:00:01 12:00:02")

    assert [(one.start, one.end) for one in judged(given, window="sliding")] == [
        (at("10:00:02"), at("10:00:02")),
        (at("12:00:02"), at("12:00:02")),
    ]


def test_anchored_the_first_request_at_the_end_opens_the_next_window() -> None:
    [window] = judged(calls("10:01:00 10:15:59.999999 10:16:00 10:16:00 10:16:01"), window="anchored")

    assert (window.start, window.used, window.crossed_at) == (at("10:16:00"), 3, at("10:16:01"))


def test_bucket_refills_evenly_and_exactly() -> None:
    # 2 in 15 minutes: one request every seven and a half minutes is always paid for, a microsecond sooner it is not.
    assert judged(calls("10:00:00 10:00:00 10:07:30 10:15:00"), window="bucket") == []

    [refused] = judged(calls("10:00:00 10:00:00 10:07:29.999999 10:15:00"), window="bucket")

    assert (refused.requests_over, refused.start, refused.end) == (1, at("10:07:29.999999"), at("10:07:29.999999"))


def test_bucket_a_request_that_costs_more_than_the_level_leaves_it_as_it_is() -> None:
    given = [Call(received_at=at("10:00:00"), records=amount, request_id=str(amount)) for amount in (1, 2, 3)]

    [refused] = judged(given, window="bucket", of="records", max=3)

    assert refused.requests_over == 1  # 1 and 2 empty it, 3 is over


def test_calendar_a_window_begins_with_its_local_day_and_what_it_holds_counts_to_the_microsecond() -> None:
    assert calendar_window(at("2022-03-27T21:59:59.999999"), "P1D", "Europe/Berlin") == (
        at("2022-03-26T23:00:00"),
        at("2022-03-27T22:00:00"),
    )


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00"),  # midnight is skipped
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T02:30:00"),  # comes twice
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00"),  # a day that nobody had
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00"),
        ("Australia/Lord_Howe", date(2022, 4, 3), "2022-04-02T13:00:00"),  # clocks change by half an hour
    ],
)
def test_a_day_begins_when_clocks_first_show_it_or_a_later_one(zone: str, day: date, begins: str) -> None:
    assert midnight(day, zone) == at(begins)


def test_unknown_amounts_take_no_part_in_windows_and_leave_a_limit_that_is_not_passed_undecided() -> None:
    given = calls("10:00:00 10:00:01", records=1) + calls("10:00:02", records=None)

    [answer] = answers_of(given, window="sliding", of="records")

    assert (answer.counted, answer.unknown, answer.used, answer.verdict) == (3, 1, 2, "not decided")


def test_no_request_in_scope_is_no_answer() -> None:
    assert answers_of(calls("10:00:00", status=429), window="sliding", except_status=(429,)) == []
