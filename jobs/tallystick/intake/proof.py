"""The proof that a file of JSON lines can be read in one go: that no shortcut of a fast reader can change what is read.

DuckDB reads JSON a little more kindly than RFC 8259: it takes trailing commas and NaN, and skips blank lines. A file in
whose bytes none of that can be hiding is read as a whole; any doubt sends it to the strict path, which costs time only.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tallystick.intake.batch import Unreadable
from tallystick.intake.decoding import MAX_DEPTH
from tallystick.intake.lines import BLANK, whole_lines

BLOCK = 1 << 18
"""Bytes looked at at a time: what a processor keeps close."""
MAX_LINE_BYTES = 8 << 20
NOT_NUMBERS = re.compile(rb"[\[,:\s]-?(?i:nan|inf)")
NEWLINE, QUOTE, COMMA, MINUS, COLON, OPEN, CLOSE, LOWER = 10, 34, 44, 45, 58, 0x7B, 0x7D, 0x20
Bytes = npt.NDArray[np.uint8]


def count_plain_json_lines(file: Path) -> tuple[int, int] | None:
    """Entries and blank lines of a decoded file of which every line until the last is a possible JSON object.

    None where the file holds anything that a fast reader could take another way: bytes that are no text, blank lines
    between entries, lines that do not begin with `{`, are very long or deep, and whatever looks like a trailing comma
    or a number that JSON does not have.
    """
    entries = blanks = 0
    with file.open("rb") as source:
        for piece in whole_lines(source, block=BLOCK):
            if isinstance(piece, Unreadable) or not _is_text(piece):
                return None
            content = piece.rstrip(BLANK + b"\n")
            if blanks and content:
                return None
            blanks += _blank_lines(piece[len(content) :], after_content=bool(content))
            if content:
                lines = _count(content)
                if lines is None:
                    return None
                entries += lines
    return entries, blanks


def _blank_lines(tail: bytes, *, after_content: bool) -> int:
    """Lines of spaces alone in what follows the last entry of a piece; its first line end is that entry's own."""
    lines = tail.count(b"\n") + (bool(tail) and not tail.endswith(b"\n"))
    return lines - (after_content and bool(tail))


def _is_text(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _count(content: bytes) -> int | None:
    """Lines of a piece of a file, or None if one of them is in doubt."""
    array = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(array == NEWLINE)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends + 1))
    if (array[starts] != ord("{")).any() or np.diff(starts, append=len(array)).max() > MAX_LINE_BYTES:
        return None
    lowered = array | LOWER  # [ and { are now the same, ] and } too
    opens, closes = np.flatnonzero(lowered == OPEN), np.flatnonzero(lowered == CLOSE)
    if _goes_deep(opens, ends) or _ends_in_a_comma(array, closes) or _has_odd_numbers(content, array):
        return None
    return len(starts)


def _goes_deep(opens: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> bool:
    """Whether a line opens so many brackets that it might nest too deeply."""
    if len(opens) <= MAX_DEPTH:
        return False
    line = np.searchsorted(ends, opens)
    return bool((line[MAX_DEPTH:] == line[:-MAX_DEPTH]).any())


def _ends_in_a_comma(array: Bytes, closes: npt.NDArray[np.int64]) -> bool:
    """Whether a comma, or a space that may follow one, stands before a closing bracket."""
    before = array[closes - 1]
    return bool(((before == COMMA) | (before <= LOWER)).any())


def _has_odd_numbers(content: bytes, array: Bytes) -> bool:
    """Whether a value might be NaN or Infinity, in any spelling."""
    if b"[" in content:
        return NOT_NUMBERS.search(content) is not None
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
