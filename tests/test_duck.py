"""Text in SQL: whatever a log holds is a literal, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tallystick.duck import connect, quote_name, quote_text

CONNECTION = connect()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_itself_as_a_literal(text: str) -> None:
    assert CONNECTION.execute(f"SELECT {quote_text(text)}").fetchall() == [(text,)]


@given(st.text(st.sampled_from("a'\0\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\\"), max_size=40))
def test_a_literal_is_one_line_whatever_is_in_it(text: str) -> None:
    assert len(quote_text(text).splitlines()) == 1
    assert CONNECTION.execute(f"SELECT {quote_text(text)}").fetchall() == [(text,)]


def test_a_text_of_many_lines_is_no_deep_expression() -> None:
    lines = "a\n" * 20_000

    assert CONNECTION.execute(f"SELECT {quote_text(lines)} = ?", [lines]).fetchall() == [(True,)]


def test_the_character_that_no_literal_holds_is_in_one_all_the_same() -> None:
    [row] = CONNECTION.execute(f"SELECT {quote_text(chr(0))}, 'a' || {quote_text(f'{chr(0)}b')} LIKE 'a_b'").fetchall()

    assert row == ("\0", True)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_any_text_is_a_name(text: str) -> None:
    described = CONNECTION.execute(f"SELECT 1 AS {quote_name(text)}").description

    assert described is not None
    assert described[0][0] == text
