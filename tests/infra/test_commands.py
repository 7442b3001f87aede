from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given: Mapping[str, str] = {**os.environ, **environment}
    return subprocess.run(command, cwd=PROJECT, env=given, capture_output=True, text=True, check=False)


def a_java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return folder


def test_make_alone_lists_every_command_with_a_sentence() -> None:
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)

    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.+)$", run("make").stdout, re.MULTILINE))

    assert sorted(listed) == sorted(targets)
    assert {"setup", "demo", "test", "check", "clean"} <= set(listed)


def test_an_environment_that_is_there_is_left_alone() -> None:
    again = run(
        "infra/setup/environment", ".venv", "infra/requirements/dev.txt", ".", PIP_INDEX_URL="http://127.0.0.1:9/"
    )

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize("version", ["17.0.15", "21", "21.0.2"])
def test_a_java_of_the_right_version_is_taken_from_java_home(tmp_path: Path, version: str) -> None:
    home = a_java(tmp_path / "java", version)

    assert run("infra/setup/java", JAVA_HOME=str(home)).stdout == f"{home}\n"


@pytest.mark.parametrize("version", ["1.8.0_292", "11.0.2", "25", "170", "211.1"])
def test_a_java_of_another_version_is_passed_over(tmp_path: Path, version: str) -> None:
    home = a_java(tmp_path / "java", version)

    found = run("infra/setup/java", JAVA_HOME=str(home))

    assert found.returncode == 0
    assert found.stdout.strip() not in ("", str(home))


@pytest.mark.parametrize("script", ["environment", "java", "chromium", "libreoffice"])
def test_a_script_of_the_set_up_is_sound_bash(script: str) -> None:
    checked = run("bash", "-n", PROJECT / "infra" / "setup" / script)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_requirement_is_pinned_and_hashed() -> None:
    for file in (PROJECT / "infra" / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=\S)", file.read_text().strip())

        assert len(blocks) >= 2, file.name
        for block in blocks:
            assert "==" in block.splitlines()[0], f"{file.name}: {block}"
            assert "--hash=sha256:" in block, f"{file.name}: {block}"
