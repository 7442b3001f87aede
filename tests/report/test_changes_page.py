"""changes.html: every changed number before and after, in a page that runs nothing."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

import pytest

from evidence.bundles import Report, a_report
from tallystick.evidence import reasons
from tallystick.evidence.canonical import Json, canonical_bytes, parse_canonical
from tallystick.evidence.changed_values import SAID_AGAIN
from tallystick.evidence.changed_words import ONE_OF, SECTIONS
from tallystick.evidence.changes import Side, compare
from tallystick.evidence.digest import Sha256
from tallystick.evidence.report_shape import REPORT
from tallystick.evidence.shape import Object
from tallystick.report.changes_page import MOST_ROWS, render_changes
from tallystick.report.changes_words import place_said, reason_said
from tallystick.report.words import Words

HOSTILE = "<script>alert(1)</script>\u202e\"'{{7*7}}\x1b[2J" + "y" * 5_000


def changed(changes: dict[str, Json], before: Report | None = None) -> Json:
    sides = [
        Side(
            report=report,
            report_sha256=Sha256.of(canonical_bytes(report)),
            run={"tallystick": version},
            revision=number,
        )
        for number, (report, version) in enumerate(((before or a_report(), "0.1.0"), (a_report(changes), HOSTILE)), 1)
    ]
    return parse_canonical(canonical_bytes(compare(*sides)))


def test_the_page_shows_each_changed_number_before_and_after_and_by_how_much() -> None:
    page = render_changes(changed({"summary.requests": 1_204_311, "summary.credentials": 0})).decode()

    assert "Against revision 1: 2 numbers differ, 0 other values differ." in page
    assert re.search(r"<bdi>requests</bdi>.*<bdi>7</bdi>.*<bdi>1,204,311</bdi>.*\+1,204,304", page)
    assert re.search(r"<bdi>credentials</bdi>.*<bdi>1</bdi>.*<bdi>0</bdi>.*\u22121<", page)


def test_what_is_unknown_and_what_is_not_there_are_told_apart_from_zero() -> None:
    rows = [*a_report()["consumption"]["statuses"], {"status": 503, "requests": 4}]
    page = render_changes(changed({"findings.0.effect.requests_over": 0, "consumption.statuses": rows})).decode()

    assert re.search(r"<bdi>unknown</bdi>.*<bdi>0</bdi>", page)
    assert re.search(r"status 503, requests.*<bdi>not there</bdi>.*<bdi>4</bdi>", page)


def test_it_permits_no_script_and_nothing_of_others_is_markup() -> None:
    app = {**a_report()["consumption"]["apps"][0], "app": HOSTILE, "requests": 4}
    page = render_changes(changed({"consumption.apps.0": app})).decode()

    assert "default-src 'none'; style-src 'sha256-" in page.replace("&#39;", "'")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page.replace("&#34;", '"')
    assert not {"\u202e", "\x1b"} & set(page)
    assert len(page) < 40_000


def test_of_very_many_changes_the_page_shows_the_first_and_counts_the_others() -> None:
    statuses = [{"status": 1000 + each, "requests": each + 1} for each in range(MOST_ROWS + 10)]
    page = render_changes(
        changed({"consumption.statuses": [*a_report()["consumption"]["statuses"], *statuses]})
    ).decode()

    assert f"{MOST_ROWS + 10} values changed; the first {MOST_ROWS} are shown" in page
    assert page.count('data-label="Before"') == MOST_ROWS


def test_the_same_changes_give_the_same_bytes() -> None:
    assert render_changes(changed({"summary.requests": 8})) == render_changes(changed({"summary.requests": 8}))


FRENCH = Words.load("fr")


def in_french(changes: dict[str, Json], before: Report | None = None) -> str:
    return render_changes(changed(changes, before), "fr").decode()


def test_in_french_each_value_is_named_in_french_and_numbers_are_written_as_french_has_them() -> None:
    page = in_french({"summary.requests": 1_204_311, "clauses.0.verdict": "kept", "consumption.apps.0.requests": 9})

    assert '<html lang="fr">' in page
    assert re.search(r"<bdi>requêtes</bdi>.*<bdi>7</bdi>.*<bdi>1\u202f204\u202f311</bdi>.*\+1\u202f204\u202f304", page)
    assert "<bdi>application halcyon-monitor, requêtes</bdi>" in page
    assert f"<bdi>{FRENCH.term('verdict', 'kept')}</bdi>" in page
    assert "version 2021-07-01 / daily-volume" not in page
    assert "<bdi>clause 2021-07-01 / daily-volume, verdict</bdi>" in page
    assert "Une version de l’accord de plus" not in page
    assert 'lang="en"' not in page


def test_every_key_of_the_document_has_a_word_in_every_language() -> None:
    def keys(shape: object) -> Iterator[str]:
        if isinstance(shape, Object):
            yield from shape.keys
            shapes: list[object] = [each.shape for each in shape.keys.values()]
        else:
            shapes = [getattr(shape, "shape", None), *getattr(shape, "shapes", ())]
        for one in shapes:
            if one is not None:
                yield from keys(one)

    left_out = {*SAID_AGAIN, *SECTIONS, *ONE_OF, "weekday_hours", "refuted_by"}
    assert {key for key in keys(REPORT) if not FRENCH.has(f"changed.key.{key}")} - left_out == set()
    english = Words.load("en")
    assert {name: english.plain(f"changed.one.{name}") for name in ONE_OF} == ONE_OF
    assert {name: english.plain(f"changed.section.{name}") for name in SECTIONS} == SECTIONS


def test_every_reason_has_its_sentence_in_french() -> None:
    tree = ast.parse(inspect.getsource(reasons))
    told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    texts = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in told]
    said = [each for each in texts if isinstance(each, str) and re.match("[A-Z][a-z' ]+ [a-z]", each)]
    said = [f"{each}{thing}" for each in said for thing in ("the period", "the licensee", "the time zone")]

    assert len(said) >= 14
    assert [each for each in said if reason_said({"words": each}, FRENCH) is None] == []


@pytest.mark.parametrize("name", ["a].b", "x[0]", "", "5", "a, requests", "]", "[", "a.requests", HOSTILE[:90]])
def test_whatever_an_app_is_called_its_place_is_said_right_or_in_english(name: str) -> None:
    app = {**a_report()["consumption"]["apps"][0], "app": name}
    found = changed({"consumption.apps.0": {**app, "requests": 4}}, a_report({"consumption.apps.0": app}))
    [change] = [each for section in found["sections"] for each in section["changes"]]

    assert place_said(change, FRENCH) in (f"application {name}, requêtes", None)
    assert place_said({**change, "words": "another place"}, FRENCH) is None
    assert place_said(change, Words.load("en")) == f"app {name}, requests"
    assert name.strip("[]") == "" or place_said(change, FRENCH) is not None or "]" in name


def test_what_has_no_words_in_french_is_marked_as_english() -> None:
    found = changed({"summary.requests": 8})
    found["sections"][0]["changes"][0].update(path="summary.novel", words="novel")
    found["why"] = [{"what": "program", "words": "A reason of tomorrow.", "values": {}}]

    page = render_changes(found, "fr").decode()
    assert '<th scope="row" lang="en"><bdi>novel</bdi>' in page
    assert '<li lang="en">A reason of tomorrow.</li>' in page
