"""Text that somebody wrote to do harm, in findings.csv and findings.xlsx as LibreOffice opens them."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from report.hostile_documents import everything
from report.hostile_forms import LONG, hostile
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.report.csv import LONGEST_CELL, findings_csv, inert
from tallystick.report.workbook import findings_xlsx

OFFICE, TABLE, TEXT, LINK = (
    f"{{{name}}}"
    for name in (
        *("urn:oasis:names:tc:opendocument:xmlns:office:1.0", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        *("urn:oasis:names:tc:opendocument:xmlns:text:1.0", "http://www.w3.org/1999/xlink"),
    )
)
NAMES = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
AS_A_CARELESS_READER = "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,0,true"
"""Commas, quotes, UTF-8; texts in quotes may be numbers, dates are looked for, and formulas are run."""


@dataclass
class Opened:
    """What LibreOffice made of a file: rows of each sheet, kinds of its cells, formulas, and links to elsewhere."""

    sheets: dict[str, list[list[str]]] = field(default_factory=dict)
    kinds: dict[str, set[str]] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path) -> Opened:
        opened = cls()
        name = ""
        for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314 - LibreOffice wrote it
            if event == "start":
                opened.links += [value for key, value in element.attrib.items() if key.startswith(LINK)]
                if element.tag == f"{TABLE}table":
                    name = element.attrib[f"{TABLE}name"]
                    opened.sheets[name] = []
            elif element.tag == f"{TABLE}table-row":
                cells = [cell for cell in element if cell.tag == f"{TABLE}table-cell"]
                row = [text for cell in cells for text in opened._cells(cell)]
                opened.sheets[name] += [row] if any(row) else []
                element.clear()
        return opened

    def _cells(self, cell: ET.Element) -> list[str]:
        """A cell's text, as often as it stands side by side; the rest of an empty row is many cells."""
        text = "\n".join(_text(paragraph) for paragraph in cell.iter(f"{TEXT}p"))
        self.kinds.setdefault(cell.get(f"{OFFICE}value-type", ""), set()).add(text)
        if f"{TABLE}formula" in cell.attrib:
            self.formulas.append(cell.attrib[f"{TABLE}formula"])
        return [text] * min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), 40)


def _text(paragraph: ET.Element) -> str:
    """A paragraph's text, with the spaces that are written as elements."""
    parts = [paragraph.text or ""]
    for element in paragraph:
        parts.append(" " * int(element.get(f"{TEXT}c", "1")) if element.tag == f"{TEXT}s" else _text(element))
        parts.append(element.tail or "")
    return "".join(parts)


@pytest.fixture(scope="module")
def soffice() -> str:
    """Where LibreOffice is; without it these tests fail, because nobody else opens the tables."""
    found = [shutil.which(name) for name in (os.environ.get("LIBREOFFICE", ""), *NAMES) if name]
    path = next(filter(None, found), None)
    if path is None:
        pytest.fail(
            "LibreOffice is missing, which the tests of findings.csv and findings.xlsx need. "
            "Type: infra/setup/libreoffice",
            pytrace=False,
        )
    return path


@pytest.fixture(scope="module")
def tables() -> Mapping[str, bytes]:
    """Both files of a document with all hostile texts, and a file of the kind that they must not be."""
    report = canonical_bytes(everything())
    document = parse_canonical(report)
    return {
        "findings.csv": findings_csv(document),
        "careless.csv": b'key\r\n"=1+1"\r\n"=HYPERLINK(""http://192.0.2.66/"")"\r\n',
        "workbook.xlsx": findings_xlsx(document, report),
    }


@pytest.fixture(scope="module")
def opened(soffice: str, tables: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Opened]:
    """What LibreOffice reads in each file, from two starts of it."""
    folder = tmp_path_factory.mktemp("tables")
    for name, data in tables.items():
        (folder / name).write_bytes(data)
    _convert(soffice, folder, ["findings.csv", "careless.csv"], AS_A_CARELESS_READER)
    _convert(soffice, folder, ["workbook.xlsx"])
    return {name: Opened.read(folder / f"{Path(name).stem}.fods") for name in tables}


def _convert(soffice: str, folder: Path, names: Sequence[str], *how: str) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [soffice, profile, "--headless", "--norestore", *how, "--convert-to", "fods", "--outdir", ".", *names],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=240,
    )


def test_there_are_a_thousand_different_texts_and_always_the_same() -> None:
    assert len(set(hostile())) >= 1_000
    assert hostile.__wrapped__() == hostile()
    assert sum(len(text) >= 1_048_575 for text in LONG) >= 4


def test_a_file_that_is_not_inert_would_be_noticed(opened: dict[str, Opened]) -> None:
    assert len(opened["careless.csv"].formulas) == 2


@pytest.mark.parametrize("name", ["findings.csv", "workbook.xlsx"])
def test_no_cell_is_a_formula_or_leads_elsewhere(opened: dict[str, Opened], name: str) -> None:
    assert opened[name].formulas == []
    assert opened[name].links == []


def test_every_text_stands_whole_in_the_workbook_as_text(opened: dict[str, Opened]) -> None:
    sheets, texts = opened["workbook.xlsx"].sheets, opened["workbook.xlsx"].kinds["string"]

    lost = [text for text in (*hostile(), *LONG) if inert(text, LONGEST_CELL) not in texts]
    assert lost == []
    assert set(opened["workbook.xlsx"].kinds) == {"string", "float", ""}
    for sheet, column in (("Findings", "key"), ("Clauses", "says"), ("Apps", "name"), ("Routes", "route")):
        place = sheets[sheet][0].index(column)
        found = {row[place] for row in sheets[sheet][1:]}
        assert [text for text in hostile() if inert(text, LONGEST_CELL) not in found] == [], sheet


def test_every_text_stands_whole_in_the_csv(opened: dict[str, Opened], tables: Mapping[str, bytes]) -> None:
    [[header, *rows]] = opened["findings.csv"].sheets.values()
    written = list(csv.DictReader(io.StringIO(tables["findings.csv"].decode("utf-8"), newline=""), strict=True))

    assert len(rows) == len(written) == len(hostile()) + len(LONG)
    assert [row["key"] for row in written] == [inert(text) for text in (*hostile(), *LONG)]
    place = header.index("sentence")
    assert [row[place] for row in rows] == [row["sentence"] for row in written]


def test_no_text_is_longer_than_a_cell_can_hold() -> None:
    longest = [*LONG, "\U0001f600" * 40_000, "\U0010ffff" * 40_000, "\n" * 40_000]

    shown = [inert(text, LONGEST_CELL) for text in longest]
    assert max(len(text.encode("utf-16-le")) // 2 for text in shown) <= 32_767
    assert [text for text in shown[-3:] if "…[+" not in text] == []
