from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evidence.names import is_file_name, legible, segment


@pytest.mark.parametrize("name", ["report.json", "SHA256SUMS", "evidence/sample.parquet", "a_b-c.d/e.f", "_x"])
def test_plain_names_are_allowed(name: str) -> None:
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/../b", "/a", "a//b", "a/", "a\\b", ".hidden", "a/.hidden", "a.", "-a", "a\n", "a\x00",
     "C:a", "a b", "ä", "a\u202eb", "a" * 241, None, 7],
)  # fmt: skip
def test_a_name_that_could_lead_elsewhere_or_be_read_two_ways_is_not_allowed(name: object) -> None:
    assert not is_file_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("halcyon", "halcyon"), ("2022-01-01_2022-03-01", "2022-01-01_2022-03-01"), ("..", "%2E."), (".", "%2E"),
     ("a/b", "a%2Fb"), ("../../etc", "%2E.%2F..%2Fetc"), ("a%2Fb", "a%252Fb"), ("ä", "%C3%A4"), ("~", "%7E")],
)  # fmt: skip
def test_a_folder_name_cannot_lead_elsewhere(text: str, expected: str) -> None:
    assert segment(text) == expected


@given(st.text(min_size=1), st.text(min_size=1))
def test_different_texts_have_different_folders(one: str, other: str) -> None:
    assert (segment(one) == segment(other)) == (one == other)


@given(st.text(min_size=1).map(lambda text: text * 50))
def test_a_folder_name_is_short_and_plain(text: str) -> None:
    name = segment(text)

    assert len(name) <= 120
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.%~")
    assert not name.startswith(".")


def test_two_long_texts_with_the_same_beginning_differ() -> None:
    assert segment("a" * 1_000_000) != segment("a" * 1_000_001)


def test_a_message_carries_no_control_characters() -> None:
    assert legible("a\x1b[31m\u202e\ud800\n") == "a\\x1b[31m\\u202e\\ud800\\n"
    assert len(legible("x" * 10_000)) == 201
