"""A report store in a folder: objects appear whole or not at all, are never overwritten, and stay inside the folder."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, cast

from tallystick.errors import AlreadyPublishedError, MissingInputError, StoreRefusedError, UsageError
from tallystick.evidence.digest import FileDigest
from tallystick.evidence.names import legible
from tallystick.storage.stored import StoredObject, checked_key

INCOMING = ".incoming"
"""Where an object is written before it is moved to its key; what a killed run leaves there is never listed."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)


class FolderStore:
    """An ObjectStore in a folder, which is made when the first object comes."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def put_new(self, key: str, data: bytes) -> Literal["written", "same"]:
        """Store `data` unless there is an object already: linked into place in one step, after it is safe on disk."""
        with self._written(key, data) as (incoming, target):
            try:
                _place_new(incoming, target)
            except FileExistsError:
                return self._same_or_refuse(key, data)
            self._sync_up_from(target)
        return "written"

    def put(self, key: str, data: bytes) -> None:
        """Store `data` in place of what is there, in one step."""
        with self._written(key, data) as (incoming, target):
            incoming.replace(target)
            self._sync_up_from(target)

    def get(self, key: str) -> bytes:
        """All bytes of one object."""
        with self.open(key) as stream, self._answers(key):
            return stream.read()

    def open(self, key: str) -> BinaryIO:
        """One object as a stream."""
        with self._answers(key):
            path = self._path(key)
            if not path.is_file():
                raise MissingInputError("there is no such object", where=self.url(legible(key)))
            return cast(BinaryIO, path.open("rb"))

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Every object whose key begins with `prefix`; links are not followed, and not listed."""
        folder, _, _ = prefix.rpartition("/")
        with self._answers(prefix):
            start = self._path(folder) if folder else self._root
            found = sorted(self._walk(start, f"{folder}/" if folder else ""), key=StoredObject.order)
        yield from (each for each in found if each.key.startswith(prefix))

    def url(self, key: str) -> str:
        """The object's path."""
        return str(self._root / key)

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        if checked_key(key).split("/")[0] == INCOMING:
            raise UsageError(f"{INCOMING} is where objects are written before they have a key", where=str(self._root))
        if not path.parent.resolve().is_relative_to(self._root.resolve()) or (
            path.is_symlink() and not path.resolve().is_relative_to(self._root.resolve())
        ):
            raise UsageError("a link leads out of the store", where=self.url(legible(key)), next_step="remove the link")
        return path

    @contextlib.contextmanager
    def _written(self, key: str, data: bytes) -> Iterator[tuple[Path, Path]]:
        """`data`, whole and flushed to disk, under a name of its own; and the path where it belongs."""
        incoming = self._root / INCOMING / secrets.token_hex(16)
        with self._answers(key):
            target = self._path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with _new_file(incoming) as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                yield incoming, target
            finally:
                incoming.unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # another writer is still in there
                    incoming.parent.rmdir()

    def _sync_up_from(self, target: Path) -> None:
        """Make sure that a loss of power does not lose the object's name, nor its folders."""
        for folder in target.parents:
            _sync_folder(folder)
            if folder == self._root:
                break

    def _same_or_refuse(self, key: str, data: bytes) -> Literal["same"]:
        with self.open(key) as there:
            found = FileDigest.of_stream(there)
        if found != FileDigest.of(data):
            raise AlreadyPublishedError(
                f"there is an object with other bytes (SHA-256 {found.sha256}, not {FileDigest.of(data).sha256})",
                where=self.url(key),
            )
        return "same"

    def _walk(self, folder: Path, below: str) -> Iterator[StoredObject]:
        if not folder.is_dir():
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if below or entry.name != INCOMING:
                        yield from self._walk(folder / entry.name, f"{below}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield StoredObject(
                        key=below + entry.name,
                        uri=entry.path,
                        size_bytes=status.st_size,
                        version_tag=str(status.st_mtime_ns),
                    )

    @contextlib.contextmanager
    def _answers(self, key: str) -> Iterator[None]:
        try:
            yield
        except (OSError, RuntimeError) as error:  # RuntimeError is how pathlib names a circle of links
            reason = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
            raise StoreRefusedError(
                f"the folder refuses: {reason}",
                where=self.url(legible(key)),
                next_step="look at its rights, its type and the space that is left, then run this again",
            ) from error


def _new_file(path: Path) -> BinaryIO:
    """`path`, open for writing; its folder may be removed by another writer's end between making and using it."""
    for _ in range(100):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return cast(BinaryIO, path.open("xb"))
        except FileNotFoundError:
            continue
        except FileExistsError:  # mkdir found a folder, looked what it is, and it was gone by then
            if path.parent.exists():
                raise
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def _place_new(incoming: Path, target: Path) -> None:
    """Give `incoming` the name `target`; FileExistsError if there is one, and nothing is changed then."""
    try:
        os.link(incoming, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _place_new_without_links(incoming, target)


def _place_new_without_links(incoming: Path, target: Path) -> None:
    """The same where the file system knows no hard links: one writer at a time, by a lock on the folder."""
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if target.exists() or target.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        incoming.rename(target)
    finally:
        os.close(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot, and lose nothing by it
            raise
    finally:
        os.close(handle)
