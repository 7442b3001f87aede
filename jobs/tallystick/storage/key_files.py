"""The door to files of keys: read with errors that say what to do, and written so that only their owner reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from tallystick.errors import (
    BadConfigurationError,
    MissingInputError,
    StoreRefusedError,
    UnreadableFileError,
    UsageError,
)
from tallystick.evidence.assembly import Seal
from tallystick.evidence.keys import NotAKeyError, PublicKey, SigningKey
from tallystick.evidence.trust import Trust
from tallystick.settings import PREFIX, SigningSettings
from tallystick.storage.timestamping import ask_for_timestamp

LARGEST = 1 << 20
PUBLIC_ENDING = ".pub"
IN_ENVIRONMENT = f"environment {PREFIX}SIGNING__KEY"


def seal_of(settings: SigningSettings) -> Seal:
    """The keys that sign a project's reports, and the authority that stamps them; both may be none."""
    keys = [read_signing_key(file, _passphrase(settings)) for file in settings.keys]
    if settings.key is not None:
        pem = settings.key.get_secret_value().replace("\\n", "\n").encode("utf-8")
        keys.append(_parsed(pem, IN_ENVIRONMENT, _passphrase(settings)))
    url = settings.timestamp_url
    return Seal(keys=tuple(keys), stamp=partial(ask_for_timestamp, url) if url and keys else None)


def trust_of(settings: SigningSettings, files: Iterable[Path] = ()) -> Trust:
    """Whom to believe: the keys in `files`, or without any those that the project trusts; one of them must have signed.

    A project that names none knows its own keys again, but demands none: it may have published before it had a key.

    MissingInputError, UnreadableFileError, BadConfigurationError for a file that holds none.
    """
    wanted = tuple(files) or settings.trust
    demanded = bool(wanted)
    if not wanted:
        own = (file.with_name(file.name + PUBLIC_ENDING) for file in settings.keys)
        wanted = tuple(file for file in own if file.is_file())
    parsed = []
    for file in wanted:
        try:
            parsed.append(Trust.parse([_read(file)]))
        except NotAKeyError as error:
            raise BadConfigurationError(
                str(error), where=str(file), next_step="name a public key, or a certificate, in PEM form"
            ) from error
    keys = {key for trust in parsed for key in trust.keys}
    return Trust(
        keys=tuple(sorted(keys)),
        demanded=demanded,
        authorities=tuple(each for trust in parsed for each in trust.authorities),
    )


def read_signing_key(file: Path, passphrase: str | None) -> SigningKey:
    """A private key; BadConfigurationError when the file holds none, or the passphrase does not open it."""
    return _parsed(_read(file), str(file), passphrase)


def read_key(file: Path, passphrase: str | None) -> PublicKey:
    """The public key in a file, or the public half of the private key in it; one that is locked needs a passphrase."""
    pem = _read(file)
    if b"PRIVATE KEY" in pem:
        return _parsed(pem, str(file), passphrase).public
    try:
        return PublicKey.parse(pem)
    except NotAKeyError as error:
        raise BadConfigurationError(str(error), where=str(file), next_step="name a key in PEM form") from error


def write_new_key(file: Path, passphrase: str | None) -> tuple[SigningKey, Path]:
    """A new key in two files: `file`, which only its owner may read, and beside it the public half, `<file>.pub`.

    UsageError when either is there: a key that is lost cannot be made again.
    """
    public = file.with_name(file.name + PUBLIC_ENDING)
    for each in (file, public):
        if each.exists() or each.is_symlink():
            raise UsageError(
                "there is a file already, and a key is never overwritten",
                where=str(each),
                next_step="name another file",
            )
    key = SigningKey.make()
    _write(file, key.pem(passphrase), 0o600)
    _write(public, key.public.pem.encode("ascii"), 0o644)
    return key, public


def _write(file: Path, data: bytes, mode: int) -> None:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise StoreRefusedError(
            f"a key cannot be written: {error.strerror}", where=str(file), next_step="name a file in a folder that can"
        ) from error


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(LARGEST)
    except FileNotFoundError as error:
        raise MissingInputError(
            "there is no such key file", where=str(file), next_step="tallystick keys new FILE makes a key"
        ) from error
    except OSError as error:
        raise UnreadableFileError(f"this key cannot be read: {error.strerror}", where=str(file)) from error


def _parsed(pem: bytes, where: str, passphrase: str | None) -> SigningKey:
    try:
        return SigningKey.parse(pem, passphrase)
    except NotAKeyError as error:
        raise BadConfigurationError(
            str(error),
            where=where,
            next_step=f"name a key that tallystick keys new made; {PREFIX}SIGNING__PASSPHRASE opens one that is locked",
        ) from error


def _passphrase(settings: SigningSettings) -> str | None:
    return settings.passphrase.get_secret_value() if settings.passphrase else None
