"""One vocabulary and one layout: where a thing stands follows from what it is called."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
STAGES = ("ingest", "refine", "tally", "audit", "publish", "verify")
DRAWERS = {
    "util",
    "utils",
    "common",
    "helper",
    "helpers",
    "misc",
    "core",
    "base",
    "manager",
    "managers",
    "shared",
    "lib",
}


def committed_or_new() -> list[Path]:
    """Every file of the project that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (PROJECT / name).exists()]


def lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def imports(file: Path) -> set[str]:
    """The top-level names that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


# ── the vocabulary: six stages, each under one name everywhere ───────────────────────────────────────────────────────


def commands() -> set[str]:
    cli = importlib.import_module("tallystick.cli")
    return {one.name or one.callback.__name__.replace("_", "-") for one in cli.app.registered_commands}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_command(stage: str) -> None:
    assert stage in commands()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_job_file_that_runs_its_command(stage: str) -> None:
    assert f'main(["{stage}", *sys.argv[1:]])' in (PROJECT / "jobs" / f"{stage}.py").read_text("utf-8")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_task_of_the_audit(stage: str) -> None:
    assert f'StageOperator(task_id="{stage}"' in (PROJECT / "dags" / "audit_adhoc.py").read_text("utf-8")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_module(stage: str) -> None:
    assert (importlib.import_module(f"tallystick.stages.{stage}").__doc__ or "").strip()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_its_page(stage: str) -> None:
    page = (PROJECT / "docs" / "reference" / "stages" / f"{stage}.md").read_text("utf-8")

    assert re.match(rf"# .*\b{stage}\b", page)


def test_no_job_file_is_anything_but_a_stage() -> None:
    assert {file.stem for file in (PROJECT / "jobs").glob("*.py")} == set(STAGES)


# ── the layout ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_file_or_folder_is_a_drawer() -> None:
    named = {file: DRAWERS & {part.partition(".")[0] for part in file.parts} for file in committed_or_new()}

    assert {file: drawers for file, drawers in named.items() if drawers} == {}


def test_a_job_file_has_at_most_20_lines() -> None:
    assert {file.name for file in (PROJECT / "jobs").glob("*.py") if lines(file) > 20} == set()


def test_a_dag_file_has_at_most_60_lines() -> None:
    assert {file.name for file in (PROJECT / "dags").glob("*.py") if lines(file) > 60} == set()


def test_a_module_of_the_library_says_what_it_is_for() -> None:
    silent = {
        file.relative_to(PROJECT)
        for file in (PROJECT / "jobs" / "tallystick").rglob("*.py")
        if not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    }

    assert silent == set()


def test_a_dag_knows_stages_by_name_and_imports_nothing_of_the_library() -> None:
    known = {file: imports(file) for file in (PROJECT / "dags").glob("*.py")}

    assert {file.name for file, names in known.items() if "tallystick" in names} == set()
    assert any("airflow" in names for names in known.values())


def test_every_package_of_the_library_has_its_place_among_the_layers() -> None:
    linter = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    [layers] = [contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers"]
    placed = set(re.findall(r"tallystick\.(\w+)", " ".join(layers)))
    library = PROJECT / "jobs" / "tallystick"

    present = {file.parent.name for file in library.glob("*/__init__.py")} | {
        file.stem for file in library.glob("*.py")
    }

    assert present - {"__init__", "__main__"} <= placed


def test_what_the_docs_call_a_stage_is_one() -> None:
    pages = {page.stem for page in (PROJECT / "docs" / "reference" / "stages").glob("*.md")}

    assert pages == set(STAGES)
