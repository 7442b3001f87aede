"""Files that can be read in one go: what is looked at, a piece at a time, before a fast reader may have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tallystick.intake.batch import Unreadable
from tallystick.intake.escaping import is_text
from tallystick.intake.lines import BLANK, whole_lines

BLOCK = 1 << 17
"""Bytes looked at at a time: what a processor keeps close."""
MAX_LINE_BYTES = 1 << 18
"""Longer lines are left to the strict path, which bounds their values; DuckDB's readers have bounds of their own."""
NEWLINE, BACKSLASH = 10, b"\\"
LOWER = np.uint8(0x20)
OF_TOKENS = (b"yj", b"bear", b"asic")
"""A piece of each secret that is told by its shape: a JSON Web Token, `Bearer …` and `Basic …`."""
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What is proven of a file: its entries, its blank lines, all at its end, and whether a text may hold a token."""

    entries: int
    blanks: int
    holds_tokens: bool = False


class Piece:
    """Some whole lines of a file: their bytes, where each begins and where it ends."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.array: Bytes = np.frombuffer(content, dtype=np.uint8)
        newlines: Places = np.flatnonzero(self.array == NEWLINE)
        self.starts: Places = np.concatenate((np.zeros(1, dtype=np.int64), newlines + 1))
        self.ends: Places = np.append(newlines, len(content))

    @cached_property
    def lowered(self) -> Bytes:
        """The bytes with one bit set: small letters for capitals, `{` for `[`, `}` for `]`, a space for a zero."""
        return self.array | LOWER

    def where(self, word: bytes) -> Flags:
        """For each byte but the last whether a word of small letters begins there, whatever the case of its letters."""
        size = max(0, len(self.array) - len(word) + 1)
        found: Flags = self.lowered[:size] == word[0]
        for place in range(1, len(word)):
            np.logical_and(found, self.lowered[place : place + size] == word[place], out=found)
        return found

    @property
    def holds_tokens(self) -> bool:
        """Whether a text may be a secret by its shape, or have one inside; also where escapes may hide one."""
        if BACKSLASH in self.content and b"\\u" in self.content:
            return True
        return any(bool(self.where(word).any()) for word in OF_TOKENS)


def prove_plain_lines(file: Path, is_plain: Callable[[Piece], bool]) -> Plain | None:
    """What is proven of a decoded file whose lines are all plain, with blank lines at its end alone.

    None where a line is no text, very long, blank with another after it, or in a piece that `is_plain` says no to.
    """
    entries = blanks = 0
    holds_tokens = False
    with file.open("rb") as source:
        for block in whole_lines(source, block=BLOCK):
            if isinstance(block, Unreadable) or not is_text(block):
                return None
            content, blank = _without_blank_lines(block)
            if blanks and content:
                return None
            blanks += blank
            if content:
                piece = Piece(content)
                if (piece.ends - piece.starts).max() > MAX_LINE_BYTES or not is_plain(piece):
                    return None
                entries += len(piece.starts)
                holds_tokens = holds_tokens or piece.holds_tokens
    return Plain(entries=entries, blanks=blanks, holds_tokens=holds_tokens)


def _without_blank_lines(block: bytes) -> tuple[bytes, int]:
    """A block up to the end of its last line that is not blank, without that line's end; and the blank lines after."""
    last = len(block.rstrip(BLANK + b"\n"))
    end = block.find(b"\n", last) if last else -1
    if last and end < 0:
        return block, 0
    blank = block[end + 1 :]
    return block[: max(end, 0)], blank.count(b"\n") + (bool(blank) and not blank.endswith(b"\n"))
