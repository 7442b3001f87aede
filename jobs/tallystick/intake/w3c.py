"""Lines of words that directives of the same file name: W3C extended logs (#Fields), and Zeek's own (#fields)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from tallystick.formats.decodings import ColumnsDecoding
from tallystick.intake.batch import OtherLines, Unreadable
from tallystick.intake.cells import SPACE, Flags, Places, newlines
from tallystick.intake.columns import PADDING, ColumnBatch, as_text, fields_table
from tallystick.intake.directives import W3C_BEGINS, ZEEK_BEGINS, after_w3c, after_zeek
from tallystick.intake.few_lines import FewLines
from tallystick.intake.lines import whole_lines
from tallystick.intake.words import split_words

BLOCK = 2 << 20
"""Bytes that are split at a time."""
HASH = ord("#")
FEW = 32
"""So many lines or fewer between two directives are read word by word."""


def split_w3c(
    file: Path, decoding: ColumnsDecoding, *, is_zeek: bool = False, block: int = BLOCK
) -> Iterator[ColumnBatch]:
    """Every line of a decoded file that is an entry, in order, with its fields; positions are its lines.

    A line that begins with # is a directive (a header) or a comment. Words are named by the last directive above them
    that names fields; a line with another number of words, or above any such directive, is `not_in_format`. What the
    log writes where it does not know ("-") is NULL.
    """
    lines = _Lines(decoding, is_zeek=is_zeek)
    with file.open("rb") as source:
        for piece in whole_lines(source, block=block):
            if isinstance(piece, Unreadable):
                yield lines.too_long(piece)
            else:
                yield lines.batch(piece if piece.endswith(b"\n") else piece + b"\n")


class _Lines:
    """Blocks to batches; knows the line at which the next block begins, and what directives said."""

    def __init__(self, decoding: ColumnsDecoding, *, is_zeek: bool) -> None:
        self._said, self._after = (ZEEK_BEGINS, after_zeek) if is_zeek else (W3C_BEGINS, after_w3c)
        self._fields = decoding.fields
        self._line = 1
        self._raw: dict[int, bytes] = {}
        self._collected = FewLines(decoding.fields)
        self._collected_lost: list[Unreadable] = []

    def too_long(self, line: Unreadable) -> ColumnBatch:
        """A batch of one line that is too long."""
        self._line += 1
        return ColumnBatch.of_none([*self._fields], unreadable=(replace(line, position=self._line - 1),), lines=1)

    def batch(self, block: bytes) -> ColumnBatch:
        """The entries of a block of whole lines."""
        block, self._raw = as_text(block, self._line)
        starts = np.concatenate((np.zeros(1, dtype=np.int64), newlines(block) + 1))
        first = np.frombuffer(block, dtype=np.uint8)[starts[:-1]]
        is_entry = first != HASH
        blanks = [
            line
            for line in np.flatnonzero(first <= SPACE).tolist()
            if not block[starts[line] : starts[line + 1]].strip(PADDING + b"\n")
        ]
        is_entry[blanks] = False
        headers, parts, begin = 0, [ColumnBatch.of_none([*self._fields], unreadable=(), lines=0)], 0
        hashes = np.flatnonzero(first == HASH).tolist()
        for line in hashes:
            said, is_header = self._after(self._said, block[starts[line] : starts[line + 1]].rstrip(b"\r\n"))
            headers += is_header
            if said != self._said:
                parts += self._part(block, starts, is_entry, begin, line)
                self._said, begin = said, line
        parts += self._part(block, starts, is_entry, begin, len(first))
        parts += self._few(block)
        self._line += len(first)
        others = OtherLines(comments=len(hashes) - headers, headers=headers, blanks=len(blanks))
        return replace(ColumnBatch.joined(parts), text=block, others=others, lines=len(first), raw=self._raw)

    def _part(self, block: bytes, starts: Places, is_entry: Flags, begin: int, end: int) -> Iterator[ColumnBatch]:
        """The entries among the lines from `begin` to `end`, of which the same has been said; a few are collected."""
        here = is_entry[begin:end]
        if not here.any():
            return
        entries = map(int, np.flatnonzero(here) + begin)
        self._said = self._said.told_by(_line(block, starts, line) for line in entries)
        if end - begin > FEW:
            yield from self._few(block)
            yield self._many(block[starts[begin] : starts[end]], here, begin, int(starts[begin]))
            return
        for line in (np.flatnonzero(here) + begin).tolist():
            text, position = _line(block, starts, line), self._line + line
            if not self._collected.add(text, self._said, position=position, begins=int(starts[line])):
                self._collected_lost.append(self._lost(text, position))

    def _few(self, block: bytes) -> Iterator[ColumnBatch]:
        """What has been collected."""
        lost, self._collected_lost = tuple(self._collected_lost), []
        yield self._collected.taken(block, lost)

    def _many(self, content: bytes, here: Flags, begin: int, from_byte: int) -> ColumnBatch:
        """The entries of a piece of a block that begins with the line `begin` of it."""
        said, width = self._said, len(self._said.names)
        cells = split_words(content, said.delimiter or " ", width, here, may_be_quoted=said.may_be_quoted)
        is_good = here & (cells.widths == width) & (width > 0)
        good = np.flatnonzero(is_good)
        return ColumnBatch(
            text=content,
            offsets=cells.starts[good] + from_byte,
            ends=cells.ends[good] + from_byte,
            positions=good + (self._line + begin),
            fields=fields_table(self._fields, said.names, said.marked(cells), good),
            unreadable=tuple(
                self._lost(cells.record(line), self._line + begin + line)
                for line in np.flatnonzero(here & ~is_good).tolist()
            ),
        )

    def _lost(self, line: bytes, position: int) -> Unreadable:
        return Unreadable.of(self._raw.get(position, line), position=position, reason="not_in_format")


def _line(block: bytes, starts: Places, line: int) -> bytes:
    """A line of a block without its end."""
    return block[starts[line] : starts[line + 1]].removesuffix(b"\n").removesuffix(b"\r")
