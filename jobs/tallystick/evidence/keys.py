"""Ed25519 keys as values: one that signs, one that checks, and what names either; PEM outside, never a secret shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SIGNATURE_LENGTH = 64
"""Bytes of an Ed25519 signature."""


class NotAKeyError(ValueError):
    """Bytes are not the PEM text of an Ed25519 key, or the passphrase does not open it; the text says which."""


@dataclass(frozen=True, kw_only=True, order=True)
class PublicKey:
    """A key that checks signatures. `keyid` is the SHA-256 of its DER form (SubjectPublicKeyInfo), in hex."""

    keyid: str
    pem: str

    @classmethod
    def parse(cls, pem: bytes) -> PublicKey:
        """Read PEM text; NotAKeyError for anything but an Ed25519 public key."""
        try:
            key = load_pem_public_key(pem)
        except (ValueError, UnsupportedAlgorithm):
            raise NotAKeyError("this is no public key in PEM form") from None
        if not isinstance(key, Ed25519PublicKey):
            raise NotAKeyError("this is a public key of another kind than Ed25519")
        return cls._of(key)

    @classmethod
    def _of(cls, key: Ed25519PublicKey) -> PublicKey:
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(keyid=hashlib.sha256(der).hexdigest(), pem=pem.decode("ascii"))

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        key = load_pem_public_key(self.pem.encode("ascii"))
        assert isinstance(key, Ed25519PublicKey)
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A key that signs. The same key gives the same signature over the same bytes, always (RFC 8032)."""

    secret: Ed25519PrivateKey = field(repr=False)
    public: PublicKey

    @classmethod
    def make(cls) -> SigningKey:
        """A new key."""
        return cls._of(Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, pem: bytes, passphrase: str | None = None) -> SigningKey:
        """Read PEM text (PKCS 8), which the passphrase opens if it is locked; NotAKeyError otherwise."""
        is_locked = b"ENCRYPTED" in pem
        if is_locked and passphrase is None:
            raise NotAKeyError("this key is locked with a passphrase, and none was given")
        try:
            key = load_pem_private_key(pem, passphrase.encode("utf-8") if is_locked and passphrase else None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise NotAKeyError(
                "the passphrase does not open this key" if is_locked else "this is no private key in PEM form"
            ) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise NotAKeyError("this is a private key of another kind than Ed25519")
        return cls._of(key)

    @classmethod
    def _of(cls, key: Ed25519PrivateKey) -> SigningKey:
        return cls(secret=key, public=PublicKey._of(key.public_key()))

    def pem(self, passphrase: str | None = None) -> bytes:
        """The PEM text (PKCS 8), locked if there is a passphrase."""
        lock = BestAvailableEncryption(passphrase.encode("utf-8")) if passphrase else NoEncryption()
        return self.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`: 64 bytes."""
        return self.secret.sign(message)
