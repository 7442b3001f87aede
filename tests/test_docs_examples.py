"""What a page shows works: commands exist with their options, and example files are what they say they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from documentation import DOCS, PROJECT, REFERENCE, STAGES, blocks, commands, name_of, pages, read
from tallystick.agreements.load import load_agreements
from tallystick.clauses.judge import finding_id
from tallystick.commands.agreement_files import version_of
from tallystick.commands.cases import run_cases
from tallystick.intake.sources import load_sources
from tallystick.register.load import load_register
from tallystick.settings import Settings

TEMPLATE = PROJECT / "jobs" / "tallystick" / "commands" / "template"


def test_the_readme_says_what_the_test_command_is() -> None:
    assert "The test command is `make test`" in read(PROJECT / "README.md")


def test_the_five_minutes_of_the_readme_walk_through_every_stage() -> None:
    section = read(PROJECT / "README.md").partition("## Your own logs in five minutes")[2].partition("\n## ")[0]
    typed = re.findall(r"^tallystick (\w+)", section, re.MULTILINE)

    assert typed == ["init", "inspect", *STAGES]


def shown_commands() -> Iterator[tuple[str, str]]:
    for page in pages():
        for language in ("sh", "text"):
            for block in blocks(page, language):
                for line in block.replace("\\\n", " ").splitlines():
                    if found := re.match(r"\s*(?:\S*/)?(?:tallystick|spark-submit jobs/\w+\.py)\s+[a-z[].*", line):
                        yield name_of(page), found[0].strip()


def test_every_command_that_a_page_shows_exists_with_its_options() -> None:
    shown = list(shown_commands())
    wrong = []
    for page, line in shown:
        words = re.match(r"\S+ (?:jobs/)?([\w-]+)(?:\.py)?(?: ([\w-]+))?", line)
        assert words is not None, line
        name = next((one for one in (f"{words[1]} {words[2]}", words[1]) if one in commands()), None)
        asked = set(re.findall(r"(?<![\w-])--[a-z-]+", line.partition("#")[0]))
        if name is None or asked - commands()[name]:
            wrong.append((page, line))

    assert len(shown) > 20
    assert wrong == []


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(PROJECT / "Makefile"), re.MULTILINE))
    named = {
        (name_of(page), target)
        for page in pages()
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", read(page), re.MULTILINE)
    }

    assert {target for _, target in named} >= {"demo", "test", "setup", "check"}
    assert [one for one in sorted(named) if one[1] not in targets] == []


def test_the_example_register_is_one(tmp_path: Path) -> None:
    [register, *_] = blocks(DOCS / "how-to" / "write-a-register.md", "yaml")
    (tmp_path / "halcyon.yaml").write_text(register)

    [licensee] = load_register(tmp_path)

    assert licensee.app("halcyon-monitor") is not None


def test_the_example_agreement_is_one_with_all_that_the_page_adds_to_it(tmp_path: Path) -> None:
    [agreement, counts, readings] = blocks(DOCS / "how-to" / "write-an-agreement.md", "yaml")
    file = tmp_path / "halcyon" / "2021-07-01.yaml"
    file.parent.mkdir()
    file.write_text(agreement + counts + readings)

    [binding] = load_agreements(tmp_path, "halcyon")

    assert [len(getattr(clause, "readings", ())) for clause in binding.version.clauses] == [2]


def test_the_example_cases_pass(tmp_path: Path) -> None:
    [agreement] = blocks(DOCS / "how-to" / "test-an-agreement.md", "yaml")
    file = tmp_path / "2021-07-01.yaml"
    file.write_text(agreement)
    binding = version_of(file)

    results = list(run_cases(binding, None))

    assert [(case.case, case.is_met) for case in results] == [(1, True), (2, True), (3, True)]


def test_the_example_settings_and_source_are_read(tmp_path: Path) -> None:
    page = DOCS / "how-to" / "publish-to-s3.md"
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "gateway.yaml").write_text(blocks(page, "yaml")[0])
    stores = []
    for settings in blocks(page, "toml"):
        (tmp_path / "tallystick.toml").write_text(settings)
        stores.append(Settings.load(tmp_path).s3)

    assert [store.uses_path_style for store in stores] == [False, True]
    assert [source.prefix for source in load_sources(tmp_path / "sources")] == ["s3://my-logs/gateway"]


def as_editors_see_it(value: Any) -> Any:
    """What YAML's text stands for: whole numbers, and everything else as text."""
    if isinstance(value, dict):
        return {key: as_editors_see_it(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(one) for one in value]
    return int(value) if re.fullmatch(r"[0-9]+", value) else value


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("source", "sources/gateway.yaml"),
        ("licensee", "register/acme.yaml"),
        ("version", "agreements/acme/2024-01-01.yaml"),
    ],
)
def test_a_schema_takes_what_init_writes_and_refuses_a_key_it_does_not_know(name: str, file: str) -> None:
    schema = json.loads(read(REFERENCE / "schemas" / f"{name}.schema.json"))
    written = as_editors_see_it(yaml.load(read(TEMPLATE / file), Loader=yaml.BaseLoader))  # noqa: S506 - text only

    jsonschema.validate(written, schema)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate(written | {"colour": "blue"}, schema)


def test_the_finding_that_is_taken_apart_has_the_id_that_it_would_have() -> None:
    page = read(DOCS / "how-to" / "read-a-finding.md")
    example = json.loads(blocks(DOCS / "how-to" / "read-a-finding.md", "json")[0])

    expected = finding_id("acme", "2024-01", example["version"], example["clause"], example["key"])

    assert example["id"] == expected
    assert f"tallystick explain {expected}" in page
