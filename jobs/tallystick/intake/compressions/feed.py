"""Compressed bytes on their way into a decoder: looked at, taken and put back, with the place of each in its file."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.errors import DamagedFileError, UnreadableFileError

PIECE = 1 << 20
"""Bytes decoded at a time, about; no decoder hands out more at once."""
MAX_MEMBERS = 1 << 24
"""Members, frames or streams of one file; no log has more than 16,777,216."""


class Feed:
    """The bytes of one compressed file. `at` is the place of the next one from 0, `name` what errors call the file."""

    def __init__(self, pieces: Iterator[bytes], *, name: str) -> None:
        self._pieces = pieces
        self._data = b""
        self._from = 0  # the next byte in `_data`
        self.name = name
        self.at = 0
        self.members = 0

    def peek(self, length: int) -> bytes:
        """The next `length` bytes, which stay where they are; fewer only at the end."""
        while len(self._data) - self._from < length and (more := next(self._pieces, None)) is not None:
            self._data, self._from = self._data[self._from :] + more, 0
        return self._data[self._from : self._from + length]

    def take(self, at_most: int = PIECE) -> bytes:
        """The next bytes, none at the end."""
        while self._from == len(self._data):
            more = next(self._pieces, None)
            if more is None:
                return b""
            self._data, self._from = more, 0
        taken = self._data[self._from : self._from + at_most]
        self._from += len(taken)
        self.at += len(taken)
        return taken

    def put_back(self, length: int) -> None:
        """Undo the taking of the last bytes, at most those of the last `take`."""
        self._from -= length
        self.at -= length

    def exactly(self, length: int, what: str) -> bytes:
        """The next `length` bytes; DamagedFileError where the file ends inside `what`."""
        parts: list[bytes] = []
        while length:
            part = self.take(length)
            if not part:
                raise self.cut(what)
            parts.append(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def begin_member(self, what: str) -> int:
        """Count one more member, which begins here; returns its place."""
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise self.damaged(f"it has more than {MAX_MEMBERS} {what}s")
        return self.at

    def cut(self, inside: str) -> DamagedFileError:
        """The error for a file that ends too early."""
        return self.damaged(f"it ends at byte {self.at}, inside {inside}")

    def foreign(self, after: str) -> DamagedFileError:
        """The error for bytes that are no part of what was read."""
        return self.damaged(f"at byte {self.at}, after the end of {after}, stand bytes that do not belong to it")

    def damaged(self, what: str) -> DamagedFileError:
        """The error for a file that is not whole."""
        return DamagedFileError(
            what, where=self.name, next_step="deliver the file again, whole; none of its entries is counted"
        )

    def refused(self, what: str) -> UnreadableFileError:
        """The error for a file that may be whole, and is not read."""
        return UnreadableFileError(what, where=self.name, next_step="decompress it, or store it as gzip or zstd")
