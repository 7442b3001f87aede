"""A user's project as `tallystick init` makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.command_line import tallystick


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project of `tallystick init`, with nothing run."""
    folder = tmp_path / "project"
    assert tallystick("init", folder).code == 0
    return folder
