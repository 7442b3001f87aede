from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
import typst
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from report.documents import Row, a_document, a_finding, a_pointer, a_window, an_app, an_empty_document, digest
from report.letters_case import the_letters_case
from report.pages import with_texts
from report.whole_case import RUN, with_all_parts
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.report.page import page_of
from tallystick.report.paper.asked_blocks import runs
from tallystick.report.paper.chart_blocks import turns
from tallystick.report.paper.consumption_blocks import MOST_APPS
from tallystick.report.paper.finding_blocks import MOST_LISTED
from tallystick.report.paper.glyphs import _ranges, plainer, printable
from tallystick.report.paper.pdf import paper, render_pdf
from tallystick.report.quiet_hours import quiet_runs
from tallystick.report.words import Words

EN = Words.load("en")


def printed(document: Row, words: Words = EN) -> tuple[bytes, bytes]:
    """The document's bytes, and its paper."""
    report = canonical_bytes(document)
    read_back = parse_canonical(report)
    return report, render_pdf(read_back, report, page_of(read_back, words), words)


@cache
def letters() -> tuple[bytes, bytes]:
    return printed(the_letters_case())


def blocks_of(document: Row) -> list[Row]:
    """The blocks of every section, as they go to the template."""
    content = paper(document, page_of(document, EN), EN, (), "0" * 64)
    blocks = [block for section in content["sections"] for block in section["blocks"]]
    return [inner for block in blocks for inner in block.get("blocks", [block])]


def words_of(document: Row) -> str:
    """Every text of every section as it goes to the template, in its order; extracting it from a PDF takes seconds."""
    content = paper(document, page_of(document, EN, RUN), EN, ["a" * 64], "0" * 64)
    return " ".join(" ".join(texts_in(content["sections"])).split())


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(each)


@cache
def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every element of the structure that a screen reader follows."""
    waiting: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, ArrayObject):
            waiting += element
        elif isinstance(element, DictionaryObject):
            if "/S" in element:
                yield element
            if "/K" in element:
                waiting.append(element["/K"])


def test_page_one_says_the_conclusion_the_tiles_the_foremost_findings_and_what_is_asked() -> None:
    reader = PdfReader(io.BytesIO(letters()[1]))
    first, second = (reader.pages[number].extract_text() for number in (0, 1))

    assert (float(reader.pages[0].mediabox.width) // 1, float(reader.pages[0].mediabox.height) // 1) == (595, 841)
    for said in ("Halcyon Analytics Ltd", "Outside terms", "780,000", "26,000,000", "5 of 12", "440,563 requests"):
        assert said in first
    assert EN.plain("asks.title") in first
    assert EN.plain("summary.fine")[:40] in first.replace("\n", " ")
    assert second.startswith(EN.plain("consumption.title"))


def test_page_one_is_one_side_whatever_the_document_holds() -> None:
    long = "WWWW " * 2_000
    document = a_document(
        findings=[a_finding(id=f"f-{number:012x}", sentence=long, cites=long) for number in range(9)],
        reasons=[long] * 9,
        agreements=[a_document()["agreements"][0] | {"version": f"{number}" * 99} for number in range(9)],
        licensee={"id": "w", "name": long},
    )

    second = PdfReader(io.BytesIO(printed(document)[1])).pages[1].extract_text()

    assert second.startswith(EN.plain("consumption.title"))


def test_the_same_document_gives_the_same_bytes() -> None:
    document = a_document(findings=[a_finding()])

    assert printed(document) == printed(document)


def test_the_document_is_attached_byte_for_byte() -> None:
    report, pdf = letters()

    assert PdfReader(io.BytesIO(pdf)).attachments["report.json"] == [report]


def test_the_file_says_that_it_is_accessible_and_lasting() -> None:
    reader = PdfReader(io.BytesIO(letters()[1]))
    root = reader.trailer["/Root"]
    said = root["/Metadata"].get_data().decode()

    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in said
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Halcyon Analytics Ltd · 2022 · Outside terms"


def test_what_is_copied_from_it_has_no_marks_in_it() -> None:
    """A long word is broken where a line ends, and nowhere else: digests and queries can be searched and run."""
    text = text_of(letters()[1])

    assert "\u200b" not in text
    assert the_letters_case()["agreements"][0]["sha256"] in text.replace("\n", "")


def test_its_date_is_the_end_of_the_period_and_no_clock() -> None:
    metadata = PdfReader(io.BytesIO(letters()[1])).metadata

    assert metadata is not None
    assert str(metadata.creation_date) == str(metadata.modification_date) == "2023-01-01 00:00:00+00:00"


def test_headings_tables_and_charts_are_told_to_a_screen_reader() -> None:
    found = list(elements(PdfReader(io.BytesIO(letters()[1]))))
    kinds = [element["/S"] for element in found]
    pictures = [element for element in found if element["/S"] == "/Figure"]

    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= 12
    assert kinds.count("/H3") >= 12
    assert kinds.count("/Table") > 10
    assert kinds.count("/TH") > 50
    assert [picture["/Alt"][:12] for picture in pictures if "/Alt" in picture] != []
    assert sum("/Alt" in picture for picture in pictures) == len(page_of(the_letters_case(), EN).figures) + 1


def test_only_fonts_that_come_with_typst_are_used_and_all_are_embedded() -> None:
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in PdfReader(io.BytesIO(letters()[1])).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    names = {re.sub(r"^/[A-Z]{6}\+|-\w+$", "", str(font["/FontName"])) for font in fonts}

    assert names <= {"LibertinusSerif", "DejaVuSansMono", "NewCM10", "NewCMMath"}
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)


def test_every_character_that_is_said_to_be_printable_is_in_a_font() -> None:
    codes = [code for start, end in zip(*_ranges(), strict=True) for code in range(start, end + 1)]
    template = files("tallystick.report.paper").joinpath("report.typ").read_text("utf-8")
    fonts = re.findall(r"^#let serif = .*", template, re.MULTILINE)[0]
    title, each = '#set document(title: "x")', "#for c in json(bytes(sys.inputs.t)) [#c #linebreak()]"
    source = f"{fonts}\n{title}\n#set text(font: serif)\n{each}"

    pdf = typst.compile(
        source.encode(),
        ignore_system_fonts=True,
        sys_inputs={"t": json.dumps([chr(code) for code in codes])},
        pdf_standards="ua-1",
        timestamp=0,
    )

    assert len(codes) > 7_000
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Zoë Ångström", "Zoë Ångström"), ("中", "[U+4E2D]"), ("a😀", "a[U+1F600]"), ("Ω Ж א", "Ω Ж א")],
)
def test_a_character_that_no_font_has_is_told_by_its_code_point(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert shown in text_of(printed(a_document(provider={"name": text}))[1]).replace("\n", "") or "א" in text


def test_what_no_single_font_can_set_together_is_told_in_code_points() -> None:
    assert plainer("a\u05b0 §\u00a04") == "a[U+05B0] §\u00a04"


@pytest.mark.parametrize("text", ["#panic(1)", '#image("/etc/passwd")', "*_`$#{}[]\\"])
def test_text_of_others_is_never_read_as_typst(text: str) -> None:
    small = a_document(
        findings=[a_finding(evidence=[a_pointer()])],
        not_seen=["one"],
        consumption=a_document()["consumption"] | {"apps": [], "days": [], "weekday_hours": [[0] * 24] * 7},
    )

    pdf = printed(with_texts(small, text))[1]

    assert text in "".join(text_of(pdf).splitlines())


def test_many_findings_stand_in_short_after_the_first_fifty() -> None:
    windows = [a_window(crossed_at=None, peak_at="2022-03-01T20:15:30.250000Z")]
    findings = [
        a_finding(id=f"f-{number:012x}", windows=windows, evidence=[a_pointer(position=number)]) for number in range(60)
    ]

    shown = words_of(a_document(findings=findings))

    assert [finding["id"] for finding in findings if finding["id"] not in shown] == []
    assert EN.plain("paper.short", n=50) in shown


def test_a_finding_more_adds_few_blocks_and_no_table_to_the_print() -> None:
    """What a thousand findings cost is cells of tables: each has a row in the register, and no table of its own."""
    fewer, more = (blocks_of(a_document(findings=[a_finding(id=f"f-{n}") for n in range(many)])) for many in (60, 80))
    cells = [sum(len(row) for block in blocks for row in block.get("rows", ())) for blocks in (fewer, more)]

    assert cells[1] - cells[0] == 20 * 5
    assert len(more) - len(fewer) <= 20 * 9


def test_paper_says_how_many_findings_and_apps_it_leaves_out() -> None:
    apps = [an_app(app=f"app-{number}") for number in range(MOST_APPS + 3)]
    blocks = blocks_of(
        a_document(
            findings=[a_finding(id=f"f-{number}") for number in range(MOST_LISTED + 2)],
            consumption=a_document()["consumption"] | {"apps": apps},
        )
    )
    said = [block.get("t") for block in blocks]

    assert {EN.plain("paper.findings_rest", n=2), EN.plain("paper.apps_rest", n=3)} <= set(said)
    assert f"{EN.plain('finding.id')} f-{MOST_LISTED - 1}" in said
    assert f"{EN.plain('finding.id')} f-{MOST_LISTED}" not in said


def test_every_part_of_the_document_has_its_section() -> None:
    shown = words_of(with_all_parts(the_letters_case()))

    for said in (
        *(EN.plain(f"{name}.title") for name in ("asks", "method", "checking", "reproducibility", "changes")),
        *(EN.plain(f"{name}.title") for name in ("late_files", "log_files", "credentials", "exposure")),
        EN.plain("hours.some", n=6_445, hours=43_920),
        "gateway-edge-b 8,784 8,783 1 1 1",
        "legacy-edge-e 2022-01-07 23:00:00 2022-01-10 14:00:00 63",
        "edge-d/2022-06-14.jsonl.gz",
        "17 credentials more, together",
        f"digest {digest('credential 3')[:12]}",
        "access-fee 2022-07-01 1,204.50 1,811.75",
        "1,806 more are in the sheet Log files of findings.xlsx",
        "tallystick run --licensee halcyon --period 2022",
        "1.5.5",
        RUN["inputs"]["log_files_sha256"][:40],
    ):
        assert said in shown, said


def test_every_day_of_a_long_period_stands_by_weeks_and_the_paper_says_where_the_rest_is() -> None:
    days = the_letters_case()["consumption"]["days"]
    shown = words_of(the_letters_case())
    monday = days.index(next(day for day in days if day["date"] == "2022-03-07"))

    week = " ".join(["2022-03-07", *(f"{day['requests']:,}" for day in days[monday : monday + 7])])
    assert week in shown
    assert EN.plain("paper.weeks_rest") in shown
    assert EN.plain("paper.turns_rest", n=366) in shown


def test_a_long_total_is_told_where_it_ends_or_passes() -> None:
    rows = [
        ("2022-01-30", "a", 90, 100),
        ("2022-01-31", "a", 101, 100),
        ("2022-02-01", "a", 120, 100),
        ("2022-02-02", "a", 130, 100),
        ("2022-02-03", "b", 5, None),
        ("2022-02-04", "b", 9, None),
    ]

    assert [row[2] for row in turns(rows)] == [101, 130, 9]


def test_hours_that_were_not_seen_are_runs_over_midnight() -> None:
    hours = [
        {"source": "b", "date": "2022-03-01", "seen": "1" * 23 + "0"},
        {"source": "b", "date": "2022-03-02", "seen": "001" + "1" * 20 + "0"},
        {"source": "a", "date": "2022-03-01", "seen": "1" * 24},
    ]

    assert [(run.source, run.start[:13], run.end[:13], run.hours) for run in quiet_runs(hours)] == [
        ("b", "2022-03-01T23", "2022-03-02T02", 3),
        ("b", "2022-03-02T23", "2022-03-03T00", 1),
    ]


def test_numbers_that_follow_one_another_are_said_as_one() -> None:
    assert runs([1, 2, 3, 5, 7, 8]) == ["1–3", "5", "7–8"]


def test_without_a_fee_clause_page_one_says_so() -> None:
    shown = " ".join(PdfReader(io.BytesIO(letters()[1])).pages[0].extract_text().split())

    assert EN.plain("exposure.none") in shown
    assert "12 findings in all: 1 critical" in shown


def test_a_period_without_anything_is_a_paper_too() -> None:
    shown = text_of(printed(an_empty_document())[1])

    assert "Unable to conclude" in shown
    assert EN.plain("clauses.nothing") in shown
    assert an_app()["name"] not in shown


def test_response_cause_refutation_query_and_earlier_findings_stand_in_a_block() -> None:
    finding = a_finding(
        response={"date": "2023-02-01", "text": "We were asked to."},
        cause={"what": "limit_not_enforced", "values": {"served_over": 18}},
        refuted_by=["attribution"],
        query="SELECT 1 AS asked",
        earlier=[{"period": "2021", "id": "f-1", "used": 1_800, "limit": 1_700, "requests": 1_900}],
        effect={"requests_over": 20, "served_over": 18, "money": None},
    )

    shown = " ".join(text_of(printed(a_document(findings=[finding]))[1]).split())

    for said in (
        "We were asked to.",
        "Hypothesis, not a measurement: a limit that the gateway did not hold (requests over it that it answered: 18).",
        EN.plain("refuted_by.attribution"),
        "SELECT 1 AS asked",
        "Period 2021: finding f-1, concerning 1,900 requests: measured 1,800 against 1,700",
        "18 of them were answered",
    ):
        assert said in shown
