"""Files of records for tests: what a reader of them makes of bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.formats.decodings import ColumnsDecoding
from tallystick.formats.entries import Entries
from tallystick.intake.batch import NO_LINES, Batch, OtherLines
from tallystick.intake.csv_records import split_csv
from tallystick.intake.w3c import split_w3c


@dataclass(frozen=True, kw_only=True)
class Records:
    """All batches of a file together."""

    positions: list[int]
    fields: list[dict[str, str | None]]
    entries: list[bytes]
    lost: list[tuple[int, str]]
    others: OtherLines
    lines: int

    @classmethod
    def of(cls, batches: Sequence[Batch]) -> Records:
        tables = [batch.to_arrow() for batch in batches]
        return cls(
            positions=[position for table in tables for position in table["position"].to_pylist()],
            fields=[row for table in tables for row in table.drop_columns("position").to_pylist()],
            entries=[entry for batch in batches for entry in batch.entries()],
            lost=[(lost.position, lost.reason) for batch in batches for lost in batch.unreadable],
            others=sum((batch.others for batch in batches), NO_LINES),
            lines=sum(batch.lines or 0 for batch in batches),
        )

    @property
    def rows(self) -> list[list[str | None]]:
        """The values of each record."""
        return [list(row.values()) for row in self.fields]


def columns(names: Sequence[str], order: Sequence[str] | None = None) -> ColumnsDecoding:
    fields: dict[str, Any] = {f"f{place}": {"column": name, "says": "x"} for place, name in enumerate(names)}
    return ColumnsDecoding.model_validate({"kind": "columns", "fields": fields, "order": order and tuple(order)})


def read_csv(
    folder: Path,
    content: bytes | str,
    names: Sequence[str],
    *,
    order: Sequence[str] | None = None,
    comment: str | None = None,
    delimiter: str = ",",
    block: int = 1 << 22,
) -> Records:
    file = folder / "decoded"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    how = Entries(find="csv", comment=comment, delimiter=delimiter, under=None, header=None)
    return Records.of(list(split_csv(file, how, columns(names, order), block=block)))


def read_words(
    folder: Path, content: bytes | str, names: Sequence[str], *, is_zeek: bool = False, block: int = 1 << 22
) -> Records:
    file = folder / "decoded"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return Records.of(list(split_w3c(file, columns(names), is_zeek=is_zeek, block=block)))
