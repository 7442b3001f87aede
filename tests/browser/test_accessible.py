"""Every page that we publish keeps the rules of WCAG 2.2 AA that axe-core can ask for, in each language and state."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Page

from browser.conftest import Visit
from browser.pages import crowded_report, letters_report, shelf_page
from browser.test_changes_page import page as changes_page

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ASK = """rules => axe.run({
  runOnly: {type: "tag", values: rules}, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"],
})"""

SHORTEN = """() => document.querySelectorAll("details.data tbody")
  .forEach(body => [...body.rows].slice(9).forEach(row => row.remove()))"""
"""Rows of a year's days are all alike; axe-core need not look at each."""
LAID_OUT = """() => document.querySelectorAll(".finding")
  .forEach(finding => { finding.style.contentVisibility = "visible"; })"""
"""What is far from the window is not laid out, and would seem to lie on top of what follows it."""


def broken_rules(page: Page) -> list[str]:
    """The rules that elements of the page break, as it is now, each with the first such element."""
    page.evaluate(LAID_OUT)
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    answer = page.evaluate(ASK, list(RULES))
    assert len(answer["passes"]) > 10
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in answer["violations"]]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_report_is_accessible_as_it_opens_and_with_everything_opened(visit: Open, language: str) -> None:
    visited = visit(letters_report(language))
    visited.page.evaluate(SHORTEN)
    assert broken_rules(visited.page) == []

    visited.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    visited.page.locator("#register button.sort").first.click()

    assert broken_rules(visited.page) == []
    assert visited.complaints == []


def test_a_narrow_report_with_as_much_as_can_be_is_accessible(visit: Open) -> None:
    assert broken_rules(visit(crowded_report(), 360).page) == []


def test_a_report_without_the_script_is_accessible(visit: Open) -> None:
    other_script = letters_report("en").replace(b'"use strict";', b'"refused";')
    visited = visit(other_script)  # axe-core is a script itself, so the browser runs them, but the policy not this one

    assert broken_rules(visited.page) == []
    assert len(visited.complaints) == 1
    assert "Content Security Policy" in visited.complaints[0]
    assert visited.page.locator("details.whole[open]").count() == visited.page.locator("details.whole").count()


@pytest.mark.parametrize("made", [changes_page, shelf_page])
@pytest.mark.parametrize(("language", "width"), [("en", 360), ("fr", 1440)])
def test_the_other_pages_are_accessible(visit: Open, made: Callable[[str], bytes], language: str, width: int) -> None:
    assert broken_rules(visit(made(language), width).page) == []


def test_a_rule_that_a_page_breaks_is_told(visit: Open) -> None:
    nameless = shelf_page("en").replace(b"<title>Audit reports</title>", b"").replace(b'lang="en"', b"")
    broken = broken_rules(visit(nameless).page)

    assert [each.partition(":")[0] for each in broken] == ["document-title", "html-has-lang"]
