"""The five forms of a period, read in any zone, to the microsecond; and what is no period."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.calendars import midnight
from tallystick.errors import BadPeriodError, UsageError
from tallystick.period import DAY_US, Period, add_months, local_midnight_us, parse_instant_us, to_instant, to_text

UTC = ZoneInfo("Etc/UTC")


def ends(text: str, zone: str = "Etc/UTC") -> tuple[str, str]:
    period = Period.parse(text, ZoneInfo(zone))
    return to_text(period.start_us), to_text(period.end_us)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022", "2022-01-01", "2023-01-01"),
        ("2022-Q1", "2022-01-01", "2022-04-01"),
        ("2022-Q4", "2022-10-01", "2023-01-01"),
        ("2022-12", "2022-12-01", "2023-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2022-12-05", "2022-12-05", "2022-12-06"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2022-12-31", "2022-12-31", "2023-01-01"),
        ("2022-01-01/2022-03-01", "2022-01-01", "2022-03-01"),
    ],
)
def test_a_period_is_half_open(text: str, start: str, end: str) -> None:
    assert ends(text) == (f"{start}T00:00:00.000000Z", f"{end}T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2022", "America/Los_Angeles", "2022-01-01T08:00", "2023-01-01T08:00"),
        ("2022-03-27", "Europe/Berlin", "2022-03-26T23:00", "2022-03-27T22:00"),  # 23 hours
        ("2022-10-30", "Europe/Berlin", "2022-10-29T22:00", "2022-10-30T23:00"),  # 25 hours
        ("2022-04-03", "Australia/Lord_Howe", "2022-04-02T13:00", "2022-04-03T13:30"),  # 24 and a half
        ("2022-10-02", "Australia/Lord_Howe", "2022-10-01T13:30", "2022-10-02T13:00"),
        ("2022-06-01", "Asia/Kathmandu", "2022-05-31T18:15", "2022-06-01T18:15"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00", "2018-11-05T02:00"),  # begins at 01:00
        ("2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00", "2018-11-04T03:00"),
        ("2018-02-17", "America/Sao_Paulo", "2018-02-17T02:00", "2018-02-18T03:00"),  # its last hour comes twice
        ("2010-11-07", "America/St_Johns", "2010-11-07T02:30", "2010-11-08T03:30"),  # its midnight comes twice
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00", "2011-12-31T10:00"),
        ("2011-12-29", "Pacific/Apia", "2011-12-29T10:00", "2011-12-30T10:00"),
        ("2011-12", "Pacific/Apia", "2011-12-01T10:00", "2011-12-31T10:00"),  # 30 days
        ("2022-01-01T00:00/2022-01-02", "America/New_York", "2022-01-01T05:00", "2022-01-02T05:00"),
        ("2022-01-01T00:00+02:00/2022-01-02", "America/New_York", "2021-12-31T22:00", "2022-01-02T05:00"),
        ("2022-01-01T00:00Z/2022-01-01T00:00:01Z", "Asia/Kathmandu", "2022-01-01T00:00", "2022-01-01T00:00:01"),
        ("2018-11-04T00:30/2018-11-04T02:00", "America/Sao_Paulo", "2018-11-04T03:30", "2018-11-04T04:00"),
    ],
)
def test_a_period_is_read_in_its_zone(text: str, zone: str, start: str, end: str) -> None:
    def full(instant: str) -> str:
        return f"{instant}:00.000000Z" if instant.count(":") == 1 else f"{instant}.000000Z"

    assert ends(text, zone) == (full(start), full(end))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "22",
        "2022-1",
        "2022-Q0",
        "2022-Q5",
        "2022-q1",
        "2022-00",
        "2022-13",
        "2022-02-29",
        "2022-W01",
        "20220101",
        "0000",
        "9999",
        "9999-12-31",
        "٢٠٢٢",
        "2022\n",
        "last year",
        "/",
        "2022/2023",
        "2022-01-01/",
        "/2022-01-01",
        "2022-01-01/2022-02-01/2022-03-01",
        "2022-01-01/2022-13-01",
        "2022-01-01T24:00/2022-02-01",
        "2022-01-01T00:00:00.1234567/2022-02-01",
        "2022-01-01 00:00/2022-02-01",
        "2022-01-01\x1b00:00/2022-02-01",
        "2022-01-01\u202e00:00/2022-02-01",
        "../../etc",
        "2022-01-01/../../etc",
    ],
)
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(BadPeriodError) as refused:
        Period.parse(text, UTC)

    assert repr(text)[1:10] in str(refused.value) or "is not an ISO 8601 date" in str(refused.value)
    assert (
        refused.value.next_step
        == "write 2022, 2022-Q4, 2022-12, 2022-12-05 or START/END, for example 2022-01-01/2022-03-01"
    )
    assert isinstance(refused.value, UsageError)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2022-02-01/2022-01-01", "Etc/UTC"),
        ("2022-01-01/2022-01-01", "Etc/UTC"),
        ("2022-01-01T05:00Z/2022-01-01", "America/New_York"),
        ("2011-12-30", "Pacific/Apia"),  # a day that Apia never had
    ],
)
def test_a_period_holds_some_time(text: str, zone: str) -> None:
    with pytest.raises(BadPeriodError, match="holds no time"):
        Period.parse(text, ZoneInfo(zone))


@pytest.mark.parametrize("text", ["0001", "0001-01-01", "0001-01-01T00:00/2022-01-01", "0001-01-01/2022-01-01"])
def test_a_year_before_the_calendar_of_utc_is_refused(text: str) -> None:
    with pytest.raises(BadPeriodError):
        Period.parse(text, ZoneInfo("Asia/Kathmandu"))


def test_a_period_touches_every_utc_day_of_which_it_holds_a_microsecond() -> None:
    period = Period.parse("2022-01-01T23:59:59.999999Z/2022-01-03T00:00:00.000001Z", UTC)

    assert list(period.utc_days()) == [date(2022, 1, 1), date(2022, 1, 2), date(2022, 1, 3)]
    assert list(Period.parse("2022-01-02", UTC).utc_days()) == [date(2022, 1, 2)]
    assert len(list(Period.parse("2022", ZoneInfo("America/New_York")).utc_days())) == 366


def test_a_period_contains_its_start_and_not_its_end() -> None:
    period = Period.parse("2022", UTC)

    assert [period.contains(us) for us in (period.start_us - 1, period.start_us, period.end_us - 1, period.end_us)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("2022-Q4", "2022-Q4"),
        ("2022-01-01/2022-03-01", "2022-01-01_2022-03-01"),
        ("2022-01-01T10:00:00+02:00/2022-03-01", "2022-01-01T100000p0200_2022-03-01"),
    ],
)
def test_a_slug_is_one_folder_name(text: str, slug: str) -> None:
    assert Period.parse(text, UTC).slug == slug


TEXTS = st.text("0123456789-/:.,+TZQW \n\x1b%\\\u0662é", max_size=30) | st.builds(
    "{}{}{}/{}".format, st.dates(), st.sampled_from(["T", " ", "\n", "/", "T00:00", ""]), st.times(), st.dates()
)


@settings(derandomize=True, max_examples=600, deadline=None)
@given(text=TEXTS)
def test_whatever_is_read_as_a_period_is_harmless_in_a_path(text: str) -> None:
    try:
        period = Period.parse(text, UTC)
    except BadPeriodError:
        return

    assert period.slug.isascii()
    assert period.slug.isprintable()
    assert not set(period.slug) & set("/\\:% +*?'\"")
    assert period.slug.strip(".") == period.slug


# ── days and instants ─────────────────────────────────────────────────────────────────────────────────────────────────


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    day=st.dates(date(1990, 1, 1), date(2034, 12, 31)),
    zone=st.sampled_from(
        ["Asia/Beirut", "America/Asuncion", "Africa/Cairo", "America/Nuuk", "Asia/Tehran", "Pacific/Apia"]
    ),
)
def test_a_day_begins_where_looking_at_every_minute_finds_it(day: date, zone: str) -> None:
    assert to_instant(local_midnight_us(day, ZoneInfo(zone))) == midnight(day, zone)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("America/Sao_Paulo", date(2018, 2, 18)),
        ("America/St_Johns", date(2010, 11, 7)),
        ("America/St_Johns", date(2010, 3, 14)),
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Apia", date(2011, 12, 31)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
        ("Australia/Lord_Howe", date(2022, 4, 3)),
        ("Asia/Pyongyang", date(2018, 5, 5)),
        ("America/Nuuk", date(2024, 3, 31)),
        ("Asia/Gaza", date(2012, 9, 21)),
        ("America/Havana", date(2022, 3, 13)),
    ],
)
def test_a_day_begins_once_where_clocks_skip_or_repeat_its_midnight(zone: str, day: date) -> None:
    assert to_instant(local_midnight_us(day, ZoneInfo(zone))) == midnight(day, zone)


def test_an_instant_is_written_to_the_microsecond_and_read_back() -> None:
    for us in (0, 1, -1, 1_640_995_199_999_999, 1_640_995_200_000_000):
        assert parse_instant_us(to_text(us), ZoneInfo("Asia/Kathmandu")) == us


def test_an_early_year_has_four_digits() -> None:
    assert to_text(parse_instant_us("0999-01-01T00:00:00Z", UTC)) == "0999-01-01T00:00:00.000000Z"


def test_months_are_added_over_the_turn_of_the_year() -> None:
    assert [add_months(date(2022, 11, 1), months) for months in (0, 1, 2, 14)] == [
        date(2022, 11, 1),
        date(2022, 12, 1),
        date(2023, 1, 1),
        date(2024, 1, 1),
    ]


def test_a_utc_day_is_as_long_as_its_microseconds() -> None:
    period = Period.parse("2022-03-27", UTC)

    assert period.end_us - period.start_us == DAY_US
