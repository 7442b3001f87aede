"""Runs of whole JSON values, found at once where nothing about them is in doubt."""

from __future__ import annotations

import numpy as np

from tallystick.intake.json_structure import (
    BACKSLASH,
    SPACES,
    Bytes,
    Places,
    brackets_of,
    enclosing,
    is_opening,
    outside_of_strings,
    quotes_of,
)

REGION = 1 << 18
"""Bytes looked at at a time: what a processor keeps close."""
DEEPEST = 30_000
WIDEST_GAP = 64
"""Bytes between two values that are looked at; where there are more, the run ends."""
NEWLINE, COMMA, OBJECT = 0x0A, 0x2C, 0x7B


def whole_values(data: bytes, at: int, *, objects_only: bool, before: bytes | None = None) -> list[tuple[int, int]]:
    """Where objects and arrays begin and end that follow one another from byte `at`, with spaces and commas between.

    Only those of which nothing is in doubt: their brackets match, their strings end on their line, and they end before
    the bytes `before` come. `objects_only` ends the run at an array. Where the list ends, a slower look goes on.
    """
    array: Bytes = np.frombuffer(data, dtype=np.uint8, count=min(REGION, len(data) - at), offset=at)
    has_escapes = bool((array == BACKSLASH).any())
    quotes, is_sure = quotes_of(array, has_escapes=has_escapes)
    if not is_sure:
        return []
    brackets = outside_of_strings(brackets_of(array), quotes)
    brackets = brackets[brackets < _sure_until(array, quotes, has_escapes=has_escapes)]
    if before is not None and (found := data.find(before, at, at + len(array))) >= 0:
        brackets = brackets[brackets < found - at]
    opens = is_opening(array, brackets)
    depth = np.cumsum(np.where(opens, 1, -1))
    matched = _first(depth < 0, len(depth))
    if not matched or depth.max() > DEEPEST:
        return []
    brackets, opens, depth = brackets[:matched], opens[:matched], depth[:matched]
    closed = enclosing(opens)[np.flatnonzero(~opens) - 1]
    wrong = array[brackets[closed]] + 2 != array[brackets[~opens]]
    last = np.flatnonzero(depth == 0)
    if wrong.any():
        last = last[last < np.flatnonzero(~opens)[_first(wrong, 0)]]
    first = np.append(np.zeros(1, dtype=np.int64), last[:-1] + 1)[: len(last)]
    begins, ends = brackets[first], brackets[last] + 1
    whole = _blank_gaps(array, begins, np.append(np.zeros(1, dtype=np.int64), ends[:-1])[: len(last)])
    if objects_only:
        whole = min(whole, _first(array[begins] != OBJECT, len(begins)))
    return list(zip((begins[:whole] + at).tolist(), (ends[:whole] + at).tolist(), strict=True))


def _sure_until(array: Bytes, quotes: Places, *, has_escapes: bool) -> int:
    """Where strings are in doubt from: one that does not end, or not on its line, or a backslash outside of any."""
    sure = int(quotes[-1]) if len(quotes) % 2 else len(array)
    newlines = np.flatnonzero(array == NEWLINE)
    place = np.searchsorted(quotes, newlines)
    inside = place[place & 1 == 1]
    if len(inside):
        sure = min(sure, int(quotes[inside[0] - 1]))
    if has_escapes:
        outside = outside_of_strings(np.flatnonzero(array == BACKSLASH), quotes)
        if len(outside):
            sure = min(sure, int(outside[0]))
    return sure


def _blank_gaps(array: Bytes, begins: Places, after: Places) -> int:
    """How many values have nothing but spaces and commas before them, from the end of the value before on."""
    gaps = begins - after
    good = _first(gaps > WIDEST_GAP, len(gaps))
    gaps, after = gaps[:good], after[:good]
    for one in range(int(gaps.max(initial=0))):
        here = np.flatnonzero(gaps > one)
        wrong = ~SPACES[array[after[here] + one]]
        if wrong.any():
            good = min(good, int(here[_first(wrong, 0)]))
    return good


def _first(flags: np.typing.NDArray[np.bool_], otherwise: int) -> int:
    """The index of the first flag that is set."""
    return int(np.argmax(flags)) if flags.any() else otherwise
