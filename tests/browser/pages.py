"""The pages that the browser is shown, each made once."""

from __future__ import annotations

from functools import cache
from typing import Any

from report.documents import a_document, a_finding, a_version, an_ask
from report.letters_case import the_letters_case
from report.test_shelf import SHELF
from tallystick.report.html import render_html
from tallystick.report.shelf import render_shelf
from tallystick.report.words import Words


@cache
def letters_report(language: str) -> bytes:
    return render_html(the_letters_case(), words=Words.load(language))


@cache
def crowded_report(language: str = "en") -> bytes:
    return render_html(a_crowded_first_page(), words=Words.load(language))


@cache
def shelf_page(language: str) -> bytes:
    return render_shelf(SHELF, ["halcyon/2022/r3/datapackage.json"], language=language)


def a_crowded_first_page() -> dict[str, Any]:
    """As much as can stand on page one: long names, sentences and reasons, many versions, every remark on the log."""
    sentence = "A sentence that goes on and on about what was measured. " * 12
    findings = [
        a_finding(id=f"f-{number}", clause=f"c-{number}", sentence=sentence, cites="§ 4.2 (a) (iii), as amended " * 5)
        for number in range(9)
    ]
    document = a_document(
        licensee={"id": "long", "name": "A Licensee With A Very Long Name " * 20},
        provider={"name": "A Provider With A Very Long Name " * 20},
        conclusion="outside terms",
        reasons=[sentence] * 9,
        findings=findings,
        agreements=[
            a_version(
                version=f"{year}-07-01, as amended and restated for the {year - 2000}th time",
                in_force_from=f"{year}-07-01",
            )
            for year in range(2010, 2022)
        ],
        exposures=[
            {"currency": currency, "low": "123456789012.34", "high": "999999999999.99", "at_least": True, "of": []}
            for currency in ("EUR", "GBP", "USD")
        ],
        asks=[
            an_ask(
                number=number,
                what="register_app",
                values={"apps": ["an-app-with-a-long-name"] * 40},
                cites="§ 9 (b), as amended" * 40,
            )
            for number in range(1, 9)
        ],
    )
    source = document["completeness"]["sources"][0]
    document["completeness"]["sources"] = [
        source | {"missing": 3, "days_without_entries": 4},
        source | {"numbered": False},
    ]
    document["completeness"]["gaps"] = [
        {
            "source": "gateway",
            "epoch": None,
            "first_missing": 7,
            "last_missing": 9,
            "missing": 3,
            "after_at": None,
            "before_at": None,
        }
    ]
    file = {"source": "gateway", "file": "a.gz", "file_id": "0" * 64, "problem": "cut"}
    document["completeness"]["refused_files"] = [file]
    document["summary"]["requests"] = document["summary"]["records"]["sum"] = 26_000_000_000
    document["summary"]["response_bytes"]["sum"] = 2**60
    return document
