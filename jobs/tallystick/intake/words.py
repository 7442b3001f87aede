"""Lines of words between spaces or tabs, some of them perhaps in quotes, to cells."""

from __future__ import annotations

from functools import cache
from itertools import islice

import numpy as np

from tallystick.intake.cells import (
    NEWLINE,
    QUOTE,
    Cells,
    Flags,
    Places,
    cells_of,
    newlines,
    split_cells,
    split_quoted_cells,
)
from tallystick.intake.csv_grammar import Grammar

MOST_BYTES = 8 << 20
"""Longer blocks are split line by line."""
MANY = 8
"""Where more than one line in so many may have words in quotes, all lines of a block are split with quotes."""


def split_words(block: bytes, delimiter: str, width: int, is_entry: Flags, *, may_be_quoted: bool) -> Cells:
    """The words of each line of a block of whole lines; those of the lines in `is_entry` should be `width`.

    A line that has so many words between delimiters is split there. Where words may be quoted, a word from quote to
    quote loses its quotes; else words in quotes may hold delimiters and doubled quotes; else several spaces count as
    one.
    """
    if len(block) > MOST_BYTES:
        return _one_by_one(block, delimiter, width, may_be_quoted=may_be_quoted)
    if not may_be_quoted:
        return split_cells(block, delimiter)
    cells = split_cells(block, delimiter)
    doubtful = is_entry & (cells.widths != width)
    if b'"' in block:
        doubtful[_with_words_in_quotes(cells, delimiter)] = True
        doubtful &= is_entry
        if MANY * np.count_nonzero(doubtful) > len(doubtful):
            quoted = split_quoted_cells(block, delimiter)
            if quoted is not None and quoted.rest == len(block) and len(quoted.starts) == len(cells.starts):
                cells, doubtful = quoted, is_entry & (quoted.widths != width)
    places = np.flatnonzero(doubtful)
    if not len(places):
        return cells
    return cells.replaced(places, [words_of(cells.record(place), delimiter, width) for place in places.tolist()])


def _one_by_one(block: bytes, delimiter: str, width: int, *, may_be_quoted: bool) -> Cells:
    """The same for a block with lines so long that their words would not fit into memory, if they were many."""
    ends = newlines(block)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    lines = [block[start:end].removesuffix(b"\r") for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    if may_be_quoted:
        words = [words_of(line, delimiter, width) for line in lines]
    else:
        words = [line.split(delimiter.encode(), width) for line in lines]
    values, first, widths = cells_of(words)
    ends = starts + np.array([len(line) for line in lines], dtype=np.int64)
    return Cells(block=block, starts=starts, ends=ends, first=first, widths=widths, values=values, rest=len(block))


def _with_words_in_quotes(cells: Cells, delimiter: str) -> Places:
    """The lines in which a word begins with a quote."""
    array = np.frombuffer(cells.block, dtype=np.uint8)
    quotes = np.flatnonzero(array == QUOTE)
    before = array[quotes - 1]
    begins = quotes[(quotes == 0) | (before == ord(delimiter)) | (before == NEWLINE)]
    return np.unique(np.searchsorted(cells.starts, begins, side="right") - 1)


def words_of(line: bytes, delimiter: str, width: int) -> list[bytes]:
    """The words of one line, if they are so many; none if not."""
    grammar = _grammar(delimiter)
    words = line.split(delimiter.encode(), width)
    if len(words) == width:
        return [next(grammar.cells(word)) if _is_quoted(word) else word for word in words]
    if not grammar.line.fullmatch(line):
        return []
    words = [*islice(grammar.cells(line), width + 1)]
    if len(words) != width and delimiter == " ":
        words = [*islice((word for word in grammar.cells(line) if word), width + 1)]
    return words if len(words) == width else []


@cache
def _grammar(delimiter: str) -> Grammar:
    return Grammar(delimiter)


def _is_quoted(word: bytes) -> bool:
    """Whether a word stands in quotes from end to end, and any quote in it is doubled."""
    return len(word) > 1 and word[0] == word[-1] == QUOTE and b'"' not in word[1:-1].replace(b'""', b"")
