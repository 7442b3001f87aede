from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from evidence.bundles import a_bundle, a_payload, a_report
from report.documents import a_document
from report.pages import PageText
from tallystick.evidence.assembly import Seal
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Manifest
from tallystick.report.html import render_html
from tallystick.report.shelf import in_units, render_shelf, rows
from tallystick.report.words import Words


def a_manifest(
    licensee: str = "halcyon",
    *,
    period: str = "2022",
    end: str = "2023-01-01",
    revision: int = 1,
    name: str | None = None,
) -> Manifest:
    changes = {
        "licensee.id": licensee,
        "licensee.name": name or licensee.title(),
        "period.text": period,
        "period.end": f"{end}T00:00:00.000000Z",
    }
    return Manifest.parse(a_bundle(a_payload(a_report(changes)), revision=revision)["datapackage.json"])


EN = Words.load("en")
LINKED = ("report.html", "report.pdf", "findings.xlsx", "findings.csv", "report.json", "datapackage.json")
SHELF = [
    a_manifest("halcyon", revision=2),
    a_manifest("halcyon", revision=1),
    a_manifest("meridian"),
    a_manifest("halcyon", period="2021-Q4", end="2022-01-01"),
]


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its addresses, and its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_latest_period_comes_first_then_licensees_then_the_newest_revision() -> None:
    mixed = [SHELF[3], SHELF[1], SHELF[2], SHELF[0]]

    order = [(row.manifest.licensee, row.manifest.period, row.revision, row.superseded_by) for row in rows(mixed)]

    assert order == [
        ("halcyon", "2022", "r2", None),
        ("halcyon", "2022", "r1", "r2"),
        ("meridian", "2022", "r1", None),
        ("halcyon", "2021-Q4", "r1", None),
    ]


def test_the_same_manifests_give_the_same_bytes_in_any_order() -> None:
    assert render_shelf(SHELF, ["b", "a"]) == render_shelf(SHELF[::-1], ["a", "b"])


def test_every_report_is_shown_with_its_conclusion_and_numbers() -> None:
    page = Page(render_shelf(SHELF, []))
    text = " ".join(" ".join(page.text).split())

    assert text.count("▲ Outside terms") == 4
    assert "superseded by r2" in text
    assert "Murmur Social" in text
    assert in_units(SHELF[0].size_bytes, EN) in text


def test_links_lead_to_files_of_the_bundle_from_where_the_page_lies(tmp_path: Path) -> None:
    hostile = a_manifest("a%2F../b?#", name="odd")
    for manifest in (hostile, SHELF[0]):
        for name in LINKED:
            (tmp_path / manifest.folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / manifest.folder / name).write_bytes(b"")

    links = Page(render_shelf([hostile, SHELF[0]], [])).links

    assert len(links) == 2 * len(LINKED)
    for link in links:
        assert not link.startswith(("/", "."))
        assert not set(link) & set(":?#")
        assert (tmp_path / unquote(link)).is_file()


def test_the_page_loads_nothing_and_runs_the_script_of_reports_alone() -> None:
    data = render_shelf(SHELF, [])
    page = Page(data)

    assert page.tags.count("script") == 1
    assert not {"img", "link", "iframe", "object", "form", "base"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("style", "src")]
    [policy] = [value for name, value in page.attributes if name == "content" and "default-src" in (value or "")]
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    [script] = re.findall(rb"<script>.*?</script>", data, re.DOTALL)
    assert script in render_html(a_document())


def test_the_shelf_is_said_in_the_readers_language() -> None:
    text = PageText.of(render_shelf(SHELF, [], language="fr")).text

    assert "Hors des termes" in text
    assert "remplacée par r2" in text
    assert not re.search(r"Outside terms|superseded|\d+ kB", text)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "\u202egnp.exe\u200b", "&lt;b&gt;"],
)
def test_names_are_text_and_nothing_else(name: str) -> None:
    data = render_shelf([a_manifest(name, name=name)], [f"{name}/x"])
    page = Page(data)

    assert {"img", "b"}.isdisjoint(page.tags)
    assert page.tags.count("script") == 1
    assert b"\xe2\x80\xae" not in data
    if name.isprintable():
        assert "".join(page.text).count(name) >= 2


def test_a_name_of_a_million_characters_is_cut() -> None:
    assert len(render_shelf([a_manifest("x" * 1_000_000)], [])) < 20_000


def test_a_manifest_that_cannot_be_read_is_named() -> None:
    text = "".join(Page(render_shelf([], ["halcyon/2022/r3/datapackage.json"])).text)

    assert "halcyon/2022/r3/datapackage.json" in text
    assert "No report has been published yet." in text


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1299, "1.2 kB"), (34_999, "34 kB"), (9_990_000, "9.9 MB"),
     (2_500_000_000_000_000, "2,500 TB")],
)  # fmt: skip
def test_a_size_is_said_in_a_unit_that_fits(size: int, words: str) -> None:
    assert in_units(size, EN) == words


def test_a_report_that_nobody_signed_is_said_to_be_not_signed() -> None:
    signed = Manifest.parse(a_bundle(seal=Seal(keys=(SigningKey.make(),)))["datapackage.json"])

    for manifest, word, other in ((a_manifest(), "not signed", "signed"), (signed, "signed", "not signed")):
        shown = Page(render_shelf([manifest], [])).text
        assert (word in shown, other in shown) == (True, False)


def test_a_revision_that_supersedes_another_leads_to_what_it_changes() -> None:
    plain, telling = (
        Manifest.parse(a_bundle({**a_payload(), **more})["datapackage.json"])
        for more in ({}, {"changes.html": b"page"})
    )

    assert f"{telling.folder}/changes.html" in Page(render_shelf([telling], [])).links
    assert f"{plain.folder}/changes.html" not in Page(render_shelf([plain], [])).links
