"""What each way of reading makes of a text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from tallystick.duck import connect
from tallystick.formats.columns import FOR_COLUMN, TEXT_READINGS, Reading
from tallystick.intake.readings import READERS

REJECTED = "rejected"


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return connect()


def value_of(connection: duckdb.DuckDBPyConnection, reading: str, text: str | None) -> Any:
    """The value, or REJECTED where the text is none of that kind."""
    reader = READERS[reading]
    picked = reader.pick("text") if reader.pick else "text"
    value = reader.value("text")
    readable = reader.is_readable("text", "value") if reader.is_readable else "true"
    query = (
        f"SELECT value, coalesce({readable}, false) FROM (SELECT text, {value} AS value FROM "
        f"(SELECT {picked} AS text FROM (VALUES (?)) AS t(text)))"
    )
    [(found, is_readable)] = connection.execute(query, [text]).fetchall()
    return found if is_readable or text is None else REJECTED


def test_every_reading_of_the_model_has_a_reader() -> None:
    named = set(Reading.__args__)  # type: ignore[attr-defined]
    assert named == set(READERS) | {"strptime"}
    assert named == TEXT_READINGS.union(*FOR_COLUMN.values())


@pytest.mark.parametrize("reading", sorted(READERS))
def test_a_text_that_is_missing_stays_missing(connection: duckdb.DuckDBPyConnection, reading: str) -> None:
    assert value_of(connection, reading, None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-04T10:00:00Z", (2022, 3, 4, 10)),
        ("2022-03-04 10:00:00Z", (2022, 3, 4, 10)),
        ("2022-03-04T10:00:00.000001Z", (2022, 3, 4, 10, 0, 0, 1)),
        ("2022-03-04T10:00:00.5Z", (2022, 3, 4, 10, 0, 0, 500_000)),
        ("2022-03-04T10:00:00.1234569Z", (2022, 3, 4, 10, 0, 0, 123_456)),
        ("2022-12-31T23:59:59.999999999Z", (2022, 12, 31, 23, 59, 59, 999_999)),
        ("2022-03-04T00:30:00+01:00", (2022, 3, 3, 23, 30)),
        ("2022-03-04T00:30:00+0100", (2022, 3, 3, 23, 30)),
        ("2022-03-03T23:30:00-05:30", (2022, 3, 4, 5)),
        ("2024-02-29T00:00:00Z", (2024, 2, 29)),
        ("2022-03-04T10:00:00", REJECTED),
        ("2022-03-04T10:00Z", REJECTED),
        ("2022-03-04", REJECTED),
        ("2022-03-04T24:00:00Z", REJECTED),
        ("2022-03-04T23:59:60Z", REJECTED),
        ("2023-02-29T00:00:00Z", REJECTED),
        ("2022-03-04T10:00:00 Europe/Berlin", REJECTED),
        ("2022-03-04T10:00:00+1", REJECTED),
        ("2022-03-04T10:00:00+24:00", REJECTED),
        (" 2022-03-04T10:00:00Z", REJECTED),
        ("22-03-04T10:00:00Z", REJECTED),
        ("infinity", REJECTED),
        ("epoch", REJECTED),
        ("now", REJECTED),
        ("", REJECTED),
    ],
)
def test_iso_8601(connection: duckdb.DuckDBPyConnection, text: str, expected: Any) -> None:
    wanted = expected if expected == REJECTED else datetime(*expected, tzinfo=UTC)
    assert value_of(connection, "iso8601", text) == wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04/Mar/2022:10:00:00 +0000", (2022, 3, 4, 10)),
        ("08/Apr/2010:20:43:02 -0700", (2010, 4, 9, 3, 43, 2)),
        ("01/Jan/2022:00:15:00 +0530", (2021, 12, 31, 18, 45)),
        ("4/Mar/2022:10:00:00 +0000", REJECTED),
        ("04/Mrz/2022:10:00:00 +0000", REJECTED),
        ("31/Feb/2022:10:00:00 +0000", REJECTED),
        ("04/Mar/2022:10:00:00", REJECTED),
        ("04/Mar/22:10:00:00 +0000", REJECTED),
        ("-", REJECTED),
    ],
)
def test_clf_time(connection: duckdb.DuckDBPyConnection, text: str, expected: Any) -> None:
    wanted = expected if expected == REJECTED else datetime(*expected, tzinfo=UTC)
    assert value_of(connection, "clf_time", text) == wanted


@pytest.mark.parametrize(
    ("reading", "text", "expected"),
    [
        ("epoch_seconds", "1646388000", (2022, 3, 4, 10)),
        ("epoch_seconds", "1646388000.0000019", (2022, 3, 4, 10, 0, 0, 1)),
        ("epoch_milliseconds", "1646388000001", (2022, 3, 4, 10, 0, 0, 1000)),
        ("epoch_milliseconds", "1646388000000.5", (2022, 3, 4, 10, 0, 0, 500)),
        ("epoch_microseconds", "1646388000000001", (2022, 3, 4, 10, 0, 0, 1)),
        ("epoch_seconds", "9223372036854", (2101, 1, 1)),
        ("epoch_seconds", "99999999999999999999", (2101, 1, 1)),
        ("epoch_seconds", "-1", REJECTED),
        ("epoch_seconds", "1e9", REJECTED),
        ("epoch_seconds", "", REJECTED),
    ],
)
def test_epochs(connection: duckdb.DuckDBPyConnection, reading: str, text: str, expected: Any) -> None:
    wanted = expected if expected == REJECTED else datetime(*expected, tzinfo=UTC)
    assert value_of(connection, reading, text) == wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", REJECTED),
        ("9" * 40, REJECTED),
        ("-1", REJECTED),
        ("-0", REJECTED),
        ("+1", REJECTED),
        ("1.0", REJECTED),
        ("1e3", REJECTED),
        ("0x10", REJECTED),
        ("1_000", REJECTED),
        ("1,000", REJECTED),
        (" 1", REJECTED),
        ("1 ", REJECTED),
        ("٣", REJECTED),
        ("", REJECTED),
        ("-", REJECTED),
    ],
)
def test_counts_are_whole_numbers_in_digits(connection: duckdb.DuckDBPyConnection, text: str, expected: Any) -> None:
    assert value_of(connection, "count", text) == expected
    assert value_of(connection, "number", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", 100),
        ("999", 999),
        ("0404", 404),
        ("99", REJECTED),
        ("1000", REJECTED),
        ("200.7", REJECTED),
        ("", REJECTED),
    ],
)
def test_a_status_is_a_whole_number_of_three_digits(
    connection: duckdb.DuckDBPyConnection, text: str, expected: Any
) -> None:
    assert value_of(connection, "status", text) == expected


@pytest.mark.parametrize(
    ("reading", "text", "expected"),
    [
        ("seconds", "0.001", 1_000),
        ("seconds", "12", 12_000_000),
        ("seconds", "1.2345678", 1_234_567),
        ("seconds", "9223372036854", 9_223_372_036_854_000_000),
        ("milliseconds", "3", 3_000),
        ("milliseconds", "0.5", 500),
        ("seconds", "9223372036855", REJECTED),
        ("seconds", ".5", REJECTED),
        ("seconds", "-1", REJECTED),
        ("seconds", "1e3", REJECTED),
        ("seconds", "", REJECTED),
    ],
)
def test_durations_become_microseconds(
    connection: duckdb.DuckDBPyConnection, reading: str, text: str, expected: Any
) -> None:
    assert value_of(connection, reading, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/2/tweets", "/2/tweets"),
        ("/2/tweets?ids=1&token=secret", "/2/tweets"),
        ("/a#b", "/a"),
        ("/a#b?c", "/a"),
        ("?x", ""),
        ("", ""),
        ("*", "*"),
        ("//double", "//double"),
        ("http://user:pw@example.com:80//a?b=c", "//a"),
        ("https://example.com", "/"),
        ("https://example.com?x=1", "/"),
        ("example.com:443", "example.com:443"),
        ("/a;jsessionid=1F0A/b;v=2", "/a/b;v=2"),
        ("/a;v=2", "/a;v=2"),
        ("http://example.com/a;PHPSESSID=x", "/a"),
        ("/redirect/http://example.com/", "/redirect/http://example.com/"),
    ],
)
def test_a_target_is_kept_without_origin_query_and_session(
    connection: duckdb.DuckDBPyConnection, text: str, expected: str
) -> None:
    assert value_of(connection, "target", text) == expected


@pytest.mark.parametrize(
    ("line", "method", "path"),
    [
        ("GET / HTTP/1.1", "GET", "/"),
        ("PROPFIND /dav/ HTTP/1.1", "PROPFIND", "/dav/"),
        ("M-SEARCH * HTTP/1.1", "M-SEARCH", "*"),
        ("get /lower HTTP/1.0", "get", "/lower"),
        ("GET /with space HTTP/1.1", "GET", "/with space"),
        ("GET /no-version", "GET", "/no-version"),
        ("GET /a?key=secret HTTP/2.0", "GET", "/a"),
        ("GET http://example.com:80//a HTTP/1.1", "GET", "//a"),
        ("GET HTTP/1.1", "GET", "HTTP/1.1"),
        ("GET  HTTP/1.1", None, None),
        ("GET /é漢 HTTP/1.1", "GET", "/é漢"),
        ("GET /a HTTP/1.1 HTTP/1.1", "GET", "/a HTTP/1.1"),
        ("GET /a HTTP/1.1 ", "GET", "/a"),
        ("G{T /a HTTP/1.1", None, None),
        ("GET / HTTP/3", "GET", "/"),
        ("GET ", None, None),
        ("GET", None, None),
        ("-", None, None),
        ("- http://example.com:80- -", None, None),
        ("", None, None),
        (r"\x16\x03\x01\x02", None, None),
        (r"\x16\x03 \x01 x", None, None),
        ("GÉT / HTTP/1.1", None, None),
    ],
)
def test_a_request_line_has_a_method_and_a_target_or_neither(
    connection: duckdb.DuckDBPyConnection, line: str, method: str | None, path: str | None
) -> None:
    assert value_of(connection, "request_method", line) == method
    assert value_of(connection, "request_target", line) == path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("https://example.com/a?token=secret", "https://example.com/a"),
        ("https://example.com/a#access_token=secret", "https://example.com/a"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/@user", "https://example.com/@user"),
        ("android-app://com.example", "android-app://com.example"),
        ("", ""),
    ],
)
def test_a_referer_is_kept_without_query_fragment_and_user(
    connection: duckdb.DuckDBPyConnection, text: str, expected: str
) -> None:
    assert value_of(connection, "referer", text) == expected
