"""bzip2: every stream of a file, each to its checksum."""

from __future__ import annotations

import bz2
from collections.abc import Iterator

from tallystick.intake.compressions.feed import PIECE, Feed

MAGIC = b"BZh"
LEAST = 256


def decompress_bzip2(feed: Feed) -> Iterator[bytes]:
    """The decoded bytes of all streams; DamagedFileError for a file that is cut, damaged, or goes on otherwise."""
    length = PIECE
    while head := feed.peek(3):
        if head != MAGIC[: len(head)]:
            raise feed.foreign("a bzip2 stream")
        begins_at = feed.begin_member("bzip2 stream")
        stream = bz2.BZ2Decompressor()
        while True:
            piece = feed.take(length) if stream.needs_input else b""
            if stream.needs_input and not piece:
                raise feed.cut(f"the bzip2 stream that begins at byte {begins_at}")
            try:
                yield stream.decompress(piece, PIECE)
            except (OSError, ValueError, EOFError) as error:
                raise feed.damaged(
                    f"the bzip2 stream that begins at byte {begins_at} is damaged before byte {feed.at} ({error})"
                ) from error
            if stream.eof:
                feed.put_back(len(stream.unused_data))
                length = max(LEAST, min(PIECE, 2 * (feed.at - begins_at)))
                break
            length = min(PIECE, 2 * length)
