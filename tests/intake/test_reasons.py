"""Each reason to reject an entry, and what is no reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tallystick.intake.batch import MAX_ENTRY_BYTES
from tallystick.tables.rejected_entry import REASONS

GOOD: dict[str, Any] = {"time": "2022-03-04T10:00:00Z", "client": "c", "method": "GET", "status": 200}
COMBINED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "GET / HTTP/1.1" {status} {size} "-" "-"\n'


def line(**change: Any) -> str:
    return json.dumps({**GOOD, **change}) + "\n"


def without(name: str) -> str:
    return json.dumps({key: value for key, value in GOOD.items() if key != name}) + "\n"


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        ("not json\n", ["not_json"]),
        ('{"a": 1} {"b": 2}\n', ["not_json"]),
        ('{"a": NaN}\n', ["not_json"]),
        ('{"a": 1,}\n', ["not_json"]),
        ('{"a": "\\ud800"}\n', ["not_json"]),
        ("{" + '"a":{' * 300 + "}" * 301 + "\n", ["not_json"]),
        ("[1]\n", ["not_an_object"]),
        ("null\n", ["not_an_object"]),
        ('"text"\n', ["not_an_object"]),
        ("17\n", ["not_an_object"]),
        ("{}\n", ["no_time"]),
        (without("time"), ["no_time"]),
        (line(time=None), ["no_time"]),
        (line(time=""), ["bad_time"]),
        (line(time="yesterday"), ["bad_time"]),
        (line(time=1646388000), ["bad_time"]),
        (line(time="2022-03-04"), ["bad_time"]),
        (line(time="2022-03-04T10:00:00"), ["bad_time"]),
        (line(time="2022-02-30T10:00:00Z"), ["bad_time"]),
        (line(time="1989-12-31T23:59:59.999999Z"), ["time_out_of_range"]),
        (line(time="2101-01-01T00:00:00Z"), ["time_out_of_range"]),
        (line(time="1990-01-01T00:30:00+01:00"), ["time_out_of_range"]),
        (line(seq="x"), ["bad_number"]),
        (line(seq=-1), ["bad_number"]),
        (line(seq=1.5), ["bad_number"]),
        (line(seq=2**63), ["bad_number"]),
        (line(seq=""), ["bad_number"]),
        (line(status=99), ["bad_status"]),
        (line(status=1000), ["bad_status"]),
        (line(status=200.7), ["bad_status"]),
        (line(status=""), ["bad_status"]),
        (line(status="OK"), ["bad_status"]),
        (line(status=True), ["bad_status"]),
        (line(records=-1), ["bad_amount"]),
        (line(records=1.0), ["bad_amount"]),
        (line(records="1e3"), ["bad_amount"]),
        (line(records=[]), ["bad_amount"]),
        (line(bytes_out=2**63), ["bad_amount"]),
        (line(bytes_in=""), ["bad_amount"]),
        (line(duration_us="0.5"), ["bad_amount"]),
        (line(history_from="yesterday"), ["bad_time"]),
        (line(history_from="2022-01-31"), ["bad_time"]),
        (line(history_from="yesterday", time="then"), ["bad_time"]),
    ],
)
def test_an_entry_that_cannot_be_read_is_rejected_for_it(
    read: Callable[..., Any], entry: str, reasons: list[str]
) -> None:
    reading = read(line() + entry + line(), format="gateway_jsonl")

    assert reading.reasons == [reasons]
    assert [row["position"] for row in reading.rejected] == [2]
    assert [row["position"] for row in reading.entries] == [1, 3]


def test_every_reason_of_an_entry_is_kept_in_the_order_of_the_list(read: Callable[..., Any]) -> None:
    reading = read(
        line(time=None, records=-1, seq="x", status=0, bytes_out="y")
        + line(time="x", status="x")
        + line(time="1980-01-01T00:00:00Z", duration_us=-1),
        format="gateway_jsonl",
    )

    assert reading.reasons == [
        ["no_time", "bad_number", "bad_status", "bad_amount"],
        ["bad_time", "bad_status"],
        ["time_out_of_range", "bad_amount"],
    ]
    assert all(reasons == sorted(reasons, key=list(REASONS).index) for reasons in reading.reasons)


def test_bytes_that_are_no_text_are_kept_escaped_in_a_string_and_are_no_json_outside(read: Callable[..., Any]) -> None:
    kept = line(client="SEEN").encode().replace(b"SEEN", b"caf\xe9\x00\xc3\xa9")
    lost = line(status=200).encode().replace(b"200", b"2\xff0")

    reading = read(line().encode() + kept + lost, format="gateway_jsonl")

    assert [row["credential"] for row in reading.entries] == ["c", "caf\\xe9\\x00é"]
    assert reading.reasons == [["not_json"]]
    assert reading.rejected[0]["digest"] == hashlib.sha256(lost.rstrip()).hexdigest()


def test_bytes_that_are_no_text_are_kept_escaped_in_a_line(read: Callable[..., Any]) -> None:
    kept = COMBINED.format(status=200, size=5).encode().replace(b'"-"\n', b'"caf\xe9"\n')
    lost = kept.replace(b"200", b"2x0")

    reading = read(kept + lost, format="nginx_combined")

    assert [row["user_agent"] for row in reading.entries] == ["caf\\xe9"]
    assert reading.reasons == [["bad_status"]]
    assert reading.rejected[0]["digest"] == hashlib.sha256(lost.rstrip()).hexdigest()


def test_an_entry_that_is_too_long_is_rejected(read: Callable[..., Any]) -> None:
    reading = read(b'{"a":"' + b"x" * MAX_ENTRY_BYTES + b'"}\n' + line().encode(), format="gateway_jsonl")

    assert reading.reasons == [["too_long"]]
    assert reading.account.accepted == 1


@pytest.mark.parametrize(
    ("status", "size", "reasons"),
    [
        ("200", "5", []),
        ("2x0", "5", [["bad_status"]]),
        ("200", "-5", [["bad_amount"]]),
        ("20", "x", [["bad_status", "bad_amount"]]),
    ],
)
def test_a_line_is_rejected_for_its_numbers(
    read: Callable[..., Any], status: str, size: str, reasons: list[list[str]]
) -> None:
    reading = read(COMBINED.format(status=status, size=size), format="nginx_combined")

    assert reading.reasons == reasons


def test_a_line_of_another_shape_is_not_in_format(read: Callable[..., Any]) -> None:
    reading = read(COMBINED.format(status=200, size=5) + "restarting\n", format="nginx_combined")

    assert reading.reasons == [["not_in_format"]]


def test_absent_null_empty_and_zero_are_four_things(read: Callable[..., Any]) -> None:
    reading = read(
        line() + line(user=None, records=None) + line(user="", records=0) + line(user="0"), format="gateway_jsonl"
    )

    assert [(row["user"], row["records"]) for row in reading.entries] == [
        (None, None),
        (None, None),
        ("", 0),
        ("0", None),
    ]
    assert reading.rejected == []


def test_a_status_or_number_that_is_missing_is_no_reason(read: Callable[..., Any]) -> None:
    reading = read(without("status") + line(seq=None, status=None), format="gateway_jsonl")

    assert [(row["status"], row["sequence_number"]) for row in reading.entries] == [(None, None), (None, None)]


def test_the_largest_numbers_are_kept_exactly(read: Callable[..., Any]) -> None:
    [row] = read(line(seq=2**63 - 1, bytes_out=2**53 + 1, records="9007199254740993"), format="gateway_jsonl").entries

    assert (row["sequence_number"], row["response_bytes"], row["records"]) == (2**63 - 1, 2**53 + 1, 2**53 + 1)


def test_of_a_key_that_stands_twice_the_last_one_counts(read: Callable[..., Any]) -> None:
    twice = '{"time":"2022-03-04T10:00:00Z","client":"a","records":1,"client":"b","records":2}\n'
    once = '{"time":"2022-03-04T10:00:00Z","other":1,"other":{"client":"c"}}\n'

    reading = read(line() + twice + once, format="gateway_jsonl")

    assert [(row["credential"], row["records"]) for row in reading.entries[1:]] == [("b", 2), (None, None)]


def test_a_key_in_another_case_is_another_key(read: Callable[..., Any]) -> None:
    [row] = read('{"time":"2022-03-04T10:00:00Z","Client":"a","USER":"b"}\n', format="gateway_jsonl").entries

    assert (row["credential"], row["user"]) == (None, None)


def test_a_rejected_entry_keeps_its_place_its_digest_and_a_masked_excerpt(read: Callable[..., Any]) -> None:
    entry = '{"client": "c", "token": "eyJhbGciOiJIUzI1NiJ9.e30.abcdefghijklmnop"'

    reading = read("\n" + entry + "\r\n" + line(), format="gateway_jsonl")

    [row] = reading.rejected
    assert (row["file_id"], row["position"], row["batch"]) == (reading.account.file_id, 2, "b1")
    assert row["digest"] == hashlib.sha256(entry.encode()).hexdigest()
    assert row["excerpt"] == '{"client": "c", "token": "eyJh…"'
