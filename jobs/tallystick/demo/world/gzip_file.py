"""A gzip file that is the same bytes whenever it is written, and is there only once it is whole."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

LEVEL = 4
"""Of zlib's levels: 1 makes the year a fifth larger and saves a fifth of the time, 6 the other way round."""


class GzipFile:
    """A gzip file without a time in it, hashed while it is written, under its name only once it is whole."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._part = path.with_suffix(".part")
        self._zlib = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def __enter__(self) -> GzipFile:
        self._file = self._part.open("wb")
        return self

    def write(self, text: bytes | memoryview) -> None:
        """Append text."""
        self._append(self._zlib.compress(text))

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._append(self._zlib.flush())
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)

    @property
    def sha256(self) -> str:
        """The digest of the bytes written, in hex."""
        return self._digest.hexdigest()
