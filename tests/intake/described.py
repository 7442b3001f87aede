"""A format said in a few words, and a log read by it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tallystick.duck import connect
from tallystick.formats import Catalogue, Format
from tallystick.intake import FileAccount, FileTask, create_entry_tables, read_file

Row = dict[str, Any]


def a_format(**stated: Any) -> Format:
    """A format of JSON lines with the fields `time` and `who`; state what the test is about."""
    usual = {
        "name": "mine", "title": "Mine", "says": "Mine.", "docs": [], "entries": {"find": "lines"},
        "decode": {"kind": "json", "fields": paths(time="time", who="who")},
        "columns": {"received_at": {"field": "time", "read": "iso8601"}, "user": {"field": "who", "read": "text"}},
        "identity": "none", "recognise": {"needs": ["time"]},
    }  # fmt: skip
    return Format.model_validate({**usual, **stated})


def paths(**fields: Any) -> dict[str, Any]:
    """Fields of a JSON entry by their paths."""
    return {name: {"path": path, "says": "x"} for name, path in fields.items()}


def read_as(described: Format, content: str | bytes, scratch: Path) -> tuple[FileAccount, list[Row], list[Row]]:
    """A log's account, its accepted entries, and its rejected ones."""
    connection = connect(scratch=scratch)
    create_entry_tables(connection)
    data = content.encode() if isinstance(content, str) else content
    task = FileTask(source="edge", name="a.log", uri="memory", version_tag="1", format=described.name)
    account = read_file(
        connection, task, open_object=lambda _: io.BytesIO(data), scratch=scratch, batch="b1",
        catalogue=Catalogue(only=described),
    )  # fmt: skip
    assert account.problem is None
    accepted = connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table().to_pylist()
    rejected = connection.execute("SELECT * FROM rejected ORDER BY position").to_arrow_table().to_pylist()
    return account, accepted, rejected
