from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from report.documents import Row, a_document, a_finding
from report.letters_case import the_letters_case
from report.pages import PageText
from report.usage_rows import usage_rows
from tallystick.report.bundle import render_bundle
from tallystick.report.completeness import not_seen
from tallystick.report.document import concluded
from tallystick.report.said_lists import not_seen_said, reasons_said
from tallystick.report.saying import finding_said
from tallystick.report.words import Words
from tallystick.tables.rejected_entry import REASONS

EN, FR = Words.load("en"), Words.load("fr")
CONDITION = {
    "reading": "as written",
    "used": 1_204_311,
    "limit": 1_000_000,
    "max": 1_000_000,
    "unit": "requests",
    "per": "licensee",
    "window": "calendar",
    "within": "P1Y",
    "exactness": "exact",
    "clipped": False,
    "start_at": "2022-01-01T00:00:00.000000Z",
    "end_at": "2023-01-01T00:00:00.000000Z",
}


def placeholders(sentence: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", sentence)))


def codes(sentence: str) -> list[str]:
    return re.findall(r"`[^`]*`", sentence)


@pytest.fixture(scope="module")
def bundle() -> dict[str, bytes]:
    return render_bundle(the_letters_case(), usage_rows(), {}, {}, language="fr")


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(set(EN.sentences) ^ set(FR.sentences)) == []


def test_both_languages_ask_for_the_same_values_and_show_the_same_code() -> None:
    differing = [
        key
        for key, english in EN.sentences.items()
        if placeholders(english) != placeholders(FR.sentences[key]) or codes(english) != codes(FR.sentences[key])
    ]

    assert differing == []


def test_the_catalogue_has_the_programs_own_words_for_every_reason() -> None:
    assert {name: EN.plain(f"reason.{name}") for name in REASONS} == REASONS


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (FR.number(1_204_311), "1\u202f204\u202f311"),
        (FR.amount("-2345.10"), "−2\u202f345,10"),
        (FR.percent(1, 3), "33,3\u202f%"),
        (FR.instant("2022-11-03T14:05:11.250000Z"), "03/11/2022 14:05:11,250000"),
        (FR.date("2022-11-03"), "3 novembre 2022"),
        (FR.date("2022-07-01"), "1er juillet 2022"),
        (FR.duration("PT15M"), "15 minutes"),
    ],
)
def test_numbers_and_dates_are_written_as_french_has_them(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_finding_is_said_from_its_numbers() -> None:
    finding = a_finding(condition=CONDITION)

    assert finding_said(finding, FR).language is None
    assert finding_said(finding, FR).text == (
        "halcyon\u202f: on mesure 1\u202f204\u202f311 requêtes, et § 4.2 en permet 1\u202f000\u202f000 "
        "par année du calendrier."
    )


def the_programs_own(document: Row) -> Row:
    """The document with just the reasons and limits that its clauses and numbers give."""
    seen = not_seen(document["completeness"], document["reconciliation"], document["consumption"])
    return document | {"reasons": concluded(document["clauses"])[1], "not_seen": seen}


def test_reasons_and_limits_of_sight_are_said_from_the_numbers_that_give_them() -> None:
    document = the_programs_own(the_letters_case())

    reasons, sight = reasons_said(document, FR), not_seen_said(document, FR)
    assert (len(reasons), len(sight)) == (len(document["reasons"]), len(document["not_seen"]))
    assert {one.language for one in sight} == {None}
    assert next(one.text for one in reasons if one.language is None).startswith("§ 4.3 (2021-07-01)\u202f: dépassée ")
    assert [one.language for one in reasons].count("en") == sum(": not decided" in one for one in document["reasons"])


def test_in_english_they_are_the_documents_own_sentences() -> None:
    document = the_programs_own(the_letters_case())
    by_key = [EN.plain("sight.not_logged"), EN.plain("sight.after_delivery")]

    assert [one.text for one in reasons_said(document, EN)] == document["reasons"]
    assert [one.text for one in not_seen_said(document, EN)] == document["not_seen"]
    assert document["not_seen"][:2] == by_key


def test_sentences_that_the_numbers_do_not_give_stay_english_and_say_so() -> None:
    document = the_programs_own(a_document()) | {"reasons": ["Of another program."], "not_seen": ["Nor this."]}

    said = [*reasons_said(document, FR), *not_seen_said(document, FR)]
    assert [(one.text, one.language) for one in said] == [("Of another program.", "en"), ("Nor this.", "en")]


@pytest.mark.parametrize("missing", ["used", "limit", "unit"])
def test_a_finding_without_its_numbers_keeps_its_english_sentence_and_says_so(missing: str) -> None:
    finding = a_finding(condition=CONDITION | {missing: None})

    assert (finding_said(finding, FR).text, finding_said(finding, FR).language) == (finding["sentence"], "en")
    assert finding_said(finding, EN).language is None


def test_the_page_is_in_french_and_marks_what_is_english(bundle: dict[str, bytes]) -> None:
    page = bundle["report.html"].decode("utf-8")
    shown = PageText.of(bundle["report.html"]).text

    assert '<html lang="fr">' in page
    assert "Hors des termes" in shown
    assert "780 000" in shown.replace("\u202f", " ")
    assert '<span lang="en">' in page
    said = {key: " ".join(FR.plain(key).split()) for key in ("summary.kicker", "clauses.coverage", "seen.title")}
    assert [key for key, sentence in said.items() if sentence not in shown] == []


def test_the_print_is_in_french(bundle: dict[str, bytes]) -> None:
    reader = PdfReader(io.BytesIO(bundle["report.pdf"]))
    first = reader.pages[0].extract_text()

    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert "Hors des termes" in first
    assert FR.plain("asks.title") in first


def test_what_is_exact_is_the_same_in_every_language(bundle: dict[str, bytes]) -> None:
    english = render_bundle(the_letters_case(), usage_rows(), {}, {})

    differing = [name for name in english if english[name] != bundle[name]]
    assert differing == ["report.html", "report.pdf"]


def test_the_same_french_document_gives_the_same_bytes() -> None:
    document: Row = a_document(findings=[a_finding(condition=CONDITION)])

    assert render_bundle(document, usage_rows(), {}, {}, language="fr") == render_bundle(
        document, usage_rows(), {}, {}, language="fr"
    )
