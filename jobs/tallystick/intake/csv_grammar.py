"""What a record of comma-separated values looks like (RFC 4180), for records whose quotes are in doubt.

A cell in quotes may hold delimiters, line ends and doubled quotes; a quote inside a cell that does not begin with one
is data. A record in which a closed quote is followed by anything but a delimiter or a line end, or whose quote is not
closed within 64 MiB, is its first line alone, and reading goes on at the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from tallystick.intake.batch import MAX_ENTRY_BYTES
from tallystick.intake.cells import Cells, cells_of

MOST_RECORDS = 200_000
"""Records that are split at a time."""


@dataclass(frozen=True)
class Grammar:
    """The expressions for one delimiter; none of them ever goes back."""

    delimiter: str

    @property
    def _delimiter(self) -> bytes:
        return re.escape(self.delimiter.encode())

    def _cell(self, inside: bytes) -> bytes:
        """A cell whose quotes may hold `inside`."""
        delimiter = self._delimiter
        quoted = rb'"(?:' + inside + rb'++|"")*+"(?=' + delimiter + rb"|\r?\n|\Z)"
        bare = rb'(?:[^"\n' + delimiter + rb"][^\n" + delimiter + rb"]*+)?+"
        return rb"(?:" + quoted + rb"|" + bare + rb")"

    def _record(self, inside: bytes) -> re.Pattern[bytes]:
        cell = self._cell(inside)
        return re.compile(cell + rb"(?:" + self._delimiter + cell + rb")*+(?:\r?\n|\Z)")

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """A record and its line end."""
        return self._record(rb'[^"]')

    @cached_property
    def line(self) -> re.Pattern[bytes]:
        """A record on one line."""
        return self._record(rb'[^"\n]')

    @cached_property
    def begun(self) -> re.Pattern[bytes]:
        """What of a record that is none looks like one; the group `open` is there where a quote is never closed."""
        return re.compile(
            rb"(?:" + self._cell(rb'[^"]') + self._delimiter + rb')*+(?:"(?:[^"]++|"")*+(?:"|(?P<open>\Z)))?'
        )

    @cached_property
    def _one(self) -> re.Pattern[bytes]:
        return re.compile(rb"(" + self._cell(rb'[^"]') + rb")(" + self._delimiter + rb"?)")

    def cells(self, record: bytes) -> Iterator[bytes]:
        """The cells of a record without its line end, without their quotes."""
        at = 0
        while True:
            found = self._one.match(record, at)
            assert found is not None  # a cell may be empty
            cell, end = found.groups()
            yield cell[1:-1].replace(b'""', b'"') if cell.startswith(b'"') else cell
            if not end:
                return
            at = found.end()


@dataclass(frozen=True, kw_only=True)
class Careful:
    """The records of a block; `goes_on` where its last one may be closed by what follows the block.

    `doubted_to` is the byte behind the records up to which no quote that is open at a line end is ever closed.
    """

    cells: Cells
    goes_on: bool
    doubted_to: int


def split_carefully(
    block: bytes,
    grammar: Grammar,
    *,
    comment: bytes | None,
    most: int,
    is_whole: bool,
    doubted_to: int = 0,
) -> Careful:
    """The first records of a block, one after another, each with at most `most` cells; one that is none has none.

    With `is_whole` nothing follows the block, so that a quote that it does not close is never closed. A comment has no
    cells either. Takes time in proportion to the block, whatever it holds.
    """
    bounds: list[tuple[int, int]] = []
    records: list[list[bytes]] = []
    at = 0
    goes_on = False
    while at < len(block) and len(records) < MOST_RECORDS:
        end = block.find(b"\n", at) + 1 or len(block)
        cells: list[bytes] = []
        if comment is None or not block.startswith(comment, at):
            found = (grammar.line if at < doubted_to else grammar.record).match(block, at)
            if found is not None:
                end = found.end()
                cells = [*islice(grammar.cells(_without_end(block[at:end])), most)]
            elif at >= doubted_to:
                begun = grammar.begun.match(block, at)
                assert begun is not None  # it may be nothing
                goes_on = begun["open"] is not None and not is_whole and len(block) - at <= MAX_ENTRY_BYTES
                if goes_on:
                    break
                doubted_to = begun.end()
        records.append(cells)
        bounds.append((at, at + len(_without_end(block[at:end]))))
        at = end
    values, first, widths = cells_of(records)
    places = np.array(bounds, dtype=np.int64).reshape(-1, 2)
    cells_found = Cells(
        block=block, starts=places[:, 0], ends=places[:, 1], first=first, widths=widths, values=values, rest=at
    )
    return Careful(cells=cells_found, goes_on=goes_on, doubted_to=max(0, doubted_to - at))


def _without_end(record: bytes) -> bytes:
    return record.removesuffix(b"\n").removesuffix(b"\r") if record.endswith(b"\n") else record
