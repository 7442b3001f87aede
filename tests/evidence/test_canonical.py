from __future__ import annotations

import json
import math
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evidence.canonical import NotCanonicalError, canonical_bytes, parse_canonical, parse_strict

EXACT = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | EXACT | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_reading_canonical_bytes_gives_the_document_back(document: object) -> None:
    assert parse_canonical(canonical_bytes(document)) == document


@given(DOCUMENTS)
def test_the_bytes_are_those_that_another_writer_of_rfc_8785_makes(document: object) -> None:
    assert canonical_bytes(document) == rfc8785.dumps(document)  # type: ignore[arg-type]


@given(DOCUMENTS)
def test_any_other_spelling_of_a_document_is_refused(document: object) -> None:
    canonical = canonical_bytes(document)
    spaced = json.dumps(document, indent=1, ensure_ascii=True).encode() + b"\n"

    with pytest.raises(NotCanonicalError):
        parse_canonical(spaced)

    assert canonical_bytes(parse_strict(spaced)) == canonical


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    assert canonical_bytes({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()


def test_an_integer_that_json_readers_would_round_becomes_its_decimal_digits() -> None:
    assert canonical_bytes([2**53 - 1, 2**53, -(2**53) + 1, -(2**53)]) == (
        b'[9007199254740991,"9007199254740992",-9007199254740991,"-9007199254740992"]'
    )


@pytest.mark.parametrize("value", [1.0, math.nan, math.inf, {"a": [0.5]}])
def test_floats_are_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError, match="float"):
        canonical_bytes(value)


@pytest.mark.parametrize("value", [Decimal("1"), b"bytes", {1: "key"}, {"a"}, object(), "\ud800", {"\ud800": 1}])
def test_what_has_no_exact_place_in_json_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"\\u0062":2}}',
        b'{"b":1,"a":2}',
        b"[1.0]",
        b"[1e3]",
        b"[NaN]",
        b"[-Infinity]",
        b"[-0]",
        b"[9007199254740992]",
        b"[99999999999999999]",
        '{"\ufb33":1,"\U0001f600":2}'.encode(),
        b"[" + b"9" * 10_000 + b"]",
        b"[01]",
        b'["\\u0041"]',
        b'["\\/"]',
        b'["\\ud800"]',
        b"\xef\xbb\xbf[]",
        b"[] ",
        b"[]\n",
        b"[]]",
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_only_the_one_canonical_form_is_read(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        parse_canonical(data)


def test_a_key_that_stands_twice_is_named() -> None:
    with pytest.raises(NotCanonicalError, match="'sum' stands twice"):
        parse_strict(b'{"sum":1,"n":2,"sum":3}')
