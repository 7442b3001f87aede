"""What a format file may say, and how one that says something else is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml

from tallystick.duck import quote_text
from tallystick.errors import BadConfigurationError, UnknownFormatError
from tallystick.formats import Format, all_formats, find_format, load_format
from tallystick.formats.decodings import RegexDecoding

GOOD = {
    "name": "mine",
    "title": "A log of mine",
    "says": "What it is.",
    "docs": ["https://example.com/log"],
    "entries": {"find": "lines", "comment": "#"},
    "decode": {
        "kind": "regex",
        "pattern": [r"(?P<time>\S+) ", r"(?P<who>\S+)"],
        "fields": {"time": "When.", "who": "Who."},
    },
    "columns": {"received_at": {"field": "time", "read": "iso8601"}, "user": {"field": "who", "read": "text"}},
    "identity": "none",
    "recognise": {"needs": ["time"]},
}


def json_fields(**paths: str) -> dict[str, dict[str, str]]:
    return {name: {"path": path, "says": "x"} for name, path in paths.items()}


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Format]:
    def loading(**change: object) -> Format:
        file = tmp_path / "mine.yaml"
        file.write_text(yaml.safe_dump({key: one for key, one in {**GOOD, **change}.items() if one != "absent"}))
        return load_format(file)

    return loading


def test_a_format_that_says_everything_is_read(load: Callable[..., Format]) -> None:
    assert load().columns["user"].field == "who"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "absent"}, "this key is missing"),
        ({"titel": "x"}, "not known"),
        ({"name": "other"}, "other"),
        ({"name": "Mine"}, "name"),
        ({"docs": ["http://example.com"]}, "https://"),
        ({"identity": "sequence"}, "needs its column"),
        ({"identity": "request_id"}, "needs its column"),
        ({"columns": {"user": {"field": "who", "read": "text"}}}, "received_at is missing"),
        ({"columns": {"received_at": {"field": "who", "read": "text"}}}, "cannot be read as text"),
        ({"columns": {**GOOD["columns"], "person": {"field": "who", "read": "text"}}}, "no canonical column"),  # type: ignore[dict-item]
        ({"columns": {**GOOD["columns"], "source": {"field": "who", "read": "text"}}}, "no canonical column"),  # type: ignore[dict-item]
        ({"columns": {"received_at": {"field": "when", "read": "iso8601"}}}, "'when' is no field"),
        ({"columns": {"received_at": {"field": "time", "sql": "x", "read": "iso8601"}}}, "exactly one of"),
        ({"columns": {"received_at": {"read": "iso8601"}}}, "exactly one of"),
        ({"columns": {"received_at": {"field": "time", "read": "guess"}}}, "iso8601"),
        ({"columns": {"received_at": {"field": "time", "read": "iso8601", "secret": True}}}, "only text"),
        ({"columns": {**GOOD["columns"], "request_id": {"field": "who", "read": "text"}}}, "identity cannot be none"),  # type: ignore[dict-item]
        ({"recognise": {"needs": []}}, "needs"),
        ({"recognise": {"needs": ["x"]}}, "'x' is no field"),
        ({"sub_source": "x"}, "'x' is no field"),
        ({"entries": {"find": "lines", "under": "Records"}}, "no key to look under"),
        ({"entries": {"find": "json", "comment": "#"}}, "no comments"),
        ({"entries": {"find": "json"}}, "decoded as JSON"),
        ({"decode": {"kind": "regex", "pattern": ["(?P<time>"], "fields": {"time": "x"}}}, "no regular expression"),
        ({"decode": {"kind": "regex", "pattern": ["(?P<a>x)"], "fields": {"b": "x"}}}, "differ"),
        ({"decode": {"kind": "regex", "pattern": ["(?P<entry>x)"], "fields": {"entry": "x"}}}, "cannot be the name"),
        ({"decode": {**GOOD["decode"], "split": ["time", '"who']}}, "no word of a line"),  # type: ignore[dict-item]
        ({"decode": {**GOOD["decode"], "split": ["time", "who", "time"]}}, "twice"),  # type: ignore[dict-item]
        ({"decode": {**GOOD["decode"], "split": ["[time", "who", "time]"]}}, "next to each other"),  # type: ignore[dict-item]
        ({"decode": {"kind": "json", "fields": json_fields(time="a", who="a")}}, "same path"),
    ],
)  # fmt: skip
def test_a_format_that_says_something_else_is_refused(
    load: Callable[..., Format], change: dict[str, object], message: str
) -> None:
    with pytest.raises(BadConfigurationError) as caught:
        load(**change)

    assert message in f"{caught.value.where} {caught.value.what}"
    assert "mine.yaml" in str(caught.value.where)


def test_every_format_of_ours_documents_itself() -> None:
    formats = all_formats()

    assert {"gateway_jsonl", "nginx_combined", "cloudtrail", "aws_alb", "apache_timed", "lighttpd"} <= set(formats)
    for described in formats.values():
        assert described.says
        assert described.docs or described.name == "gateway_jsonl"


def test_patterns_are_understood_by_the_engine_that_runs_in_linear_time() -> None:
    for described in all_formats().values():
        if isinstance(described.decode, RegexDecoding):
            sql = f"SELECT regexp_full_match('', {quote_text(described.decode.expression)})"
            assert duckdb.sql(sql).fetchall() == [(False,)]


def test_a_format_is_found_by_its_name() -> None:
    assert find_format("cloudtrail").entries.under == "Records"
    with pytest.raises(UnknownFormatError, match="'apache'"):
        find_format("apache")


def test_a_format_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        find_format("cloudtrail").name = "x"  # type: ignore[misc]
