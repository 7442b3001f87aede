"""What tests of intake share: reading bytes as a file, and the folder of real logs."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.intake import FileAccount, FileTask, create_entry_tables, read_file

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What reading one file gave."""

    account: FileAccount
    entries: list[Row]
    rejected: list[Row]

    @property
    def reasons(self) -> list[list[str]]:
        return [row["reasons"] for row in self.rejected]


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Read bytes (or text) as one stored object."""

    def reading(content: bytes | str, *, catalogue: Catalogue = BUILT_IN, **task: Any) -> Reading:
        data = content.encode() if isinstance(content, str) else content
        connection = connect(scratch=tmp_path)
        create_entry_tables(connection)
        stated = {"source": "edge", "name": "a.log", "uri": "memory", "version_tag": "1", **task}
        account = read_file(
            connection,
            FileTask(**stated),
            open_object=lambda _: io.BytesIO(data),
            scratch=tmp_path,
            batch="b1",
            catalogue=catalogue,
        )
        return Reading(
            account=account,
            entries=connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table().to_pylist(),
            rejected=connection.execute("SELECT * FROM rejected ORDER BY position").to_arrow_table().to_pylist(),
        )

    return reading


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real logs, beside the repository; a clone without them has nothing to compare with."""
    folder = Path(__file__).parents[2] / ".." / "shared" / "sample-logs"
    if not folder.is_dir():
        pytest.skip("the folder of sample logs, ../shared/sample-logs, is not beside this clone")
    return folder
