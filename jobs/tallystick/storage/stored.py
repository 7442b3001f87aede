"""What a listing says of one object, and which keys a store takes."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.errors import UsageError
from tallystick.evidence.names import legible


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object of a listing; `uri` opens it again, `version_tag` differs when its bytes do."""

    key: str
    uri: str
    size_bytes: int
    version_tag: str

    @property
    def is_folder_mark(self) -> bool:
        """Whether it is only the empty object by which some tools show a folder."""
        return self.size_bytes == 0 and (not self.key or self.key.endswith("/"))

    def order(self) -> bytes:
        """Sorts as S3 does: by the bytes of the key."""
        return self.key.encode("utf-8", "surrogateescape")


def checked_key(key: str) -> str:
    """`key`, if all its parts are names; UsageError for one that is empty, absolute or leads upward."""
    if "\0" in key or any(part in ("", ".", "..") for part in key.split("/")):
        raise UsageError(f"{legible(key)!r} is no key of an object", next_step="use names with / between them")
    return key
