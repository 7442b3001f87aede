"""The key with which secrets of logs are digested: kept in a file of the project, never in the lake or a report."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

from tallystick.errors import BadConfigurationError, MissingInputError, UnreadableFileError

LENGTH = 32
"""Bytes of a key."""
KEPT = 32
"""Hex digits that are kept of a digest: half of them, 128 bits."""
BLOCK = 64
"""Bytes of a block of SHA-256, to which RFC 2104 fills a key."""


@dataclass(frozen=True, kw_only=True)
class DigestKey:
    """32 bytes that nobody needs to see. A secret becomes HMAC-SHA-256 (RFC 2104) of the hex of its SHA-256.

    So a register can state the SHA-256 of a secret, and still nobody without the key can try secrets against a table.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, file: Path) -> DigestKey:
        """Read a key, 64 hex digits. Raises MissingInputError, UnreadableFileError, BadConfigurationError."""
        try:
            text = file.read_text("ascii").strip()
        except FileNotFoundError as error:
            raise MissingInputError(
                "there is no digest key", where=str(file), next_step="put the file back, or name it: digest_key_file"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableFileError("the digest key cannot be read", where=str(file)) from error
        secret = secret_of(text)
        if secret is None:
            raise BadConfigurationError(
                f"a digest key is {2 * LENGTH} hex digits and nothing else",
                where=str(file),
                next_step="put the right file back, or name it: digest_key_file",
            )
        return cls(secret=secret)

    @classmethod
    def make(cls, file: Path) -> DigestKey:
        """Write a new key that only its owner may read. Raises UnreadableFileError where it cannot be written."""
        key = cls(secret=secrets.token_bytes(LENGTH))
        try:
            write_secret(file, key.secret)
        except OSError as error:
            raise UnreadableFileError(
                f"a digest key cannot be written: {error.strerror or error}",
                where=str(file),
                next_step="name a file that can, with digest_key_file or TALLYSTICK_DIGEST_KEY_FILE",
            ) from error
        return key

    @property
    def mark(self) -> str:
        """What tells this key from others and gives nothing of it away; 16 hex digits."""
        return hmac.new(self.secret, b"tallystick digest key", hashlib.sha256).hexdigest()[:16]

    def digest(self, sha256: str) -> str:
        """What is kept of a secret whose SHA-256 is `sha256`, in hex: the first 32 hex digits of its keyed digest."""
        return hmac.new(self.secret, sha256.encode("ascii"), hashlib.sha256).hexdigest()[:KEPT]

    def digest_sql(self, secret: str) -> str:
        """The same of a secret that an SQL expression gives as text; NULL stays NULL."""
        inner, outer = (bytes(one ^ pad for one in self.secret.ljust(BLOCK, b"\0")).hex() for pad in (0x36, 0x5C))
        within = f"unhex(sha256(unhex('{inner}') || encode(sha256({secret}))))"
        return f"left(sha256(unhex('{outer}') || {within}), {KEPT})"


PUBLISHED_KEY = DigestKey(secret=hashlib.sha256(b"tallystick: the published digest key").digest())
"""Where logs are looked at without a project. Everybody knows it, so it hides only secrets that cannot be guessed."""


def secret_of(text: str) -> bytes | None:
    """The bytes of a key that a file holds as hex digits; None where those are not all of it."""
    if len(text) != 2 * LENGTH or set(text) - set(string.hexdigits):
        return None
    return bytes.fromhex(text)


def write_secret(file: Path, secret: bytes) -> None:
    """Write a key into a new file that only its owner may read. Raises OSError, FileExistsError where there is one."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(secret.hex() + "\n")
