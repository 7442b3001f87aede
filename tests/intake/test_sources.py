"""The files that describe sources: none is passed over because of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.errors import BadConfigurationError, MissingInputError
from tallystick.intake.sources import load_sources


def test_sources_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("folder: logs/b\n")
    (tmp_path / "a.yaml").write_text("folder: logs/a\nname: zebra\n")

    assert [source.name for source in load_sources(tmp_path)] == ["b", "zebra"]


@pytest.mark.parametrize("name", ["gateway.yml", "gateway.YAML"])
def test_a_source_whose_name_would_leave_it_unread_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "web.yaml").write_text("folder: logs/web\n")
    (tmp_path / name).write_text("folder: logs/gateway\n")

    with pytest.raises(BadConfigurationError, match="ends in .yaml here") as refused:
        load_sources(tmp_path)

    assert refused.value.next_step == "rename it to gateway.yaml"


def test_a_project_without_a_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no source is described here"):
        load_sources(tmp_path / "absent")
