from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tallystick.report.words import Words

EN = Words.load("en")
REPORT = Path(str(files("tallystick.report")))
COMPUTED = re.compile(
    r"(ask|ask_of|box|cause|checking|conclusion|duration|edition|effect|exactness|exposure|file|glossary|hours|kind|late_files"
    r"|log_files|method|month|number|of|per|reason|refuted_by|rule|severity|sight|sources|stated(_\w+)?|unit|verdict"
    r"|weekday|why|window|windows|word)\."
    r"|(daily|total)\.(description|column)\.|(daily|total|week|apps|peaks)\.column\.|(repeated|refused)_files\."
    r"|changed\.(key|of|one|section|why|(un)?known_of)|reading\.|summary\.(kept|not_)|\w+\.title$"
)


def test_every_sentence_that_a_rendering_asks_for_is_in_the_catalogue() -> None:
    asked = {
        key
        for path in [*REPORT.rglob("*.py"), *REPORT.glob("templates/*.html")]
        for key in re.findall(r"""(?:say|plain)\(\s*"([a-z_]+\.[a-z_.]+)"\s*[,)]""", path.read_text(encoding="utf-8"))
    }

    assert asked
    assert [key for key in sorted(asked) if not (EN.has(key) or EN.has(f"{key}.one"))] == []


def test_no_sentence_of_the_catalogue_is_left_over() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in [*REPORT.rglob("*.py"), *REPORT.glob("templates/*.html")]
    )
    keys = {re.sub(r"\.(one|many)$", "", key) for key in EN.sentences}

    assert [key for key in sorted(keys) if f'"{key}"' not in source and not COMPUTED.match(key)] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_204_311, "1,204,311"),
        ("26000000000000000000", "26,000,000,000,000,000,000"),
        (None, "–"),
    ],
)
def test_a_whole_number_has_its_thousands_apart(value: int | str | None, shown: str) -> None:
    assert EN.number(value) == shown


@pytest.mark.parametrize(
    ("part", "whole", "decimals", "shown"),
    [(1, 3, 1, "33.3\u00a0%"), (0, 0, 1, "0.0\u00a0%"), (99_999, 100_000, 2, "99.99\u00a0%"), (5, 5, 0, "100\u00a0%")],
)
def test_a_share_is_rounded_towards_zero(part: int, whole: int, decimals: int, shown: str) -> None:
    assert EN.percent(part, whole, decimals) == shown


@given(st.integers(0, 10**18), st.integers(1, 10**18))
def test_all_of_it_is_said_only_of_all_of_it(part: int, whole: int) -> None:
    assert EN.percent(min(part, whole), whole, 2).startswith("100.00") == (part >= whole)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2022-11-03T14:05:11.000000Z", "2022-11-03 14:05:11"),
        ("2022-11-03T14:05:11.000001Z", "2022-11-03 14:05:11.000001"),
        ("yesterday\u202e", "yesterday[U+202E]"),
        (None, "–"),
    ],
)
def test_an_instant_keeps_every_microsecond(text: str | None, shown: str) -> None:
    assert EN.instant(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("PT15M", "15 minutes"), ("P1Y", "year"), ("P3M", "quarter"), ("P365D", "365 days"), ("P1DT2H", "P1DT2H")],
)
def test_a_length_is_said_in_words(text: str, shown: str) -> None:
    assert EN.duration(text) == shown


def test_values_are_escaped_and_the_catalogues_own_words_are_not() -> None:
    said = EN.say("checking.bytes.means")
    name = EN.say("finding.key", key="<b onclick=x>{schema}`x`\u202e")

    assert "<code>shasum -a 256 --check SHA256SUMS</code>" in said
    assert name == "held against &lt;b onclick=x&gt;{schema}`x`[U+202E]"
    assert isinstance(name, Markup)


def test_one_is_told_from_many() -> None:
    assert EN.plain("summary.more_findings", n=1) == "and one more finding"
    assert EN.plain("summary.more_findings", n=1_200) == "and 1,200 more findings"
