"""A few lines between two directives, word by word: what numpy would spend on them would be for nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tallystick.formats.decodings import ColumnField
from tallystick.intake.batch import Unreadable
from tallystick.intake.columns import ColumnBatch, places_of
from tallystick.intake.directives import Directives
from tallystick.intake.words import words_of


class FewLines:
    """Collects lines of one block, of which different things may have been said, and makes one batch of them."""

    def __init__(self, fields: Mapping[str, ColumnField]) -> None:
        self._fields = fields
        self._places: dict[tuple[str, ...], dict[str, tuple[int, ...]]] = {}
        self._values: dict[str, list[str | None]] = {name: [] for name in fields}
        self._bounds: list[tuple[int, int, int]] = []

    def add(self, line: bytes, said: Directives, *, position: int, begins: int) -> bool:
        """Take one entry without its line end, which begins at a byte of the block; False if it is not in format."""
        delimiter, width = said.delimiter or " ", len(said.names)
        words = words_of(line, delimiter, width) if said.may_be_quoted else line.split(delimiter.encode(), width)
        if not width or len(words) != width:
            return False
        if said.names not in self._places:
            self._places[said.names] = places_of(self._fields, said.names)
        for name, places in self._places[said.names].items():
            known = (word for place in places if (word := words[place].decode()) not in said.unknown)
            value = next(known, None)
            self._values[name].append("" if value is not None and value == said.empty else value)
        self._bounds.append((position, begins, begins + len(line)))
        return True

    def taken(self, block: bytes, unreadable: tuple[Unreadable, ...]) -> ColumnBatch:
        """The lines that were added since the last time, as a batch; `unreadable` are those between them."""
        positions, begins, ends = np.array(self._bounds, dtype=np.int64).reshape(-1, 3).T
        fields = pa.table({name: pa.array(values, pa.large_string()) for name, values in self._values.items()})
        self._values, self._bounds = {name: [] for name in self._fields}, []
        return ColumnBatch(
            text=block, offsets=begins, ends=ends, positions=positions, fields=fields, unreadable=unreadable
        )
