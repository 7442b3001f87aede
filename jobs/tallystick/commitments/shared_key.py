"""The key that both sides share, and no one else: without it no tag can be made, or tried against a guess."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tallystick.digest_key import BLOCK, LENGTH, DigestKey, secret_of, write_secret
from tallystick.errors import (
    BadConfigurationError,
    MissingInputError,
    StoreRefusedError,
    UnreadableFileError,
    UsageError,
)

SCHEMA = "tallystick/commitment/1"


@dataclass(frozen=True, kw_only=True)
class SharedKey:
    """32 random bytes. What is made under it is told apart by the identity of requests, so keys are never reused."""

    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, file: Path) -> SharedKey:
        """Read a key, 64 hex digits. Raises MissingInputError, UnreadableFileError, BadConfigurationError."""
        try:
            with file.open("rb") as source:
                text = source.read(4 * LENGTH).decode("ascii").strip()
        except FileNotFoundError as error:
            raise MissingInputError(
                "there is no such key file", where=str(file), next_step=f"tallystick keys shared {file} makes one"
            ) from error
        except OSError as error:
            raise UnreadableFileError(f"this key cannot be read: {error.strerror}", where=str(file)) from error
        except UnicodeDecodeError:
            text = ""
        secret = secret_of(text)
        if secret is None:
            raise BadConfigurationError(
                f"a shared key is {2 * LENGTH} hex digits and nothing else",
                where=str(file),
                next_step="name the file that tallystick keys shared made, on either side",
            )
        return cls(secret=secret)

    @classmethod
    def make(cls, file: Path) -> SharedKey:
        """Write a new key that only its owner may read. Raises UsageError where there is a file, StoreRefusedError."""
        key = cls(secret=secrets.token_bytes(LENGTH))
        try:
            write_secret(file, key.secret)
        except FileExistsError as error:
            raise UsageError(
                "there is a file already, and a key is never overwritten",
                where=str(file),
                next_step="name another file",
            ) from error
        except OSError as error:
            raise StoreRefusedError(
                f"a key cannot be written: {error.strerror}", where=str(file), next_step="name a folder that can"
            ) from error
        return key

    @property
    def mark(self) -> str:
        """What tells this key from others and gives nothing of it away; 16 hex digits."""
        return self._derived("key").hex()[:16]

    @property
    def for_secrets(self) -> DigestKey:
        """The key under which secrets in logs are digested: one in an identity is the same on both sides."""
        return DigestKey(secret=self._derived("secrets"))

    def digest_sql(self, identity: Sequence[str], message: str) -> str:
        """SQL for the keyed digest of a text, 64 hex digits; the key is another one for each kind of identity."""
        key = self._derived(" ".join(identity)).ljust(BLOCK, b"\0")
        inner, outer = (bytes(one ^ pad for one in key).hex() for pad in (0x36, 0x5C))
        return f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({message}))))"

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self.secret, f"{SCHEMA} {purpose}".encode("ascii"), hashlib.sha256).digest()
