"""A new file that is there when all of it is written, and not before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tallystick.errors import StoreRefusedError, UsageError


@contextmanager
def new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file that appears whole or not at all, and takes no other's place. Raises UsageError, StoreRefusedError."""
    if file.exists() or file.is_symlink():
        raise UsageError("there is a file already", where=str(file), next_step="name a new one")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name[:100]}.", suffix=".unfinished", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as target:
                yield target
            os.link(name, file)
        finally:
            os.unlink(name)  # noqa: PTH108 - as it was made
    except OSError as error:
        raise StoreRefusedError(f"no file can be written here: {error.strerror}", where=str(file)) from error
