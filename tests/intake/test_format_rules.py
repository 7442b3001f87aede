"""What a format says of whole entries and of how a column is made, on small logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.described import a_format, paths, read_as
from tallystick.formats import Format

TIME = "2024-03-01T10:00:00Z"


DAY_FIRST = {"read": "strptime", "format": "%d/%m/%Y %H:%M:%S"}


def entry(**fields: Any) -> str:
    return json.dumps({"time": TIME, **fields}) + "\n"


def made(rule: dict[str, Any], text: str | None, scratch: Path, column: str = "user") -> Any:
    """The value of a column that a rule makes of a field, read in one go and strictly."""
    described = a_format(
        columns={"received_at": {"field": "time", "read": "iso8601"}, column: {"field": "who", **rule}}
    )
    logs = entry(who=text), "\n" + entry(who=text)
    [first, second] = [read_as(described, log, scratch)[1:] for log in logs]
    assert [row[column] for row in first[0]] == [row[column] for row in second[0]]
    return first[0][0][column] if first[0] else first[1][0]["reasons"]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ({"read": "text", "parameter": "api_key"}, "GET /a?x=1&api_key=k%2F1&y=2 HTTP/1.1", "k/1"),
        ({"read": "text", "parameter": "api_key"}, "api_key=k+1", "k 1"),
        ({"read": "text", "parameter": "api_key"}, "/a?my_api_key=k", None),
        ({"read": "text", "parameter": "api_key"}, "/a?api_key=", None),
        ({"read": "text", "parameter": "api_key"}, "/a?api_key=%FF%zz", "%FF%zz"),
        ({"read": "text", "parameter": ["key", "apikey"]}, "/a?apikey=k", "k"),
        ({"read": "text", "parameter": "a.b"}, "/a?axb=1&a.b=2", "2"),
        ({"read": "text", "item": "first"}, "192.0.2.1, 198.51.100.2", "192.0.2.1"),
        ({"read": "text", "item": "last"}, "192.0.2.1, 198.51.100.2", "198.51.100.2"),
        ({"read": "text", "item": "last"}, "192.0.2.1", "192.0.2.1"),
        ({"read": "text", "item": "last"}, "192.0.2.1, ", None),
        ({"read": "text", "missing": ["-", ""]}, "-", None),
        ({"read": "text", "missing": ["-", ""]}, "", None),
        ({"read": "text", "missing": "-"}, "", ""),
        ({"read": "address"}, "192.0.2.1:443", "192.0.2.1"),
        ({"read": "address"}, "192.0.2.1", "192.0.2.1"),
        ({"read": "address"}, "[2001:db8::1]:443", "2001:db8::1"),
        ({"read": "address"}, "[2001:db8::1]", "2001:db8::1"),
        ({"read": "address"}, "2001:db8::1", "2001:db8::1"),
        ({"read": "address"}, "edge.example.com:8080", "edge.example.com"),
    ],
)
def test_a_rule_makes_a_text_of_a_field(rule: dict[str, Any], text: str, expected: Any, tmp_path: Path) -> None:
    assert made(rule, text, tmp_path) == expected


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ({"read": "iso8601", "zone": "UTC"}, "2024-03-01 10:00:00,250", "2024-03-01T10:00:00.250000"),
        ({"read": "iso8601", "zone": "Europe/Berlin"}, "2024-07-01T10:00:00", "2024-07-01T08:00:00.000000"),
        ({"read": "iso8601", "zone": "Europe/Berlin"}, "2024-07-01T10:00:00Z", "2024-07-01T10:00:00.000000"),
        ({"read": "iso8601", "zone": "Europe/Berlin"}, "2024-03-31T02:30:00", ["bad_time"]),
        ({"read": "iso8601", "zone": "Europe/Berlin"}, "2024-10-27T02:30:00", "2024-10-27T01:30:00.000000"),
        ({"read": "iso8601"}, "2024-07-01T10:00:00", ["bad_time"]),
        ({**DAY_FIRST, "zone": "UTC"}, "01/07/2024 10:00:00", "2024-07-01T10:00:00.000000"),
        ({**DAY_FIRST, "zone": "UTC"}, "31/06/2024 10:00:00", ["bad_time"]),
        ({**DAY_FIRST, "format": "%d/%m/%Y %H:%M:%S %z"}, "01/07/2024 10:00:00 +0200", "2024-07-01T08:00:00.000000"),
        ({"read": "epoch_nanoseconds"}, "1709287200123456789", "2024-03-01T10:00:00.123456"),
        ({"read": "epoch_nanoseconds"}, "99999999999999999999", ["bad_time"]),
    ],
)  # fmt: skip
def test_a_rule_makes_a_time_of_a_field(rule: dict[str, Any], text: str, expected: Any, tmp_path: Path) -> None:
    found = made(rule, text, tmp_path, column="history_from")

    assert (found if isinstance(found, list) else found.strftime("%Y-%m-%dT%H:%M:%S.%f")) == expected


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [("microseconds", "12.9", 12), ("nanoseconds", "12999", 12), ("nanoseconds", "-1", ["bad_amount"])],
)
def test_a_duration_is_whole_microseconds(read: str, text: str, expected: Any, tmp_path: Path) -> None:
    assert made({"read": read}, text, tmp_path, column="duration_us") == expected


def with_rules(**stated: Any) -> Format:
    return a_format(
        decode={"kind": "json", "fields": paths(time="time", who="who", kind="kind", rate="rate")}, **stated
    )


@pytest.mark.parametrize("blank", ["", "\n"], ids=["in one go", "strictly"])
def test_what_is_no_request_is_counted_apart_and_never_rejected(blank: str, tmp_path: Path) -> None:
    described = with_rules(not_requests=[{"when": "\"kind\" = 'health'", "says": "A health check."}])
    log = (
        entry(who="a") + blank + json.dumps({"kind": "health"}) + "\n" + entry(who="b", kind="health") + entry(who="c")
    )

    account, accepted, rejected = read_as(described, log, tmp_path)

    assert ([row["user"] for row in accepted], rejected) == (["a", "c"], [])
    assert (account.entries, account.not_requests, account.blanks) == (2, 2, len(blank))
    assert account.lines == account.entries + account.not_requests + account.blanks


@pytest.mark.parametrize("blank", ["", "\n"], ids=["in one go", "strictly"])
def test_an_entry_that_cannot_be_read_is_not_taken_for_no_request(blank: str, tmp_path: Path) -> None:
    described = with_rules(not_requests=[{"when": '"who" IS NULL', "says": "Nobody's."}])

    account, _, rejected = read_as(described, entry(who="a") + blank + "{broken\n", tmp_path)

    assert (account.not_requests, [row["reasons"] for row in rejected]) == (0, [["not_json"]])


@pytest.mark.parametrize("blank", ["", "\n"], ids=["in one go", "strictly"])
def test_a_sampled_entry_is_refused_with_its_other_reasons(blank: str, tmp_path: Path) -> None:
    described = with_rules(refuse=[{"when": "\"rate\" <> '1'", "reason": "sampled", "says": "One of several."}])
    log = entry(who="a", rate=1) + blank + entry(who="b", rate=10) + entry(who="c") + '{"rate":5,"time":"never"}\n'

    _, accepted, rejected = read_as(described, log, tmp_path)

    assert [row["user"] for row in accepted] == ["a", "c"]
    assert [row["reasons"] for row in rejected] == [["sampled"], ["sampled", "bad_time"]]


@pytest.mark.parametrize(("counted", "ranks"), [("last", [3, 2, 1, None, None]), ("first", [1, -2, -3, None, None])])
def test_a_part_is_ranked_by_what_stands_for_the_request(counted: str, ranks: list[int | None], tmp_path: Path) -> None:
    described = with_rules(
        columns={
            "received_at": {"field": "time", "read": "iso8601"},
            "request_id": {"field": "who", "read": "text"},
        },
        identity="request_id",
        parts={"field": "kind", "order": ["begun", "going", "done"], "counted": counted, "says": "Three lines a call."},
    )
    log = "".join(entry(who="a", kind=kind) for kind in ("begun", "going", "done", "other", None))

    _, accepted, _ = read_as(described, log, tmp_path)

    assert [row["part"] for row in accepted] == ranks


def test_attributes_and_headers_are_found_by_name(tmp_path: Path) -> None:
    described = a_format(
        decode={"kind": "json", "fields": paths(time="time", attributes="attributes", labels="labels")},
        columns={
            "received_at": {"field": "time", "read": "iso8601"},
            "user": {"sql": "attribute(\"attributes\", 'enduser.id')", "read": "text"},
            "tenant": {"sql": "entry_of(\"labels\", 'k8s.io/ns')", "read": "text"},
            "user_agent": {"sql": "attribute(\"labels\", 'x')", "read": "text"},
        },
    )
    attributes = [{"key": "Enduser.Id", "value": {"stringValue": "a'b"}}, {"key": "n", "value": {"intValue": "5"}}]

    _, [row], _ = read_as(described, entry(attributes=attributes, labels={"k8s.io/ns": "core"}), tmp_path)

    assert (row["user"], row["tenant"], row["user_agent"]) == ("a'b", "core", None)


def test_a_header_line_is_no_entry(tmp_path: Path) -> None:
    described = a_format(
        entries={"find": "lines", "header": "time who"},
        decode={
            "kind": "regex", "pattern": [r"(?P<time>\S+) (?P<who>\S+)"], "fields": {"time": "When.", "who": "Who."}
        },
    )  # fmt: skip

    account, accepted, rejected = read_as(described, f"time who\n{TIME} a\n\ntime who\n{TIME} b\n", tmp_path)

    assert ([row["user"] for row in accepted], rejected) == (["a", "b"], [])
    assert (account.lines, account.headers, account.blanks, account.entries) == (5, 2, 1, 2)
