"""A project reads logs in formats of its own, and reads them again when it describes them otherwise."""

from __future__ import annotations

import pytest

from stages.world import World
from tallystick.errors import BadConfigurationError
from tallystick.tables.intake import INTAKE
from tallystick.tables.source_file import SOURCE_FILE

pytestmark = pytest.mark.spark

PARTNER = """
name: partner_line
title: The partner's line
says: Time, client and bytes, with bars between them.
docs: []
entries: {find: lines, header: 'time\\|.*'}
decode:
  kind: regex
  pattern: ['(?P<time>[^|]*)\\|(?P<client>[^|]*)\\|(?P<bytes>[^|]*)']
  fields: {time: When., client: Who., bytes: How much.}
columns:
  received_at: {field: time, read: iso8601}
  credential: {field: client, read: text}
  response_bytes: {field: bytes, read: count}
identity: none
recognise: {needs: [time, client]}
"""
LOG = "time|client|bytes\n2024-03-01T10:00:00Z|kes-board-1|7\n2024-03-01T11:00:00Z|kes-board-1|many\n"


def described(world: World, text: str = PARTNER, name: str = "partner_line") -> None:
    world.write(f"formats/{name}.yaml", text)
    world.write("logs/partner/a.log", LOG)
    world.write("sources/partner.yaml", "folder: logs/partner\n")


def partner(world: World) -> dict[str, object]:
    [row] = [row for row in world.rows(SOURCE_FILE) if row["source"] == "partner" and row["state"] == "read"]
    return {name: row[name] for name in ("format", "entries", "accepted", "rejected", "headers", "lines")}


def batch_of(world: World, source: str) -> set[str]:
    return {row["batch"] for row in world.rows(SOURCE_FILE) if row["source"] == source}


def test_a_log_in_a_format_of_the_project_is_found_and_read(world: World) -> None:
    described(world)

    world.count()

    assert partner(world) == {
        "format": "partner_line", "entries": 2, "accepted": 1, "rejected": 1, "headers": 1, "lines": 3,
    }  # fmt: skip
    [row] = [row for row in world.rows(INTAKE) if row["source"] == "partner"]
    assert (row["credential"], row["response_bytes"]) == ("kes-board-1", 7)


def test_a_format_that_is_described_otherwise_has_its_files_read_again(world: World) -> None:
    described(world)
    world.write("sources/partner.yaml", "folder: logs/partner\nformat: partner_line\n")
    world.count()

    described(world, PARTNER.replace("{field: bytes, read: count}", "{field: bytes, missing: many, read: count}"))
    world.write("sources/partner.yaml", "folder: logs/partner\nformat: partner_line\n")
    before = batch_of(world, "web")
    world.count()

    assert partner(world)["accepted"] == 2
    assert batch_of(world, "web") == before  # its source names a format, and that one is the same


def test_a_format_with_a_name_that_is_taken_is_refused(world: World) -> None:
    described(world, PARTNER.replace("name: partner_line", "name: cloudtrail"), name="cloudtrail")

    with pytest.raises(BadConfigurationError, match="built in"):
        world.count()
