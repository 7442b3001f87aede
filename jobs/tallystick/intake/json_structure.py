"""Where brackets, strings and keys stand in many JSON objects at once, for looking at them without reading them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
QUOTE, BACKSLASH, COLON, SPACE = 0x22, 0x5C, 0x3A, 0x20
OPEN, CLOSE, LOWER = 0x7B, 0x7D, 0x20
"""`{` and `}`; with the bit of LOWER set, `[` and `]` are the same."""
SPACES: Flags = np.isin(np.arange(256), list(b" ,\t\r\n"))
"""What may stand between two values."""
BEFORE_NUMBERS: Flags = np.isin(np.arange(256), list(b"[,:- \t\r\n"))
POINT = 0x2E
EXACT_DIGITS = 17
"""Digits of a fraction that a float of 64 bits can be written with; one that was written from a float has no more."""
FURTHEST = 64
"""Spaces or backslashes in a row that are looked at; more are left to a slower look."""
NONE: Places = np.zeros(0, dtype=np.int64)


def quotes_of(array: Bytes, *, has_escapes: bool) -> tuple[Places, bool]:
    """Where quotes stand that no backslash escapes, and whether that is sure: it is not where backslashes are many."""
    quotes = np.flatnonzero(array == QUOTE)
    if not has_escapes:
        return quotes, True
    is_escaped = np.zeros(len(quotes), dtype=np.bool_)
    going = np.arange(len(quotes))
    for back in range(1, FURTHEST):
        going = going[array[np.maximum(quotes[going] - back, 0)] == BACKSLASH]
        going = going[quotes[going] >= back]
        if not len(going):
            break
        is_escaped[going] = back % 2 == 1
    return quotes[~is_escaped], not len(going)


def brackets_of(array: Bytes) -> Places:
    """Where brackets of any kind stand, inside strings too."""
    lowered = array | LOWER
    return np.flatnonzero((lowered == OPEN) | (lowered == CLOSE))


def outside_of_strings(places: Places, quotes: Places) -> Places:
    """Those of some places that no string is around; `quotes` begin and end one in turn."""
    is_outside: Flags = np.searchsorted(quotes, places) & 1 == 0
    return places[is_outside]


def is_opening(array: Bytes, brackets: Places) -> Flags:
    """Which brackets open something."""
    opens: Flags = array[brackets] & 2 != 0
    return opens


def enclosing(opens: Flags) -> Places:
    """For each bracket the one that is open after it, innermost; both as indexes. Brackets must match."""
    depth = np.cumsum(np.where(opens, 1, -1)).astype(np.int16)
    order = np.argsort(depth, kind="stable")  # by depth, and at each depth in the order of the file
    last_open = np.maximum.accumulate(np.where(opens[order], np.arange(len(order)), 0))
    found = np.empty(len(order), dtype=np.int64)
    found[order] = order[last_open]
    return found


def last_before(places: Places, later: Places) -> Places:
    """For each of the later places the index of the last one of `places` before it; there is one. Both are in order."""
    return np.repeat(np.arange(len(places)), np.diff(np.searchsorted(later, places), append=len(later)))


def first_not_space(array: Bytes, places: Places, step: int) -> Places:
    """Each place, or the next one in a direction that holds no space; still on a space where there are too many."""
    going = np.flatnonzero(array[places] <= SPACE)
    if not len(going):
        return places
    places = places.copy()
    for _ in range(FURTHEST):
        if not len(going):
            break
        places[going] += step
        going = going[(places[going] >= 0) & (places[going] < len(array))]
        going = going[array[places[going]] <= SPACE]
    return np.clip(places, 0, len(array) - 1)


def long_decimals(array: Bytes, quotes: Places = NONE) -> Places:
    """Where the point of a number stands that has a fraction and so many digits that no float holds them all.

    Where `quotes` are given, outside of strings.
    """
    last = len(array) - 1
    points = np.flatnonzero(array == POINT)
    points = points[_is_digit(array[np.minimum(points + 1, last)])]
    # With so many digits, there are half of them on one side.
    far = _is_digit(array[np.minimum(points + EXACT_DIGITS // 2 + 1, last)])
    far |= _is_digit(array[np.maximum(points - EXACT_DIGITS // 2 - 1, 0)])
    points = outside_of_strings(points[far], quotes)
    before, after = (_digits_beside(array, points, step) for step in (-1, 1))
    begins_number = BEFORE_NUMBERS[array[np.maximum(points - before - 1, 0)]] | (before == FURTHEST - 1)
    is_long: Flags = (before + after > EXACT_DIGITS) & begins_number
    return points[is_long]


def _digits_beside(array: Bytes, points: Places, step: int) -> Places:
    """How many digits follow one another from each point on, in one direction, as far as is looked."""
    digits = np.zeros(len(points), dtype=np.int64)
    going = np.arange(len(points))
    for away in range(1, FURTHEST):
        place = points[going] + step * away
        going = going[(place >= 0) & (place < len(array))]
        going = going[_is_digit(array[points[going] + step * away])]
        if not len(going):
            break
        digits[going] += 1
    return digits


def _is_digit(array: Bytes) -> Flags:
    digits: Flags = array - np.uint8(0x30) < 10
    return digits
