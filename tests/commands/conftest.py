"""A user's project as `tallystick init` makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.command_line import tallystick
from commands.two_versions import FIRST, HOSTILE, SECOND, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project of `tallystick init`, with nothing run."""
    folder = tmp_path / "project"
    assert tallystick("init", folder).code == 0
    return folder


@pytest.fixture
def two_versions(project: Path) -> Path:
    """The project of init, with an agreement in two versions instead."""
    for file in (project / "agreements" / "acme").iterdir():
        file.unlink()
    write(project, "2021-07-01", FIRST.replace("HOSTILE", HOSTILE.replace('"', '\\"')))
    write(project, "2022-07-01", SECOND)
    return project
