"""Lines of words between spaces or tabs, some of them perhaps in quotes, to cells."""

from __future__ import annotations

from functools import cache

import numpy as np

from tallystick.intake.cells import NEWLINE, QUOTE, Cells, Flags, Places, split_cells, split_quoted_cells
from tallystick.intake.csv_grammar import Grammar

MANY = 8
"""Where more than one line in so many may have words in quotes, all lines of a block are split with quotes."""


def split_words(block: bytes, delimiter: str, width: int, is_entry: Flags) -> Cells:
    """The words of each line of a block of whole lines; those of the lines in `is_entry` should be `width`.

    A line that has so many words between delimiters is split there, and a word from quote to quote loses its quotes.
    Else words in quotes may hold delimiters and doubled quotes; else several spaces count as one.
    """
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
        return [grammar.cells(word, 2)[0] if _is_quoted(word) else word for word in words]
    if grammar.line.fullmatch(line):
        words = grammar.cells(line, len(line) + 1)
        if len(words) != width and delimiter == " ":
            words = [word for word in words if word]
    return words if len(words) == width else []


@cache
def _grammar(delimiter: str) -> Grammar:
    return Grammar(delimiter)


def _is_quoted(word: bytes) -> bool:
    """Whether a word stands in quotes from end to end, and any quote in it is doubled."""
    return len(word) > 1 and word[0] == word[-1] == QUOTE and b'"' not in word[1:-1].replace(b'""', b"")
