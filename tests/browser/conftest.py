"""One headless Chromium for all tests of pages, and a page that tells what it did."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


@dataclass
class Visit:
    """A page opened from disk, and everything it asked for or complained about since."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium or Chrome is; without one these tests fail, because nobody else looks at the page."""
    found = [shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name]
    path = next(filter(None, found), None)
    if path is None:
        pytest.fail(
            "Chromium is missing, which the tests of report.html need. Type: infra/setup/chromium", pytrace=False
        )
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page's bytes from disk in a window of some width, in pixels; `scripts=False` is a browser without them."""
    opened: list[Page] = []

    def open_page(html: bytes, width: int = 1440, *, scripts: bool = True, place: str = "") -> Visit:
        file = tmp_path / "report.html"
        file.write_bytes(html)
        page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        page.set_default_timeout(10_000)
        opened.append(page)
        visited = Visit(page=page)
        page.on("request", lambda request: visited.requests.append(request.url))
        page.on("console", lambda message: visited.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: visited.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (visited.complaints.append(dialog.message), dialog.dismiss()))
        page.goto(file.as_uri() + place)
        return visited

    yield open_page
    for page in opened:
        page.close()
