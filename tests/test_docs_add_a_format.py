"""The page that adds a format does it: its commands are run as typed, and answer what the page says."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from commands.command_line import tallystick
from documentation import DOCS, blocks
from tallystick.intake.sources import load_sources

PAGE = DOCS / "how-to" / "add-a-format.md"


def typed() -> Iterator[tuple[str, str]]:
    """Each command of the page and what it answers, in order."""
    for block in blocks(PAGE, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = part.partition("\n")
            yield command, answer


def answered(command: str) -> str:
    words = shlex.split(command)
    if words[0] == "tallystick":
        ran = tallystick(*words[1:])
        return ran.stdout + ran.stderr
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def without_digests(text: str) -> str:
    """Digests under the key of a project differ from project to project."""
    return re.sub(r"hmac:[0-9a-f]{32}", "hmac:", text).strip("\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project with the log and the format of the page."""
    folder = tmp_path / "audits"
    assert tallystick("init", folder).code == 0
    monkeypatch.chdir(folder)
    (folder / "formats").mkdir()
    (folder / "logs" / "2024-03-01T09.csv").write_text(blocks(PAGE, "csv")[0])
    (folder / "formats" / "meridian.yaml").write_text(blocks(PAGE, "yaml")[0])
    return folder


def test_every_command_of_the_page_answers_what_the_page_says(project: Path) -> None:
    said = [(command, without_digests(answer)) for command, answer in typed()]

    found = [(command, without_digests(answered(command))) for command, _ in said]

    assert len(said) > 5
    assert found == said


def test_the_schema_takes_the_format_of_the_page_and_refuses_a_key_it_does_not_know() -> None:
    schema = json.loads((DOCS / "reference" / "schemas" / "format.schema.json").read_text())
    written = yaml.safe_load(blocks(PAGE, "yaml")[0])

    jsonschema.validate(written, schema)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate(written | {"colour": "blue"}, schema)


def test_the_source_of_the_page_is_one(project: Path) -> None:
    source = blocks(PAGE, "yaml")[1]
    (project / source.splitlines()[0].removeprefix("# ")).write_text(source)

    assert ("meridian", "meridian") in [(one.name, one.format) for one in load_sources(project / "sources")]
