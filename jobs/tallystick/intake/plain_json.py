"""The proof that a file of JSON lines can be read in one go: that no shortcut of a fast reader can change what is read.

DuckDB reads JSON a little more kindly than RFC 8259: it takes trailing commas and NaN, and skips blank lines. A file in
whose bytes none of that can be hiding is read as a whole; any doubt sends it to the strict path, which costs time only.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tallystick.intake.json_objects import MAX_DEPTH
from tallystick.intake.plain import Bytes, Piece, Places, count_plain_lines

NOT_NUMBERS = re.compile(rb"[\[,:\s]-?(?i:nan|inf)")
QUOTE, COMMA, MINUS, COLON, OPEN, CLOSE, LOWER = 34, 44, 45, 58, 0x7B, 0x7D, 0x20


def count_plain_json_lines(file: Path) -> tuple[int, int] | None:
    """Entries and blank lines of a decoded file of which every line until the last is a possible JSON object.

    None where the file holds anything that a fast reader could take another way: bytes that are no text, blank lines
    between entries, lines that do not begin with `{`, are very long or deep, and whatever looks like a trailing comma
    or a number that JSON does not have.
    """
    return count_plain_lines(file, _is_plain)


def _is_plain(piece: Piece) -> bool:
    if (piece.array[piece.starts] != ord("{")).any():
        return False
    lowered = piece.array | LOWER  # [ and { are now the same, ] and } too
    opens, closes = np.flatnonzero(lowered == OPEN), np.flatnonzero(lowered == CLOSE)
    return not (_goes_deep(opens, piece) or _ends_in_a_comma(piece.array, closes) or _has_odd_numbers(piece))


def _goes_deep(opens: Places, piece: Piece) -> bool:
    """Whether a line opens so many brackets that it might nest too deeply."""
    if len(opens) <= MAX_DEPTH:
        return False
    line = np.searchsorted(piece.ends, opens)
    return bool((line[MAX_DEPTH:] == line[:-MAX_DEPTH]).any())


def _ends_in_a_comma(array: Bytes, closes: Places) -> bool:
    """Whether a comma, or a space that may follow one, stands before a closing bracket."""
    before = array[closes - 1]
    return bool(((before == COMMA) | (before <= LOWER)).any())


def _has_odd_numbers(piece: Piece) -> bool:
    """Whether a value might be NaN or Infinity, in any spelling."""
    array = piece.array
    if b"[" in piece.content:
        return NOT_NUMBERS.search(piece.content) is not None
    colons = np.flatnonzero(array[:-1] == COLON)
    before = array[colons - 1]
    colons = colons[(before == QUOTE) | (before <= LOWER)]
    value = array[colons + 1]
    if (value <= LOWER).any():  # a space after the colon: look one further
        colons = colons + (value <= LOWER)
        if len(colons) and colons[-1] + 1 >= len(array):
            return True
        value = array[colons + 1]
    if ((value <= LOWER) | (value == ord("N")) | (value | LOWER == ord("i"))).any():
        return True
    signed = colons[(value == MINUS) | (value == ord("n"))]
    after = array[np.minimum(signed + 2, len(array) - 1)] | LOWER
    # null goes on with u; a negative number goes on with a digit.
    return bool(((after == ord("a")) | (after == ord("n")) | (after == ord("i"))).any())
