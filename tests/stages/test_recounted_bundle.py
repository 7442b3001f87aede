"""A published report counted again from its raw logs by the path that shares nothing with what made it."""

from __future__ import annotations

import pytest

from commands.command_line import tallystick
from stages.world import World

pytestmark = pytest.mark.spark


def test_what_was_published_is_what_the_second_path_counts_by_file_and_app(finished: World) -> None:
    bundle = finished.folder / "reports/kestrel/2024-03/r1"

    ran = tallystick(
        "recount", bundle, "--logs", finished.folder / "logs", "--register", finished.folder / "register", "--json"
    )

    assert (ran.code, ran.data["agrees"]) == (0, True)
    assert len(ran.data["files"]) >= 2
    assert {one["name"] for one in ran.data["apps"]} == {"kestrel-board", "kestrel-batch"}


def test_without_one_log_file_the_second_path_does_not_agree(finished: World) -> None:
    bundle = finished.folder / "reports/kestrel/2024-03/r1"
    name = finished.report()["files"][0]["name"]
    (finished.folder / "logs/gateway" / name).unlink()

    ran = tallystick("recount", bundle, "--logs", finished.folder / "logs", "--register", finished.folder / "register")

    assert ran.code == 6
    assert f"missing: file gateway/{name}" in ran.stdout
