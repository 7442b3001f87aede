"""Which value of a JSON entry a path leads to; alike for a file read in one go and one read entry by entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake.described import a_format, paths, read_as
from tallystick.formats.decodings import parse_path

TIME = {"time": "2024-03-01T10:00:00Z"}


def users(entry: dict[str, Any], path: Any, scratch: Path, **more: Any) -> set[str | None]:
    described = a_format(decode={"kind": "json", "fields": paths(time="time", who=path, **more)})
    plain = json.dumps({**TIME, **entry}) + "\n"
    strict = plain + "\n" + plain  # a blank line between entries is for the strict path
    rows = [row for log in (plain, strict) for row in read_as(described, log, scratch)[1]]
    assert len(rows) == 3
    return {row["user"] for row in rows}


@pytest.mark.parametrize(
    ("entry", "path", "expected"),
    [
        ({"a": {"b": {"c": "x"}}}, "a.b.c", "x"),
        ({"a": {"b": "x"}}, "a.b.c", None),
        ({"a": ["x", "y"]}, "a.1", "y"),
        ({"a": ["x"]}, "a.1", None),
        ({"a": "x"}, "a.0", None),
        ({"a": [{"b": "x"}, {"b": "y"}]}, "a.1.b", "y"),
        ({"a": {"b.c/d": "x"}}, 'a."b.c/d"', "x"),
        ({"a": {"0": "x"}}, 'a."0"', "x"),
        ({"b": "y"}, ["a", "b"], "y"),
        ({"a": None, "b": "y"}, ["a", "b"], "y"),
        ({"a": "x", "b": "y"}, ["a", "b"], "x"),
        ({"clientIp": "y"}, ["clientIP", "clientIp"], "y"),
        ({"clientIP": "x", "clientIp": "y"}, ["clientIP", "clientIp"], "x"),
        ({"a": "x"}, ["a.value", "a"], "x"),
        ({"a": {"value": "y"}}, ["a.value", "a"], "y"),
        ({"a": {"b": [1, True, None]}}, "a.b", "[1,true,null]"),
        ({"a": 12345678901234567890}, "a", "12345678901234567890"),
        ({"a": True}, "a", "true"),
        ({"a": 'it\'s "so"'}, "a", 'it\'s "so"'),
    ],
)
def test_a_path_leads_to_a_value(entry: dict[str, Any], path: Any, expected: str | None, tmp_path: Path) -> None:
    assert users(entry, path, tmp_path) == {expected}


def test_a_path_inside_another_field_is_searched_in_its_text(tmp_path: Path) -> None:
    entry = {"a": {"b": {"c": "x"}, "d": 1}}

    assert users(entry, "a.b.c", tmp_path, whole="a") == {"x"}
    assert users(entry, "a", tmp_path, inner="a.b.c") == {'{"b":{"c":"x"},"d":1}'}


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", '"a', 'a"b', '"a"b', '""'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        parse_path(text)


def test_a_path_is_keys_and_places() -> None:
    assert parse_path('a.0."b.c".1d') == ("a", 0, "b.c", "1d")
