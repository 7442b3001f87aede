r"""Bytes that are no text: how an entry that holds some is kept, with each of them written as \xNN."""

from __future__ import annotations

import codecs
import re

NUL = b"\x00"
PIECE = 1 << 20
FOREIGN = re.compile("[\udc80-\udcff]")
"""What `surrogateescape` makes of bytes that are no UTF-8."""


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 and none of them is NUL."""
    if NUL in data:
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def escaped(entry: bytes) -> bytes:
    r"""An entry in which each byte that is no text is written as `\xNN`."""
    return _escaped(entry, "\\x")


def escaped_in_json(entry: bytes) -> bytes:
    r"""The same for an entry of JSON: `\\xNN`, so that the value of a string reads `\xNN`.

    Outside of a string it is no JSON, as the byte was none.
    """
    return _escaped(entry, "\\\\x")


def _escaped(entry: bytes, mark: str) -> bytes:
    """Piece by piece, since an entry may be long and a text takes several times its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    parts = []
    for at in range(0, len(entry) + 1, PIECE):
        text = decoder.decode(entry[at : at + PIECE], at + PIECE > len(entry))
        text = FOREIGN.sub(lambda found: f"{mark}{ord(found[0]) & 0xFF:02x}", text.replace("\0", f"{mark}00"))
        parts.append(text.encode())
    return b"".join(parts)
