"""A thousand texts that somebody wrote to do harm, on every page that we write, as Chromium makes of them."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from browser.conftest import Visit
from evidence.bundles import a_bundle, a_payload
from report.hostile_documents import TOGETHER, a_document_of, benign, chunks, long_names
from report.hostile_forms import LONG, hostile
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.changes import Side, compare
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Manifest
from tallystick.report.changes_page import render_changes
from tallystick.report.html import render_html
from tallystick.report.shelf import render_shelf
from tallystick.report.visible import visible
from tallystick.report.words import Words

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

SHAPE = """() => [...document.querySelectorAll("*")].map((element) => {
  const kept = [...element.attributes].filter(({ name }) => !TEXTUAL.has(name) && !element.closest("svg"));
  const named = [...element.attributes].map(({ name }) => name);
  return [element.localName, ...named, ...kept.map(({ value }) => value)].join(" ");
}).join("\\n")""".replace(
    "TEXTUAL", 'new Set(["aria-label", "aria-description", "content", "data-value", "lang", "title"])'
)
"""Every element with its attributes' names, and the values of those that hold no text of others."""

USED = """(texts) => {
  for (const field of document.querySelectorAll("input")) {
    for (const text of [...texts, ""]) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  for (const text of texts) location.hash = text;
  document.querySelectorAll("table button").forEach((one) => one.click());
  location.hash = "";
  return [...document.querySelectorAll("*")].map((element) => element.localName).sort().join(" ");
}"""
"""Type each text into each field, follow a link to it, sort every table by every column: which elements are left."""

PLAIN_SPACES = {"\n", " ", "\u00a0", "\u202f", "\u2007"}


def hidden(page: bytes) -> set[str]:
    """The characters of a page that hide or reorder, or that nobody sees."""
    unseen = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}
    found = {one for one in set(page.decode("utf-8")) if unicodedata.category(one) in unseen}
    return {unicodedata.name(one, hex(ord(one))) for one in found - PLAIN_SPACES - {"\u200b"}}


def read(text: str) -> str:
    """A text as it stands on a page, runs of spaces as one."""
    return " ".join(visible(text).replace("§ ", "§\u00a0").split())


def shape(visited: Visit) -> str:
    return str(visited.page.evaluate(SHAPE))


def lost(visited: Visit, texts: Sequence[str]) -> list[str]:
    """The texts that cannot be read on the page."""
    on_page = " ".join(visited.page.evaluate("document.body.textContent").split())
    return [text[:80] for text in texts if read(text) not in on_page]


def reopened(visited: Visit, page: bytes) -> Visit:
    """The same window with another page in the place of the first."""
    url = visited.page.url.partition("#")[0]
    Path(unquote(urlsplit(url).path)).write_bytes(page)
    visited.page.goto(url)
    return visited


def a_shelf(texts: Sequence[str]) -> bytes:
    """A shelf with a report of every text's licensee and provider, and manifests of that name that cannot be read."""
    manifest = Manifest.parse(a_bundle(a_payload())["datapackage.json"])
    return render_shelf(
        [
            dataclasses.replace(manifest, licensee=f"{place}{text}", licensee_name=text, provider=text, period=text)
            for place, text in enumerate(texts)
        ],
        list(texts),
    )


def some_changes(texts: Sequence[str]) -> bytes:
    """A page on two reports in which every text is the name of an app whose requests changed, and a changed value."""
    before, after = a_document_of(texts), a_document_of(texts)
    for place, app in enumerate(after["consumption"]["apps"]):
        app["requests"] += 1
        after["clauses"][place]["terms"] = f"before {place}"
    sides = [
        Side(report=report, report_sha256=Sha256.of(canonical_bytes(report)), revision=number)
        for number, report in enumerate((before, after), start=1)
    ]
    return render_changes(compare(*sides))


def assert_asked_for_nothing(visited: Visit) -> None:
    assert visited.complaints == []
    assert set(visited.requests) == {visited.page.url.partition("#")[0]}


def test_no_text_changes_an_element_of_a_report_or_gets_it_to_do_anything(visit: Open) -> None:
    ordinary, languages = benign(), [Words.load("en"), Words.load("fr")]
    visited = visit(b"<!doctype html><title>none</title>")
    expected = []
    for words in languages:
        reopened(visited, render_html(a_document_of(ordinary), words=words))
        expected.append((shape(visited), visited.page.evaluate(USED, ordinary)))
    wrong: dict[int, Any] = {}
    for place, texts in enumerate(chunks()):
        language = place % len(languages)
        page = render_html(a_document_of(texts, licensee=texts[place % TOGETHER]), words=languages[language])
        reopened(visited, page)
        found = {"hidden": hidden(page), "lost": lost(visited, texts), "shape": shape(visited) != expected[language][0]}
        found["used"] = visited.page.evaluate(USED, list(texts)) != expected[language][1]
        if any(found.values()):
            wrong[place] = found

    assert wrong == {}
    assert_asked_for_nothing(visited)


def test_names_of_a_mebibyte_are_cut_on_the_page(visit: Open) -> None:
    page = render_html(long_names())
    visited = visit(page)

    assert len(page) < 4_000_000 < sum(map(len, LONG[:5]))
    assert hidden(page) == set()
    assert lost(visited, LONG[:5]) == []
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert_asked_for_nothing(visited)


def test_no_licensee_changes_an_element_of_the_shelf_or_leads_out_of_it(visit: Open) -> None:
    texts = [*hostile(), LONG[0], *LONG[5:]]
    page = a_shelf(texts)
    visited = visit(a_shelf(benign(len(texts))))
    elements = "[...document.querySelectorAll('*')].map((one) => one.localName + one.getAttributeNames()).join(' ')"
    expected = visited.page.evaluate(elements)
    reopened(visited, page)

    assert hidden(page) == set()
    assert visited.page.evaluate(elements) == expected
    assert lost(visited, texts) == []
    links = visited.page.evaluate("[...document.links].map((one) => one.href)")
    folder = visited.page.url.rpartition("/")[0]
    assert len(links) >= len(texts)
    assert [link for link in links if not link.startswith(f"{folder}/") or "/../" in unquote(link)] == []
    assert_asked_for_nothing(visited)


def test_no_text_changes_an_element_of_the_page_of_changes(visit: Open) -> None:
    texts, most = hostile(), 400
    visited = visit(some_changes(benign(most)))
    expected = shape(visited)
    for start in range(0, len(texts), most):
        part = (*texts, *texts)[start : start + most]
        page = some_changes(part)
        reopened(visited, page)

        assert hidden(page) == set()
        assert shape(visited) == expected
        assert lost(visited, part) == []
    assert_asked_for_nothing(visited)
