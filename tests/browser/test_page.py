from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from browser.conftest import Visit
from browser.pages import crowded_report, letters_report
from report.documents import an_empty_document
from report.hostile import HOSTILE, page_with
from tallystick.report.html import render_html

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

LOW_CONTRAST = """() => {
  const channel = v => (v /= 255, v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = element => {
    for (; element; element = element.parentElement) {
      const colour = parse(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || ['title', 'desc'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(element.closest('svg') ? style.fill : style.color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.data.trim().slice(0, 40)}`);
  }
  return poor;
}"""
OVERFLOWING = """() => [...document.querySelectorAll('body *')]
  .filter(element => !element.closest('.scroll, .skip, svg') && element.getBoundingClientRect().right > innerWidth + 1)
  .map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture
def letters() -> bytes:
    return letters_report("en")


@pytest.fixture
def crowded() -> bytes:
    return crowded_report()


def test_a_page_opened_from_disk_asks_for_nothing_but_itself_and_complains_of_nothing(
    visit: Open, letters: bytes
) -> None:
    visited = visit(letters)
    visited.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    visited.page.wait_for_timeout(200)

    assert visited.requests == [visited.page.url]
    assert visited.complaints == []


def test_the_style_sheet_is_in_force_under_the_policy(visit: Open, letters: bytes) -> None:
    page = visit(letters).page

    assert page.locator(".tiles").evaluate("tiles => getComputedStyle(tiles).display") == "grid"


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_sticks_out_of_the_page_sideways(visit: Open, letters: bytes, crowded: bytes, width: int) -> None:
    for html in (letters, crowded, render_html(an_empty_document())):
        page = visit(html, width).page
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")

        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize(("width", "shown", "hidden"), [(360, "narrow", "wide"), (1440, "wide", "narrow")])
def test_each_width_shows_the_charts_that_were_drawn_for_it(
    visit: Open, letters: bytes, width: int, shown: str, hidden: str
) -> None:
    page = visit(letters, width).page

    assert page.locator(f"svg.{shown}").count() == page.locator("figure").count() > 4
    assert all(chart.is_visible() for chart in page.locator(f"svg.{shown}").all())
    assert not any(chart.is_visible() for chart in page.locator(f"svg.{hidden}").all())


def test_every_text_stands_out_from_its_ground_as_wcag_asks(visit: Open, letters: bytes) -> None:
    page = visit(letters).page
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")

    assert page.evaluate(LOW_CONTRAST) == []


def test_a_link_of_page_one_leads_to_its_finding(visit: Open, letters: bytes) -> None:
    page = visit(letters).page
    page.get_by_role("link", name=re.compile("measured 440,563 requests")).first.click()

    assert page.url.endswith("#finding-1")
    assert page.locator("#finding-1").evaluate("finding => Math.abs(finding.getBoundingClientRect().top) < 60")


def test_a_clause_opens_without_a_script(visit: Open, letters: bytes) -> None:
    page = visit(letters, scripts=False).page
    page.locator("#clause-2 summary").click()

    assert page.locator("#clause-2 table").is_visible()


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.fixture
def crowded_in_french() -> bytes:
    return crowded_report("fr")


@pytest.mark.parametrize("which", ["letters", "crowded", "crowded_in_french"])
def test_page_one_of_the_print_is_the_summary_on_one_a4_side(
    visit: Open, which: str, request: pytest.FixtureRequest
) -> None:
    page = visit(request.getfixturevalue(which)).page
    whole = page.pdf(prefer_css_page_size=True)
    page.evaluate("document.querySelectorAll('main > .body, footer').forEach(part => part.remove())")
    summary = page.pdf(prefer_css_page_size=True)

    assert pages_of(summary) == 1
    assert pages_of(whole) > 2
    page.emulate_media(media="print")
    assert page.locator(".summary").evaluate("summary => getComputedStyle(summary).breakAfter") == "page"


def test_print_shows_what_clauses_say_and_measured_and_leaves_out_the_tables_behind_charts(
    visit: Open, letters: bytes
) -> None:
    page = visit(letters, 700).page
    page.emulate_media(media="print")

    assert page.locator("#clause-2 table").evaluate("table => table.checkVisibility({contentVisibilityAuto: true})")
    assert not page.locator("details.data").first.is_visible()
    assert page.locator("svg.wide").first.is_visible()
    assert not page.locator("nav").is_visible()


@pytest.mark.parametrize("group", range(4))
def test_hostile_text_is_only_text(visit: Open, group: int) -> None:
    for hostile in HOSTILE[group::4]:
        visited = visit(page_with(hostile), 360)
        visited.page.locator("summary").first.click()

        assert visited.requests == [visited.page.url]
        assert visited.complaints == []
        assert visited.page.locator("script").count() == 1
        assert visited.page.locator("img, form, iframe, object, embed").count() == 0
        assert visited.page.evaluate("document.documentElement.scrollWidth") == 360
