"""Some entries of a file, one after another in memory, with where each stands."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tallystick.intake import masking

MAX_ENTRY_BYTES = 64 << 20
"""An entry longer than 64 MiB is rejected as `too_long`."""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """An entry that is rejected before its columns are looked at."""

    position: int
    reason: str
    digest: str
    excerpt: str
    size_bytes: int

    @classmethod
    def of(cls, entry: bytes, *, position: int, reason: str) -> Unreadable:
        """The rejection of an entry whose bytes are at hand."""
        return cls(
            position=position,
            reason=reason,
            digest=masking.digest(entry),
            excerpt=masking.excerpt(entry),
            size_bytes=len(entry),
        )


@dataclass(frozen=True, kw_only=True)
class OtherLines:
    """How many lines of a file are no entries, by what they are."""

    comments: int = 0
    headers: int = 0
    blanks: int = 0

    def __add__(self, more: OtherLines) -> OtherLines:
        return OtherLines(
            comments=self.comments + more.comments,
            headers=self.headers + more.headers,
            blanks=self.blanks + more.blanks,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.comments + self.headers + self.blanks


NO_LINES = OtherLines()


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Entries of a file as UTF-8 text, in file order, without the line ends or commas between them.

    `text` holds them without gaps, entry i from byte `offsets[i]` to `offsets[i + 1]`; `positions[i]` is its line, or
    its place in the array, from 1. `raw` has by position the bytes, as they stand in the file, of entries with bytes
    that are no text and are escaped in `text`. `unreadable` are the entries between them that are too long, and
    `others` counts the lines that are no entries. `lines` is how many lines the batch was made of, each of them an
    entry, unreadable, or one of the others; None where entries are not found line by line. `not_requests` counts what
    wraps no request.
    """

    text: bytes
    offsets: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    unreadable: tuple[Unreadable, ...] = ()
    others: OtherLines = NO_LINES
    lines: int | None = None
    not_requests: int = 0
    raw: Mapping[int, bytes] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        entries: list[bytes],
        positions: list[int],
        *,
        unreadable: tuple[Unreadable, ...] = (),
        others: OtherLines = OtherLines(),
        lines: int | None = None,
        not_requests: int = 0,
        raw: Mapping[int, bytes] | None = None,
    ) -> Batch:
        """A batch of separate entries."""
        offsets = np.zeros(len(entries) + 1, dtype=np.int64)
        np.cumsum([len(entry) for entry in entries], out=offsets[1:])
        return cls(
            text=b"".join(entries),
            offsets=offsets,
            positions=np.array(positions, dtype=np.int64),
            unreadable=unreadable,
            others=others,
            lines=lines,
            not_requests=not_requests,
            raw=raw or {},
        )

    def __len__(self) -> int:
        return len(self.positions)

    def entry(self, index: int) -> bytes:
        """The text of one entry."""
        return self.text[self.offsets[index] : self.offsets[index + 1]]

    def as_found(self, index: int) -> bytes:
        """The bytes of one entry as they stand in the file."""
        found = self.raw.get(int(self.positions[index])) if self.raw else None
        return self.entry(index) if found is None else found

    def entries(self) -> list[bytes]:
        """The text of every entry."""
        bounds = self.offsets.tolist()
        return [self.text[start:end] for start, end in itertools.pairwise(bounds)]

    def to_arrow(self) -> pa.Table:
        """Columns `position` (BIGINT) and `entry` (VARCHAR), without copying the text."""
        entry = pa.Array.from_buffers(
            pa.large_string(), len(self), [None, pa.py_buffer(self.offsets.tobytes()), pa.py_buffer(self.text)]
        )
        return pa.table({"position": pa.array(self.positions), "entry": entry})
