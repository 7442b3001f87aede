"""Log files on this machine: every file below a folder, hidden ones too, opened only if it really is a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

from tallystick.errors import MissingInputError, NoFileError, UnreadableFileError
from tallystick.evidence.names import legible
from tallystick.storage.stored import StoredObject

BUFFER = 1 << 20


def list_files(place: Path) -> Iterator[StoredObject]:
    """Every entry below `place` that is no folder; links are followed, each folder is entered once.

    A broken link, a pipe or a device is listed too, with 0 bytes, so that opening it names it. A name that is not UTF-8
    is shown with escapes, and its `uri` is a file:// one.
    """
    try:
        if not place.is_dir():
            yield _listed(place.name, place, place.stat())
            return
        yield from _walk(place, "", frozenset())
    except FileNotFoundError as error:
        raise MissingInputError("there is no such folder or file", where=legible(str(place))) from error
    except PermissionError as error:
        raise UnreadableFileError("this folder cannot be read", where=legible(str(error.filename))) from error


def list_file(key: str, place: Path) -> StoredObject:
    """What a listing says of one file, pipe, device or link; MissingInputError where there is nothing."""
    try:
        status = place.stat() if place.exists() else place.lstat()
    except FileNotFoundError as error:
        raise MissingInputError("there is no such file", where=legible(str(place))) from error
    except OSError as error:
        raise UnreadableFileError(f"it cannot be looked at: {error.strerror}", where=legible(str(place))) from error
    return _listed(key, place, status)


def is_link(uri: str) -> bool:
    """Whether a path or a file:// address is that of a link, wherever it leads."""
    return Path(_path_of(uri)).is_symlink()


def version_tag(stream: BinaryIO) -> str:
    """The time of the last change of an open file, in ns, as a listing says it."""
    return str(os.fstat(stream.fileno()).st_mtime_ns)


def open_file(uri: str) -> BinaryIO:
    """The file at a path or a file:// address."""
    path = _path_of(uri)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise MissingInputError("there is no such file", where=legible(uri)) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a name cannot hold a zero byte"
        raise UnreadableFileError(f"it cannot be opened: {reason}", where=legible(uri)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NoFileError("this is no regular file", where=legible(uri))
    return os.fdopen(handle, "rb", buffering=BUFFER)


def _path_of(uri: str) -> str:
    return os.fsdecode(unquote_to_bytes(uri.removeprefix("file://"))) if uri.startswith("file://") else uri


def _walk(folder: Path, below: str, entered: frozenset[tuple[int, int]]) -> Iterator[StoredObject]:
    here = folder.stat()
    if (here.st_dev, here.st_ino) in entered:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                inside = entered | {(here.st_dev, here.st_ino)}
                yield from _walk(folder / entry.name, f"{below}{entry.name}/", inside)
            else:
                yield _listed(below + entry.name, folder / entry.name, _stat(entry))


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except OSError:
        return entry.stat(follow_symlinks=False)


def _listed(name: str, path: Path, status: os.stat_result) -> StoredObject:
    is_text = os.fsencode(path).decode("utf-8", "replace") == str(path)
    return StoredObject(
        key=os.fsencode(name).decode("utf-8", "backslashreplace"),
        uri=str(path) if is_text else "file://" + quote_from_bytes(os.fsencode(path)),
        size_bytes=status.st_size if stat.S_ISREG(status.st_mode) else 0,
        version_tag=str(status.st_mtime_ns),
    )
