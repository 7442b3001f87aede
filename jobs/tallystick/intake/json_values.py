"""A file of JSON to batches of entries: objects one after another, in an array, or in an array under a key.

Entries are told apart by brackets alone, outside of strings, so that an entry that is no JSON costs itself and not its
neighbours: a closing bracket of the other kind closes what it can, and a string without an end ends with its line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from tallystick.intake import masking
from tallystick.intake.batch import MAX_ENTRY_BYTES, Batch, Unreadable
from tallystick.intake.escaping import escaped_in_json, is_text
from tallystick.intake.json_runs import REGION, whole_values

BLOCK = 1 << 20
MOST_AT_ONCE = 8 << 20
MAX_TRACKED = 1 << 16
"""Brackets in one another of which is known what they are; deeper ones are only counted."""
SHORTEST_RUN = 1 << 10
"""Bytes for which it pays to look for many values at once."""
LEAST_GAIN = REGION // 8
"""A run that is shorter did not pay; for a while none is looked for."""
ENTRIES = 20_000
BYTES = 8 << 20
"""Entries and bytes of a batch, about."""

SKIP = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\\n]++|\\[^\n])*+")*+')
PIECE = re.compile(rb'(?:[^,"]++|"(?:[^"\\\n]++|\\[^\n])*+")++|"')
INSIDE = re.compile(rb'(?:[^"\\\n]++|\\[^\n])*+')
OPENING = re.compile(rb"[{\[]+")
SPACE = b" \t\r\n"
OPENS = {ord("}"): ord("{"), ord("]"): ord("[")}
OBJECT, ARRAY = ord("{"), ord("[")
NO_END = b"(the array has no end)"


def split_values(file: Path, *, under: str | None = None) -> Iterator[Batch]:
    """Every entry of a decoded JSON file, in order; positions count them from 1 over the whole file.

    The elements of an array at the top are entries, as are those of the array under the key `under` of an object at the
    top; any other object at the top is an entry itself. An array that never ends is one more entry, which is no JSON.
    """
    entries: list[bytes] = []
    places: list[int] = []
    unreadable: list[Unreadable] = []
    raw: dict[int, bytes] = {}
    size = 0
    with file.open("rb") as source:
        for position, entry in enumerate(_Splitter(source, under).entries(), start=1):
            if isinstance(entry, Unreadable):
                unreadable.append(replace(entry, position=position))
            elif (text := entry if is_text(entry) else escaped_in_json(entry, longest=MAX_ENTRY_BYTES)) is None:
                unreadable.append(Unreadable.of(entry, position=position, reason="too_long"))
            else:
                if text is not entry:
                    raw[position] = entry
                entries.append(text)
                places.append(position)
                size += len(text)
            if size > BYTES or len(entries) + len(unreadable) >= ENTRIES:
                yield Batch.of(entries, places, unreadable=tuple(unreadable), raw=raw)
                entries, places, unreadable, raw, size = [], [], [], {}, 0
    if entries or unreadable:
        yield Batch.of(entries, places, unreadable=tuple(unreadable), raw=raw)


class _Splitter:
    """Walks over the brackets of a JSON file. `_open` are the brackets that are open, outermost first."""

    def __init__(self, source: BinaryIO, under: str | None) -> None:
        self._source = source
        self._key = re.compile(rb'"' + re.escape(under.encode()) + rb'"\s*:\s*\Z') if under else None
        self._data = b""
        self._at = 0  # the next byte to look at
        self._from = 0  # where what is not yet handed out begins
        self._open = bytearray()
        self._beyond = 0  # brackets that are open inside the deepest of those
        self._elements_at: int | None = None  # how many brackets are open where elements stand
        self._in_wrapper = False  # inside an object whose array has been found
        self._excess: _Excess | None = None
        self._word = b'"' + under.encode() + b'"' if under else None
        self._careful_until = 0  # runs of values are looked for only from here on

    def entries(self) -> Iterator[bytes | Unreadable]:
        while True:
            if self._at == self._from >= self._careful_until:
                yield from self._run()
            found = SKIP.match(self._data, self._at)
            assert found is not None  # it matches nothing at least
            self._at = found.end()
            if self._at == len(self._data):
                if not self._refill():
                    break
            elif self._data[self._at] == ord('"'):
                if self._data.find(b"\n", self._at) >= 0:
                    self._at += 1  # a string that never ends: only its quote is passed over
                elif len(self._data) - self._at > MAX_ENTRY_BYTES:
                    self._pass_string()
                elif not self._refill():
                    self._at += 1
            else:
                yield from self._bracket(self._data[self._at])
        yield from self._end()

    def _run(self) -> Iterator[bytes]:
        """Values that can be found at once, if entries are next."""
        is_top = self._elements_at is None
        if self._excess is not None or self._in_wrapper != (self._elements_at == 2):
            return
        if len(self._open) != (self._elements_at or 0) or len(self._data) - self._at < SHORTEST_RUN:
            return
        begins_at, found = (
            self._at,
            whole_values(self._data, self._at, objects_only=is_top, before=self._word if is_top else None),
        )
        for begin, end in found:
            yield self._data[begin:end]
        if found:
            self._at = self._from = found[-1][1]
        if self._at - begins_at < LEAST_GAIN:
            self._careful_until = begins_at + REGION

    def _refill(self) -> bool:
        """Read on, twice as far each time while one entry goes on; False at the end of the file."""
        if self._at - self._from > (0 if self._in_wrapper and self._elements_at is None else MAX_ENTRY_BYTES):
            self._let_go()  # what follows the array in its wrapper is no entry
        kept = self._data[self._from :]
        self._careful_until -= self._from
        self._at, self._from = self._at - self._from, 0
        more = self._source.read(min(max(BLOCK, len(kept)), MOST_AT_ONCE))
        self._data = kept + more
        return bool(more)

    def _let_go(self) -> None:
        """Keep no more than the digest of what was looked at of an entry that is too long; nothing of what is none."""
        if self._elements_at is not None or not self._in_wrapper:
            self._excess = self._excess or _Excess(self._data[self._from : self._from + masking.LOOKED_AT])
            self._excess.add(self._data[self._from : self._at])
        self._from = self._at

    def _pass_string(self) -> None:
        """Pass over a string that is longer than any entry, to its end or that of its line, whichever comes first."""
        self._at += 1
        while True:
            found = INSIDE.match(self._data, self._at)
            assert found is not None  # it matches nothing at least
            self._at = found.end()
            if len(self._data) - self._at > 1:
                break
            self._let_go()
            more = self._source.read(BLOCK)
            self._data, self._at, self._from = self._data[self._at :] + more, 0, 0
            if not more:
                break
        if self._data[self._at : self._at + 1] == b'"':
            self._at += 1
        self._careful_until = 0

    def _bracket(self, bracket: int) -> Iterator[bytes | Unreadable]:
        here = self._at
        self._at += 1
        if bracket in OPENS:
            yield from self._close(bracket, here)
            return
        if len(self._open) == (self._elements_at or 0):
            yield from self._between(here)
        elif len(self._open) > 2:  # deep inside an entry: all that open next to each other
            found = OPENING.match(self._data, here)
            assert found is not None
            self._at = found.end()
            room = MAX_TRACKED - len(self._open)
            self._open += found[0][:room]
            self._beyond += max(0, len(found[0]) - room)
            return
        self._open.append(bracket)
        if bracket == ARRAY and self._elements_at is None:
            if len(self._open) == 1:
                self._elements_at, self._from = 1, self._at
            elif len(self._open) == 2 and self._is_key(here):
                self._elements_at, self._from, self._in_wrapper, self._excess = 2, self._at, True, None

    def _is_key(self, here: int) -> bool:
        key = self._key if self._open[0] == OBJECT else None
        return key is not None and key.search(self._data, max(self._from, here - 200), here) is not None

    def _close(self, bracket: int, here: int) -> Iterator[bytes | Unreadable]:
        if self._beyond:
            self._beyond -= 1
            return
        inside = self._elements_at or 0
        opened = self._open.rfind(OPENS[bracket])
        if opened < 0 or opened < inside - 1:
            return  # it closes nothing that is open here: it belongs to what is unreadable around it
        if opened == inside - 1:  # the array of the elements ends
            if len(self._open) > inside:
                yield self._hand_out(here)
            else:
                yield from self._between(here)
            self._elements_at, self._from = None, self._at
        elif opened == inside:  # an entry ends, or the wrapper
            if self._in_wrapper and not inside:
                self._in_wrapper, self._from = False, self._at
            else:
                yield self._hand_out(self._at)
        del self._open[opened:]

    def _hand_out(self, end: int) -> bytes | Unreadable:
        """One entry: what has not been handed out before `end`."""
        entry, self._from = self._data[self._from : end].strip(SPACE + b","), end
        if self._excess is None and len(entry) <= MAX_ENTRY_BYTES:
            return entry
        excess, self._excess = self._excess or _Excess(entry), None
        excess.add(entry)
        return excess.rejection()

    def _between(self, here: int) -> Iterator[bytes | Unreadable]:
        """What stands between entries and is neither space nor comma: each piece of it is an entry, and no object."""
        gap = self._data[self._from : here]
        if self._excess is not None or len(gap) > MAX_ENTRY_BYTES:
            yield self._hand_out(here)
        elif gap.strip(SPACE + b","):
            pieces = PIECE.findall(gap) if self._elements_at is not None else gap.split(b"\n")
            yield from filter(None, (piece.strip(SPACE + b",") for piece in pieces))
        self._from = here

    def _end(self) -> Iterator[bytes | Unreadable]:
        if self._in_wrapper and self._elements_at is None:
            return
        if len(self._open) > (self._elements_at or 0):
            yield self._hand_out(len(self._data))
            return
        yield from self._between(len(self._data))
        if self._open:
            yield NO_END


class _Excess:
    """An entry that is too long to be kept: its digest, and its beginning."""

    def __init__(self, begun: bytes) -> None:
        self._hasher = hashlib.sha256()
        self._excerpt = masking.excerpt(begun)
        self._size_bytes = 0

    def add(self, data: bytes) -> None:
        self._hasher.update(data)
        self._size_bytes += len(data)

    def rejection(self) -> Unreadable:
        return Unreadable(
            position=0,
            reason="too_long",
            digest=self._hasher.hexdigest(),
            excerpt=self._excerpt,
            size_bytes=self._size_bytes,
        )
