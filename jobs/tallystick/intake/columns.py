"""Entries that are records with named columns: what a batch of them is, and which column a field stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallystick.formats.decodings import ColumnField
from tallystick.intake.batch import MAX_ENTRY_BYTES, Batch, Unreadable
from tallystick.intake.cells import Cells, Places
from tallystick.intake.escaping import escaped, is_text
from tallystick.intake.lines import BLANK

PADDING = BLANK + b"\0"
"""What a line without anything in it may hold; IIS fills a file that it has not closed with zero bytes."""
IN_NO_FORMAT = b'""x'
"""Text behind a closed quote."""


@dataclass(frozen=True, kw_only=True)
class ColumnBatch(Batch):
    """Entries that are decoded already: a batch whose Arrow table has a VARCHAR column for each field of the format.

    Entry i is `text[offsets[i]:ends[i]]`; between two entries there may be other bytes.
    """

    fields: pa.Table
    ends: Places

    @classmethod
    def of_none(cls, names: list[str], *, unreadable: tuple[Unreadable, ...], lines: int | None) -> ColumnBatch:
        """A batch of entries of which none can be read."""
        nothing = np.zeros(0, dtype=np.int64)
        fields = pa.table({name: pa.nulls(0, pa.large_string()) for name in names})
        return cls(
            text=b"",
            offsets=nothing,
            ends=nothing,
            positions=nothing,
            fields=fields,
            unreadable=unreadable,
            lines=lines,
        )

    @classmethod
    def joined(cls, parts: Sequence[ColumnBatch]) -> ColumnBatch:
        """Parts of one text as one batch; its `text` is that of the first part."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            text=parts[0].text,
            offsets=np.concatenate([part.offsets for part in parts]),
            ends=np.concatenate([part.ends for part in parts]),
            positions=np.concatenate([part.positions for part in parts]),
            fields=pa.concat_tables([part.fields for part in parts]),
            unreadable=tuple(lost for part in parts for lost in part.unreadable),
        )

    def entry(self, index: int) -> bytes:
        """The text of one entry."""
        return self.text[self.offsets[index] : self.ends[index]]

    def as_found(self, index: int) -> bytes:
        """The bytes of one entry as they stood in the file; its text where it goes over several lines."""
        entry = self.entry(index)
        return self.raw.get(int(self.positions[index]), entry) if b"\n" not in entry else entry

    def entries(self) -> list[bytes]:
        """The text of every entry."""
        return [self.entry(index) for index in range(len(self))]

    def to_arrow(self) -> pa.Table:
        """Column `position` (BIGINT), and a VARCHAR column for each field; NULL where the record has no value."""
        return self.fields.add_column(0, "position", pa.array(self.positions))


def places_of(fields: Mapping[str, ColumnField], header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """At which places of a record each field may stand; names are compared without case, the first of two counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(name.strip().casefold(), place)
    return {
        field: tuple(places[name.casefold()] for name in told.names if name.casefold() in places)
        for field, told in fields.items()
    }


def fields_table(fields: Mapping[str, ColumnField], header: Sequence[str], cells: Cells, records: Places) -> pa.Table:
    """The fields of these records, whose columns are called as in `header`: the first that is not NULL counts."""
    columns = {}
    for name, places in places_of(fields, header).items():
        found = [cells.column(records, place) for place in places]
        columns[name] = first_known(found, len(records))
    return pa.table(columns)


def first_known(columns: Sequence[pa.Array], rows: int) -> pa.Array:
    """The first value of each row that is not NULL; NULL where there are no columns."""
    if not columns:
        return pa.nulls(rows, pa.large_string())
    return columns[0] if len(columns) == 1 else pc.coalesce(*columns)


def as_text(block: bytes, first_line: int) -> tuple[bytes, dict[int, bytes]]:
    """A block of whole lines as UTF-8, each byte that is no text written as an escape; and those lines as they stood.

    Lines are called by their numbers, `first_line` that of the first. A line of nothing but zero bytes stays; one that
    is longer than 64 MiB with its escapes becomes one that is in no format.
    """
    if is_text(block):
        return block, {}
    lines, raw = block.split(b"\n"), {}
    for place, line in enumerate(lines):
        if not is_text(line) and line.strip(PADDING):
            text = escaped(line, longest=MAX_ENTRY_BYTES)
            raw[first_line + place], lines[place] = line.removesuffix(b"\r"), IN_NO_FORMAT if text is None else text
    return b"\n".join(lines), raw
