"""index.html in Chromium: it is sorted and narrowed, and leads to its reports from a folder and from a static site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browser.conftest import Visit
from report.test_shelf import SHELF, a_manifest
from tallystick.report.shelf import render_shelf

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, as a static site has them."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with the shelf and the reports that it leads to."""
    odd = a_manifest("a%2F../b?#", name="Odd & Sons")
    for manifest in (*SHELF, odd):
        folder = tmp_path / manifest.folder
        folder.mkdir(parents=True)
        (folder / "report.html").write_text(f"<title>{manifest.folder}</title>", encoding="utf-8")
    (tmp_path / "index.html").write_bytes(render_shelf([*SHELF, odd], []))
    return tmp_path


@pytest.fixture
def site(shelf: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shelf))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def titles(page: Page, shelf: str) -> list[str]:
    """What each report that the shelf leads to is called."""
    found = []
    for number in range(page.locator("tbody th a").count()):
        page.goto(shelf)
        page.locator("tbody th a").nth(number).click()
        found.append(page.title())
    return sorted(found)


def test_it_leads_to_every_report_from_a_folder_and_from_a_static_site(
    browser: Browser, shelf: Path, site: str
) -> None:
    page = browser.new_page()
    shelves = (shelf / "index.html").as_uri(), site
    there = sorted(str(each.parent.relative_to(shelf)) for each in shelf.rglob("report.html"))

    for address in shelves:
        page.goto(address)
        assert titles(page, address) == there
    page.close()


def test_it_is_sorted_by_any_column_and_narrowed_to_the_latest(visit: Open) -> None:
    visited = visit(render_shelf([*SHELF, a_manifest("zephyr", end="2020-01-01")], []), 360)
    page = visited.page
    rows = page.locator("tbody tr:visible th a")
    page.get_by_role("button", name="Ends").click()
    by_end = rows.all_inner_texts()
    page.get_by_label("Revisions").select_option(label="latest only")
    latest = rows.all_inner_texts(), page.get_by_role("status").inner_text()
    page.get_by_label("Text").fill("2021-q4")

    assert by_end == ["Zephyr", "Halcyon", "Halcyon", "Halcyon", "Meridian"]
    assert latest == (["Zephyr", "Halcyon", "Halcyon", "Meridian"], "Shown: 4 of 5")
    assert rows.count() == 1
    assert visited.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_a_script_every_report_is_listed(visit: Open) -> None:
    page = visit(render_shelf(SHELF, []), scripts=False).page

    assert page.locator("tbody tr:visible").count() == len(SHELF)
    assert page.locator("button:visible, input:visible").count() == 0
