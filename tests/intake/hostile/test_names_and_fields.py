"""Names and fields that somebody else chose: they are data, and never end an entry, name a file or become a command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOOD: dict[str, Any] = {"time": "2022-03-04T10:00:00Z", "client": "acme", "method": "GET", "status": 200}
FORGED = json.dumps({**GOOD, "client": "forged"})
COMBINED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "{agent}"\n'
EVENT = {
    "eventTime": "2022-03-04T10:00:00Z", "eventID": "1", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
    "eventType": "AwsApiCall",
}  # fmt: skip
NAMES = [
    "_hidden.log", ".hidden.log", "a b.log", "a\nb.log", "a\r\nb\x1b[2J.log", "'; DROP TABLE entry; --", '"quoted".log',
    "*?[a-z].log", "../../etc/passwd", "/etc/passwd", "a\x00b.log", "<b>.log", "=1+1", "é\u202e.log", "x" * 4000, "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_kept_as_it_is_and_names_no_file(read: Callable[..., Any], name: str, tmp_path: Path) -> None:
    reading = read(json.dumps(GOOD) + "\n", name=name, uri=name, format="gateway_jsonl")

    assert (reading.account.name, reading.account.accepted) == (name, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\x00"])
def test_line_ends_inside_a_json_string_forge_no_entry(read: Callable[..., Any], end: str) -> None:
    reading = read(json.dumps({**GOOD, "agent": f"x{end}{FORGED}"}) + "\n", format="gateway_jsonl")

    assert [row["credential"] for row in reading.entries] == ["acme"]
    assert reading.account.entries == 1


@pytest.mark.parametrize("end", ["\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\x00"])
def test_what_is_no_line_end_forges_no_line(read: Callable[..., Any], end: str) -> None:
    forged = COMBINED.format(agent="forged").rstrip("\n")

    reading = read(COMBINED.format(agent=f"x{end}{forged.replace(chr(34), chr(39))}"), format="nginx_combined")

    assert reading.account.entries == 1
    assert [row["client_address"] for row in reading.entries] == ["192.0.2.1"]


def test_a_raw_line_end_in_a_string_of_an_array_forges_no_entry(read: Callable[..., Any]) -> None:
    event = {**EVENT, "userAgent": "RAW"}
    forged = json.dumps({**event, "eventID": "forged", "userAgent": "x"})
    raw = json.dumps(event).replace("RAW", f"x\n{forged}")

    reading = read(f'{{"Records":[{raw},{json.dumps({**event, "eventID": "2"})}]}}', format="cloudtrail")

    assert "forged" not in {row["request_id"] for row in reading.entries}
    assert reading.account.entries == reading.account.accepted + reading.account.rejected


def test_a_field_cannot_end_the_array_or_begin_another(read: Callable[..., Any]) -> None:
    event = {**EVENT, "userAgent": '"}]},{"Records":[{"eventID":"forged"}]'}

    reading = read(json.dumps({"Records": [event, {**event, "eventID": "2"}]}), format="cloudtrail")

    assert [row["request_id"] for row in reading.entries] == ["1", "2"]
