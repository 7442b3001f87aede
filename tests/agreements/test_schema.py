"""The JSON Schema of a version, as editors use it: it takes what is read, and not what is refused for its form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agreements.test_refused import cases as refused
from documentation import REFERENCE
from tallystick.clauses.kinds import KINDS
from tallystick.yaml_file import _Loader, load_yaml

SCHEMA = json.loads((REFERENCE / "schemas" / "version.schema.json").read_text("utf-8"))
EVERYTHING = Path(__file__).with_name("everything.yaml")
OF_FORM = (
    "this key is not known",
    "this key is missing",
    "it should be",
    "at least one",
    "a list is needed",
    "in digits",
)
"""What is said of files that a schema refuses too; other rules are between keys, or of a calendar."""


def as_editors_see_it(text: str) -> Any:
    return _Loader(text).get_single_data()


def test_everything_that_a_version_can_state_is_read_and_fits_the_schema() -> None:
    from tallystick.agreements.version import Version

    version = load_yaml(EVERYTHING, Version, more={"version": "everything"})

    assert {clause.kind for clause in version.clauses} == set(KINDS)
    jsonschema.validate(as_editors_see_it(EVERYTHING.read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize(
    "case",
    [case for case in refused() if any(part in case.said for part in OF_FORM) and "2021-01-01" not in case.said],
    ids=lambda case: case.rule,
)
def test_an_editor_underlines_what_is_refused_for_its_form(case: Any) -> None:
    [text] = case.files.values()

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_editors_see_it(text), SCHEMA)


def test_every_key_has_a_sentence() -> None:
    parts = {"Version": SCHEMA, **SCHEMA["$defs"]}

    assert [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, shape in part.get("properties", {}).items()
        if not shape.get("description")
    ] == []
