"""Reading bytes in a format, for tests that state the canonical rows of a sample."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.intake import FileTask, create_entry_tables, read_file
from tallystick.tables.canonical import CANONICAL

Row = dict[str, Any]


@pytest.fixture
def rows(tmp_path: Path) -> Callable[..., list[Row]]:
    """The canonical columns of each entry of a sample without those that are NULL; every entry has to be accepted."""

    def reading(content: bytes | str, *, expected_format: str) -> list[Row]:
        data = content.encode() if isinstance(content, str) else content
        connection = connect(scratch=tmp_path)
        create_entry_tables(connection)
        account = read_file(
            connection,
            FileTask(source="log", name="sample", uri="memory", version_tag="1"),
            open_object=lambda _: io.BytesIO(data),
            scratch=tmp_path,
            batch="b",
        )
        assert account.format == expected_format
        assert (account.state, account.rejected) == ("read", 0), connection.execute("FROM rejected").fetchall()
        columns = [column.name for column in CANONICAL]
        table = connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table()
        return [
            {name: row[name] for name in columns if row[name] is not None} for row in table.select(columns).to_pylist()
        ]

    return reading
