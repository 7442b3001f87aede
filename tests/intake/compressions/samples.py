"""The same bytes in every compression, and what is needed to decode them in a test."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable

import zstandard

from tallystick.intake.stored import MeasuredStream, decode_stored


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with members of those names and contents."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2022, 3, 4, 10, 0, 0)), content, method)
    return target.getvalue()


def zstd(content: bytes) -> bytes:
    """One frame with a checksum."""
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(content)


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "zst": zstd,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda content: zipped(("a.log", content)),
}
"""Each compression that is read, by the ending of its files' names."""


def decode(stored: bytes, name: str = "a.log") -> bytes:
    """What stored bytes decode to."""
    target = io.BytesIO()
    written = decode_stored(MeasuredStream(io.BytesIO(stored)), target, name=name)
    assert written == len(target.getvalue())
    return target.getvalue()
