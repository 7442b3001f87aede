"""The docs follow the code: what is generated is in step, everything has its place, and nothing leads nowhere."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from documentation import DOCS, FENCE, PROJECT, REFERENCE, STAGES, commands, headings, name_of, pages, read
from report.letters_case import the_letters_case
from tallystick import errors
from tallystick.clauses.kinds import KINDS
from tallystick.errors import TallystickError
from tallystick.evidence.bundle import DATAPACKAGE, REQUIRED, SHA256SUMS
from tallystick.formats import all_formats
from tallystick.report.csv import COLUMNS
from tallystick.runtime.engine import SESSION
from tallystick.tables import TABLES

SECTIONS = {"Reads and writes", "A second run", "Ends with", "Log events", "Limits"}


def error_names() -> list[str]:
    members = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, TallystickError)]
    return [one.__name__.removesuffix("Error") for one in members if one is not TallystickError]


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ── what is generated ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_generated_page_is_in_step() -> None:
    checked = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_page_that_differs_is_named(generate: ModuleType, tmp_path: Path) -> None:
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "tables.md").write_text(read(tmp_path / "tables.md").replace("BIGINT", "INTEGER", 1))
    (tmp_path / "reasons.md").unlink()
    (tmp_path / "retired.md").write_text(f"{generate.GENERATED}\n")

    assert generate.differing(tmp_path) == ["reasons.md", "retired.md", "tables.md"]


def test_writing_brings_every_page_in_step_and_then_has_nothing_to_do(generate: ModuleType, tmp_path: Path) -> None:
    assert sorted(generate.write(tmp_path)) == sorted(generate.PAGES)
    assert generate.differing(tmp_path) == []
    assert generate.write(tmp_path) == []


def test_a_key_that_nobody_describes_stops_the_generator(generate: ModuleType) -> None:
    from generators.keys import keys
    from pydantic import BaseModel

    class Undescribed(BaseModel):
        secret_of_the_house: str

    with pytest.raises(LookupError, match="Undescribed.secret_of_the_house"):
        list(keys(Undescribed))


# ── everything has its place ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", sorted(commands()))
def test_a_command_has_its_section(command: str) -> None:
    assert command in headings(REFERENCE / "commands.md")


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_a_table_has_its_section_with_every_column(table: str) -> None:
    section = read(REFERENCE / "tables.md").partition(f"\n## {table}\n")[2].partition("\n## ")[0]
    [promise] = [one for one in TABLES if one.name == table]

    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(promise.column_names)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_a_page_with_every_section(stage: str) -> None:
    assert SECTIONS - set(headings(REFERENCE / "stages" / f"{stage}.md")) == set()


def test_a_dag_has_its_section() -> None:
    texts = [read(file) for file in (PROJECT / "dags").glob("*.py")]
    dags = {name for text in texts for name in re.findall(r'dag_id="(\w+)"', text)}

    assert dags
    assert dags <= set(headings(REFERENCE / "dags.md"))


@pytest.mark.parametrize("name", error_names())
def test_an_error_stands_under_its_exit_code_with_what_to_do(name: str) -> None:
    code = getattr(errors, f"{name}Error").exit_code
    section = read(DOCS / "how-to" / "when-something-fails.md").partition(f"\n## {code} ")[2].partition("\n## ")[0]

    assert re.search(rf"^\| `{name}` \| \S", section, re.MULTILINE)


def test_a_format_has_its_section() -> None:
    assert set(all_formats()) <= set(headings(REFERENCE / "formats.md"))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_of_clause_has_its_rule_and_its_advice(kind: str) -> None:
    assert f"**{kind}**" in read(REFERENCE / "semantics.md")
    assert f"**`{kind}`**" in read(DOCS / "how-to" / "write-an-agreement.md")


def test_every_page_is_in_the_list_of_pages() -> None:
    listed = set(re.findall(r"\]\(([^)#]+\.md)\)", read(DOCS / "README.md")))
    there = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if page.name != "README.md"}

    assert there - listed == set()


def test_the_page_of_the_document_has_every_part_of_a_report() -> None:
    page = read(REFERENCE / "report.md")

    assert [key for key in the_letters_case() if f"`{key}`" not in page] == []


@pytest.mark.parametrize("name", sorted({*REQUIRED, SHA256SUMS, DATAPACKAGE, "latest.json", "index.html"}))
def test_a_file_of_a_bundle_is_explained(name: str) -> None:
    assert name in read(REFERENCE / "bundle.md")


def test_every_column_of_the_findings_table_is_named() -> None:
    page = read(REFERENCE / "bundle.md")

    assert [column for column in COLUMNS if f"`{column}`" not in page] == []


def test_every_setting_of_the_session_has_its_reason() -> None:
    page = read(REFERENCE / "settings.md")

    assert [name for name in SESSION if f"`{name}`" not in page] == []


# ── links and manners ─────────────────────────────────────────────────────────────────────────────────────────────────


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one)).lower() for one in headings(page)]
    return {one.replace(" ", "-") for one in plain}


def links(page: Path) -> Iterator[str]:
    plain = re.sub(r"`[^`\n]*`", "code", FENCE.sub("", read(page)))
    yield from re.findall(r"!?\[[^]]*\]\(([^)\s]+)\)", plain)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_ours = target.is_relative_to(PROJECT)
        if not is_ours or not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users|private|var/folders|tmp)/")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted|repo1?\.maven|maven\.org|npmjs|docker\.io|ghcr\.io|artifactory|nexus", re.I
)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_names_no_registry_and_no_machine(page: Path) -> None:
    assert MACHINE.findall(read(page)) == []
    assert REGISTRY.findall(read(page)) == []
