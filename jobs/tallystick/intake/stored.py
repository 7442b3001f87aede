"""Stored bytes to decoded bytes, strictly: measured, digested, and refused when cut, damaged or followed by others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from tallystick.intake.compressions.bzip2_streams import decompress_bzip2
from tallystick.intake.compressions.feed import Feed
from tallystick.intake.compressions.gzip_members import gunzip
from tallystick.intake.compressions.kind import READ, kind_of, kind_that_begins
from tallystick.intake.compressions.xz_streams import decompress_xz
from tallystick.intake.compressions.zip_archive import Archive
from tallystick.intake.compressions.zstd_frames import decompress_zstd
from tallystick.intake.encodings import PARQUET, as_utf8

CHUNK = 1 << 20
MAX_DECODED_BYTES = 1 << 38
"""No log object decodes to more than 256 GiB."""
MAX_RATIO = 250
"""A log is not made 250 times smaller by compression; what claims to be is refused …"""
RATIO_FROM_BYTES = 1 << 28
"""… once it has decoded to 256 MiB."""
MAX_LEVELS = 2
"""A compression may hold another one (a .gz in a .zip, gzip twice); what is compressed a third time is refused."""
DECODERS = {"gzip": gunzip, "zstd": decompress_zstd, "bzip2": decompress_bzip2, "xz": decompress_xz}


class MeasuredStream:
    """Stored bytes as they pass: their length, SHA-256 and, once they are decoded, what compressed them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.compression = "none"

    def read(self, length: int = CHUNK) -> bytes:
        """The next bytes, at most `length`; none at the end."""
        data = self._stream.read(length)
        self._digest.update(data)
        self.size_bytes += len(data)
        return data

    def pieces(self) -> Iterator[bytes]:
        """All bytes up to the end."""
        while data := self.read():
            yield data

    def drain(self) -> None:
        """Read on to the end, so that the length and the digest are those of the whole object."""
        while self.read():
            pass

    @property
    def sha256(self) -> str:
        """SHA-256 of what has passed, in hex."""
        return self._digest.hexdigest()


def decode_stored(stored: MeasuredStream, decoded: BinaryIO, *, name: str, scratch: Path | None = None) -> int:
    """Write what `stored` holds into `decoded`, as UTF-8 without a mark; returns the bytes written.

    What it is compressed with is told from its content, and Parquet passes through as it is. The members of a zip
    archive follow one another, with a line end between them where one lacks it; `scratch` is where the archive is kept
    meanwhile. Raises DamagedFileError (with the byte) for what is cut, damaged, followed by other bytes, or grows past
    all bounds; UnreadableFileError for what is encrypted or compressed in a way that is not read. Memory does not grow
    with the file.
    """
    written, last = 0, b"\n"
    has_parquet = False
    for text in _texts(Feed(stored.pieces(), name=name), stored, scratch):
        is_parquet = text.peek(len(PARQUET)) == PARQUET
        if (is_parquet and written) or (has_parquet and text.peek(1)):
            raise text.refused("holds Parquet beside something else in one archive")
        has_parquet = is_parquet or has_parquet
        if last != b"\n" and text.peek(1):
            written += decoded.write(b"\n")
        for piece in as_utf8(text):
            if piece:
                decoded.write(piece)
                written, last = written + len(piece), piece[-1:]
            if written > MAX_DECODED_BYTES:
                raise text.damaged(f"it decodes to more than {MAX_DECODED_BYTES} bytes")
    return written


def _texts(feed: Feed, stored: MeasuredStream, scratch: Path | None, level: int = 0) -> Iterator[Feed]:
    """What is found once every compression is undone: one text, or those of an archive in order.

    Each is to be read to its end before the next; its checksum is verified there.
    """
    kind = kind_of(feed.peek(16))
    if kind is None:
        if not level and (begun := kind_that_begins(feed.peek(16), feed.name)):
            raise feed.damaged(f"it ends at byte {len(feed.peek(16))}, before a {begun} header is complete")
        yield feed
        return
    if kind not in READ:
        raise feed.refused(f"holds {kind} bytes, which are not read")
    if level == MAX_LEVELS:
        raise feed.refused(f"holds {kind} inside a compression inside another; two are undone, not three")
    if not level:
        stored.compression = kind
    growth = _Growth(stored)
    if kind != "zip":
        yield from _texts(Feed(growth.of(DECODERS[kind](feed), feed), name=feed.name), stored, scratch, level + 1)
        return
    archive = Archive(feed, scratch)
    try:
        for member in archive.members:
            inner = Feed(growth.of(archive.content(member), feed), name=f"{feed.name}, member {member.name!r}")
            yield from _texts(inner, stored, scratch, level + 1)
    finally:
        archive.close()


class _Growth:
    """How much one compression made of the stored bytes so far."""

    def __init__(self, stored: MeasuredStream) -> None:
        self._stored = stored
        self._grown = 0

    def of(self, pieces: Iterator[bytes], feed: Feed) -> Iterator[bytes]:
        """The pieces; DamagedFileError once they are more than any log."""
        for piece in pieces:
            self._grown += len(piece)
            if self._grown > MAX_DECODED_BYTES:
                raise feed.damaged(f"it decodes to more than {MAX_DECODED_BYTES} bytes")
            if self._grown > RATIO_FROM_BYTES and self._grown > MAX_RATIO * self._stored.size_bytes:
                raise feed.damaged(
                    f"{self._stored.size_bytes} stored bytes decode to more than {self._grown}; "
                    "no log shrinks that much"
                )
            if piece:
                yield piece
