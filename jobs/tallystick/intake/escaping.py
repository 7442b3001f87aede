r"""Bytes that are no text: how an entry that holds some is kept, with each of them written as \xNN."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

NUL = b"\x00"
PIECE = 1 << 20
"""Bytes looked at or escaped at a time, since an entry may be long and a text takes several times its bytes."""


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 and none of them is NUL."""
    if NUL in data:
        return False
    if data.isascii():
        return True
    whole, at = memoryview(data), 0
    try:
        while at < len(data):
            _, used = codecs.utf_8_decode(whole[at : at + PIECE], "strict", at + PIECE >= len(data))
            at += used
    except UnicodeDecodeError:
        return False
    return True


def escaped(entry: bytes, *, longest: int) -> bytes | None:
    r"""An entry in which each byte that is no text is written as `\xNN`; None where that is longer than `longest`."""
    return _joined((_readable(piece).encode() for piece in _pieces(entry)), longest)


def escaped_in_json(entry: bytes, *, longest: int) -> bytes | None:
    r"""The same for an entry of JSON: `\\xNN`, so that the value of a string reads `\xNN`.

    Outside of a string it is no JSON, as the byte was none.
    """
    doubled = (
        b"\\".join(_readable(part).replace("\\", "\\\\").encode() for part in piece.split(b"\\"))
        for piece in _pieces(entry)
    )
    return _joined(doubled, longest)


def _joined(pieces: Iterator[bytes], longest: int) -> bytes | None:
    kept, length = [], 0
    for piece in pieces:
        kept.append(piece)
        length += len(piece)
        if length > longest:
            return None
    return b"".join(kept)


def _readable(piece: bytes) -> str:
    return piece.decode("utf-8", "backslashreplace").replace("\0", r"\x00")


def _pieces(entry: bytes) -> Iterator[bytes]:
    """An entry in pieces that part no character."""
    at = 0
    while at < len(entry):
        end = at + PIECE
        while at + PIECE - 4 < end < len(entry) and entry[end] & 0xC0 == 0x80:
            end -= 1
        yield entry[at:end]
        at = end
