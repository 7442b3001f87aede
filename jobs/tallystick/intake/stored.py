"""Stored bytes to decoded bytes, strictly: measured, digested, and refused when cut, damaged or followed by others."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import BinaryIO

from tallystick.errors import DamagedFileError, UnreadableFileError

CHUNK = 1 << 20
MAX_DECODED_BYTES = 1 << 38
"""No log object decodes to more than 256 GiB."""
MAX_RATIO = 250
"""A log is not made 250 times smaller by compression; what claims to be is refused …"""
RATIO_FROM_BYTES = 1 << 28
"""… once it has decoded to 256 MiB."""

GZIP = b"\x1f\x8b"
OTHERS = {
    "zstd": rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18",
    "bzip2": rb"BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)",
    "xz": rb"\xfd7zXZ\x00",
    "zip": rb"PK(?:\x03\x04|\x05\x06)",
    "compress": rb"\x1f[\x9d\xa0]",
    "lz4": rb"\x04\x22\x4d\x18",
    "snappy": rb"\xff\x06\x00\x00sNaPpY",
    "7z": rb"7z\xbc\xaf\x27\x1c",
    "lzip": rb"LZIP\x01",
    "Parquet": rb"PAR1",
    "Avro": rb"Obj\x01",
    "ORC": rb"ORC[\x00-\x1f]",
}
"""What else stored bytes may begin with; they are refused by name, so that they are never taken for text."""

UTF8_MARK = b"\xef\xbb\xbf"


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

    def drain(self) -> None:
        """Read on to the end, so that the length and the digest are those of the whole object."""
        while self.read():
            pass

    @property
    def sha256(self) -> str:
        """SHA-256 of what has passed, in hex."""
        return self._digest.hexdigest()


def decode_stored(stored: MeasuredStream, decoded: BinaryIO, *, name: str) -> int:
    """Write what `stored` holds into `decoded`, without a UTF-8 mark at its beginning; returns the bytes written.

    What it is compressed with is told from its content. Raises DamagedFileError (with the byte) for gzip that is cut,
    damaged, or followed by other bytes, and for what grows past all bounds; UnreadableFileError for other compressions.
    Memory does not grow with the file.
    """
    head = stored.read(16)
    while len(head) < 16 and (more := stored.read(16 - len(head))):
        head += more
    for kind, magic in OTHERS.items():
        if re.match(magic, head, re.DOTALL):
            raise UnreadableFileError(
                f"holds {kind} bytes, which are not read yet",
                where=name,
                next_step="decompress it, or store it as gzip",
            )
    writer = _Writer(decoded, stored, name)
    if head.startswith(GZIP):
        stored.compression = "gzip"
        _gunzip(head, stored, writer, name)
    elif len(head) < 2 and name.lower().endswith(".gz"):
        raise _damaged(name, f"it ends at byte {len(head)}, before a gzip header is complete")
    else:
        while head:
            writer.write(head)
            head = stored.read()
    writer.end()
    return writer.written


class _Writer:
    """Decoded bytes on their way to the scratch file, counted and bounded; a UTF-8 mark is left out."""

    def __init__(self, target: BinaryIO, stored: MeasuredStream, name: str) -> None:
        self._target = target
        self._stored = stored
        self._name = name
        self._first: bytes | None = b""
        self.written = 0

    def write(self, data: bytes) -> None:
        if self._first is not None:
            self._first += data
            if len(self._first) < len(UTF8_MARK):
                return
            data, self._first = self._first.removeprefix(UTF8_MARK), None
        self._target.write(data)
        self.written += len(data)
        if self.written > MAX_DECODED_BYTES:
            raise _damaged(self._name, f"it decodes to more than {MAX_DECODED_BYTES} bytes")
        if self.written > RATIO_FROM_BYTES and self.written > MAX_RATIO * self._stored.size_bytes:
            raise _damaged(
                self._name,
                f"{self._stored.size_bytes} stored bytes decode to more than {self.written}; no log shrinks that much",
            )

    def end(self) -> None:
        if self._first:
            self._target.write(self._first)
            self.written += len(self._first)
            self._first = None


def _gunzip(head: bytes, stored: MeasuredStream, writer: _Writer, name: str) -> None:
    """Every member of a gzip file, each to its checksum."""
    member = zlib.decompressobj(wbits=31)
    begins_at = 0  # where the current member begins
    fed = 0  # stored bytes before `data`
    feed = CHUNK  # small members are fed in small pieces, so that a million of them cost no million copies
    data = memoryview(head)
    while True:
        if not data:
            data = memoryview(stored.read())
            if not data:
                break
        if member.eof:
            begins_at, member = fed, zlib.decompressobj(wbits=31)
            if data[0] != GZIP[0] or (len(data) > 1 and data[1] != GZIP[1]):
                raise _damaged(
                    name, f"at byte {fed}, after the end of a gzip member, stand bytes that do not belong to it"
                )
        piece = data[:feed]
        try:
            out = member.decompress(piece, CHUNK)
            writer.write(out)
            while not member.eof and (member.unconsumed_tail or len(out) == CHUNK):
                out = member.decompress(member.unconsumed_tail, CHUNK)
                writer.write(out)
        except zlib.error as error:
            raise _damaged(
                name,
                f"the gzip member that begins at byte {begins_at} is damaged before byte {fed + len(piece)} ({error})",
            ) from error
        used = len(piece) - len(member.unused_data)
        fed, data = fed + used, data[used:]
        feed = max(64, min(CHUNK, 2 * (fed - begins_at if member.eof else feed)))
    if not member.eof:
        raise _damaged(name, f"it ends at byte {fed}, inside the gzip member that begins at byte {begins_at}")


def _damaged(name: str, what: str) -> DamagedFileError:
    return DamagedFileError(what, where=name, next_step="deliver the file again, whole; none of its entries is counted")
