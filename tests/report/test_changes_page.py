"""changes.html: every changed number before and after, in a page that runs nothing."""

from __future__ import annotations

import re

from evidence.bundles import Report, a_report
from tallystick.evidence.canonical import Json, canonical_bytes, parse_canonical
from tallystick.evidence.changes import Side, compare
from tallystick.evidence.digest import Sha256
from tallystick.report.changes_page import MOST_ROWS, render_changes

HOSTILE = "<script>alert(1)</script>\u202e\"'{{7*7}}\x1b[2J" + "y" * 5_000


def changed(changes: dict[str, Json], before: Report | None = None) -> Json:
    sides = [
        Side(
            report=report,
            report_sha256=Sha256.of(canonical_bytes(report)),
            run={"tallystick": version},
            revision=number,
        )
        for number, (report, version) in enumerate(((before or a_report(), "0.1.0"), (a_report(changes), HOSTILE)), 1)
    ]
    return parse_canonical(canonical_bytes(compare(*sides)))


def test_the_page_shows_each_changed_number_before_and_after_and_by_how_much() -> None:
    page = render_changes(changed({"summary.requests": 1_204_311, "summary.credentials": 0})).decode()

    assert "Against revision 1, 2 numbers differ and 0 other values." in page
    assert re.search(r"<bdi>requests</bdi>.*<bdi>7</bdi>.*<bdi>1,204,311</bdi>.*\+1,204,304", page)
    assert re.search(r"<bdi>credentials</bdi>.*<bdi>1</bdi>.*<bdi>0</bdi>.*\u22121<", page)


def test_what_is_unknown_and_what_is_not_there_are_told_apart_from_zero() -> None:
    rows = [*a_report()["consumption"]["statuses"], {"status": 503, "requests": 4}]
    page = render_changes(changed({"findings.0.effect.requests_over": 0, "consumption.statuses": rows})).decode()

    assert re.search(r"<bdi>unknown</bdi>.*<bdi>0</bdi>", page)
    assert re.search(r"status 503, requests.*<bdi>not there</bdi>.*<bdi>4</bdi>", page)


def test_it_permits_no_script_and_nothing_of_others_is_markup() -> None:
    app = {**a_report()["consumption"]["apps"][0], "app": HOSTILE, "requests": 4}
    page = render_changes(changed({"consumption.apps.0": app})).decode()

    assert "default-src 'none'; style-src 'sha256-" in page.replace("&#39;", "'")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page.replace("&#34;", '"')
    assert not {"\u202e", "\x1b"} & set(page)
    assert len(page) < 40_000


def test_of_very_many_changes_the_page_shows_the_first_and_counts_the_others() -> None:
    statuses = [{"status": 1000 + each, "requests": each + 1} for each in range(MOST_ROWS + 10)]
    page = render_changes(
        changed({"consumption.statuses": [*a_report()["consumption"]["statuses"], *statuses]})
    ).decode()

    assert f"{MOST_ROWS + 10} changed; the first {MOST_ROWS} are shown" in page
    assert page.count('data-label="Before"') == MOST_ROWS


def test_the_same_changes_give_the_same_bytes() -> None:
    assert render_changes(changed({"summary.requests": 8})) == render_changes(changed({"summary.requests": 8}))
