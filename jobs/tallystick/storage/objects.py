"""The door to objects: a report store, and log objects to ingest, alike in a folder and under an S3 prefix."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast

from tallystick.errors import MissingInputError, NoFileError, UsageError
from tallystick.evidence.names import legible
from tallystick.settings import S3Settings
from tallystick.storage import local_files
from tallystick.storage.folder import FolderStore
from tallystick.storage.pinned import Pin, PinnedStream, changed
from tallystick.storage.stored import StoredObject

if TYPE_CHECKING:
    from tallystick.storage.s3 import S3Store

_S3 = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9])(?:/(.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
S3_FORM = "write a folder's path, or s3://bucket/prefix"


class ObjectStore(Protocol):
    """Bytes by key. Keys are paths with `/`, relative to the folder or prefix that the store was opened on.

    Errors of every method: StoreUnreachableError (try again), BucketMissingError, CredentialsRefusedError,
    StoreRefusedError, UsageError for a key that leads elsewhere.
    """

    def put_new(self, key: str, data: bytes) -> Literal["written", "same"]:
        """Store `data` unless there is an object already, atomically; `same` when it holds these bytes.

        AlreadyPublishedError when it holds others. Half an object is never to be seen.
        """
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store `data` in place of what is there; only for what is made again from other objects."""
        ...

    def get(self, key: str) -> bytes:
        """All bytes of one object; MissingInputError without it."""
        ...

    def open(self, key: str) -> BinaryIO:
        """One object as a stream; MissingInputError without it."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Every object whose key begins with `prefix`, in ascending order of the key's UTF-8 bytes."""
        ...

    def url(self, key: str) -> str:
        """The object's full address: a path, or s3://bucket/key."""
        ...


@dataclass(frozen=True, kw_only=True)
class S3Url:
    """`s3://bucket/key`, taken apart; nothing in the key is decoded."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, url: str) -> S3Url:
        """Read `s3://bucket` or `s3://bucket/key`; UsageError for anything else."""
        found = _S3.fullmatch(url)
        if not found:
            raise UsageError(f"{legible(url)!r} is no address of S3", next_step=S3_FORM)
        return cls(bucket=found[1], key=found[2] or "")


def open_store(url: str, s3: S3Settings) -> ObjectStore:
    """The store in the folder or under the prefix `url`. Nothing is asked of it yet."""
    if _is_s3(url):
        address = S3Url.parse(url)
        return _s3_store(address.bucket, address.key, s3)
    return FolderStore(Path(url))


def open_object(uri: str, s3: S3Settings) -> BinaryIO:
    """One object by the `uri` of a listing: a path, file:// or s3://bucket/key, as a buffered stream of bytes.

    MissingInputError without it, UnreadableFileError for a folder, a pipe, a device or a file that may not be read.
    """
    return _open(uri, s3, etag=None)


def open_pinned(uri: str, s3: S3Settings, pin: Pin) -> BinaryIO:
    """The object that was listed, as `open_object`, read to the length that was listed.

    ChangedObjectError where it is gone or another one now, or turns out longer or shorter while it is read.
    NoFileError also for a link that leads nowhere, since it is there.
    """
    try:
        stream = _open(uri, s3, etag=pin.version_tag)
    except MissingInputError as error:
        if not _is_s3(uri) and local_files.is_link(uri):
            raise NoFileError("this link leads nowhere", where=error.where) from error
        raise changed(uri, "it was there when it was listed, and is gone") from error
    if not _is_s3(uri) and local_files.version_tag(stream) != pin.version_tag:
        stream.close()
        raise changed(uri, "it was written to since it was listed")
    return cast(BinaryIO, PinnedStream(stream, pin, uri))


def _open(uri: str, s3: S3Settings, *, etag: str | None) -> BinaryIO:
    if _is_s3(uri):
        address = S3Url.parse(uri)
        return _whole_bucket(address.bucket, s3, os.getpid()).open(address.key, etag=etag)
    return local_files.open_file(uri)


def list_objects(url: str, s3: S3Settings) -> list[StoredObject]:
    """Every object below a folder or an S3 prefix (read as a folder), hidden ones too, sorted by key.

    `key` is the name below `url`, `version_tag` the ETag, or the time of the last change in ns. A `url` that is itself
    one file or object gives that one. MissingInputError for a folder that does not exist.
    """
    if not _is_s3(url):
        return sorted(local_files.list_files(Path(url)), key=StoredObject.order)
    address = S3Url.parse(url)
    objects = [found for found in _s3_store(address.bucket, address.key, s3).list() if not found.is_folder_mark]
    if not objects and address.key and not address.key.endswith("/"):
        folder, _, name = address.key.rpartition("/")
        objects = [found for found in _s3_store(address.bucket, folder, s3).list(name) if found.key == name]
    return objects


def list_named(places: Sequence[tuple[str, str]], s3: S3Settings) -> list[StoredObject]:
    """Single objects, each given by the key that it gets and its path or s3://bucket/key, in their order.

    MissingInputError for the first that is not there; a link that leads nowhere is listed, as in a folder.
    """
    return [_named(key, place, s3) for key, place in places]


def _named(key: str, place: str, s3: S3Settings) -> StoredObject:
    if not _is_s3(place):
        return local_files.list_file(key, Path(place))
    address = S3Url.parse(place)
    return replace(_whole_bucket(address.bucket, s3, os.getpid()).look_up(address.key), key=key)


def _is_s3(url: str) -> bool:
    if url.startswith("s3://"):
        return True
    if _SCHEME.match(url) and not url.startswith("file://"):
        raise UsageError(f"{legible(url)!r} is neither a folder nor in S3", next_step=S3_FORM)
    return False


@lru_cache(maxsize=8)
def _whole_bucket(bucket: str, s3: S3Settings, process: int) -> S3Store:
    """One connection for all log objects of a bucket; a forked process makes its own."""
    return _s3_store(bucket, "", s3)


def _s3_store(bucket: str, prefix: str, s3: S3Settings) -> S3Store:
    from tallystick.storage.s3 import S3Store  # boto3 takes a while to import, and a folder does not need it

    return S3Store(bucket, prefix, s3)
