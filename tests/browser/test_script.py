"""The script of report.html: tables sorted by value, rows filtered, findings folded; and all of it there without it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from playwright.sync_api import Locator, Page

from browser.conftest import Visit
from browser.test_page import pages_of
from report.documents import Row, a_clause, a_document, a_finding, a_limit, a_measure
from report.many_findings import many_findings
from tallystick.report.html import render_html
from tallystick.report.words import Words

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

HUGE = "26000000000000000000"
FINDINGS = (  # key, severity, verdict, requests
    ("app-10", "minor", "exceeded", 1_204_311),
    ("app-9", "critical", "not decided", 95),
    ("app-2", "info", "exceeded", 0),
    ("app-30", "major", "exceeded", HUGE[:-1] + "2"),
    ("app-31", "major", "not decided", HUGE[:-1] + "1"),
)


def findings() -> list[Row]:
    return [
        a_finding(id=f"f-{key}", key=key, severity=severity, verdict=verdict, requests=requests, sentence=f"{key}: it.")
        for key, severity, verdict, requests in FINDINGS
    ]


def clauses() -> list[Row]:
    plain: Row = {"limits": [a_limit()], "version": "2021-07-01"}
    return [
        a_clause(clause="one", severity="minor", verdict="kept", says="Dépasser le seuil.", **plain),
        a_clause(clause="two", severity="critical", verdict="not checked", says="Nothing else.", **plain),
        a_clause(clause="three", severity="minor", verdict="exceeded", says="Nothing more.", **plain),
    ]


def a_money(**changes: object) -> Row:
    rest = {"currency": "EUR", "at_least": False, "clipped": False, "share": None, "share_reached": None}
    return {"owed": "5000", "paid": "0", "underpaid": "0", "interest": None} | rest | changes


@cache
def report(language: str = "en") -> bytes:
    return render_html(a_document(findings=findings(), clauses=clauses()), words=Words.load(language))


def numbers(page: Page, table: str = "#register") -> list[str]:
    """The numbers of the findings in the register, as it stands now, without the rows that are filtered out."""
    return page.locator(f"{table} tbody tr:visible > :first-child").all_inner_texts()


def shown(page: Page) -> list[str]:
    """The ids of the findings whose sentence is to be seen."""
    return [each.get_attribute("id") or "" for each in page.locator("article.finding:visible").all()]


def heading(page: Page, column: int, table: str = "#register") -> Locator:
    return page.locator(f"{table} thead th").nth(column)


def bar_of(page: Page, table: str = "register") -> Locator:
    return page.locator(f".filter[data-of={table}]")


def is_open(page: Page) -> list[bool]:
    answer: list[bool] = page.locator("details.whole").evaluate_all("all => all.map(one => one.open)")
    return answer


# ── sorting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_column_of_numbers_is_sorted_by_value_then_backwards_then_as_it_was(visit: Open, language: str) -> None:
    page = visit(report(language)).page
    requests = heading(page, 4)
    orders = []
    for _ in range(3):
        requests.locator("button").click()
        orders.append((requests.get_attribute("aria-sort"), "".join(numbers(page))))

    assert orders == [("ascending", "32154"), ("descending", "45123"), (None, "12345")]


def test_severities_and_verdicts_are_sorted_by_weight_and_names_with_their_numbers(visit: Open) -> None:
    page = visit(report()).page
    orders = []
    for column in (1, 2, 3):
        heading(page, column).locator("button").press("Enter")
        orders.append("".join(numbers(page)))

    assert orders == ["32145", "24513", "13425"]
    assert page.locator("#register [aria-sort]").count() == 1


def test_what_is_unknown_comes_last_in_both_directions(visit: Open) -> None:
    rows = [{"reason": name, "entries": 1, "bytes": size} for name, size in (("b", None), ("a", 57), ("c", 1_000))]
    document = a_document()
    document["completeness"]["rejected_entries"] = rows
    page = visit(render_html(document)).page
    table = page.locator("table.sortable", has_text="57").last
    orders = []
    for _ in range(2):
        table.locator("thead button").last.click()
        orders.append("".join(table.locator("tbody code").all_inner_texts()))

    assert orders == ["acb", "cab"]


def test_an_amount_is_sorted_by_what_it_is_at_least_and_the_total_stays_below(visit: Open) -> None:
    months = [("2022-01", "1200.50", True), ("2022-02", "99.5", False), ("2022-03", "1200.49", False)]
    measures = [a_measure(key=key, money=a_money(underpaid=sum_, at_least=least)) for key, sum_, least in months]
    clause = a_clause(kind="fee", measures=[*measures, a_measure(key="total", money=a_money(underpaid="2500.49"))])
    page = visit(render_html(a_document(clauses=[clause]), words=Words.load("fr")), place="#clause-1").page
    table = page.locator("#clause-1 table.money")
    orders = []
    for _ in range(2):
        table.locator("thead button").nth(4).click()
        orders.append([text[-2:] for text in table.locator("tbody th").all_inner_texts()])

    assert orders == [["02", "03", "01", "is"], ["01", "03", "02", "is"]]  # tous les mois


# ── filtering ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_register_and_its_findings_are_narrowed_by_text_severity_and_verdict_together(visit: Open) -> None:
    page = visit(report()).page
    bar = bar_of(page)
    bar.get_by_label("Verdict").select_option(label="Exceeded")
    first = numbers(page), bar.get_by_role("status").inner_text()
    bar.get_by_label("Text").press_sequentially("APP-3")

    assert first == (["1", "3", "4"], "Shown: 3 of 5")
    assert (numbers(page), shown(page)) == (["4"], ["finding-4"])

    bar.get_by_label("Severity").select_option(label="minor")
    assert (numbers(page), bar.get_by_role("status").inner_text()) == ([], "Shown: 0 of 5")

    bar.get_by_role("button").click()
    assert len(numbers(page)) == len(shown(page)) == 5
    assert bar.get_by_label("Text").input_value() == ""


def test_every_word_is_looked_for_in_the_whole_finding_without_regard_to_accents(visit: Open) -> None:
    page = visit(report()).page
    bar = bar_of(page, "coverage")
    bar.get_by_label("Text").fill("seuil depasser")
    found = page.locator("#coverage tbody tr:visible small").all_inner_texts()
    bar_of(page).get_by_label("Text").fill("f-app-31 req-4211")

    assert [each.split()[0] for each in found] == ["one"]
    assert page.locator("details.clause:visible").count() == 1
    assert numbers(page) == ["5"]


def test_a_filter_lasts_through_sorting(visit: Open) -> None:
    page = visit(report()).page
    bar_of(page).get_by_label("Severity").select_option(label="major")
    heading(page, 4).locator("button").click()

    assert numbers(page) == ["5", "4"]


def test_a_thousand_findings_are_narrowed_by_every_key_that_a_reader_types(visit: Open) -> None:
    page = visit(render_html(many_findings(1_000))).page
    field = page.locator(".filter[data-of=register] input")
    left = []
    for letter in "finding 99":
        field.press_sequentially(letter)
        left.append(len(numbers(page)))

    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1]
    assert bar_of(page).get_by_role("status").inner_text() == f"Shown: {left[-1]:,} of 1,000"


# ── drill-down ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_findings_are_folded_to_their_sentence_and_open_from_the_register(visit: Open) -> None:
    page = visit(report()).page
    folded = is_open(page)
    page.locator("#register a").nth(2).click()

    assert folded == [False] * 5
    assert len(shown(page)) == 5
    assert is_open(page) == [False, False, True, False, False]
    assert page.locator("#finding-3 blockquote").is_visible()
    assert page.locator("#finding-3").evaluate("one => one.getBoundingClientRect().top") < 900


def test_the_address_of_a_finding_opens_it_also_one_that_is_filtered_out(visit: Open) -> None:
    page = visit(report(), place="#finding-5").page
    opened = is_open(page)
    bar_of(page).get_by_label("Text").fill("app-10")
    page.evaluate("location.hash = '#finding-2'")
    page.wait_for_function("document.querySelector('#finding-2 details').open")

    assert opened == [False] * 4 + [True]
    assert page.locator("#finding-2").is_visible()
    assert len(numbers(page)) == 5


def test_a_finding_opens_and_folds_by_keyboard_and_all_of_them_at_once(visit: Open) -> None:
    page = visit(report()).page
    page.locator("#finding-1 details.whole > summary").press("Enter")
    by_key = is_open(page)
    page.get_by_role("button", name="Open all findings").press("Space")
    all_open = is_open(page)
    page.get_by_role("button", name="Fold all findings").click()

    assert by_key == [True, False, False, False, False]
    assert (all(all_open), any(is_open(page))) == (True, False)


# ── without it ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_script_everything_is_open_and_nothing_that_needs_one_is_shown(visit: Open) -> None:
    page = visit(report(), scripts=False).page

    assert (len(numbers(page)), len(shown(page))) == (5, 5)
    assert all(each.is_visible() for each in page.locator("details.whole blockquote").all())
    assert page.locator("button:visible, input:visible, select:visible").count() == 0


def test_on_paper_every_row_and_finding_is_there_whatever_was_filtered_and_folded(visit: Open) -> None:
    page = visit(report()).page
    whole = page.pdf(prefer_css_page_size=True)
    bar_of(page).get_by_label("Text").fill("app-10")
    narrowed = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert pages_of(whole) == pages_of(narrowed)
    assert (len(numbers(page)), len(shown(page))) == (5, 5)
    assert page.locator("details.whole blockquote").evaluate_all(
        "all => all.every(one => one.checkVisibility({contentVisibilityAuto: true}))"
    )
    assert page.locator(".filter, .folding").evaluate_all("all => all.every(one => !one.checkVisibility())")
    assert not any(is_open(page))


def test_all_that_a_reader_can_do_asks_for_nothing_and_complains_of_nothing(visit: Open) -> None:
    visited = visit(report(), 360)
    page = visited.page
    for button in page.locator("button:visible").all():
        button.click()
    for field in page.locator("input").all():
        field.fill("<img src=x onerror=alert(1)>")
    page.evaluate("location.hash = '#%zz<b>'")
    page.wait_for_timeout(50)

    assert {url.partition("#")[0] for url in visited.requests} == {page.url.partition("#")[0]}
    assert visited.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("img").count() == 0


def test_the_policy_and_trusted_types_stop_any_other_script(visit: Open) -> None:
    visited = visit(report())
    run = visited.page.evaluate(
        """() => {
          const tried = [];
          const attempt = (name, act) => { try { act(); } catch (error) { tried.push(name + ' ' + error.name); } };
          attempt('markup', () => { document.body.innerHTML = '<img src=x onerror=window.ran=1>'; });
          attempt('policy', () => trustedTypes.createPolicy('any', {createHTML: text => text}));
          const script = document.createElement('script');
          script.append('window.ran = 1');
          document.body.append(script);
          return [tried, window.ran ?? null];
        }"""
    )

    assert run == [["markup TypeError", "policy TypeError"], None]
