"""A SHA-256 digest as a value: 64 lower-case hex digits, or refused."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 20
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, order=True)
class Sha256:
    """The SHA-256 of some bytes; `hex` has exactly 64 lower-case digits (ValueError otherwise)."""

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError("a SHA-256 is 64 lower-case hex digits")

    @classmethod
    def of(cls, data: bytes) -> Sha256:
        """The digest of `data`."""
        return cls(hashlib.sha256(data).hexdigest())

    @classmethod
    def parse(cls, prefixed: str) -> Sha256:
        """Read the form of a manifest, `sha256:<hex>`; anything else is a ValueError."""
        if not prefixed.startswith("sha256:"):
            raise ValueError("a digest is written sha256: and 64 lower-case hex digits")
        return cls(prefixed.removeprefix("sha256:"))

    @property
    def prefixed(self) -> str:
        """The form of a manifest: `sha256:<hex>`."""
        return f"sha256:{self.hex}"

    @property
    def base64(self) -> str:
        """The form that S3 takes and gives."""
        return base64.b64encode(bytes.fromhex(self.hex)).decode("ascii")

    def __str__(self) -> str:
        return self.hex


@dataclass(frozen=True, kw_only=True)
class FileDigest:
    """What a manifest says of one file: its length in bytes and its SHA-256."""

    size_bytes: int
    sha256: Sha256

    @classmethod
    def of(cls, data: bytes) -> FileDigest:
        """Length and digest of `data`."""
        return cls(size_bytes=len(data), sha256=Sha256.of(data))

    @classmethod
    def of_stream(cls, stream: BinaryIO, most: int | None = None) -> FileDigest:
        """Length and digest of what is left in `stream`, but of no more than `most` bytes, read in pieces of 1 MiB."""
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(CHUNK if most is None else min(CHUNK, most - size)):
            digest.update(chunk)
            size += len(chunk)
        return cls(size_bytes=size, sha256=Sha256(digest.hexdigest()))
