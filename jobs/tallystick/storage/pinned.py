"""A log object as it was listed: read in that version and to that length, or not at all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from tallystick.errors import ChangedObjectError
from tallystick.evidence.names import legible

AGAIN = "run tallystick ingest again when nobody writes to it; leave logs that still grow out of the source"


@dataclass(frozen=True, kw_only=True)
class Pin:
    """What a listing said of an object: its length, and its ETag or the time of its last change in ns."""

    size_bytes: int
    version_tag: str


class PinnedStream(io.BufferedIOBase):
    """A stream that must be as long as it was listed. Raises ChangedObjectError where it is not, at its end at last."""

    def __init__(self, stream: BinaryIO, pin: Pin, uri: str) -> None:
        self._stream = stream
        self._left = pin.size_bytes
        self._uri = uri

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; none at the end."""
        data = self._stream.read(-1 if size is None else size)
        self._left -= len(data)
        if self._left < 0:
            raise changed(self._uri, "it is longer than it was when it was listed")
        if self._left and not data and size != 0:
            raise changed(self._uri, "it is shorter than it was when it was listed")
        return data

    def close(self) -> None:
        """Close what it reads."""
        self._stream.close()
        super().close()


def changed(uri: str, what: str) -> ChangedObjectError:
    """The error for an object that is not what was listed."""
    return ChangedObjectError(what, where=legible(uri), next_step=AGAIN)
