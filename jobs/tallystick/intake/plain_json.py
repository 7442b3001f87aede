"""The proof that a file of JSON lines can be read in one go: that no shortcut of a fast reader can change what is read.

DuckDB reads JSON a little more kindly than RFC 8259: it takes trailing commas and NaN, and skips blank lines. A file in
whose bytes none of that can be hiding is read as a whole; any doubt sends it to the strict path, which costs time only.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tallystick.intake.json_doubts import may_repeat_keys
from tallystick.intake.json_objects import MAX_DEPTH
from tallystick.intake.json_structure import long_decimals
from tallystick.intake.plain import Bytes, Flags, Piece, Places, Plain, prove_plain_lines

NOT_NUMBERS = (b"nan", b"inf")
COMMA, OPEN, CLOSE, SPACE = 44, 0x7B, 0x7D, 0x20
MAY_BE_BEFORE = np.frombuffer(b"[,:-", dtype=np.uint8)
IN_OBJECTS = re.compile(rb'(?:"\s*:|\s{9})\s*-?\Z')
IN_ARRAYS = re.compile(rb'(?:"\s*:|\s{9}|[\[,])\s*-?\Z')
"""What stands before a value: a key, in arrays a bracket or another value; and spaces without end."""
LOOKED_BACK = 32
BEFORE_INNER = np.isin(np.arange(256), list(b":[, \t\r"))
"""What stands before an object in another one, or in an array; a brace behind anything else is text."""
POINT = 0x2E
LOOKED_AT_FIRST = (3, 2, 9, 1, 6)
"""How far from a point."""


def prove_plain_json_lines(file: Path) -> Plain | None:
    """What is proven of a decoded file of which every line until the last is a possible JSON object.

    None where the file holds anything that a fast reader could take another way: bytes that are no text, blank lines
    between entries, lines that do not begin with `{`, are very long or deep, and whatever looks like a trailing comma,
    a number that JSON or a float does not have, or a key that stands twice in an inner object.
    """
    return prove_plain_lines(file, _is_plain)


def _is_plain(piece: Piece) -> bool:
    if (piece.array[piece.starts] != ord("{")).any():
        return False
    opens = np.flatnonzero(piece.lowered == OPEN)
    if _goes_deep(piece, opens) or _ends_in_a_comma(piece) or _has_odd_numbers(piece) or _has_long_decimals(piece):
        return False
    return not (_has_inner_objects(piece, opens) and may_repeat_keys(piece.array, piece.starts))


def _has_inner_objects(piece: Piece, opens: Places) -> bool:
    """Whether a line may hold an object in its own one; of a key that stands twice a fast reader may take the first."""
    braces = opens[(piece.array[opens] == ord("{")) & (opens > 0)]
    return bool(BEFORE_INNER[piece.array[braces - 1]].any())


def _has_long_decimals(piece: Piece) -> bool:
    """Whether a number may have a fraction and more digits than a float: then there are nine on one side of its point.

    Some of these are looked at first, which hardly a point of anything else has beside it.
    """
    array, furthest = piece.array, max(LOOKED_AT_FIRST)
    points = np.flatnonzero(array == POINT)
    if len(points) and (points[0] < furthest or points[-1] + furthest >= len(array)):
        return bool(len(long_decimals(array)))
    points = points[_are_digits(array[points + 1])]
    for step in (1, -1):
        going = points
        for away in LOOKED_AT_FIRST:
            going = going[_are_digits(array[going + step * away])]
        if len(going):
            return bool(len(long_decimals(array)))
    return False


def _are_digits(array: Bytes) -> Flags:
    digits: Flags = array - np.uint8(0x30) < 10
    return digits


def _goes_deep(piece: Piece, opens: Places) -> bool:
    """Whether a line opens so many brackets that it might nest too deeply."""
    if len(opens) <= MAX_DEPTH:
        return False
    if (opens[MAX_DEPTH:] - opens[:-MAX_DEPTH]).min() > (piece.ends - piece.starts).max():
        return False
    line = np.searchsorted(piece.ends, opens)
    return bool((line[MAX_DEPTH:] == line[:-MAX_DEPTH]).any())


def _ends_in_a_comma(piece: Piece) -> bool:
    """Whether a comma, or a space that may follow one, stands before a closing bracket."""
    doubtful = piece.array <= SPACE
    np.logical_or(doubtful, piece.array == COMMA, out=doubtful)
    closes = piece.lowered == CLOSE
    return bool(np.logical_and(doubtful[:-1], closes[1:], out=doubtful[:-1]).any())


def _has_odd_numbers(piece: Piece) -> bool:
    """Whether a value might be NaN or Infinity, in any spelling."""
    before_values = IN_ARRAYS if b"[" in piece.content else IN_OBJECTS
    for word in NOT_NUMBERS:
        found = piece.where(word)
        if found.any():
            places = np.flatnonzero(found)
            before = piece.array[places - 1]  # the first byte of a piece is a bracket
            doubtful = places[(before <= SPACE) | np.isin(before, MAY_BE_BEFORE)]
            if any(before_values.search(piece.content, max(0, place - LOOKED_BACK), place) for place in doubtful):
                return True
    return False
