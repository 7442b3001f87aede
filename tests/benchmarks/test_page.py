"""The page of figures: each benchmark puts its own section in, and leaves the others as they are."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

GOALS = Path(__file__).parents[2] / "benchmarks/measuring/goals.py"


@pytest.fixture(scope="module")
def goals() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measuring_goals", GOALS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_section_takes_the_place_of_the_one_of_its_heading(goals: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    found = {"machine": {"date": "2026-01-02"}}
    for heading, text in (("One", "first"), ("Two", "second"), ("One", "third")):
        goals.keep(
            found, results=tmp_path / "kept", page=page, name="it", heading=heading, text=f"## {heading}\n\n{text}\n"
        )

    assert page.read_text() == "# How fast it is\n\n## One\n\nthird\n\n## Two\n\nsecond\n"
    assert json.loads((tmp_path / "kept/2026-01-02-it.json").read_text()) == found


def test_what_is_not_wanted_is_not_kept(goals: ModuleType, tmp_path: Path) -> None:
    goals.keep({"machine": {"date": "x"}}, results=None, page=None, name="it", heading="One", text="## One")

    assert list(tmp_path.iterdir()) == []
