from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

AT = datetime(2022, 1, 31, 22, 59, 59, tzinfo=UTC)


def line(
    address: str = "192.0.2.7", user: str = "-", request: str = "GET / HTTP/1.1", size: str = "5", referer: str = "-",
    agent: str = "-", more: str = "",
) -> str:  # fmt: skip
    return f'{address} - {user} [31/Jan/2022:23:59:59 +0100] "{request}" 200 {size} "{referer}" "{agent}"{more}\n'


def test_every_field_becomes_its_column(rows: Callable[..., Any]) -> None:
    [row] = rows(
        line(
            address="2001:db8::1",
            user="ann",
            request="POST /a/b?token=secret HTTP/2.0",
            size="81230",
            referer="https://example.com/from?q=1",
            agent="curl/7.81",
        ),
        expected_format="nginx_combined",
    )

    assert row == {
        "received_at": AT,
        "source": "log",
        "principal": "ann",
        "user": "ann",
        "client_address": "2001:db8::1",
        "user_agent": "curl/7.81",
        "method": "POST",
        "path": "/a/b",
        "status": 200,
        "response_bytes": 81230,
        "referer": "https://example.com/from",
    }


def test_dashes_are_unknown_but_for_the_bytes_which_are_none(rows: Callable[..., Any]) -> None:
    [row] = rows(line(request="-", size="-"), expected_format="nginx_combined")

    assert row == {
        "received_at": AT,
        "source": "log",
        "client_address": "192.0.2.7",
        "status": 200,
        "response_bytes": 0,
    }


def test_empty_is_not_unknown(rows: Callable[..., Any]) -> None:
    [row] = rows(line(referer="", agent=""), expected_format="nginx_combined")

    assert (row["referer"], row["user_agent"]) == ("", "")


@pytest.mark.parametrize(
    "agent", [r"say \"hi\"", r"a\\", r"\x22quoted\x22", "a [b] c", "tab\there", "é 漢", "a'b;--", r"\\\""]
)
def test_quotes_and_backslashes_in_a_field_stay_as_they_were_written(rows: Callable[..., Any], agent: str) -> None:
    [row] = rows(line(agent=agent, referer=agent), expected_format="nginx_combined")

    assert (row["user_agent"], row["referer"]) == (agent, agent)


def test_a_trailing_quoted_field_is_tolerated(rows: Callable[..., Any]) -> None:
    found = rows(line(more=' "203.0.113.9, 192.0.2.1"') + line(more=' "-"'), expected_format="nginx_combined")

    assert [row["client_address"] for row in found] == ["192.0.2.7", "192.0.2.7"]


def test_a_user_may_have_spaces_and_brackets(rows: Callable[..., Any]) -> None:
    found = rows(line(user="ann [x] lee") + line(user="a - b"), expected_format="nginx_combined")

    assert [row["user"] for row in found] == ["ann [x] lee", "a - b"]


def test_a_request_line_that_is_nonsense_has_no_method_and_no_path(rows: Callable[..., Any]) -> None:
    found = rows(
        line(request=r"\x16\x03\x01") + line(request="") + line(request="PURGE /x HTTP/1.1"),
        expected_format="nginx_combined",
    )

    assert [(row.get("method"), row.get("path")) for row in found] == [(None, None), (None, None), ("PURGE", "/x")]


def test_a_line_feed_that_a_client_sent_makes_no_second_request(rows: Callable[..., Any]) -> None:
    forged = line(agent=r"a\x0a192.0.2.9 - - [31/Jan/2022:23:59:59 +0100] \x22GET /forged HTTP/1.1\x22")
    with_cr = line(agent="a\r192.0.2.9 - -")

    found = rows(forged + with_cr, expected_format="nginx_combined")

    assert [row["path"] for row in found] == ["/", "/"]
    assert found[1]["user_agent"] == "a\r192.0.2.9 - -"


def test_lines_may_end_in_crlf(rows: Callable[..., Any]) -> None:
    found = rows(line(agent="a").replace("\n", "\r\n") * 2, expected_format="nginx_combined")

    assert [row["user_agent"] for row in found] == ["a", "a"]
