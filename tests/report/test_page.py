"""What the page says beside its numbers: what is asked, what is exposed, on what a finding rests, how it was made."""

from __future__ import annotations

import re

import pytest

from report.documents import Row, a_clause, a_condition, a_document, a_finding, an_ask, an_effect
from report.many_findings import many_findings
from report.pages import PageText
from tallystick.report.html import render_html
from tallystick.report.page import FIRST_PAGE_ASKS, MOST_IN_FULL, page_of
from tallystick.report.words import Words

EN = Words.load("en")
AMOUNTS = {"currency": "USD", "low": "12345.00", "high": "20400.50", "at_least": False}
RUN = {
    "tallystick": "1.2.3",
    "parts": {"pyarrow": "9.8.7", "duckdb": "6.5.4"},
    "command": "tallystick run --licensee halcyon --period 2022",
    "settings": {"provider": "Murmur Social", "time_zone": "America/Los_Angeles"},
    "inputs": {
        "agreements": [{"version": "2021-07-01", "sha256": "a" * 64}],
        "log_files": 1_204,
        "log_files_sha256": "b" * 64,
    },
}


def text_of(document: Row, run: Row | None = None) -> str:
    return PageText.of(render_html(document, page=page_of(document, EN, run))).text


def first_page(text: str) -> str:
    return text[: text.index(EN.plain("summary.fine"))]


def test_page_one_says_what_is_asked_of_whom_by_when() -> None:
    asks = [
        an_ask(),
        an_ask(number=2, of="provider", what="name_callers", values={"requests": 1_871}, within_days=None),
    ]
    text = first_page(text_of(a_document(asks=asks)))

    assert "The licensee answer the findings of this report (findings: 1) within 30 days of receipt (§ 9)" in text
    assert "The provider say who made the 1,871 requests that match nobody on the register no date is set" in text


def test_asks_that_page_one_has_no_place_for_are_counted_there_and_stand_in_the_list() -> None:
    asks = [
        an_ask(number=number, what="register_app", values={"apps": [f"app-{number}"]})
        for number in range(FIRST_PAGE_ASKS + 3)
    ]
    text = text_of(a_document(asks=asks))

    assert [f"app-{number}," in first_page(text) for number in (FIRST_PAGE_ASKS - 1, FIRST_PAGE_ASKS)] == [True, False]
    assert "and 3 more" in first_page(text)
    assert f"app-{FIRST_PAGE_ASKS + 2}," in text


def test_an_ask_names_the_findings_that_it_follows_from_by_their_numbers_on_the_page() -> None:
    findings = [a_finding(id=f"f-{number}") for number in range(3)]
    asks = [an_ask(findings=["f-2", "f-0", "f-of-another-report"])]
    page = render_html(a_document(findings=findings, asks=asks)).decode()
    [section] = re.findall(r'<section id="asks".*?</section>', page, re.DOTALL)

    assert re.findall(r'href="(#[^"]*)"', section) == ["#finding-1", "#finding-3"]


def test_exposure_in_money_is_a_range_on_page_one() -> None:
    text = first_page(text_of(a_document(exposures=[AMOUNTS | {"of": []}])))

    assert "Exposure in money 12,345.00 – 20,400.50 USD" in text


@pytest.mark.parametrize("at_least", [True, False])
def test_exposure_that_may_be_more_says_so(at_least: bool) -> None:
    text = first_page(text_of(a_document(exposures=[AMOUNTS | {"at_least": at_least, "of": []}])))

    assert (EN.plain("exposure.at_least") in text) is at_least


def test_an_agreement_without_a_fee_clause_says_so_where_money_would_stand() -> None:
    assert "Exposure in money No fee clause" in first_page(text_of(a_document(exposures=[])))


def test_a_finding_says_what_was_measured_what_follows_and_what_would_show_it_to_be_wrong() -> None:
    finding = a_finding(
        condition=a_condition(max=90, exactness="at least", clipped=True),
        effect=an_effect(requests_over=20, served_over=18, money=AMOUNTS),
    )
    text = text_of(a_document(findings=[finding], clauses=[a_clause(findings=[finding["id"]])]))

    for said in (
        "Reading “as written”: 120 requests measured, 100 permitted, for the licensee as a whole in each calendar year",
        "at least, as some requests do not say their amount",
        "The agreement’s own number is 90; the tolerance is added to it.",
        EN.plain("condition.clipped"),
        "20 requests were over what is permitted",
        "18 of them were answered",
        "open in money: 12,345.00 to 20,400.50 USD",
        "Hypothesis, not a measurement: a limit that the gateway did not hold",
        *(EN.plain(f"refuted_by.{key}") for key in finding["refuted_by"]),
        "SELECT received_at, request_id FROM request WHERE licensee = 'halcyon' ORDER BY received_at",
        f"evidence/{finding['id']}.parquet",
        EN.plain("response.nothing"),
        EN.plain("earlier.nothing"),
    ):
        assert said in text


def test_a_finding_says_what_the_licensee_answered_and_what_earlier_audits_found() -> None:
    earlier = [{"period": "2021", "id": "f-0", "used": 311_902, "limit": None, "requests": 11_902}]
    finding = a_finding(response={"date": "2023-02-14", "text": "The app was off."}, earlier=earlier)
    text = text_of(a_document(findings=[finding]))

    assert "The licensee’s response of 14 February 2023 The app was off." in text
    assert "Period 2021: finding f-0, concerning 11,902 requests: measured 311,902 against –" in text
    assert EN.plain("response.nothing") not in text


@pytest.mark.parametrize(
    ("over", "served", "said"),
    [
        (20, 0, "20 requests were over what is permitted 0 of them were answered"),
        (None, 1, "Effect 1 request was answered although what is permitted had been passed"),
        (20, None, "Effect 20 requests were over what is permitted Possible cause"),
    ],
)
def test_an_effect_says_what_is_known_of_it(over: int | None, served: int | None, said: str) -> None:
    finding = a_finding(effect=an_effect(requests_over=over, served_over=served))

    assert said in text_of(a_document(findings=[finding]))


def test_what_is_not_known_of_a_finding_is_not_said() -> None:
    nothing = an_effect(requests_over=None, served_over=None)
    finding = a_finding(condition=None, effect=nothing, cause=None, query=None, windows=[], evidence=[])
    text = text_of(a_document(findings=[finding]))

    for key in ("effect.title", "cause.title", "query.title", "finding.windows"):
        assert EN.plain(key) not in text
    assert EN.plain("evidence.nothing") in text


def test_the_sentence_of_a_finding_stands_outside_of_what_can_be_folded() -> None:
    page = render_html(many_findings(MOST_IN_FULL + 30)).decode()
    articles = re.findall(r'<article class="finding".*?</article>', page, re.DOTALL)

    assert len(articles) == MOST_IN_FULL + 30
    for article in articles:
        assert article.count('<details class="whole" open>') == 1
        assert article.index("</h3>") < article.index('<details class="whole" open>')


def test_a_late_finding_leaves_to_the_first_of_its_clause_what_they_share_and_its_query_can_be_had_from_there() -> None:
    document = many_findings(60)
    page = page_of(document, EN)
    [late] = [block for block in page.findings if block.number == 60]
    text = PageText.of(render_html(document, page=page)).text

    assert late.like is not None
    assert late.like.number == 20
    assert late.shares_query
    assert late.like.finding["query"].replace("-0019'", "-0059'") == late.finding["query"]
    assert "with halcyon-application-0059 in place of halcyon-application-0019: as of finding 20" in text
    assert late.finding["query"].split()[-3] in text


def test_a_late_finding_with_another_query_or_other_words_says_them_itself() -> None:
    document = many_findings(60)
    document["findings"][58]["query"] = "SELECT 58"
    document["findings"][59]["says"] = "Other words."
    page = page_of(document, EN)
    text = PageText.of(render_html(document, page=page)).text

    assert [block.like is None for block in page.findings[58:]] == [False, True]
    assert "SELECT 58" in text
    assert "Other words." in text


def test_a_page_of_a_thousand_findings_in_the_longer_language_is_under_three_megabytes() -> None:
    page = render_html(many_findings(1_000), words=Words.load("fr"))

    assert len(page) < 3_000_000
    assert page.count(b'<article class="finding"') == 1_000
    assert page.count(b"evidence/f-") == 1_000


def test_a_clause_with_many_findings_names_the_first_of_them_and_counts_the_others() -> None:
    document = many_findings(60)
    for finding in document["findings"]:
        finding["clause"] = "quarter-hour-00"
    document["clauses"][0]["findings"] = [finding["id"] for finding in document["findings"]]
    [row] = re.findall(r'<table class="coverage.*?</table>', render_html(document).decode(), re.DOTALL)

    assert '<a href="#finding-40">40</a> and 20 more' in row


def test_the_page_says_with_what_it_was_made() -> None:
    text = text_of(a_document(), RUN)

    assert "tallystick 1.2.3 duckdb 6.5.4 pyarrow 9.8.7" in text
    assert RUN["command"] in text
    assert f"Agreement, version 2021-07-01 {'a' * 64}" in text
    assert f"1,204 log files, over their names and digests {'b' * 64}" in text
    assert "provider Murmur Social, time zone America/Los_Angeles" in text


def test_what_a_page_was_made_with_is_left_out_where_nobody_says_it() -> None:
    text = text_of(a_document())

    assert EN.plain("reproducibility.title") in text
    assert EN.plain("reproducibility.programs") not in text
    assert EN.plain("reproducibility.command") not in text


def test_the_page_tells_its_method_and_where_changes_of_a_revision_are_listed() -> None:
    text = text_of(a_document())

    for key in ("entries", "identity", "attribution", "times", "versions", "limits", "readings", "unknown", "causes"):
        assert EN.plain(f"method.{key}") in text
    assert EN.plain("changes.title") in text
    assert "changes.html" in text


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "{{ 7 * 7 }}{n}", "a\u202eb\x1b[2J", "x" * 1_048_576])
def test_text_of_others_in_what_a_page_was_made_with_is_only_text(hostile: str) -> None:
    run = RUN | {"command": hostile, "settings": {"provider": hostile, "time_zone": hostile}}
    pages = [PageText.of(render_html(a_document(), page=page_of(a_document(), EN, each))) for each in (run, RUN)]

    assert pages[0].shape == pages[1].shape
    assert not set(pages[0].text) & set("\u202e\x1b")
    assert len(pages[0].text) < len(pages[1].text) + 5_000
