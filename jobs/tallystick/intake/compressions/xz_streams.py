"""xz: every stream of a file, each to its checks, and the padding between them."""

from __future__ import annotations

import lzma
from collections.abc import Iterator

from tallystick.intake.compressions.feed import PIECE, Feed

MAGIC = b"\xfd7zXZ\x00"
MAX_MEMORY = 128 << 20
"""Bytes a stream may ask for; `xz -9` asks for 65 MiB."""
LEAST = 256


def decompress_xz(feed: Feed) -> Iterator[bytes]:
    """The decoded bytes of all streams.

    Raises DamagedFileError for a file that is cut, damaged, or goes on otherwise; UnreadableFileError for one that asks
    for too much memory, or has a check that cannot be verified here.
    """
    length = PIECE
    while head := feed.peek(len(MAGIC)):
        if head[:1] == b"\x00" and feed.members:
            _pass_padding(feed)
            continue
        if head != MAGIC[: len(head)]:
            raise feed.foreign("an xz stream")
        begins_at = feed.begin_member("xz stream")
        stream = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MAX_MEMORY)
        while True:
            piece = feed.take(length) if stream.needs_input else b""
            if stream.needs_input and not piece:
                raise feed.cut(f"the xz stream that begins at byte {begins_at}")
            try:
                out = stream.decompress(piece, PIECE)
            except lzma.LZMAError as error:
                if "emory" in str(error):
                    raise feed.refused(f"the xz stream at byte {begins_at} asks for more than 128 MiB") from error
                raise feed.damaged(
                    f"the xz stream that begins at byte {begins_at} is damaged before byte {feed.at} ({error})"
                ) from error
            if stream.check not in (lzma.CHECK_UNKNOWN, lzma.CHECK_NONE) and not lzma.is_check_supported(stream.check):
                raise feed.refused(
                    f"the xz stream at byte {begins_at} has a check of kind {stream.check}, not known here"
                )
            yield out
            if stream.eof:
                feed.put_back(len(stream.unused_data))
                length = max(LEAST, min(PIECE, 2 * (feed.at - begins_at)))
                break
            length = min(PIECE, 2 * length)


def _pass_padding(feed: Feed) -> None:
    """Pass over the zero bytes after a stream, of which there are a multiple of four."""
    begins_at = feed.at
    while piece := feed.take():
        rest = piece.lstrip(b"\x00")
        if rest:
            feed.put_back(len(rest))
            break
    if (feed.at - begins_at) % 4:
        raise feed.damaged(f"the padding of an xz stream at byte {begins_at} has no multiple of four bytes")
