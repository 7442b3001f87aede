"""Draw the pictures of a report that README and docs show: python docs/images/draw.py REPORT.html

Needs Chromium (infra/setup/chromium) and pdftoppm (poppler-utils).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PICTURES = {  # name: width of the window, what to show from, height
    "report-wide.png": (1440, "#summary", 1020),
    "report-charts.png": (1440, "#chart-daily", 1240),
    "report-narrow.png": (360, "#summary", 1020),
}


def main(report: Path, chromium: str) -> None:
    """Write every picture beside this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, (width, place, height) in PICTURES.items():
            _picture(browser, report, HERE / name, width, place, height)
        _first_page(browser, report, HERE / "report-first-page.png")
        browser.close()


def _picture(browser: Browser, report: Path, target: Path, width: int, place: str, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(report.resolve().as_uri())
    top = page.locator(place).evaluate("place => place.getBoundingClientRect().top + scrollY")
    left = (
        page.locator(".sections").evaluate("part => part.getBoundingClientRect().left") - 40 if "chart" in place else 0
    )
    clip = {"x": left, "y": max(0, top - 20), "width": width - left, "height": height}
    page.screenshot(path=target, full_page=True, clip=clip)
    page.close()


def _first_page(browser: Browser, report: Path, target: Path) -> None:
    page = browser.new_page()
    page.goto(report.resolve().as_uri())
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "report.pdf"
        page.pdf(path=pdf, prefer_css_page_size=True)
        drawn = ["pdftoppm", "-png", "-singlefile", "-r", "96", "-f", "1", str(pdf), str(target.with_suffix(""))]
        subprocess.run(drawn, check=True)
    page.close()


if __name__ == "__main__":
    found = subprocess.run(["infra/setup/chromium"], capture_output=True, text=True, check=True).stdout.strip()
    main(Path(sys.argv[1]), found)
