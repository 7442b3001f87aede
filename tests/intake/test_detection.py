from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tallystick.errors import UnknownFormatError
from tallystick.intake import detect
from tallystick.intake.entries import HEAD_BYTES

GATEWAY = '{"time":"2022-03-04T10:00:00Z","client":"c","method":"GET","status":200}\n'
EVENT = '{"eventTime":"2022-03-04T10:00:00Z","eventID":"e","eventSource":"s3.amazonaws.com","eventName":"GetObject"}'
COMBINED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n'
TIMED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "GET / HTTP/1.1" 200 5 77 "-" "-"\n'
LIGHTTPD = '- 192.0.2.1 - [04/Mar/2022:10:00:00 +0000] "GET / HTTP/1.1" 200 5 7 9 0 "-" "-"\n'
ALB = (
    "http 2022-03-04T10:00:01.000000Z app/x/1 192.0.2.1:80 192.0.2.2:80 0.001 0.002 0.000 200 200 34 366 "
    '"GET http://example.com:80/ HTTP/1.1" "curl" - - arn "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 '
    '2022-03-04T10:00:00.000000Z "forward" "-" "-" "192.0.2.2:80" "200" "-" "-"\n'
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GATEWAY, "gateway_jsonl"),
        (COMBINED, "nginx_combined"),
        (COMBINED.replace('"-"\n', '"-" "-"\n'), "nginx_combined"),
        (TIMED, "apache_timed"),
        (LIGHTTPD, "lighttpd"),
        (ALB, "aws_alb"),
        (f"{EVENT}\n{EVENT}\n", "cloudtrail"),
        (f"[{EVENT},{EVENT}]", "cloudtrail"),
        (f'{{"Records":[{EVENT}]}}', "cloudtrail"),
        (json.dumps(json.loads(EVENT), indent=2), "cloudtrail"),
    ],
)
def test_a_format_is_told_from_one_entry_or_two(content: str, expected: str) -> None:
    found = detect(content.encode())

    assert (found.format, found.runner_up, dict(found.shares)) == (expected, None, {expected: 1.0})


def test_most_entries_decide_and_a_format_that_is_far_behind_is_not_named() -> None:
    found = detect((GATEWAY * 6 + EVENT + "\n" + "broken\n" * 3).encode())

    assert (found.format, found.runner_up) == ("gateway_jsonl", None)
    assert dict(found.shares) == {"gateway_jsonl": 0.6, "cloudtrail": 0.1}


def test_a_file_of_which_less_than_half_has_a_format_has_none() -> None:
    with pytest.raises(UnknownFormatError):
        detect((COMBINED * 4 + "other\n" * 5).encode())
    assert detect((COMBINED * 4 + "other\n" * 4).encode()).format == "nginx_combined"


def test_the_first_entries_decide_and_a_cut_one_does_not() -> None:
    line = COMBINED.replace('"-"\n', '"' + "a" * 50_000 + '"\n')
    head = (line * (HEAD_BYTES // len(line) + 1)).encode()[:HEAD_BYTES]

    assert dict(detect(head).shares) == {"nginx_combined": 1.0}


def test_a_wrapped_array_that_goes_on_past_the_head_is_told() -> None:
    content = ('{"Records":[' + ",".join([EVENT] * 20_000) + "]}").encode()
    assert len(content) > HEAD_BYTES

    assert dict(detect(content[:HEAD_BYTES]).shares) == {"cloudtrail": 1.0}


def test_an_unknown_format_shows_three_masked_entries_and_how_to_go_on() -> None:
    content = b"\nsome line token=abcdefghijklmnop\n\x1b[31mred\nthird\nfourth\n"

    with pytest.raises(UnknownFormatError) as caught:
        detect(content, name="odd.log")

    error = caught.value
    assert error.where == "odd.log"
    assert r"«some line token=abcd…»; «\x1b[31mred»; «third»" in error.what
    assert "fourth" not in error.what
    assert error.next_step is not None
    assert "--format" in error.next_step


def test_a_named_format_is_read_as_that_whatever_the_file_holds(read: Callable[..., Any]) -> None:
    reading = read(GATEWAY + COMBINED, format="nginx_combined")

    assert reading.account.format == "nginx_combined"
    assert reading.reasons == [["not_in_format"]]


def test_a_format_that_there_is_not_is_an_error_that_lists_those_there_are(read: Callable[..., Any]) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        read(COMBINED, format="nginx")

    assert "nginx_combined" in str(caught.value.next_step)


@pytest.mark.parametrize("unit", [" [", " ", "[", " - ", '" "', "\\"])
def test_a_line_that_was_written_to_take_long_does_not(unit: str) -> None:
    line = "192.0.2.7 - " + unit * (200_000 // len(unit)) + "\n"
    began = time.process_time()

    found = detect((COMBINED * 5 + line).encode())

    assert found.format == "nginx_combined"
    assert time.process_time() - began < 10  # by backtracking it would be hours
