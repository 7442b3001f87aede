from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

ROOT = "Root=1-58337262-36d228ad5d99923122bbe354"


def line(
    client: str = "192.0.2.7:2817", times: str = "0.086 0.048 0.037", status: str = "200 200", sizes: str = "34 366",
    request: str = "GET https://example.com:443/a?b=c HTTP/1.1", agent: str = "curl/7.46.0", trace: str = ROOT,
    created: str = "2022-01-31T23:59:59.998000Z", more: str = "",
) -> str:  # fmt: skip
    return (
        f"https 2022-02-01T00:00:00.186641Z app/my-lb/50dc6c495c0c9188 {client} 10.0.0.1:80 {times} {status} {sizes} "
        f'"{request}" "{agent}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:x:1:targetgroup/t/7 '
        f'"{trace}" "www.example.com" "arn:aws:acm:x:1:certificate/1" 1 {created} "authenticate,forward" "-" "-" '
        f'"10.0.0.1:80" "200" "-" "-"{more}\n'
    )


def test_every_field_becomes_its_column(rows: Callable[..., Any]) -> None:
    [row] = rows(line(), expected_format="aws_alb")

    assert row == {
        "received_at": datetime(2022, 1, 31, 23, 59, 59, 998_000, tzinfo=UTC),
        "source": "log",
        "request_id": "1-58337262-36d228ad5d99923122bbe354",
        "client_address": "192.0.2.7",
        "user_agent": "curl/7.46.0",
        "method": "GET",
        "path": "/a",
        "status": 200,
        "response_bytes": 366,
        "request_bytes": 34,
        "duration_us": 171_000,
    }


def test_an_entry_from_before_2018_has_only_the_time_of_its_answer(rows: Callable[..., Any]) -> None:
    old = line().split(' "www.example.com"')[0] + "\n"

    [row] = rows(old, expected_format="aws_alb")

    assert row["received_at"] == datetime(2022, 2, 1, 0, 0, 0, 186_641, tzinfo=UTC)
    assert row["request_id"] == "1-58337262-36d228ad5d99923122bbe354"


def test_fields_that_are_added_at_the_end_are_tolerated(rows: Callable[..., Any]) -> None:
    [row] = rows(line(more=' TID_1234 "-" "-" "-"'), expected_format="aws_alb")

    assert row["received_at"] == datetime(2022, 1, 31, 23, 59, 59, 998_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("192.0.2.7:2817", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8:0:0:0:0:0:1:443", "2001:db8:0:0:0:0:0:1"),
        ("-", None),
    ],
)
def test_the_address_of_a_client_has_no_port(rows: Callable[..., Any], client: str, address: str | None) -> None:
    [row] = rows(line(client=client), expected_format="aws_alb")

    assert row.get("client_address") == address


@pytest.mark.parametrize(
    ("trace", "request_id"),
    [
        (ROOT, "1-58337262-36d228ad5d99923122bbe354"),
        ("Self=1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb;" + ROOT, "1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb"),
        (ROOT + ";Self=1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb", "1-aaaaaaaa-bbbbbbbbbbbbbbbbbbbbbbbb"),
        (ROOT + ";CalledFrom=app", "1-58337262-36d228ad5d99923122bbe354"),
        ("CalledFrom=app;" + ROOT, None),
        ("-", None),
        ("", None),
    ],
)
def test_an_id_that_the_client_chose_is_no_identity(
    rows: Callable[..., Any], trace: str, request_id: str | None
) -> None:
    [row] = rows(line(trace=trace), expected_format="aws_alb")

    assert row.get("request_id") == request_id


def test_a_request_that_no_target_answered_has_no_duration(rows: Callable[..., Any]) -> None:
    [row] = rows(line(times="-1 -1 -1", status="460 -"), expected_format="aws_alb")

    assert (row["status"], row.get("duration_us")) == (460, None)


def test_a_request_that_could_not_be_read_has_no_method_and_no_path(rows: Callable[..., Any]) -> None:
    found = rows(
        line(request="- http://example.com:80- -", status="400 -") + line(request="- - - "), expected_format="aws_alb"
    )

    assert [(row.get("method"), row.get("path")) for row in found] == [(None, None), (None, None)]


def test_quotes_inside_fields_are_data(rows: Callable[..., Any]) -> None:
    [row] = rows(
        line(agent=r"a \"b\" c", request=r"GET https://example.com:443/\"x\" HTTP/1.1"), expected_format="aws_alb"
    )

    assert (row["user_agent"], row["path"]) == (r"a \"b\" c", r"/\"x\"")
