"""A file of comma-separated values, with any delimiter, to batches of records (RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from tallystick.formats.decodings import ColumnsDecoding
from tallystick.formats.entries import Entries
from tallystick.intake.batch import OtherLines, Unreadable
from tallystick.intake.cells import SPACE, Cells, Flags, newlines, split_quoted_cells
from tallystick.intake.columns import ColumnBatch, as_text, fields_table
from tallystick.intake.csv_grammar import Grammar, split_carefully
from tallystick.intake.lines import BLANK, whole_lines

BLOCK = 2 << 20
"""Bytes that are split at a time; with what a record goes on, at most twice as many are split at once."""
MOST_COLUMNS = 10_000


def split_csv(file: Path, how: Entries, decoding: ColumnsDecoding, *, block: int = BLOCK) -> Iterator[ColumnBatch]:
    """Every record of a decoded file, in order, with its fields; positions are the lines on which records begin.

    The first record names the columns, unless the format names them in `order`; where it stands again it is a header
    again. An empty cell is NULL. A record with another number of cells than there are names is `not_in_format`. `lines`
    counts the lines on which something begins: a line in which a cell in quotes goes on belongs to its record.
    """
    records = _Records(how, decoding, block)
    with file.open("rb") as source:
        for piece in whole_lines(source, block=block):
            if isinstance(piece, Unreadable):
                yield from records.batches(is_whole=True)
                yield records.too_long(piece)
            else:
                records.add(piece if piece.endswith(b"\n") else piece + b"\n")
                yield from records.batches(is_whole=False)
        yield from records.batches(is_whole=True)


class _Records:
    """Blocks to batches; knows the line at which the next block begins, and the names of the columns."""

    def __init__(self, how: Entries, decoding: ColumnsDecoding, block: int) -> None:
        self._grammar = Grammar(how.delimiter or ",")
        self._comment = how.comment.encode() if how.comment else None
        self._decoding = decoding
        self._most_bytes = 2 * block
        self._names = decoding.order
        self._header: bytes | None = None
        self._line = 1
        self._raw: dict[int, bytes] = {}
        self._pending = b""  # lines that are in no batch yet
        self._goes_on = False
        self._doubted_to = 0

    def add(self, piece: bytes) -> None:
        """Take more lines; those that are no text are kept as they stood."""
        text, raw = as_text(piece, self._line + self._pending.count(b"\n"))
        self._raw = {line: one for line, one in self._raw.items() if line >= self._line} | raw
        self._pending += text

    def batches(self, *, is_whole: bool) -> Iterator[ColumnBatch]:
        """The records of what was added; the last one waits if it goes on, unless nothing follows with `is_whole`."""
        self._goes_on = False
        while self._pending and not self._goes_on:
            yield self._batch(is_whole=is_whole)

    def too_long(self, line: Unreadable) -> ColumnBatch:
        """A batch of one line that is too long."""
        self._line += 1
        lost = replace(line, position=self._line - 1)
        return ColumnBatch.of_none([*self._decoding.fields], unreadable=(lost,), lines=1)

    def _batch(self, *, is_whole: bool) -> ColumnBatch:
        """The first records of what was added."""
        block = self._pending
        cells = self._split(block, is_whole=is_whole)
        lines = self._line + np.searchsorted(newlines(block[: cells.rest]), cells.starts)
        self._pending = block[cells.rest :]
        self._line += block.count(b"\n", 0, cells.rest)
        others, is_entry = self._others(cells)
        is_good = is_entry & (cells.widths == len(self._names or ()))
        lost = tuple(
            Unreadable.of(self._as_found(block[start:end], line), position=line, reason="not_in_format")
            for start, end, line in np.column_stack((cells.starts, cells.ends, lines))[is_entry & ~is_good].tolist()
        )
        good = np.flatnonzero(is_good)
        return ColumnBatch(
            text=block,
            offsets=cells.starts[good],
            ends=cells.ends[good],
            positions=lines[good],
            fields=fields_table(self._decoding.fields, self._names or (), cells.with_nulls(""), good),
            unreadable=lost,
            others=others,
            lines=len(lines),
            raw=self._raw,
        )

    def _as_found(self, record: bytes, line: int) -> bytes:
        """The bytes of a record as they stood, where it has one line."""
        return self._raw.get(line, record) if b"\n" not in record else record

    def _split(self, block: bytes, *, is_whole: bool) -> Cells:
        """By numpy where all quotes are certain, else record by record."""
        if len(block) <= self._most_bytes and not self._doubted_to:
            cells = split_quoted_cells(block, self._grammar.delimiter)
            is_all = cells is not None and (cells.rest == len(block) or not is_whole)
            if cells is not None and is_all and not self._is_comment_quoted(cells):
                self._goes_on = cells.rest < len(block)
                return cells
        most = MOST_COLUMNS if self._names is None else len(self._names) + 1
        careful = split_carefully(
            block, self._grammar, comment=self._comment, most=most, is_whole=is_whole, doubted_to=self._doubted_to
        )
        self._goes_on, self._doubted_to = careful.goes_on, careful.doubted_to
        return careful.cells

    def _is_comment_quoted(self, cells: Cells) -> bool:
        """Whether a comment has a quote, which means nothing there."""
        return self._comment is not None and any(
            cells.block.find(b'"', cells.starts[record], cells.ends[record]) >= 0 for record in self._comments(cells)
        )

    def _comments(self, cells: Cells) -> list[int]:
        if self._comment is None:
            return []
        doubtful = np.flatnonzero(cells.first_bytes == self._comment[0]).tolist()
        return [record for record in doubtful if cells.block.startswith(self._comment, cells.starts[record])]

    def _others(self, cells: Cells) -> tuple[OtherLines, Flags]:
        """How many lines are no records, and which records are some; takes the names of the columns from the first."""
        is_entry = np.ones(len(cells.starts), dtype=np.bool_)
        blanks = [
            record
            for record in np.flatnonzero((cells.widths <= 1) & (cells.first_bytes <= SPACE)).tolist()
            if not cells.record(record).strip(BLANK)
        ]
        comments = self._comments(cells)
        is_entry[blanks] = False
        is_entry[comments] = False
        if self._names is None and is_entry.any():
            first = int(np.argmax(is_entry))
            self._header = cells.record(first)
            self._names = tuple(name.decode() for name in islice(self._grammar.cells(self._header), MOST_COLUMNS))
        headers: list[int] = []
        if self._header is not None:
            doubtful = np.flatnonzero(is_entry & (cells.ends - cells.starts == len(self._header))).tolist()
            headers = [record for record in doubtful if cells.record(record) == self._header]
        is_entry[headers] = False
        return OtherLines(comments=len(comments), headers=len(headers), blanks=len(blanks)), is_entry
