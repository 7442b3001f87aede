"""A folder of downloaded files that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tallystick.errors import StoreRefusedError, UsageError, VerificationError
from tallystick.evidence.bundle import BundleReader, FolderReader
from tallystick.evidence.names import is_file_name, legible


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder beside `folder` to write into; it becomes `folder` at the end, and is removed after an error.

    UsageError when there is something at `folder` already, StoreRefusedError when its place cannot be written.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise UsageError("there is something here already", where=str(folder), next_step="name a folder that is new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}.", suffix=".unfinished", dir=folder.parent))
        try:
            yield unfinished
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise StoreRefusedError(f"the folder refuses: {error.strerror}", where=str(folder)) from error


def write_bundle(reader: BundleReader, folder: Path) -> FolderReader:
    """Write every file of a bundle below `folder`, flushed to disk; VerificationError for a name that leads out."""
    for name in reader.names():
        if not is_file_name(name):
            raise VerificationError("expected no such file, found it there", where=legible(name))
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with reader.open(name) as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
    return FolderReader(folder)
