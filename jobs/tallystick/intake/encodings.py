"""Decoded bytes in whatever encoding, told from their beginning, to UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from tallystick.intake.compressions.feed import Feed

UTF8_MARK = b"\xef\xbb\xbf"
LOOKED_AT = 1 << 10
LEAST = 4
"""Bytes from which UTF-16 is told without a mark."""
PARQUET = b"PAR1"


def as_utf8(feed: Feed) -> Iterator[bytes]:
    """The bytes of a text as UTF-8, without a mark at their beginning; Parquet stays as it is.

    UTF-16 is told by its mark, or by every other byte of the first KiB being NUL. Half a surrogate pair becomes three
    bytes that are no UTF-8, so that what splits entries keeps it escaped. Raises DamagedFileError for UTF-16 that ends
    inside a character, UnreadableFileError for UTF-32.
    """
    head = feed.peek(LOOKED_AT)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise feed.refused("holds text in UTF-32, which is not read")
    mark, encoding = _encoding(head)
    feed.exactly(len(mark), "a mark")
    if encoding is None:
        while piece := feed.take():
            yield piece
    else:
        yield from _recoded(feed, encoding)


def _encoding(head: bytes) -> tuple[bytes, str | None]:
    """The mark that a text begins with, and the encoding to decode it from; None for bytes that stay as they are."""
    for mark, encoding in ((UTF8_MARK, None), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return mark, encoding
    if len(head) >= LEAST:
        even, odd = head[0::2], head[1::2]
        if not any(odd) and all(even):
            return b"", "utf-16-le"
        if not any(even) and all(odd):
            return b"", "utf-16-be"
    return b"", None


def _recoded(feed: Feed, encoding: str) -> Iterator[bytes]:
    half = b""  # of a character, or the first of a surrogate pair
    while piece := feed.take():
        data = half + piece
        whole = len(data) - len(data) % 2
        if whole and 0xD8 <= data[whole - 1 if encoding == "utf-16-le" else whole - 2] <= 0xDB:
            whole -= 2
        half = data[whole:]
        yield _in_utf8(data[:whole], encoding)
    if len(half) % 2:
        raise feed.cut("a character of UTF-16")
    yield _in_utf8(half, encoding)


def _in_utf8(data: bytes, encoding: str) -> bytes:
    return data.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
