"""changes.html in Chromium: it asks for nothing, complains of nothing, and fits a telephone and a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from browser.conftest import Visit
from evidence.bundles import a_report
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.changes import Side, compare
from tallystick.evidence.digest import Sha256
from tallystick.report.changes_page import render_changes

HOSTILE = "<img src=x onerror=alert(1)>\u202e" + "w" * 3_000


def page(language: str = "en") -> bytes:
    app = {**a_report()["consumption"]["apps"][0], "app": HOSTILE, "requests": 4}
    reports = [a_report(), a_report({"consumption.apps.0": app, "agreements.0.title": HOSTILE})]
    sides = [
        Side(report=report, report_sha256=Sha256.of(canonical_bytes(report)), revision=number)
        for number, report in enumerate(reports, 1)
    ]
    return render_changes(compare(*sides), language)


@pytest.mark.parametrize("width", [360, 1440])
def test_it_asks_for_nothing_runs_nothing_and_does_not_scroll_sideways(
    visit: Callable[[bytes, int], Visit], width: int
) -> None:
    visited = visit(page(), width)

    assert visited.complaints == []
    assert len(visited.requests) == 1
    assert visited.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visited.page.locator("img, script").count() == 0
    assert visited.page.locator("th[scope=row]", has_text="[U+202E]").count() > 0
