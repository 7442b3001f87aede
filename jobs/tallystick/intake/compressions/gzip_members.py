"""gzip (RFC 1952): every member of a file, each to its checksum and length."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tallystick.intake.compressions.feed import PIECE, Feed

MAGIC = b"\x1f\x8b"
LEAST = 64
"""Small members are fed in small pieces, so that a million of them cost no million copies."""


def gunzip(feed: Feed) -> Iterator[bytes]:
    """The decoded bytes of all members; DamagedFileError for a file that is cut, damaged, or goes on otherwise."""
    length = PIECE
    while head := feed.peek(2):
        if head != MAGIC[: len(head)]:
            raise feed.foreign("a gzip member")
        begins_at = feed.begin_member("gzip member")
        member = zlib.decompressobj(wbits=31)
        while True:
            piece = feed.take(length)
            if not piece:
                raise feed.cut(f"the gzip member that begins at byte {begins_at}")
            try:
                yield from _inflated(member, piece)
            except zlib.error as error:
                raise feed.damaged(
                    f"the gzip member that begins at byte {begins_at} is damaged before byte {feed.at} ({error})"
                ) from error
            if member.eof:
                feed.put_back(len(member.unused_data))
                length = max(LEAST, min(PIECE, 2 * (feed.at - begins_at)))
                break
            length = min(PIECE, 2 * length)


def _inflated(member: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """What one piece of a member decodes to, no more than PIECE at once."""
    out = member.decompress(piece, PIECE)
    yield out
    while not member.eof and (member.unconsumed_tail or len(out) == PIECE):
        out = member.decompress(member.unconsumed_tail, PIECE)
        yield out
