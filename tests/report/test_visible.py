from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.report.visible import visible, visible_lines

SHOWN = {"\u00a0", "\u202f"}


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("pay\u200bpal", "pay[U+200B]pal"),
        ("\ufeffname", "[U+FEFF]name"),
        ("tab\tnew\nline", "tab[U+0009]new[U+000A]line"),
        ("\x1b[31mred", "[U+001B][31mred"),
        ("nul\x00", "nul[U+0000]"),
        ("half \ud800", "half [U+D800]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("filler\u3164", "filler[U+3164]"),
        ("wide\u3000space", "wide[U+3000]space"),
        ("variant\ufe0f", "variant[U+FE0F]"),
        ("no character \uffff", "no character [U+FFFF]"),
    ],
)
def test_what_hides_or_reorders_text_is_written_as_its_code_point(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize("text", ["", "§ 4.2", "Société Générale", "漢字", "שלום", "2 %", "a\u00a0b", "naïve e\u0301"])
def test_ordinary_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_accents_heaped_on_one_letter_are_counted_out_instead_of_drawn() -> None:
    assert visible("e" + "\u0301" * 5) == "e\u0301\u0301\u0301[U+0301][U+0301]"


def test_a_text_that_is_too_long_is_cut_and_the_rest_counted() -> None:
    assert visible("x" * 1_048_576, most=3) == "xxx…[+1,048,573]"


def test_the_lines_of_a_clause_stay_lines() -> None:
    assert visible_lines("one\r\ntwo\nthree\rfour") == "one\ntwo\nthree[U+000D]four"


@given(st.text(st.characters(codec=None), max_size=60))
def test_visible_text_holds_nothing_that_hides(text: str) -> None:
    shown = visible(text)

    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [each for each in shown if unicodedata.category(each) in hidden]
    assert not [each for each in shown if unicodedata.category(each) == "Zs" and each != " " and each not in SHOWN]
    assert visible(shown) == shown or len(shown) > 400
