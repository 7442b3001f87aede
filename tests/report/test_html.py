from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest

from report.documents import (
    a_clause,
    a_document,
    a_finding,
    a_measure,
    a_pointer,
    a_version,
    a_window,
    an_app,
    an_empty_document,
)
from report.letters_case import the_letters_case
from report.pages import PageText
from tallystick.report.html import render_html
from tallystick.report.page import MOST_EVIDENCE, MOST_WINDOWS
from tallystick.report.words import Words


@pytest.fixture(scope="module")
def letters() -> dict[str, Any]:
    return the_letters_case()


@pytest.fixture(scope="module")
def page(letters: dict[str, Any]) -> bytes:
    return render_html(letters)


def digest_of(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def numbers(value: object) -> Iterator[int]:
    """Every integer in a document's part, truth values aside."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def test_every_number_of_summary_agreements_and_clauses_is_on_the_page(letters: dict[str, Any], page: bytes) -> None:
    shown = PageText.of(page).words
    parts = {name: letters[name] for name in ("summary", "agreements", "clauses")}

    assert {number for number in numbers(parts) if f"{number:,}" not in shown} == set()


def test_every_number_of_the_findings_is_on_the_page_as_far_as_rows_are_shown(
    letters: dict[str, Any], page: bytes
) -> None:
    shown = PageText.of(page).words
    findings = [
        finding | {"windows": finding["windows"][:MOST_WINDOWS], "evidence": finding["evidence"][:MOST_EVIDENCE]}
        for finding in letters["findings"]
    ]

    assert {number for number in numbers(findings) if f"{number:,}" not in shown} == set()


def test_every_number_of_consumption_reconciliation_and_completeness_is_on_the_page(
    letters: dict[str, Any], page: bytes
) -> None:
    shown = PageText.of(page).words
    sums = [
        *numbers(letters["reconciliation"]),
        *numbers(letters["completeness"]),
        *numbers(letters["consumption"]["weekday_hours"]),
        *(row[name] for row in letters["consumption"]["days"] for name in ("requests", "throttled")),
        *(row[amount]["sum"] for row in letters["consumption"]["days"] for amount in ("records", "response_bytes")),
        *(row["requests"] for view in ("apps", "months", "routes", "statuses") for row in letters["consumption"][view]),
    ]

    assert {number for number in sums if f"{number:,}" not in shown} == set()


def test_the_words_of_each_exceeded_clause_are_quoted(letters: dict[str, Any], page: bytes) -> None:
    text = PageText.of(page).text

    for finding in letters["findings"]:
        assert " ".join(finding["says"].split()) in text
        assert finding["sentence"].replace("§ ", "§\u00a0") in text.replace("§ ", "§\u00a0")


def test_evidence_names_file_position_and_whole_digest(letters: dict[str, Any], page: bytes) -> None:
    text = PageText.of(page).text

    for pointer in letters["findings"][0]["evidence"]:
        assert pointer["file"] in text
        assert pointer["file_id"] in text
        assert f"{pointer['position']:,}" in text


def test_the_policy_permits_the_pages_own_style_and_script_by_their_digests_and_nothing_else(page: bytes) -> None:
    text = page.decode()
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    policy = dict(PageText.of(page).elements[3][1])["content"]

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest_of(style)}'; script-src 'sha256-{digest_of(script)}'; "
        "require-trusted-types-for 'script'; trusted-types 'none'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_the_script_is_the_same_whatever_the_document_says(page: bytes) -> None:
    other = render_html(a_document(), words=Words.load("fr"))
    [script], [another] = (re.findall(r"<script>(.*?)</script>", each.decode(), re.DOTALL) for each in (page, other))

    assert script == another
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|import\(", script)
    assert len(script) < 8_000


def test_nothing_on_the_page_runs_loads_or_submits_but_its_one_script(page: bytes) -> None:
    parsed = PageText.of(page)
    tags = Counter(tag for tag, _ in parsed.elements)

    assert tags["script"] == 1
    assert not {"iframe", "object", "embed", "img", "form", "base", "foreignobject", "template"} & set(tags)
    for tag, attributes in parsed.elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "action")
        ]
        assert attributes.get("href", "#").startswith(("#", "data:,")), (tag, attributes)


def test_what_only_the_script_can_use_is_hidden_until_it_runs(page: bytes) -> None:
    elements = PageText.of(page).elements
    hidden = [attributes for _, attributes in elements if "hidden" in attributes]

    assert [each.get("class") or each.get("data-open") for each in hidden] == ["filter", "filter", "all", "none"]
    assert not [attributes for tag, attributes in elements if tag == "input" and attributes.get("type") != "search"]


def test_every_link_leads_to_a_place_on_the_page_and_no_id_stands_twice(page: bytes) -> None:
    elements = PageText.of(page).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    targets = {attributes["href"][1:] for _, attributes in elements if (attributes.get("href") or "").startswith("#")}
    named = {one for _, each in elements if "aria-labelledby" in each for one in str(each["aria-labelledby"]).split()}

    assert len(ids) == len(set(ids))
    assert targets | named <= set(ids)


def test_the_page_is_well_formed_and_says_its_language(page: bytes) -> None:
    parsed = PageText.of(page)

    assert parsed.unbalanced == []
    assert parsed.comments == []
    assert ("html", {"lang": "en"}) in parsed.elements
    assert parsed.title == "Halcyon Analytics Ltd · 2022 · Outside terms"


def test_every_table_has_a_caption_and_headings_with_a_scope(page: bytes) -> None:
    elements = PageText.of(page).elements
    tables = [index for index, (tag, _) in enumerate(elements) if tag == "table"]

    assert tables
    assert all(elements[index + 1][0] == "caption" or "aria-labelledby" in elements[index][1] for index in tables)
    assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")


def test_headings_go_down_one_level_at_a_time(page: bytes) -> None:
    levels = [int(tag[1]) for tag, _ in PageText.of(page).elements if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_an_empty_report_is_a_report() -> None:
    text = PageText.of(render_html(an_empty_document())).text

    assert "Unable to conclude" in text
    assert "There was no clause to check" in text
    assert "No version of an agreement was in force" in text
    assert "The numbering shows no gap" in text
    assert "There is nothing to draw" in text


def test_a_report_without_findings_says_so() -> None:
    text = PageText.of(render_html(a_document())).text

    assert "Within terms" in text
    assert "No clause was found exceeded or undecided" in text


def test_only_twenty_windows_are_shown_and_the_rest_is_counted() -> None:
    windows = [a_window(used=1_000_000 + number) for number in range(31)]
    text = PageText.of(render_html(a_document(findings=[a_finding(windows=windows)]))).text

    assert "1,000,019" in text
    assert "1,000,020" not in text
    assert "31 windows or episodes" in text
    assert "11 more are in report.json" in text


def test_evidence_of_one_file_stands_together_under_its_digest() -> None:
    evidence = [
        a_pointer(file="b.gz", position=1),
        a_pointer(file="a.gz", position=2),
        a_pointer(file="b.gz", position=3),
    ]
    text = PageText.of(render_html(a_document(findings=[a_finding(evidence=evidence)]))).text

    assert text.count("b.gz") == 1
    assert text.index("b.gz") < text.index("a.gz")


def test_the_three_foremost_findings_are_of_different_clauses_where_there_are_three() -> None:
    clauses = [a_clause(clause=name) for name in ("one", "two", "three")]
    order = ("one", "one", "one", "two", "three")
    findings = [
        a_finding(id=f"f-{number}", clause=clause, sentence=f"Sentence {number}.")
        for number, clause in enumerate(order, 1)
    ]
    text = PageText.of(render_html(a_document(clauses=clauses, findings=findings))).text
    first_page = text[: text.index("Agreement versions")]

    assert [number for number in range(1, 6) if f"Sentence {number}." in first_page] == [1, 4, 5]
    assert "5 findings in all : 5 major" in first_page


def test_a_number_beyond_what_json_holds_is_shown_exactly() -> None:
    document = a_document()
    document["summary"]["records"]["sum"] = "26000000000000000001"

    assert "26,000,000,000,000,000,001" in PageText.of(render_html(document)).text


def test_a_sum_over_some_requests_says_over_how_many() -> None:
    document = a_document()
    document["consumption"]["apps"][0]["records"] = {"sum": 480, "known": 8, "unknown": 2}
    text = PageText.of(render_html(document)).text

    assert "480 over 8 of 10 requests" in text


def test_a_box_that_does_not_add_up_says_what_is_left_over() -> None:
    document = a_document()
    document["reconciliation"]["rejected"] = 4

    assert "-3 left over" in PageText.of(render_html(document)).text


def test_the_share_of_the_log_that_was_seen_never_rounds_up_to_all() -> None:
    document = a_document()
    source = document["completeness"]["sources"][0]
    document["completeness"]["sources"] = [source | {"entries": 10_000_000, "missing": 1}]
    document["completeness"]["gaps"] = [
        {
            "source": "gateway",
            "epoch": None,
            "first_missing": 7,
            "last_missing": 7,
            "missing": 1,
            "after_at": None,
            "before_at": None,
        }
    ]
    text = PageText.of(render_html(document)).text

    assert "99.99\u00a0% of what was numbered" in text.replace("99.99 %", "99.99\u00a0%")
    assert "1 gap; numbers missing: 1." in text


def test_a_log_without_numbers_is_not_said_to_be_whole_without_a_word() -> None:
    document = a_document()
    document["completeness"]["sources"][0]["numbered"] = False
    text = PageText.of(render_html(document)).text

    assert "0 of 1 sources number their requests; loss in the others would not show" in text
    assert "not numbered" in text


def test_a_version_ends_where_the_next_one_begins() -> None:
    versions = [
        a_version(version="old", in_force_from="2021-07-01T07:00:00.000000Z", requests=0),
        a_version(version="new", in_force_from="2022-01-01T08:00:00.000000Z"),
    ]
    text = PageText.of(render_html(a_document(agreements=versions))).text

    assert "old 2021-07-01 to 2022-01-01 0" in text
    assert "new 2022-01-01 to open 10" in text


def test_a_tolerance_is_shown_beside_what_is_permitted() -> None:
    clause = a_clause(measures=[a_measure(max=500_000, limit=510_000)])
    text = PageText.of(render_html(a_document(clauses=[clause]))).text

    assert "500,000 510,000 with the tolerance" in text


def test_a_clause_that_no_log_can_check_is_listed_with_its_words() -> None:
    clause = a_clause(
        clause="no-resale", cites="§ 7", says="Licensee shall not sell records.", kind="text", verdict="not checked",
        readings=0, terms="", decided_from=[], limits=[], measures=[],
    )  # fmt: skip
    text = PageText.of(render_html(a_document(clauses=[clause]))).text

    assert "Licensee shall not sell records." in text
    assert "No automatic check of this clause exists" in text


def test_an_app_shows_when_it_was_registered_ended_and_approved() -> None:
    dates = {
        "registered": "2020-03-01T08:00:00.000000Z",
        "ended": None,
        "use_case_approved": "2020-03-15T07:00:00.000000Z",
    }
    document = a_document()
    document["consumption"]["apps"] = [an_app(**dates)]
    text = PageText.of(render_html(document)).text

    assert "halcyon-monitor · registered 2020-03-01 08:00:00 to open" in text
    assert "approved 2020-03-15 07:00:00" in text


def test_what_decided_a_clause_is_named_unless_nothing_did() -> None:
    unchecked = a_clause(clause="other", kind="text", verdict="not checked", decided_from=["nothing"], measures=[])
    text = PageText.of(render_html(a_document(clauses=[a_clause(decided_from=["usage_peak"]), unchecked]))).text

    assert "1 evaluated usage_peak 0" in text
    assert "– – 0 –" in text
