"""zip: the members of an archive one after another, each to its length and checksum, with no byte left over."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from tallystick.intake.compressions.feed import PIECE, Feed
from tallystick.intake.compressions.xz_streams import MAX_MEMORY
from tallystick.intake.compressions.zip_directory import ENCRYPTED, MASKED, STRONG, Member, data_of, read_directory

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14
LZMA_HEADER = 9


class Archive:
    """A zip archive, whole in a scratch file that has no name."""

    def __init__(self, feed: Feed, scratch: Path | None) -> None:
        self._feed = feed
        self._file: BinaryIO = TemporaryFile(dir=scratch)  # noqa: SIM115 (closed by `close`)
        size = 0
        while piece := feed.take():
            self._file.write(piece)
            size += len(piece)
        self.members = self._laid_out(size)

    def close(self) -> None:
        """Let go of the scratch file."""
        self._file.close()

    def _laid_out(self, size: int) -> list[Member]:
        """The members that are files, in the order of the directory, once every byte has been found to be of one."""
        members, directory_at = read_directory(self._file, size, self._feed)
        for member in members:
            if member.flags & (ENCRYPTED | STRONG | MASKED):
                raise self._feed.refused(f"the member {member.name!r} of the zip archive is encrypted")
        self._begins_at: dict[int, int] = {}
        at = 0
        in_order = sorted(members, key=lambda member: member.offset)
        for member, ends_at in zip(in_order, [*(one.offset for one in in_order[1:]), directory_at], strict=False):
            if member.offset != at:
                raise self._feed.damaged(f"at byte {at} the zip archive has bytes that belong to no member, or to two")
            self._begins_at[member.offset], _ = data_of(self._file, member, ends_at, self._feed)
            at = ends_at
        if at != directory_at:
            raise self._feed.damaged(f"at byte {at} the zip archive has bytes that belong to no member")
        for member in members:
            if member.is_folder and member.decoded_bytes:
                raise self._feed.damaged(f"the folder {member.name!r} of the zip archive has content")
        return [member for member in members if not member.is_folder]

    def content(self, member: Member) -> Iterator[bytes]:
        """The decoded bytes of a member. Raises DamagedFileError where they are not what the directory promises."""
        decoders: dict[int, Callable[[Member], Iterator[bytes]]] = {
            STORED: self._stored_bytes,
            DEFLATED: self._inflated,
            BZIP2: self._bzip2,
            LZMA: self._lzma,
        }
        if member.method not in decoders:
            raise self._feed.refused(
                f"the member {member.name!r} of the zip archive is compressed by method {member.method}, not read yet"
            )
        crc = length = 0
        try:
            for piece in decoders[member.method](member):
                crc, length = zlib.crc32(piece, crc), length + len(piece)
                if length > member.decoded_bytes:
                    raise self._wrong(member, f"it is longer than {member.decoded_bytes} bytes")
                yield piece
        except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError) as error:
            raise self._wrong(member, str(error)) from error
        if (crc, length) != (member.crc, member.decoded_bytes):
            raise self._wrong(member, "its length or its checksum is another")

    def _wrong(self, member: Member, why: str) -> Exception:
        ends_at = self._begins_at[member.offset] + member.stored_bytes
        return self._feed.damaged(
            f"the member {member.name!r} of the zip archive, at byte {member.offset}, is damaged before byte {ends_at} "
            f"({why})"
        )

    def _stored_bytes(self, member: Member) -> Iterator[bytes]:
        at, left = self._begins_at[member.offset], member.stored_bytes
        while left:
            self._file.seek(at)  # members are read one after another, and their readers may be far apart
            piece = self._file.read(min(PIECE, left))
            at, left = at + len(piece), left - len(piece)
            yield piece

    def _inflated(self, member: Member) -> Iterator[bytes]:
        decoder = zlib.decompressobj(wbits=-15)
        for piece in self._stored_bytes(member):
            if decoder.eof:
                raise self._wrong(member, "bytes follow its end")
            out = decoder.decompress(piece, PIECE)
            yield out
            while decoder.unconsumed_tail or len(out) == PIECE:
                out = decoder.decompress(decoder.unconsumed_tail, PIECE)
                yield out
        if not decoder.eof or decoder.unused_data:
            raise self._wrong(member, "it does not end where it should")

    def _bzip2(self, member: Member) -> Iterator[bytes]:
        return self._decompressed(member, bz2.BZ2Decompressor(), self._stored_bytes(member), must_end=True)

    def _lzma(self, member: Member) -> Iterator[bytes]:
        """LZMA with its properties in front, and with or without a mark at its end."""
        pieces = self._stored_bytes(member)
        head = next(pieces, b"")
        if len(head) < LZMA_HEADER or struct.unpack("<2xH", head[:4]) != (5,):
            raise self._wrong(member, "its properties are missing")
        properties = head[4:LZMA_HEADER]
        if int.from_bytes(properties[1:], "little") > MAX_MEMORY:
            raise self._feed.refused(f"the member {member.name!r} of the zip archive asks for more than 128 MiB")
        size = (1 << 64) - 1 if member.flags & 2 else member.decoded_bytes
        decoder = lzma.LZMADecompressor(format=lzma.FORMAT_ALONE, memlimit=2 * MAX_MEMORY)
        decoder.decompress(properties + struct.pack("<Q", size), 0)

        def rest() -> Iterator[bytes]:
            yield head[LZMA_HEADER:]
            yield from pieces

        return self._decompressed(member, decoder, rest(), must_end=bool(member.flags & 2))

    def _decompressed(
        self,
        member: Member,
        decoder: bz2.BZ2Decompressor | lzma.LZMADecompressor,
        pieces: Iterator[bytes],
        *,
        must_end: bool,
    ) -> Iterator[bytes]:
        for piece in pieces:
            if decoder.eof and piece:
                raise self._wrong(member, "bytes follow its end")
            if piece:
                yield decoder.decompress(piece, PIECE)
            while not decoder.eof and not decoder.needs_input:
                yield decoder.decompress(b"", PIECE)
        if decoder.unused_data or (must_end and not decoder.eof):
            raise self._wrong(member, "it does not end where it should")
