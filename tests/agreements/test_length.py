from __future__ import annotations

import pytest

from tallystick.agreements.length import calendar_length, fixed_length

SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3_600 * 10**6, 86_400 * 10**6


@pytest.mark.parametrize(
    ("text", "us", "words"),
    [
        ("PT1S", SECOND, "1 second"),
        ("PT90S", 90 * SECOND, "90 seconds"),
        ("PT15M", 15 * MINUTE, "15 minutes"),
        ("PT60M", HOUR, "1 hour"),
        ("PT1H30M", 90 * MINUTE, "90 minutes"),
        ("P1D", DAY, "1 day"),
        ("P1DT1S", DAY + SECOND, "86401 seconds"),
        ("P2W", 14 * DAY, "14 days"),
        ("P365D", 365 * DAY, "365 days"),
        ("P36525D", 36_525 * DAY, "36525 days"),
    ],
)
def test_a_fixed_length_is_read_to_the_microsecond(text: str, us: int, words: str) -> None:
    length = fixed_length(text)

    assert (length.us, length.unit, length.words) == (us, None, words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "P1M",
        "P3M",
        "P1Y",
        "P1W1D",
        "PT1.5H",
        "-P1D",
        "pt1m",
        "15",
        "1D",
        "P1D ",
        "P٣D",
        "PT1M1H",
    ],
)
def test_what_has_no_fixed_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="has no fixed length; write weeks, days"):
        fixed_length(text)


@pytest.mark.parametrize("text", ["PT0S", "P0D", "P0DT0H0M0S"])
def test_nothing_is_no_length(text: str) -> None:
    with pytest.raises(ValueError, match="is no time at all"):
        fixed_length(text)


@pytest.mark.parametrize("text", ["P36526D", "P5219W", "P999999999999999W", "PT99999999999999999999S"])
def test_no_window_is_longer_than_a_hundred_years(text: str) -> None:
    with pytest.raises(ValueError, match="longer than a hundred years"):
        fixed_length(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P1D", "calendar day"),
        ("P1W", "calendar week"),
        ("P1M", "calendar month"),
        ("P3M", "calendar quarter"),
        ("P1Y", "calendar year"),
    ],
)
def test_the_calendar_decides_how_long_its_units_are(text: str, words: str) -> None:
    length = calendar_length(text)

    assert (length.us, length.words) == (None, words)


@pytest.mark.parametrize("text", ["PT1S", "PT7M", "PT60M", "PT1H", "PT3600S"])
def test_a_calendar_has_windows_of_a_second_to_an_hour(text: str) -> None:
    assert calendar_length(text) == fixed_length(text)


@pytest.mark.parametrize("text", ["PT3601S", "PT61M", "PT2H", "PT24H", "P2D", "P7D", "P30D", "P365D"])
def test_a_calendar_has_no_other_windows(text: str) -> None:
    with pytest.raises(ValueError, match="a calendar window is PT1S to PT1H or one of P1D, P1W, P1M, P3M, P1Y"):
        calendar_length(text)


def test_a_day_of_the_calendar_is_not_a_day_of_24_hours() -> None:
    assert calendar_length("P1D") != fixed_length("P1D")


def test_equal_lengths_are_equal_however_they_are_written() -> None:
    assert fixed_length("PT60M") == fixed_length("PT1H") == fixed_length("PT3600S")
    assert len({fixed_length("P7D"), fixed_length("P1W")}) == 1
