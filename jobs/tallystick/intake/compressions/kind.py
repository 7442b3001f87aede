"""What stored bytes are compressed with, told from their first bytes."""

from __future__ import annotations

import re

READ = {
    "gzip": rb"\x1f\x8b",
    "zstd": rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18",
    "bzip2": rb"BZh[1-9](?:\x31\x41\x59\x26\x53\x59|\x17\x72\x45\x38\x50\x90)",
    "xz": rb"\xfd7zXZ\x00",
    "zip": rb"PK(?:\x03\x04|\x05\x06)",
}
"""Compressions that are read, and how each begins."""
OTHERS = {
    "compress": rb"\x1f[\x9d\xa0]",
    "lz4": rb"\x04\x22\x4d\x18",
    "snappy": rb"\xff\x06\x00\x00sNaPpY",
    "7z": rb"7z\xbc\xaf\x27\x1c",
    "lzip": rb"LZIP\x01",
    "lzma": rb"\x5d\x00\x00.{2}(?:\xff{8}|.{5}\x00{3})",
    "split zip": rb"PK(?:\x07\x08|00PK)",
    "rar": rb"Rar!\x1a\x07",
    "Avro": rb"Obj\x01",
    "ORC": rb"ORC[\x00-\x1f]",
}
"""What else stored bytes may begin with; they are refused by name, so that they are never taken for text."""
BEGINNINGS = {
    ".gz": ("gzip", (b"\x1f\x8b",)),
    ".zst": ("zstd", (b"\x28\xb5\x2f\xfd",)),
    ".bz2": ("bzip2", tuple(b"BZh%d1AY&SY" % level for level in range(1, 10))),
    ".xz": ("xz", (b"\xfd7zXZ\x00",)),
    ".zip": ("zip", (b"PK\x03\x04", b"PK\x05\x06")),
}


def kind_of(head: bytes) -> str | None:
    """The name of what 16 bytes begin; None for what is not compressed."""
    for kind, begins in (READ | OTHERS).items():
        if re.match(begins, head, re.DOTALL):
            return kind
    return None


def kind_that_begins(file: bytes, name: str) -> str | None:
    """The compression that a file is called by and of which it has only the first bytes, too few to tell it by."""
    for ending, (kind, beginnings) in BEGINNINGS.items():
        if name.lower().endswith(ending) and any(len(file) < len(one) and one.startswith(file) for one in beginnings):
            return kind
    return None
