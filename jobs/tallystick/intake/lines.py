"""A file of lines to batches of entries: LF and CRLF end a line, a lone CR is data, the last line needs no end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from tallystick.intake import masking
from tallystick.intake.batch import MAX_ENTRY_BYTES, Batch, OtherLines, Unreadable
from tallystick.intake.escaping import escaped, escaped_in_json, is_text

BLOCK = 8 << 20
"""Bytes that are split at a time."""
BLANK = b" \t\r\x0b\x0c"


class Escape(Protocol):
    """How bytes that are no text are written; None where the entry becomes too long by that."""

    def __call__(self, entry: bytes, *, longest: int) -> bytes | None:
        """The entry as text."""


Positions = npt.NDArray[np.int64]


def split_lines(
    file: Path, *, comment: str | None = None, is_json: bool = False, block: int = BLOCK
) -> Iterator[Batch]:
    """Every line of a decoded file, in order: entries, entries that are too long, and a count of the rest.

    Blank lines and those that begin with `comment` are no entries; line numbers count them all. Bytes that are no text
    are kept escaped, in lines of JSON so that the values of strings are.
    """
    mark = comment.encode() if comment else None
    line = 1
    with file.open("rb") as source:
        for piece in whole_lines(source, block=block):
            if isinstance(piece, Unreadable):
                yield Batch.of([], [], unreadable=(replace(piece, position=line),), lines=1)
                line += 1
            else:
                batch, lines = _batch(piece, line, mark, escaped_in_json if is_json else escaped)
                piece = b""
                yield batch
                line += lines


def whole_lines(source: BinaryIO, *, block: int = BLOCK) -> Iterator[bytes | Unreadable]:
    """The bytes of a file in blocks that end with a line end (the last one may not), and lines that are too long."""
    rest: list[bytes] = []  # what was read of a line that goes on
    after = b""  # what was read after a line that is too long
    while data := after or source.read(block):
        after, cut = b"", data.rfind(b"\n") + 1
        rest.append(data[:cut] if cut else data)
        if cut:
            whole, rest, data = b"".join(rest), [data[cut:]], b""
            yield whole
            whole = b""  # what is handed out is not held here, too
        elif sum(map(len, rest)) > MAX_ENTRY_BYTES + 1:
            begun, rest = b"".join(rest), []
            too_long, after = _skip_line(begun, source)
            yield too_long
    if any(rest):
        yield b"".join(rest)


def _skip_line(begun: bytes, source: BinaryIO) -> tuple[Unreadable, bytes]:
    """Read past the end of a line that is too long; returns its rejection and what was read after it."""
    hasher, excerpt = hashlib.sha256(), masking.excerpt(begun)
    data, rest, size_bytes = begun, b"", 0
    while data:
        content, end, rest = data.partition(b"\n")
        hasher.update(content)
        size_bytes += len(content)
        if end:
            break
        data = source.read(BLOCK)
    lost = Unreadable(position=0, reason="too_long", digest=hasher.hexdigest(), excerpt=excerpt, size_bytes=size_bytes)
    return lost, rest


def _batch(block: bytes, first_line: int, comment: bytes | None, escape: Escape) -> tuple[Batch, int]:
    """One block of whole lines, and how many lines it has."""
    if b"\r\n" in block:
        block = block.replace(b"\r\n", b"\n")
    array = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(array == 10)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    positions = np.arange(first_line, first_line + len(ends), dtype=np.int64)
    doubtful = _doubtful(block, array, starts, ends, comment)
    longest = int((ends - starts).max(initial=0))
    if not len(doubtful) and longest <= MAX_ENTRY_BYTES:
        offsets = np.append(starts, ends[-1] + 1) - np.arange(len(starts) + 1)
        text = block.replace(b"\n", b"")
        return Batch(text=text, offsets=offsets, positions=positions, lines=len(ends)), len(ends)
    return _careful(block, starts, ends, positions, comment, escape), len(ends)


def _doubtful(
    block: bytes, array: npt.NDArray[np.uint8], starts: Positions, ends: Positions, comment: bytes | None
) -> Positions:
    """The lines that may be blank or comments; every line where the block is not all text."""
    if not is_text(block):
        return np.arange(len(starts), dtype=np.int64)
    first = array[np.minimum(starts, len(array) - 1)]
    doubtful = (starts == ends) | (first <= 32)
    if comment:
        doubtful |= first == comment[0]
    return np.flatnonzero(doubtful)


def _careful(
    block: bytes, starts: Positions, ends: Positions, positions: Positions, comment: bytes | None, escape: Escape
) -> Batch:
    """A block in which some lines are no entries, too long, or hold what is no text, line by line."""
    entries: list[bytes] = []
    places: list[int] = []
    unreadable: list[Unreadable] = []
    raw: dict[int, bytes] = {}
    comments = blanks = 0
    for start, end, position in zip(starts.tolist(), ends.tolist(), positions.tolist(), strict=True):
        line = block[start:end]
        if not line.strip(BLANK):
            blanks += 1
            continue
        if comment and line.startswith(comment):
            comments += 1
            continue
        text = None
        if len(line) <= MAX_ENTRY_BYTES:
            text = line if is_text(line) else escape(line, longest=MAX_ENTRY_BYTES)
        if text is None:
            unreadable.append(Unreadable.of(line, position=position, reason="too_long"))
            continue
        if text is not line:
            raw[position] = line
        entries.append(text)
        places.append(position)
    others = OtherLines(comments=comments, blanks=blanks)
    return Batch.of(entries, places, unreadable=tuple(unreadable), others=others, lines=len(positions), raw=raw)
