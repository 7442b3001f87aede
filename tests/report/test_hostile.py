from __future__ import annotations

import html
import re

import pytest

from report.documents import an_empty_document
from report.hostile import BENIGN, HOSTILE, SMALL, page_with
from report.hostile_forms import LONG, hostile
from report.pages import PageText, with_texts
from tallystick.report.csv import findings_csv
from tallystick.report.html import render_html
from tallystick.report.visible import visible


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_text_of_others_changes_no_element_and_no_attribute_of_the_page(hostile: str) -> None:
    expected = PageText.of(page_with(BENIGN))
    found = PageText.of(page_with(hostile))

    assert found.shape == expected.shape
    assert found.unbalanced == []
    assert found.comments == []


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_page_holds_no_character_that_hides_or_reorders(hostile: str) -> None:
    page = page_with(hostile).decode("utf-8")

    assert not set(page) & set(
        "\x00\x07\x1b\x7f\x9b\u200b\u200c\u200d\u2060\ufeff\u202b\u202c\u202e\u2028\u2066\u2069\r"
    )


def test_template_syntax_and_format_fields_in_a_name_are_only_text() -> None:
    text = PageText.of(page_with("{{ 7 * 7 }}{schema}{n.__class__}")).text

    assert "{{ 7 * 7 }}{schema}{n.__class__}" in text
    assert "{{ 49 }}" not in text


def test_a_name_of_a_mebibyte_does_not_make_the_page_grow_with_it() -> None:
    page = page_with("x" * 1_048_576)

    assert len(page) < 1_000_000
    assert "[+1,048,176]" in page.decode("utf-8")


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_a_spreadsheet_finds_no_formula_and_a_terminal_no_control_in_findings_csv(hostile: str) -> None:
    text = findings_csv(with_texts(SMALL, hostile)).decode("utf-8")

    assert not set(text.replace("\r\n", "")) & set("\x00\x07\x1b\x7f\x9b\u202e\u200b\r\n\t")
    assert not [cell for line in text.split("\r\n")[1:] for cell in line.split('","') if cell[:1] in "=+-@" and cell]


def test_a_licensee_of_any_name_and_id_is_only_text_on_its_page() -> None:
    def page_of(name: str) -> str:
        document = an_empty_document() | {"licensee": {"id": name, "name": name}, "provider": {"name": name}}
        return render_html(document).decode("utf-8")

    def tags_of(page: str) -> list[str]:
        return [tag for tag in re.findall(r"<[^>]*>", page) if "report-sha256" not in tag]

    expected = tags_of(page_of(BENIGN))
    wrong = []
    for text in (*hostile(), *LONG):
        page = page_of(text)
        shown = html.escape(visible(text), quote=False).replace("§ ", "§\u00a0")
        said = page.replace("&#34;", '"').replace("&#39;", "'")
        if tags_of(page) != expected or shown not in said:
            wrong.append(text[:80])

    assert wrong == []
