"""Which of many JSON entries need a closer look, told at once; the others are objects that have every key once."""

from __future__ import annotations

from functools import cache

import duckdb
import numpy as np
import numpy.typing as npt

from tallystick.duck import connect
from tallystick.intake.batch import Batch
from tallystick.intake.json_structure import (
    BACKSLASH,
    BEFORE_NUMBERS,
    COLON,
    LOWER,
    NONE,
    SPACE,
    Bytes,
    Flags,
    Places,
    brackets_of,
    enclosing,
    first_not_space,
    is_opening,
    last_before,
    long_decimals,
    outside_of_strings,
    quotes_of,
)

PIECE = 1 << 18
"""Bytes of entries looked at at a time: what a processor keeps close."""
COMMA = 0x2C
LETTER_A, LETTER_F, LETTER_I, LETTER_N = 0x61, 0x66, 0x69, 0x6E
BRACKET, OBJECT = 0x5B, 0x7B
MIX = tuple(np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


def doubtful_entries(batch: Batch, *, max_depth: int, max_values: int) -> Places:
    """Indexes of entries that may be no JSON object, nest too deeply, have too many values, or have a key twice.

    DuckDB reads JSON a little more kindly than RFC 8259, so that whatever may be a trailing comma, NaN or Infinity is
    doubtful too; and it makes floats of fractions, so that those are which have more digits than a float has.
    """
    doubtful = ~_valid(batch, shorter_than=2 * max_values)  # a value and what parts it from the next take two bytes
    array = np.frombuffer(batch.text, dtype=np.uint8)
    first = 0
    while first < len(batch):
        after = int(np.searchsorted(batch.offsets, batch.offsets[first] + PIECE, side="right")) - 1
        after = min(max(after, first + 1), len(batch))
        bounds = batch.offsets[first : after + 1]
        if not doubtful[first:after].all():
            piece = _Piece(array[bounds[0] : bounds[-1]], bounds - bounds[0], doubtful[first:after])
            piece.look(max_depth)
        first = after
    return np.flatnonzero(doubtful)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return connect()


def _valid(batch: Batch, *, shorter_than: int) -> Flags:
    """Which entries DuckDB takes for JSON; it is not asked for long ones, of which it needs many times the memory."""
    cursor = _connection().cursor()
    cursor.register("entries", batch.to_arrow())
    try:
        valid = f"CASE WHEN strlen(entry) < {shorter_than} THEN json_valid(entry) ELSE false END"
        found = cursor.execute(f"SELECT {valid} AS valid FROM entries").fetchnumpy()["valid"]
    finally:
        cursor.close()
    return np.asarray(found, dtype=np.bool_)


def may_repeat_keys(array: Bytes, starts: Places) -> bool:
    """Whether one of many JSON objects, which begin at `starts`, may hold an object that has a key twice."""
    has_escapes = bool((array == BACKSLASH).any())
    quotes, is_sure = quotes_of(array, has_escapes=has_escapes)
    brackets = outside_of_strings(brackets_of(array), quotes)
    opens = is_opening(array, brackets)
    if not is_sure or len(quotes) % 2 or not len(brackets) or 2 * int(opens.sum()) != len(opens):
        return True
    inside, begins, ends = _keys(array, quotes, brackets, opens)
    is_inner = starts[np.minimum(np.searchsorted(starts, inside), len(starts) - 1)] != inside
    inside, begins, ends = inside[is_inner], begins[is_inner], ends[is_inner]
    return bool(len(_repeated(array, inside, begins, ends)) or (has_escapes and len(_escaped(array, begins, ends))))


class _Piece:
    """Some entries, `doubtful` of which is written to; entry i from byte `bounds[i]` to `bounds[i + 1]`."""

    def __init__(self, array: Bytes, bounds: Places, doubtful: Flags) -> None:
        self._array = array
        self._bounds = bounds
        self._doubtful = doubtful

    def look(self, max_depth: int) -> None:
        """Mark the entries that are doubtful."""
        array, starts = self._array, self._bounds[:-1]
        self._doubtful |= self._bounds[1:] - starts < 2
        self._doubtful |= array[np.minimum(starts, len(array) - 1)] != OBJECT
        has_escapes = bool((array == BACKSLASH).any())
        quotes, is_sure = quotes_of(array, has_escapes=has_escapes)
        if not is_sure:
            self._doubtful[:] = True
            return
        brackets = brackets_of(array)
        if (self._doubtful & (np.diff(np.searchsorted(quotes, self._bounds)) > 0)).any():
            quotes = self._without_doubtful(quotes)
        brackets = outside_of_strings(brackets, quotes)
        if self._doubtful.any():
            brackets = self._without_doubtful(brackets)
        opens = is_opening(array, brackets)
        self._doubt_many(brackets[opens], max_depth)
        self._doubt_commas(brackets[~opens])
        self._doubt_numbers(quotes)
        self._doubt_keys(quotes, brackets, opens, has_escapes=has_escapes)

    def _mark(self, places: Places) -> None:
        """Doubt the entries that hold some bytes."""
        if len(places):
            self._doubtful[np.searchsorted(self._bounds, places, side="right") - 1] = True

    def _doubt_many(self, opens: Places, most: int) -> None:
        if len(opens) > most:
            self._doubtful |= np.diff(np.searchsorted(opens, self._bounds)) > most

    def _doubt_commas(self, closes: Places) -> None:
        """Entries in which a comma, or more spaces than are looked at, stand before a closing bracket."""
        before = self._array[first_not_space(self._array, np.maximum(closes - 1, 0), -1)]
        self._mark(closes[(before == COMMA) | (before <= SPACE)])

    def _doubt_numbers(self, quotes: Places) -> None:
        """Entries with a NaN or Infinity, in any spelling, or a fraction of many digits outside of strings."""
        array = self._array
        before, lowered = array[:-2], array[1:-1] | LOWER
        places = np.flatnonzero((before <= BRACKET) & ((lowered == LETTER_N) | (lowered == LETTER_I))) + 1
        places = places[BEFORE_NUMBERS[array[places - 1]]]
        second, third = array[places + 1] | LOWER, array[np.minimum(places + 2, len(array) - 1)] | LOWER
        is_odd = ((second == LETTER_A) & (third == LETTER_N)) | ((second == LETTER_N) & (third == LETTER_F))
        self._mark(outside_of_strings(places[is_odd], quotes))
        self._mark(long_decimals(array, quotes))

    def _doubt_keys(self, quotes: Places, brackets: Places, opens: Flags, *, has_escapes: bool) -> None:
        """Entries in which one object may have a key twice."""
        inside, begins, ends = _keys(self._array, quotes, brackets, opens)
        self._mark(_repeated(self._array, inside, begins, ends))
        if has_escapes:
            self._mark(_escaped(self._array, begins, ends))

    def _without_doubtful(self, places: Places) -> Places:
        return places[~self._doubtful[np.searchsorted(self._bounds, places, side="right") - 1]]


def _keys(array: Bytes, quotes: Places, brackets: Places, opens: Flags) -> tuple[Places, Places, Places]:
    """Of each key where its object begins, where the key itself does, and where it ends."""
    begins, ends = quotes[0::2], quotes[1::2]
    is_key = array[first_not_space(array, np.minimum(ends + 1, len(array) - 1), 1)] == COLON
    begins, ends = begins[is_key] + 1, ends[is_key]
    if not len(begins):
        return NONE, NONE, NONE
    return brackets[enclosing(opens)[last_before(brackets, begins)]], begins, ends


def _escaped(array: Bytes, begins: Places, ends: Places) -> Places:
    """Where keys begin that have a backslash in them, and may be equal to one that is written otherwise."""
    escapes = np.flatnonzero(array == BACKSLASH)
    is_escaped: Flags = np.searchsorted(escapes, begins) != np.searchsorted(escapes, ends)
    return begins[is_escaped]


def _repeated(array: Bytes, inside: Places, begins: Places, ends: Places) -> Places:
    """Where keys begin that may stand twice in their object, which begins at `inside`."""
    words = _Words(array)
    number = words.ending_at(ends, ends - begins) * MIX[0] ^ inside.astype(np.uint64) * MIX[1]
    number ^= (ends - begins).astype(np.uint64) * MIX[2]
    alike = _alike(number)
    if not len(alike):
        return NONE
    begins, ends, number = begins[alike], ends[alike], number[alike]
    length = ends - begins
    for stop in (np.minimum(length, 8), np.maximum(length // 2, np.minimum(length, 8))):
        number = number * MIX[0] ^ words.ending_at(begins + stop, stop) * MIX[1]
    return begins[_alike(number)]


def _alike(numbers: npt.NDArray[np.uint64]) -> Places:
    """Indexes of numbers that stand more than once."""
    ordered = np.sort(numbers)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return np.flatnonzero(np.isin(numbers, twice)) if len(twice) else NONE


class _Words:
    """Any eight bytes that stand together, as a number."""

    def __init__(self, array: Bytes) -> None:
        padded = np.concatenate((np.zeros(8, dtype=np.uint8), array))
        self._words: npt.NDArray[np.uint64] = np.ndarray(
            (len(array) + 1,), dtype="<u8", buffer=padded.data, strides=(1,)
        )

    def ending_at(self, ends: Places, length: Places) -> npt.NDArray[np.uint64]:
        """The last eight bytes before each end; only `length` of them where that is less."""
        over = ((8 - np.minimum(length, 8)) * 8).astype(np.uint64)
        # No number can be shifted by all of its 64 bits, which is what a key of no length asks for.
        halves = over >> np.uint64(1)
        last: npt.NDArray[np.uint64] = np.right_shift(np.right_shift(self._words[ends], halves), over - halves)
        return last
